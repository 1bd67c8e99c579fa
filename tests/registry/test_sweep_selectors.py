"""Which candidate is best is a query: sorted, narrowed, and as quick for hundreds of runs as for two."""

from __future__ import annotations

import uuid

import pytest

from accounts.paging import page_below
from mrm.lib import clock
from mrm.lib.errors import Malformed, NotAllowed, NotFound
from registry.models import Candidate, Trial
from registry.sweep_selectors import AskedRuns, AskedTrials, RunSort, TrialSort, runs, sweep, sweeps, trials
from tests.registry import built
from tests.training.swept import recorded_sweep

pytestmark = pytest.mark.django_db
ENCODERS, MANY = ("one_hot", "woe", "target_mean"), 300


@pytest.fixture
def risk_model(cast):
    return built.accepted_model(cast)


@pytest.fixture
def many(cast, risk_model):
    """Hundreds of rows with measures that are known: the first is the best by AUC and the slowest."""
    made = recorded_sweep(cast, risk_model, built.frozen_snapshot(cast.dana))
    Trial.objects.bulk_create(_trial(made, place) for place in range(2, MANY))
    Candidate.objects.bulk_create(_candidate(cast, made, number) for number in range(MANY))
    return made


def _trial(made, place):
    return Trial(
        sweep=made, place=place, name=f"{place}", family="logistic", encoder=ENCODERS[place % 3],
        imputer="median", candidate=made.trials.get(place=0).candidate, validation_auc=1 - place / 1000,
        test_auc=0.5, test_brier=0.2, test_log_loss=0.5, seconds=1000 - place,
    )  # fmt: skip


def _candidate(cast, made, number):
    measured = {"test_auc": 0.9 - number // 2 / 1000} if number % 3 else {"cross_fitted_auc": 0.7}
    return Candidate(
        risk_model=made.risk_model, snapshot=made.snapshot, mlflow_run_id=uuid.uuid4().hex,
        artifact_digest=f"{number:064}", recipe={"name": "r", "recipe": {"estimator": "network"}},
        recipe_digest="d" * 64, metrics=measured, job_id=uuid.uuid4(), trained_by=cast.dana,
        trained_at=clock.now(),
    )  # fmt: skip


def test_the_best_comes_first_and_what_could_not_be_trained_last(cast, many):
    Trial.objects.create(
        sweep=many, place=MANY, name="x", family="x", encoder="x", imputer="x", why_not="Why.", seconds=1
    )
    for sort in TrialSort:
        found = trials(actor=cast.victor, sweep=many, asked=AskedTrials(sort))
        measured = [getattr(each, sort) for each in found if getattr(each, sort) is not None]
        assert measured == sorted(measured, reverse=sort.endswith("_auc"))
        assert len(found) == MANY + 1
        assert sort is TrialSort.SECONDS or found[-1].why_not


def test_candidates_are_narrowed_by_what_was_turned(cast, many):
    asked = AskedTrials(family="logistic", encoder="one_hot", imputer="median")
    found = trials(actor=cast.victor, sweep=many, asked=asked)
    assert {each.place for each in found} == {place for place in range(2, MANY) if place % 3 == 0}


def test_hundreds_of_candidates_cost_as_many_queries_as_two(cast, many, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        found = trials(actor=cast.victor, sweep=many, asked=AskedTrials())
        assert all(each.candidate.mlflow_run_id for each in found)
    with django_assert_max_num_queries(5):
        page = page_below(
            runs(actor=cast.victor, slug="card-limit", asked=AskedRuns(RunSort.TEST_AUC)), "test_auc", ""
        )
        assert all(each.snapshot.name and each.trained_by.name and each.test_auc for each in page.rows)


def test_pages_of_runs_meet_every_run_once_also_where_measures_tie(cast, many):
    rows = runs(actor=cast.victor, slug="card-limit", asked=AskedRuns(RunSort.TEST_AUC))
    seen, after = [], ""
    while True:
        page = page_below(rows, "test_auc", after)
        seen += page.rows
        after = page.after
        if not after:
            break
    assert len({each.pk for each in seen}) == len(seen) == sum(bool(number % 3) for number in range(MANY)) + 2
    assert [each.test_auc for each in seen] == sorted((each.test_auc for each in seen), reverse=True)


def test_a_run_says_its_family_its_data_and_where_it_was_compared(cast, many):
    of_sweep = runs(
        actor=cast.victor, slug="card-limit", asked=AskedRuns(family="xgboost", snapshot=many.snapshot_id)
    )
    [only] = of_sweep
    assert (only.sweep, only.place, only.family, only.version_number) == (many.pk, 1, "xgboost", None)
    assert only.recipe_name == "sweep: xgboost · woe · median"
    assert not runs(actor=cast.victor, slug="card-limit", asked=AskedRuns(snapshot=uuid.uuid4())).exists()


def test_a_cursor_that_no_page_gave_is_refused(cast, many):
    rows = runs(actor=cast.victor, slug="card-limit", asked=AskedRuns(RunSort.TEST_AUC))
    for made_up in ("x", "bmFufDE", "aW5mfDEyMzQ1Njc4LTEyMzQtNTY3OC0xMjM0LTU2NzgxMjM0NTY3OA"):
        with pytest.raises(Malformed):
            page_below(rows, "test_auc", made_up)


def test_sweeps_are_read_by_whoever_reads_their_model(cast, many):
    other = built.accepted_model(cast, "other")
    assert list(sweeps(actor=cast.lia, slug="card-limit")) == [many]
    with pytest.raises(NotFound):
        sweep(actor=cast.victor, slug=other.slug, sweep_id=many.pk)
    with pytest.raises(NotAllowed):
        sweeps(actor=cast.root, slug="card-limit")
