"""From a checked application to all that a decision says: scoring does it once, a replay does it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry import decision_policies, reason_dictionaries
from registry.models import DecisionPolicy, ReasonDictionary
from scoring.payloads import Payload, StatedReason

if TYPE_CHECKING:
    from quant.policy import Outcome
    from registry.serving.served import CanonicalInput, Scored, Served


def compute(
    *,
    served: Served,
    policy: DecisionPolicy,
    dictionary: ReasonDictionary,
    application: CanonicalInput,
    reference: str,
) -> Payload:
    """Score, outcome under the policy, and the reasons for anything but an approval. Reads nothing else."""
    from quant import policy as policies

    scored = served.score(application)
    outcome = policies.evaluate(
        decision_policies.loaded(policy), pd=scored.probability, inputs=application.values, flags=scored.flags
    )
    return Payload(
        reference=reference,
        inputs=dict(application.values),
        margin=scored.margin,
        probability=scored.probability,
        points=scored.points,
        grade=scored.grade,
        bias=scored.bias,
        contributions=scored.contributions,
        base_points=scored.base_points,
        group_points=scored.group_points,
        outcome=str(outcome.verdict),
        basis=str(outcome.basis),
        rules=outcome.rules,
        cut_off=outcome.cut_off,
        reasons=_reasons(served, scored, outcome, dictionary),
        flags=scored.flags,
    )


def _reasons(
    served: Served, scored: Scored, outcome: Outcome, dictionary: ReasonDictionary
) -> tuple[StatedReason, ...]:
    from quant.policy import Basis, Verdict

    if outcome.verdict is Verdict.APPROVE:
        return ()
    words = reason_dictionaries.words_of(dictionary)
    if outcome.basis is Basis.RULE:
        # Attributions explain only what the score decided; a rule is its own reason.
        return tuple(StatedReason(words[key].code, key, 0) for key in outcome.rules)
    return tuple(
        StatedReason(words[reason.group].code, reason.group, reason.points)
        for reason in served.reasons(scored)
    )
