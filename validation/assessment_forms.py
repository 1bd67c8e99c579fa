"""Forms of a validator's words, a question and its answer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.pages import PageForm, offer
from validation.signing import LONGEST_RATIONALE
from validation.topics import Rating, Topic

_WORDS = forms.Textarea(attrs={"rows": 12})


class AssessmentForm(PageForm):
    rating = forms.ChoiceField(label=_("Rating"), choices=Rating.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("Your assessment"),
        help_text=_(
            "What you looked at, what you make of it, and why. It stands in the dossier as you wrote it."
        ),
        max_length=LONGEST_RATIONALE,
        widget=_WORDS,
    )
    rests_on = forms.MultipleChoiceField(
        label=_("It rests on these files beside the version"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    upload = forms.FileField(
        label=_("Add a file it rests on"), help_text=_("Up to 20 MB, kept by its digest."), required=False
    )

    def __init__(self, *args: Any, there: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "rests_on", list(there))
        if not there:
            del self.fields["rests_on"]


class QuestionForm(PageForm):
    topic = forms.ChoiceField(label=_("About"), choices=Topic.choices, initial=Topic.SOUNDNESS)
    text = forms.CharField(
        label=_("Question"), max_length=LONGEST_RATIONALE, widget=forms.Textarea(attrs={"rows": 5})
    )


class AnswerForm(PageForm):
    text = forms.CharField(
        label=_("Answer"),
        help_text=_("It is given once; what follows is another question."),
        max_length=LONGEST_RATIONALE,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
