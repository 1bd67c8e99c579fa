"""Competence on record: somebody else says so, it ends by itself, and a signature is read beside it."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db import DatabaseError, transaction

from accounts.selectors import the_installation
from accounts.services import enrol_person, grant_role
from audit.chain import Subject
from audit.events import Event
from audit.selectors import count_about
from mrm.lib import clock
from mrm.lib.errors import Invalid, NotAllowed
from mrm.settings import governance
from tests.cast import PASSWORD
from tests.pages.conftest import browser_of
from tests.validation.cases import signature
from validation.competence import Claimed, competences, counting, plain, record_competence
from validation.models import Competence
from validation.selectors import shown
from validation.services import conclude

__all__ = ["browser_of"]
pytestmark = pytest.mark.control("SR26-2:challenge")
YEAR = dt.timedelta(days=365)


def claimed(area: str = "fairness", lasts: dt.timedelta = YEAR, words: str = "A course.") -> Claimed:
    return Claimed(area, words, clock.now() + lasts)


@pytest.fixture
def vera(cast):
    """A second validator."""
    user = enrol_person(actor=the_installation(), username="vera", name="Vera Vaz", password=PASSWORD)
    grant_role(actor=the_installation(), user=user, role="validator")
    return user


def of_victor(case, at: dt.datetime | None = None) -> list[tuple[str, str]]:
    held = counting([case.cast.victor.person], at)[case.cast.victor.person]
    return [(each.area, each.rests_on) for each in held]


def test_a_colleague_records_it_and_the_ledger_keeps_the_digest_of_the_words(cast, vera):
    kept = record_competence(actor=vera, of=cast.victor, claimed=claimed())
    assert [each.pk for each in competences(actor=cast.quinn)] == [kept.pk]
    subject = Subject("person", str(cast.victor.person_id))
    assert count_about(subject, Event.COMPETENCE_RECORDED) == 1


def test_nobody_records_their_own_not_even_with_a_second_account(cast, vera):
    with pytest.raises(NotAllowed, match="their own"):
        record_competence(actor=vera, of=vera, claimed=claimed())
    assert not Competence.objects.exists()


@pytest.mark.parametrize("name", ["dana", "ada", "quinn", "root", "olga"])
def test_only_a_validator_records(cast, name):
    with pytest.raises(NotAllowed):
        record_competence(actor=getattr(cast, name), of=cast.victor, claimed=claimed())
    assert not Competence.objects.exists()


def test_a_validator_of_one_model_records_nothing(cast):
    narrow = enrol_person(actor=the_installation(), username="nils", name="Nils", password=PASSWORD)
    grant_role(actor=the_installation(), user=narrow, role="validator", model_slug="card-limit")
    with pytest.raises(NotAllowed):
        record_competence(actor=narrow, of=cast.victor, claimed=claimed())
    with pytest.raises(NotAllowed):
        competences(actor=narrow)


@pytest.mark.parametrize(
    "wrong",
    [
        {"area": "taste"},
        {"words": " "},
        {"lasts": dt.timedelta(0)},
        {"lasts": dt.timedelta(days=governance.COMPETENCE_DAYS + 1)},
    ],
    ids=str,
)
def test_a_record_needs_an_area_words_and_an_end_within_three_years(cast, vera, wrong):
    with pytest.raises(Invalid):
        record_competence(actor=vera, of=cast.victor, claimed=claimed(**wrong))
    assert not Competence.objects.exists()


def test_the_newest_record_of_an_area_counts_and_ends_by_itself(case, vera):
    with time_machine.travel(clock.now() - dt.timedelta(days=9), tick=False):
        record_competence(actor=vera, of=case.cast.victor, claimed=claimed(words="Early."))
    now = clock.now()
    assert of_victor(case, now) == [("fairness", "Early.")]
    record_competence(
        actor=vera, of=case.cast.victor, claimed=claimed(lasts=dt.timedelta(days=1), words="Late.")
    )
    assert of_victor(case, clock.now()) == [("fairness", "Late.")]
    # A moment before it was recorded is read as it stood then, and after its end nothing of the area counts.
    assert of_victor(case, now) == [("fairness", "Early.")]
    assert of_victor(case, now + dt.timedelta(days=2)) == []


def test_what_is_signed_names_who_validates_with_their_competence_or_with_none(case, vera):
    case.evidence()
    assert shown(case.version).content["validators"] == [{"name": "Victor Vance", "competence": []}]
    before = shown(case.version).digest
    kept = record_competence(actor=vera, of=case.cast.victor, claimed=claimed())
    assert shown(case.version).content["validators"][0]["competence"] == [plain(kept)]
    assert shown(case.version).digest != before


def test_what_was_signed_stays_what_it_was_when_more_is_recorded(case, vera):
    case.evidence()
    conclude_fit(case)
    before = shown(case.version).content["validators"]
    record_competence(actor=vera, of=case.cast.victor, claimed=claimed())
    assert shown(case.version).content["validators"] == before == [{"name": "Victor Vance", "competence": []}]


def test_it_blocks_no_conclusion(case):
    case.evidence()
    assert conclude_fit(case).verdict == "fit"


def test_the_database_refuses_ones_own_record(cast, vera):
    kept = record_competence(actor=vera, of=cast.victor, claimed=claimed())
    kept.pk, kept.person = None, vera.person
    with pytest.raises(DatabaseError, match="their own"), transaction.atomic():
        kept.save(force_insert=True)


def test_the_page_takes_a_record_and_shows_it_to_who_may_only_read(cast, vera, browser_of):
    until = (clock.now() + YEAR).date().isoformat()
    answers = {"person": "victor", "area": "data", "rests_on": "Ten <b>years</b>.", "until": until}
    assert browser_of(vera).post("/competences", answers, follow=True).status_code == 200
    page = browser_of(cast.quinn).get("/competences").content.decode()
    assert "Ten &lt;b&gt;years&lt;/b&gt;." in page
    assert "Put it on record" not in page
    assert browser_of(cast.lia).get("/competences").status_code == 403


def test_the_signing_page_says_what_is_on_record(case, vera, browser_of):
    case.evidence()
    page = "/models/card-limit/versions/1/conclusion"
    assert "no competence on record" in browser_of(case.cast.victor).get(page).content.decode()
    record_competence(actor=vera, of=case.cast.victor, claimed=claimed("economics"))
    assert "Economics of lending" in browser_of(case.cast.victor).get(page).content.decode()


def conclude_fit(case):
    signed = signature(case.cast.victor, case.version, "conclusion:fit")
    return conclude(actor=case.cast.victor, version=case.version, verdict="fit", **signed)
