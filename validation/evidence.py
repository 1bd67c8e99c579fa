"""What is signed: the evidence of a run as one canonical document, and what is shown around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from mrm.lib import canonical, clock, memo
from registry.models import ModelVersion, VersionFile
from registry.monitoring_plans import newest_plan
from validation import competence, demands
from validation.certifying import certificate_of
from validation.models import Answered, Assessment, CheckResult, Finding, Question, ValidationRun
from validation.plan_answers import plan_answers
from validation.plan_facts import Seen
from validation.runner import Outcome
from validation.topics import Topic

FORMAT = "countersign-evidence/1"
SHOWN_FORMAT = "countersign-shown/4"
_UNJUDGED = ("inconclusive", "insufficient_data", "amber", "error")


@dataclass(frozen=True)
class Evidence:
    """`document` is canonical JSON; its digest is what signatures name."""

    run: ValidationRun
    document: dict[str, Any]
    digest: str


@dataclass(frozen=True)
class Shown:
    """What stands before a signer: the evidence's digest and everything around it that may change."""

    content: dict[str, Any]
    digest: str


def document_of(
    run: ValidationRun, outcomes: Sequence[Outcome], assessments: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Version, decision policy, snapshot, standard, plan, all results and assessments. No run id and no time: the same
    facts have the same digest."""
    version = run.version
    return {
        "format": FORMAT,
        "version": {
            "id": str(version.pk),
            "model": version.risk_model.slug,
            "number": version.number,
            "artifact": version.artifact_id,
            "recipe": version.candidate.recipe_digest,
            "dictionary": version.dictionary.digest,
        },
        "policy": version.policy.digest,
        "snapshot": {
            "digest": version.snapshot.digest,
            "development": version.snapshot.development_digest,
            "held_out": version.snapshot.held_out_digest,
        },
        "standard": {"slug": run.standard.slug, "digest": run.standard.digest},
        "plan": {"checks": list(run.plan), "digest": run.plan_digest},
        "results": [{**outcome.plain(), "digest": outcome.digest()} for outcome in outcomes],
        "assessments": list(assessments),
    }


def assessments_of(version: ModelVersion, run: ValidationRun | None) -> tuple[Assessment, ...]:
    """The newest of each topic, in the order of the topics; of a completed run, those that were written before a newer
    one was."""
    rows = Assessment.objects.filter(version=version)
    if run is not None and run.completed_at is not None:
        rows = rows.filter(Q(run=None) | Q(run__completed_at__lte=run.completed_at))
    rows = rows.select_related("author__person").prefetch_related("files").order_by("revision")
    newest = {each.topic: each for each in rows}
    return tuple(newest[topic] for topic in Topic.values if topic in newest)


def outcome_of(result: Answered) -> Outcome:
    return Outcome(
        check_id=result.check_id,
        verdict=result.verdict,
        is_blocking=result.is_blocking,
        headline=result.headline,
        measurements=result.measurements,
        tables=result.tables,
    )


def evidence_of(run: ValidationRun) -> Evidence:
    """Written anew from the stored results, so that an altered result has another digest than the signed
    one."""
    outcomes = [outcome_of(result) for result in run.results.order_by("ordinal")]
    document = document_of(
        run, outcomes, [plain_assessment(each) for each in assessments_of(run.version, run)]
    )
    return Evidence(run, document, canonical.digest(document))


def digest_with(run: ValidationRun, written: Assessment, files: Sequence[VersionFile]) -> str:
    """What the evidence of a run will be once this revision stands in it."""
    standing = {each.topic: plain_assessment(each) for each in assessments_of(run.version, run)}
    standing[written.topic] = plain_assessment(written, files)
    outcomes = [outcome_of(result) for result in run.results.order_by("ordinal")]
    document = document_of(run, outcomes, [standing[each] for each in Topic.values if each in standing])
    return canonical.digest(document)


def seen_of(version: ModelVersion, run: ValidationRun | None) -> Seen:
    """What there is about a version, without the tables of its results."""
    rows = CheckResult.objects.filter(run=run).defer("measurements", "tables").order_by("ordinal")
    return Seen(
        version=version,
        run=run,
        results=() if run is None else tuple(rows.prefetch_related("deviations")),
        findings=tuple(version.findings.select_related("result").order_by("opened_at", "id")),
        conclusion=version.conclusions.order_by("-at").first(),
        assessments=assessments_of(version, run),
    )


def shown_of(run: ValidationRun) -> Shown:
    version = run.version
    seen = seen_of(version, run)
    results, conclusion = seen.results, seen.conclusion
    certificate = certificate_of(seen)
    deviations = [deviation for result in results for deviation in result.deviations.all()]
    content = {
        "format": SHOWN_FORMAT,
        "version": str(version.pk),
        "evidence": run.evidence_digest,
        "use": _use_of(version),
        "plan": plan_answers(seen).plain(),
        "certificate": {"digest": certificate.digest, "holds": certificate.holds},
        "findings": [_finding(each) for each in seen.findings],
        "monitoring": _monitoring(version),
        "questions": [_question(each) for each in version.questions.order_by("asked_at", "id")],
        "deviations": [
            {
                "check": each.result.check_id,
                "by": each.printed_name,
                "at": clock.stamp(each.at),
                "rationale": canonical.sha256(each.rationale.encode()),
            }
            for each in deviations
        ],
        "failed": [result.check_id for result in results if result.verdict == "failed"],
        "unjudged": {
            verdict: [result.check_id for result in results if result.verdict == verdict]
            for verdict in _UNJUDGED
        },
        "validators": _validators(run, seen.assessments),
        "conclusion": None
        if conclusion is None
        else {
            "verdict": conclusion.verdict,
            "by": conclusion.printed_name,
            "at": clock.stamp(conclusion.at),
            "evidence": conclusion.evidence_digest,
            "rationale": canonical.sha256(conclusion.rationale.encode()),
            "conditions": [demands.plain(each) for each in conclusion.demands.select_related("owner")],
        },
    }
    return Shown(content, canonical.digest(content))


def plain_assessment(written: Assessment, files: Sequence[VersionFile] | None = None) -> dict[str, Any]:
    """The words and the files by their digests; who wrote it stands there by name, as under a signature. `files` are
    those of a row that is not stored yet."""
    attached = written.files.all() if files is None else files
    return {
        "topic": written.topic,
        "rating": written.rating,
        "by": written.printed_name,
        "text": canonical.sha256(written.text.encode()),
        "files": sorted(each.digest for each in attached),
    }


def _monitoring(version: ModelVersion) -> dict[str, Any] | None:
    """It is written before the approvers are asked, so they are shown which one."""
    plan = newest_plan(version)
    return None if plan is None else {"revision": plan.revision, "digest": plan.digest}


def _validators(run: ValidationRun, written: Sequence[Assessment]) -> list[dict[str, Any]]:
    """Who validates, and their competence on record; an empty list says that there is none."""
    return [
        {"name": person.name, "competence": [competence.plain(each) for each in held]}
        for person, held in competence.of_testers(run, written).items()
    ]


def _question(asked: Question) -> dict[str, Any]:
    return {
        "id": str(asked.pk),
        "topic": asked.topic,
        "text": canonical.sha256(asked.text.encode()),
        "answer": canonical.sha256(asked.answer.encode()) if asked.answered_at else None,
    }


def _use_of(version: ModelVersion) -> dict[str, Any] | None:
    """What it is approved for; None where it was submitted before that was asked."""
    if version.use is None:
        return None
    uses = [each["use"] for each in version.use["uses"]]
    return {"digest": version.use_digest, "uses": uses, "limitations": len(version.use["limitations"])}


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "id": str(finding.pk),
        "title": finding.title,
        "severity": finding.severity,
        "state": finding.state,
        "check": finding.result.check_id if finding.result else None,
    }


def newest_run(version: ModelVersion) -> ValidationRun | None:
    """The newest completed run: its results are the evidence."""
    return memo.remembered(("newest run", version.pk), lambda: _newest_run(version))


def _newest_run(version: ModelVersion) -> ValidationRun | None:
    runs = ValidationRun.objects.filter(version=version, completed_at__isnull=False)
    return (
        runs.select_related(
            "standard",
            "version__risk_model",
            "version__artifact",
            "version__candidate",
            "version__policy",
            "version__dictionary",
            "version__snapshot",
        )
        .order_by("-completed_at", "-id")
        .first()
    )
