"""What the page of a sweep says of the whole: what was asked, on how many rows, what was chosen and why. Every
number is one of the sweep's facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mrm.lib.charts import numerals
from registry.models import Sweep
from training import sweep_words as words
from training.splits import ByTime, load

INCUMBENT = "incumbent"
Told = dict[str, Any]  # Any: JSON, or a fact of a page
_PARTS = ("train", "validation", "test", "left_out")


@dataclass(frozen=True)
class PartLine:
    name: str
    hint: str
    rows: int
    defaults: int | None


@dataclass(frozen=True)
class TriedLine:
    """One setting that was tried; no area where it was dropped on the way."""

    number: int
    settings: str
    area: str


@dataclass(frozen=True)
class TestLine:
    """The leader against what it had to beat, by one measure, as text."""

    measure: str
    leader: str
    baseline: str
    difference: str
    interval: str
    p_value: str
    adjusted: str


def title_of(sweep: Sweep) -> str:
    return _("Sweep of %(day)s") % {"day": date_format(timezone.localtime(sweep.ended_at), "j M Y, H:i")}


def named(sweep: Sweep, name: str) -> str:
    """A candidate by its name, or the version that was in force, in words."""
    if name == INCUMBENT:
        return sweep.incumbent.label if sweep.incumbent else _("the version in force")
    return words.name_words(name)


def asked_of(sweep: Sweep) -> list[Told]:
    """What was asked, as facts of a page."""
    asked = sweep.asked
    return [
        {"term": _("Split"), "text": split_of(sweep)},
        {"term": _("Declared columns"), "text": words.told(words.columns(), asked["fields"])},
        {"term": _("Families"), "text": _several(words.families(), asked["families"])},
        {"term": _("Categories become"), "text": _several(words.encoders(), asked["encoders"])},
        {"term": _("Missing numbers become"), "text": _several(words.imputers(), asked["imputers"])},
        {"term": _("Numbers are scaled by"), "text": words.told(words.scalers(), asked["scaler"])},
        {"term": _("Calibration"), "text": words.told(words.calibrations(), asked["calibration"])},
        {"term": _("Realised profit"), "text": asked.get("profit") or _("not compared")},
        {"term": _("Tuning"), "text": _tuning(asked["tuning"])},
        {"term": _("Seed"), "text": str(asked["seed"])},
        *_replaced(asked["settings"]),
    ]


def split_of(sweep: Sweep) -> str:
    split = load(sweep.asked["split"])
    if isinstance(split, ByTime):
        return _(
            "By time, by the column %(column)s: what is before %(validation)s is learned from, from then on it"
            " validates, from %(test)s on it tests. Before each of the two days, the rows of %(days)s days are left"
            " out."
        ) % {
            "column": split.column,
            "validation": split.validation_from,
            "test": split.test_from,
            "days": numerals.fixed(split.gap_days),
        }
    return _(
        "By chance, by declaration: %(validation)s %% validate, %(test)s %% test. The test part is not later than what"
        " was learned, so it does not say how the candidates stand the passing of time."
    ) % {"validation": split.validation_percent, "test": split.test_percent}


def parts_of(sweep: Sweep) -> list[PartLine]:
    names = {
        "train": (_("Training part"), _("is learned from")),
        "validation": (_("Validation part"), _("calibrates, and says who leads")),
        "test": (_("Test part"), _("compares, and chooses nothing")),
        "left_out": (_("Left out"), _("lies in a gap, or has no date")),
    }
    parts = sweep.facts["parts"]
    return [
        PartLine(*names[part], parts["rows"][part], parts["defaults"].get(part))
        for part in _PARTS
        if parts["rows"][part] or part != "left_out"
    ]


def choice_of(sweep: Sweep) -> str:
    """The choice and why, in a sentence of facts."""
    choice = sweep.facts["choice"]
    leader, baseline = named(sweep, choice["leader"]), named(sweep, choice["baseline"])
    if choice["leader"] == choice["baseline"]:
        return _(
            "%(leader)s leads the validation part and is of the simplest family: there was nothing it had to beat."
        ) % {"leader": leader}
    told = {
        "leader": leader,
        "baseline": baseline,
        "tests": "; ".join(_test_words(test) for test in choice["tests"]),
        "alpha": numerals.fixed(float(choice["alpha"]), 2),
    }
    if choice["chosen"] == choice["leader"]:
        return (
            _(
                "%(leader)s leads the validation part, and the test part finds it better than %(baseline)s at a level"
                " of %(alpha)s: %(tests)s."
            )
            % told
        )
    return (
        _(
            "%(leader)s leads the validation part, but the test part does not find it better than %(baseline)s at a"
            " level of %(alpha)s: %(tests)s. A tie keeps what it had to beat."
        )
        % told
    )


def incumbent_of(sweep: Sweep) -> str:
    """What the version in force had to do with it."""
    incumbent = sweep.facts["incumbent"]
    if sweep.incumbent is None or incumbent is None:
        return _("No version was in force: the leader had to beat the best candidate of the simplest family.")
    if incumbent["silent"]:
        return _(
            "%(version)s was in force and could not answer for these rows, so the leader had to beat the best candidate"
            " of the simplest family instead. Why: %(why)s"
        ) % {"version": sweep.incumbent.label, "why": incumbent["silent"]}
    return _("%(version)s was in force; its AUC on the test part is %(area)s. The leader had to beat it.") % {
        "version": sweep.incumbent.label,
        "area": words.area(incumbent["test_auc"]),
    }


def tests_of(sweep: Sweep) -> list[TestLine]:
    return [
        TestLine(
            measure=_measure(test["measure"]),
            leader=words.measured(test["measure"], test["first"]),
            baseline=words.measured(test["measure"], test["second"]),
            difference=words.difference(test["measure"], test["difference"]),
            interval=words.interval(test["interval"], test["measure"]),
            p_value=words.probability(test["p_value"]),
            adjusted=words.probability(test["adjusted"]),
        )
        for test in sweep.facts["choice"]["tests"]
    ]


def tuning_of(sweep: Sweep) -> list[TriedLine]:
    """The settings that were tried, the best first, those that were dropped last."""
    tried = sorted(
        sweep.facts["trials"],
        key=lambda each: (each["validation_auc"] is None, -float(each["validation_auc"] or 0)),
    )
    return [
        TriedLine(each["number"] + 1, _settings(each["settings"]), words.area(each["validation_auc"]))
        for each in tried
    ]


def _test_words(test: Told) -> str:
    return _(
        "%(measure)s differs by %(difference)s (95 %% interval %(interval)s), p %(p)s, adjusted by Holm %(adjusted)s"
    ) % {
        "measure": _measure(test["measure"]),
        "difference": words.difference(test["measure"], test["difference"]),
        "interval": words.interval(test["interval"], test["measure"]),
        "p": words.probability(test["p_value"]),
        "adjusted": words.probability(test["adjusted"]),
    }


def _measure(measure: str) -> str:
    return {words.AUC: _("AUC"), words.PROFIT: _("Realised profit")}[measure]


def _several(choices: words.Choices, values: list[str]) -> str:
    return ", ".join(words.told(choices, each) for each in values)


def _tuning(count: int) -> str:
    if not count:
        return _("None")
    return ngettext(
        "%(n)s setting of the leading family is tried",
        "%(n)s settings of the leading family are tried",
        count,
    ) % {"n": count}


def _settings(settings: Told) -> str:
    return ", ".join(f"{name} {value}" for name, value in settings.items())


def _replaced(settings: dict[str, Told]) -> list[Told]:
    if not settings:
        return []
    told = "; ".join(
        f"{words.told(words.families(), family)}: {_settings(each)}" for family, each in settings.items()
    )
    return [{"term": _("Settings replaced"), "text": told}]
