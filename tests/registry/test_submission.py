"""Taking in what was trained elsewhere: what is missing is said at once, what comes in is sealed, what may run code
stays outside."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from django.test import Client

from jobs.models import Job
from mrm.lib.errors import Blocked, Invalid, NotAllowed, NotFound
from registry import logged_models, selectors, submissions, vault
from registry.declared import declare
from registry.models import Candidate, ModelVersion
from registry.serving import load
from tests.pages.reading import links, main, text
from tests.registry import built, elsewhere

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(cast, lab):
    """(risk model, snapshot, the notebook's table, its target)"""
    risk_model, snapshot = built.accepted_model(cast), built.frozen_snapshot(cast.dana)
    return risk_model, snapshot, *elsewhere.table(cast.dana, snapshot)


def _notebook(world):
    """(model, run): logged afresh, since tests write on the run."""
    _, _, data, target = world
    return elsewhere.logged(elsewhere.trained(data, target), data)


def test_what_was_trained_elsewhere_becomes_a_sealed_draft_that_scores_as_its_author_scores(
    cast, world, work, events
):
    import numpy as np
    import xgboost

    risk_model, snapshot, data, target = world
    model, run = _notebook(world)
    booster = elsewhere.trained(data, target)
    job = elsewhere.submitted(cast, risk_model, snapshot, f"models:/{model}", work)
    assert job.state == "succeeded", job.reason
    version = ModelVersion.objects.get()
    assert (version.stage, version.number, version.artifact_id) == ("draft", 1, job.result["artifact"])
    written = [event for event in events() if event in {"candidate:recorded", "version:registered"}]
    assert written == ["candidate:recorded", "version:registered"]
    candidate = version.candidate
    assert (candidate.source_run_id, candidate.recipe["name"]) == (run, "mlflow")
    assert candidate.recipe["recipe"]["source"] == f"models:/{model}"
    served = load(vault.artifacts(), version.artifact_id)
    mine = booster.predict(xgboost.DMatrix(data), output_margin=True)
    assert np.array_equal(served.score_frame(data).margins, mine)
    first = {name: int(value) for name, value in data.iloc[0].items()}
    assert served.score(served.parse(first)).margin == float(mine[0])
    # Both runs take nothing more, and the same once more is no other version.
    assert candidate.mlflow_run_id != run
    both = {run, candidate.mlflow_run_id}
    assert selectors.registered_runs([*both, "f" * 32]) == both
    again = elsewhere.submitted(cast, risk_model, snapshot, f"models:/{model}", work)
    assert (again.state, "has exactly these bytes" in again.reason) == ("failed", True)
    assert (ModelVersion.objects.count(), Candidate.objects.count()) == (1, 1)


def test_a_lightgbm_booster_is_taken_as_an_xgboost_one_is(cast, world, work):
    import mlflow.lightgbm
    import numpy as np

    risk_model, snapshot, data, target = world
    booster = elsewhere.trained_by_lightgbm(data, target)
    model, _ = elsewhere.logged(booster, data)
    job = elsewhere.submitted(cast, risk_model, snapshot, f"models:/{model}", work)
    assert job.state == "succeeded", job.reason
    version = ModelVersion.objects.get()
    sealed = vault.artifacts().read_sealed(version.artifact_id)
    assert sealed.files["model.lgb"].decode() == logged_models_text(model)
    assert version.candidate.recipe["recipe"]["file"] == "model.lgb"
    served = load(vault.artifacts(), version.artifact_id)
    mine = booster.predict(data, raw_score=True)
    assert np.array_equal(served.score_frame(data).margins, mine.astype(np.float32))
    copy = mlflow.lightgbm.load_model(f"runs:/{version.candidate.mlflow_run_id}/estimator")
    assert np.array_equal(copy.predict(data, raw_score=True), mine)


def logged_models_text(model):
    """What MLflow holds, read as anybody reads it."""
    import mlflow

    folder = mlflow.artifacts.download_artifacts(f"models:/{model}")
    return (Path(folder) / "model.lgb").read_text()


@pytest.mark.parametrize("form", ["runs:/{run}/notebook", "models:/{model}"])
def test_a_run_and_a_model_are_names_of_the_same(cast, world, form):
    risk_model, snapshot, _, _ = world
    model, run = _notebook(world)
    looked = submissions.look(
        actor=cast.dana, risk_model=risk_model, uri=form.format(run=run, model=model), snapshot=snapshot
    )
    assert (looked.model.model_id, looked.model.run_id, looked.lacks) == (model, run, [])


@pytest.mark.parametrize(
    "uri",
    [
        "models:/card@champion",
        "runs:/../x",
        "file:///etc/passwd",
        "s3://bucket/model",
        "models:/a/b/c",
        "",
        "models:/m-1",
    ],
)
def test_what_names_no_version_of_a_model_is_refused_before_anything_is_asked(cast, world, uri):
    risk_model, snapshot, _, _ = world
    with pytest.raises(Invalid) as refused:
        submissions.request_submission(
            actor=cast.dana, submission=elsewhere.submission(cast, risk_model, snapshot, uri)
        )
    assert refused.value.errors[0].pointer == "/mlflow_uri"


def test_a_model_that_is_not_there_is_told(cast, world):
    risk_model, snapshot, _, _ = world
    for uri in (f"models:/m-{'0' * 32}", f"runs:/{'0' * 32}/model", "models:/nothing/1"):
        with pytest.raises(NotFound):
            submissions.look(actor=cast.dana, risk_model=risk_model, uri=uri, snapshot=snapshot)


def test_everything_that_is_missing_is_said_at_once(cast, world, work):
    risk_model, snapshot, data, target = world
    strange = data.rename(columns={"PAY_0": "ENGINEERED"})
    model, _ = elsewhere.logged(
        elsewhere.trained(strange, target), strange, with_signature=True, with_example=False
    )
    looked = submissions.look(
        actor=cast.dana, risk_model=risk_model, uri=f"models:/{model}", snapshot=snapshot
    )
    lacking = {wanted.key: wanted.lacks for wanted in looked.wanted if wanted.lacks}
    assert set(lacking) == {"example", "columns"}
    assert "ENGINEERED" in lacking["columns"][0]
    job = elsewhere.submitted(cast, risk_model, snapshot, f"models:/{model}", work)
    assert job.state == "failed"
    assert looked.lacks
    assert all(words in job.reason for words in looked.lacks)
    assert not Candidate.objects.exists()


def test_a_model_without_a_signature_is_not_taken(cast, world):
    risk_model, snapshot, data, target = world
    model, _ = elsewhere.logged(
        elsewhere.trained(data, target), data, with_signature=False, with_example=False
    )
    looked = submissions.look(
        actor=cast.dana, risk_model=risk_model, uri=f"models:/{model}", snapshot=snapshot
    )
    assert {wanted.key for wanted in looked.wanted if wanted.lacks} == {"signature", "example"}


def test_neither_a_protected_column_nor_the_outcome_is_ever_an_input(world):
    snapshot = world[1]
    for name in ("SEX", "EDUCATION", snapshot.declaration["target"]):
        said = declare(columns=("LIMIT_BAL", name), tables={}, snapshot=snapshot)
        assert said.faults == (f"Protected attributes are never inputs: {name}.",)


def test_only_a_developer_submits(cast, world):
    risk_model, snapshot, _, _ = world
    model, _ = _notebook(world)
    submission = elsewhere.submission(cast, risk_model, snapshot, f"models:/{model}")
    for name in ("victor", "ada", "otto", "lia", "quinn", "root"):
        actor = getattr(cast, name)
        with pytest.raises(NotAllowed):
            submissions.request_submission(actor=actor, submission=submission)
        with pytest.raises(NotAllowed):
            submissions.look(actor=actor, risk_model=risk_model, uri=submission.uri, snapshot=snapshot)


def test_an_entry_that_nobody_accepted_takes_nothing_in(cast, lab):
    risk_model, snapshot = built.proposed_model(cast), built.frozen_snapshot(cast.dana)
    submission = elsewhere.submission(cast, risk_model, snapshot, f"models:/m-{'0' * 32}")
    with pytest.raises(Blocked, match="not accepted"):
        submissions.request_submission(actor=cast.dana, submission=submission)


def test_whoever_logged_the_run_counts_as_its_trainer(cast, world):
    """Not whoever submits it: or a validator could judge a model of their own making."""
    import mlflow

    _, run = _notebook(world)
    for tag, trainer in ((None, cast.dana), (str(cast.victor.pk), cast.victor)):
        if tag:
            mlflow.MlflowClient().set_tag(run, "mrm.logged_by", tag)
        found = logged_models.find_model(f"runs:/{run}/notebook")
        assert submissions.trainer_of(found, otherwise=cast.dana) == trainer


def test_a_run_of_nobody_known_is_refused(cast, world):
    found = logged_models.find_model(f"models:/{_notebook(world)[0]}")
    for stranger in ("nobody", "0" * 32):
        with pytest.raises(NotFound, match="not known here"):
            submissions.trainer_of(replace(found, logged_by=stranger), otherwise=cast.dana)


def test_tables_that_do_not_fit_the_signature_are_told(cast, world):
    risk_model, snapshot, data, target = world
    model, _ = elsewhere.logged(
        elsewhere.trained(data, target), data, files={"countersign/tables.json": {"inputs": 7}}
    )
    looked = submissions.look(
        actor=cast.dana, risk_model=risk_model, uri=f"models:/{model}", snapshot=snapshot
    )
    assert [wanted.key for wanted in looked.wanted if wanted.lacks] == ["columns"]


def _signed_in(user):
    browser = Client()
    browser.force_login(user)
    return browser


ANSWERS = {
    "approve_below": "0.25",
    "decline_from": "0.3",
    "refer_unknown": "on",
    "change_note": "From a notebook.",
}


def test_a_run_is_picked_on_the_page_which_says_what_is_missing(cast, world):
    risk_model, _, data, target = world
    whole, _ = _notebook(world)
    bare, _ = elsewhere.logged(
        elsewhere.trained(data, target), data, with_signature=False, with_example=False
    )
    browser, here = _signed_in(cast.dana), f"/models/{risk_model.slug}/mlflow"
    listed = links(browser.get(here))
    pages = {model: f"{here}/registration?uri=models%3A%2F{model}" for model in (whole, bare)}
    assert set(pages.values()) <= listed
    assert browser.get(here, {"uri": f"models:/{whole}"}).headers["Location"] == pages[whole]
    lacking = text(browser.get(pages[bare]))
    assert "It has no signature" in lacking
    assert "It has no input example" in lacking
    assert "Missing" not in text(browser.get(pages[whole]))


def test_what_is_whole_is_asked_for_on_the_page_and_what_is_not_keeps_its_answers(cast, world):
    risk_model, snapshot, data, target = world
    dictionary = elsewhere.submission(cast, risk_model, snapshot, "").dictionary
    answers = ANSWERS | {"snapshot": str(snapshot.pk), "dictionary": str(dictionary.pk)}
    whole, _ = _notebook(world)
    bare, _ = elsewhere.logged(elsewhere.trained(data, target), data, with_example=False)
    browser, here = _signed_in(cast.dana), f"/models/{risk_model.slug}/mlflow/registration?uri=models%3A%2F"
    refused = browser.post(here + bare, answers)
    assert (refused.status_code, "From a notebook." in main(refused)) == (422, True)
    assert not Job.objects.exists()
    done = browser.post(here + whole, answers)
    assert done.headers["Location"] == f"/models/{risk_model.slug}"
    job = Job.objects.get()
    assert (job.kind, job.payload["uri"]) == ("register-run", f"models:/{whole}")


def test_mlflow_that_is_down_is_told_on_the_page(cast, world, settings):
    settings.MRM_MLFLOW_URL = "http://127.0.0.1:9"
    answer = _signed_in(cast.dana).get(f"/models/{world[0].slug}/mlflow")
    assert (answer.status_code, "MLflow does not answer" in text(answer)) == (503, True)


def test_the_api_takes_a_candidate_or_a_model_of_mlflow_and_never_half_of_both(cast, world, client_of):
    risk_model, snapshot, _, _ = world
    made = elsewhere.submission(cast, risk_model, snapshot, f"models:/m-{'0' * 32}")
    address = f"/api/v1/models/{risk_model.slug}/versions"
    parts = {"policy": str(made.policy.pk), "dictionary": str(made.dictionary.pk)}
    uri, data = {"mlflow_uri": made.uri}, {"snapshot": str(snapshot.pk)}
    for half in ({}, uri, data, uri | data | {"candidate": str(snapshot.pk)}):
        answer = client_of(cast.dana).post(address, parts | half, format="json")
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "one-of")
    answer = client_of(cast.dana).post(address, parts | uri | data, format="json")
    assert answer.status_code == 202
    assert Job.objects.get().kind == "register-run"
