"""An upload that spills to a file leaves none behind, whether it was taken or refused."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from tests.badinput.places import problem_with
from tests.registry.built import demo_json

BIG = b"a,DEFAULT\n" + b"1,0\n" * 600_000


@pytest.fixture
def spill(settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    return tmp_path


def _send(client, content: bytes, declaration: str):
    parts = {"file": SimpleUploadedFile("a.csv", content), "declaration": declaration}
    return client.post("/api/v1/snapshots", parts, format="multipart")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("declaration", "status"), [("{", 400), ('{"surprise": 1}', 422), ("[]", 422), ("\x00", 400), (None, 202)]
)
def test_a_large_upload_leaves_no_temporary_file(cast, client_of, spill, declaration, status):
    assert len(BIG) > 2_000_000
    said = (
        json.dumps({**demo_json("declaration.json"), "format": "csv"}) if declaration is None else declaration
    )
    answer = _send(client_of(cast.dana), BIG, said)
    assert answer.status_code == status, answer.content
    assert status == 202 or problem_with(answer) is None
    assert list(spill.iterdir()) == []


@pytest.mark.django_db
def test_a_stranger_leaves_no_temporary_file(spill):
    assert _send(APIClient(), BIG, "{}").status_code == 401
    assert list(spill.iterdir()) == []
