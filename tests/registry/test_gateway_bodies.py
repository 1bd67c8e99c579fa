"""What the body of a request may not say, in whichever spelling MLflow would understand it."""

from __future__ import annotations

import pytest

from mrm.lib.errors import Malformed
from registry.gateway import bodies
from registry.gateway.bodies import Source, Touched
from registry.gateway.rules import Rule, RuleRefused

RUN, OTHER, MODEL = "a" * 32, "b" * 32, "m-" + "c" * 32


def refused_by(act, *arguments) -> Rule:
    with pytest.raises(RuleRefused) as refusal:
        act(*arguments)
    return refusal.value.rule


@pytest.mark.control("security:gateway-bypass")
@pytest.mark.parametrize(
    "alias", ["champion", "Champion", " challenger ", "previous-champion", "\uff43hampion", "CHALLENGER"]
)
def test_a_protected_alias_is_set_by_nobody(alias):
    assert refused_by(bodies.refuse_protected_alias, {"name": "card", "alias": alias}) is Rule.ALIAS


def test_another_alias_is_anybodys():
    bodies.refuse_protected_alias({"name": "card", "alias": "my-best"})


@pytest.mark.control("security:gateway-bypass")
@pytest.mark.parametrize(
    "body",
    [
        {"key": "mrm.job", "value": "x"},
        {"key": "MRM.status"},
        {"key": " mrm.status"},
        {"key": "\uff4drm.status"},
        {"tags": [{"key": "fine"}, {"key": "mrm.artifact", "value": "x"}]},
        {"tags": [{"Key": "mrm.artifact"}]},
        {"params": [{"key": "mrm.x"}]},
        {"metrics": [{"key": "mrm.x", "value": 1.0}]},
    ],
)
def test_a_governed_name_is_written_by_us_only(body):
    assert refused_by(bodies.refuse_governed_names, bodies.plain_names(body)) is Rule.TAG


def test_other_names_are_free():
    bodies.refuse_governed_names({"key": "mrmx", "tags": [{"key": "mlflow.user"}, {"key": "team.mrm."}]})


@pytest.mark.parametrize("body", [[], "{}", None, 1, {"runId": RUN, "run_id": RUN}])
def test_a_body_that_two_readers_read_differently_is_refused(body):
    with pytest.raises(Malformed):
        bodies.plain_names(body)


@pytest.mark.parametrize(
    ("body", "model", "found"),
    [
        ({"run_id": RUN}, "", Touched(frozenset({RUN}), frozenset())),
        ({"runId": RUN}, "", Touched(frozenset({RUN}), frozenset())),
        ({"runUuid": RUN, "run_id": OTHER}, "", Touched(frozenset({RUN, OTHER}), frozenset())),
        ({"sourceRunId": RUN}, "", Touched(frozenset({RUN}), frozenset())),
        ({}, MODEL, Touched(frozenset(), frozenset({MODEL}))),
        (
            {"run_id": RUN, "metrics": [{"key": "auc", "modelId": MODEL, "runId": OTHER}]},
            "",
            Touched(frozenset({RUN, OTHER}), frozenset({MODEL})),
        ),
    ],
)
def test_whatever_a_request_changes_is_found(body, model, found):
    assert bodies.touched(bodies.plain_names(body), model) == found


@pytest.mark.parametrize("body", [{"run_id": 1}, {"run_id": [RUN]}, {"metrics": {}}, {"metrics": ["x"]}])
def test_a_name_that_is_no_text_is_refused(body):
    with pytest.raises(Malformed):
        bodies.touched(body)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"source": f"runs:/{RUN}/model"}, Source(run=RUN)),
        ({"source": f"runs:/{RUN}/model", "run_id": RUN}, Source(run=RUN)),
        ({"source": f"models:/{MODEL}", "run_id": RUN, "model_id": MODEL}, Source(model=MODEL)),
        (
            {"source": f"mlflow-artifacts:/1/{RUN}/artifacts/model"},
            Source(run=RUN, place=f"1/{RUN}/artifacts/model"),
        ),
        (
            {"source": f"mlflow-artifacts:/1/models/{MODEL}/artifacts"},
            Source(model=MODEL, place=f"1/models/{MODEL}/artifacts"),
        ),
    ],
)
def test_a_source_is_a_run_a_logged_model_or_their_files(body, found):
    assert bodies.source_of(body) == found


@pytest.mark.control("security:gateway-bypass")
@pytest.mark.parametrize(
    "body",
    [
        {"source": ""},
        {},
        {"source": "/etc"},
        {"source": "file:///etc"},
        {"source": "s3://bucket/model"},
        {"source": "http://127.0.0.1/model"},
        {"source": f"mlflow-artifacts://other/1/{RUN}/artifacts/model"},
        {"source": f"mlflow-artifacts:/1/{RUN}/artifacts/../../x"},
        {"source": f"mlflow-artifacts:/1/{RUN}/artifacts/%2e%2e/x"},
        {"source": f"mlflow-artifacts:/1/{RUN}"},
        {"source": "mlflow-artifacts:/1/traces/tr-1/artifacts/x"},
        {"source": f"runs:/{RUN}/../x"},
        {"source": f"runs:/{RUN}/model?x=1"},
        {"source": f"runs:/{RUN}/model#x"},
        {"source": f"runs:/{RUN}\n"},
        {"source": f"runs://{RUN}/model"},
        {"source": f"runs:/{RUN}/model", "run_id": OTHER},
        {"source": f"models:/{MODEL}", "model_id": "m-" + "d" * 32},
        {"source": "models:/card/1"},
        {"source": "models:/card@champion"},
        {"source": "prompt-template"},
    ],
)
def test_a_source_from_anywhere_else_is_refused(body):
    assert refused_by(bodies.source_of, body) is Rule.SOURCE


def test_the_folder_of_a_file_says_whose_it_is():
    assert bodies.folder_of(f"12/{RUN}/artifacts/a/b.txt").run == RUN
    assert bodies.folder_of(f"12/models/{MODEL}/artifacts/MLmodel").model == MODEL


@pytest.mark.parametrize(
    "path",
    ["x", f"1/{RUN}", f"1/{RUN}/artifacts", f"1/{RUN}/x", f"{RUN}/artifacts/x", "1/traces/tr-1/artifacts/x", f"x/1/{RUN}/artifacts/x"],
)  # fmt: skip
def test_a_file_outside_of_all_folders_is_refused(path):
    assert refused_by(bodies.folder_of, path) is Rule.PLACE


def test_an_experiment_does_not_choose_where_its_files_lie():
    body = bodies.plain_names({"name": "x", "artifactLocation": "file:///etc"})
    assert refused_by(bodies.refuse_place_of_own, body) is Rule.PLACE


def test_the_tag_of_the_approval_is_ours_on_versions_and_anybodys_word_on_runs():
    for spelt in ("approval", " Approval", "APPROVAL"):
        body = bodies.plain_names({"tags": [{"key": spelt, "value": "approved"}]})
        assert refused_by(bodies.refuse_governed_names, body, ["Approval"]) is Rule.TAG
        bodies.refuse_governed_names(body)
    bodies.refuse_governed_names({"key": "approvals"}, ["Approval"])
