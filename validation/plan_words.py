"""A validation plan in the reader's language: what answers it, and why something does not."""

from __future__ import annotations

from django.utils.translation import gettext as _

from validation.catalog import BY_ID
from validation.plan import Component, Fact
from validation.plan_answers import Because, Gap


def fact_words(fact: Fact) -> str:
    """What is kept."""
    words = {
        Fact.INVENTORY_ENTRY: _("Entry of the inventory, with its limitations"),
        Fact.ACCEPTED_TIER: _("Tier, accepted by a second person"),
        Fact.QUALITY_REPORT: _("Quality report of the snapshot"),
        Fact.HELD_OUT_PART: _("Snapshot frozen by digest, with a held-out part"),
        Fact.LINEAGE: _("Lineage of the snapshot"),
        Fact.RECIPE: _("Recipe of the training"),
        Fact.SEALED_ARTEFACT: _("Sealed artefact"),
        Fact.REASON_DICTIONARY: _("Reason dictionary"),
        Fact.DECISION_POLICY: _("Decision policy"),
        Fact.FROZEN_STANDARD: _("Standard, frozen before the run"),
        Fact.REPERFORMED: _("Every number of the run performed again"),
        Fact.FINDINGS_ANSWERED: _("No finding waits for an answer"),
        Fact.DEVIATIONS_SIGNED: _("No failed blocking check stands without a signed deviation"),
        Fact.CONCLUSION_SIGNED: _("Signed conclusion on this evidence"),
        Fact.DEVELOPER_DOCUMENT: _("Developer's document"),
        Fact.MONITORING_PLAN: _("Monitoring plan"),
        Fact.ASSESSED_SCOPE: _("Validator's assessment of scope and use"),
        Fact.ASSESSED_LIMITS: _("Validator's assessment of the limits"),
        Fact.ASSESSED_SOUNDNESS: _("Validator's assessment of the conceptual soundness"),
        Fact.ASSESSED_DEVELOPER_DOCUMENT: _("Validator's review of the developer's document"),
        Fact.ASSESSED_OPINION: _("Validator's opinion on this evidence"),
    }
    return words[fact]


def absent_words(fact: Fact) -> str:
    """Why the same is not kept."""
    words = {
        Fact.INVENTORY_ENTRY: _(
            "The entry of the inventory is not accepted, or lacks purpose, use or limitations."
        ),
        Fact.ACCEPTED_TIER: _("Nobody has accepted the tier."),
        Fact.QUALITY_REPORT: _("The snapshot has no report of its quality."),
        Fact.HELD_OUT_PART: _("The snapshot has no held-out part."),
        Fact.LINEAGE: _("The table was imported whole, so where it was assembled from is not kept."),
        Fact.RECIPE: _("No recipe of the training is kept."),
        Fact.SEALED_ARTEFACT: _("No artefact is sealed."),
        Fact.REASON_DICTIONARY: _("There is no reason dictionary."),
        Fact.DECISION_POLICY: _("There is no decision policy."),
        Fact.FROZEN_STANDARD: _("The standard was frozen after the run had begun."),
        Fact.REPERFORMED: _("Nobody has performed the run again."),
        Fact.FINDINGS_ANSWERED: _("A finding waits for an answer."),
        Fact.DEVIATIONS_SIGNED: _("A blocking check failed, and no deviation is signed for it."),
        Fact.CONCLUSION_SIGNED: _("Nobody has signed a conclusion on this evidence yet."),
        Fact.DEVELOPER_DOCUMENT: _("The developer has not written the document of this version."),
        Fact.MONITORING_PLAN: _("Nobody has written the monitoring plan of this version."),
        Fact.ASSESSED_SCOPE: _("No validator has assessed scope and use."),
        Fact.ASSESSED_LIMITS: _("No validator has assessed the limits."),
        Fact.ASSESSED_SOUNDNESS: _("No validator has assessed the conceptual soundness."),
        Fact.ASSESSED_DEVELOPER_DOCUMENT: _("No validator has reviewed the developer's document."),
        Fact.ASSESSED_OPINION: _("No validator has written an opinion on this evidence."),
    }
    return words[fact]


def gap_words(gap: Gap, component: Component) -> str:
    """Why this does not answer."""
    if gap.because is Because.NOT_KEPT:
        return absent_words(Fact(gap.of))
    if gap.because is Because.NO_PLACE:
        return "" if component.why_not is None else component.why_not.here
    if gap.because is Because.NO_RUN:
        return _("No validation run has been completed.")
    words = {
        Because.NOT_PLANNED: _("%(check)s is not planned by the standard of this run."),
        Because.INSUFFICIENT_DATA: _("%(check)s had insufficient data: %(headline)s"),
        Because.ERROR: _("%(check)s ended in an error: %(headline)s"),
    }
    headline = "" if gap.result is None else gap.result.headline
    return words[gap.because] % {"check": title_of(gap.of), "headline": headline}


def title_of(check_id: str) -> str:
    return _(BY_ID[check_id].title) if check_id in BY_ID else check_id
