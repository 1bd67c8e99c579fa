"""What a model card prints, read once, as the actor may see it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from accounts.access import require
from accounts.models import User
from accounts.permissions import Permission
from approvals.models import Cap, Condition, Overlay, ValidationException
from approvals.selectors import caps_of, conditions, exceptions_of, overlays_of
from mrm.lib.errors import NotFound, Refusal
from registry import serving, vault
from registry.lifecycle import Stage
from registry.models import ModelVersion, MonitoringPlan, StageChange
from registry.monitoring_plans import newest_plan
from registry.selectors import changes
from scoring.models import Deployment
from scoring.slots import CHAMPION
from validation.models import CheckResult, Conclusion, Finding, ValidationRun
from validation.selectors import latest_conclusion, latest_run, open_findings, results_of

if TYPE_CHECKING:
    from registry.serving.served import Served


class CardFor(StrEnum):
    """Who a card is written for. The deployer's names open findings, so it asks for the permission of a dossier."""

    OFFICER = "officer"
    DEPLOYER = "deployer"


@dataclass(frozen=True)
class CardFacts:
    """One version as it stands. `served` is None where its sealed bytes cannot be loaded as they were."""

    version: ModelVersion
    audience: CardFor
    run: ValidationRun | None
    results: tuple[CheckResult, ...]
    conclusion: Conclusion | None
    conditions: tuple[Condition, ...]
    exceptions: tuple[ValidationException, ...]
    caps: tuple[Cap, ...]
    overlays: tuple[Overlay, ...]
    findings: tuple[Finding, ...]
    monitoring: MonitoringPlan | None
    changes: tuple[StageChange, ...]
    deployment: Deployment | None
    served: Served | None

    def plain(self) -> dict[str, Any]:
        """What the card stands on, for the digest in its footer."""
        version = self.version
        return {
            "artifact": version.artifact_id,
            "audience": str(self.audience),
            "caps": [str(each.pk) for each in self.caps],
            "conclusion": "" if self.conclusion is None else str(self.conclusion.pk),
            "conditions": [[str(each.pk), each.is_met] for each in self.conditions],
            "deployment": "" if self.deployment is None else str(self.deployment.pk),
            "dictionary": version.dictionary.digest,
            "evidence": "" if self.run is None else self.run.evidence_digest,
            "exceptions": [str(each.pk) for each in self.exceptions],
            "findings": [str(each.pk) for each in self.findings],
            "model": version.risk_model.slug,
            "monitoring": "" if self.monitoring is None else self.monitoring.digest,
            "overlays": [str(each.pk) for each in self.overlays],
            "policy": version.policy.digest,
            "stage": version.stage,
            "use": version.use_digest,
            "version": version.number,
        }

    @property
    def as_of(self) -> dt.datetime:
        """The newest of what it prints: a card made again of the same facts has the same bytes."""
        moments: list[dt.datetime] = [
            self.version.registered_at,
            *(each.made_at for each in self.changes),
            *(each.granted_at for each in self.caps),
            *(each.granted_at for each in self.overlays),
            *(each.granted_at for each in self.exceptions),
            *(each.fulfilment.at for each in self.conditions if each.is_met),
            *(each.opened_at for each in self.findings),
        ]
        moments += [self.run.completed_at] if self.run is not None and self.run.completed_at else []
        moments += [self.conclusion.at] if self.conclusion is not None else []
        moments += [self.monitoring.written_at] if self.monitoring is not None else []
        moments += [self.deployment.started_at] if self.deployment is not None else []
        return max(moments)


def gather(*, actor: User, version: ModelVersion, audience: CardFor) -> CardFacts:
    """Refuses a draft: what it is for and what it may not be used for are not yet submitted."""
    deployer = audience is CardFor.DEPLOYER
    permission = Permission.DOSSIER_READ if deployer else Permission.INVENTORY_READ
    require(actor=actor, permission=permission, model_slug=version.risk_model.slug)
    if version.stage == Stage.DRAFT:
        raise NotFound(f"{version.label} is a draft. It has a card once it was submitted with its uses.")
    run = latest_run(version)
    return CardFacts(
        version=version,
        audience=audience,
        run=run,
        results=() if run is None else tuple(results_of(actor=actor, run=run)),
        conclusion=latest_conclusion(version),
        conditions=tuple(conditions(actor=actor).filter(version=version)),
        exceptions=tuple(exceptions_of(actor=actor, version=version)),
        caps=tuple(caps_of(actor=actor, version=version).order_by("granted_at", "id")),
        overlays=tuple(overlays_of(actor=actor, version=version).order_by("granted_at", "id")),
        findings=tuple(open_findings(actor=actor, version=version)) if deployer else (),
        monitoring=newest_plan(version),
        changes=tuple(changes(actor=actor, version=version)),
        deployment=Deployment.objects.filter(version=version, slot=CHAMPION, ended_at=None).first(),
        served=_served(version),
    )


def _served(version: ModelVersion) -> Served | None:
    try:
        return serving.load(vault.artifacts(), version.artifact_id)
    except Refusal:
        return None
