"""Each quality rule on a table made by hand: it fires, and it does not one step before."""

from __future__ import annotations

import datetime as dt
import random

import numpy as np
import pytest

from mrm.lib import canonical
from registry.frames.quality import report
from registry.frames.quality.columns import quantiles
from registry.frames.quality.days import read_dates
from registry.frames.quality.leakage import auc_of
from registry.frames.quality.profile import profile
from registry.frames.quality.realised import rank_correlation
from registry.frames.spec import DateColumns, FileFormat, UploadSpec
from tests.training_child.quality_tables import OUTCOME, ROWS, filled, repeated, rules_of, table_of

TODAY = "2026-06-01"


@pytest.mark.parametrize(("missing", "passed"), [(499, True), (500, False), (999, False), (1_000, True)])
def test_a_column_of_which_half_is_missing_is_reported_and_an_empty_one_blocks(missing, passed):
    rules = rules_of({"x": filled([None] * missing)})
    assert rules["missing_values"]["passed"] is passed
    assert rules["inputs_present"]["passed"] is (missing < 1_000)


SENTINELS = {
    "999 above counts": (filled([999] * 10), ["999"]),
    "too few rows": (filled([999] * 9), []),
    "-1 below ages": (filled([-1] * 30), ["-1"]),
    "-1 among other negative numbers": (filled([*[-1] * 30, -2]), []),
    "99 at the top of a scale": (filled([*[99] * 30, 98, 97, 96]), []),
    "99 within the rest": (filled([*[99] * 30, 100]), []),
    "9 is no sentinel of numbers": (filled([9] * 300), []),
    "codes, not numbers": (repeated((1, 480), (2, 480), (99, 40)), []),
    "two of them": (filled([*[999] * 20, *[-1] * 20]), ["-1", "999"]),
    "a day that nobody was born on": (
        [*["1900-01-01"] * 40, *(f"1980-01-{1 + row % 28:02}" for row in range(960))],
        ["1900-01-01"],
    ),
}


@pytest.mark.parametrize("case", SENTINELS)
def test_sentinels_are_listed_values_of_many_rows_outside_the_rest(case):
    values, expected = SENTINELS[case]
    rule = rules_of({"x": values})["sentinel_values"]
    shown = [each["value"] for detail in rule["details"] for each in detail["values"]]
    assert (shown, rule["passed"]) == (
        [value for value in expected if values.count(_as(value, values)) >= 20],
        not expected,
    )


def _as(value, values):
    return value if isinstance(values[0], str) else int(value)


def test_a_declared_sentinel_is_documented():
    column = {"x": filled([999] * 30)}
    assert rules_of(column, sentinels={"x": ("999",)})["sentinel_values"]["passed"]
    assert rules_of(column, codes={"x": (999, *range(97))})["sentinel_values"]["passed"]


def test_a_value_of_fewer_than_twenty_rows_is_counted_and_not_shown():
    [detail] = rules_of({"x": filled([999] * 19)})["sentinel_values"]["details"]
    assert detail == {"column": "x", "rows": 19, "values": []}


def dated(*texts):
    """These texts, then a plain day for every other row."""
    return [*texts, *["2024-03-05"] * (ROWS - len(texts))]


DATES = {
    "one format": (dated("2024-03-06"), set()),
    "two formats": (dated("05/13/2024"), {"mixed_date_formats"}),
    "named months": (dated("5 Mar 2024"), {"mixed_date_formats"}),
    "two readings": (["05/03/2024"] * ROWS, {"ambiguous_dates", "no_constant_input"}),
    "settled by the others": (["05/03/2024"] * 500 + ["25/03/2024"] * 500, set()),
    "others that disagree": (
        ["05/03/2024"] * 500 + ["25/03/2024"] * 400 + ["03/25/2024"] * 100,
        {"ambiguous_dates"},
    ),
    "one day either way": (["05/05/2024"] * 500 + ["06/06/2024"] * 500, set()),
    "no such day": (dated("2023-02-29"), {"impossible_dates"}),
    "the day of the import": (dated(TODAY), set()),
    "the day after": (dated("2026-06-02"), {"future_dates"}),
    "no dates at all": (["north"] * 500 + ["south"] * 500, set()),
}


@pytest.mark.parametrize("case", DATES)
def test_texts_that_are_dates(case):
    texts, expected = DATES[case]
    rules = rules_of({"x": texts}, today=TODAY)
    failed = {key for key, rule in rules.items() if not rule["passed"]}
    assert failed - {"duplicate_rows", "near_constant_inputs"} == expected


def test_days_are_read_by_the_order_that_the_column_shows():
    made = read_dates(["05/03/2024", "25/03/2024", "2024-01-31"], np.ones(3, dtype=np.int64))
    assert made.days.tolist() == [
        float(dt.date(2024, month, day).toordinal()) for month, day in ((3, 5), (3, 25), (1, 31))
    ]


@pytest.mark.parametrize(
    ("born", "rows"),
    [("2006-03-05", 0), ("2006-03-07", 1), ("1923-03-07", 0), ("1923-03-01", 1), ("2030-01-01", 1)],
)
def test_ages_at_the_decision_are_18_to_100(born, rows):
    columns = {"decided": dated(), "born": [born, *["1980-01-01"] * (ROWS - 1)]}
    rule = rules_of(columns, dates=DateColumns("decided", "born"))["impossible_ages"]
    assert (rule["count"], rule["passed"]) == (rows, rows == 0)


@pytest.mark.parametrize(
    ("late", "failed"),
    [(0, None), (1, "clocks_disagree"), (499, "clocks_disagree"), (500, "dated_after_decision")],
)
def test_a_clock_that_is_off_is_reported_and_a_column_from_afterwards_blocks(late, failed):
    columns = {"decided": dated(), "as_of": repeated(("2024-03-08", late), ("2024-03-05", ROWS - late))}
    rules = rules_of(columns, dates=DateColumns("decided", others=("as_of",)))
    found = [key for key in ("clocks_disagree", "dated_after_decision") if not rules[key]["passed"]]
    assert found == ([failed] if failed else [])
    if late >= 20:
        assert rules[failed]["details"] == [
            {"column": "as_of", "rows": late, "share": canonical.number(late / ROWS), "days": 3}
        ]


def test_declared_dates_that_cannot_be_read_are_counted():
    columns = {"decided": dated("2023-02-30", "soon", None), "as_of": list(range(ROWS))}
    rule = rules_of(columns, dates=DateColumns("decided", others=("as_of",)))["unread_dates"]
    assert rule["details"] == [{"column": "decided", "rows": 2}, {"column": "as_of", "rows": ROWS}]


def test_of_a_single_late_row_its_days_are_not_told():
    columns = {"decided": dated(), "as_of": ["2024-05-01", *["2024-03-05"] * (ROWS - 1)]}
    [detail] = rules_of(columns, dates=DateColumns("decided", others=("as_of",)))["clocks_disagree"][
        "details"
    ]
    assert set(detail) == {"column", "rows", "share"}


LABELS = {
    "case and accents": (["Autônomo", "AUTONOMO "], 1),
    "a slip of the pen": (["assalariado", "asalariado"], 1),
    "two slips in a long word": (["desempregado", "dezempregdo"], 1),
    "another word by its first letter": (["employed", "unemployed"], 0),
    "short words": (["sim", "nim", "som"], 0),
    "other numbers": (["group 1", "group 2", "group 12"], 0),
    "male and female": (["male", "female"], 0),
    "four alphabets": (["москва", "МОСКВА", "東京", "القاهرة", "Αθήνα", "αθηνα"], 2),
    "signs alone": (["-", "+", "?"], 0),
}


@pytest.mark.parametrize("case", LABELS)
def test_near_duplicate_labels(case):
    labels, categories = LABELS[case]
    rule = rules_of({"x": [labels[row % len(labels)] for row in range(ROWS)]})["near_duplicate_labels"]
    assert sum(detail["categories"] for detail in rule["details"]) == categories


def test_labels_of_few_rows_are_counted_and_not_shown():
    texts = repeated(("assalariado", 981), ("asalariado", 19))
    [detail] = rules_of({"x": texts})["near_duplicate_labels"]["details"]
    assert (detail["variants"], detail["labels"]) == (2, [])


def test_free_text_is_not_compared_label_by_label():
    assert rules_of({"x": [f"note{'x' * (row % 3)} {row}" for row in range(ROWS)]})["near_duplicate_labels"][
        "passed"
    ]


def test_the_auc_of_a_column_is_that_of_all_pairs():
    """By hand: of 3 x 3 pairs the default is above in 6 and level in 1."""
    outcome = np.array([0, 0, 0, 1, 1, 1], dtype=float)
    column = table_of({"x": [*[1, 2, 4, 2, 3, 5], *[None] * 994]})["x"].slice(0, 6)
    assert auc_of(profile(column, "x", "input", outcome)) == pytest.approx((1 + 0.5 + 2 + 3) / 9)


@pytest.mark.parametrize("turned", [1, -1])
@pytest.mark.parametrize(("strength", "passed"), [(0.78, True), (0.82, False)])
def test_an_input_that_tells_the_outcome_alone_blocks(turned, strength, passed):
    """`strength` of the defaults stand above everybody else: the AUC is strength + (1 - strength) / 2."""
    told = round(strength * 100)
    values = [turned * int(bool(bad) and row // 10 < told) for row, bad in enumerate(OUTCOME)]
    assert rules_of({"x": values})["leaking_inputs"]["passed"] is passed


def test_a_text_or_a_code_that_tells_the_outcome_blocks_whatever_its_order():
    texts = ["gone" if bad else ("here", "there")[row % 2] for row, bad in enumerate(OUTCOME)]
    codes = [2 if bad else (1, 3)[row % 2] for row, bad in enumerate(OUTCOME)]
    assert rules_of({"x": texts, "z": codes})["leaking_inputs"]["count"] == 2


def test_labels_that_stand_once_each_tell_nothing():
    assert rules_of({"x": [f"client {row}" for row in range(ROWS)]})["leaking_inputs"]["passed"]


def test_columns_kept_apart_are_not_scanned():
    rules = rules_of(
        {"x": filled([]), "result": OUTCOME, "sex": OUTCOME}, realised=("result",), protected=("sex",)
    )
    assert rules["leaking_inputs"]["passed"]


@pytest.mark.parametrize(("others", "passed"), [(0, False), (9, False), (10, True)])
def test_a_column_filled_for_one_outcome_only_blocks(others, passed):
    """All 100 defaults are filled; of 900 others nine are one in a hundred."""
    allowed = set([row for row, bad in enumerate(OUTCOME) if not bad][:others])
    values = [row % 7 if bad or row in allowed else None for row, bad in enumerate(OUTCOME)]
    assert rules_of({"x": values})["filled_for_one_outcome"]["passed"] is passed


@pytest.mark.parametrize(("blank_defaults", "passed"), [(20, True), (60, False)])
def test_blanks_that_go_with_the_outcome_are_reported(blank_defaults, passed):
    """A fifth of the others is blank."""
    seen = iter(range(ROWS))
    values = [
        None
        if (bad and next(seen) < blank_defaults) or (not bad and row % 10 in {1, 2} and row % 20 < 19)
        else row % 9
        for row, bad in enumerate(OUTCOME)
    ]
    assert rules_of({"x": values})["blanks_tell_outcome"]["passed"] is passed


def test_one_input_far_ahead_of_the_others_is_reported():
    told = [int(bool(bad) and row // 10 < 60) for row, bad in enumerate(OUTCOME)]
    rest = {f"c{place}": filled([place]) for place in range(4)}
    assert rules_of({"x": told, **rest})["single_input_jump"]["details"][0]["column"] == "x"
    assert rules_of({"x": told, "twin": told, **rest})["single_input_jump"]["passed"]


def test_a_transform_of_a_declared_result_blocks():
    profit = [(row * 7919) % ROWS - 300 for row in range(ROWS)]
    columns = {"profit": profit, "cubed": [-(each**3) for each in profit], "other": filled([])}
    [detail] = rules_of(columns, realised=("profit",))["transforms_of_result"]["details"]
    assert detail == {"column": "cubed", "result": "profit", "rank_correlation": "-1.0"}


def test_rank_correlation_is_that_of_scipy_with_ties_and_gaps():
    from scipy.stats import spearmanr

    draw = np.random.default_rng(1)
    first, second = draw.integers(0, 9, 400).astype(float), draw.normal(size=400)
    second[:150] = first[:150]
    first[7] = np.nan
    expected = spearmanr(first, second, nan_policy="omit").statistic
    assert rank_correlation(first, second) == pytest.approx(expected)


def test_quantiles_of_distinct_values_are_those_of_the_rows():
    random.seed(3)
    for _ in range(50):
        values = np.array([random.choice([random.random(), 1.0, 2.5]) for _ in range(random.randint(1, 60))])
        distinct, counts = np.unique(values, return_counts=True)
        levels = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
        assert quantiles(distinct, counts, levels) == pytest.approx(np.quantile(values, levels), rel=1e-12)


def previous_of(columns):
    made = report(table_of(columns), UploadSpec(FileFormat.PARQUET, "y", "k"))
    return {"snapshot": "a", "rows": made["rows"], "by_column": made["by_column"]}


def test_the_same_table_again_has_not_drifted():
    columns = {"x": filled([]), "t": ["north", "south"] * 500}
    rules = rules_of(columns, previous=previous_of(columns))
    assert all(rules[key]["passed"] for key in ("schema_changed", "missingness_moved", "levels_moved"))


def test_columns_that_came_went_or_changed_are_named():
    before = previous_of({"x": filled([]), "gone": filled([]), "kind": filled([])})
    rules = rules_of({"x": filled([]), "came": filled([]), "kind": ["a", "b"] * 500}, previous=before)
    assert {(each["column"], each["change"]) for each in rules["schema_changed"]["details"]} == {
        ("came", "came"),
        ("gone", "went"),
        ("kind", "type"),
    }


@pytest.mark.parametrize(("missing", "passed"), [(99, True), (100, False)])
def test_a_tenth_more_missing_values_than_before_is_reported(missing, passed):
    rules = rules_of({"x": filled([None] * missing)}, previous=previous_of({"x": filled([])}))
    assert rules["missingness_moved"]["passed"] is passed


@pytest.mark.parametrize(("beyond", "passed"), [(20, True), (100, False)])
def test_levels_beyond_the_earlier_quantiles_are_reported(beyond, passed):
    rules = rules_of({"x": filled([500] * beyond)}, previous=previous_of({"x": filled([])}))
    assert rules["levels_moved"]["passed"] is passed
