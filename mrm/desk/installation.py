"""How this installation is set up and how much there is in it: figures and settings, never a secret."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from typing import Any

import django
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from accounts.access import EVERY_MODEL, require
from accounts.models import Session, Token, User, UserKind
from accounts.permissions import Permission
from audit import selectors
from audit.anchors import selectors as anchors
from jobs.models import OPEN_STATES, Job
from mrm.lib import clock
from mrm.settings import governance
from notices.models import Endpoint

# As components/_facts.html and _table.html show them. Any: a cell holds what there is of text, url, moment and note.
Fact = dict[str, Any]
Row = list[dict[str, Any]]


def require_installation(*, actor: User) -> None:
    """Of the whole installation, so nobody who reads for some models only."""
    require(actor=actor, permission=Permission.INSTALLATION_READ, model_slug=EVERY_MODEL)


def figures() -> list[Fact]:
    """What there is of everything that somebody administers."""
    moment = clock.now()
    people = User.objects.filter(kind=UserKind.PERSON)
    oldest = Job.objects.filter(state__in=OPEN_STATES).order_by("created_at").first()
    return [
        _count(_("Accounts that may sign in"), people.filter(is_active=True).count()),
        _count(_("Disabled accounts"), people.filter(is_active=False).count()),
        _count(_("Signed in now"), Session.objects.filter(expire_date__gt=moment).exclude(user=None).count()),
        _count(_("Tokens in use"), Token.objects.filter(revoked_at=None, expires_at__gt=moment).count()),
        _count(_("Endpoints of webhooks"), Endpoint.objects.filter(disabled_at=None).count()),
        _count(_("Jobs that are open"), Job.objects.filter(state__in=OPEN_STATES).count()),
        {
            "term": _("Oldest open job"),
            "at": oldest.created_at if oldest else None,
            "text": "" if oldest else _("none"),
        },
        _count(_("Entries in the ledger"), selectors.size()),
    ]


def places() -> list[Row]:
    """Where checkpoints are brought, and how far behind each place is."""
    return [
        [
            {"text": age.where},
            {"text": age.size, "is_number": True},
            {"at": age.at} if age.at else {"text": _("never")},
        ]
        for age in anchors.ages()
    ]


def setup() -> list[Row]:
    """What the environment says, and the name that says it. What nobody has set stands as it is without."""
    return [[{"text": words}, {"text": value}, {"text": name}] for words, value, name in _settings()]


def versions() -> list[Fact]:
    return [
        {"term": _("Database"), "text": f"{connection.display_name} {_database_version()}"},
        {"term": "Django", "text": django.get_version()},
        {"term": "Python", "text": platform.python_version()},
    ]


def _settings() -> Iterator[tuple[str, str, str]]:
    nothing, on, off = _("not set up"), _("on"), _("off")
    yield _("Address"), settings.MRM_PUBLIC_URL, "MRM_PUBLIC_URL"
    yield _("Demonstration"), on if settings.MRM_DEMO else off, "MRM_DEMO"
    yield _("Cookies only by https"), on if settings.SESSION_COOKIE_SECURE else off, "MRM_PUBLIC_URL"
    yield _("HTTPS is remembered for"), _seconds(settings.SECURE_HSTS_SECONDS), "MRM_HSTS_SECONDS"
    yield _("Behind a proxy of our own"), on if settings.MRM_BEHIND_PROXY else off, "MRM_BEHIND_PROXY"
    provider = settings.MRM_OIDC_NAME if settings.MRM_OIDC_ISSUER else nothing
    yield _("Identity provider"), provider, "MRM_OIDC_ISSUER"
    yield _("Mail is sent by"), settings.MRM_MAIL_FROM or nothing, "MRM_MAIL_FROM, MRM_MAIL_URL"
    inside = ", ".join(settings.MRM_WEBHOOK_NETWORKS) or _("none")
    yield _("Networks inside that webhooks reach"), inside, "MRM_WEBHOOK_NETWORKS"
    yield _("Key of the ledger"), settings.MRM_LEDGER_KEY or nothing, "MRM_LEDGER_KEY"
    yield (
        _("A sign-in holds at most"),
        _("%(hours)s hours") % {"hours": governance.SIGN_IN_HOURS},
        "governance.py",
    )
    limits = settings.MRM_LIMITS
    for scope, words in _limits():
        value = _("%(limit)s a minute") % {"limit": limits[scope]} if limits[scope] else _("no limit")
        yield words, value, f"MRM_LIMIT_{scope.upper()}"


def _limits() -> Iterator[tuple[str, str]]:
    yield "challenges", _("Signatures one person prepares")
    yield "uploads", _("Tables one person uploads")
    yield "exports", _("Downloads of one person")
    yield "jobs", _("Jobs one person asks for")
    yield "writes", _("Other changes of one person")
    yield "gateway", _("Requests of one person to MLflow")
    yield "strangers", _("Changes from one address before a sign-in")


def _count(term: str, number: int) -> Fact:
    return {"term": term, "text": number}


def _seconds(number: int) -> str:
    return _("%(days)s days") % {"days": number // 86_400} if number else _("off")


def _database_version() -> str:
    return ".".join(map(str, connection.get_database_version()))
