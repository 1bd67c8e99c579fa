"""Inventory entries: who may propose, amend and accept, and what is written down."""

import pytest

from mrm.lib.errors import Blocked, Conflict, Invalid, NotAllowed, WrongStage
from registry import entries
from registry.models import RiskModel
from tests.registry.built import WORDS, accepted_model, proposed_model
from tests.tiers import LOW, answered

SPARSE = entries.EntryWords(name="Only a name")


def test_developer_proposes_an_entry_and_it_is_recorded(cast, events):
    made = entries.propose_model(actor=cast.dana, slug="card-limit", words=WORDS)
    assert (made.owner, made.proposed_by, made.accepted_at) == (cast.dana, cast.dana, None)
    assert events()[-1] == "model:proposed"


@pytest.mark.parametrize("name", ["victor", "ada", "otto", "lia", "quinn", "root", "olga"])
def test_only_a_developer_proposes(cast, name):
    with pytest.raises(NotAllowed):
        entries.propose_model(actor=getattr(cast, name), slug="card-limit", words=WORDS)
    assert not RiskModel.objects.exists()


@pytest.mark.parametrize("slug", ["Card", "card_limit", "-card", "card--limit", "", "x" * 65, "ca rd"])
def test_a_malformed_slug_is_refused(cast, slug):
    with pytest.raises(Invalid):
        entries.propose_model(actor=cast.dana, slug=slug, words=WORDS)


def test_a_taken_slug_is_refused(cast):
    proposed_model(cast)
    with pytest.raises(Conflict, match="already"):
        proposed_model(cast)


@pytest.mark.parametrize("tier", [0, 4, -1])
def test_an_unknown_tier_is_refused(cast, tier):
    words = entries.EntryWords(name="X", **answered(1) | {"tier": tier, "tier_reason": "Why."})
    with pytest.raises(Invalid):
        entries.propose_model(actor=cast.dana, slug="x", words=words)


def test_a_tier_is_not_typed_in(cast):
    with pytest.raises(Invalid, match="questionnaire") as refused:
        entries.propose_model(actor=cast.dana, slug="x", words=entries.EntryWords(name="X", tier=1))
    assert refused.value.errors[0].pointer == "/answers"


def test_a_validator_confirms_the_tier_that_is_proposed_and_no_other(cast, events):
    entry, before = proposed_model(cast, tier=2), events()
    with pytest.raises(Invalid, match="Another tier"):
        entries.accept_model(actor=cast.victor, risk_model=entry, tier=1)
    entry.refresh_from_db()
    assert (entry.accepted_at, events()) == (None, before)


def test_amended_answers_are_another_assessment_and_amended_words_are_not(cast):
    entry = proposed_model(cast)
    words = entries.amended(entry, {"purpose": "Other."})
    entry = entries.amend_model(actor=cast.dana, risk_model=entry, words=words)
    assert [each.number for each in entry.assessments.all()] == [1]
    words = entries.amended(entry, {"answers": LOW})
    entry = entries.amend_model(actor=cast.dana, risk_model=entry, words=words)
    assert [each.proposed_tier for each in entry.assessments.order_by("number")] == [1, 2]
    assert entry.tier == 2


def test_an_entry_is_amended_until_it_is_accepted(cast, events):
    entry = entries.propose_model(actor=cast.dana, slug="x", words=SPARSE)
    changed = entries.amend_model(actor=cast.dana, risk_model=entry, words=WORDS)
    assert changed.purpose == WORDS.purpose
    assert events()[-1] == "model:amended"


def test_an_accepted_entry_is_not_amended(cast):
    entry = accepted_model(cast)
    with pytest.raises(WrongStage, match="does not change"):
        entries.amend_model(actor=cast.dana, risk_model=entry, words=SPARSE)
    entry.refresh_from_db()
    assert entry.purpose == WORDS.purpose


def test_validator_accepts_at_the_tier_they_confirm(cast, events):
    entry = entries.accept_model(actor=cast.victor, risk_model=proposed_model(cast, tier=2), tier=2)
    assert (entry.tier, entry.accepted_by) == (2, cast.victor)
    assert events()[-1] == "model:accepted"


@pytest.mark.parametrize("name", ["dana", "ada", "otto", "quinn", "root"])
def test_only_a_validator_accepts(cast, name):
    entry = proposed_model(cast)
    with pytest.raises(NotAllowed):
        entries.accept_model(actor=getattr(cast, name), risk_model=entry, tier=1)
    entry.refresh_from_db()
    assert entry.accepted_at is None


@pytest.mark.control("SR26-2:independence")
def test_owner_does_not_accept_even_as_validator(cast):
    entry = entries.propose_model(actor=cast.dana, slug="x", words=WORDS, owner=cast.victor)
    with pytest.raises(NotAllowed, match="owner"):
        entries.accept_model(actor=cast.victor, risk_model=entry, tier=1)


def test_proposer_does_not_accept_through_a_second_account(cast):
    """People are counted, not accounts."""
    from accounts.models import User
    from accounts.selectors import the_installation
    from accounts.services import grant_role

    second = User(username="dana-2", person=cast.dana.person)
    second.save(force_insert=True)
    grant_role(actor=the_installation(), user=second, role="validator")
    with pytest.raises(NotAllowed, match="proposer"):
        entries.accept_model(actor=second, risk_model=proposed_model(cast), tier=1)


def test_an_incomplete_entry_is_not_accepted_and_says_what_it_lacks(cast, events):
    entry = entries.propose_model(actor=cast.dana, slug="x", words=SPARSE)
    before = events()
    with pytest.raises(Blocked, match="purpose, intended use, uses, limitations, answers to the tiering"):
        entries.accept_model(actor=cast.victor, risk_model=entry, tier=1)
    entry.refresh_from_db()
    assert (entry.tier, entry.accepted_at, events()) == (None, None, before)


def test_an_entry_is_accepted_once(cast):
    with pytest.raises(WrongStage):
        entries.accept_model(actor=cast.victor, risk_model=accepted_model(cast), tier=1)


def test_business_unit_is_optional_kept_and_bounded(cast):
    assert proposed_model(cast).business_unit == ""
    words = entries.EntryWords(name="X", business_unit="Cards")
    assert entries.propose_model(actor=cast.dana, slug="x", words=words).business_unit == "Cards"
    with pytest.raises(Invalid, match="business unit"):
        entries.propose_model(
            actor=cast.dana, slug="y", words=entries.EntryWords(name="Y", business_unit="x" * 101)
        )
