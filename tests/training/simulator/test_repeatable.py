"""Equal plans make equal portfolios, chunk by chunk and in any order."""

from __future__ import annotations

import json

import pytest
from django.core.management import CommandError, call_command

from mrm.lib.errors import Conflict, Malformed
from training.simulator.chunks import simulate
from training.simulator.digests import part_digest, read_digest
from training.simulator.plan import APPLICANTS_PER_CHUNK, Kind, Plan, Portfolio
from training.simulator.portfolio import generate
from training.simulator.tables import TABLES


def digests(plan, number):
    chunk = simulate(plan, number)
    return {name: part_digest(made(chunk)) for name, made in TABLES.items()}


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("portfolio", list(Portfolio))
def test_the_same_plan_makes_the_same_tables(tmp_path, kind, portfolio):
    plan = Plan(150, 3, kind, portfolio)
    assert generate(tmp_path / "once", plan) == generate(tmp_path / "again", plan)
    first, second = ((tmp_path / name / "truth.json").read_bytes() for name in ("once", "again"))
    assert first == second


def test_another_seed_makes_other_tables():
    first, second = digests(Plan(150, 1), 0), digests(Plan(150, 2), 0)
    assert all(first[name] != second[name] for name in TABLES)


def test_a_chunk_is_the_same_whatever_is_made_around_it():
    alone, among = Plan(APPLICANTS_PER_CHUNK, 1), Plan(1_000 * APPLICANTS_PER_CHUNK, 1)
    last, first = (digests(among, number) for number in (999, 0))
    assert first == digests(alone, 0)
    assert all(last[name] != first[name] for name in TABLES)


def test_the_last_chunk_holds_what_is_left():
    plan = Plan(2 * APPLICANTS_PER_CHUNK + 7, 1)
    assert [plan.applicants(number) for number in range(plan.chunks)] == [APPLICANTS_PER_CHUNK] * 2 + [7]
    assert simulate(plan, 2).application_id.tolist() == list(range(100_004_000, 100_004_007))


def test_the_files_hold_what_the_sidecar_says(folder, truth):
    from pyarrow import parquet

    for name, told in truth["tables"].items():
        assert read_digest(folder, name) == told["digest"]
        assert parquet.ParquetFile(folder / name / "part-00000.parquet").metadata.num_rows == told["rows"]


def test_a_changed_cell_changes_the_digest(folder):
    from pyarrow import compute, parquet

    table = parquet.read_table(folder / "outcomes")
    place = table.column_names.index("disbursed_minor")
    other = table.set_column(place, "disbursed_minor", compute.add(table.column(place), 1))
    assert part_digest(other) != part_digest(table)


def test_a_missing_cell_is_not_a_zero_and_an_encoding_is_not_content():
    import pyarrow as pa

    made = [
        part_digest(pa.table({"n": pa.array(cells, pa.int64())})) for cells in ([0, 1], [None, 1], [0, 1])
    ]
    assert made[0] == made[2] != made[1]
    text = pa.array(["b", None, "a", "b"])
    unused = pa.DictionaryArray.from_arrays(pa.array([1, None, 2, 1]), pa.array(["z", "b", "a"]))
    written = [part_digest(pa.table({"t": cells})) for cells in (text, text.dictionary_encode(), unused)]
    assert len(set(written)) == 1


def test_leaving_out_the_leak_changes_no_other_column():
    with_leak, without = (
        TABLES["applications"](simulate(Plan(150, 1, leak=leak), 0)) for leak in (True, False)
    )
    assert with_leak.drop_columns(["collection_calls"]).equals(without)


def test_a_folder_that_holds_anything_is_refused(tmp_path):
    (tmp_path / "kept.txt").write_text("kept")
    with pytest.raises(Conflict, match="not an empty folder"):
        generate(tmp_path, Plan(10, 1))
    assert [each.name for each in tmp_path.iterdir()] == ["kept.txt"]


@pytest.mark.parametrize(
    "plan", [{"loans": 0, "seed": 1}, {"loans": 10, "seed": -1}, {"loans": 10, "seed": 1, "kind": "boat"}]
)
def test_a_plan_that_cannot_be_made_is_refused(plan):
    with pytest.raises(Malformed, match="No portfolio was made"):
        Plan(**plan)


def test_the_command_makes_what_it_is_asked_for_and_refuses_a_second_time(tmp_path, capsys):
    asked = (str(tmp_path / "made"), "--kind", "micro", "--loans", "120", "--seed", "7", "--without-leak")
    call_command("simulate_portfolio", *asked)
    truth = json.loads((tmp_path / "made" / "truth.json").read_text())
    assert truth["plan"] == Plan(120, 7, Kind.MICRO, leak=False).plain()
    assert truth["tables"]["transactions"]["digest"] in capsys.readouterr().out
    with pytest.raises(CommandError, match="not an empty folder"):
        call_command("simulate_portfolio", *asked)
