"""One application or many, first path or second: the same bits."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from mrm.lib.errors import Invalid
from registry.serving import parity
from tests.serving.cards import application


def test_one_row_equals_the_table_exactly(served, cards):
    table = served.score_frame(cards.head(200))
    for row in range(200):
        one = served.score(served.parse(application(cards, row)))
        assert one.margin == float(table.margins[row])
        assert one.probability == table.probabilities[row]
        assert (one.points, one.grade) == (table.points[row], table.grades[row])
        assert np.array_equal(np.float32(list(one.contributions.values())), table.contributions[row])


def test_second_path_gives_the_same_margins(served, sealed, cards):
    frame = cards.head(500).copy()
    frame.loc[frame.index[:5], "PAY_0"] = 42
    compared = parity.compare(served, sealed, frame)
    assert (compared.rows, compared.different, compared.largest_difference) == (500, 0, 0.0)


def test_second_path_notices_a_changed_table(served, sealed, cards):
    tables = sealed.files["tables.json"].replace(b'"bucket":"4.0"', b'"bucket":"1.0"')
    tables = tables.replace(b"[0,2]", b"[0,1]")
    changed = parity.margins({**sealed.files, "tables.json": tables}, cards)
    assert (changed != served.score_frame(cards).margins).any()


def test_shown_points_add_up(served, cards):
    for row in range(200):
        scored = served.score(served.parse(application(cards, row)))
        assert scored.base_points + sum(scored.group_points.values()) == scored.points


def test_contributions_add_up_to_the_margin(served, cards):
    from quant.attribution.additivity import largest_gap

    table = served.score_frame(cards)
    assert largest_gap(table.contributions, table.bias, table.margins) < 2e-5


def test_points_fall_and_grade_rises_with_the_pd(served, cards):
    table = served.score_frame(cards)
    order = np.argsort(table.probabilities, kind="stable")
    assert (np.diff(table.points[order]) <= 0).all()
    assert (np.diff(table.grades[order]) >= 0).all()
    assert set(table.grades.tolist()) == set(range(1, 11))


def test_points_follow_the_stated_scale(served, cards):
    """600 points at odds 50:1 and 20 more when the odds double."""
    table = served.score_frame(cards)
    odds = (1 - table.probabilities) / table.probabilities
    expected = 600 + 20 * np.log2(odds / 50)
    assert np.abs(table.points - expected).max() <= 0.5 + 1e-6


def test_reasons_are_adverse_distinct_and_worst_first(served, cards):
    for row in range(100):
        scored = served.score(served.parse(application(cards, row)))
        reasons = served.reasons(scored)
        sizes = [reason.contribution for reason in reasons]
        assert len(reasons) <= 4
        assert all(size > 0 for size in sizes)
        assert sizes == sorted(sizes, reverse=True)
        assert len({reason.group for reason in reasons}) == len(reasons)


def test_code_never_seen_is_scored_and_flagged(served, cards):
    scored = served.score(served.parse(application(cards) | {"PAY_0": 42}))
    assert scored.flags == ("unknown_code:PAY_0",)
    assert served.score(served.parse(application(cards))).flags == ()


def test_raising_months_late_never_lowers_the_margin(served, cards):
    late = [served.margin(served.parse(application(cards, 3) | {"PAY_0": months})) for months in range(1, 9)]
    assert all(first <= second for first, second in pairwise(late))


def test_all_errors_of_an_application_come_at_once(served, cards):
    bad = application(cards) | {"PAY_0": True, "LIMIT_BAL": -5, "BILL_AMT1": "7", "PAY_AMT1": 10**400}
    bad |= {"PAY_2": 1.5, "PAY_3": None, "BILL_AMT2": float("nan"), "SEX": 2, "a/b~c": 1}
    del bad["PAY_AMT6"]
    with pytest.raises(Invalid) as refused:
        served.parse(bad)
    found = {error.pointer: error.code for error in refused.value.errors}
    assert found == {
        "/features/SEX": "unknown",
        "/features/a~1b~0c": "unknown",
        "/features/PAY_0": "type",
        "/features/LIMIT_BAL": "range",
        "/features/BILL_AMT1": "type",
        "/features/PAY_AMT1": "range",
        "/features/PAY_2": "type",
        "/features/PAY_3": "null",
        "/features/BILL_AMT2": "type",
        "/features/PAY_AMT6": "missing",
    }


def test_no_error_repeats_what_was_sent(served, cards):
    with pytest.raises(Invalid) as refused:
        served.parse(application(cards) | {"LIMIT_BAL": -987654, "PAY_0": "secret"})
    told = " ".join([refused.value.message, *(error.detail for error in refused.value.errors)])
    assert "987654" not in told
    assert "secret" not in told


def test_table_that_does_not_fit_is_refused_with_counts(served, cards):
    frame = cards.head(10).copy()
    frame.loc[frame.index[:3], "LIMIT_BAL"] = -1
    with pytest.raises(Invalid) as refused:
        served.score_frame(frame)
    assert [error.detail for error in refused.value.errors] == ["3 rows: range."]


def test_canonical_input_has_no_floats(served, cards):
    from mrm.lib import canonical

    parsed = served.parse(application(cards))
    again = served.parse({name: float(value) for name, value in application(cards).items()})
    assert canonical.dumps(parsed.canonical()) == canonical.dumps(again.canonical())
