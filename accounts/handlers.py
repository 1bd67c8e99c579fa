"""The job `mail-invitation`: the reaction to an invitation by mail."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from typing import Protocol

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.invitations import invitation_by_id, renewed_secret
from accounts.models import Invitation
from mrm.lib.errors import Unavailable
from mrm.settings import governance


class Subjected(Protocol):
    subject_id: str


class Run(Protocol):
    """What is used here of an attempt; the jobs lie above and are not imported."""

    @property
    def job(self) -> Subjected: ...

    def progress(self, step: str, percent: int) -> None: ...


def mail_invitation(run: Run) -> Callable[[], dict[str, bool]]:
    """The secret is made here, mailed, and forgotten: neither the job's row nor anything else ever holds it."""
    invitation = invitation_by_id(run.job.subject_id)
    run.progress("Mailing the link", 50)
    secret = renewed_secret(invitation)
    _send(invitation, link_of(secret))
    return lambda: {"mailed": True}


def link_of(secret: str) -> str:
    """In the query, which the framework leaves out of its logs, and not in the path, which it writes down."""
    return f"{settings.MRM_PUBLIC_URL}{reverse('invitation')}?{urlencode({'key': secret})}"


def _send(invitation: Invitation, link: str) -> None:
    with translation.override(invitation.language):
        message = EmailMessage(
            subject=_("Your account at Countersign"),
            body=_(
                "%(name)s, you are invited to Countersign as %(username)s.\n\n"
                "Follow this link within %(hours)s hours and choose your password. It works once:\n\n%(link)s\n\n"
                "If you did not expect this, do nothing, and tell whoever runs Countersign."
            )
            % {
                "name": invitation.name,
                "username": invitation.username,
                "hours": governance.INVITATION_HOURS,
                "link": link,
            },
            from_email=settings.MRM_MAIL_FROM,
            to=[invitation.mail],
        )
    try:
        message.send()
    except (smtplib.SMTPException, OSError) as error:
        # Never the server's own words: they may repeat the address or the message.
        raise Unavailable(
            f"The mail was not sent ({type(error).__name__}). Revoke the invitation and invite anew."
        ) from None
