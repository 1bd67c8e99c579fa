"""The tier on pages: the questionnaire as choices, the steps, the history, and what a change means."""

from __future__ import annotations

import pytest

from registry.entries import EntryWords, propose_model
from registry.models import TierAssessment
from registry.tiers import Proposed, propose_tier
from tests.pages.reading import links, main, text
from tests.tiers import HIGH, LOW
from tests.validation.cases import accepted_model

FORM = {f"answer_{question}": answer for question, answer in LOW.items()}


def test_questionnaire_is_groups_of_choices_with_their_reasons(cast, browser_of):
    page = main(browser_of(cast.dana).get("/propose-model"))
    assert page.count("<fieldset") == len(LOW)
    assert "Our convention: one hundred million" in page
    assert 'value="limit_management"' in page


def test_one_answer_asks_for_all_of_them(cast, browser_of):
    asked = {"slug": "x", "name": "X", "answer_purpose": "pricing"}
    answer = browser_of(cast.dana).post("/propose-model", asked)
    assert answer.status_code == 422
    assert main(answer).count("Choose one of these answers.") == 2 * (len(LOW) - 1)
    assert 'href="#id_answer_reliance' in main(answer)


def test_model_is_answered_for_again_and_accepted_by_another(cast, browser_of):
    accepted_model(cast)
    answer = browser_of(cast.dana).post("/models/card-limit/tier/proposal", FORM, follow=True)
    assert answer.redirect_chain == [("/models/card-limit/tier", 303)]
    page = browser_of(cast.victor).get("/models/card-limit/tier/acceptance")
    assert "exposure low × purpose high: medium, which is tier 2" in text(page)
    answer = browser_of(cast.victor).post("/models/card-limit/tier/acceptance", {"number": 2}, follow=True)
    assert "card-limit is of tier 2 from now on." in text(answer)


def test_stale_acceptance_is_refused_on_the_page(cast, browser_of):
    entry = accepted_model(cast)
    propose_tier(actor=cast.dana, risk_model=entry, proposed=Proposed(LOW))
    propose_tier(actor=cast.dana, risk_model=entry, proposed=Proposed(HIGH))
    answer = browser_of(cast.victor).post("/models/card-limit/tier/acceptance", {"number": 2})
    assert (answer.status_code, "is not the newest" in text(answer)) == (409, True)


def test_another_tier_without_a_reason_is_refused_beside_its_field(cast, browser_of):
    accepted_model(cast)
    answer = browser_of(cast.dana).post("/models/card-limit/tier/proposal", FORM | {"tier": "3"})
    assert answer.status_code == 422
    assert 'href="#id_tier_reason"' in main(answer)
    assert TierAssessment.objects.count() == 1


def test_page_of_the_tier_shows_every_assessment_with_its_steps(cast, browser_of):
    entry = accepted_model(cast)
    overridden = Proposed(HIGH, tier=2, reason="<b>Switched</b> off.")
    propose_tier(actor=cast.dana, risk_model=entry, proposed=overridden)
    answer = browser_of(cast.quinn).get("/models/card-limit/tier")
    assert "Assessment 2" in text(answer)
    assert "Assessment 1" in text(answer)
    assert "&lt;b&gt;Switched&lt;/b&gt; off." in main(answer)
    assert "More than 100 million" in text(answer)


def test_version_says_that_its_tier_changed_and_what_follows(case, browser_of):
    cast, entry = case.cast, case.version.risk_model
    propose_tier(actor=cast.dana, risk_model=entry, proposed=Proposed(LOW))
    assert "went from 1 to 2" not in text(browser_of(cast.quinn).get("/models/card-limit/versions/1"))
    browser_of(cast.victor).post("/models/card-limit/tier/acceptance", {"number": 2})
    page = text(browser_of(cast.quinn).get("/models/card-limit/versions/1"))
    assert "went from 1 to 2" in page
    assert "the plan of tier 2 is due, and its approval takes 1 sign-off." in page


@pytest.mark.parametrize(
    ("who", "offered"),
    [("dana", {"proposal"}), ("victor", {"proposal", "acceptance"}), ("ada", set()), ("quinn", set())],
)
def test_acts_are_offered_to_whom_they_are_allowed(cast, browser_of, who, offered):
    propose_tier(actor=cast.dana, risk_model=accepted_model(cast), proposed=Proposed(LOW))
    found = links(browser_of(getattr(cast, who)).get("/models/card-limit/tier"))
    acts = {"proposal", "acceptance"}
    assert {each for each in acts if f"/models/card-limit/tier/{each}" in found} == offered


@pytest.mark.parametrize("who", ["ada", "otto", "lia", "quinn", "root", "olga"])
def test_others_neither_propose_nor_accept_on_pages(cast, browser_of, who):
    accepted_model(cast)
    browser = browser_of(getattr(cast, who))
    for act in ("proposal", "acceptance"):
        assert browser.post(f"/models/card-limit/tier/{act}", FORM).status_code == 403


def test_proposed_model_without_answers_says_so(cast, browser_of):
    propose_model(actor=cast.dana, slug="x", words=EntryWords(name="X"))
    assert "Nobody has answered" in text(browser_of(cast.quinn).get("/models/x/tier"))


def test_questionnaire_speaks_portuguese(cast, browser_of):
    browser = browser_of(cast.dana)
    browser.post("/i18n/setlang/", {"language": "pt-br", "next": "/models"})
    page = browser.get("/propose-model")
    assert "Qual é o seu uso de maior peso?" in text(page)
