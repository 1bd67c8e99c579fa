"""What the tests of the law to the letter share: how a refusal reads, and how somebody signs."""

from __future__ import annotations

import datetime as dt

import pytest

from approvals.services import sign_off
from mrm.lib import canonical
from mrm.lib.errors import Invalid, NotAllowed, Refusal
from registry.models import ModelVersion
from tests.law.model import DAY
from tests.law.rungs import NOON
from tests.law.world import WHY, Life
from tests.validation import cases
from validation.demands import Demand

SECOND = dt.timedelta(seconds=1)
WORDS = canonical.sha256(WHY.encode())
READ = canonical.sha256(b"I have read it.")


def refused(kind: type[Refusal], act, *errors: tuple[str, str, str]) -> str:
    """The words of the refusal; of an input, also which part was wrong and how."""
    with pytest.raises(kind) as found:
        act()
    assert type(found.value) is kind or kind is NotAllowed
    if isinstance(found.value, Invalid):
        assert [(each.pointer, each.code, each.detail) for each in found.value.errors] == list(errors)
    return found.value.message


def reread(life: Life) -> ModelVersion:
    return ModelVersion.objects.select_related("risk_model").get(pk=life.case.version.pk)


def signing(life: Life, who: str, about: str = "approve", verdict: str = "approve", **more):
    user, request = life.people[who], life.request_of(about)
    meaning = more.pop("meaning", f"signoff:{verdict}")
    signature = cases.signing_of(user, request, meaning)
    return lambda: sign_off(actor=user, request=request, verdict=verdict, signature=signature, **more)


def demanded(
    count: int = 1, *, after: dt.timedelta = DAY, words: str = "Report.", owner=None
) -> list[Demand]:
    return [Demand(words, NOON + after, owner)] * count
