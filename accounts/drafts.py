"""What a form held whose sign-in had run out: sealed for its sender, shown to them once, gone after a day."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping

from django.db import transaction
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from accounts.models import Draft, User
from mrm.lib import canonical, clock, sealed_box
from mrm.settings import governance

MOST_OF_ONE_USER = 5
MOST_BYTES = 64_000
_LONGEST_PATH = 500
_PURPOSE = "drafts"
_KEPT_FOR = dt.timedelta(hours=governance.DRAFT_HOURS)
# What proves who somebody is or that a form is ours is never kept: a word of a field's name is enough to leave it out.
_SECRET = frozenset(
    {
        "csrfmiddlewaretoken",
        "password",
        "passwords",
        "code",
        "codes",
        "passkey",
        "passkeys",
        "secret",
        "secrets",
    }
    | {"token", "tokens", "otp", "totp", "pin", "credential", "credentials", "challenge", "nonce"}
)
_WORD = re.compile(r"[a-z]+")


class Kept(MultiValueDict[str, str]):
    """The fields of a form as they were sent and not read: `PageForm` shows them without judging them."""


def keep(*, user: User, path: str, fields: QueryDict) -> bool:
    """Seal what was sent to this path, in the place of what was kept for it before. False when there is nothing to
    keep or too much."""
    held = {name: values for name, values in fields.lists() if not _is_secret(name)}
    plain = canonical.dumps([[name, values] for name, values in sorted(held.items())])
    if not held or len(plain) > MOST_BYTES or len(path) > _LONGEST_PATH:
        return False
    moment = clock.now()
    box = sealed_box.seal(sealed_box.derive(_PURPOSE), plain, _place(user, path))
    with transaction.atomic():
        Draft.objects.update_or_create(
            user=user,
            path=path,
            defaults={"sealed": box, "kept_at": moment, "expires_at": moment + _KEPT_FOR},
        )
        newest = Draft.objects.filter(user=user).order_by("-kept_at", "id").values("pk")[:MOST_OF_ONE_USER]
        Draft.objects.filter(user=user).exclude(pk__in=list(newest.values_list("pk", flat=True))).delete()
    return True


def take(*, user: User, path: str) -> Kept | None:
    """What is kept for this person and this path, once: who has been shown it has it on the page."""
    draft = Draft.objects.filter(user=user, path=path, expires_at__gt=clock.now()).first()
    if draft is None:
        return None
    box = bytes(draft.sealed)
    Draft.objects.filter(pk=draft.pk).delete()
    plain = sealed_box.unseal(sealed_box.derive(_PURPOSE), box, _place(user, path))
    pairs: Mapping[str, list[str]] = dict(json.loads(plain))
    return Kept(pairs)


def forget(*, user: User, path: str) -> None:
    """The form has been sent again."""
    Draft.objects.filter(user=user, path=path).delete()


def _is_secret(name: str) -> bool:
    return not _SECRET.isdisjoint(_WORD.findall(name.lower()))


def _place(user: User, path: str) -> bytes:
    return f"{user.pk}|{path}".encode()
