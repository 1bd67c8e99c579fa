"""A simulated portfolio is read as a lender's tables are: what is known of it comes out of the joins."""

from __future__ import annotations

import pytest

from tests.training.sources import lying
from training.simulator.plan import Kind, Plan
from training.simulator.portfolio import generate


@pytest.fixture(scope="module")
def portfolio(tmp_path_factory):
    folder = tmp_path_factory.mktemp("simulated") / "micro"
    generate(folder, Plan(loans=3_000, seed=1, kind=Kind.MICRO))
    return folder


def test_its_matured_loans_become_one_table_and_every_other_row_is_counted(portfolio, tmp_path):
    import pyarrow.compute as pc
    from pyarrow import dataset

    one = {"on": {"application_id": "application_id"}, "cardinality": "one_to_one"}
    made = lying.assembly(
        [
            lying.source("applications", "applications"),
            lying.source("bureau", "bureau"),
            lying.source("outcomes", "outcomes", only={"matured": ["true"]}),
        ],
        {"source": "bureau", **one},
        {"source": "outcomes", **one, "columns": ["default_12m"], "unmatched": "drop"},
        key="application_id",
    )
    rows, lineage = lying.assembled(portfolio, tmp_path / "job", made)
    outcomes = dataset.dataset(portfolio / "outcomes").to_table()
    mature = outcomes.filter(pc.field("matured"))
    bureau = dataset.dataset(portfolio / "bureau").to_table()
    assert [row["application_id"] for row in rows] == sorted(mature["application_id"].to_pylist())
    known = dict(zip(mature["application_id"].to_pylist(), mature["default_12m"].to_pylist(), strict=True))
    assert [row["default_12m"] for row in rows] == [known[row["application_id"]] for row in rows]
    told = {each["source"]: each for each in lineage["joins"]}
    assert (told["bureau"]["matched"], told["bureau"]["unmatched"]) == (len(bureau), 3_000 - len(bureau))
    assert (told["outcomes"]["matched"], told["outcomes"]["dropped"]) == (len(mature), 3_000 - len(mature))
    assert sum(row["as_of"] is None for row in rows) > 0
