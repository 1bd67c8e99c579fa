from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.pages import PageForm, offer
from registry.tier_forms import TierForm
from registry.use_lines import read_limitations, read_uses
from registry.uses import Limitation, UseAsked

_WORDS = forms.Textarea(attrs={"rows": 4})


class EntryForm(TierForm):
    """The words of an inventory entry. A validator accepts it only when all are there."""

    name = forms.CharField(label=_("Name"), max_length=200)
    purpose = forms.CharField(
        label=_("Purpose"), help_text=_("Which decision it takes part in."), required=False, widget=_WORDS
    )
    intended_use = forms.CharField(
        label=_("Intended use"), help_text=_("For whom, and for whom not."), required=False, widget=_WORDS
    )
    uses = forms.CharField(
        label=_("Uses"),
        help_text=_(
            "One a line: use | products | segments, or nothing for all | countries. For example: origination | credit"
            " card | existing clients | BR, PT. The uses are origination, limit_management, pricing, collections,"
            " provisioning, capital and marketing."
        ),
        required=False,
        max_length=20_000,
        widget=_WORDS,
    )
    limitations = forms.CharField(
        label=_("Limitations"),
        help_text=_("One a line: limitation | what follows from it | what keeps that from happening."),
        required=False,
        max_length=200_000,
        widget=_WORDS,
    )
    business_unit = forms.CharField(
        label=_("Business unit"),
        help_text=_("Whose decisions it takes part in."),
        required=False,
        max_length=100,
    )
    before: tuple[str, ...] = ("name", "purpose", "intended_use", "uses", "limitations")

    def clean_uses(self) -> tuple[UseAsked, ...]:
        return read_uses(self.cleaned_data["uses"])

    def clean_limitations(self) -> tuple[Limitation, ...]:
        return read_limitations(self.cleaned_data["limitations"])


class ProposalForm(EntryForm):
    slug = forms.SlugField(
        label=_("Short name"),
        help_text=_("Lower-case letters, digits and hyphens. It stands in addresses and does not change."),
        max_length=64,
    )
    before = ("slug", *EntryForm.before)


class AcceptanceForm(PageForm):
    """The tier as it was read: it may have been amended since."""

    tier = forms.IntegerField(widget=forms.HiddenInput)


class ProposedForm(PageForm):
    """What a version proposes beside its artefact: words, policy and why."""

    dictionary = forms.ChoiceField(
        label=_("Reason dictionary"), help_text=_("The words an applicant reads. Proposed through the API.")
    )
    approve_below = forms.DecimalField(
        label=_("Approve below this PD"), min_value=Decimal(0), max_value=Decimal(1), decimal_places=6
    )
    decline_from = forms.DecimalField(
        label=_("Decline from this PD on"),
        help_text=_("What lies between is referred to a person."),
        min_value=Decimal(0),
        max_value=Decimal(1),
        decimal_places=6,
    )
    refer_unknown = forms.BooleanField(
        label=_("Refer to a person when an input has a code never seen"),
        required=False,
        initial=True,
    )
    change_note = forms.CharField(
        label=_("What changed, and why"), required=False, max_length=20_000, widget=_WORDS
    )

    def rules(self) -> dict[str, object]:
        """The decision policy in its plain form."""
        answers = self.cleaned_data
        rule = {"key": "unknown_code", "outcome": "refer", "flag": "unknown_code"}
        return {
            "format": "decision-policy/1",
            "approve_below": str(answers["approve_below"].normalize()),
            "decline_from": str(answers["decline_from"].normalize()),
            "rules": [rule] if answers["refer_unknown"] else [],
        }


class RegistrationForm(ProposedForm):
    """Which candidate becomes a version, and the policy it proposes."""

    candidate = forms.ChoiceField(label=_("Candidate"))
    field_order = ("candidate",)

    def __init__(
        self,
        *args: Any,
        candidates: list[tuple[str, str]],
        dictionaries: list[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("candidate", candidates), ("dictionary", dictionaries)):
            offer(self, name, choices)


class SubmissionForm(ProposedForm):
    """The data that a model of MLflow was trained for, and the policy it proposes."""

    snapshot = forms.ChoiceField(
        label=_("Snapshot"),
        help_text=_("Its development part makes grades and reference vectors; its held-out part validates."),
    )
    field_order = ("snapshot",)

    def __init__(
        self,
        *args: Any,
        snapshots: list[tuple[str, str]],
        dictionaries: list[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("snapshot", snapshots), ("dictionary", dictionaries)):
            offer(self, name, choices)


class ModelUriForm(PageForm):
    """A model of MLflow by its name, where it is not among the newest."""

    uri = forms.CharField(
        label=_("Another model: models:/… or runs:/…"),
        max_length=300,
    )


class WhyForm(PageForm):
    why = forms.CharField(
        label=_("Why"),
        help_text=_("A sentence others can act on."),
        max_length=20_000,
        widget=_WORDS,
    )
