"""Section 4: how the model was made, and what it may use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reports.build import words
from reports.build.content import Align, Block, Column, Digest, Facts, Heading, Paragraph, Section, Table
from reports.build.facts import DossierFacts
from reports.build.judgement import assessed, developer_document
from validation.topics import Topic

_DIRECTIONS = {1: "PD may only rise", -1: "PD may only fall", 0: "free"}


def design(facts: DossierFacts) -> Section:
    return Section(
        4,
        "Design and conceptual soundness",
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
            ("Author", version.author.name),
            ("Trained by", version.trainer.name),
            ("Submitted by", words.NONE if version.submitter is None else version.submitter.name),
            ("Registered", words.moment(version.registered_at)),
            ("Sealed artefact", Digest(version.artifact_id)),
            ("Recipe", Digest(version.candidate.recipe_digest)),
            ("Decision policy", Digest(version.policy.digest)),
            ("Reason dictionary", Digest(version.dictionary.digest)),
            ("Lab run (MLflow)", version.candidate.mlflow_run_id),
        )
    )


def _recipe(facts: DossierFacts) -> tuple[Block, ...]:
    recipe = facts.version.candidate.recipe.get("recipe")
    if not isinstance(recipe, Mapping):
        return (
            Paragraph("The recipe's parameters were not kept with the candidate; its digest stands above."),
        )
    rows = tuple((words.spelled(str(name)), _plain(value)) for name, value in sorted(recipe.items()))
    return (Heading("Recipe", "recipe"), Facts(rows))


def _developers_numbers(facts: DossierFacts) -> tuple[Block, ...]:
    """What the training job measured: beside, and apart from, what the validator found."""
    metrics = facts.version.candidate.metrics
    if not metrics:
        return ()
    rows = tuple((words.spelled(str(name)), words.number(value)) for name, value in sorted(metrics.items()))
    said = Paragraph(
        "Measured on the development part by the job that trained or took it in. They are no result of this "
        f"validation; lab run {facts.version.candidate.mlflow_run_id}.",
        is_soft=True,
    )
    return (Heading("The developer's own numbers", "development"), said, Facts(rows))


def _features(facts: DossierFacts) -> tuple[Block, ...]:
    """Every feature with the direction it was held to."""
    schema = facts.version.candidate.recipe.get("schema")
    features = schema.get("features", []) if isinstance(schema, Mapping) else []
    if not features:
        return ()
    group_of = _groups(facts.version.candidate.recipe.get("reasons"))
    rows = tuple(_feature(each, group_of) for each in features)
    columns = (
        Column("Feature", 0.26),
        Column("Made from", 0.32),
        Column("Monotone constraint", 0.2),
        Column("Reason group", 0.22),
    )
    return (Heading("Features and monotone constraints", "features"), Table(columns, rows))


def _feature(each: Mapping[str, Any], group_of: Mapping[str, str]) -> tuple[str, str, str, str]:
    name = str(each.get("name", ""))
    source = each.get("inputs") or words.NONE
    made = source if isinstance(source, str) else ", ".join(str(part) for part in source)
    kind = each.get("operation")
    said = _DIRECTIONS.get(int(each.get("monotone") or 0), words.NONE)
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
        ("Approve below a PD of", words.number(rules.get("approve_below"))),
        ("Decline from a PD of", words.number(rules.get("decline_from"))),
        ("Rules beside the score", str(len(rules.get("rules", []))) if rules.get("rules") else "none"),
    )
    return (Heading("Proposed decision policy", "policy"), Facts(rows))


def _reasons(facts: DossierFacts) -> tuple[Block, ...]:
    listed = facts.version.dictionary.reasons.get("reasons", [])
    rows = tuple(
        (
            str(each.get("code", "")),
            words.spelled(str(each.get("key", ""))),
            str(words.get(each, "texts", "en") or ""),
        )
        for each in listed
    )
    columns = (Column("Code", 0.1, Align.LEFT), Column("Group", 0.3), Column("Text for the applicant", 0.6))
    return (Heading("Reason groups", "reasons"), Table(columns, rows)) if rows else ()


def _plain(value: Any) -> str:  # Any: plain JSON of the recipe
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ", ".join(_plain(each) for each in value) or words.NONE
    return words.NONE if value is None else str(value)
