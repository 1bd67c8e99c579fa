"""From answers to a tier: known answers worked by hand, laws that hold for every answer, and a strict reading."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mrm.lib.errors import Invalid
from registry import questionnaires
from registry.tiering import Band, Dimension, computed, faults
from tests.tiers import LOW

ASKED = questionnaires.current()
CONTENT = json.loads((questionnaires._FOLDER / "questionnaire-1.json").read_text(encoding="utf-8"))
slow = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
ANSWERS = st.fixed_dictionaries(
    {each.key: st.sampled_from([option.key for option in each.options]) for each in ASKED.questions}
)


# Worked by hand: the product of the bands of exposure and purpose, up to 2 low, 3 and 4 medium, 6 and 9 high.
@pytest.mark.parametrize(
    ("changes", "tier"),
    [
        ({"purpose": "marketing"}, 3),  # 1 x 1
        ({"purpose": "pricing"}, 3),  # 1 x 2
        ({"purpose": "origination"}, 2),  # 1 x 3
        ({"purpose": "marketing", "exposure_amount": "over_100_million"}, 2),  # 3 x 1
        ({"purpose": "pricing", "exposure_applicants": "1000_to_100000"}, 2),  # 2 x 2
        ({"purpose": "capital", "exposure_amount": "10_to_100_million"}, 1),  # 2 x 3
        ({"purpose": "provisioning", "exposure_applicants": "over_100000"}, 1),  # 3 x 3
        (
            {"purpose": "marketing", "reliance": "no_decision", "exposure_amount": "over_100_million"},
            1,
        ),  # 3 x 2
        ({"purpose": "marketing", "complexity_origin": "vendor_closed"}, 2),  # 1 x 1, raised
        (
            {"purpose": "marketing", "complexity_method": "other", "uncertainty_defaults": "below_200"},
            2,
        ),  # once
        ({"purpose": "origination", "uncertainty_history": "below_2_years"}, 1),  # 1 x 3, raised
        (
            {
                "purpose": "origination",
                "exposure_amount": "over_100_million",
                "complexity_inputs": "over_100",
            },
            1,
        ),  # nothing is above tier 1
    ],
)
def test_known_answers(changes, tier):
    assert computed(ASKED, LOW | changes).tier == tier


@slow
@given(answers=ANSWERS, data=st.data())
def test_a_higher_band_never_lowers_the_demand(answers, data):
    question = data.draw(st.sampled_from(ASKED.questions))
    given_band = question.option(answers[question.key]).band
    higher = data.draw(st.sampled_from([each for each in question.options if each.band >= given_band]))
    assert computed(ASKED, answers | {question.key: higher.key}).tier <= computed(ASKED, answers).tier


@slow
@given(answers=ANSWERS)
def test_complexity_and_uncertainty_raise_by_one_at_most_and_never_lower(answers):
    found = computed(ASKED, answers)
    by_materiality = 4 - found.materiality
    assert by_materiality - 1 <= found.tier <= by_materiality
    assert (found.tier < by_materiality) == (bool(found.raised_by) and by_materiality > 1)


@slow
@given(answers=ANSWERS)
def test_every_step_is_what_its_answers_say(answers):
    bands = computed(ASKED, answers).bands
    for name in Dimension:
        asked = [each for each in ASKED.questions if each.dimension is name]
        assert bands[name] == max(each.option(answers[each.key]).band for each in asked)


def test_incomplete_and_unknown_answers_are_all_told():
    some = {key: answer for key, answer in LOW.items() if key != "purpose"}
    told = faults(ASKED, some | {"reliance": "perhaps", "strange": "yes"})
    assert [(each.question, each.code) for each in told] == [
        ("", "unknown"),
        ("purpose", "required"),
        ("reliance", "unknown"),
    ]
    with pytest.raises(ValueError, match="not complete"):
        computed(ASKED, some)


def _changed(*path, to):
    content = copy.deepcopy(CONTENT)
    place = content
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = to
    return content


@pytest.mark.parametrize(
    ("path", "to", "said"),
    [
        (("format",), "countersign-questionnaire/2", "format"),
        (("surprise",), 1, "unknown members"),
        (("questions",), [], "at least one"),
        (("questions", 1, "key"), "exposure_amount", "each once"),
        (("questions", 0, "key"), "Exposure", "lower-case"),
        (("questions", 0, "dimension"), "mood", "one of exposure"),
        (("questions", 0, "options", 0, "band"), 4, "1, 2 or 3"),
        (("questions", 0, "options", 0, "band"), True, "integer"),
        (("questions", 0, "options"), [], "at least one"),
        (("questions", 0, "text"), {"en": "Only English"}, "pt-br"),
        (("questions",), CONTENT["questions"][:2], "must ask about purpose"),
        (("materiality",), [[1, 1, 2], [1, 2, 3]], "three rows"),
        (("materiality",), [[1, 1, 2], [1, 2, 3], [2, 3, 2]], "not fall"),
        (("materiality",), [[2, 1, 2], [2, 2, 3], [2, 3, 3]], "not fall"),
    ],
)
def test_a_questionnaire_of_another_shape_is_refused(path, to, said):
    with pytest.raises(Invalid, match=said):
        questionnaires.load(_changed(*path, to=to))


def test_the_digest_names_every_word():
    changed = _changed("questions", 0, "why", "en", to="Otherwise.")
    assert questionnaires.load(changed).digest != ASKED.digest
    assert questionnaires.by_digest(ASKED.digest) == ASKED
    assert questionnaires.by_digest("0" * 64) is None


def test_every_question_offers_more_than_one_band():
    assert all(len({option.band for option in each.options}) > 1 for each in ASKED.questions)
    assert [list(row) for row in ASKED.materiality] == [
        [Band(1 if a * b <= 2 else 2 if a * b <= 4 else 3) for b in (1, 2, 3)] for a in (1, 2, 3)
    ]
