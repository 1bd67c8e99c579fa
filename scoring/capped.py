"""Scoring under a cap of pre-validation use: what of an application the cap allows. No refusal repeats a value."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from approvals.caps import hundredths
from approvals.models import Cap
from mrm.lib.errors import FieldError, Invalid, Refusal
from scoring.payloads import InputValue


class OutsideCap(Invalid):
    """The application is none that this version may decide before its validation has ended."""

    status, code, title = 422, "outside-cap", "Outside the cap of pre-validation use"


class CapReached(Refusal):
    """What the cap had left is used, or too little for this application."""

    status, code, title = 409, "cap-reached", "The cap of pre-validation use is reached"


def amount_of(cap: Cap, inputs: Mapping[str, InputValue]) -> int:
    """What this application counts for, in hundredths; nothing where amounts are not capped. OutsideCap when it is
    not of the segment, has no amount, or too large a one."""
    errors = [*_segment_errors(cap, inputs), *_amount_errors(cap, inputs)]
    if errors:
        raise OutsideCap(
            "The application was not scored: this version may not decide it before its validation has ended."
            " Decide it without the model.",
            errors,
        )
    amount = inputs[cap.amount_input] if cap.amount_input else None
    return hundredths(_decimal(amount)) if isinstance(amount, (int, float)) else 0


def _segment_errors(cap: Cap, inputs: Mapping[str, InputValue]) -> list[FieldError]:
    if not cap.segment_input:
        return []
    value = inputs.get(cap.segment_input)
    if isinstance(value, (int, float)) and _decimal(value) == Decimal(cap.segment_value):
        return []
    detail = f"Only applications where it is {cap.segment_value}."
    return [FieldError(f"/features/{cap.segment_input}", "segment", detail)]


def _amount_errors(cap: Cap, inputs: Mapping[str, InputValue]) -> list[FieldError]:
    if not cap.amount_input:
        return []
    pointer, value = f"/features/{cap.amount_input}", inputs.get(cap.amount_input)
    if value is None or isinstance(value, str):
        return [FieldError(pointer, "required", "The cap counts amounts: an application needs one.")]
    amount = _decimal(value)
    if amount < 0:
        return [FieldError(pointer, "range", "An amount is not below zero.")]
    if hundredths(amount) > (cap.most_each or 0):
        return [FieldError(pointer, "range", f"At most {Decimal(cap.most_each or 0) / 100} each.")]
    return []


def _decimal(value: float) -> Decimal:
    return Decimal(repr(value))
