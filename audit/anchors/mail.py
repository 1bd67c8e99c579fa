"""Mail to audit: what has arrived in a mailbox of other people stays there."""

from __future__ import annotations

import smtplib
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage

from audit.anchors.place import AnchorFailed, Kind
from audit.checkpoint import Note

_NOWHERE = "django.core.mail.backends.dummy.EmailBackend"
_BODY = """\
This is the newest checkpoint of the ledger of {origin}. It is over its first {size} entries.

Keep this message where the operators of that ledger cannot change it. Whoever later examines a bundle of the ledger \
compares it with the attached file, which holds the checkpoint byte by byte:

{text}"""


@dataclass(frozen=True)
class Mail:
    """The place: one address. Sent is all that can be known here; whether it arrived, its reader knows."""

    address: str
    sender: str
    kind = Kind.MAIL

    @property
    def where(self) -> str:
        return self.address

    def hold(self, note: Note) -> bytes:
        """Send the note, once. Raises AnchorFailed."""
        self._refuse_misconfiguration()
        try:
            sent = self._message(note).send()
        except (OSError, ValueError, ImproperlyConfigured) as error:
            raise AnchorFailed(f"The mail to {self.address} was not sent: {_said(error)}.") from error
        if not sent:
            raise AnchorFailed(f"The mail to {self.address} was not sent: the mail server took no message.")
        return b""

    def _refuse_misconfiguration(self) -> None:
        if settings.EMAIL_BACKEND == _NOWHERE:
            raise AnchorFailed("MRM_MAIL_URL is not set: without a mail server no checkpoint is mailed.")
        if not self.sender:
            raise AnchorFailed("MRM_MAIL_FROM is not set: name the address that checkpoints are mailed from.")

    def _message(self, note: Note) -> EmailMessage:
        message = EmailMessage(
            subject=f"Checkpoint of {note.origin}: {note.size} entries",
            body=_BODY.format(origin=note.origin, size=note.size, text=note.text),
            from_email=self.sender,
            to=[self.address],
        )
        # Not as text: on its way a text gets other line ends, and then it is a checkpoint no more.
        message.attach(f"checkpoint-{note.size}.txt", note.text.encode(), "application/octet-stream")
        return message


def _said(error: Exception) -> str:
    """Never the error's own text, in which a server may repeat names or passwords."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"the mail server answered {error.smtp_code} ({type(error).__name__})"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return type(error).__name__
