from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.pages import PageForm, offer
from approvals.caps import LARGEST_AMOUNT, Terms
from approvals.dependencies import SharedKind
from approvals.emergencies import MOST_HOURS
from approvals.models import OverlayKind
from approvals.overlays import LONGEST_SEGMENT
from mrm.settings import governance
from registry.selectors import DeclaredInput
from validation.forms import ConditionsForm, VerdictForm
from validation.signing import LONGEST_RATIONALE

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

_WORDS = forms.Textarea(attrs={"rows": 5})


def _amount(label: StrPromise) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, min_value=0, max_value=LARGEST_AMOUNT, max_digits=15, decimal_places=2, required=False
    )


class InboxFilterForm(forms.Form):
    show = forms.ChoiceField(
        label=_("Show"),
        choices=(
            ("", _("What waits for me")),
            ("asked", _("What I asked")),
            ("open", _("All that is open")),
            ("all", _("All, closed ones as well")),
        ),
        required=False,
    )
    after = forms.CharField(max_length=200, required=False, widget=forms.HiddenInput)


class DependencyFilterForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=(("", _("any")), *SharedKind.choices), required=False)


class ExpiryFilterForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=(
            ("", _("any")),
            ("approval", _("Approval")),
            ("condition", _("Condition")),
            ("exception", _("Exception")),
            ("overlay", _("Overlay")),
            ("cap", _("Use before validation")),
            ("emergency", _("Break-glass")),
            ("request", _("Open request")),
        ),
        required=False,
    )
    state = forms.ChoiceField(
        label=_("Date"),
        choices=(("", _("any")), ("passed", _("Passed")), ("ahead", _("Ahead"))),
        required=False,
    )


class BreakGlassForm(PageForm):
    hours = forms.IntegerField(
        label=_("For how many hours"),
        help_text=_("They count from the approver's signature."),
        min_value=1,
        max_value=MOST_HOURS,
    )
    why = forms.CharField(label=_("Why"), max_length=LONGEST_RATIONALE, widget=_WORDS)


class ExceptionForm(PageForm):
    check = forms.ChoiceField(label=_("Failed check"), widget=forms.RadioSelect)
    until = forms.DateField(
        label=_("Until the end of this day (UTC)"), widget=forms.DateInput(attrs={"type": "date"})
    )
    why = forms.CharField(label=_("Why"), max_length=LONGEST_RATIONALE, widget=_WORDS)

    def __init__(self, *args: Any, checks: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "check", checks)


class SnapshotExceptionForm(PageForm):
    rule = forms.ChoiceField(label=_("Failed rule"), widget=forms.RadioSelect)
    until = forms.DateField(
        label=_("Until the end of this day (UTC)"), widget=forms.DateInput(attrs={"type": "date"})
    )
    why = forms.CharField(label=_("Why"), max_length=LONGEST_RATIONALE, widget=_WORDS)

    def __init__(self, *args: Any, rules: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "rule", rules)


class OverlayForm(PageForm):
    """By how much, for whom, until when."""

    kind = forms.ChoiceField(label=_("What is put on top"), choices=OverlayKind.choices)
    size = forms.DecimalField(
        label=_("Size"),
        help_text=_("Of a PD or a cut-off as a part of one: 0.02 is two per cent points."),
        max_digits=20,
        decimal_places=6,
    )
    segment = forms.CharField(
        label=_("For whom"),
        help_text=_("Which clients or loans, in words; for everybody, say that."),
        max_length=LONGEST_SEGMENT,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    until = forms.DateField(
        label=_("Until the end of this day (UTC)"), widget=forms.DateInput(attrs={"type": "date"})
    )
    why = forms.CharField(label=_("Why"), max_length=LONGEST_RATIONALE, widget=_WORDS)


class CapForm(PageForm):
    """The terms of a use before validation."""

    decisions = forms.IntegerField(
        label=_("At most so many decisions"), min_value=1, max_value=governance.CAP_DECISIONS
    )
    until = forms.DateField(
        label=_("Until the end of this day (UTC)"), widget=forms.DateInput(attrs={"type": "date"})
    )
    amount_input = forms.ChoiceField(
        label=_("Which input is the amount"),
        help_text=_("An application without it is refused."),
        required=False,
    )
    most_each = _amount(_("At most, each"))
    most_total = _amount(_("At most, all together"))
    segment_input = forms.ChoiceField(
        label=_("Only applications where this input"),
        help_text=_("Empty: all applications."),
        required=False,
    )
    segment_value = forms.DecimalField(
        label=_("has this value"), max_digits=20, decimal_places=6, required=False
    )
    why = forms.CharField(label=_("Why"), max_length=LONGEST_RATIONALE, widget=_WORDS)

    def __init__(self, *args: Any, inputs: Mapping[str, DeclaredInput], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(name, f"{name}: {each.label}") for name, each in inputs.items()]
        numbers = [(name, label) for name, label in named if not inputs[name].is_code]
        for field, choices in (("amount_input", numbers), ("segment_input", named)):
            offer(self, field, [("", _("none")), *choices])

    def terms(self) -> Terms:
        """The day is over when the next one begins."""
        asked = {name: value for name, value in self.cleaned_data.items() if name != "why"}
        day = asked.pop("until")
        return Terms(until=dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), dt.UTC), **asked)


class DelegationForm(PageForm):
    """Who stands in, until which day, and why."""

    to = forms.ChoiceField(label=_("Who stands in for you"))
    until = forms.DateField(
        label=_("Until the end of this day (UTC)"), widget=forms.DateInput(attrs={"type": "date"})
    )
    why = forms.CharField(label=_("Why"), max_length=LONGEST_RATIONALE, widget=_WORDS)

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "to", people)


class SignOffForm(ConditionsForm, VerdictForm):
    """A decision, in one's own name or in that of somebody for whom one stands in."""

    on_behalf_of = forms.ChoiceField(label=_("Sign for"), required=False)

    def __init__(
        self, *args: Any, others: list[tuple[str, str]], takes_conditions: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["verdict", "on_behalf_of", "conditions", "conditions_due"])
        if not takes_conditions:
            del self.fields["conditions"], self.fields["conditions_due"]
        if not others:
            del self.fields["on_behalf_of"]
            return
        offer(self, "on_behalf_of", [("", _("Yourself")), *others])


class WhyForm(PageForm):
    why = forms.CharField(
        label=_("Why"),
        help_text=_("It is shown to everybody who signs and stands in the file."),
        max_length=LONGEST_RATIONALE,
        widget=_WORDS,
    )
