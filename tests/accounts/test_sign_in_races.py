"""Wrong passwords, one invitation, one account being disabled: in several hands at once."""

from __future__ import annotations

import pytest

from accounts import failures, invitations, services
from accounts.models import FailureCount, Invitation, User
from accounts.selectors import the_installation
from audit.models import Entry
from mrm.lib.errors import Conflict, NotAllowed, WrongStage
from mrm.settings import governance
from tests.accounts.test_proof_races import HANDS, together
from tests.cast import Cast, enrol_cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people() -> Cast:
    return enrol_cast()


def once_or_refused(act):
    """The refusals of these acts, as the helper counts them."""

    def tried() -> None:
        try:
            act()
        except (Conflict, WrongStage) as refusal:
            raise NotAllowed(refusal.message) from None

    return tried


def test_wrong_passwords_at_once_are_all_counted(people):
    assert together(lambda: failures.count("dana", "203.0.113.5")) == [True] * HANDS
    assert FailureCount.objects.get(door="name").count == HANDS
    assert failures.in_a_row(failures.key_of("dana")) == HANDS


def test_those_who_reach_the_limit_together_make_one_entry(people):
    for _ in range(governance.FAILURES_OF_A_NAME - 1):
        failures.count("dana", "203.0.113.5")
    together(lambda: failures.count("dana", "203.0.113.5"))
    assert Entry.objects.filter(event="lockout:begun").count() == 1


def test_one_invitation_in_several_hands_makes_one_account(people):
    made, _ = invitations.invite(actor=people.olga, invited=invitations.Invited("nora", "Nora"))

    def accept() -> None:
        invitations.accept_invitation(
            actor=the_installation(), invitation=made, password="a harbour in the fog"
        )

    assert sorted(together(once_or_refused(accept))) == [False] * (HANDS - 1) + [True]
    assert User.objects.filter(username="nora").count() == 1
    assert Invitation.objects.get().user is not None


def test_an_account_is_disabled_once(people):
    came = together(once_or_refused(lambda: services.disable_user(actor=people.olga, user=people.dana)))
    assert sorted(came) == [False] * (HANDS - 1) + [True]
    assert Entry.objects.filter(event="user:disabled").count() == 1
