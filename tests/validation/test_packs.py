"""Policy packs as data: read strictly, dated, and asked of models by their uses and a day."""

from __future__ import annotations

import datetime as dt

import pytest

from mrm.lib.errors import Invalid, NotFound
from registry.uses import Use, UseAsked
from validation import standards
from validation.packs import reading
from validation.packs.applying import applicable, is_in_force
from validation.packs.crossing import Because, Standing
from validation.packs.differences import between
from validation.packs.floors import why_weaker
from validation.packs.pack import Known, Nature

SLUGS = reading.shipped()
NOW = dt.date(2026, 11, 24)
STATED = {
    "us-sr-26-2": dt.date(2026, 4, 17),
    "eu-ccd2": dt.date(2026, 11, 20),
    "ca-osfi-e-23": dt.date(2027, 5, 1),
    "eu-ai-act": dt.date(2027, 12, 2),
}
REQUIRING = ("must", "shall", "require", "mandatory", "obrigat", "exige", "deve ", "devem")


def shipped(slug):
    return reading.load(reading.committed(slug))


def of_the_bank(floor="0.80", **changes):
    """A pack of the bank's own, for a state that has a ratio block."""
    content = reading.committed("us-reg-b")
    ratio = {"floor": floor, "why": {"en": "The state says so.", "pt-br": "O estado diz."}}
    return content | {"slug": "us-own", "adverse_impact_ratio": ratio} | changes


def asked(country, use=Use.ORIGINATION):
    return [UseAsked(use, ("card",), (), (country,))]


def on(day, country, use=Use.ORIGINATION):
    return {pack.slug for pack in applicable(map(shipped, SLUGS), asked(country, use), day)}


@pytest.mark.parametrize("slug", SLUGS)
def test_a_pack_that_ships_is_read_and_says_where_each_clause_is_from(slug):
    pack = shipped(slug)
    assert pack.slug == slug
    assert all(clause.source and clause.words.english != clause.words.portuguese for clause in pack.clauses)
    assert all(
        bool(each.checks or each.facts or each.records) is (each.why_not is None) for each in pack.clauses
    )


def test_only_the_days_that_are_stated_are_in_the_packs_that_ship():
    assert {slug: day for slug in SLUGS if (day := shipped(slug).effective_from) is not None} == STATED


def test_nobody_claims_to_have_read_a_primary_text():
    assert Known.PRIMARY_TEXT not in {clause.known for slug in SLUGS for clause in shipped(slug).clauses}
    assert {clause.known for clause in shipped("basel-cre36").clauses} == {Known.UNCONFIRMED}


def test_sr_26_2_is_guidance_and_none_of_its_words_say_that_anything_is_required():
    pack = shipped("us-sr-26-2")
    said = " ".join(
        f"{each.english} {each.portuguese}" for each in (pack.printed, *(c.words for c in pack.clauses))
    )
    assert {clause.nature for clause in pack.clauses} == {Nature.GUIDANCE}
    assert not [word for word in REQUIRING if word in said.lower()]


@pytest.mark.parametrize("said", ["Lenders must do so.", "It is required.", "A bank shall."])
def test_guidance_that_sounds_as_if_it_bound_is_refused(said):
    content = reading.committed("us-sr-26-2")
    content["clauses"][0]["paraphrase"]["en"] = said
    with pytest.raises(Invalid, match=r"clauses\[0\].paraphrase.en says"):
        reading.load(content)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"format": "other/1"}, "format"),
        ({"revision": 0}, "revision"),
        ({"jurisdictions": ["Brazil"]}, "jurisdictions"),
        ({"uses": ["war"]}, "uses"),
        ({"stated_on": "soon"}, "stated_on"),
        ({"effective_from": "2026-13-01"}, "effective_from"),
        ({"clauses": []}, "clauses"),
        ({"surprise": 1}, "surprise"),
        ({"title": {"en": "Alone"}}, "title"),
        ({"superseded": {"by": "x", "on": "2026-04-17"}}, "superseded.on"),
    ],
)
def test_a_malformed_pack_is_refused_with_the_place_of_the_fault(changed, said):
    with pytest.raises(Invalid, match=said):
        reading.load(reading.committed("us-sr-26-2") | changed)


@pytest.mark.parametrize(
    ("name", "value"),
    [("checks", ["made_up"]), ("facts", ["made_up"]), ("records", ["made_up"]), ("sections", [99])],
)
def test_a_clause_is_answered_from_a_closed_vocabulary_only(name, value):
    content = reading.committed("us-sr-26-2")
    content["clauses"][0][name] = value
    with pytest.raises(Invalid, match=rf"clauses\[0\].{name}"):
        reading.load(content)


def test_a_clause_names_an_answer_or_says_why_there_is_none_and_never_both():
    content = reading.committed("us-sr-26-2")
    content["clauses"][0]["why_not"] = {"en": "So.", "pt-br": "Pois."}
    with pytest.raises(Invalid, match=r"clauses\[0\] must name what answers it"):
        reading.load(content)


def test_a_pack_outside_the_folder_is_not_found():
    with pytest.raises(NotFound):
        reading.committed("../data/us-reg-b")


def test_a_superseded_pack_does_not_apply_from_that_day_on():
    before, day = dt.date(2026, 4, 16), dt.date(2026, 4, 17)
    assert {"us-sr-11-7", "us-sr-26-2"} & on(before, "US") == {"us-sr-11-7"}
    assert {"us-sr-11-7", "us-sr-26-2"} & on(day, "US") == {"us-sr-26-2"}


def test_a_pack_applies_by_country_use_and_day():
    assert on(NOW, "BR") == {"br-lgpd"}
    assert on(NOW, "PT") == {"eba-loan-origination", "eu-ccd2", "eu-gdpr"}
    assert "eu-ai-act" in on(dt.date(2027, 12, 2), "PT")
    assert on(NOW, "PT", Use.CAPITAL) == {"eu-ecb-validation", "basel-cre36"}
    assert on(NOW, "TW") == set()


def test_the_federal_effects_test_is_superseded_and_its_pack_is_not():
    effects = next(clause for clause in shipped("us-reg-b").clauses if clause.key == "effects-test")
    assert not is_in_force(effects, dt.date(2026, 7, 21))
    assert is_in_force(effects, dt.date(2026, 7, 20))


def test_what_differs_between_two_packs_is_counted():
    before, after = shipped("us-sr-11-7"), shipped("us-sr-26-2")
    found = between(before, after)
    assert {each.key for each in found.appearing} == {c.key for c in after.clauses} - {
        c.key for c in before.clauses
    }
    assert found.disappearing == ()
    assert {each.key for each in found.changing} == {c.key for c in before.clauses}
    assert between(after, after).is_empty


@pytest.mark.parametrize(("floor", "is_refused"), [("0.80", False), ("0.81", True), (None, False)])
def test_a_standard_looser_than_the_floor_is_named_as_weaker(floor, is_refused):
    standard = standards.load(standards.committed("card-limit-demo"))
    said = why_weaker(standard, [reading.load(of_the_bank(floor))])
    assert (said is not None) is is_refused
    if said is not None:
        assert "0.8, weaker than the 0.81" in said
        assert "us-own r1" in said


def test_a_standard_whose_ratio_does_not_block_is_weaker_than_a_floor():
    content = standards.committed("card-limit-demo")
    content["plan"] = [
        each | {"force": "reported"} if each["check"] == "adverse_impact_sex" else each
        for each in content["plan"]
    ]
    said = why_weaker(standards.load(content), [reading.load(of_the_bank("0.80"))])
    assert said is not None
    assert "adverse_impact_sex does not block" in said


def test_standing_and_gaps_are_closed_words():
    assert set(Standing) == {"answered", "open", "not_applicable"}
    assert "no_run" in set(Because)
