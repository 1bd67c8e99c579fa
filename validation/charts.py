"""The chart of a check result, drawn from the tables kept with it: the page and the dossier show the same."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from mrm.lib import charts
from mrm.lib.charts import About, Chart
from validation.models import Answered
from validation.words import group_words, verdict_words

Row = dict[str, str | None]


def chart_of(result: Answered) -> Chart | None:
    """None where a check has no chart, or measured too little to draw one."""
    draw = _DRAWN.get(result.check_id)
    if draw is None:
        return None
    name, make = draw
    rows = table_rows(result, name)
    return make(result, rows) if rows else None


def table_rows(result: Answered, name: str) -> list[Row]:
    """The rows of one stored table by column; empty when there is no such table."""
    table = result.tables.get(name)
    if table is None:
        return []
    return [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]


def measured(result: Answered, name: str) -> Row:
    """One measurement by name; empty when it was not made."""
    return next((each for each in result.measurements if each["name"] == name), {})


def _number(row: Row, name: str) -> float:
    return float(row.get(name) or "nan")


def _complete(rows: list[Row], *names: str) -> list[Row]:
    return [row for row in rows if all(row.get(name) is not None for name in names)]


def _roc(result: Answered, rows: list[Row]) -> Chart:
    area = measured(result, "auc")
    return charts.RocCurve(
        About("roc", _("ROC curve"), result.headline),
        tuple(
            charts.RocPoint(_number(row, "false_positive_rate"), _number(row, "true_positive_rate"))
            for row in rows
        ),
        auc=_number(area, "value"),
        low=_number(area, "low"),
        high=_number(area, "high"),
    )


def _calibration(result: Answered, rows: list[Row]) -> Chart:
    return charts.CalibrationCurve(
        About("calibration", _("Predicted and observed default rate"), result.headline),
        tuple(
            charts.CalibrationBin(
                _number(row, "mean_pd"),
                _number(row, "observed_rate"),
                _number(row, "low"),
                _number(row, "high"),
                int(row["n"] or 0),
            )
            for row in rows
        ),
    )


def _grades(result: Answered, rows: list[Row]) -> Chart:
    return charts.GradeBars(
        About("grades", _("Default rate by grade"), result.headline),
        tuple(
            charts.Pair(
                _("Grade %(number)s") % {"number": row["grade"]},
                _number(row, "assigned_pd"),
                charts.Found(_number(row, "observed_rate"), _number(row, "low"), _number(row, "high")),
                int(row["n"] or 0),
                verdict_words(row["verdict"] or ""),
            )
            for row in rows
        ),
    )


def _vintages(result: Answered, rows: list[Row]) -> Chart:
    return charts.GradeBars(
        About("vintages", _("Default rate by quarter"), result.headline),
        tuple(
            charts.Pair(
                row["quarter"] or "",
                _number(row, "mean_pd"),
                charts.Found(
                    _number(row, "observed_rate"), _number(row, "rate_low"), _number(row, "rate_high")
                ),
                int(row["n"] or 0),
                verdict_words(row["verdict"] or ""),
            )
            for row in rows
        ),
        head=_("Quarter"),
    )


def _impact(result: Answered, rows: list[Row]) -> Chart | None:
    found = _complete(rows, "ratio", "low", "high")
    limit = next((each["limit"] for each in result.measurements if each["limit"] is not None), None)
    if not found or limit is None:
        return None
    names = {
        "adverse_impact_sex": _("Adverse impact ratio by sex"),
        "adverse_impact_age": _("Adverse impact ratio by age band"),
    }
    return charts.IntervalChart(
        About(result.check_id, names[result.check_id], result.headline),
        tuple(_estimate(row) for row in found),
        axis_label=_("Approval rate relative to the reference group (parity is 1)"),
        limit=float(limit),
        limit_label=_("limit %(limit)s") % {"limit": limit},
        reference=1.0,
    )


def _estimate(row: Row) -> charts.Estimate:
    verdict = row["verdict"] or ""
    standing = {"passed": charts.Standing.CLEAR, "failed": charts.Standing.BEYOND}
    return charts.Estimate(
        row["group"] or "",
        _number(row, "ratio"),
        _number(row, "low"),
        _number(row, "high"),
        standing.get(verdict, charts.Standing.OPEN),
        verdict_words(verdict),
    )


def _psi(result: Answered, rows: list[Row]) -> Chart:
    return charts.ShiftBars(
        About("psi", _("Share of clients by PD, development and here"), result.headline),
        tuple(
            charts.Pair(
                row["bin"] or "",
                _number(row, "reference_share"),
                charts.Found(_number(row, "current_share")),
            )
            for row in rows
        ),
    )


def _profit(result: Answered, rows: list[Row]) -> Chart | None:
    said, basis = result.execution.standard.content["economics"], _("assumed cost matrix")
    return _profits(
        result, rows, _("Scenario profit by cut-off (assumed cost matrix)"), (str(said["unit"]), basis)
    )


def _realised(result: Answered, rows: list[Row]) -> Chart | None:
    said, basis = result.execution.standard.content["realised"], _("realised")
    return _profits(result, rows, _("Realised profit by cut-off"), (str(said["unit"]), basis))


def _profits(result: Answered, rows: list[Row], title: str, told: tuple[str, str]) -> Chart | None:
    """`told` is the unit and the basis of the amounts."""
    points = _complete(rows, "profit", "low", "high")
    if len(points) < 2:
        return None
    proposed = result.execution.approve_below
    return charts.ProfitCurve(
        About("profit", title, result.headline),
        tuple(
            charts.Profit(
                _number(row, "cut_off"), _number(row, "profit"), _number(row, "low"), _number(row, "high")
            )
            for row in points
        ),
        proposed=float(proposed),
        proposed_label=_("proposed %(cut_off)s") % {"cut_off": proposed},
        unit=told[0],
        basis=told[1],
    )


def _importance(result: Answered, rows: list[Row]) -> Chart:
    return charts.Ranking(
        About("importance", _("What moves the score"), result.headline),
        tuple(
            charts.Ranked(
                group_words(row["group"] or ""),
                _number(row, "mean_absolute"),
                _("(rank %(low)s to %(high)s)") % {"low": row["rank_low"], "high": row["rank_high"]},
            )
            for row in rows
        ),
        unit=_("Mean |contribution|, log-odds"),
    )


_DRAWN: dict[str, tuple[str, Callable[[Answered, list[Row]], Chart | None]]] = {
    "discrimination": ("roc", _roc),
    "calibration_curve": ("calibration_curve", _calibration),
    "jeffreys_grades": ("grades", _grades),
    "adverse_impact_sex": ("selection_rates", _impact),
    "adverse_impact_age": ("selection_rates", _impact),
    "psi_score": ("psi_bins", _psi),
    "scenario_profit": ("profit_curve", _profit),
    "realised_profit": ("realised_curve", _realised),
    "vintages": ("vintages", _vintages),
    "importance": ("importance", _importance),
}
