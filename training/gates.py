"""What may stop a training, asked when it is requested and again when a worker takes it up."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.access import allows
from accounts.models import User
from accounts.permissions import Permission
from approvals.selectors import excepted_rules, lapsed_rules
from registry.entries import missing_words
from registry.gates import acceptance_of
from registry.models import DatasetSnapshot, RiskModel
from registry.quality import failed_rules
from registry.submissions import SubmissionAsked
from training.catalog import Plan
from training.sweep.plan import SweepPlan


@dataclass(frozen=True)
class TrainingAsked:
    """The request of the act: which recipe, on which data, for which model."""

    risk_model: RiskModel
    snapshot: DatasetSnapshot
    plan: Plan | SweepPlan


Asked = TrainingAsked | SubmissionAsked


def inventory_entry_is_complete(*, actor: User, subject: Asked) -> str | None:  # noqa: ARG001 (every gate has this signature)
    lacking = missing_words(subject.risk_model)
    if not lacking:
        return None
    slug = subject.risk_model.slug
    return f"The inventory entry {slug} lacks: {', '.join(lacking)}. Ask its owner to amend it."


def inventory_entry_is_accepted(*, actor: User, subject: Asked) -> str | None:  # noqa: ARG001
    return acceptance_of(subject.risk_model)


def snapshot_quality_passed(*, actor: User, subject: Asked) -> str | None:  # noqa: ARG001
    """Blocking rules only, all of them at once: what is reported blocks nothing, nor does a rule while its exception
    stands."""
    snapshot = subject.snapshot
    excepted = excepted_rules(snapshot)
    left = [rule for rule in failed_rules(snapshot) if rule.key not in excepted]
    if not left:
        return _inputs_are_there(subject)
    lapsed = lapsed_rules(snapshot)
    named = "; ".join(
        f"{rule.text}{' (its exception has lapsed)' if rule.key in lapsed else ''}" for rule in left
    )
    return (
        f"The snapshot {snapshot.name} fails its quality rules: {named}. Import it corrected, or ask for an"
        " exception until a date."
    )


def actor_may_train(*, actor: User, subject: Asked) -> str | None:
    slug = subject.risk_model.slug
    if allows(actor=actor, permission=Permission.TRAINING_REQUEST, model_slug=slug):
        return None
    return f"{actor.name} may not train for {slug} now. Ask an administrator for the role developer."


def _inputs_are_there(subject: Asked) -> str | None:
    columns = {column["name"]: column for column in subject.snapshot.declaration["columns"]}
    spelled = subject.plan.spelled_names
    unusable = [
        name
        for name in subject.plan.input_names
        if name not in columns
        or (columns[name]["type"] == "text" and name not in spelled)
        or columns[name]["role"] not in {"input", "exposure"}
    ]
    if not unusable:
        return None
    named = ", ".join(unusable[:10])
    return f"The recipe {subject.plan.name} reads columns the snapshot does not have as inputs of their types: {named}."
