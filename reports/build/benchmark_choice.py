"""Which candidate was chosen, by which rule and tests, why each of the others was not, and how long it all took."""

from __future__ import annotations

from django.utils.translation import gettext as _

from mrm.lib.charts import numerals
from reports.build import words
from reports.build.benchmark_facts import BenchmarkFacts, Compared, Runner
from reports.build.content import Align, Block, Column, Facts, NotAssessed, Paragraph, Section, Table

# How the rule (training.sweep.choosing) names whoever was in force; it is no name of a candidate.
INCUMBENT = "incumbent"
RIGHT = Align.RIGHT


def choice(facts: BenchmarkFacts) -> Section:
    rule = Paragraph(
        _(
            "The rule stood before the sweep ran. The leader has the highest AUC on the validation part; of equal ones"
            " the simpler family leads. It is compared on the test part with the version in force, or where none"
            " answers with the best candidate of the simplest family. It is chosen only if a paired test finds it"
            " better, and none finds it worse, at a level of %(alpha)s after the adjustment by Holm. A tie keeps"
            " what is there."
        )
        % {"alpha": words.limit(facts.choice["alpha"])},
        is_soft=True,
    )
    return Section(3, _("The choice, and why"), (Paragraph(_why(facts)), *_tests(facts), rule))


def others(facts: BenchmarkFacts) -> Section:
    title = _("Why each of the others was not chosen")
    rest = [each for each in facts.runners if each.name != facts.choice["chosen"]]
    if not rest:
        return Section(4, title, (Paragraph(_("There was no other candidate.")),))
    columns = (
        Column(_("Candidate"), 0.27),
        Column(_("Difference in AUC"), 0.13, RIGHT),
        Column(_("Interval (95 %)"), 0.19, RIGHT),
        Column(_("p by Holm"), 0.09, RIGHT),
        Column(_("Why not"), 0.32),
    )
    said = Paragraph(
        _(
            "Each difference is the candidate minus the chosen one on the test part, by the paired test of DeLong; the"
            " p-values are adjusted by Holm over all of them."
        )
    )
    return Section(4, title, (said, Table(columns, tuple(_other(facts, each) for each in rest))))


def time(facts: BenchmarkFacts) -> Section:
    fitting = sum(float(each.fitting_seconds) for each in facts.runners)
    rows = (
        (_("Wall time of the sweep"), seconds(facts.told["seconds"])),
        (_("Of it fitting the candidates"), seconds(fitting)),
        (_("Share outside fitting"), _outside(facts, fitting)),
    )
    plain = NotAssessed(
        _(
            "The wall time of a plain script that fits the same kinds of candidates is no fact of this sweep. It is"
            " measured by make bench ONLY=data."
        )
    )
    return Section(6, _("Time"), (Facts(rows), plain))


def shown(facts: BenchmarkFacts, name: str) -> str:
    held = facts.sweep.incumbent
    if name == INCUMBENT and held is not None:
        return _("v%(number)s, which was in force") % {"number": held.number}
    return name


def seconds(text: str | float) -> str:
    return _("%(seconds)s s") % {"seconds": numerals.fixed(float(text), 1)}


def _outside(facts: BenchmarkFacts, fitting: float) -> str:
    if facts.told["trials"]:
        return _("not told: the trials of settings fitted too, and are not timed one by one")
    return numerals.percent(1 - fitting / float(facts.told["seconds"]))


def _why(facts: BenchmarkFacts) -> str:
    leader, baseline = (shown(facts, facts.choice[name]) for name in ("leader", "baseline"))
    named = {"leader": leader, "baseline": baseline}
    if not facts.tests:
        said = _(
            "%(leader)s led on the validation part and is of the simplest family: there was nothing simpler to keep."
        )
    elif facts.choice["chosen"] == facts.choice["leader"]:
        said = _(
            "%(leader)s led on the validation part, and on the test part it was found better than %(baseline)s."
        )
    else:
        said = _(
            "%(leader)s led on the validation part, but on the test part it was not found better than %(baseline)s,"
            " which is kept."
        )  # fmt: skip
    return said % named


def _tests(facts: BenchmarkFacts) -> tuple[Block, ...]:
    if not facts.tests:
        return ()
    columns = (
        Column(_("Measure"), 0.14),
        Column(_("Leader"), 0.12, RIGHT),
        Column(_("Kept unless beaten"), 0.13, RIGHT),
        Column(_("Difference"), 0.12, RIGHT),
        # Money of a whole portfolio, twice.
        Column(_("Interval (95 %)"), 0.28, RIGHT),
        Column(_("p"), 0.1, RIGHT),
        Column(_("p by Holm"), 0.11, RIGHT),
    )
    return (Table(columns, tuple(_tested(each) for each in facts.tests)),)


def _tested(each: Compared) -> tuple[str, ...]:
    measure = {"auc": _("AUC"), "profit": _("Realised profit")}.get(each.measure, each.measure)
    return (
        measure,
        words.number(each.first),
        words.number(each.second),
        words.number(each.difference),
        words.span(each.low, each.high),
        words.p_value(each.p_value),
        words.p_value(each.adjusted),
    )


def _other(facts: BenchmarkFacts, each: Runner) -> tuple[str, ...]:
    test = each.against
    if test is None:
        return (each.name, words.NONE, words.NONE, words.NONE, each.why_not)
    return (
        each.name,
        words.number(test.difference),
        words.span(test.low, test.high),
        words.p_value(test.adjusted),
        _behind(facts, each, test),
    )


def _behind(facts: BenchmarkFacts, each: Runner, test: Compared) -> str:
    if each.name == facts.choice["leader"]:
        return _(
            "It led on the validation part and was not found better where it counts: a tie keeps what is there."
        )
    if not test.is_found(facts.choice["alpha"]):
        return _("It did not lead on the validation part, and no difference from the chosen one was found.")
    if float(test.difference) < 0:
        return _("It was found worse than the chosen one.")
    return _(
        "It was found better on the test part, but did not lead on the validation part: taking it now would be"
        " choosing on the rows that judge."
    )  # fmt: skip
