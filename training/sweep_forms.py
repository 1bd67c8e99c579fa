"""The forms of sweeps and runs: what to compare, and what a list is narrowed and sorted by."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any, Final

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.pages import PageForm, offer
from mrm.lib import strict_json
from mrm.lib.errors import Refusal
from quant.features.plain import SchemaFault
from registry.sweep_selectors import AskedRuns, AskedTrials, RunSort, TrialSort
from training import splits, sweep_words
from training.sweep import asked

# A year: the longest in which the loans that ship with the product are labelled. Whose outcome is known earlier asks
# for less.
_USUAL_GAP_DAYS: Final = 365
_USUAL_PERCENT: Final = 20
_ANY: Final = ("", _("any"))


class SweepForm(PageForm):
    snapshot = forms.ChoiceField(
        label=_("Snapshot"), help_text=_("Its development part alone is read and divided.")
    )
    columns = forms.ChoiceField(
        label=_("Declared columns"),
        help_text=_("Which columns are read, and what is known of them; declared before any data are seen."),
    )
    method = forms.ChoiceField(label=_("Split"), widget=forms.RadioSelect, initial=splits.ByTime.method)
    column = forms.CharField(
        label=_("Date to split by"),
        help_text=_("By time: a date among the declared columns, such as applied_at."),
        max_length=100,
        required=False,
    )
    validation_from = forms.DateField(
        label=_("Validation part from"),
        help_text=_("By time: what is earlier is learned from."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    test_from = forms.DateField(
        label=_("Test part from"),
        help_text=_("By time: it compares the candidates and chooses nothing."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    gap_days = forms.IntegerField(
        label=_("Days left out"),
        help_text=_("By time: before each of the two days, as long as it takes until an outcome is known."),
        min_value=0,
        max_value=splits.MOST_GAP_DAYS,
        initial=_USUAL_GAP_DAYS,
        required=False,
    )
    validation_percent = forms.IntegerField(
        label=_("Percent that validate"),
        help_text=_("By chance only."),
        min_value=splits.FEWEST_PERCENT,
        max_value=splits.MOST_PERCENT,
        initial=_USUAL_PERCENT,
        required=False,
    )
    test_percent = forms.IntegerField(
        label=_("Percent that test"),
        help_text=_("By chance only."),
        min_value=splits.FEWEST_PERCENT,
        max_value=splits.MOST_PERCENT,
        initial=_USUAL_PERCENT,
        required=False,
    )
    families = forms.MultipleChoiceField(
        label=_("Families"),
        help_text=_("From the simplest to explain on. A tie goes to the simpler one."),
        widget=forms.CheckboxSelectMultiple,
    )
    encoders = forms.MultipleChoiceField(label=_("Categories become"), widget=forms.CheckboxSelectMultiple)
    imputers = forms.MultipleChoiceField(
        label=_("Missing numbers become"), widget=forms.CheckboxSelectMultiple
    )
    scaler = forms.ChoiceField(label=_("Numbers are scaled by"), initial=asked.USUAL_SCALER)
    calibration = forms.ChoiceField(label=_("Calibration"))
    profit = forms.CharField(
        label=_("Realised profit"),
        help_text=_("A result of the snapshot: what each loan has earned. Then that is compared as well."),
        max_length=100,
        required=False,
    )
    tuning = forms.IntegerField(
        label=_("Settings to try"),
        help_text=_(
            "Of the leading family, after the comparison; the best of them competes as well. 0 for none."
        ),
        min_value=0,
        max_value=asked.MOST_TRIALS,
        initial=0,
    )
    settings = forms.CharField(
        label=_("Settings replaced"),
        help_text=_('JSON: some settings of a family, as {"xgboost": {"rounds": 200}}. See docs/sweeps.md.'),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, snapshots: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        methods = [
            (splits.ByTime.method, gettext("By time: later applications compare")),
            (
                splits.ByChance.method,
                gettext(
                    "By chance, by declaration: what is found will say that the test part is not later than what was"
                    " learned"
                ),
            ),
        ]
        for name, choices in (
            ("snapshot", snapshots),
            ("columns", sweep_words.columns()),
            ("method", methods),
            ("families", sweep_words.families()),
            ("encoders", sweep_words.encoders()),
            ("imputers", sweep_words.imputers()),
            ("scaler", sweep_words.scalers()),
            ("calibration", sweep_words.calibrations()),
        ):
            offer(self, name, choices)
        for name in ("families", "encoders", "imputers"):
            self.fields[name].initial = [value for value, _word in self.fields[name].choices]  # type: ignore[attr-defined]

    def clean_settings(self) -> dict[str, Any]:
        text = self.cleaned_data["settings"].strip()
        if not text:
            return {}
        try:
            told = strict_json.loads(text.encode("utf-8", "surrogatepass"))
        except Refusal as refusal:
            raise forms.ValidationError(refusal.message) from None
        if not isinstance(told, dict):
            raise forms.ValidationError(gettext("An object of families and their settings is asked for."))
        return told

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or self.cleaned_data
        needed = splits.ByTime if answers.get("method") == splits.ByTime.method else splits.ByChance
        for name in needed.members():
            if answers.get(name) in {None, ""} and name not in self.errors:
                self.add_error(name, gettext("This split needs it."))
        if not self.errors:
            self._judge(answers)
        return answers

    def _judge(self, answers: dict[str, Any]) -> None:
        """What no field alone can tell, at the field where it is put right."""
        by_time = answers["method"] == splits.ByTime.method
        if by_time and not _has_days(answers):
            self.add_error(
                "test_from", gettext("Between the two days, less the days left out, no day is left.")
            )
            return
        try:
            asked.load(sweep_of(answers))
        except SchemaFault as fault:
            self.add_error("settings", str(fault))


def sweep_of(answers: dict[str, Any]) -> dict[str, Any]:
    """The answers of the form as the plain JSON that the API takes as well."""
    same = ("families", "encoders", "imputers", "scaler", "calibration", "tuning", "settings", "profit")
    return {"fields": answers["columns"], "split": _split(answers), **{name: answers[name] for name in same}}


def _split(answers: dict[str, Any]) -> dict[str, Any]:
    if answers["method"] == splits.ByChance.method:
        return {"method": answers["method"]} | {name: answers[name] for name in splits.ByChance.members()}
    days = {name: answers[name].isoformat() for name in ("validation_from", "test_from")}
    return {"method": answers["method"], "column": answers["column"], "gap_days": answers["gap_days"], **days}


def _has_days(answers: dict[str, Any]) -> bool:
    gap = timedelta(days=answers["gap_days"])
    return bool(answers["validation_from"] + gap < answers["test_from"])


class TrialFilterForm(forms.Form):
    sort = forms.ChoiceField(
        label=_("Sort by"),
        required=False,
        choices=(
            (TrialSort.VALIDATION_AUC, _("AUC, validation part")),
            (TrialSort.TEST_AUC, _("AUC, test part")),
            (TrialSort.TEST_BRIER, _("Brier score, test part")),
            (TrialSort.TEST_LOG_LOSS, _("Log loss, test part")),
            (TrialSort.SECONDS, _("Seconds")),
        ),
    )
    family = forms.ChoiceField(label=_("Family"), required=False)
    encoder = forms.ChoiceField(label=_("Encoder"), required=False)
    imputer = forms.ChoiceField(label=_("Imputer"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (
            ("family", sweep_words.families()),
            ("encoder", sweep_words.encoders()),
            ("imputer", sweep_words.imputers()),
        ):
            offer(self, name, [_ANY, *choices])

    def asked(self) -> AskedTrials:
        told = dict(self.cleaned_data)
        return AskedTrials(TrialSort(told.pop("sort") or TrialSort.VALIDATION_AUC), **told)


class RunFilterForm(forms.Form):
    sort = forms.ChoiceField(
        label=_("Sort by"),
        required=False,
        choices=(
            (RunSort.NEWEST, _("Newest first")),
            (RunSort.TEST_AUC, _("AUC, test part")),
            (RunSort.CROSS_FITTED_AUC, _("AUC, cross-fitted")),
        ),
    )
    family = forms.ChoiceField(label=_("Family"), required=False)
    snapshot = forms.ChoiceField(label=_("Snapshot"), required=False)
    after = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    def __init__(self, *args: Any, snapshots: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "family", [_ANY, *sweep_words.families()])
        offer(self, "snapshot", [_ANY, *snapshots])

    def asked(self) -> AskedRuns:
        told = self.cleaned_data
        snapshot = uuid.UUID(told["snapshot"]) if told["snapshot"] else None
        return AskedRuns(RunSort(told["sort"] or RunSort.NEWEST), told["family"], snapshot)
