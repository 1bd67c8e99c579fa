"""Inventory and model: proposed, accepted, trained for and registered through the pages."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jobs.models import Job
from registry.entries import EntryWords, propose_model
from registry.models import RiskModel
from registry.uses import Limitation
from tests.pages.reading import links, main, text
from tests.tiers import HIGH, LIMITS_LINE, USES_LINE, answered
from tests.validation.cases import accepted_model, recorded, registered

WORDS = {
    "slug": "card-limit",
    "name": "Card limit",
    "purpose": "Requests for a higher limit.",
    "intended_use": "Existing clients.",
    "uses": USES_LINE,
    "limitations": LIMITS_LINE,
    **{f"answer_{question}": answer for question, answer in HIGH.items()},
}
HOSTILE = "<script>alert(1)</script>"


def test_model_is_proposed_and_accepted_through_the_pages(cast, browser_of):
    answer = browser_of(cast.dana).post("/propose-model", WORDS, follow=True)
    assert answer.redirect_chain == [("/models/card-limit", 303)]
    assert "Next: a validator accepts it" in text(answer)
    answer = browser_of(cast.victor).post("/models/card-limit/acceptance", {"tier": "1"}, follow=True)
    assert answer.redirect_chain == [("/models/card-limit", 303)]
    entry = RiskModel.objects.get()
    assert (entry.tier, entry.accepted_by) == (1, cast.victor)


def test_taken_short_name_keeps_what_was_entered(cast, browser_of):
    propose_model(actor=cast.dana, slug="card-limit", words=EntryWords(name="First"))
    answer = browser_of(cast.dana).post("/propose-model", WORDS)
    assert answer.status_code == 409
    assert "There is an inventory entry card-limit already" in text(answer)
    assert WORDS["purpose"] in main(answer)


def test_invalid_answers_are_listed_and_kept(cast, browser_of):
    answer = browser_of(cast.dana).post("/propose-model", WORDS | {"slug": "Card Limit", "name": ""})
    assert answer.status_code == 422
    assert 'href="#id_slug"' in main(answer)
    assert WORDS["limitations"] in main(answer)
    assert not RiskModel.objects.exists()


def test_nul_in_an_answer_is_refused_on_the_form(cast, browser_of):
    answer = browser_of(cast.dana).post("/propose-model", WORDS | {"purpose": "a\x00b"})
    assert answer.status_code == 422


@pytest.mark.parametrize("who", ["victor", "ada", "otto", "lia", "quinn", "root", "olga"])
def test_only_a_developer_proposes(cast, browser_of, who):
    browser = browser_of(getattr(cast, who))
    assert "/propose-model" not in links(browser.get("/models"))
    assert browser.get("/propose-model").status_code == 403
    assert browser.post("/propose-model", WORDS).status_code == 403
    assert not RiskModel.objects.exists()


@pytest.mark.parametrize("who", ["root", "olga"])
def test_without_a_role_the_inventory_is_closed(cast, browser_of, who):
    accepted_model(cast)
    browser = browser_of(getattr(cast, who))
    assert [browser.get(url).status_code for url in ("/models", "/models/card-limit")] == [403, 403]


def test_proposer_is_not_offered_the_acceptance(cast, browser_of):
    propose_model(
        actor=cast.dana,
        slug="x",
        words=EntryWords("Card limit", "Limits.", "Clients.", **answered(1)),
    )
    assert "/models/x/acceptance" not in links(browser_of(cast.dana).get("/models/x"))
    assert "/models/x/acceptance" in links(browser_of(cast.victor).get("/models/x"))


def test_incomplete_entry_says_what_is_missing_and_offers_no_acceptance(cast, browser_of):
    propose_model(actor=cast.dana, slug="x", words=EntryWords(name="X"))
    answer = browser_of(cast.victor).get("/models/x")
    assert "The entry lacks: purpose" in text(answer)
    assert "/models/x/acceptance" not in links(answer)


def test_owner_amends_until_the_entry_is_accepted(cast, browser_of):
    propose_model(actor=cast.dana, slug="card-limit", words=EntryWords(name="X"))
    words = {name: value for name, value in WORDS.items() if name != "slug"}
    answer = browser_of(cast.dana).post("/models/card-limit/amendment", words)
    assert answer.status_code == 303
    browser_of(cast.victor).post("/models/card-limit/acceptance", {"tier": "1"})
    assert "/models/card-limit/amendment" not in links(browser_of(cast.dana).get("/models/card-limit"))
    assert browser_of(cast.dana).post("/models/card-limit/amendment", words).status_code == 409


def test_hostile_words_are_shown_as_words(cast, browser_of):
    told = Limitation(HOSTILE, HOSTILE, HOSTILE)
    hostile = EntryWords(name=HOSTILE, purpose=HOSTILE, limitations=(told,))
    propose_model(actor=cast.dana, slug="x", words=hostile)
    for url in ("/models", "/models/x", "/models/x/acceptance", "/"):
        page = browser_of(cast.victor).get(url).content.decode()
        assert HOSTILE not in page
    assert "&lt;script&gt;" in browser_of(cast.victor).get("/models/x").content.decode()


def test_training_is_requested_on_the_page(cast, drawn, browser_of):
    candidate = recorded(cast, accepted_model(cast), drawn)
    page = browser_of(cast.dana).get("/models/card-limit")
    assert "/models/card-limit/training" in links(page)
    asked = {"recipe": "card-limit", "snapshot": str(candidate.snapshot_id)}
    assert browser_of(cast.dana).post("/models/card-limit/training", asked).status_code == 303
    assert Job.objects.get(kind="train").requested_by == cast.dana


def test_blocked_training_lists_every_reason(cast, drawn, browser_of):
    candidate = recorded(cast, accepted_model(cast), drawn)
    propose_model(actor=cast.dana, slug="x", words=EntryWords(name="X"))
    asked = {"recipe": "card-limit", "snapshot": str(candidate.snapshot_id)}
    answer = browser_of(cast.dana).post("/models/x/training", asked)
    assert answer.status_code == 422
    assert "lacks: purpose" in text(answer)
    assert "is not accepted" in text(answer)


def test_registration_is_requested_on_the_page(cast, drawn, browser_of):
    candidate = recorded(cast, accepted_model(cast), drawn)
    registered(cast, candidate, "0.35")
    words = candidate.risk_model.dictionaries.get()
    asked = {
        "candidate": str(candidate.pk),
        "dictionary": str(words.pk),
        "approve_below": "0.25",
        "decline_from": "0.25",
        "change_note": "Stricter.",
    }
    assert browser_of(cast.dana).post("/models/card-limit/registration", asked).status_code == 303
    job = Job.objects.get(kind="register")
    assert job.payload["change_note"] == "Stricter."


@pytest.mark.parametrize("page", ["training", "registration"])
@pytest.mark.parametrize("who", ["victor", "ada", "otto", "lia", "quinn", "root"])
def test_nobody_but_a_developer_trains_or_registers(cast, drawn, browser_of, who, page):
    recorded(cast, accepted_model(cast), drawn)
    url = f"/models/card-limit/{page}"
    browser = browser_of(getattr(cast, who))
    if who != "root":
        assert url not in links(browser.get("/models/card-limit"))
    assert browser.get(url).status_code == 403


def test_longer_inventory_asks_the_database_no_more_often(cast, browser_of):
    browser, counts = browser_of(cast.quinn), []
    for slugs in (["a"], [f"b{n}" for n in range(8)]):
        for slug in slugs:
            propose_model(actor=cast.dana, slug=slug, words=EntryWords(name=slug))
        with CaptureQueriesContext(connection) as asked:
            browser.get("/models")
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 15


def test_inventory_goes_on_page_by_page(cast, browser_of, monkeypatch):
    from mrm.desk.views import inventory

    monkeypatch.setattr(inventory, "PAGE", 2)
    for slug in ("a", "b", "c"):
        propose_model(actor=cast.dana, slug=slug, words=EntryWords(name=slug.upper()))
    browser = browser_of(cast.quinn)
    assert "/models?after=b" in links(browser.get("/models"))
    assert "/models/c" in links(browser.get("/models?after=b"))


def test_unknown_model_is_not_found(cast, browser_of):
    assert browser_of(cast.quinn).get("/models/nothing").status_code == 404
