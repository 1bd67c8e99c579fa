"""Counting wrong passwords, codes and tokens, in rows that every process sees, and writing a reached limit down once.

Names and addresses are kept as keyed digests beside the counts: a name that was tried may be somebody's password in the
wrong field. django-axes' own rows hold the address as well, for as long as the window is.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac

from axes.models import AccessAttempt
from django.db import IntegrityError, transaction
from django.db.models import F, Max, Q, Sum

from accounts.models import FailureCount, User
from audit.chain import Subject
from audit.events import Event
from audit.services import opened, record
from mrm.lib import clock, sealed_box
from mrm.lib.errors import TooManyTries
from mrm.settings import governance

Door = FailureCount.Door
WINDOW = dt.timedelta(minutes=governance.LOCKOUT_MINUTES)
_FORGOTTEN_AFTER = dt.timedelta(days=30)
_MINUTE = dt.timedelta(minutes=1)
_PURPOSE = "failure-counts"


def key_of(told: str) -> str:
    return hmac.new(sealed_box.derive(_PURPOSE), told.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def count(name: str, address: str | None) -> None:
    """One failure more on a name, and from an address where one is known. A limit it reaches is an entry, once."""
    moment, key = clock.now(), key_of(name)
    with opened():
        _forget(moment)
        _count_attempt(key, address, moment)
        _count_one(Door.NAME, key, moment)
        if name_locked_until(key) is not None:
            _note(Door.NAME, key, _subject(name, key))
        if address is not None:
            _count_address(address, moment)


def count_from(address: str | None) -> None:
    """One failure more from an address, on a name that it was counted on already (the second step of a sign-in)."""
    if address is None:
        return
    with opened():
        _count_attempt(None, address, clock.now())
        _count_address(address, clock.now())


def forgive(name: str, address: str | None) -> None:
    """Somebody signed in. The name starts anew; the address keeps what it tried on others, or one good account would
    pay for guesses on all of them."""
    key = key_of(name)
    if address is not None:
        AccessAttempt.objects.filter(username=key, ip_address=address).delete()
    start_anew(key)


def start_anew(key: str) -> None:
    AccessAttempt.objects.filter(username=key).update(username=None)
    FailureCount.objects.filter(door=Door.NAME, key=key).delete()


def in_a_row(key: str) -> int:
    """How often this name was tried since somebody last got in by it."""
    row = FailureCount.objects.filter(door=Door.NAME, key=key).first()
    return row.count if row else 0


def name_locked_until(key: str) -> dt.datetime | None:
    if in_a_row(key) >= governance.FAILURES_IN_A_ROW:
        # Until somebody lifts it; whoever asks is told to come back after a window all the same.
        return clock.now() + WINDOW
    return _window_ends(governance.FAILURES_OF_A_NAME, username=key)


def address_locked_until(address: str) -> dt.datetime | None:
    return _window_ends(governance.FAILURES_OF_AN_ADDRESS, ip_address=address)


def count_wrong_token(address: str | None) -> None:
    """Count it, and refuse when there were too many of this address within the minute. A token is 256 random bits and
    is never guessed: what this limits is noise, so a good token beside it is not asked about."""
    key, moment = key_of(address or ""), clock.now()
    row = FailureCount.objects.filter(door=Door.TOKEN, key=key).first()
    if row is not None and row.since <= moment - _MINUTE:
        FailureCount.objects.filter(pk=row.pk).update(count=0, since=moment)
        row = None
    if row is not None and row.count >= governance.WRONG_TOKENS_A_MINUTE:
        raise TooManyTries(
            "Too many tokens from this address that do not count. Wait a minute, and look at what sends them.",
            int((row.since + _MINUTE - moment).total_seconds()) + 1,
        )
    _count_one(Door.TOKEN, key, moment)


def _window_ends(limit: int, **by: str) -> dt.datetime | None:
    """A window after the newest failure, once there are as many as the limit within it."""
    recent = AccessAttempt.objects.filter(attempt_time__gt=clock.now() - WINDOW, **by)
    seen = recent.aggregate(failures=Sum("failures_since_start"), newest=Max("attempt_time"))
    newest: dt.datetime | None = seen["newest"]
    return newest + WINDOW if newest is not None and (seen["failures"] or 0) >= limit else None


def _forget(moment: dt.datetime) -> None:
    AccessAttempt.objects.filter(attempt_time__lte=moment - WINDOW).delete()
    FailureCount.objects.filter(
        last_at__lt=moment - _FORGOTTEN_AFTER, count__lt=governance.FAILURES_IN_A_ROW
    ).delete()


def _count_address(address: str, moment: dt.datetime) -> None:
    _count_one(Door.ADDRESS, key_of(address), moment)
    if address_locked_until(address) is not None:
        _note(Door.ADDRESS, key_of(address), Subject("address", key_of(address)))


def _count_attempt(key: str | None, address: str | None, moment: dt.datetime) -> None:
    rows = AccessAttempt.objects.filter(username=key, ip_address=address, user_agent="")
    if rows.update(failures_since_start=F("failures_since_start") + 1, attempt_time=moment):
        return
    try:
        with transaction.atomic():
            AccessAttempt(username=key, ip_address=address, failures_since_start=1).save(force_insert=True)
    except IntegrityError:
        # Another process counted the first failure in the same moment.
        rows.update(failures_since_start=F("failures_since_start") + 1, attempt_time=moment)


def _count_one(door: FailureCount.Door, key: str, moment: dt.datetime) -> None:
    rows = FailureCount.objects.filter(door=door, key=key)
    if rows.update(count=F("count") + 1, last_at=moment):
        return
    try:
        with transaction.atomic():
            FailureCount(door=door, key=key, count=1, since=moment, last_at=moment).save(force_insert=True)
    except IntegrityError:
        rows.update(count=F("count") + 1, last_at=moment)


def _note(door: FailureCount.Door, key: str, subject: Subject) -> None:
    """Exactly one of those who reach a limit together gets to write it down."""
    moment = clock.now()
    rows = FailureCount.objects.filter(Q(noted_until=None) | Q(noted_until__lte=moment), door=door, key=key)
    if rows.update(noted_until=moment + WINDOW):
        # Nobody acts here whom one could name, so the installation does.
        actor = User.objects.select_related("person").get(username=governance.INSTALLATION)
        facts = {"by": str(door), "minutes": governance.LOCKOUT_MINUTES}
        record(event=Event.LOCKOUT_BEGUN, actor=actor, subject=subject, facts=facts)


def _subject(name: str, key: str) -> Subject:
    """The account where there is one; what nobody is called by stays a keyed digest."""
    user = User.objects.filter(username=name).first()
    return Subject("user", str(user.pk)) if user else Subject("name", key)
