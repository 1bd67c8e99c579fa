"""What a reading remembers, and what it never keeps from a decision."""

from __future__ import annotations

import itertools

import pytest

from accounts.access import allows
from accounts.models import RoleGrant
from accounts.permissions import Permission
from accounts.services import revoke_role
from audit.services import opened
from mrm.lib import memo


def test_outside_of_a_reading_each_question_is_asked():
    count = itertools.count()
    assert [memo.remembered("k", lambda: next(count)) for _ in range(3)] == [0, 1, 2]


def test_a_reading_asks_once_for_each_key_and_forgets_at_its_end():
    count = itertools.count()
    for first in (0, 2):
        with memo.reading():
            found = [memo.remembered(key, lambda: next(count)) for key in ("a", "b", "a")]
        assert found == [first, first + 1, first]


@pytest.mark.django_db
def test_what_writes_inside_a_reading_is_decided_on_what_stands_now(cast):
    asked = {"actor": cast.victor, "permission": Permission.DEVIATION_SIGN}
    with memo.reading():
        assert allows(**asked)
        for grant in RoleGrant.objects.filter(user=cast.victor, revoked_at=None):
            revoke_role(actor=cast.olga, grant=grant)
        assert allows(**asked)
        with opened():
            assert not allows(**asked)
