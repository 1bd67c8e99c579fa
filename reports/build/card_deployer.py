"""The card of those who put a version to work: what it is by digest, what it takes and gives, what binds and watches
it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from reports.build import words
from reports.build.card_facts import CardFacts
from reports.build.card_parts import bounds, cut_offs, measured, tested
from reports.build.content import Block, Column, Digest, Facts, Heading, Noted, Paragraph, Table
from reports.build.use import use
from reports.build.watching import watched

if TYPE_CHECKING:
    from registry.serving.estimators import Size


def told(facts: CardFacts) -> tuple[tuple[str, tuple[Block, ...]], ...]:
    return (
        (_("What it is, by digest"), (_identity(facts),)),
        (_("Uses and limitations"), use(facts.version)),
        (_("What it takes"), (_inputs(facts),)),
        (_("What it gives"), _gives(facts)),
        (_("How well it does"), (*tested(facts), *measured(facts))),
        (_("What binds its use"), (*bounds(facts), *_findings(facts))),
        (_("What is watched, and who answers"), watched(facts.monitoring)),
        (_("People over it"), _oversight()),
    )


def _identity(facts: CardFacts) -> Facts:
    version = facts.version
    size = None if facts.served is None else facts.served.size
    learned = _("Its sealed bytes cannot be loaded as they were.") if size is None else _size(size)
    return Facts(
        (
            (_("Sealed artefact"), Digest(version.artifact_id)),
            (_("Data snapshot"), Digest(version.snapshot.digest)),
            (_("Recipe"), Digest(version.candidate.recipe_digest)),
            (_("Decision policy"), Digest(version.policy.digest)),
            (_("Reason dictionary"), Digest(version.dictionary.digest)),
            (_("Evidence"), words.NONE if facts.run is None else Digest(facts.run.evidence_digest)),
            (_("What its estimator has learned"), learned),
            (_("Lab run (MLflow)"), version.candidate.mlflow_run_id),
        )
    )


def _size(size: Size) -> str:
    count = words.count(size.count)
    if size.learned == "trees":
        return _("%(count)s trees") % {"count": count}
    return _("%(count)s fitted numbers") % {"count": count}


def _inputs(facts: CardFacts) -> Table:
    columns = (Column(_("Field"), 0.36), Column(_("Type"), 0.14), Column(_("What it may hold"), 0.5))
    declared = facts.version.candidate.recipe["schema"]["inputs"]
    return Table(columns, tuple(map(_input, declared)))


def _input(declared: dict[str, Any]) -> tuple[str | Noted, ...]:
    label = words.in_language({"en": declared["label_en"], "pt-br": declared.get("label_pt_br", "")})
    asked = _("required") if declared.get("required") else _("may be left out")
    empty = _("may be null") if declared.get("nullable") else _("never null")
    return (Noted(declared["name"], label), declared["type"], f"{_holds(declared)}; {asked}; {empty}")


def _holds(declared: dict[str, Any]) -> str:
    if "minimum" in declared:
        low, high = (words.number(declared[side]) for side in ("minimum", "maximum"))
        return _("%(low)s to %(high)s") % {"low": low, "high": high}
    if "codes" in declared:
        return _("codes %(codes)s") % {"codes": ", ".join(map(str, declared["codes"]))}
    if "groups" in declared:
        return _("labels %(names)s") % {"names": ", ".join(each["name"] for each in declared["groups"])}
    return _("dates %(earliest)s to %(latest)s") % {
        "earliest": declared["earliest"],
        "latest": declared["latest"],
    }


def _gives(facts: CardFacts) -> tuple[Block, ...]:
    slug = facts.version.risk_model.slug
    asked = _(
        "POST /api/v1/models/%(slug)s/score answers with the decision's number, the version that decided, probability"
        " of default, grade, points, outcome and up to four reasons. The caller never chooses the version, and an"
        " answer is given only once the decision is stored."
    )
    return (Paragraph(asked % {"slug": slug}), *cut_offs(facts))


def _findings(facts: CardFacts) -> tuple[Block, ...]:
    if not facts.findings:
        return (Paragraph(_("No finding is open.")),)
    columns = (
        Column(_("Open finding"), 0.5),
        Column(_("Severity"), 0.15),
        Column(_("Owner"), 0.2),
        Column(_("Due"), 0.15),
    )
    rows = tuple(
        (each.title, str(each.get_severity_display()), each.owner.name, words.day(each.due_on))
        for each in facts.findings
    )
    return (Heading(_("Open findings"), "findings"), Table(columns, rows))


def _oversight() -> tuple[Block, ...]:
    said = (
        _("An operator or a validator suspends the version; from then on it does not answer."),
        _(
            "An operator deploys only an approved version, or one within a cap, whose bytes are those that were sealed."
        ),
        _("The approval ends by the clock on the day printed on the cover; nothing has to run for that."),
        _(
            "A score that fails the gate is refused with the reason; there is no answer without a stored decision."
        ),
    )
    return tuple(Paragraph(each) for each in said)
