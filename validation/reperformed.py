"""Reading what was performed again, and the mark each printed number bears."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import QuerySet

from accounts.access import allows, require
from accounts.models import User
from accounts.permissions import Permission
from jobs.models import OPEN_STATES, Job
from mrm.lib.errors import NotFound, Unavailable
from validation.models import Reperformance, ValidationRun
from validation.reperformance.rows import Outcome, Row, Way, digest_of, read
from validation.selectors import STARTABLE
from validation.signing import insider_role


@dataclass(frozen=True)
class Mark:
    """How a number came about the second time, when, and whether it agreed."""

    way: Way
    path: str
    outcome: Outcome
    at: dt.datetime


@dataclass(frozen=True)
class Marks:
    """Of the newest re-performance of a run, by check and measure; a number without a mark is recorded only."""

    by_measure: Mapping[tuple[str, str], Mark] = field(default_factory=dict)

    def of(self, check: str, measure: str) -> Mark | None:
        return self.by_measure.get((check, measure))


def newest_of(run: ValidationRun) -> Reperformance | None:
    """Its rows are many, and read when somebody looks at them."""
    rows = Reperformance.objects.filter(run=run).defer("rows").select_related("performed_by__person")
    return rows.order_by("-at", "-id").first()


def marks_of(run: ValidationRun) -> Marks:
    made = newest_of(run)
    return Marks() if made is None else marks_in(made)


def marks_in(made: Reperformance) -> Marks:
    """The gravest outcome of a measure's rows; an independent path comes before a repetition."""
    found: dict[tuple[str, str], Mark] = {}
    for row in rows_of(made):
        mark, key = Mark(row.way, row.path, row.outcome, made.at), (row.check, row.measure)
        if key not in found or _rank(mark) > _rank(found[key]):
            found[key] = mark
    return Marks(found)


def rows_of(made: Reperformance) -> tuple[Row, ...]:
    """Refuses rows that were altered since: what they would say counts for nothing."""
    rows = tuple(read(plain) for plain in made.rows)
    if digest_of(rows) != made.rows_digest:
        raise Unavailable(
            "The stored rows of this re-performance no longer give the digest that was entered. Restore them from a"
            " backup, or perform the run again."
        )
    return rows


def in_order(rows: Iterable[Row]) -> list[Row]:
    """What differs first; else as the checks stand in the plan."""
    return sorted(rows, key=lambda row: row.outcome is not Outcome.DIFFERS)


def job_in_progress(run: ValidationRun) -> Job | None:
    rows = Job.objects.filter(kind="reperform", subject_id=str(run.version_id), state__in=OPEN_STATES)
    return next((job for job in rows if job.payload.get("run") == str(run.pk)), None)


def reperformance(*, actor: User, reperformance_id: uuid.UUID) -> Reperformance:
    rows = Reperformance.objects.select_related(
        "run__version__risk_model", "run__standard", "performed_by__person"
    )
    found = rows.filter(pk=reperformance_id).first()
    if found is None or not allows(
        actor=actor,
        permission=Permission.INVENTORY_READ,
        model_slug=found.run.version.risk_model.slug,
    ):
        raise NotFound("There is no such re-performance that you may see.")
    return found


def reperformances_of(*, actor: User, run: ValidationRun) -> QuerySet[Reperformance]:
    """Without their rows, which are many."""
    require(actor=actor, permission=Permission.INVENTORY_READ, model_slug=run.version.risk_model.slug)
    return run.reperformances.defer("rows").select_related("performed_by__person").order_by("-at")


def why_no_reperformance(*, actor: User, run: ValidationRun | None) -> str | None:
    """What a page says instead of a button that would be refused; None shows the button."""
    if run is None or run.completed_at is None:
        return "There is no completed run."
    version = run.version
    if not allows(actor=actor, permission=Permission.RUN_START, model_slug=version.risk_model.slug):
        return f"{actor.name} is no validator of {version.risk_model.slug}."
    part = insider_role(version, actor.person_id)
    if part is not None:
        return f"{actor.name} is the {part} of {version.label}."
    if version.stage not in STARTABLE:
        return f"{version.label} is {version.stage.replace('_', ' ')}."
    return "A re-performance is going already." if job_in_progress(run) else None


def _rank(mark: Mark) -> tuple[bool, bool]:
    return mark.outcome is Outcome.DIFFERS, mark.way is Way.INDEPENDENT
