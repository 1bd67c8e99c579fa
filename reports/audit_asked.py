"""What an audit report is asked for: a period, a model or all of them, and how many decisions to compute again."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any, Final

from audit.chain import Subject
from mrm.lib import clock
from mrm.lib.errors import FieldError, Invalid

# A year and its leap day: what internal audit reports on at once. A longer period is several reports.
MOST_DAYS: Final = 366
# Each is a computation and an entry of the ledger. 59 alike show with 95 % confidence that less than 5 % differ
# (1 - 0.05 ** (1 / 59)), 25 that less than 12 % do.
MOST_SAMPLED: Final = 100
SAMPLED: Final = 25


@dataclass(frozen=True)
class Asked:
    """Days are in UTC and both included; `model_slug` is EVERY_MODEL for all of them."""

    report: uuid.UUID
    model_slug: str
    since: dt.date
    until: dt.date
    sample_size: int

    def plain(self) -> dict[str, Any]:
        return {
            "report": str(self.report),
            "model": self.model_slug,
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "sample_size": self.sample_size,
        }

    @classmethod
    def read(cls, plain: dict[str, Any]) -> Asked:
        """Back from what a job carries."""
        return cls(
            report=uuid.UUID(plain["report"]),
            model_slug=plain["model"],
            since=dt.date.fromisoformat(plain["since"]),
            until=dt.date.fromisoformat(plain["until"]),
            sample_size=plain["sample_size"],
        )

    @property
    def subject(self) -> Subject:
        return Subject("audit_report", str(self.report))

    @property
    def begins_at(self) -> dt.datetime:
        return dt.datetime.combine(self.since, dt.time(), tzinfo=dt.UTC)

    @property
    def label(self) -> str:
        return f"{self.model_slug or 'all models'}, {self.since.isoformat()} to {self.until.isoformat()}"


def refuse_unanswerable(asked: Asked) -> None:
    """Invalid for a period that runs backwards, has not come or is too long, and for too large a sample."""
    faults = []
    if asked.since > asked.until:
        faults.append(FieldError("/until", "backwards", "The period ends before it begins."))
    if asked.until > clock.now().date():
        faults.append(FieldError("/until", "future", "The period ends on a day that has not come."))
    if (asked.until - asked.since).days >= MOST_DAYS:
        faults.append(FieldError("/since", "too-long", f"A report is of at most {MOST_DAYS} days."))
    if not 0 <= asked.sample_size <= MOST_SAMPLED:
        faults.append(
            FieldError("/sample_size", "too-large", f"At most {MOST_SAMPLED} decisions are computed again.")
        )
    if faults:
        raise Invalid("No audit report can be made of this period and sample.", faults)
