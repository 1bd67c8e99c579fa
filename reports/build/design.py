"""Section 4: how the model was made, and what it may use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from reports.build import words
from reports.build.content import Align, Block, Column, Digest, Facts, Heading, Paragraph, Section, Table
from reports.build.facts import DossierFacts
from reports.build.judgement import assessed, developer_document
from validation.topics import Topic


def design(facts: DossierFacts) -> Section:
    return Section(
        4,
        _("Design and conceptual soundness"),
        (
            _identity(facts),
            *_recipe(facts),
            *_developers_numbers(facts),
            *_features(facts),
            *_policy(facts),
            *_reasons(facts),
            *developer_document(facts),
            *assessed(facts, Topic.SOUNDNESS, Topic.DEVELOPER_DOCUMENT),
        ),
    )


def _identity(facts: DossierFacts) -> Facts:
    version = facts.version
    return Facts(
        (
            (_("Author"), version.author.name),
            (_("Trained by"), version.trainer.name),
            (_("Submitted by"), words.NONE if version.submitter is None else version.submitter.name),
            (_("Registered"), words.moment(version.registered_at)),
            (_("Sealed artefact"), Digest(version.artifact_id)),
            (_("Recipe"), Digest(version.candidate.recipe_digest)),
            (_("Decision policy"), Digest(version.policy.digest)),
            (_("Reason dictionary"), Digest(version.dictionary.digest)),
            (_("Lab run (MLflow)"), version.candidate.mlflow_run_id),
        )
    )


def _recipe(facts: DossierFacts) -> tuple[Block, ...]:
    recipe = facts.version.candidate.recipe.get("recipe")
    if not isinstance(recipe, Mapping):
        return (
            Paragraph(
                _("The recipe's parameters were not kept with the candidate; its digest stands above.")
            ),
        )
    rows = tuple((words.spelled(str(name)), _plain(value)) for name, value in sorted(recipe.items()))
    return (Heading(_("Recipe"), "recipe"), Facts(rows))


def _developers_numbers(facts: DossierFacts) -> tuple[Block, ...]:
    """What the training job measured: beside, and apart from, what the validator found."""
    metrics = facts.version.candidate.metrics
    if not metrics:
        return ()
    rows = tuple((words.spelled(str(name)), words.number(value)) for name, value in sorted(metrics.items()))
    said = Paragraph(
        _(
            "Measured on the development part by the job that trained or took it in. They are no result of this"
            " validation; lab run %(run)s."
        )
        % {"run": facts.version.candidate.mlflow_run_id},
        is_soft=True,
    )
    return (Heading(_("The developer's own numbers"), "development"), said, Facts(rows))


def _features(facts: DossierFacts) -> tuple[Block, ...]:
    """Every feature with the direction it was held to."""
    schema = facts.version.candidate.recipe.get("schema")
    features = schema.get("features", []) if isinstance(schema, Mapping) else []
    if not features:
        return ()
    group_of = _groups(facts.version.candidate.recipe.get("reasons"))
    rows = tuple(_feature(each, group_of) for each in features)
    columns = (
        Column(_("Feature"), 0.26),
        Column(_("Made from"), 0.32),
        Column(_("Monotone constraint"), 0.2),
        Column(_("Reason group"), 0.22),
    )
    return (Heading(_("Features and monotone constraints"), "features"), Table(columns, rows))


def _feature(each: Mapping[str, Any], group_of: Mapping[str, str]) -> tuple[str, str, str, str]:
    name = str(each.get("name", ""))
    source = each.get("inputs") or words.NONE
    made = source if isinstance(source, str) else ", ".join(str(part) for part in source)
    kind = each.get("operation")
    directions = {1: _("PD may only rise"), -1: _("PD may only fall"), 0: _("free")}
    said = directions.get(int(each.get("monotone") or 0), words.NONE)
    return (
        name,
        f"{made} ({kind.replace('_', ' ')})" if isinstance(kind, str) else made,
        said,
        group_of.get(name, words.NONE),
    )


def _groups(reasons: Any) -> dict[str, str]:  # Any: plain JSON of the recipe
    listed = reasons.get("groups", []) if isinstance(reasons, Mapping) else reasons or []
    return {
        str(feature): words.spelled(str(group.get("key", "")))
        for group in listed
        for feature in group.get("features", [])
    }


def _policy(facts: DossierFacts) -> tuple[Block, ...]:
    rules = facts.version.policy.rules
    rows = (
        (_("Approve below a PD of"), words.number(rules.get("approve_below"))),
        (_("Decline from a PD of"), words.number(rules.get("decline_from"))),
        (_("Rules beside the score"), str(len(rules.get("rules", []))) if rules.get("rules") else _("none")),
    )
    return (Heading(_("Proposed decision policy"), "policy"), Facts(rows))


def _reasons(facts: DossierFacts) -> tuple[Block, ...]:
    listed = facts.version.dictionary.reasons.get("reasons", [])
    rows = tuple(
        (
            str(each.get("code", "")),
            words.spelled(str(each.get("key", ""))),
            words.in_language(each.get("texts", {})),
        )
        for each in listed
    )
    columns = (
        Column(_("Code"), 0.1, Align.LEFT),
        Column(_("Group"), 0.3),
        Column(_("Text for the applicant"), 0.6),
    )
    return (Heading(_("Reason groups"), "reasons"), Table(columns, rows)) if rows else ()


def _plain(value: Any) -> str:  # Any: plain JSON of the recipe
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ", ".join(_plain(each) for each in value) or words.NONE
    return words.NONE if value is None else str(value)
