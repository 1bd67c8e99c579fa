"""Policy packs on pages: installed by one, signed by another, and what a change of pack means for each model."""

from __future__ import annotations

import pytest

from accounts.services import choose_language
from tests.tiers import USES
from tests.validation.cases import case_in_validation
from tests.validation.drawing import drawn
from tests.validation.test_packs import of_the_bank
from validation.installing import install_pack, install_shipped
from validation.models import PackReview, PolicyPack
from validation.pack_changes import change, neighbours

__all__ = ["drawn"]
COUNTRY = {"jurisdictions": list(USES[0].jurisdictions)}
NEW_CLAUSE = {
    "id": "own-words",
    "paraphrase": {"en": "The bank says more.", "pt-br": "O banco diz mais."},
    "source": "The bank",
    "nature": "binding",
    "known": "primary_text",
    "effective_from": None,
    "facts": ["inventory_entry"],
    "sections": [1],
}


@pytest.fixture
def case(cast, drawn):
    return case_in_validation(cast, drawn)


@pytest.fixture
def editions(cast):
    """Of two editions the second asks for two clauses more, one of them answered, and drops one."""
    first = of_the_bank("0.80", **COUNTRY)
    gone = [each for each in first["clauses"] if each["id"] != "retention"]
    open_one = NEW_CLAUSE | {"id": "unplanned", "facts": ["reperformed"]}
    second = first | {"revision": 2, "clauses": [*gone, NEW_CLAUSE, open_one]}
    return [install_pack(actor=cast.victor, content=each) for each in (first, second)]


def test_a_validator_installs_and_an_approver_signs(cast, browser_of):
    victor, ada = browser_of(cast.victor), browser_of(cast.ada)
    assert "No policy pack is installed" in victor.get("/packs").content.decode()
    assert victor.post("/packs", {"pack": "br-lgpd"}).status_code == 303
    row = PolicyPack.objects.get()
    assert "unreviewed" in ada.get(f"/packs/{row.pk}").content.decode()
    signed = {"rationale": "Read.", "password": cast.PASSWORD, "shown": row.digest}
    assert ada.post(f"/packs/{row.pk}/review", signed).status_code == 303
    page = ada.get(f"/packs/{row.pk}").content.decode()
    assert "Ada Abreu" in page
    assert "unreviewed" not in page


def test_whoever_installed_a_pack_is_offered_no_review_and_told_why(cast, browser_of):
    row = install_shipped(actor=cast.victor, slug="us-reg-b")
    victor = browser_of(cast.victor)
    assert f"/packs/{row.pk}/review" not in victor.get(f"/packs/{row.pk}").content.decode()
    assert "cannot review it" in victor.get(f"/packs/{row.pk}/review").content.decode()
    signed = {"rationale": "Read.", "password": cast.PASSWORD, "shown": row.digest}
    assert victor.post(f"/packs/{row.pk}/review", signed).status_code == 403
    assert not PackReview.objects.exists()


@pytest.mark.parametrize("name", ["dana", "quinn"])
def test_who_may_not_install_sees_no_form_and_is_refused(cast, browser_of, name):
    browser = browser_of(getattr(cast, name))
    assert "Install the pack" not in browser.get("/packs").content.decode()
    assert browser.post("/packs", {"pack": "us-reg-b"}).status_code == 403
    assert not PolicyPack.objects.exists()


def test_a_pack_that_does_not_ship_is_no_choice(cast, browser_of):
    assert browser_of(cast.victor).post("/packs", {"pack": "../secrets"}).status_code == 422


def test_the_page_of_a_pack_says_how_each_clause_is_known_and_speaks_portuguese(cast, browser_of):
    row = install_shipped(actor=cast.victor, slug="basel-cre36")
    browser = browser_of(cast.quinn)
    assert "not confirmed against the text" in browser.get(f"/packs/{row.pk}").content.decode()
    choose_language(actor=cast.quinn, language="pt-br")
    told = browser_of(cast.quinn).get(f"/packs/{row.pk}").content.decode()
    assert "não confirmada no texto" in told
    assert "Marco de Basileia" in told


def test_a_change_counts_what_is_asked_dropped_and_kept_for_each_model(case, editions):
    first, second = editions
    (meant,) = change(actor=case.cast.quinn, before=first, after=second).models
    assert {each.clause.key for each in meant.asked} == {"own-words", "unplanned"}
    assert (meant.answered, meant.not_answered) == (1, 1)
    assert [each.key for each in meant.dropped] == ["retention"]
    # Six of the seven first clauses are in force; one of them is dropped.
    assert len(meant.kept) == 5


def test_a_model_outside_both_packs_is_left_out(case):
    pair = [install_shipped(actor=case.cast.victor, slug=slug) for slug in ("us-sr-11-7", "us-sr-26-2")]
    assert change(actor=case.cast.quinn, before=pair[0], after=pair[1]).models == ()
    assert neighbours(actor=case.cast.quinn, row=pair[1]) == [tuple(pair)]
    assert neighbours(actor=case.cast.quinn, row=pair[0]) == [tuple(pair)]


def test_the_page_of_a_change_tells_it_and_the_pack_leads_there(case, editions, browser_of):
    first, second = editions
    browser, address = browser_of(case.cast.quinn), f"/packs/{first.pk}/change/{second.pk}"
    assert address in browser.get(f"/packs/{second.pk}").content.decode()
    page = browser.get(address).content.decode()
    for words in (
        "card-limit v1",
        "2: 1 answered, 1 not",
        "The bank says more.",
        "appear: 2; that disappear: 1",
    ):
        assert words in page
    assert "No model is concerned" in browser.get(f"{address}?after=zzz").content.decode()
