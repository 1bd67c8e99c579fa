"""What somebody declares on the page that imports a table."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.pages import PageForm
from registry.expectation_lines import read_lines
from registry.table_form import TableForm, delimiter_of, names_in


class SnapshotRoles(PageForm):
    """What the columns of a table mean, wherever it comes from."""

    name = forms.CharField(label=_("Name of the data"), max_length=200)
    target = forms.CharField(
        label=_("Target column"), help_text=_("0 and 1; 1 is a default."), max_length=400
    )
    id = forms.CharField(
        label=_("Column that identifies a row"),
        help_text=_("It is replaced by keyed tokens and never learned from."),
        max_length=400,
        required=False,
    )
    protected = forms.CharField(
        label=_("Protected columns"),
        help_text=_("Separated by commas: sex, age and the like. Kept apart from all training."),
        max_length=4_000,
        required=False,
    )
    proxies = forms.CharField(
        label=_("Columns that may stand for protected ones"),
        help_text=_("Separated by commas. Kept apart as well."),
        max_length=4_000,
        required=False,
    )
    exposure = forms.CharField(
        label=_("Exposure column"), help_text=_("The amount at stake."), max_length=400, required=False
    )
    realised = forms.CharField(
        label=_("Columns known only afterwards"),
        help_text=_("Separated by commas: profit, months to default and the like. Kept apart as well."),
        max_length=4_000,
        required=False,
    )
    decision_date = forms.CharField(
        label=_("Date of the decision"),
        help_text=_("The column with it: ages and the clocks of other sources are compared with it."),
        max_length=400,
        required=False,
    )
    held_out_from = forms.CharField(
        label=_("Held out from this day on"),
        help_text=_("2024-12-31. Empty: a share is drawn at random, which the dossier says."),
        max_length=10,
        required=False,
    )
    gap_days = forms.IntegerField(
        label=_("Days left out before it"),
        help_text=_("Until an outcome is known: loans of these days belong to no part."),
        min_value=0,
        required=False,
    )
    birth_date = forms.CharField(label=_("Date of birth"), max_length=400, required=False)
    other_dates = forms.CharField(
        label=_("Dates of other sources"),
        help_text=_("Separated by commas: when a bureau's answer was so, and the like."),
        max_length=4_000,
        required=False,
    )
    sentinels = forms.CharField(
        label=_("Values that mean not known"),
        help_text=_("One column a line: inquiries: 999, -1"),
        max_length=4_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    expected = forms.CharField(
        label=_("What columns must hold"),
        help_text=_(
            "One column a line. amount_minor: integer, 1 to 50000000, required. grade: one of A | B | C. contract:"
            " unique. Kinds are integer, number, boolean, text and date. Where rows differ, nothing is trained."
        ),
        max_length=40_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
    )
    attribution = forms.CharField(
        label=_("Source and licence"),
        max_length=4_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_expected(self) -> dict[str, dict[str, object]]:
        return read_lines(self.cleaned_data["expected"])


class SnapshotForm(TableForm, SnapshotRoles):
    """The same for a file."""


def declared(answers: dict[str, Any]) -> dict[str, object]:
    """The answers as the JSON that `declarations.read` checks."""
    return {
        "format": answers["format"],
        "delimiter": delimiter_of(answers),
        **roles_of(answers),
    }


def roles_of(answers: dict[str, Any]) -> dict[str, object]:
    return {
        "name": answers["name"],
        "target": answers["target"],
        "id": answers["id"],
        "protected": names_in(answers["protected"]),
        "proxies": names_in(answers["proxies"]),
        "exposure": answers["exposure"],
        "attribution": answers["attribution"],
        **_more(answers),
    }


def _more(answers: dict[str, Any]) -> dict[str, object]:
    """Members that stand only where something was entered."""
    dates = {
        "decision": answers["decision_date"],
        "birth": answers["birth_date"],
        "others": names_in(answers["other_dates"]),
    }
    members = {
        "dates": {name: value for name, value in dates.items() if value},
        "sentinels": _sentinels(answers["sentinels"]),
        "realised": names_in(answers["realised"]),
        "out_of_time": _out_of_time(answers),
        "expected": answers["expected"],
    }
    return {name: value for name, value in members.items() if value}


def _out_of_time(answers: dict[str, Any]) -> dict[str, object]:
    if not answers["held_out_from"]:
        return {}
    return {"first_day": answers["held_out_from"], "gap_days": answers["gap_days"] or 0}


def _sentinels(text: str) -> dict[str, list[str]]:
    lines = [line.rpartition(":") for line in text.splitlines() if line.strip()]
    return {name.strip(): names_in(values) for name, _colon, values in lines}
