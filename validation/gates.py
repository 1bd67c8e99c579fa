"""What independent validation lets stop a move. A gate answers None, or says why not and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from accounts.models import User
from registry.gates import ConcernsVersion, version_of
from registry.lifecycle import Stage
from registry.models import ModelVersion
from validation import assessments, selectors
from validation import evidence as proof
from validation.applicable import why_not_applicable
from validation.catalog import BY_ID
from validation.certificate import Certified
from validation.certificate_words import plain_words
from validation.models import FIT, CheckResult
from validation.signing import insider_role
from validation.standards import load
from validation.topics import Rating, Topic

Subject = ModelVersion | ConcernsVersion


def evidence_is_complete(*, actor: User, subject: Subject) -> str | None:  # noqa: ARG001 (every gate has this signature)
    """Every check of the plan has a result, none ended in an error, and nothing was altered since."""
    version = version_of(subject)
    if selectors.run_in_progress(version) is not None:
        return f"A validation run of {version.label} is still going. Wait for its end."
    run = selectors.latest_run(version)
    if run is None:
        return f"{version.label} has no evidence. Start a validation run."
    results = list(run.results.order_by("ordinal"))
    missing = [check for check in run.plan if check not in {result.check_id for result in results}]
    if missing:
        return f"The evidence lacks {', '.join(missing)}. Run the validation again."
    broken = [result for result in results if result.verdict == "error"]
    if broken:
        return (
            f"These checks ended in an error: {titles_of(broken)}."
            " Have the cause removed and run the validation again."
        )
    if proof.evidence_of(run).digest != run.evidence_digest:
        return (
            "The stored results do not match the digest of the evidence. Tell the operator and the auditor."
        )
    return None


def standard_is_unchanged(*, actor: User, subject: Subject) -> str | None:  # noqa: ARG001
    """Thresholds that were changed after the run make it void: nobody concludes by a measure that no longer holds."""
    version = version_of(subject)
    run = selectors.latest_run(version)
    newest = None if run is None else selectors.successor_of(run.standard)
    if newest is None:
        return None
    return (
        f"The standard {newest.slug} was changed on {newest.frozen_at:%Y-%m-%d}, after the evidence of {version.label}"
        " was made under it: the run is void. Start a validation run under the standard as it is now."
    )


def assessment_is_written(*, actor: User, subject: Subject) -> str | None:  # noqa: ARG001
    """Every topic that the plan of the tier asks for, in a validator's words; the opinion about the newest evidence."""
    version = version_of(subject)
    lacking = assessments.topics_to_assess(version)
    if lacking:
        titles = ", ".join(str(Topic(each).label) for each in lacking)
        return f"{version.label} lacks the validator's assessment of: {titles}. Write it, then conclude."
    opinion = assessments.opinion_on(version)
    if opinion is not None and opinion.rating == Rating.UNSATISFACTORY:
        return (
            f"The opinion on {version.label} is unsatisfactory. Conclude not fit, return the version, or write what"
            " has changed your opinion."
        )
    return None


def standard_applies(*, actor: User, subject: Subject) -> str | None:  # noqa: ARG001
    """The tier of a model may have changed since the run: nobody concludes by a measure for another tier."""
    version = version_of(subject)
    run = selectors.latest_run(version)
    found = None if run is None else why_not_applicable(version, load(run.standard.content))
    if run is None or found is None:
        return None
    return (
        f"The evidence of {version.label} was made under {run.standard.slug}. {found.detail} Start a run under one that"
        " applies."
    )


def no_open_critical_finding(*, actor: User, subject: Subject) -> str | None:  # noqa: ARG001
    version = version_of(subject)
    open_ones = selectors.open_critical_findings(version)
    if not open_ones:
        return None
    titles = "; ".join(finding.title for finding in open_ones)
    return f"{version.label} has open critical findings: {titles}. Have them answered and closed first."


def validator_is_independent(*, actor: User, subject: Subject) -> str | None:
    """By person: a second account helps nobody."""
    version = version_of(subject)
    part = insider_role(version, actor.person_id)
    if part is None:
        return None
    return f"{actor.name} is the {part} of {version.label}. Ask a validator who had no part in it."


def conclusion_matches_evidence(*, actor: User, subject: Subject) -> str | None:  # noqa: ARG001
    """The newest conclusion says fit, with conditions or without, and is about the newest evidence."""
    version = version_of(subject)
    conclusion, run = selectors.latest_conclusion(version), selectors.latest_run(version)
    if conclusion is None or run is None:
        return f"{version.label} has no signed conclusion. Ask a validator to conclude."
    if conclusion.verdict not in FIT:
        return f"The newest conclusion on {version.label} is {conclusion.verdict.replace('_', ' ')}."
    if conclusion.evidence_digest != run.evidence_digest:
        return (
            f"The conclusion on {version.label} is about older evidence. Ask a validator to conclude again."
        )
    return None


def reason_certificate_holds(*, actor: User, subject: Subject) -> str | None:  # noqa: ARG001
    """No line fails that was not let stand by a deviation, and what every reason rests on is measured."""
    version = version_of(subject)
    return _why_not_certified(version, selectors.certificate_now(version).stopping)


def reason_certificate_permits_deployment(*, actor: User, subject: Subject) -> str | None:  # noqa: ARG001
    """As above for an approved version. Before the approval only a cap lets a version answer, and its approvers knew
    that not everything is measured yet; a line that fails stops it all the same."""
    version = version_of(subject)
    certificate = selectors.certificate_now(version)
    stopping = certificate.stopping if version.stage == Stage.APPROVED else certificate.failing
    return _why_not_certified(version, stopping)


def _why_not_certified(version: ModelVersion, stopping: Sequence[Certified]) -> str | None:
    if not stopping:
        return None
    told = " ".join(plain_words(each) for each in stopping)
    return f"The reason certificate of {version.label} does not hold. {told}"


def titles_of(results: list[CheckResult]) -> str:
    return ", ".join(
        BY_ID[each.check_id].title if each.check_id in BY_ID else each.check_id for each in results
    )
