"""Places in a list that is read newest first, for pages: a time and an id, as opaque text that is read strictly."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import uuid

from django.utils.translation import gettext as _

from mrm.lib import clock
from mrm.lib.errors import Malformed


def cursor_at(at: dt.datetime, row: uuid.UUID) -> str:
    """The place of the row that was made at this time."""
    text = f"{clock.stamp(at)}|{row}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def place_of(cursor: str) -> tuple[dt.datetime, uuid.UUID]:
    """The time and id a cursor stands for. Malformed for one that no page gave."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        at, row = base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii").split("|")
        return _aware(dt.datetime.fromisoformat(at)), uuid.UUID(row)
    except (binascii.Error, ValueError):
        raise Malformed(_("This cursor was given by no page. Open the list anew.")) from None


def _aware(moment: dt.datetime) -> dt.datetime:
    if moment.tzinfo is None:
        raise ValueError("A place has a time zone.")
    return moment
