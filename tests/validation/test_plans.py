"""Plans by tier: what is due, what answers it, and why something is not tested."""

from __future__ import annotations

import copy
import json

import pytest

from mrm.lib.errors import Invalid
from tests.validation.cases import Case, case_in_validation
from validation import plans
from validation.catalog import CHECKS
from validation.evidence import seen_of
from validation.findings import Raised
from validation.plan import Fact
from validation.plan_answers import Because, plan_answers
from validation.plans import plan_of_tier
from validation.selectors import answered_plan, latest_run, shown
from validation.services import freeze_content, open_finding, rebut

SIZES = {1: 30, 2: 22, 3: 14}
NOWHERE = {"overrides_and_overlays"}


def content(tier: int = 1) -> dict:
    return json.loads((plans._FOLDER / f"tier-{tier}.json").read_text(encoding="utf-8"))


def answers(case: Case) -> dict:
    found = answered_plan(actor=case.cast.victor, version=case.version)
    return {answer.component.key: answer for answer in found.answers}


def untested(case: Case) -> dict:
    return {each["component"]: each["because"] for each in shown(case.version).content["plan"]["untested"]}


@pytest.mark.parametrize(("tier", "size"), SIZES.items())
def test_each_tier_asks_for_its_number_of_components(tier, size):
    plan = plan_of_tier(tier)
    assert (plan.slug, plan.tier, len(plan.components)) == (f"tier-{tier}", tier, size)


@pytest.mark.parametrize("tier", [2, 3])
def test_each_tier_holds_the_components_of_the_tier_below(tier):
    assert set(plan_of_tier(tier).components) < set(plan_of_tier(tier - 1).components)


def test_every_check_of_the_catalog_belongs_to_a_component_of_tier_one():
    named = {check for each in plan_of_tier(1).components for check in each.checks}
    assert named == {check.id for check in CHECKS}


def test_every_fact_answers_some_component():
    assert {fact for each in plan_of_tier(1).components for fact in each.facts} == set(Fact)


def test_of_an_unknown_tier_everything_is_asked():
    assert plan_of_tier(None) == plan_of_tier(1)


def test_components_stand_in_the_order_of_the_dossier():
    sections = [each.section for each in plan_of_tier(1).components]
    assert sections == sorted(sections)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"extra": 1}, "unknown members"),
        ({"section": 22}, "dossier"),
        ({"section": "6"}, "integer"),
        ({"key": "Data Quality"}, "lower-case"),
        ({"checks": ["wishful_thinking"]}, "no check named wishful_thinking"),
        ({"facts": ["hearsay"]}, "must be one of"),
        ({"checks": ["brier", "brier"]}, "twice"),
        ({"checks": [], "facts": []}, "why_not"),
        ({"why_not": {"en": "No.", "pt-br": "Não."}}, "why_not"),
        ({"title": {"en": "Only English"}}, "pt-br"),
        ({"question": "What?"}, "object"),
    ],
)
def test_component_that_does_not_say_what_it_is_is_refused(changed, said):
    wrong = copy.deepcopy(content())
    wrong["components"][2] |= changed
    with pytest.raises(Invalid, match=said):
        plans.load(wrong)


@pytest.mark.parametrize(
    "changed",
    [
        {"format": "countersign-plan/0"},
        {"tier": 4},
        {"tier": True},
        {"components": []},
        {"slug": ""},
        {"x": 1},
    ],
)
def test_plan_of_another_shape_is_refused(changed):
    with pytest.raises(Invalid):
        plans.load(content() | changed)


def test_component_is_named_once():
    wrong = content()
    wrong["components"].append(wrong["components"][0])
    with pytest.raises(Invalid, match="each once"):
        plans.load(wrong)


def test_changed_question_is_another_plan():
    changed = content()
    changed["components"][0]["question"]["en"] = "Is it any good?"
    assert plans.load(changed).digest != plan_of_tier(1).digest


def test_without_a_run_no_check_answers_and_the_facts_do(case):
    found = answers(case)
    assert found["scope_and_use"].is_answered
    assert [gap.of for gap in found["conceptual_soundness"].gaps] == [
        "assessed_scope",
        "assessed_limits",
        "assessed_soundness",
    ]
    assert [gap.because for gap in found["discrimination"].gaps] == [Because.NO_RUN]
    assert [gap.because for gap in found["findings"].gaps] == [Because.NO_RUN]
    assert not found["frozen_standard"].is_answered


@pytest.mark.control("SR26-2:validation")
def test_what_has_no_place_here_is_never_answered(case):
    case.evidence()
    found = answers(case)
    told = {key for key, each in found.items() if [gap.because for gap in each.gaps] == [Because.NO_PLACE]}
    assert told == NOWHERE
    assert not any(found[key].is_answered for key in NOWHERE)


def test_component_links_to_its_executed_results(case):
    case.evidence(psi_score="failed", psi_features="reported")
    answer = answers(case)["stability"]
    assert [(each.check_id, each.verdict) for each in answer.results] == [
        ("psi_score", "failed"),
        ("psi_features", "reported"),
    ]
    assert answer.is_answered
    assert answer.results[0].pk == case.result("psi_score").pk


@pytest.mark.parametrize(
    ("component", "checks", "verdict"),
    [
        ("stability", ("psi_score", "psi_features"), "insufficient_data"),
        ("reproduction", ("determinism",), "error"),
    ],
)
def test_check_that_could_not_say_does_not_answer_and_its_words_are_told(case, component, checks, verdict):
    case.evidence(**dict.fromkeys(checks, verdict))
    assert not answers(case)[component].is_answered
    of_checks = [gap for gap in untested(case)[component] if gap["of"] in checks]
    assert of_checks == [{"because": verdict, "of": check, "said": "Read."} for check in checks]


def test_one_measured_check_answers_and_the_others_are_told(case):
    case.evidence(psi_score="inconclusive", psi_features="insufficient_data")
    answer = answers(case)["stability"]
    assert answer.is_answered
    assert [(gap.because, gap.of) for gap in answer.gaps] == [(Because.INSUFFICIENT_DATA, "psi_features")]
    assert "stability" not in untested(case)


def test_check_that_the_standard_does_not_plan_is_told(case):
    less = [each for each in case.standard.content["plan"] if each["check"] != "determinism"]
    case.standard = freeze_content(actor=case.cast.victor, content=case.standard.content | {"plan": less})
    case.evidence()
    assert untested(case)["reproduction"] == [
        {"because": "not_planned", "of": "determinism", "said": ""},
        {"because": "not_kept", "of": "reperformed", "said": ""},
    ]


def test_fact_does_not_stand_in_for_a_check(case):
    case.evidence(artefact_digest="error", serving_parity="error")
    answer = answers(case)["implementation"]
    assert [kept.fact for kept in answer.facts] == [Fact.SEALED_ARTEFACT]
    assert not answer.is_answered


def test_check_does_not_stand_in_for_a_fact(case):
    case.evidence()
    seen = seen_of(case.version, latest_run(case.version))
    seen.version.snapshot.quality = {}
    data = next(each for each in plan_answers(seen).answers if each.component.key == "data")
    assert data.results
    assert not data.is_answered


def test_table_imported_whole_has_no_lineage(case):
    case.evidence()
    assert untested(case)["lineage"] == [{"because": "not_kept", "of": "lineage", "said": ""}]


def test_open_finding_leaves_its_component_unanswered_until_it_is_rebutted(case):
    case.evidence()
    assert answers(case)["findings"].is_answered
    finding = open_finding(actor=case.cast.victor, version=case.version, raised=Raised("Leak", "So.", "low"))
    assert untested(case)["findings"][0]["of"] == "findings_answered"
    rebut(actor=case.cast.dana, finding=finding, text="It is not.")
    assert answers(case)["findings"].is_answered


def test_failed_blocking_check_without_a_deviation_leaves_findings_unanswered(case):
    case.evidence(adverse_impact_age="failed")
    assert [gap["of"] for gap in untested(case)["findings"]] == ["deviations_signed"]


def test_conclusion_answers_only_for_the_evidence_it_signed(case):
    case.evidence()
    assert not answers(case)["conclusion"].is_answered
    concluded = case.concluded()
    assert answers(case)["conclusion"].facts[1].since == concluded.at
    case.evidence(brier="failed")
    assert not answers(case)["conclusion"].is_answered


def test_standard_is_answered_for_since_it_was_frozen(case):
    case.evidence()
    assert answers(case)["frozen_standard"].facts[0].since == case.standard.frozen_at


@pytest.mark.control("SR26-2:validation")
def test_signer_is_shown_the_plan_of_the_accepted_tier_and_what_is_not_tested(cast, drawn):
    case = case_in_validation(cast, drawn, tier=3)
    case.evidence()
    content = shown(case.version).content
    assert content["format"] == "countersign-shown/4"
    plan = content["plan"]
    assert (plan["slug"], plan["digest"]) == ("tier-3", plan_of_tier(3).digest)
    assert [each["component"] for each in plan["untested"]] == ["reproduction", "conclusion"]


def test_what_is_not_tested_changes_what_is_signed(case):
    case.evidence(psi_score="insufficient_data")
    before = shown(case.version)
    case.evidence(psi_score="insufficient_data", psi_features="insufficient_data")
    after = shown(case.version)
    assert before.content["plan"] != after.content["plan"]
    assert before.digest != after.digest


def test_untested_components_do_not_block_the_conclusion(case):
    case.evidence()
    assert set(untested(case)) >= NOWHERE
    case.concluded()
    assert case.stage() == "validated"


def test_plan_is_read_from_few_queries(case, django_assert_max_num_queries):
    case.evidence()
    with django_assert_max_num_queries(12):
        answered_plan(actor=case.cast.victor, version=case.version)
