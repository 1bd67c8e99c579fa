"""Use before validation: a version decides under caps while it is validated. The cap ends with the validation, with its
date, or with its last decision, whichever comes first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

from django.db.models import F

from accounts.models import User
from approvals import subjects
from approvals.models import ApprovalRequest, Cap
from approvals.opening import ask_about
from approvals.policy import PRE_VALIDATION_USE
from audit.events import Event
from audit.services import record, unit_of_work
from mrm.lib import clock
from mrm.lib.errors import Conflict, FieldError, Invalid
from mrm.settings import governance
from registry.models import ModelVersion
from registry.selectors import inputs_of

_HUNDREDTHS = 100
LARGEST_AMOUNT = Decimal(10) ** 13


@dataclass(frozen=True)
class Terms:
    """What is asked for. Amounts go with the input that names them, and so does the value of a segment."""

    decisions: int
    until: dt.datetime
    amount_input: str = ""
    most_each: Decimal | None = None
    most_total: Decimal | None = None
    segment_input: str = ""
    segment_value: Decimal | None = None

    def plain(self) -> dict[str, Any]:
        """The members of what is signed: JSON without floats."""
        return {
            "decisions": self.decisions,
            "until": clock.stamp(self.until),
            "amount_input": self.amount_input,
            "most_each": _text(self.most_each),
            "most_total": _text(self.most_total),
            "segment_input": self.segment_input,
            "segment_value": _text(self.segment_value),
        }


@unit_of_work
def ask_pre_validation_use(*, actor: User, version: ModelVersion, terms: Terms, why: str) -> ApprovalRequest:
    """Ask that a version in validation may decide under caps. Refuses terms without an end, and inputs that the version
    does not have."""
    more = {"why": why, **terms.plain()}
    # Whoever may not ask is told so first; a request that is refused below vanishes with the refusal.
    request = ask_about(actor=actor, version=version, act=PRE_VALIDATION_USE, more=more)
    errors = [*_wrong_limits(terms), *_wrong_amounts(terms, version), *_wrong_segment(terms, version)]
    if errors:
        raise Invalid("A cap needs a number, an end, and inputs that the version has.", errors)
    return request


def grant_cap(actor: User, request: ApprovalRequest, version: ModelVersion) -> None:
    """What the granted request lets happen, at once. Its date may have passed while it waited: then nothing begins."""
    asked = request.content
    made = Cap(
        request=request,
        version=version,
        granted_at=clock.now(),
        until=dt.datetime.fromisoformat(asked["until"]),
        most_decisions=asked["decisions"],
        amount_input=asked["amount_input"],
        most_each=_hundredths_of(asked["most_each"]),
        most_total=_hundredths_of(asked["most_total"]),
        segment_input=asked["segment_input"],
        segment_value=asked["segment_value"],
    )
    if made.has_ended:
        raise Conflict("The date of this cap has passed. Return it, so that another one is asked.")
    made.save(force_insert=True)
    facts = {"request": str(request.pk), "cap": str(made.pk), "until": clock.stamp(made.until)}
    record(event=Event.CAP_GRANTED, actor=actor, subject=subjects.of_request(request), facts=facts)


def spend(cap: Cap, amount: int) -> bool:
    """One decision more under the cap, in the caller's transaction; False when it does not hold one. One statement:
    of those who come together, it counts each on what the others left."""
    rows = Cap.objects.filter(pk=cap.pk, until__gt=clock.now(), used_decisions__lt=F("most_decisions"))
    if cap.amount_input:
        rows = rows.filter(used_amount__lte=F("most_total") - amount)
    changed = rows.update(used_decisions=F("used_decisions") + 1, used_amount=F("used_amount") + amount)
    return changed == 1


def hundredths(amount: Decimal) -> int:
    """Rounded up: a cap is never exceeded by rounding."""
    return int((amount * _HUNDREDTHS).to_integral_value(ROUND_CEILING))


def _wrong_limits(terms: Terms) -> Iterator[FieldError]:
    if not 1 <= terms.decisions <= governance.CAP_DECISIONS:
        yield FieldError("/decisions", "range", f"From 1 to {governance.CAP_DECISIONS} decisions.")
    longest = clock.now() + dt.timedelta(days=governance.CAP_DAYS)
    if not clock.now() < terms.until <= longest:
        detail = f"After now, and at most {governance.CAP_DAYS} days from now."
        yield FieldError("/until", "range", detail)


def _wrong_amounts(terms: Terms, version: ModelVersion) -> Iterator[FieldError]:
    if not terms.amount_input:
        if terms.most_each is not None or terms.most_total is not None:
            yield FieldError("/amount_input", "required", "Say which input is the amount.")
        return
    declared = inputs_of(version).get(terms.amount_input)
    if declared is None or declared.is_code:
        yield FieldError("/amount_input", "unknown", "Name an input of this version that is a number.")
    each, total = terms.most_each, terms.most_total
    if each is None or not 0 < each <= LARGEST_AMOUNT:
        yield FieldError("/most_each", "range", "The most that one application may ask for, above zero.")
    elif total is None or not each <= total <= LARGEST_AMOUNT:
        yield FieldError("/most_total", "range", "The most of all together, at least that of one.")


def _wrong_segment(terms: Terms, version: ModelVersion) -> Iterator[FieldError]:
    if not terms.segment_input:
        if terms.segment_value is not None:
            yield FieldError("/segment_input", "required", "Say which input has this value.")
        return
    if terms.segment_input not in inputs_of(version):
        yield FieldError("/segment_input", "unknown", "Name an input of this version.")
    if terms.segment_value is None:
        yield FieldError("/segment_value", "required", "Say which value the segment has.")


def _text(value: Decimal | None) -> str:
    """The plainest spelling: 5 for 5.00 and for 5E+0."""
    return "" if value is None else f"{value.normalize():f}"


def _hundredths_of(text: str) -> int | None:
    return hundredths(Decimal(text)) if text else None
