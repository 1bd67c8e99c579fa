from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from approvals.emergencies import MOST_HOURS
from validation.forms import ConditionsForm, VerdictForm
from validation.signing import LONGEST_RATIONALE

_WORDS = forms.Textarea(attrs={"rows": 5})


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


class ExpiryFilterForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=(
            ("", _("any")),
            ("approval", _("Approval")),
            ("condition", _("Condition")),
            ("exception", _("Exception")),
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


class BreakGlassForm(forms.Form):
    hours = forms.IntegerField(
        label=_("For how many hours"),
        help_text=_("They count from the approver's signature."),
        min_value=1,
        max_value=MOST_HOURS,
    )
    why = forms.CharField(label=_("Why"), max_length=LONGEST_RATIONALE, widget=_WORDS)


class ExceptionForm(forms.Form):
    check = forms.ChoiceField(label=_("Failed check"), widget=forms.RadioSelect)
    until = forms.DateField(
        label=_("Until the end of this day (UTC)"), widget=forms.DateInput(attrs={"type": "date"})
    )
    why = forms.CharField(label=_("Why"), max_length=LONGEST_RATIONALE, widget=_WORDS)

    def __init__(self, *args: Any, checks: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["check"]
        assert isinstance(chosen, forms.ChoiceField)  # noqa: S101 (declared above)
        chosen.choices = checks


class DelegationForm(forms.Form):
    """Who stands in, until which day, and why."""

    to = forms.ChoiceField(label=_("Who stands in for you"))
    until = forms.DateField(
        label=_("Until the end of this day (UTC)"), widget=forms.DateInput(attrs={"type": "date"})
    )
    why = forms.CharField(label=_("Why"), max_length=LONGEST_RATIONALE, widget=_WORDS)

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["to"]
        assert isinstance(chosen, forms.ChoiceField)  # noqa: S101 (declared above)
        chosen.choices = people


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
        chosen = self.fields["on_behalf_of"]
        assert isinstance(chosen, forms.ChoiceField)  # noqa: S101 (declared above)
        chosen.choices = [("", _("Yourself")), *others]


class WhyForm(forms.Form):
    why = forms.CharField(
        label=_("Why"),
        help_text=_("It is shown to everybody who signs and stands in the file."),
        max_length=LONGEST_RATIONALE,
        widget=_WORDS,
    )
