"""What the review page of a version shows, gathered from every app; the template only lays it out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import allows
from accounts.models import User
from accounts.permissions import Permission
from approvals import words
from approvals.asked import cut_off_words, flips_of
from approvals.dependencies import Shared, shared_by
from approvals.in_force import BEFORE_APPROVAL, standing_of
from approvals.models import Overlay, SignOff
from approvals.selectors import overlays_of, signoffs_of
from jobs.models import OPEN_STATES, Job
from jobs.words import kind_words
from mrm.desk.acts import Act, acts_on_version
from mrm.desk.version_words import Standing, difference_words, lede_of, steps_of, title_of
from mrm.lib import charts
from registry.gatekeeper import ask_gates
from registry.lab_differences import open_differences
from registry.lifecycle import Stage
from registry.models import ModelVersion
from registry.tier_page import change_words
from registry.use_page import tables_of_version
from reports.build.card_facts import CardFor
from reports.dossier_form import form_for_reader
from reports.models import Dossier
from scoring.models import Deployment
from validation import selectors
from validation.certificate import Certificate
from validation.charts import chart_of
from validation.models import CheckResult, Conclusion, Deviation, Finding, Reperformance
from validation.reperformed import newest_of

# The move each stage waits for; what its gates say is what is missing.
WAITED_FOR = {
    Stage.DRAFT: "submit",
    Stage.IN_VALIDATION: "conclude",
    Stage.VALIDATED: "request",
    Stage.IN_REVIEW: "approve",
}


@dataclass(frozen=True)
class Signatures:
    deviations: list[Deviation]
    conclusions: list[Conclusion]
    signoffs: list[SignOff]

    @property
    def are_any(self) -> bool:
        return bool(self.deviations or self.conclusions or self.signoffs)


@dataclass(frozen=True)
class Review:
    version: ModelVersion
    title: str
    lede: str
    steps: list[dict[str, str]]
    acts: list[Act]
    notice: str
    differences: list[str]
    missing: list[str]
    results: list[CheckResult]
    checks_told: str
    flips: str
    figures: list[charts.Figure]
    tables: dict[str, Any] | None
    changed: list[dict[str, Any]]
    lineage: list[dict[str, Any]]
    shared: list[Shared]
    overlays: list[Overlay]
    findings: list[Finding]
    signatures: Signatures
    jobs: list[dict[str, str]]
    dossiers: list[dict[str, Any]]
    build: dict[str, Any] | None
    links: list[Act]
    # Empty for whoever may not read what people wrote about it.
    words_url: str
    certificate: Certificate


def review_of(*, actor: User, version: ModelVersion) -> Review:
    results = selectors.latest_results(actor=actor, version=version)
    champion = Deployment.objects.filter(risk_model=version.risk_model_id, ended_at=None).first()
    made = newest_of(results[0].run) if results else None
    standing = Standing.of(version, results, champion)
    return Review(
        version=version,
        title=title_of(standing),
        lede=lede_of(standing),
        steps=steps_of(standing),
        acts=acts_on_version(actor=actor, version=version, champion=champion),
        notice=_notice(version),
        differences=[
            *(difference_words(row) for row in open_differences(actor=actor, version=version)),
            *_performed_again(made),
        ],
        missing=_missing(actor, version),
        results=results,
        checks_told=_told(results),
        flips=flips_of(results),
        figures=_figures(results, version),
        tables=tables_of_version(version.use),
        changed=_changed(version),
        lineage=_lineage(version, results),
        shared=shared_by(actor=actor, version=version),
        overlays=list(overlays_of(actor=actor, version=version)),
        findings=_findings(actor, version),
        signatures=_signatures(actor, version),
        jobs=_jobs(actor, version),
        dossiers=_dossiers(actor, version),
        build=_build(actor, version, results),
        links=[*_card(version), *_links(actor, version), *_comparison(made)],
        words_url=_words_url(actor, version),
        certificate=selectors.reason_certificate(actor=actor, version=version),
    )


def _missing(actor: User, version: ModelVersion) -> list[str]:
    move = WAITED_FOR.get(Stage(version.stage))
    return ask_gates(act=move, actor=actor, subject=version) if move else []


def _notice(version: ModelVersion) -> str:
    cap = standing_of(version).cap if version.stage in BEFORE_APPROVAL else None
    told = ["" if cap is None else words.use_of(cap), change_words(version)]
    return " ".join(each for each in told if each)


def _performed_again(made: Reperformance | None) -> list[str]:
    """That the newest re-performance of the newest run found something else; silence where it agreed."""
    if made is None or not made.differing:
        return []
    told = ngettext(
        "Performed again on %(day)s, %(n)s recorded number differs. The finding says which.",
        "Performed again on %(day)s, %(n)s recorded numbers differ. The finding says which.",
        made.differing,
    )
    return [told % {"day": f"{made.at:%Y-%m-%d}", "n": made.differing}]


def _told(results: list[CheckResult]) -> str:
    counts = dict.fromkeys(("passed", "failed", "amber", "inconclusive", "insufficient_data", "error"), 0)
    for result in results:
        if result.verdict in counts:
            counts[result.verdict] += 1
    words = {
        "passed": _("%(n)s passed"),
        "failed": _("%(n)s failed"),
        "amber": _("%(n)s warn"),
        "inconclusive": _("%(n)s inconclusive"),
        "insufficient_data": _("%(n)s without enough data"),
        "error": _("%(n)s in error"),
    }
    said = [words[verdict] % {"n": n} for verdict, n in counts.items() if n]
    rest = len(results) - sum(counts.values())
    return ", ".join([*said, _("%(n)s reported") % {"n": rest}] if rest else said)


def _figures(results: list[CheckResult], version: ModelVersion) -> list[charts.Figure]:
    drawn = []
    for result in results:
        # What the chart needs of its version is loaded already.
        result.run.version = version
        chart = chart_of(result)
        if chart is not None:
            drawn.append(charts.figure(chart))
    return drawn


def _changed(version: ModelVersion) -> list[dict[str, Any]]:
    before = version.predecessor
    if before is None:
        return []
    then, now = cut_off_words(before.policy.rules), cut_off_words(version.policy.rules)
    policy = _("approves below %(now)s; before, below %(then)s") % {"now": now, "then": then}
    return [
        _compared(_("Data"), before.snapshot_id == version.snapshot_id, version.snapshot.digest),
        _compared(
            _("Recipe"),
            before.candidate.recipe_digest == version.candidate.recipe_digest,
            version.candidate.recipe_digest,
        ),
        _compared(_("Artefact"), before.artifact_id == version.artifact_id, version.artifact_id),
        _compared(_("Decision policy"), before.policy_id == version.policy_id, version.policy.digest)
        | ({} if before.policy_id == version.policy_id else {"note": policy}),
        _compared(
            _("Reason dictionary"), before.dictionary_id == version.dictionary_id, version.dictionary.digest
        ),
    ]


def _compared(term: str, is_same: bool, digest: str) -> dict[str, Any]:  # noqa: FBT001 (a fact, not a switch)
    return {"term": term, "digest": digest, "note": _("the same") if is_same else _("changed")}


def _lineage(version: ModelVersion, results: list[CheckResult]) -> list[dict[str, Any]]:
    """Digests of everything that went in, and of what was found."""
    facts: list[dict[str, Any]] = [
        {"term": _("Artefact"), "digest": version.artifact_id},
        {"term": _("Snapshot"), "digest": version.snapshot.digest, "note": version.snapshot.name},
        {"term": _("Recipe"), "digest": version.candidate.recipe_digest},
        {"term": _("Decision policy"), "digest": version.policy.digest},
        {"term": _("Reason dictionary"), "digest": version.dictionary.digest},
    ]
    if results:
        run = results[0].run
        facts.append({"term": _("Standard"), "digest": run.standard.digest, "note": run.standard.slug})
        facts.append({"term": _("Evidence"), "digest": run.evidence_digest, "at": run.completed_at})
    return facts


def _findings(actor: User, version: ModelVersion) -> list[Finding]:
    if not _may(actor, Permission.FINDING_READ, version):
        return []
    return list(selectors.findings(actor=actor, version=version))


def _signatures(actor: User, version: ModelVersion) -> Signatures:
    return Signatures(
        selectors.deviations_of(actor=actor, version=version),
        list(version.conclusions.order_by("at").prefetch_related("demands__owner__person")),
        signoffs_of(actor=actor, version=version),
    )


def _jobs(actor: User, version: ModelVersion) -> list[dict[str, str]]:
    if not _may(actor, Permission.JOB_READ, version):
        return []
    rows = Job.objects.filter(subject_id=str(version.pk), state__in=OPEN_STATES).order_by("created_at")[:5]
    return [
        {"kind": kind_words(job.kind), "state": job.state, "url": reverse("job", args=[job.pk])}
        for job in rows
    ]


def _dossiers(actor: User, version: ModelVersion) -> list[dict[str, Any]]:
    if not _may(actor, Permission.DOSSIER_READ, version):
        return []
    rows = Dossier.objects.filter(version=version).order_by("-built_at")[:5]
    return [
        {
            "row": each,
            "url": reverse("dossier-pdf", args=[each.pk]),
            "page_url": reverse("dossier", args=[each.pk]) if each.content_digest else "",
        }
        for each in rows
    ]


def _card(version: ModelVersion) -> list[Act]:
    """Whoever sees the version reads the officer's edition."""
    if version.stage == Stage.DRAFT:
        return []
    named = [version.risk_model.slug, version.number, CardFor.OFFICER]
    return [Act(_("Model card"), reverse("model-card", args=named))]


def _build(actor: User, version: ModelVersion, results: list[CheckResult]) -> dict[str, Any] | None:
    """The form that asks for a dossier; None for whoever may not, or where there is nothing to print."""
    if not results or not _may(actor, Permission.DOSSIER_BUILD, version):
        return None
    url = reverse("dossier-build", args=[version.risk_model.slug, version.number])
    return {"url": url, "form": form_for_reader()}


def _links(actor: User, version: ModelVersion) -> list[Act]:
    found = []
    if _may(actor, Permission.LEDGER_READ, version):
        found.append(
            Act(
                _("Entries in the ledger"),
                f"{reverse('ledger')}?subject_type=version&subject_id={version.pk}",
            )
        )
    return found


def _words_url(actor: User, version: ModelVersion) -> str:
    if not _may(actor, Permission.FINDING_READ, version):
        return ""
    return reverse("assessment", args=[version.risk_model.slug, version.number])


def _comparison(made: Reperformance | None) -> list[Act]:
    if made is None:
        return []
    return [Act(_("Re-performance of the newest run"), reverse("reperformance", args=[made.pk]))]


def _may(actor: User, permission: Permission, version: ModelVersion) -> bool:
    return allows(actor=actor, permission=permission, model_slug=version.risk_model.slug)
