"""The charts' geometry as data, and what a reader without eyes or without pictures gets."""

import math
from xml.etree import ElementTree as ET

import pytest
from django.utils import translation

from mrm.lib import charts
from mrm.lib.charts import numerals, scales
from mrm.lib.charts.marks import Bar, Diamond, Dot, Ink, Line, Text

SVG = "{http://www.w3.org/2000/svg}"
ABOUT = charts.About("example", "Title <of> it", "What & why")


def contributions():
    terms = (charts.Contribution("Late in September", -58), charts.Contribution("Long standing", 22))
    return charts.Contributions(ABOUT, terms)


def impact(*rows):
    return charts.IntervalChart(ABOUT, rows, "Ratio", 0.8, "limit 0.80", 1.0, "reference")


def pairs():
    return tuple(charts.Pair(name, 0.1, charts.Found(0.2, 0.15, 0.25), 40, "passed") for name in "AB")


def every_chart():
    roc = tuple(charts.RocPoint(i / 100, math.sqrt(i / 100)) for i in range(101))
    ks = tuple(charts.KsPoint(400 + i, i / 100, (i / 100) ** 2) for i in range(101))
    profits = tuple(charts.Profit(i / 10, i * (10 - i), i * (9 - i), i * (11 - i)) for i in range(1, 10))
    bins = tuple(charts.ScoreBin(400 + 50 * i, 450 + 50 * i, 10 * i) for i in range(5))
    return (
        impact(charts.Estimate("Under 25", 0.71, 0.66, 0.76, charts.Standing.BEYOND, "fails")),
        contributions(),
        charts.CalibrationCurve(ABOUT, (charts.CalibrationBin(0.1, 0.12, 0.09, 0.15, 900),)),
        charts.GradeBars(ABOUT, pairs()),
        charts.ShiftBars(ABOUT, pairs()),
        charts.RocCurve(ABOUT, roc, 0.67, 0.65, 0.69),
        charts.KsCurve(ABOUT, ks, "Score"),
        charts.ProfitCurve(ABOUT, profits, 0.25, "proposed", "NT$", "assumed cost matrix"),
        charts.ScoreHistogram(ABOUT, bins, "Score", 500, "cut-off"),
    )


def parsed(chart):
    return ET.fromstring(charts.svg(chart.drawing()))  # noqa: S314 (our own drawing)


CHARTS = pytest.mark.parametrize("chart", every_chart(), ids=lambda chart: type(chart).__name__)


@CHARTS
def test_every_chart_is_an_image_with_title_and_description(chart):
    root = parsed(chart)
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert root.get("role") == "img"
    assert (title.text, description.text) == ("Title <of> it", "What & why")
    assert root.get("aria-labelledby").split() == [title.get("id"), description.get("id")]


@CHARTS
def test_every_chart_stands_under_a_policy_that_forbids_inline_styles(chart):
    elements = parsed(chart).iter()
    names = {name for element in elements for name in element.attrib}
    assert not {name for name in names if name == "style" or name.startswith("on")}


@CHARTS
def test_no_mark_leaves_the_picture(chart):
    drawing = chart.drawing()
    for mark in drawing.marks:
        for point in _points(mark):
            assert 0 <= point.x <= drawing.width, mark
            assert 0 <= point.y <= drawing.height, mark


@CHARTS
def test_every_chart_has_a_table_with_as_many_cells_as_heads(chart):
    table = chart.table()
    assert table.rows
    assert {len(row) for row in table.rows} == {len(table.heads)}


def test_losses_point_left_and_gains_right():
    marks = contributions().drawing().marks
    zero = next(mark for mark in marks if isinstance(mark, Line)).start.x
    loss, gain = (mark for mark in marks if isinstance(mark, Bar))
    assert (loss.ink, gain.ink) == (Ink.LOSS, Ink.GAIN)
    assert loss.corner.x + loss.width == pytest.approx(zero)
    assert gain.corner.x == pytest.approx(zero)


def test_bars_are_as_long_as_their_points():
    loss, gain = (mark for mark in contributions().drawing().marks if isinstance(mark, Bar))
    assert loss.width / gain.width == pytest.approx(58 / 22)


def test_an_estimate_beyond_its_limit_is_told_by_shape():
    within = impact(charts.Estimate("Women", 0.97, 0.95, 0.99)).drawing()
    beyond = impact(charts.Estimate("Under 25", 0.71, 0.66, 0.76, charts.Standing.BEYOND)).drawing()
    assert any(isinstance(mark, Dot) for mark in within.marks)
    assert any(isinstance(mark, Diamond) for mark in beyond.marks)
    assert not any(isinstance(mark, Dot) for mark in beyond.marks)


def test_an_interval_that_ends_at_the_limit_touches_its_line():
    marks = impact(charts.Estimate("Women", 0.9, 0.8, 1.0)).drawing().marks
    limit = next(mark for mark in marks if isinstance(mark, Line) and mark.ink is Ink.THRESHOLD)
    whisker = next(mark for mark in marks if isinstance(mark, Line) and mark.ink is Ink.WHISKER)
    assert whisker.start.x == pytest.approx(limit.start.x)


def test_the_cost_matrix_is_named_on_the_picture():
    profits = (charts.Profit(0.1, 1, 0, 2), charts.Profit(0.5, 2, 1, 3))
    chart = charts.ProfitCurve(ABOUT, profits, 0.25, "proposed", "NT$", "assumed cost matrix")
    words = [mark.words for mark in chart.drawing().marks if isinstance(mark, Text)]
    assert any("assumed cost matrix" in each for each in words)


def test_the_curve_is_labelled_with_its_largest_distance():
    points = (charts.KsPoint(1, 0.2, 0.1), charts.KsPoint(2, 0.7, 0.3), charts.KsPoint(3, 1, 1))
    words = [m.words for m in charts.KsCurve(ABOUT, points, "Score").drawing().marks if isinstance(m, Text)]
    assert "KS 40.0\N{NO-BREAK SPACE}%" in words


def test_a_long_curve_becomes_a_table_of_twenty_rows_with_both_ends():
    points = tuple(charts.RocPoint(i / 1000, i / 1000) for i in range(1001))
    rows = charts.RocCurve(ABOUT, points, 0.5, 0.4, 0.6).table().rows
    assert len(rows) == 20
    assert (rows[0][0], rows[-1][0]) == ("0.0\N{NO-BREAK SPACE}%", "100.0\N{NO-BREAK SPACE}%")


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0, 1, (0, 0.2, 0.4, 0.6, 0.8, 1.0)),
        (0, 100, (0, 20, 40, 60, 80, 100)),
        (-3, 7, (-2, 0, 2, 4, 6)),
        (0.66, 1.02, (0.7, 0.8, 0.9, 1.0)),
    ],
)
def test_ticks_are_round_values_inside_the_range(low, high, expected):
    assert scales.ticks(low, high) == pytest.approx(expected)


def test_a_scale_holds_values_outside_at_its_edge():
    scale = scales.Scale(0, 10, 100, 200)
    assert [scale.at(value) for value in (-5, 0, 5, 10, 15)] == [100, 100, 150, 200, 200]


def test_a_single_value_still_gets_a_range_a_scale_can_stand_on():
    low, high = scales.padded([0.5])
    assert low < 0.5 < high


def test_a_long_label_takes_two_lines_and_never_three():
    assert scales.wrapped("short", 100) == ("short",)
    assert len(scales.wrapped("a label that is far too long for a row of this chart", 120)) == 2


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", "1,234.50"), ("pt-br", "1.234,50")],
)
def test_numbers_follow_the_active_language(language, expected):
    with translation.override(language):
        assert numerals.fixed(1234.5, 2) == expected


def test_a_negative_number_has_a_minus_sign_and_not_a_hyphen():
    assert numerals.fixed(-3.25, 1) == "\N{MINUS SIGN}3.2"
    assert numerals.signed(0.04, 1) == "0.0"
    assert numerals.signed(4) == "+4"


def test_an_undefined_number_is_a_dash_and_not_nan():
    assert numerals.fixed(math.nan) == numerals.NOT_AVAILABLE
    assert numerals.percent(math.inf) == numerals.NOT_AVAILABLE


def _points(mark):
    if isinstance(mark, Line):
        return (mark.start, mark.end)
    if isinstance(mark, Bar):
        far = type(mark.corner)(mark.corner.x + mark.width, mark.corner.y + mark.height)
        return (mark.corner, far)
    return getattr(mark, "points", None) or (mark.at,)
