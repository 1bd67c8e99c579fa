"""What somebody declares on the page that brings a scored sample."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from registry.frames.scored_spec import SampleKind
from registry.table_form import TableForm, delimiter_of, names_in

KINDS = (
    (SampleKind.OUT_OF_SAMPLE.value, _("Out of sample: the model has not learned from these rows")),
    (SampleKind.OUT_OF_TIME.value, _("Out of time: decided after every row it has learned from")),
    (SampleKind.IN_SAMPLE.value, _("In sample: the model has learned from these rows")),
)


class SampleForm(TableForm):
    name = forms.CharField(label=_("Name of the sample"), max_length=200)
    vendor = forms.CharField(label=_("Who answers for the model there"), max_length=200)
    system = forms.CharField(
        label=_("Where it lives"), help_text=_("A vendor's service, SAS, R, a spreadsheet."), max_length=200
    )
    version = forms.CharField(label=_("Its version there"), max_length=200)
    kind = forms.ChoiceField(label=_("What the model knew of these rows"), choices=KINDS)
    outcome = forms.CharField(
        label=_("Outcome column"), help_text=_("0 and 1; 1 is a default."), max_length=400
    )
    pd = forms.CharField(
        label=_("Column of the PD"), help_text=_("A probability, 0 to 1, in every row."), max_length=400
    )
    grade = forms.CharField(label=_("Column of the grade"), max_length=400, required=False)
    grades = forms.CharField(
        label=_("PD of each grade"),
        help_text=_("One grade a line: AA: 0.004"),
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        max_length=4_000,
        required=False,
    )
    date = forms.CharField(label=_("Date of the decision"), max_length=400, required=False)
    segments = forms.CharField(
        label=_("Columns of segments"),
        help_text=_("Separated by commas. The standard says how each is cut."),
        max_length=4_000,
        required=False,
    )
    protected = forms.CharField(
        label=_("Protected columns"),
        help_text=_("Separated by commas. The standard says which groups are compared."),
        max_length=4_000,
        required=False,
    )
    exposure = forms.CharField(
        label=_("Exposure column"), help_text=_("The amount at stake."), max_length=400, required=False
    )
    realised = forms.CharField(
        label=_("Columns known only afterwards"),
        help_text=_("Separated by commas: profit, recoveries and the like, in the same currency."),
        max_length=4_000,
        required=False,
    )
    currency = forms.CharField(
        label=_("Currency of the amounts"), help_text="EUR", max_length=3, required=False
    )
    reference = forms.CharField(
        label=_("Column that flags rows of development"),
        help_text=_("1 for a row of development, 0 for one that is tested."),
        max_length=400,
        required=False,
    )
    approve_below = forms.CharField(
        label=_("Approved below this PD"), help_text="0.10", max_length=20, required=False
    )
    decline_from = forms.CharField(
        label=_("Declined from this PD on"),
        help_text=_("Equal to the one above where nobody is referred."),
        max_length=20,
        required=False,
    )


def declared(answers: dict[str, Any]) -> dict[str, object]:
    """The answers as the JSON that `samples.read_declaration` checks."""
    same = ("name", "format", "kind", "outcome", "pd", "grade", "date", "exposure", "currency", "reference")
    return {
        **{name: answers[name] for name in (*same, "approve_below", "decline_from")},
        "delimiter": delimiter_of(answers),
        "place": {name: answers[name] for name in ("vendor", "system", "version")},
        "grades": _grades(answers["grades"]),
        **{name: names_in(answers[name]) for name in ("segments", "protected", "realised")},
    }


def _grades(text: str) -> dict[str, str]:
    lines = [line.rpartition(":") for line in text.splitlines() if line.strip()]
    return {label.strip(): pd.strip() for label, _colon, pd in lines}
