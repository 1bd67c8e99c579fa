"""What a child process is asked to train, and everything a candidate depends on but the data."""

from __future__ import annotations

from dataclasses import dataclass

from mrm.lib import strict_json
from quant.features import form
from quant.features.schema import FeatureSchema
from quant.reasons import ReasonGroup, check_cover, load_groups
from registry.serving import manifest as names
from training import recipes, splits

SPEC, DATA, CANDIDATE = "spec.json", "development.parquet", "candidate"


@dataclass(frozen=True)
class Task:
    """`forbidden` are the protected columns and proxies of the snapshot. Without a split all rows are learned from, and
    what calibrates is cross-fitted."""

    recipe: recipes.Recipe | recipes.Given
    schema: FeatureSchema
    groups: tuple[ReasonGroup, ...]
    target: str
    forbidden: frozenset[str]
    split: splits.Split | None = None


def load_task(content: bytes) -> Task:
    """The task of spec.json. Raises SchemaFault for a declaration that contradicts itself."""
    return task_of(strict_json.loads(content, max_bytes=names.MAX_TABLE_BYTES))


def task_of(raw: dict[str, object]) -> Task:
    """{"recipe": {…}, "schema": {…}, "reasons": {"groups": […]}, "target": "…", "forbidden": […]}, and perhaps a
    split."""
    schema = form.load(raw["schema"])
    listed = raw.get("forbidden", ())
    forbidden = frozenset(str(name) for name in listed) if isinstance(listed, list) else frozenset()
    schema.refuse_inputs(forbidden | {str(raw["target"])})
    groups = load_groups(raw["reasons"])
    check_cover(groups, schema.feature_names)
    said = raw["recipe"]
    is_given = isinstance(said, dict) and said.get("estimator") == recipes.GIVEN
    if is_given:
        # Its author's columns are what they are: nothing is fitted anew for it.
        schema.require_fitted()
    return Task(
        recipe=recipes.load_given(said) if is_given else recipes.load(said),
        schema=schema,
        groups=groups,
        target=str(raw["target"]),
        forbidden=forbidden,
        split=splits.load(raw["split"]) if "split" in raw else None,
    )
