from __future__ import annotations

import contextlib
import datetime as dt
import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import ProofForm
from accounts.pages import PageForm, offer
from mrm.lib import clock
from validation.demands import Demand
from validation.models import Severity
from validation.signing import LONGEST_RATIONALE

_WORDS = forms.Textarea(attrs={"rows": 6})
_DATED = re.compile(r"(?P<day>\d{4}-\d{2}-\d{2})\s+(?P<words>.+)")


class SigningForm(ProofForm):
    """Words, a proof of who signs, and the digest of what the page showed: what a signature is made of."""

    rationale = forms.CharField(
        label=_("Rationale"),
        help_text=_("It stands in the file and in the dossier; the ledger keeps its digest."),
        max_length=LONGEST_RATIONALE,
        widget=_WORDS,
    )
    shown = forms.CharField(max_length=64, widget=forms.HiddenInput)

    field_order: tuple[str, ...] = ("rationale", "password", "code")

    def shown_anew(self, digest: str) -> None:
        """Bind the form to what the page shows now; the words that were entered stay."""
        self.data = {**{name: self.data.get(name) for name in self.data}, "shown": digest}


class ConditionsForm(forms.Form):
    """Conditions as somebody writes them: one on a line, due by a date of its own or by the one for all."""

    conditions = forms.CharField(
        label=_("Conditions"),
        help_text=_(
            "One on a line; the model's owner answers for them. A line that begins with a date, as in"
            " “2027-03-31 Report to the committee.”, is due by that one."
        ),
        max_length=LONGEST_RATIONALE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    conditions_due = forms.DateField(
        label=_("Conditions due by the end of this day (UTC)"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def demands(self) -> list[Demand]:
        lines = [line.strip() for line in self.cleaned_data.get("conditions", "").splitlines()]
        day = self.cleaned_data.get("conditions_due")
        return [_demand(line, day) for line in lines if line]


def _demand(line: str, day: dt.date | None) -> Demand:
    found = _DATED.fullmatch(line)
    words = line
    if found:
        with contextlib.suppress(ValueError):
            # What only looks like a date is a part of the words.
            day, words = dt.date.fromisoformat(found["day"]), found["words"]
    if day is None:
        # Without a date the service says what is missing.
        return Demand(words, clock.now())
    return Demand(words, dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), dt.UTC))


class VerdictForm(SigningForm):
    """A signature that decides: one of the verdicts that would be accepted now."""

    verdict = forms.ChoiceField(label=_("Your decision"), widget=forms.RadioSelect)
    field_order: tuple[str, ...] = ("verdict", "rationale", "password", "code")

    def __init__(self, *args: Any, verdicts: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "verdict", verdicts)


class ConclusionForm(ConditionsForm, VerdictForm):
    """The validator's verdict, with conditions where it is fit with conditions."""

    field_order = ("verdict", "conditions", "conditions_due", "rationale", "password", "code")


class StartRunForm(PageForm):
    standard = forms.ChoiceField(
        label=_("Standard"),
        help_text=_("Its thresholds are frozen before the run and cannot change during it."),
    )

    def __init__(self, *args: Any, standards: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "standard", standards)


class FindingForm(PageForm):
    title = forms.CharField(label=_("Title"), max_length=200)
    text = forms.CharField(
        label=_("What was found"),
        help_text=_("What is wrong, where it shows, and what would settle it."),
        max_length=10_000,
        widget=_WORDS,
    )
    severity = forms.ChoiceField(
        label=_("Severity"),
        help_text=_("An open critical finding stops the conclusion, the approval and the deployment."),
        choices=Severity.choices,
        initial=Severity.MEDIUM,
    )
    owner = forms.CharField(
        label=_("Who answers"),
        help_text=_("The name of an account. Empty: the model's owner."),
        max_length=64,
        required=False,
    )
    due_on = forms.DateField(
        label=_("To be answered by"),
        help_text=_("Empty: in a month."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )


class PromiseForm(PageForm):
    """Words with a day: what will be done by then, or why it is due then."""

    text = forms.CharField(label=_("Your words"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 6}))
    due_on = forms.DateField(label=_("By this day"), widget=forms.DateInput(attrs={"type": "date"}))


class ClosureForm(PageForm):
    """What settled it, and what that rests on."""

    text = forms.CharField(label=_("Your words"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 6}))
    result = forms.ChoiceField(
        label=_("A result of the newest evidence it rests on"),
        help_text=_("A high or critical finding is closed with a result or a file."),
        required=False,
    )
    upload = forms.FileField(
        label=_("A file it rests on"), help_text=_("Up to 20 MB, kept by its digest."), required=False
    )

    def __init__(self, *args: Any, results: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "result", [("", _("None")), *results])


class NoteForm(PageForm):
    """What somebody says about a finding."""

    text = forms.CharField(label=_("Your words"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 6}))


class BoardFilterForm(forms.Form):
    state = forms.ChoiceField(
        label=_("State"),
        choices=(
            ("", _("any")),
            ("open", _("Open")),
            ("rebutted", _("Rebutted")),
            ("planned", _("Planned")),
            ("closed", _("Closed")),
        ),
        required=False,
    )
    severity = forms.ChoiceField(
        label=_("Severity"),
        choices=(
            ("", _("any")),
            ("critical", _("Critical")),
            ("high", _("High")),
            ("medium", _("Medium")),
            ("low", _("Low")),
        ),
        required=False,
    )
    overdue = forms.ChoiceField(
        label=_("Due date"), choices=(("", _("any")), ("yes", _("Overdue only"))), required=False
    )
    after = forms.CharField(max_length=200, required=False, widget=forms.HiddenInput)
