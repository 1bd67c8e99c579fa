"""What the page of a model's tier shows: the assessment that holds, the one that waits, and what a change means."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mrm.settings import governance
from registry import tier_selectors
from registry.lifecycle import Stage
from registry.models import ModelVersion, RiskModel, TierAssessment
from registry.tier_words import answers_of, steps_of


def shown(found: TierAssessment) -> dict[str, Any]:
    """One assessment: its answers as rows of a table, its steps as facts."""
    rows = [
        [{"text": each.question}, {"text": each.answer}, {"text": each.band}] for each in answers_of(found)
    ]
    return {
        "number": found.number,
        "facts": [
            *({"term": term, "text": text} for term, text in steps_of(found)),
            {"term": _("Proposed by"), "text": found.proposed_by.name, "at": found.proposed_at},
            _acceptance(found),
            {"term": _("Digest of the questionnaire"), "digest": found.questionnaire},
        ],
        "rows": rows,
    }


def answer_columns() -> list[dict[str, str]]:
    return [{"label": _("Question")}, {"label": _("Answer")}, {"label": _("Band")}]


def change_words(version: ModelVersion) -> str:
    """Empty where the tier is as it was when the version was submitted."""
    found = tier_selectors.change_since(version)
    if found is None:
        return ""
    assessment, before = found
    told = _(
        "The tier of this model went from %(before)s to %(after)s on %(day)s, after this version was submitted."
    )
    day = date_format(assessment.acceptance.accepted_at, "Y-m-d")
    said = told % {"before": before, "after": assessment.proposed_tier, "day": day}
    return f"{said} {_follows(version)}"


def consequences(risk_model: RiskModel) -> list[dict[str, str]]:
    """What the tier that holds means for each version that is under way or in force."""
    return [
        {
            "label": version.label,
            "url": reverse("version", args=[risk_model.slug, version.number]),
            "text": _follows(version),
        }
        for version in tier_selectors.versions_concerned(risk_model)
    ]


def _follows(version: ModelVersion) -> str:
    if version.stage in (Stage.APPROVED, Stage.SUSPENDED):
        return _(
            "Its approval goes on until its date; what is asked about it from now on takes the tier that holds."
        )
    tier = version.risk_model.tier or min(governance.QUORUM)
    quorum = governance.QUORUM[tier]
    told = ngettext(
        "Its validation goes on: the plan of tier %(tier)s is due, and its approval takes %(quorum)s sign-off.",
        "Its validation goes on: the plan of tier %(tier)s is due, and its approval takes %(quorum)s sign-offs.",
        quorum,
    )
    return told % {"tier": tier, "quorum": quorum}


def _acceptance(found: TierAssessment) -> dict[str, Any]:
    accepted = getattr(found, "acceptance", None)
    if accepted is None:
        return {"term": _("Accepted by"), "text": _("nobody yet")}
    return {"term": _("Accepted by"), "text": accepted.accepted_by.name, "at": accepted.accepted_at}
