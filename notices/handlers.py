"""The job `mail-notice`: one notice to one person. Tried again while the mail server does not take it."""

from __future__ import annotations

import smtplib
from collections.abc import Callable

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from jobs.run import Run, TryAgain
from mrm.lib.errors import Conflict
from notices import words
from notices.models import Telling
from notices.selectors import address_of


def mail_notice(run: Run) -> Callable[[], dict[str, bool]]:
    telling = Telling.objects.select_related("notice__actor__person", "user__person").get(
        pk=run.job.subject_id
    )
    run.progress("Mailing the notice", 50)
    mail = address_of(actor=telling.user)
    if not mail or not telling.user.is_active:
        raise Conflict("It was not mailed: its reader has no address any more, or no account.")
    _send(_message(telling, mail))
    return lambda: {"mailed": True}


def _message(telling: Telling, mail: str) -> EmailMessage:
    notice, reader = telling.notice, telling.user
    with translation.override(reader.language):
        body = _(
            "%(name)s,\n\n%(said)s\n\n%(link)s\n\nYou are told because it concerns you at Countersign. Where your"
            " notices go: %(settings)s"
        ) % {
            "name": reader.name,
            "said": words.sentence(notice),
            "link": f"{settings.MRM_PUBLIC_URL}{notice.path}",
            "settings": f"{settings.MRM_PUBLIC_URL}{reverse('notices-address')}",
        }
        subject = _("Countersign: %(title)s") % {"title": words.title(notice)}
    # The same at each attempt: a mail program that gets it twice shows it once.
    names = {"Message-ID": f"<{telling.pk}@notices.countersign>", "Auto-Submitted": "auto-generated"}
    return EmailMessage(subject, body, settings.MRM_MAIL_FROM, [mail], headers=names)


def _send(message: EmailMessage) -> None:
    try:
        message.send()
    except (smtplib.SMTPException, OSError) as error:
        # Never the server's own words: they may repeat the address or the message.
        raise TryAgain(f"The mail server did not take it ({type(error).__name__}).") from None
