"""What a signer asks for later: the words of a condition, who answers for it, until when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import User
from mrm.lib import canonical, clock
from mrm.lib.errors import FieldError, Invalid
from mrm.settings import governance
from validation.models import ConcludedDemand, Conclusion
from validation.signing import check_words

FIT_WITH_CONDITIONS = "fit_with_conditions"
MOST = 20


@dataclass(frozen=True)
class Demand:
    """Without an owner the model's owner answers for it."""

    words: str
    due_at: dt.datetime
    owner: User | None = None


def check_demands(demands: Sequence[Demand]) -> None:
    """Whoever signs with conditions names them, each with words and a date ahead."""
    if not 1 <= len(demands) <= MOST:
        raise Invalid("Say what is asked for.", [_wrong("required", f"From one to {MOST} conditions.")])
    longest = clock.now() + dt.timedelta(days=governance.CONDITION_DAYS)
    for demand in demands:
        check_words("/conditions", demand.words)
        if not clock.now() < demand.due_at <= longest:
            detail = f"After now, and at most {governance.CONDITION_DAYS} days from now."
            raise Invalid("A condition needs a date.", [_wrong("range", detail)])


def refuse_demands(demands: Sequence[Demand]) -> None:
    """For every word that has none."""
    if demands:
        raise Invalid("This decision has no conditions.", [_wrong("unexpected", "Leave them out.")])


def keep_demands(conclusion: Conclusion, demands: Sequence[Demand]) -> list[ConcludedDemand]:
    """Part of the signed conclusion: they go before the approvers with it."""
    rows = [
        ConcludedDemand(
            conclusion=conclusion,
            ordinal=ordinal,
            words=demand.words,
            owner=demand.owner or conclusion.version.risk_model.owner,
            due_at=demand.due_at,
        )
        for ordinal, demand in enumerate(demands, start=1)
    ]
    for row in rows:
        row.save(force_insert=True)
    return rows


def plain(demand: ConcludedDemand) -> dict[str, str]:
    """As signatures and the ledger name it: its words by their digest."""
    return {
        "words": canonical.sha256(demand.words.encode()),
        "owner": demand.owner.ledger_id,
        "due_at": clock.stamp(demand.due_at),
    }


def _wrong(code: str, detail: str) -> FieldError:
    return FieldError("/conditions", code, detail)
