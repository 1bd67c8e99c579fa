"""Uses and limitations: asked for in closed words, required before submission, frozen into the version."""

from __future__ import annotations

import dataclasses

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mrm.lib import canonical
from mrm.lib.errors import Blocked, Invalid
from registry import entries, questionnaires, use_lines
from registry.models import ModelVersion, RiskModel
from registry.services import submit_version
from registry.uses import Limitation, Use, UseAsked, check, check_purpose
from tests.registry.built import WORDS, accepted_model, proposed_model, registered_version
from tests.tiers import HIGH, LIMITS, LIMITS_SENT, USES, USES_SENT

slow = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
NAMES = st.text(alphabet=st.characters(categories=["Lu", "Ll", "Nd"]), min_size=1, max_size=12)
LISTS = st.lists(NAMES, min_size=1, max_size=3, unique=True).map(tuple)
ASKED = st.builds(
    UseAsked,
    use=st.sampled_from([str(each) for each in Use]),
    products=LISTS,
    segments=LISTS,
    jurisdictions=st.just(("BR", "PT")),
)


def asked(**changes):
    return dataclasses.replace(USES[0], **changes)


@pytest.mark.parametrize(
    ("uses", "pointer"),
    [
        ([asked(use="war")], "/uses/0/use"),
        ([asked(products=())], "/uses/0/products"),
        ([asked(products=("a, b",))], "/uses/0/products"),
        ([asked(products=("a | b",))], "/uses/0/products"),
        ([asked(products=("x" * 101,))], "/uses/0/products"),
        ([asked(segments=("new", "new"))], "/uses/0/segments"),
        ([asked(jurisdictions=())], "/uses/0/jurisdictions"),
        ([asked(jurisdictions=("tw",))], "/uses/0/jurisdictions"),
        ([asked(), asked(products=("loan",))], "/uses"),
        ([asked()] * 21, "/uses"),
    ],
)
def test_uses_of_another_shape_are_refused(uses, pointer):
    with pytest.raises(Invalid) as refused:
        check(uses, LIMITS)
    assert pointer in {error.pointer for error in refused.value.errors}


@pytest.mark.parametrize("part", ["limitation", "consequence", "control"])
@pytest.mark.parametrize("text", ["", "   ", "x" * 2_001])
def test_limitation_says_what_follows_and_what_is_done(part, text):
    with pytest.raises(Invalid) as refused:
        check(USES, [dataclasses.replace(LIMITS[0], **{part: text})])
    assert [error.pointer for error in refused.value.errors] == [f"/limitations/0/{part}"]


@slow
@given(rows=st.lists(ASKED, max_size=4, unique_by=lambda each: each.use))
def test_uses_that_are_written_are_read_as_they_were(rows):
    assert use_lines.read_uses(use_lines.uses_written(rows)) == tuple(rows)


def test_limitations_that_are_written_are_read_as_they_were():
    assert use_lines.read_limitations(use_lines.limitations_written(LIMITS)) == LIMITS


def test_faults_of_a_form_name_their_lines():
    with pytest.raises(ValidationError) as refused:
        use_lines.read_uses("pricing | card | | TW\n\nnothing\nwar | card | | TW")
    assert [message.partition(":")[0] for message in refused.value.messages] == ["Line 3", "Line 4"]


@pytest.mark.parametrize(
    ("uses", "purpose", "fits"),
    [
        (("pricing", "marketing"), "pricing", True),
        (("pricing", "marketing"), "marketing", False),
        (("pricing", "collections"), "collections", True),
        (("pricing",), "origination", False),
        ((), "origination", True),
    ],
)
def test_purpose_is_the_weightiest_of_the_uses(uses, purpose, fits):
    listed = [asked(use=use) for use in uses]
    answers = HIGH | {"purpose": purpose}
    if fits:
        check_purpose(questionnaires.current(), answers, listed)
        return
    with pytest.raises(Invalid, match="weightiest"):
        check_purpose(questionnaires.current(), answers, listed)


def test_acceptance_asks_again_whether_the_tier_stands_for_the_uses(cast, events):
    entry = proposed_model(cast)
    heavier = (asked(use="marketing"),)
    words = dataclasses.replace(entries.amended(entry, {"uses": heavier}), answers=None)
    entries.amend_model(actor=cast.dana, risk_model=entry, words=words)
    before = events()
    with pytest.raises(Invalid, match="weightiest"):
        entries.accept_model(actor=cast.victor, risk_model=entry, tier=1)
    assert events() == before


@pytest.mark.parametrize("lacking", ["uses", "limitations"])
def test_entry_without_them_is_not_accepted(cast, lacking):
    words = dataclasses.replace(WORDS, **{lacking: ()})
    entry = entries.propose_model(actor=cast.dana, slug="x", words=words)
    with pytest.raises(Blocked, match=lacking):
        entries.accept_model(actor=cast.victor, risk_model=entry, tier=1)


def test_submission_freezes_what_the_entry_says(cast):
    version = submit_version(actor=cast.dana, version=registered_version(cast))
    assert version.use["uses"] == USES_SENT
    assert version.use["limitations"] == LIMITS_SENT
    assert version.use_digest == canonical.digest(version.use)


@pytest.mark.parametrize("lacking", ["uses", "limitations"])
def test_version_of_an_entry_without_them_is_not_submitted(cast, events, lacking):
    version = registered_version(cast)
    RiskModel.objects.update(**{lacking: []})
    before = events()
    with pytest.raises(Blocked, match=f"names no {lacking}"):
        submit_version(actor=cast.dana, version=version)
    version.refresh_from_db()
    assert (version.stage, version.use, version.use_digest, events()) == ("draft", None, "", before)


def test_frozen_use_does_not_change(cast):
    version = submit_version(actor=cast.dana, version=registered_version(cast))
    for changed in ({"use_digest": "a" * 64}, {"use": {"uses": []}}):
        with pytest.raises(IntegrityError, match="does not change"), transaction.atomic():
            ModelVersion.objects.filter(pk=version.pk).update(**changed)


def test_two_limitations_stand_in_their_order(cast):
    more = (*LIMITS, Limitation("No new clients.", "It guesses.", "They are referred."))
    words = dataclasses.replace(WORDS, limitations=more)
    entry = entries.propose_model(actor=cast.dana, slug="x", words=words)
    assert [each["limitation"] for each in entry.limitations] == ["One bank.", "No new clients."]
    assert accepted_model(cast).limitations == LIMITS_SENT
