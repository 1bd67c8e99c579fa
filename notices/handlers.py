"""The jobs `mail-notice` and `send-webhook`: one notice to one reader. Tried again while it is not taken."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from jobs.run import Run, TryAgain
from mrm.lib import canonical, clock
from mrm.lib.errors import Conflict
from notices import outside, words
from notices.models import Delivery, Notice, Telling
from notices.selectors import address_of
from notices.signing import headers_for


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


def send_webhook(run: Run) -> Callable[[], dict[str, int]]:
    delivery = Delivery.objects.select_related("notice", "endpoint").get(pk=run.job.subject_id)
    run.progress("Calling the receiver", 50)
    if delivery.endpoint.disabled_at is not None:
        raise Conflict("It was not delivered: its endpoint is disabled.")
    # The same at each attempt and for every receiver: who gets it twice knows it again.
    message_id, body = f"msg_{delivery.notice.pk.hex}", body_of(delivery.notice)
    headers = {
        **headers_for(delivery.endpoint, message_id, body),
        "content-type": "application/json",
        "user-agent": "Countersign",
    }
    try:
        status = outside.post(outside.target_of(delivery.endpoint.url), body, headers)
    except outside.Unreachable as failure:
        raise TryAgain(f"The receiver did not answer ({failure}).") from None
    except ValueError as refusal:
        raise Conflict(f"It was not delivered. {refusal}") from None
    _require_taken(status)
    return lambda: {"status": status}


def body_of(notice: Notice) -> bytes:
    """What happened to which thing, when, and where to look. Nobody is named, nobody's words are in it."""
    data = {
        "kind": notice.about,
        "id": notice.about_id,
        "due_at": None if notice.due_at is None else clock.stamp(notice.due_at),
        "link": f"{settings.MRM_PUBLIC_URL}{notice.path}",
    }
    return canonical.dumps({"type": notice.event, "timestamp": clock.stamp(notice.at), "data": data})


def _require_taken(status: int) -> None:
    if 200 <= status < 300:
        return
    if status == HTTPStatus.GONE:
        raise Conflict("The receiver answered 410: it wants no more of this. Disable the endpoint.")
    if 300 <= status < 400:
        raise TryAgain(
            f"The receiver answered {status}: a redirect is not followed. Its address must answer itself."
        )
    raise TryAgain(f"The receiver answered {status}.")


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
