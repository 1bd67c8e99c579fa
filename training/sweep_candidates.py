"""What the pages say of each candidate of a sweep: where it stands, and why it is not the one that was chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from mrm.lib.charts import About, Estimate, Figure, IntervalChart, Standing, figure
from registry.models import Sweep, Trial
from training import sweep_words as words
from training.sweep_page import named

Told = dict[str, Any]  # Any: JSON
# A chart of more rows than this says no more than its table does.
MOST_DRAWN = 30


class Place(StrEnum):
    """Where a candidate stands after the comparison; each is a state of a badge."""

    PROPOSED = "trial_proposed"
    KEPT = "trial_kept"
    BEHIND = "trial_behind"
    NOT_BETTER = "trial_not_better"
    UNTRAINED = "trial_untrained"


@dataclass(frozen=True)
class TrialLine:
    trial: Trial
    state: Place
    family: str
    encoder: str
    imputer: str
    note: str
    interval: str


def lines_of(sweep: Sweep, trials: Sequence[Trial]) -> list[TrialLine]:
    families, encoders, imputers = words.families(), words.encoders(), words.imputers()
    return [
        TrialLine(
            trial=trial,
            state=place_of(sweep, trial),
            family=words.told(families, trial.family),
            encoder=words.told(encoders, trial.encoder),
            imputer=words.told(imputers, trial.imputer),
            note=_("tuned") if words.is_tuned(trial.name) else "",
            interval=words.interval(entry_of(sweep, trial).get("test_auc_interval")),
        )
        for trial in trials
    ]


def entry_of(sweep: Sweep, trial: Trial) -> Told:
    """What the facts say of it."""
    found: Told = sweep.facts["candidates"][trial.place]
    return found


def place_of(sweep: Sweep, trial: Trial) -> Place:
    choice, entry = sweep.facts["choice"], entry_of(sweep, trial)
    if trial.why_not:
        return Place.UNTRAINED
    if trial.name == choice["chosen"]:
        return Place.PROPOSED if trial.name == choice["leader"] else Place.KEPT
    against = entry["against_chosen"]
    is_found = against is not None and float(against["adjusted"]) <= float(choice["alpha"])
    return Place.BEHIND if is_found and float(against["difference"]) < 0 else Place.NOT_BETTER


def rank_of(sweep: Sweep, trial: Trial) -> tuple[int, int] | None:
    """Its rank on the validation part, and of how many; None for one that could not be trained."""
    if trial.validation_auc is None:
        return None
    areas = [
        float(entry["metrics"]["validation_auc"])
        for entry in sweep.facts["candidates"]
        if not entry["why_not"]
    ]
    return 1 + sum(each > trial.validation_auc for each in areas), len(areas)


def why_of(sweep: Sweep, trial: Trial) -> str:
    """Why this candidate is, or is not, the one that was chosen: a sentence of facts."""
    state, choice = place_of(sweep, trial), sweep.facts["choice"]
    if state is Place.UNTRAINED:
        return _("It could not be trained: %(why)s") % {"why": trial.why_not}
    if state is Place.PROPOSED:
        return _("It is what this comparison proposes. Whether it becomes a version is for people to say.")
    chosen = named(sweep, choice["chosen"])
    if state is Place.KEPT:
        return _(
            "It is of the simplest family, and the leader, %(leader)s, was not found better: a tie keeps what is"
            " simpler to explain."
        ) % {"leader": named(sweep, choice["leader"])}
    if trial.name == choice["leader"]:
        return _(
            "It leads the validation part, but the test part does not find it better than %(chosen)s, which is kept."
        ) % {"chosen": chosen}
    if state is Place.BEHIND:
        return _("The test part finds it worse than %(chosen)s.") % {"chosen": chosen}
    return _(
        "It does not lead the validation part, which alone says who leads. The test part does not find it worse than"
        " %(chosen)s; that part chooses nothing."
    ) % {"chosen": chosen}


def against_of(sweep: Sweep, trial: Trial) -> list[Told]:
    """It against the chosen one on the test part, as facts of a page; nothing for the chosen one itself."""
    test = entry_of(sweep, trial).get("against_chosen")
    if test is None:
        return []
    return [
        {"term": _("Its AUC"), "text": words.area(test["first"])},
        {"term": _("AUC of the chosen one"), "text": words.area(test["second"])},
        {"term": _("Difference"), "text": words.difference(words.AUC, test["difference"])},
        {"term": _("Interval (95 %)"), "text": words.interval(test["interval"])},
        {"term": _("p-value"), "text": words.probability(test["p_value"])},
        {
            "term": _("Adjusted by Holm"),
            "text": words.probability(test["adjusted"]),
            "note": _("over all candidates but the chosen one"),
        },
    ]


def chart_of(sweep: Sweep, lines: Sequence[TrialLine]) -> Figure | None:
    """AUC on the test part with its interval, of the lines that have one; the chosen one's is the line."""
    drawn = [line for line in lines if entry_of(sweep, line.trial).get("test_auc_interval")][:MOST_DRAWN]
    if not drawn:
        return None
    label, area = _chosen(sweep)
    about = About(
        key="test-auc",
        title=_("AUC on the test part"),
        summary=_(
            "The AUC of each candidate on the test part with its interval (95 %), in the order of the table. Intervals"
            " that overlap do not say that two candidates are alike: the tests compare them on the same loans."
        ),
    )
    chart = IntervalChart(
        about=about,
        rows=tuple(_estimate(sweep, line) for line in drawn),
        axis_label=_("AUC, test part"),
        limit=area,
        limit_label=label,
        decimals=4,
        subject=_("Candidate"),
    )
    return figure(chart)


def _chosen(sweep: Sweep) -> tuple[str, float]:
    chosen = sweep.facts["choice"]["chosen"]
    for entry in sweep.facts["candidates"]:
        if entry["name"] == chosen:
            return _("chosen"), float(entry["metrics"]["test_auc"])
    return _("in force"), float(sweep.facts["incumbent"]["test_auc"])


def _estimate(sweep: Sweep, line: TrialLine) -> Estimate:
    entry = entry_of(sweep, line.trial)
    low, high = (float(end) for end in entry["test_auc_interval"])
    is_chosen = entry["name"] == sweep.facts["choice"]["chosen"]
    return Estimate(
        label=words.name_words(entry["name"]),
        value=float(entry["metrics"]["test_auc"]),
        low=low,
        high=high,
        standing=Standing.CLEAR if is_chosen else Standing.OPEN,
        note=_("chosen") if is_chosen else "",
    )
