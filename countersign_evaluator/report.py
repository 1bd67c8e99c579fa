"""Asks every check of the standard that can be asked here, and says of the others that they were not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite

from mrm.lib import canonical
from validation import catalog, runner
from validation.measuring import VERDICTS
from validation.runner import Outcome
from validation.sample import Check, Sample
from validation.standard import Force, Planned, Standard

FORMAT = "countersign-local-checks/1"
NOTICE = (
    "Measured by the author on a sample of the author's choice. This is no validation: the held-out part was not"
    " looked at, some checks were not asked, and nothing here is evidence for an approval."
)
NOT_ASKED = "not_asked"
WHY_NOT_ASKED: Mapping[str, str] = {
    "data_quality": "It reads the report that is written when data are frozen in Countersign.",
    "artefact_digest": "It compares sealed bytes with those registered; nothing is sealed yet.",
    "serving_parity": "It compares the served path with the sealed bytes; nothing is sealed yet.",
    "determinism": "It scores the sealed version again and repeats its registered recipe.",
    "paired_discrimination": "It compares with the version in force, which only Countersign can score.",
    "importance": "It reads the contributions that the sealed version gives.",
    "additivity": "It reads the contributions that the sealed version gives.",
    "reason_deletion": "It deletes the reasons that the sealed version gives.",
    "direction": "It raises the features of the sealed version step by step.",
    "counterfactuals": "It changes inputs of the sealed version until its answer turns.",
    "reason_stability": "It attributes the scores of the sealed version a second time.",
    "swap_set": "It compares with the version in force, which only Countersign can score.",
    "realised_profit": "It reads what became of the loans, which is kept with a snapshot.",
    "walk_forward": "It reads what became of the loans, which is kept with a snapshot.",
    "overfit_gap": "It scores the rows that the sealed version has learned from.",
    "vintages": "It reads the day of each decision, which is declared with a snapshot.",
    "noise": "It scores strained inputs with the sealed version.",
    "stress_shifts": "It scores strained inputs with the sealed version.",
}
# Every other figure stands in the file: names of groups, grades and inputs make no names of metrics.
FIGURES = (
    ("discrimination", "auc"),
    ("discrimination", "gini"),
    ("discrimination", "ks"),
    ("brier", "brier"),
    ("brier", "brier_skill"),
    ("brier", "log_loss"),
    ("calibration_curve", "expected_error"),
    ("jeffreys_portfolio", "jeffreys_portfolio"),
    ("jeffreys_portfolio", "mean_pd"),
    ("jeffreys_portfolio", "observed_rate"),
    ("psi_score", "psi_score"),
    ("confusion", "approval_rate"),
    ("confusion", "recall"),
    ("scenario_profit", "profit"),
)
_UNDECIDED = ("inconclusive", "insufficient_data")


@dataclass(frozen=True)
class Report:
    """What was said, in the order of the standard."""

    standard: Standard
    rows: int
    defaults: int
    outcomes: tuple[Outcome, ...]
    not_asked: tuple[Planned, ...]

    def plain(self) -> dict[str, object]:
        """The file. Tables behind charts are left out: in a small sample their points are single rows."""
        return {
            "format": FORMAT,
            "notice": NOTICE,
            "standard": {"slug": self.standard.slug, "digest": self.standard.digest},
            "rows": self.rows,
            "defaults": self.defaults,
            "checks": [_told(outcome) for outcome in self.outcomes],
            "not_asked": [_untold(planned) for planned in self.not_asked],
            "blocking_failures": self._failures(),
        }

    def content(self) -> str:
        return canonical.dumps(self.plain()).decode()

    def lines(self) -> list[dict[str, str]]:
        """One line per check of the standard, for reading."""
        blocking = {each.check for each in self.standard.plan if each.force is Force.BLOCKING}
        said = {outcome.check_id: (outcome.verdict, outcome.headline) for outcome in self.outcomes}
        return [
            {
                "check": _check(planned).title,
                "verdict": said.get(planned.check, (NOT_ASKED, ""))[0],
                "blocking": "yes" if planned.check in blocking else "no",
                "words": said.get(planned.check, ("", WHY_NOT_ASKED.get(planned.check, "")))[1],
            }
            for planned in self.standard.plan
        ]

    def metrics(self) -> dict[str, float]:
        """Finite numbers under plain names. A build fails on `blocking_failures`."""
        undecided = sum(each.is_blocking and each.verdict in _UNDECIDED for each in self.outcomes)
        counts = {word: sum(each.verdict == word for each in self.outcomes) for word in VERDICTS}
        return {
            "countersign/blocking_failures": float(len(self._failures())),
            "countersign/blocking_undecided": float(undecided),
            "countersign/blocking_not_asked": float(sum(_blocks(each) for each in self.not_asked)),
            "countersign/checks_not_asked": float(len(self.not_asked)),
            **{f"countersign/checks_{word}": float(count) for word, count in counts.items()},
            **self._figures(),
        }

    def _failures(self) -> list[str]:
        return [each.check_id for each in self.outcomes if each.is_blocking_failure]

    def _figures(self) -> dict[str, float]:
        found = {
            (outcome.check_id, measured["name"]): measured["value"]
            for outcome in self.outcomes
            for measured in outcome.measurements
        }
        given = {f"countersign/{key[0]}/{key[1]}": found.get(key) for key in FIGURES}
        figures = {name: float(str(value)) for name, value in given.items() if value is not None}
        return {name: value for name, value in figures.items() if isfinite(value)}


def report(sample: Sample, standard: Standard) -> Report:
    """Runs what can be asked without a version, by the server's own runner."""
    checks = catalog.plan_of(standard)
    pairs = [
        (check, planned)
        for check, planned in zip(checks, standard.plan, strict=True)
        if check.id not in WHY_NOT_ASKED
    ]
    return Report(
        standard=standard,
        rows=sample.n,
        defaults=int(sample.defaulted.sum()),
        outcomes=tuple(runner.run_check(check, planned, sample, standard) for check, planned in pairs),
        not_asked=tuple(planned for planned in standard.plan if planned.check in WHY_NOT_ASKED),
    )


def _told(outcome: Outcome) -> dict[str, object]:
    check = catalog.BY_ID[outcome.check_id]
    words = {"title": check.title, "question": check.question, "limits": check.limits}
    return {**words, **{name: value for name, value in outcome.plain().items() if name != "tables"}}


def _untold(planned: Planned) -> dict[str, object]:
    return {
        "check": planned.check,
        "title": _check(planned).title,
        "blocking": _blocks(planned),
        "why": WHY_NOT_ASKED[planned.check],
    }


def _check(planned: Planned) -> Check:
    return catalog.BY_ID[planned.check]


def _blocks(planned: Planned) -> bool:
    return planned.force is Force.BLOCKING
