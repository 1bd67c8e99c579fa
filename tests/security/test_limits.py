"""Bodies, forms, headers and uploads without end: each ends at a limit, with 413 or 400 in words, and leaves nothing."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys

import pytest
from django.conf import settings as ours
from django.core.files.uploadedfile import SimpleUploadedFile

from jobs.models import Job
from mrm.lib import canonical, strict_json
from registry import declarations
from scoring.api import MAX_BODY_BYTES
from tests.badinput.places import problem_with
from tests.lint_project import ROOT
from tests.security.addresses import pages
from tests.security.answers import header_faults

pytestmark = pytest.mark.control("security:malformed-input")
LARGE = "x" * (ours.DATA_UPLOAD_MAX_MEMORY_SIZE + 10)
MANY = 5_000


@pytest.fixture
def dana(browser):
    return browser("dana")


def test_a_page_says_that_too_much_was_sent(dana):
    answer = dana.post("/propose-model", {"name": LARGE, "slug": "large"})
    assert (answer.status_code, answer["Content-Type"]) == (413, "text/html; charset=utf-8")
    assert "larger than what is read here" in answer.content.decode()
    assert header_faults("/propose-model", answer) == []


def test_every_form_ends_at_the_limit(browser, values):
    client = browser("dana", enforce_csrf_checks=True)
    for page in pages():
        answer = client.post(
            page.path(values), f"a={LARGE}", content_type="application/x-www-form-urlencoded"
        )
        assert answer.status_code in (403, 413), str(page)


@pytest.mark.parametrize("kind", ["fields", "files"])
def test_a_form_of_too_many_fields_or_files_is_refused(dana, caller, kind):
    made = {f"f{number}": "x" for number in range(MANY)}
    if kind == "files":
        made = {name: SimpleUploadedFile("a.csv", b"a") for name in list(made)[:500]}
    before = Job.objects.count()
    assert dana.post("/snapshots/import", made).status_code == 413
    for upload in made.values():
        if hasattr(upload, "seek"):
            upload.seek(0)
    answer = caller("dana").post("/api/v1/snapshots", made, format="multipart")
    assert (answer.status_code in (400, 413), problem_with(answer)) == (True, None)
    assert Job.objects.count() == before


def test_a_field_of_a_form_with_a_file_ends_at_the_limit_too(dana):
    sent = {"file": SimpleUploadedFile("a.csv", b"a,b\n"), "attribution": LARGE}
    assert dana.post("/snapshots/import", sent).status_code == 413


def test_json_ends_at_its_size_and_depth(caller):
    dana = caller("dana")
    for body, status in (
        (json.dumps({"name": "x" * strict_json.MAX_BYTES}), 413),
        ("[" * (strict_json.MAX_DEPTH + 1) + "]" * (strict_json.MAX_DEPTH + 1), 400),
        ("[" * 500_000, 400),
    ):
        answer = dana.generic("POST", "/api/v1/models", body, content_type="application/json")
        assert (answer.status_code, problem_with(answer)) == (status, None)


def test_a_score_ends_at_a_smaller_size(caller):
    body = json.dumps({"reference": "x" * MAX_BODY_BYTES, "features": {}})
    answer = caller("lia").generic(
        "POST", "/api/v1/models/card-limit/score", body, content_type="application/json"
    )
    assert (answer.status_code, problem_with(answer)) == (413, None)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "identity, gzip"])
def test_a_compressed_body_is_never_unpacked(caller, encoding):
    """A bomb needs somebody to unpack it: here its bytes are read as they are, and are no JSON."""
    bomb = gzip.compress(b'{"name":"' + b"x" * 50_000_000 + b'"}')
    answer = caller("dana").generic(
        "POST",
        "/api/v1/models",
        bomb,
        content_type="application/json",
        headers={"Content-Encoding": encoding},
    )
    assert (answer.status_code, problem_with(answer)) == (400, None)


@pytest.mark.parametrize(
    "name",
    [
        "Authorization",
        "Idempotency-Key",
        "If-Match",
        "Accept-Language",
        "Cookie",
        "X-Forwarded-For",
        "Referer",
    ],
)
def test_a_long_header_is_no_fault(caller, name):
    answer = caller("dana").post("/api/v1/models", {}, format="json", headers={name: "a" * 8_000})
    assert (answer.status_code in (400, 401, 422), problem_with(answer)) == (True, None)


def test_a_length_that_lies_is_no_fault(caller):
    dana = caller("dana")
    for length in ("-1", ""):
        answer = dana.generic(
            "POST", "/api/v1/models", b"{}", content_type="application/json", CONTENT_LENGTH=length
        )
        assert answer.status_code < 500, length


UNPACK = """
import sys
from pathlib import Path
from registry.frames import confined
confined.ADDRESS_SPACE_BYTES = 3 * 2**30
from mrm.lib import child
sys.exit(child.main("registry.frames.confined:inspect", Path(sys.argv[1])))
"""


def test_a_small_file_that_stands_for_gigabytes_is_refused_inside_its_child(tmp_path):
    import pyarrow as pa
    from pyarrow import parquet

    rows = 5_000
    equal = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), ["x" * 1_000_000])
    table = pa.table({"Y": pa.array([0, 1] * (rows // 2)), "s": equal})
    parquet.write_table(table, tmp_path / "upload.parquet", store_schema=False, compression="zstd")
    assert (tmp_path / "upload.parquet").stat().st_size < 100_000
    spec = declarations.Declaration(name="bomb", format="parquet", target="Y").spec("only-for-tests")
    (tmp_path / "spec.json").write_bytes(canonical.dumps(spec))
    # Its end of the pipe stays open: a child whose parent is gone ends by itself.
    child = subprocess.Popen((sys.executable, "-c", UNPACK, str(tmp_path)), cwd=ROOT, stdin=subprocess.PIPE)
    assert child.wait(timeout=300) == 1
    child.stdin.close()
    assert "The table was refused" in (tmp_path / "refusal.json").read_text()
