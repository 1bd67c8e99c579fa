"""The quality report of a table: counts and quantiles, never one applicant's row. One file for each family of rules.

Rules read a column as its distinct values, with the rows and the defaults of each, so none of them walks the rows.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from mrm.lib import canonical
from registry.frames.content import numbers
from registry.frames.quality import (
    basics,
    clocks,
    dates,
    declared,
    drift,
    labels,
    leakage,
    realised,
    sentinels,
)
from registry.frames.quality.columns import described, described_id
from registry.frames.quality.profile import Profile, profile, role_of
from registry.frames.quality.rules import ColumnRule, Detail, judged
from registry.frames.split import row_draws

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from registry.frames.spec import UploadSpec

COLUMN_RULES: tuple[ColumnRule, ...] = (
    *basics.RULES,
    *sentinels.RULES,
    *dates.RULES,
    *labels.RULES,
    *leakage.RULES,
)


def report(table: pa.Table, spec: UploadSpec, draws: NDArray[np.uint64] | None = None) -> dict[str, object]:
    """Plain and canonical: integers, texts, and fractions as text. `draws` is what the split drew for each row; it is
    drawn here where nobody has."""
    outcome = numbers(table.column(spec.target))
    entries: list[dict[str, object]] = []
    found: dict[str, list[Detail]] = defaultdict(list)
    powers: dict[str, float] = {}
    for name in table.column_names:
        if name == spec.id:
            entries.append(described_id(table.column(name), name))
            continue
        seen = profile(table.column(name), name, role_of(name, spec), outcome)
        entries.append(described(seen, spec))
        for rule in COLUMN_RULES:
            found[rule.key].extend(_details(rule, seen, spec))
        powers |= leakage.power_of(seen)
    duplicates = basics.duplicates(outcome, row_draws(table, spec) if draws is None else draws)
    return {
        "rows": table.num_rows,
        "columns": table.num_columns,
        "defaults": int(outcome.sum()),
        "target_rate": canonical.number(float(outcome.mean())),
        "duplicate_rows": duplicates,
        "undocumented_columns": [entry["name"] for entry in entries if entry.get("undocumented_codes")],
        "by_column": entries,
        **({"previous": spec.previous["snapshot"]} if spec.previous else {}),
        "rules": [
            *(judged(rule, found[rule.key]) for rule in COLUMN_RULES),
            *basics.of_table(table, duplicates, spec),
            leakage.jump(powers),
            *clocks.of_table(table, spec),
            *realised.of_table(table, spec),
            *declared.of_table(table, spec),
            *drift.against(spec.previous, entries, table),
        ],
    }


def _details(rule: ColumnRule, seen: Profile, spec: UploadSpec) -> list[Detail]:
    if seen.role not in rule.roles:
        return []
    detail = rule.find(seen, spec)
    return [] if detail is None else [{"column": seen.name, **detail}]
