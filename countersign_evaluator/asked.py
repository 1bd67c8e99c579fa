"""What an author asks: `evaluator_config`, read strictly. What is left out stays out; nothing is guessed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from math import isfinite
from typing import TYPE_CHECKING, TypeVar

from quant.banding import Grades
from quant.errors import BadInput
from quant.features import plain
from quant.features.inputs import SPELLED, InputType
from quant.policy import Policy
from validation import standards
from validation.standard import Standard

if TYPE_CHECKING:
    import pandas as pd

Read = TypeVar("Read")
_MEMBERS = frozenset(
    {
        "standard",
        "protected",
        "exposure",
        "inputs",
        "approve_below",
        "decline_from",
        "grades",
        "reference",
        "reference_predictions",
        "development_default_rate",
        "cross_fitted_auc",
    }
)
# What the author states of development, by the names that a candidate's metrics have.
_STATED = ("development_default_rate", "cross_fitted_auc")


@dataclass(frozen=True)
class Asked:
    """`protected` are columns that no model sees; `reference` are the rows of development."""

    standard: Standard
    protected: tuple[str, ...]
    exposure: str | None
    inputs: Mapping[str, InputType]
    policy: Policy | None
    grades: Grades | None
    reference: pd.DataFrame | None
    reference_predictions: str | None
    stated: Mapping[str, object]


def ask(config: Mapping[str, object]) -> Asked:
    """The question of a configuration. BadInput or a Refusal says which member is wrong, and how."""
    members = plain.members(config, "The configuration of countersign", _MEMBERS)
    protected = plain.texts(members.get("protected", ()), "protected")
    inputs = _inputs(members.get("inputs", {}))
    if both := sorted(inputs.keys() & set(protected)):
        raise BadInput(f"A protected column is never an input: {', '.join(both[:5])}. Name it once.")
    return Asked(
        standard=_standard(members.get("standard")),
        protected=protected,
        exposure=_optional(members, "exposure", plain.text),
        inputs=inputs,
        policy=_policy(members),
        grades=_optional(members, "grades", _grades),
        reference=_optional(members, "reference", _table),
        reference_predictions=_optional(members, "reference_predictions", plain.text),
        stated={name: str(_number(members[name], name)) for name in _STATED if name in members},
    )


def _optional(members: Mapping[str, object], name: str, read: Callable[[object, str], Read]) -> Read | None:
    return read(members[name], name) if members.get(name) is not None else None


def _standard(raw: object) -> Standard:
    """The name of a standard that ships with the product, or the whole content of another one."""
    return standards.load(standards.committed(raw) if isinstance(raw, str) else raw)


def _inputs(raw: object) -> dict[str, InputType]:
    if not isinstance(raw, Mapping):
        raise BadInput('Cannot read inputs: write {"column": "number", "column": "code"}.')
    known = [kind for kind in InputType if kind not in SPELLED]
    strange = [str(name)[:60] for name, kind in raw.items() if kind not in known]
    if strange:
        raise BadInput(f"Cannot read inputs: {', '.join(strange[:5])} must be one of {', '.join(known)}.")
    return {str(name): InputType(kind) for name, kind in raw.items()}


def _policy(members: Mapping[str, object]) -> Policy | None:
    given = [name for name in ("approve_below", "decline_from") if members.get(name) is not None]
    if not given:
        return None
    if len(given) == 1:
        raise BadInput(
            f"Only {given[0]} is given. Give approve_below and decline_from; equal where nobody is referred."
        )
    approve_below, decline_from = (_decimal(members[name], name) for name in given)
    return Policy(approve_below, decline_from)


def _decimal(raw: object, where: str) -> Decimal:
    try:
        value = Decimal(str(raw))
    except InvalidOperation:
        raise BadInput(f"{where} must be a number.") from None
    if not value.is_finite():
        raise BadInput(f"{where} must be finite.")
    return value


def _grades(raw: object, where: str) -> Grades:
    members = plain.members(raw, where, frozenset({"bounds", "pds"}))
    bounds, pds = (
        tuple(_number(each, f"{where}.{name}") for each in plain.items(members.get(name), f"{where}.{name}"))
        for name in ("bounds", "pds")
    )
    return Grades(bounds, pds)


def _number(raw: object, where: str) -> float:
    try:
        value = float(str(raw))
    except ValueError:
        raise BadInput(f"{where} must be a number.") from None
    if not isfinite(value):
        raise BadInput(f"{where} must be finite.")
    return value


def _table(raw: object, where: str) -> pd.DataFrame:
    import pandas as pd

    if not isinstance(raw, pd.DataFrame) or raw.empty:
        raise BadInput(f"{where} must be a DataFrame with the rows of development.")
    return raw
