"""Decision policies: rules and cut-offs around the score, immutable and named by digest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from accounts.access import require
from accounts.models import User
from accounts.permissions import Permission
from audit.events import Event
from audit.services import record, unit_of_work
from mrm.lib import canonical, clock
from mrm.lib.errors import FieldError, Invalid
from quant import policy as policies
from quant.features.plain import SchemaFault
from registry import subjects
from registry.models import DecisionPolicy, RiskModel


@dataclass(frozen=True)
class Proposed:
    """The policy, and whether this proposal made it: the same rules proposed again are the row that
    stands."""

    policy: DecisionPolicy
    is_fresh: bool


@unit_of_work
def propose_policy(*, actor: User, risk_model: RiskModel, rules: dict[str, Any]) -> Proposed:
    """Freeze rules (`quant.policy` says their form). Refuses what cannot be evaluated."""
    require(actor=actor, permission=Permission.VERSION_REGISTER, model_slug=risk_model.slug)
    try:
        plain = policies.dump(policies.load(rules))
    except SchemaFault as fault:
        raise Invalid(
            "The decision policy is not valid.", [FieldError("/rules", "policy", str(fault))]
        ) from None
    digest = canonical.digest(plain)
    # The parent's row is locked: two equal proposals in the same second are one policy.
    RiskModel.objects.select_for_update(of=("self",)).get(pk=risk_model.pk)
    standing = DecisionPolicy.objects.filter(risk_model=risk_model, digest=digest).first()
    if standing is not None:
        return Proposed(standing, is_fresh=False)
    policy = DecisionPolicy(
        risk_model=risk_model, digest=digest, rules=plain, proposed_by=actor, proposed_at=clock.now()
    )
    policy.save(force_insert=True)
    facts = {"model": risk_model.slug, "policy": str(policy.pk), "digest": digest}
    record(event=Event.POLICY_PROPOSED, actor=actor, subject=subjects.of_model(risk_model), facts=facts)
    return Proposed(policy, is_fresh=True)


def loaded(policy: DecisionPolicy) -> policies.Policy:
    """The policy as `quant.policy.evaluate` takes it."""
    return policies.load(policy.rules)
