"""What the pages of every app share: who asks, and how an act and its refusal are answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from accounts import drafts
from accounts.access import PermissionRefused
from accounts.models import User
from accounts.proofs import ProofRefused, note_wrong
from accounts.sessions import HAS_DRAFTS
from mrm.lib.errors import Blocked, Invalid, NotSignedIn, Refusal, Stale

DONE = 303
UNFILLED = 422
View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class SeeOther(HttpResponseRedirect):
    """After an act: the browser asks for the next page by GET, and reloading repeats nothing."""

    status_code = DONE


def signed_in(view: View) -> View:
    """Strangers are shown the sign-in page first; what a person may do is the services' question."""
    guarded: View = login_required(view)
    return guarded


def person_of(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise NotSignedIn("Nobody is signed in. Sign in first.")
    return request.user


def done(request: HttpRequest, words: str, url: str) -> SeeOther:
    """What happened, what is next, who has it; then the page to go on from."""
    messages.success(request, words)
    return SeeOther(url)


def filled(request: HttpRequest) -> Any:  # Any: a QueryDict or None, as every form takes it
    """What a form is given: the body of a POST; at a GET what was kept of it, mostly nothing."""
    if request.method != "POST":
        return kept(request, request.get_full_path())
    if request.session.get(HAS_DRAFTS):
        drafts.forget(user=person_of(request), path=request.get_full_path())
    return request.POST


def kept(request: HttpRequest, sent_to: str) -> drafts.Kept | None:
    """What a sign-in that ran out left of the form that is sent to this address. `PageForm` shows it as it was."""
    if request.method == "POST" or not request.session.get(HAS_DRAFTS):
        return None
    found = drafts.take(user=person_of(request), path=sent_to)
    if found is not None:
        told = _(
            "You were signed out before this form was sent: nothing of it has happened. It is filled as you left"
            " it; look at it again, then send it."
        )
        messages.warning(request, told)
    return found


class PageForm(forms.Form):
    """A form of a page. What was kept of it while its sender was signed out is shown, and judged when it is sent."""

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:  # Any: as the framework's form
        kept = data if isinstance(data, drafts.Kept) else None
        super().__init__(None if kept is not None else data, *args, **kwargs)
        if kept is not None:
            self.initial = {**self.initial, **self._shown(kept)}

    def _shown(self, kept: drafts.Kept) -> dict[str, Any]:
        """Hidden fields say what the page shows now (the digest that is signed), so they are not taken from then."""
        nothing: MultiValueDict[str, Any] = MultiValueDict()
        found = {
            name: field.widget.value_from_datadict(kept, nothing, self.add_prefix(name))
            for name, field in self.fields.items()
            if not field.widget.is_hidden and not isinstance(field.widget, forms.PasswordInput)
        }
        return {name: value for name, value in found.items() if value is not None}


def offer(form: forms.Form, field: str, choices: list[tuple[str, Any]]) -> None:
    """Fill in what may be chosen, which only the page knows. Any: words, now or in the reader's language later."""
    chosen = form.fields[field]
    if not isinstance(chosen, forms.ChoiceField):
        raise TypeError(f"{field} is no field to choose in.")
    chosen.choices = choices


def attempt(form: forms.Form, act: Callable[[dict[str, Any]], object]) -> int:
    """Do the act with the answers of the form. DONE, or the status of the page that says why not: the words
    then stand on the form, which keeps what was entered. A missing permission goes on to the boundary, where
    it is noted."""
    if not form.is_valid():
        return UNFILLED
    try:
        act(form.cleaned_data)
    except PermissionRefused:
        raise
    except Refusal as refusal:
        if isinstance(refusal, ProofRefused):
            note_wrong(refusal.actor)
        return _told(form, refusal)
    return DONE


def _told(form: forms.Form, refusal: Refusal) -> int:
    if isinstance(refusal, Invalid):
        for error in refusal.errors:
            name = error.pointer.strip("/").split("/")[0]
            form.add_error(name if name in form.fields else None, error.detail)
    elif isinstance(refusal, Blocked):
        for reason in refusal.reasons:
            form.add_error(None, reason)
    else:
        form.add_error(None, refusal.message)
    # What the page showed has changed: to a browser that is a conflict, not a failed precondition.
    return 409 if isinstance(refusal, Stale) else refusal.status


def only_asked(request: HttpRequest, url: str) -> SeeOther | None:
    """Where a GET of an act's address leads: reloading it, or changing the language there, does nothing."""
    return None if request.method == "POST" else SeeOther(url)
