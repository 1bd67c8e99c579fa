"""What was asked of a sweep, its candidates with their measurements, and what each is made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from mrm.lib.charts import About, Estimate, IntervalChart, numerals
from reports.build import words
from reports.build.benchmark_facts import BenchmarkFacts, Runner
from reports.build.content import (
    Align,
    Block,
    Cell,
    Column,
    Digest,
    Facts,
    Figure,
    NotAssessed,
    Paragraph,
    Section,
    State,
    Table,
    Word,
)

# More rows than this cannot be read in one figure; the table has all of them.
MOST_DRAWN = 12
RIGHT = Align.RIGHT


def asked(facts: BenchmarkFacts) -> Section:
    said = facts.sweep.asked
    rows: tuple[tuple[str, Cell], ...] = (
        (_("Data snapshot"), Digest(facts.sweep.snapshot.digest)),
        (_("Declared columns"), said["fields"]),
        (_("Split"), _split(said["split"])),
        (_("Families"), ", ".join(said["families"])),
        (_("Encoders"), ", ".join(said["encoders"])),
        (_("Imputers"), ", ".join(said["imputers"])),
        (_("Scaler"), said["scaler"]),
        (_("Calibration"), said["calibration"]),
        (_("Realised profit"), said.get("profit") or words.NONE),
        (_("Seed"), str(said["seed"])),
        (_("Settings looked for"), words.count(said["tuning"])),
    )
    return Section(1, _("What was compared"), (Facts(rows), _parts(facts), *_gap(said["split"])))


def candidates(facts: BenchmarkFacts) -> Section:
    columns = (
        Column(_("Candidate"), 0.27),
        Column(_("Validation AUC"), 0.11, RIGHT),
        Column(_("Test AUC"), 0.1, RIGHT),
        Column(_("Interval (95 %, DeLong)"), 0.17, RIGHT),
        Column(_("Brier"), 0.09, RIGHT),
        Column(_("Log loss"), 0.09, RIGHT),
        Column(_("Seconds"), 0.08, RIGHT),
        Column(_("State"), 0.12),
    )
    said = Paragraph(
        _(
            "The candidates stand by AUC on the validation part, which is what the rule looks at first. Test AUC, its"
            " interval, Brier score and log loss are of the test part, which chose nothing but this comparison."
        )
    )
    rows = tuple(_row(facts, each) for each in facts.runners)
    return Section(2, _("All candidates"), (said, Table(columns, rows), *_figure(facts)))


def trials(facts: BenchmarkFacts) -> Section:
    title = _("Settings that were looked for")
    found = facts.told["trials"]
    if not found:
        return Section(5, title, (NotAssessed(_("No settings were looked for: none were asked for.")),))
    columns = (Column(_("Trial"), 0.1), Column(_("Validation AUC"), 0.2, RIGHT), Column(_("Settings"), 0.7))
    rows = tuple(
        (str(each["number"]), words.number(each["validation_auc"]), _settings(each["settings"]))
        for each in found
    )
    said = Paragraph(
        _(
            "Settings of the leading family, measured on the validation part. A dash stands for a trial that was"
            " stopped early. The best of them takes part as a candidate of its own."
        )
    )
    return Section(5, title, (said, Table(columns, rows)))


def recipes(facts: BenchmarkFacts) -> Section:
    """By artefact and settings each candidate can be trained alone and compared byte for byte."""
    columns = (Column(_("Candidate"), 0.27), Column(_("Artefact"), 0.25), Column(_("Settings"), 0.48))
    recipe = {entry["name"]: entry["recipe"] for entry in facts.told["candidates"]}
    rows = tuple(
        (
            each.name,
            Digest(each.artifact, 24) if each.artifact else words.NONE,
            _settings(recipe[each.name]),
        )
        for each in facts.runners
    )
    return Section(7, _("Recipes and bytes"), (Table(columns, rows),))


def _split(split: Mapping[str, Any]) -> str:
    if split["method"] == "time":
        return _(
            "By time, column %(column)s: validation from %(validation_from)s, test from %(test_from)s; a gap of"
            " %(gap_days)s days before each is left out."
        ) % dict(split)
    return _("By chance: %(validation_percent)s %% validation, %(test_percent)s %% test.") % dict(split)


def _gap(split: Mapping[str, Any]) -> tuple[Block, ...]:
    if split["method"] == "time":
        return ()
    return (
        NotAssessed(
            _("Out of time: the parts are drawn by chance from one period, as whoever asked declared.")
        ),
    )


def _parts(facts: BenchmarkFacts) -> Table:
    names = {
        "train": _("train"),
        "validation": _("validation"),
        "test": _("test"),
        "left_out": _("left out"),
    }
    columns = (
        Column(_("Part"), 0.4),
        Column(_("Rows"), 0.2, RIGHT),
        Column(_("Defaults"), 0.2, RIGHT),
        Column(_("Default rate"), 0.2, RIGHT),
    )
    counted, defaults = facts.told["parts"]["rows"], facts.told["parts"]["defaults"]
    order = [name for name in names if name in counted]
    rows = tuple((names[name], *_counts(counted[name], defaults.get(name))) for name in order)
    return Table(columns, rows, caption=_("Rows of each part"))


def _counts(rows: int, defaults: int | None) -> tuple[str, str, str]:
    if defaults is None or not rows:
        return words.count(rows), words.NONE, words.NONE
    return words.count(rows), words.count(defaults), numerals.percent(defaults / rows)


def _row(facts: BenchmarkFacts, each: Runner) -> tuple[Cell, ...]:
    return (
        each.name,
        words.number(each.measured("validation_auc")),
        words.number(each.measured("test_auc")),
        words.span(each.low, each.high),
        words.number(each.measured("test_brier")),
        words.number(each.measured("test_log_loss")),
        numerals.fixed(float(each.seconds), 1),
        _state(facts, each),
    )


def _state(facts: BenchmarkFacts, each: Runner) -> Word:
    if each.name == facts.choice["chosen"]:
        return Word(_("chosen"), State.GOOD)
    if each.why_not:
        return Word(_("not trained"), State.BAD)
    if each.name == facts.choice["leader"]:
        return Word(_("leader"), State.WAITING)
    return Word(_("baseline") if each.name == facts.choice["baseline"] else "", State.QUIET)


def _figure(facts: BenchmarkFacts) -> tuple[Figure, ...]:
    drawn = _drawn(facts)
    if not drawn:
        return ()
    held = facts.incumbent_auc
    chart = IntervalChart(
        about=About(
            key=f"benchmark-{facts.sweep.facts_digest[:12]}",
            title=_("AUC on the test part, with its interval (95 %)"),
            summary=_("%(drawn)s of %(all)s candidates: the first by AUC on the validation part, and the chosen one.")
            % {"drawn": len(drawn), "all": len(facts.runners)},
        ),
        rows=drawn,
        axis_label=_("AUC"),
        reference=None if held is None else float(held),
        reference_label="" if held is None else _("in force: %(auc)s") % {"auc": words.number(held)},
        decimals=3,
    )  # fmt: skip
    return (Figure(chart, _("the facts of the sweep")),)


def _drawn(facts: BenchmarkFacts) -> tuple[Estimate, ...]:
    trained = [each for each in facts.runners if each.metrics]
    chosen = facts.runner(facts.choice["chosen"])
    first = trained[:MOST_DRAWN]
    if chosen is not None and chosen not in first:
        first = [*first[: MOST_DRAWN - 1], chosen]
    return tuple(_estimate(facts, each) for each in first)


def _estimate(facts: BenchmarkFacts, each: Runner) -> Estimate:
    value = float(each.metrics["test_auc"])
    low, high = float(each.low or value), float(each.high or value)
    return Estimate(each.name, value, low, high, note=_state(facts, each).text)


def _settings(told: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {_setting(value)}" for name, value in sorted(told.items()))


def _setting(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"({_settings(value)})"
    return str(value)
