"""Comparisons: who may ask for one, of what, what the pair is asked, and that a planted difference is found."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from accounts.selectors import the_installation
from accounts.services import grant_role
from audit import guards
from jobs.models import Job
from mrm.lib.errors import Conflict, Invalid, NotAllowed, WrongStage
from registry.models import DatasetSnapshot
from registry.services import submit_version
from tests.validation.cases import NARROW, registered
from tests.validation.samples import bare_sample, planted_population, served_sample, standard
from validation import standards
from validation.compared import approvals, complexity, fairness, paired_tests, swaps
from validation.compared.pair import Pair
from validation.compared.standing import Better, Standing, standing
from validation.comparisons import request_comparison
from validation.services import freeze_content

MARGINS = {"margin": "0.1", "loss_given_default": "0.5"}


@pytest.fixture
def narrow(case):
    return submit_version(actor=case.cast.dana, version=registered(case.cast, case.version.candidate, NARROW))


def asked(case, challenger, by="victor", **changes):
    given = {"champion": case.version, "challenger": challenger, "standard": case.standard} | changes
    return request_comparison(actor=getattr(case.cast, by), **given)


def pair_of(pds, rival, defaulted, **given) -> Pair:
    return Pair(
        bare_sample(pds=rival, defaulted=defaulted, **given),
        bare_sample(pds=pds, defaulted=defaulted, **given),
    )


@pytest.fixture(scope="module")
def planted() -> Pair:
    """The challenger has the PDs that the outcomes were drawn by; the champion sees them through noise."""
    pds, groups = planted_population(4_000)
    draw = np.random.default_rng(5)
    blurred = 1 / (1 + np.exp(-(np.log(pds / (1 - pds)) + draw.normal(size=4_000))))
    exposure = draw.integers(1, 50, 4_000) * 10_000.0
    return pair_of(
        pds, blurred, draw.random(4_000) < pds, protected=groups, exposure=exposure, cut_off="0.08"
    )


@pytest.mark.parametrize("name", ["dana", "ada", "otto", "lia", "quinn", "root"])
def test_only_a_validator_compares(case, narrow, name):
    with pytest.raises(NotAllowed):
        asked(case, narrow, by=name)
    assert not Job.objects.filter(kind="compare").exists()


@pytest.mark.control("SR26-2:independence")
def test_whoever_had_a_part_in_one_of_the_two_does_not_compare_them(case, narrow):
    grant_role(actor=the_installation(), user=case.cast.dana, role="validator")
    with pytest.raises(NotAllowed, match="author"):
        asked(case, narrow, by="dana")


def test_a_draft_is_not_compared(case):
    with pytest.raises(WrongStage, match="draft"):
        asked(case, registered(case.cast, case.version.candidate, NARROW))


def test_a_version_is_not_compared_with_itself(case):
    with pytest.raises(Invalid, match="same version twice"):
        asked(case, case.version)


def test_a_standard_for_other_tiers_compares_nothing(case, narrow):
    content = standards.committed("card-limit-demo") | {"applies": {"tiers": [3]}}
    with pytest.raises(Invalid, match="of tier 1"):
        asked(case, narrow, standard=freeze_content(actor=case.cast.victor, content=content))


def test_rows_that_one_of_them_cannot_read_are_refused_with_the_columns_it_lacks(case, narrow):
    declared = case.version.snapshot.declaration
    kept = [each for each in declared["columns"] if each["name"] != "PAY_0"]
    guards.lift()
    DatasetSnapshot.objects.update(declaration={**declared, "columns": kept})
    guards.install()
    narrow.refresh_from_db()
    with pytest.raises(Invalid, match="PAY_0"):
        asked(case, narrow)


def test_the_same_comparison_is_not_asked_for_twice_at_once(case, narrow):
    asked(case, narrow)
    with pytest.raises(Conflict):
        asked(case, narrow)
    assert asked(case, case.version, champion=narrow).kind == "compare"


def test_a_version_does_not_differ_from_itself(planted):
    same = Pair(planted.challenger, planted.challenger)
    found = paired_tests.run(same, standard())
    assert {(each.value, each.p, each.p_adjusted) for each in found.measurements} == {(0.0, 1.0, 1.0)}
    flips = {row[0]: row[1] for row in swaps.run(same, standard()).tables["swap_set"].rows}
    assert (flips["swap_in"], flips["swap_out"]) == (0, 0)


def test_a_planted_better_challenger_is_found_by_every_measure(planted):
    rows = paired_tests.run(planted, standard()).tables["paired_tests"].rows
    assert [row[-1] for row in rows] == [Standing.CHALLENGER] * 3
    turned = Pair(planted.challenger, planted.champion)
    rows = paired_tests.run(turned, standard()).tables["paired_tests"].rows
    assert [row[-1] for row in rows] == [Standing.CHAMPION] * 3


def test_the_adjusted_p_is_that_of_holm_by_hand(planted):
    found = paired_tests.run(planted, standard()).measurements
    ranked = sorted(found, key=lambda each: each.p)
    least = max(3 * ranked[0].p, 0)
    assert ranked[0].p_adjusted == pytest.approx(min(1, least))
    assert ranked[1].p_adjusted == pytest.approx(min(1, max(least, 2 * ranked[1].p)))


def test_a_difference_needs_the_adjusted_p_and_not_its_sign_alone():
    assert standing(0.2, 0.06, better=Better.HIGHER, alpha=0.05) is Standing.NEITHER
    assert standing(0.2, 0.05, better=Better.HIGHER, alpha=0.05) is Standing.CHALLENGER
    assert standing(0.2, 0.01, better=Better.LOWER, alpha=0.05) is Standing.CHAMPION


def test_six_clients_are_swapped_as_counted_by_hand():
    """Approved below .25: champion 1 2 3, challenger 2 3 4; client 4 is good, client 1 has defaulted."""
    pair = pair_of(
        [0.5, 0.1, 0.1, 0.1, 0.9, 0.9], [0.1, 0.1, 0.1, 0.5, 0.9, 0.9], [1, 0, 0, 0, 1, 1],
        exposure=np.full(6, 100.0),
    )  # fmt: skip
    rules = standard(economics=standards.committed("card-limit-demo")["economics"] | MARGINS)
    found = swaps.run(pair, rules)
    counted = {row[0]: row[1:3] for row in found.tables["swap_set"].rows}
    assert counted == {"swap_in": (1, 0), "swap_out": (1, 1), "kept_in": (2, 0), "kept_out": (2, 2)}
    change = next(each for each in found.measurements if each.name == "scenario_profit_change")
    # Earned on client 4: 10; not lost on client 1: 50.
    assert change.value == pytest.approx(60.0)


def test_without_money_the_swaps_are_counted_and_no_amount_is_told(planted):
    bare = Pair(replace(planted.champion, exposure=None), replace(planted.challenger, exposure=None))
    found = {each.name: each for each in swaps.run(bare, standard()).measurements}
    assert found["flips"].value > 0
    for name in ("scenario_profit_change", "realised_profit_change"):
        assert (found[name].value, str(found[name].judgement.verdict)) == (None, "insufficient_data")


def test_at_equal_rates_both_approve_alike_many(planted):
    rows = {(row[0], row[1]): row for row in approvals.run(planted, standard()).tables["approvals"].rows}
    assert rows["champion", "own_policy"][-1] == rows["challenger", "champions_rate"][-1]
    # The better order has the lower default rate at the same rate of approvals.
    assert rows["challenger", "champions_rate"][5] < rows["champion", "champions_rate"][5]


def test_every_group_is_told_under_both_policies_and_the_young_are_found(planted):
    found = fairness.run(planted, standard())
    told = {(row[1], row[2]) for row in found.tables["ratios"].rows}
    assert {side for _, side in told} == {"champion", "challenger"}
    assert len({group for group, _ in told}) * 2 == len(told)
    assert str(found.judgement.verdict) == "failed"
    assert all(each.p_adjusted >= each.p for each in found.measurements)


def test_complexity_is_told_and_never_judged(drawn):
    sample = served_sample(drawn)
    found = complexity.run(Pair(sample, sample), standard())
    told = {each.name: each.value for each in found.measurements}
    assert told["champion_inputs"] == len(sample.served.schema.inputs)
    assert told["challenger_bytes"] == sum(len(each) for each in sample.sealed.files.values())
    assert 1 <= told["champion_learned"] <= drawn.task["recipe"]["rounds"]
    assert (told["auc_difference"], str(found.judgement.verdict)) == (0.0, "reported")
