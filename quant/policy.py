"""Evaluation of a decision policy: hard rules and cut-offs around the PD, compared as exact decimals."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from quant.features import plain

FORMAT = "decision-policy/1"
_POLICY = frozenset({"format", "approve_below", "decline_from", "rules"})
_RULE = frozenset({"key", "outcome", "flag", "input", "comparison", "value"})
_COMPARE: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "below": lambda left, right: left < right,
    "at_most": lambda left, right: left <= right,
    "equal": lambda left, right: left == right,
    "at_least": lambda left, right: left >= right,
    "above": lambda left, right: left > right,
}


class Verdict(StrEnum):
    APPROVE = "approve"
    REFER = "refer"
    DECLINE = "decline"


class Basis(StrEnum):
    """What decided. Attributions explain only what the score decided; a rule is its own reason."""

    RULE = "rule"
    SCORE = "score"


@dataclass(frozen=True)
class Rule:
    """A hard rule: on a flag (by its kind, as `unknown_code`) or on an input compared with a value."""

    key: str
    outcome: Verdict
    flag: str = ""
    input: str = ""
    comparison: str = ""
    value: Decimal = Decimal(0)

    def holds(self, inputs: Mapping[str, int | float | str | None], flags: Sequence[str]) -> bool:
        if self.flag:
            return any(flag.split(":", 1)[0] == self.flag for flag in flags)
        given = inputs[self.input]
        # A rule on a text is refused when the version is registered (`refuse_unknown_inputs`).
        return isinstance(given, (int, float)) and _COMPARE[self.comparison](Decimal(given), self.value)


@dataclass(frozen=True)
class Policy:
    """PD < approve_below approves, PD ≥ decline_from declines, what lies between is referred."""

    approve_below: Decimal
    decline_from: Decimal
    rules: tuple[Rule, ...] = ()

    def __post_init__(self) -> None:
        if not Decimal(0) < self.approve_below <= self.decline_from <= Decimal(1):
            raise plain.SchemaFault("Cut-offs must satisfy 0 < approve_below ≤ decline_from ≤ 1.")
        if len({rule.key for rule in self.rules}) != len(self.rules):
            raise plain.SchemaFault("Two rules of the policy have the same key.")

    def refuse_unknown_inputs(self, input_names: Sequence[str]) -> None:
        """Raises SchemaFault when a rule reads something that is no input of the version with a number behind it."""
        for rule in self.rules:
            if rule.input and rule.input not in input_names:
                raise plain.SchemaFault(
                    f"Rule {rule.key} reads {rule.input}, which is no input with a number."
                )


@dataclass(frozen=True)
class Outcome:
    """The verdict and what decided it: `rules` are the keys that held, `cut_off` the bound that was
    crossed."""

    verdict: Verdict
    basis: Basis
    rules: tuple[str, ...] = ()
    cut_off: str = ""


def load(raw: object) -> Policy:
    """The policy of a plain dict. Raises SchemaFault for any other shape."""
    members = plain.members(raw, "The policy", _POLICY)
    if members.get("format") != FORMAT:
        raise plain.SchemaFault(f"The policy's format must be {FORMAT}.")
    rules = plain.items(members.get("rules", ()), "rules")
    return Policy(
        approve_below=_decimal(members.get("approve_below"), "approve_below"),
        decline_from=_decimal(members.get("decline_from"), "decline_from"),
        rules=tuple(_rule(entry, f"rules[{place}]") for place, entry in enumerate(rules)),
    )


def dump(policy: Policy) -> dict[str, object]:
    """The plain dict that `load` reads back to an equal policy."""
    return {
        "format": FORMAT,
        "approve_below": str(policy.approve_below),
        "decline_from": str(policy.decline_from),
        "rules": [_plain_rule(rule) for rule in policy.rules],
    }


def evaluate(
    policy: Policy, *, pd: float, inputs: Mapping[str, int | float | str | None], flags: Sequence[str]
) -> Outcome:
    """A declining rule outranks a referring rule, and both outrank the score. No rule approves."""
    held = [rule for rule in policy.rules if rule.holds(inputs, flags)]
    for verdict in (Verdict.DECLINE, Verdict.REFER):
        keys = tuple(rule.key for rule in held if rule.outcome is verdict)
        if keys:
            return Outcome(verdict=verdict, basis=Basis.RULE, rules=keys)
    return by_score(policy, pd)


def by_score(policy: Policy, pd: float) -> Outcome:
    """The cut-offs alone. The PD enters as its exact binary value, so no rounding decides a case."""
    exact = Decimal(pd)
    if exact < policy.approve_below:
        return Outcome(Verdict.APPROVE, Basis.SCORE, cut_off=str(policy.approve_below))
    if exact < policy.decline_from:
        return Outcome(Verdict.REFER, Basis.SCORE, cut_off=str(policy.approve_below))
    return Outcome(Verdict.DECLINE, Basis.SCORE, cut_off=str(policy.decline_from))


def _decimal(raw: object, where: str) -> Decimal:
    try:
        value = Decimal(plain.text(raw, where))
    except InvalidOperation:
        raise plain.SchemaFault(f"{where} must be a decimal number written as text.") from None
    if not value.is_finite():
        raise plain.SchemaFault(f"{where} must be finite.")
    return value


def _rule(raw: object, where: str) -> Rule:
    members = plain.members(raw, where, _RULE)
    key = plain.text(members.get("key"), f"{where}.key")
    if members.get("outcome") not in {Verdict.REFER, Verdict.DECLINE}:
        raise plain.SchemaFault(f"{where}.outcome must be refer or decline.")
    outcome = Verdict(str(members["outcome"]))
    if "flag" in members:
        if members.keys() & {"input", "comparison", "value"}:
            raise plain.SchemaFault(f"{where} is either on a flag or on an input.")
        return Rule(key, outcome, flag=plain.text(members["flag"], f"{where}.flag"))
    comparison = plain.text(members.get("comparison"), f"{where}.comparison")
    if comparison not in _COMPARE:
        raise plain.SchemaFault(f"{where}.comparison must be one of {', '.join(_COMPARE)}.")
    return Rule(
        key,
        outcome,
        input=plain.text(members.get("input"), f"{where}.input"),
        comparison=comparison,
        value=_decimal(members.get("value"), f"{where}.value"),
    )


def _plain_rule(rule: Rule) -> dict[str, object]:
    shared: dict[str, object] = {"key": rule.key, "outcome": str(rule.outcome)}
    if rule.flag:
        return shared | {"flag": rule.flag}
    return shared | {"input": rule.input, "comparison": rule.comparison, "value": str(rule.value)}
