"""What MLflow, or whatever stands at its address, may answer: no answer is taken for a difference, none is waited for
without end, and none fills the memory."""

from __future__ import annotations

import json
import time

import pytest

from registry import lab_book
from registry.gateway.upstream import UpstreamFailed
from registry.lab_book import HeldModel, LabBook
from tests.registry.test_gateway_wire import JSON, behind

__all__ = ["behind"]
RUN = "a" * 32


def said(behind, status: int, value: object) -> LabBook:
    content = value if isinstance(value, bytes) else json.dumps(value).encode()
    behind.answer = (status, {"Content-Type": JSON}, content)
    return LabBook(behind.url)


def test_run_that_mlflow_itself_does_not_know_is_none(behind):
    assert said(behind, 404, {"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "No."}).run(RUN) is None


@pytest.mark.parametrize(
    ("status", "value"),
    [
        (404, {"detail": "Not Found"}),
        (404, b"<html>nothing here</html>"),
        (403, {"error_code": "PERMISSION_DENIED"}),
        (500, {"error_code": "INTERNAL_ERROR"}),
        (200, b"<html>welcome</html>"),
        (200, ["run"]),
        (200, {"run": {"info": {}}}),
        (
            200,
            {
                "run": {
                    "info": {"lifecycle_stage": "active"},
                    "data": {"metrics": [{"key": "auc", "value": []}]},
                }
            },
        ),
        (200, {"run": {"info": {"lifecycle_stage": "active"}, "data": {"tags": {"key": "no list"}}}}),
    ],
)
def test_what_is_no_answer_of_mlflow_is_no_difference(behind, status, value):
    with pytest.raises(UpstreamFailed):
        said(behind, status, value).run(RUN)


def test_server_that_hangs_is_not_waited_for(behind, monkeypatch):
    monkeypatch.setattr(lab_book, "PATIENCE_SECONDS", 0.2)
    behind.delay = 2.0
    began = time.monotonic()
    with pytest.raises(UpstreamFailed, match="too long"):
        said(behind, 200, {}).run(RUN)
    assert time.monotonic() - began < 1.5


def test_answer_that_breaks_off_is_no_difference(behind):
    book = said(behind, 200, b"0" * 1_000)
    behind.cut_after = 10
    with pytest.raises(UpstreamFailed):
        book.file(RUN, "candidate/model.ubj", 1_000)


def test_file_is_read_no_further_than_one_byte_more_than_it_has(behind):
    book = said(behind, 200, b"0" * 3_000_000)
    assert book.file(RUN, "candidate/points.json", 9) == lab_book.hashlib.sha256(b"0" * 10).hexdigest()


def test_file_that_comes_too_slowly_is_no_answer(behind, monkeypatch):
    monkeypatch.setattr(lab_book, "FILE_SECONDS", -1.0)
    with pytest.raises(UpstreamFailed, match="too long"):
        said(behind, 200, b"0" * 200_000).file(RUN, "candidate/points.json", 200_000)


def test_names_go_into_the_address_as_text(behind):
    book = said(behind, 404, b"")
    assert book.file(RUN, "candidate/a&path=b", 1) == ""
    assert book.file_of_model("m-1/../../x", "model.ubj", 1) == ""
    first, second = (path for _, path, _, _ in behind.sent)
    assert first == f"/get-artifact?run_id={RUN}&path=candidate%2Fa%26path%3Db"
    assert second.startswith("/ajax-api/2.0/mlflow/logged-models/m-1%2F..%2F..%2Fx/artifacts/files?")


def test_model_that_is_not_registered_has_nothing(behind):
    book = said(behind, 404, {"error_code": "RESOURCE_DOES_NOT_EXIST"})
    assert book.registered("card-limit") == HeldModel((), {})
