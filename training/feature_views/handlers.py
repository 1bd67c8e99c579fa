"""The job that builds a feature view, outside any transaction."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from accounts.access import require
from accounts.permissions import Permission
from jobs.run import Run
from mrm.lib import canonical, strict_json
from quant.transactions import form
from registry import feature_views, vault
from training.feature_views import child
from training.feature_views.declared import AskedView, load
from training.sources.handlers import gathered

_MAX_FACTS_BYTES: Final = 4 * 2**20
Conclusion = Callable[[], dict[str, str | int]]


def build_feature_view(run: Run) -> Conclusion:
    """Read the sources, compute the features in a child process, keep them encrypted, then write the view down."""
    require(actor=run.actor, permission=Permission.SNAPSHOT_IMPORT)
    asked = load(run.job.payload["view"])
    with run.folder() as name:
        folder = Path(name)
        spec = {"view": asked.plain(), **gathered(run, asked.sources, folder)}
        (folder / child.SPEC).write_bytes(canonical.dumps(spec))
        run.progress("Computing the features in a child process", 40)
        run.child(target="training.feature_views.child:build", folder=folder)
        run.progress("Encrypting the parts", 80)
        built = _built(asked, folder)
    run.progress("Writing the feature view down", 95)

    def conclude() -> dict[str, str | int]:
        view = feature_views.record_view(actor=run.actor, built=built)
        return {"feature_view": view.label, "digest": view.content_digest, "rows": view.rows}

    return conclude


def _built(asked: AskedView, folder: Path) -> feature_views.BuiltView:
    facts: dict[str, Any] = strict_json.loads((folder / child.FACTS).read_bytes(), max_bytes=_MAX_FACTS_BYTES)
    parts = {feature_views.FEATURES: child.FEATURES, feature_views.HOLDERS: child.HOLDERS}
    kept = {
        part: vault.put_view_part(view=facts["digest"], name=part, content=(folder / file).read_bytes())
        for part, file in parts.items()
    }
    lineage = {name: facts[name] for name in ("sources", "counts", "key_kind")}
    return feature_views.BuiltView(
        name=asked.name,
        definition=form.dump(asked.definition),
        content_digest=facts["digest"],
        rows=facts["counts"]["applications"],
        lineage={"view": asked.plain(), **lineage},
        parts=kept,
    )
