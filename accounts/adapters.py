"""What django-allauth asks of this installation: who may come in at the end of a sign-in, and how secrets of second
factors are kept."""

from __future__ import annotations

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User, UserKind
from mrm.lib import sealed_box

_PURPOSE = "second-factors"
_PLACE = b"second-factor"


class SignInAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # the library ships no types
    def login(self, request: HttpRequest, user: User) -> None:
        """The one door at which every way of signing in ends. Asked anew: the account may have been disabled
        between the first step and the second."""
        standing = User.objects.filter(pk=user.pk, is_active=True, kind=UserKind.PERSON).exists()
        if not standing:
            request.session.flush()
            raise ImmediateHttpResponse(HttpResponseRedirect(reverse("sign-in")))
        _refuse_around_provider(request, user)
        super().login(request, user)

    def respond_user_inactive(
        self,
        request: HttpRequest,  # noqa: ARG002 (the library's signature)
        user: User,  # noqa: ARG002
    ) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse("sign-in"))

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def get_login_stages(self) -> list[str]:
        return ["allauth.mfa.stages.AuthenticateStage"]

    def add_message(self, *_: Any, **__: Any) -> None:
        """The pages say themselves what has happened."""

    def send_notification_mail(self, *_: Any, **__: Any) -> None:
        """Accounts have no address of mail; what changes is an entry in the ledger."""


def _refuse_around_provider(request: HttpRequest, user: User) -> None:
    """An account of the identity provider comes in there and nowhere else, neither by passkey nor by a password that
    was chosen for it: who has left the bank, or a group, would stay in by them."""
    # The library imports this file while its own tables are not there yet.
    from allauth.socialaccount.models import SocialAccount

    methods = {record["method"] for record in get_authentication_records(request, user)}
    if "socialaccount" in methods or not SocialAccount.objects.filter(user=user).exists():
        return
    request.session.flush()
    messages.error(request, _("This account signs in through the identity provider. Use its button."))
    raise ImmediateHttpResponse(HttpResponseRedirect(reverse("sign-in")))


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # the library ships no types
    def encrypt(self, text: str) -> str:
        box = sealed_box.seal(sealed_box.derive(_PURPOSE), text.encode(), _PLACE)
        return base64.b64encode(box).decode()

    def decrypt(self, encrypted_text: str) -> str:
        box = base64.b64decode(encrypted_text, validate=True)
        return sealed_box.unseal(sealed_box.derive(_PURPOSE), box, _PLACE).decode()
