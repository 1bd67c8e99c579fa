"""The same code, recovery code or challenge in two hands at once: one of them gets it."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from accounts import proofs, stepup
from accounts.stepup import Proof
from audit.services import opened
from mrm.lib.errors import NotAllowed
from tests.accounts.devices import enrolled_app
from tests.cast import PASSWORD, enrol_cast

pytestmark = pytest.mark.django_db(transaction=True)
HANDS = 4


def together(act) -> list[bool]:
    """What came of the same act in several threads: True where it went through."""
    ready, came = threading.Barrier(HANDS), []

    def hand() -> None:
        try:
            ready.wait()
            with opened():
                act()
            came.append(True)
        except NotAllowed:
            came.append(False)
        finally:
            connection.close()

    threads = [threading.Thread(target=hand) for _ in range(HANDS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came


@pytest.fixture
def ada():
    return enrol_cast().ada


def signing(ada, proof, nonce=""):
    digest, meaning = "a" * 64, "signoff:approve"

    def act() -> None:
        mine = nonce or stepup.open_challenge(actor=ada, digest=digest, meaning=meaning)
        stepup.confirm(actor=ada, nonce=mine, digest=digest, meaning=meaning, proof=proof)

    return act


@pytest.mark.control("security:step-up")
def test_one_code_in_several_hands_signs_once(ada):
    app = enrolled_app(ada)
    # The enrolment has spent the present step; the next one is let through already.
    came = together(signing(ada, Proof(PASSWORD, app.code(1))))
    assert sorted(came) == [False] * (HANDS - 1) + [True]


def test_one_recovery_code_in_several_hands_signs_once(ada):
    enrolled_app(ada)
    code = proofs.factors_of(ada).get(type="recovery_codes").wrap().get_unused_codes()[0]
    came = together(signing(ada, Proof(PASSWORD, code)))
    assert sorted(came) == [False] * (HANDS - 1) + [True]


def test_one_challenge_in_several_hands_signs_once(ada):
    nonce = stepup.open_challenge(actor=ada, digest="a" * 64, meaning="signoff:approve")
    came = together(signing(ada, Proof(PASSWORD), nonce))
    assert sorted(came) == [False] * (HANDS - 1) + [True]


def test_wrong_proofs_at_once_are_all_counted(ada):
    came = together(lambda: proofs.note_wrong(ada))
    assert came == [True] * HANDS
    assert proofs.ProofCount.objects.get(user=ada).wrong == HANDS
