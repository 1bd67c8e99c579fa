"""A sweep from the request to its candidates: gates, one row for all that was found, and nothing half written."""

import pytest

from jobs.models import Job
from mrm.lib.errors import Blocked, Invalid, NotAllowed
from registry import registration
from registry.models import Candidate, ModelVersion, Sweep, Trial
from registry.sweeps import Swept, record_sweep
from tests.registry import built
from training.services import request_sweep

pytestmark = pytest.mark.django_db(transaction=True)

ASKED = {
    "fields": "card-limit",
    "split": {"method": "random", "validation_percent": 25, "test_percent": 25},
    "encoders": ["woe"], "imputers": ["median"], "families": ["logistic", "xgboost"],
    "settings": {"xgboost": {"rounds": 15}},
}  # fmt: skip


@pytest.fixture
def ask(cast):
    risk_model, snapshot = built.accepted_model(cast), built.frozen_snapshot(cast.dana)

    def request(actor=cast.dana, **changes):
        return request_sweep(
            actor=actor, risk_model=risk_model, snapshot=snapshot, asked={**ASKED, **changes}
        )

    return request


def only(jobs):
    """The one job but for the report that follows every sweep."""
    (job,) = [each for each in jobs if each.kind != "build-benchmark"]
    return job


def test_every_candidate_is_recorded_with_its_run_and_one_of_them_registers(cast, ask, work, lab, events):
    import mlflow

    ask()
    job = only(work())
    assert job.state == "succeeded", job.reason
    sweep = Sweep.objects.get(pk=job.result["sweep"])
    trials = list(sweep.trials.order_by("place"))
    assert [trial.family for trial in trials] == ["logistic", "xgboost"]
    assert all(trial.candidate and 0.5 < trial.test_auc < 1 for trial in trials)
    run = mlflow.MlflowClient(tracking_uri=lab).get_run(trials[1].candidate.mlflow_run_id)
    assert run.data.params["rounds"] == "15"
    assert run.data.tags["mrm.dataset_version"].endswith(sweep.snapshot.digest[:12])
    assert run.data.metrics["test_auc"] == trials[1].test_auc
    assert events().count("sweep:concluded") == 1
    assert not ModelVersion.objects.exists()
    registration.request_registration(actor=cast.dana, proposal=built.proposal(cast, trials[0].candidate))
    assert only(work()).state == "succeeded"


def test_every_sweep_ends_with_its_report_by_itself(cast, ask, work, lab, client):
    from reports import store
    from reports.models import Benchmark

    ask(families=["logistic"], settings={})
    ran = work()
    assert [job.kind for job in ran] == ["sweep", "build-benchmark"]
    assert ran[1].state == "succeeded", ran[1].reason
    report = Benchmark.objects.get(sweep=ran[0].result["sweep"])
    client.force_login(cast.quinn)
    assert client.get(f"/benchmarks/{report.pk}/pdf").content == store.read(report.pdf_digest)
    page = client.get(f"/benchmarks/{report.pk}").content.decode()
    assert report.sweep.facts["candidates"][0]["artifact"][:24] in page


def test_a_second_attempt_writes_nothing_twice(cast, ask, work, lab, events):
    ask()
    sweep = Sweep.objects.get(pk=only(work()).result["sweep"])
    swept = Swept(
        sweep.job_id, sweep.risk_model, sweep.snapshot, sweep.asked, sweep.facts, [None, None], None
    )
    assert record_sweep(actor=cast.dana, swept=swept) == sweep
    assert (Sweep.objects.count(), Trial.objects.count(), Candidate.objects.count()) == (1, 2, 2)


def test_only_who_may_train_asks_for_a_sweep(cast, ask):
    for name in ("victor", "ada", "otto", "lia", "quinn", "root"):
        with pytest.raises(NotAllowed):
            ask(actor=getattr(cast, name))


def test_what_is_asked_is_read_strictly(cast, ask):
    for wrong in ({"fields": "unknown"}, {"split": {"method": "time"}}, {"families": ["svm"]}, {"x": 1}):
        with pytest.raises(Invalid):
            ask(**wrong)


def test_columns_that_are_not_there_are_named(cast, ask):
    with pytest.raises(Blocked, match="amount_minor"):
        ask(fields="micro-loans")


def test_a_sweep_that_ended_does_not_change(cast, ask, work, lab):
    from django.db import DatabaseError, connection, transaction

    ask()
    sweep = Sweep.objects.get(pk=only(work()).result["sweep"])
    for statement in (
        "UPDATE registry_sweep SET facts_digest = 'x'",
        "UPDATE registry_trial SET test_auc = 1.0",
        "DELETE FROM registry_trial",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert Sweep.objects.get(pk=sweep.pk).facts_digest == sweep.facts_digest


def test_a_split_by_what_is_no_date_among_the_inputs_is_refused_where_it_is_asked(ask):
    by_day = {
        "method": "time",
        "column": "AGE",
        "validation_from": "2005-01-01",
        "test_from": "2005-06-01",
        "gap_days": 0,
    }
    with pytest.raises(Invalid) as refused:
        ask(split=by_day)
    assert "no date among the declared columns" in refused.value.errors[0].detail
    assert not Job.objects.exists()


def test_a_cancelled_sweep_leaves_nothing_half_registered(cast, ask, work, lab):
    from jobs.services import cancel_job

    cancel_job(actor=cast.dana, job=ask())
    work()
    assert (Sweep.objects.count(), Candidate.objects.count()) == (0, 0)


def test_an_attempt_that_died_after_logging_leaves_no_half_and_logs_nothing_twice(
    ask, work, lab, monkeypatch
):
    import mlflow

    from training.sweep import handlers

    written = []

    def die_once(**kwargs):
        written.append(1)
        if len(written) == 1:
            raise ConnectionError
        return record(**kwargs)

    record = handlers.record_sweep
    monkeypatch.setattr(handlers, "record_sweep", die_once)
    job = ask()
    assert [done.state for done in work() if done.kind == "sweep"] == ["queued", "succeeded"]
    client = mlflow.MlflowClient(tracking_uri=lab)
    experiment = client.get_experiment_by_name("card-limit").experiment_id
    runs = client.search_runs([experiment], f"tags.`mrm.job` = '{job.pk}'")
    assert len(runs) == len(ASKED["families"]) == Candidate.objects.count()
    assert Sweep.objects.count() == 1
