"""How long a sign-in holds, and ending it: by the clock, by its owner, by an administrator."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.access import require, roles_of
from accounts.models import Draft, Session, User
from accounts.origin import agent_of, network_of
from accounts.permissions import Permission
from accounts.services import subject_of
from accounts.session_store import SessionStore, digest_of
from audit.events import Event
from audit.services import record, unit_of_work
from mrm.lib import clock
from mrm.lib.errors import NotAllowed, NotFound
from mrm.settings import governance

LONGEST = dt.timedelta(hours=governance.SIGN_IN_HOURS)
_SHORTEST_IDLE = dt.timedelta(minutes=min(governance.IDLE_MINUTES.values()))
_SEEN_GRAIN = dt.timedelta(minutes=1)
# Whose browser it was, after the sign-in ran out; and whether something of a form is kept for its owner.
_LEFT_OFF, HAS_DRAFTS = "left_off", "has_drafts"


def idle_limit(user: User) -> dt.timedelta:
    """The shortest that one of the roles held now allows."""
    held = roles_of(user)
    limits = [minutes for role, minutes in governance.IDLE_MINUTES.items() if role in held]
    return dt.timedelta(minutes=min(limits)) if limits else LONGEST


def check(request: HttpRequest) -> dt.timedelta | None:
    """End the request's sign-in when its time is over, and say which limit ended it; else note, at most once a minute,
    that its person was seen. What a page asks for by itself (htmx polls) is no sign of a person."""
    store = request.session
    if not isinstance(store, SessionStore) or SESSION_KEY not in store or store.row is None:
        return None
    over = _over(store.row, request)
    if over is not None:
        _leave(request)
        return over
    is_polled = request.method == "GET" and request.headers.get("HX-Request") == "true"
    moment = clock.now()
    # The note is at most a minute old, so the limit may come a minute early and never late.
    if not is_polled and moment - store.row.seen_at >= _SEEN_GRAIN:
        Session.objects.filter(pk=store.row.pk).update(seen_at=moment)
    return None


def _over(row: Session, request: HttpRequest) -> dt.timedelta | None:
    moment = clock.now()
    if moment - row.started_at >= LONGEST:
        return LONGEST
    unused = moment - row.seen_at
    # Roles are asked only when the shortest limit of all has passed: an ordinary request costs no question.
    if unused < _SHORTEST_IDLE or not isinstance(request.user, User):
        return None
    limit = idle_limit(request.user)
    return limit if unused >= limit else None


def _leave(request: HttpRequest) -> None:
    """The key changes and signs nobody in any more; the server remembers who it was, to keep what they send next."""
    owner = request.session[SESSION_KEY]
    logout(request)
    request.session[_LEFT_OFF] = owner


def left_off(request: HttpRequest) -> User | None:
    """Whose sign-in ran out in this browser, while they are no other person's here and still have an account."""
    owner = request.session.get(_LEFT_OFF)
    if owner is None or not isinstance(request.user, AnonymousUser):
        return None
    return User.objects.select_related("person").filter(pk=owner, is_active=True).first()


def begin(request: HttpRequest, user: User) -> None:
    """Called when somebody has signed in, by whatever way: a fresh key, the hour it began, where it came from."""
    store, moment = request.session, clock.now()
    if isinstance(store, SessionStore) and store.row is not None and store.row.user_id is not None:
        # The framework keeps the key of somebody who signs in once more.
        store.cycle_key()
    store.pop(_LEFT_OFF, None)
    _sweep(moment)
    if Draft.objects.filter(user=user).exists():
        store[HAS_DRAFTS] = True
    here = Session.objects.filter(pk=digest_of(store.session_key or ""))
    origin = {"agent": agent_of(request), "address": network_of(request)}
    try:
        with transaction.atomic():
            here.update(user=user, started_at=moment, seen_at=moment, **origin)
    except IntegrityError:
        raise NotAllowed("The account was disabled while you signed in. Ask an administrator.") from None


def _sweep(moment: dt.datetime) -> None:
    Session.objects.filter(expire_date__lte=moment).delete()
    Draft.objects.filter(expires_at__lte=moment).delete()


def sessions_of(*, actor: User, user: User) -> QuerySet[Session]:
    """Where somebody is signed in now: one's own to oneself, everybody's to who manages users."""
    if actor.pk != user.pk:
        require(actor=actor, permission=Permission.USER_MANAGE)
    moment = clock.now()
    rows = Session.objects.filter(
        user=user, started_at__gt=moment - LONGEST, seen_at__gt=moment - idle_limit(user)
    )
    return rows.order_by("-seen_at", "session_key")


def own_session(*, actor: User, digest: str) -> Session:
    found = sessions_of(actor=actor, user=actor).filter(pk=digest).first()
    if found is None:
        raise NotFound("You are not signed in there. It may have ended by itself.")
    return found


@unit_of_work
def end_session(*, actor: User, session: Session) -> None:
    """One of one's own, say of a browser that was left behind."""
    if session.user_id != actor.pk or not Session.objects.filter(pk=session.pk).delete()[0]:
        raise NotFound("You are not signed in there. It may have ended by itself.")
    _recorded(actor, actor, 1)


@unit_of_work
def end_other_sessions(*, actor: User, kept: str) -> int:
    """All of one's own but the one with this key."""
    ended, _ = Session.objects.filter(user=actor).exclude(pk=digest_of(kept)).delete()
    _recorded(actor, actor, ended)
    return ended


@unit_of_work
def end_all_sessions(*, actor: User, user: User) -> int:
    """An administrator signs somebody out everywhere."""
    require(actor=actor, permission=Permission.USER_MANAGE)
    ended, _ = Session.objects.filter(user=user).delete()
    _recorded(actor, user, ended)
    return ended


def drop_sessions(user: User) -> None:
    """For an act whose own entry says it: whatever was signed in with the password of before is not any more. The
    browser in which an owner changes their password goes on, because its request still holds what it was."""
    Session.objects.filter(user=user).delete()


def _recorded(actor: User, user: User, ended: int) -> None:
    record(event=Event.SESSION_ENDED, actor=actor, subject=subject_of(user), facts={"sessions": ended})
