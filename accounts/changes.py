"""How a page confirms a change of one's own account: the challenge, the proof, and what the page shows around both."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import stepup
from accounts.factors import Confirmed
from accounts.forms import ProofForm
from accounts.pages import attempt, person_of
from accounts.selectors import second_factors


class Change:
    """One change of the account of whoever asks: which, of what, and the form it is asked with."""

    def __init__(self, request: HttpRequest, form: ProofForm, act: str, target: str = "") -> None:
        self.request, self.form, self.act = request, form, act
        self.actor, self.digest = person_of(request), stepup.digest_of(act, target)
        if not self.actor.has_usable_password():
            # An account of the identity provider: it proves itself by a passkey.
            form.fields.pop("password", None)

    def tried(self, change: Callable[[dict[str, Any]], object]) -> int:
        """The status of the answer: 200 for a page that was only asked for, else as `attempt` says."""
        return attempt(self.form, change) if self.request.method == "POST" else 200

    def confirmed(self) -> Confirmed:
        nonce = stepup.open_challenge(actor=self.actor, digest=self.digest, meaning=self.act)
        return self.form.confirmed(nonce)

    def page(
        self, words: dict[str, Any], status: int, template: str = "accounts/change.html"
    ) -> HttpResponse:
        mine = second_factors(self.actor)
        if not mine.has_app:
            del self.form.fields["code"]
        context = {
            "form": self.form,
            "factors": mine,
            "meaning_code": self.act,
            "digest": self.digest,
            "crumbs": [{"label": _("Security"), "url": reverse("security")}, {"label": words["title"]}],
            "cancel_url": reverse("security"),
        }
        return render(self.request, template, context | words, status=status)
