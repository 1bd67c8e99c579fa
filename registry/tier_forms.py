"""The tiering questionnaire as a form: one group of choices a question, in the reader's language."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.pages import PageForm
from registry import questionnaires, tiers
from registry.tiering import Question

TIERS = [
    ("1", _("Tier 1: two approvers, valid for 12 months")),
    ("2", _("Tier 2: one approver, valid for 24 months")),
    ("3", _("Tier 3: the validator's conclusion suffices, valid for 36 months")),
]
_PREFIX = "answer_"
_UNANSWERED = _("Choose one of these answers.")


class TierForm(PageForm):
    """The questions, and where somebody proposes another tier than the computed one: which, and why."""

    tier = forms.TypedChoiceField(
        label=_("Another tier than the answers give"),
        choices=[("", _("No, the computed one")), *TIERS],
        coerce=int,
        empty_value=None,
        required=False,
    )
    tier_reason = forms.CharField(
        label=_("Why another tier"),
        help_text=_("A second person reads it and accepts the tier, or does not."),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    # What stands before the questions, and after them.
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ("tier", "tier_reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        questions = questionnaires.current().questions
        for question in questions:
            self.fields[_PREFIX + question.key] = _field(question)
        self.order_fields([*self.before, *(_PREFIX + each.key for each in questions), *self.after])
        for key, answer in (self.initial.get("answers") or {}).items():
            self.initial[_PREFIX + key] = answer

    def clean(self) -> dict[str, Any]:
        """The answers as one mapping; None where none was given. One alone asks for all."""
        cleaned = super().clean() or self.cleaned_data
        asked = [name for name in self.fields if name.startswith(_PREFIX)]
        answers = {name.removeprefix(_PREFIX): cleaned.pop(name, "") for name in asked}
        cleaned["answers"] = answers if any(answers.values()) else None
        for key in [key for key, answer in answers.items() if cleaned["answers"] and not answer]:
            if _PREFIX + key not in self.errors:
                self.add_error(_PREFIX + key, _UNANSWERED)
        return cleaned


class AssessmentForm(TierForm):
    """Answering again for a model that is accepted: every question is asked."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.required = name.startswith(_PREFIX)

    def proposed(self) -> tiers.Proposed:
        found = self.cleaned_data
        return tiers.Proposed(found["answers"] or {}, found["tier"], found["tier_reason"])


class TierAcceptanceForm(PageForm):
    """Which assessment was read: it may have been followed by another one since."""

    number = forms.IntegerField(widget=forms.HiddenInput)


def _field(question: Question) -> forms.ChoiceField:
    language = get_language() or "en"
    return forms.ChoiceField(
        label=question.text.said(language),
        help_text=question.why.said(language),
        choices=[(each.key, each.text.said(language)) for each in question.options],
        widget=forms.RadioSelect,
        required=False,
    )
