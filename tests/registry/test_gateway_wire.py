"""The gate over bytes: who is let in, what of a request and of an answer goes on, and an end to every wait. What stands
behind it here is a small server of this file, which remembers what it was sent."""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import io
import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import time_machine

from accounts import tokens
from accounts.models import Token
from accounts.services import disable_user, issue_token, permissions_of
from mrm.lib import clock
from registry.gateway import incoming, rows, upstream, watch
from registry.gateway.gate import Gate
from registry.gateway.upstream import Upstream
from tests.accounts.granting import regulator

GET_RUN = "/api/2.0/mlflow/runs/get?run_id=" + "a" * 32
SEARCH = "/api/2.0/mlflow/runs/search"
CREATE = "/api/2.0/mlflow/runs/create"
UPDATE = "/api/2.0/mlflow/runs/update"
FILE = f"/api/2.0/mlflow-artifacts/artifacts/1/{'a' * 32}/artifacts/notes.txt"
EXAMPLE = FILE.replace("notes.txt", "model/input_example.json")
RESULTS = FILE.replace("notes.txt", "eval_results_table.json")
JSON = "application/json"


class Behind(ThreadingHTTPServer):
    """Answers with `answer` after `delay`, and to uploads with another one where there is one; keeps what it was sent."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.sent: list[tuple[str, str, dict[str, str], bytes]] = []
        self.answer: tuple[int, dict[str, str], bytes] = (200, {"Content-Type": JSON}, b"{}")
        self.upload_answer: tuple[int, dict[str, str], bytes] | None = None
        self.delay = 0.0
        self.cut_after: int | None = None
        self.dies_at_upload = False

    def handle_error(self, *_: object) -> None:
        """A gate that gives up waiting breaks the connection: that is what is tested."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        behind = self.server
        if behind.dies_at_upload and self.command == "PUT":
            self.close_connection = True
            return
        body = self._body()
        behind.sent.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body))
        time.sleep(behind.delay)
        status, headers, content = (self.command == "PUT" and behind.upload_answer) or behind.answer
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: behind.cut_after])
        self.close_connection = behind.cut_after is not None

    do_POST = do_PUT = do_PATCH = do_GET  # noqa: N815 (the library's names)

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        content = b""
        while size := int(self.rfile.readline(), 16):
            content += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return content

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def behind():
    server = Behind()
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def token(cast):
    return secret_of(cast.dana)


def secret_of(user) -> str:
    return issue_token(actor=user, name="lab", days=1, scopes=sorted(permissions_of(user)))[1]


class Asked:
    """One request as gunicorn would hand it over, and its answer."""

    def __init__(
        self, url: str | Gate, method: str, target: str, body: bytes = b"", token: str = "", **more: object
    ) -> None:
        environ = {
            "REQUEST_METHOD": method,
            "RAW_URI": target,
            "PATH_INFO": "/",
            "QUERY_STRING": "",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8001",
            "HTTP_HOST": "127.0.0.1:8001",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "CONTENT_LENGTH": str(len(body)) if body else "",
            "CONTENT_TYPE": JSON if body else "",
            **({"HTTP_AUTHORIZATION": f"Bearer {token}"} if token else {}),
            **more,
        }
        self.headers: dict[str, str] = {}
        self.status = 0
        gate = url if isinstance(url, Gate) else Gate(Upstream(url))
        self.body = b"".join(gate({name: v for name, v in environ.items() if v is not None}, self._begin))

    def _begin(self, status: str, headers: list[tuple[str, str]]) -> None:
        self.status = int(status.split(maxsplit=1)[0])
        self.headers = {name.lower(): value for name, value in headers}

    @property
    def said(self) -> dict[str, str]:
        found = json.loads(self.body)
        assert set(found) == {"error_code", "message"}
        return found


@pytest.mark.django_db
class TestWho:
    def test_a_token_as_bearer_and_as_the_password_of_any_name(self, behind, token):
        basic = base64.b64encode(f"whoever:{token}".encode()).decode()
        assert Asked(behind.url, "GET", GET_RUN, token=token).status == 200
        assert Asked(behind.url, "GET", GET_RUN, HTTP_AUTHORIZATION=f"Basic {basic}").status == 200

    @pytest.mark.parametrize(
        "header",
        [
            None,
            "",
            "Bearer",
            "Bearer mrm_00000000_x",
            "Basic",
            "Basic %%%",
            "Basic " + base64.b64encode(b"no-colon").decode(),
            "Basic " + base64.b64encode("dana:ß".encode()).decode(),
            "Digest x",
            "Bearer " + "x" * 5_000,
        ],
    )
    def test_nobody_else_is_let_in(self, behind, header):
        answer = Asked(behind.url, "GET", GET_RUN, HTTP_AUTHORIZATION=header)
        assert (answer.status, answer.said["error_code"]) == (401, "UNAUTHENTICATED")
        assert answer.headers["www-authenticate"].startswith("Basic ")
        assert behind.sent == []

    @pytest.mark.control("security:gateway-bypass")
    def test_a_disabled_user_and_an_ended_token_are_strangers(self, behind, cast, token):
        expired = secret_of(cast.victor)
        Token.objects.filter(user=cast.victor).update(expires_at=clock.now())
        disable_user(actor=cast.olga, user=cast.dana)
        assert [Asked(behind.url, "GET", GET_RUN, token=each).status for each in (token, expired)] == [
            401,
            401,
        ]

    @pytest.mark.control("security:gateway-bypass")
    def test_who_reads_one_model_only_does_not_read_mlflow(self, behind, cast):
        rita = regulator(cast, "card-limit")
        answer = Asked(behind.url, "GET", GET_RUN, token=secret_of(rita))
        assert (answer.status, answer.said["error_code"]) == (403, "PERMISSION_DENIED")
        assert behind.sent == []

    def test_a_token_carries_no_more_than_its_scopes(self, behind, cast):
        _, narrow = issue_token(actor=cast.dana, name="lab", days=1, scopes=["registry:inventory:read"])
        assert Asked(behind.url, "GET", GET_RUN, token=narrow).status == 200
        assert Asked(behind.url, "POST", CREATE, b"{}", token=narrow).status == 403

    def test_a_refused_permission_is_an_entry_in_the_ledger(self, behind, cast):
        from audit.selectors import rows

        Asked(behind.url, "POST", CREATE, b"{}", token=secret_of(cast.victor))
        assert "access:refused" in [row.event for row in rows()]

    def test_superuser_is_not_a_role(self, behind, cast):
        """Not even with a token that names the permission, which no service issues to root."""
        prefix, secret = tokens.new_secret()
        Token(
            user=cast.root,
            name="made",
            prefix=prefix,
            secret_digest=tokens.digest_of(secret),
            scopes=["registry:inventory:read"],
            created_at=clock.now(),
            expires_at=clock.now() + dt.timedelta(days=1),
        ).save(force_insert=True)
        assert Asked(behind.url, "GET", GET_RUN, token=secret).status == 403


@pytest.mark.django_db
class TestWhatGoesOn:
    def test_nothing_of_the_callers_own_headers(self, behind, token):
        told = {
            "HTTP_COOKIE": "a=b",
            "HTTP_X_FORWARDED_FOR": "1.2.3.4",
            "HTTP_X_FORWARDED_HOST": "evil",
            "HTTP_X_MLFLOW_WORKSPACE": "other",
            "HTTP_CONNECTION": "x-mine",
            "HTTP_X_MINE": "1",
            "HTTP_X_HTTP_METHOD_OVERRIDE": "DELETE",
            "HTTP_REFERER": "http://x",
        }
        assert Asked(behind.url, "POST", SEARCH, b"{}", token=token, **told).status == 200
        ((_, _, headers, _),) = behind.sent
        assert set(headers) == {"host", "accept", "user-agent", "content-type", "content-length"}
        assert headers["host"] == behind.url.removeprefix("http://")

    def test_the_body_is_written_anew_from_what_was_judged(self, behind, token):
        Asked(behind.url, "POST", SEARCH, b'{ "filter" : "caf\xc3\xa9" , "max_results":5}', token=token)
        assert json.loads(behind.sent[0][3]) == {"filter": "café", "max_results": 5}

    @pytest.mark.control("security:gateway-bypass")
    def test_a_new_run_carries_the_account_of_its_token(self, behind, cast, token):
        """At the first use of a token, and when a single statement lets it through."""
        own = {"key": "mrm.logged_by", "value": str(cast.dana.pk)}
        Asked(behind.url, "POST", CREATE, b'{"tags":[{"key":"team","value":"x"}]}', token=token)
        Asked(behind.url, "POST", CREATE, b"{}", token=token)
        Asked(behind.url, "POST", CREATE, b'{"tags":null}', token=token)
        assert [json.loads(body)["tags"] for *_, body in behind.sent] == [
            [{"key": "team", "value": "x"}, own],
            [own],
            [own],
        ]

    def test_only_a_new_run_does(self, behind, token):
        Asked(behind.url, "POST", SEARCH, b"{}", token=token)
        Asked(behind.url, "POST", UPDATE, b'{"run_id":"' + b"a" * 32 + b'"}', token=token)
        assert not [body for *_, body in behind.sent if b"mrm." in body]

    def test_a_cookie_and_an_address_of_mlflow_do_not_come_back(self, behind, token):
        behind.answer = (200, {"Set-Cookie": "a=b", "X-Where": behind.url, "Content-Type": JSON}, b"{}")
        assert not {"set-cookie", "x-where", "server"} & set(
            Asked(behind.url, "GET", GET_RUN, token=token).headers
        )

    def test_a_redirect_is_not_followed_and_not_passed_on(self, behind, token):
        behind.answer = (307, {"Location": "http://127.0.0.1/secret"}, b"")
        answer = Asked(behind.url, "GET", GET_RUN, token=token)
        assert (answer.status, "location" in answer.headers) == (502, False)

    @pytest.mark.control("security:stored-script")
    @pytest.mark.parametrize(
        "target", [FILE, "/get-artifact?path=x.html&run_uuid=1", "/model-versions/get-artifact?path=x.html"]
    )
    def test_a_file_is_kept_by_a_browser_and_never_shown(self, behind, token, target):
        behind.answer = (200, {"Content-Type": "text/html"}, b"<script>alert(1)</script>")
        headers = Asked(behind.url, "GET", target, token=token).headers
        assert headers["content-disposition"].startswith("attachment")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"].endswith("; sandbox")
        assert "'unsafe-inline'" not in headers["content-security-policy"]

    def test_a_file_goes_up_whole_with_its_length_or_in_chunks(self, behind, token):
        behind.answer = (200, {"Content-Type": JSON}, b'{"files": []}')
        content = bytes(range(256)) * 1_000
        Asked(behind.url, "PUT", FILE, content, token=token, CONTENT_TYPE="text/plain")
        Asked(
            behind.url,
            "PUT",
            FILE,
            content,
            token=token,
            CONTENT_LENGTH=None,
            HTTP_TRANSFER_ENCODING="chunked",
        )
        assert [body for method, _, _, body in behind.sent if method == "PUT"] == [content, content]

    @pytest.mark.parametrize("prefix", ["/api", "/ajax-api"])
    def test_what_the_gate_refuses_is_not_offered_to_the_client(self, behind, token, prefix):
        """Otherwise the client would ask for presigned addresses once the files lie in an object store."""
        said = {
            "store_type": "SqlStore",
            "multipart_uploads_enabled": True,
            "multipart_downloads_enabled": True,
            "presigned_upload_run_id_supported": True,
            "presigned_upload_model_id_supported": True,
            "features_enabled": {"gateway": True},
        }
        behind.answer = (200, {"Content-Type": JSON}, json.dumps(said).encode())
        answer = Asked(behind.url, "GET", f"{prefix}/3.0/mlflow/server-info", token=token)
        assert json.loads(answer.body) == {
            **dict.fromkeys(said, False),
            "store_type": "SqlStore",
            "features_enabled": {"gateway": False},
        }
        assert answer.headers["content-length"] == str(len(answer.body))

    @pytest.mark.control("privacy:canary")
    def test_an_input_example_goes_on_as_one_synthetic_row_and_its_run_says_so(self, behind, token):
        behind.answer = (200, {"Content-Type": JSON}, b'{"files": []}')
        content = json.dumps({"columns": ["age"], "data": [[987654321], [2]]}).encode()
        assert Asked(behind.url, "PUT", EXAMPLE, content, token=token).status == 200
        _, (_, _, headers, sent), (method, path, _, tag) = behind.sent
        assert (json.loads(sent), headers["content-length"]) == (
            {"columns": ["age"], "data": [[0]]},
            str(len(sent)),
        )
        assert (method, path) == ("POST", "/api/2.0/mlflow/runs/set-tag")
        assert json.loads(tag) == {
            "run_id": "a" * 32,
            "key": "mrm.input_example",
            "value": rows.EXAMPLE_WORDS,
        }

    def test_an_input_example_that_mlflow_refuses_leaves_no_tag(self, behind, token):
        behind.answer = (200, {"Content-Type": JSON}, b'{"files": []}')
        behind.upload_answer = (500, {"Content-Type": JSON}, b"{}")
        assert Asked(behind.url, "PUT", EXAMPLE, b"[1]", token=token).status == 500
        assert [method for method, *_ in behind.sent] == ["GET", "PUT"]

    @pytest.mark.control("privacy:canary")
    def test_an_input_example_in_another_form_or_too_large_is_refused(self, behind, token):
        behind.answer = (200, {"Content-Type": JSON}, b'{"files": []}')
        csv = Asked(behind.url, "PUT", EXAMPLE.replace("json", "csv"), b"age\n51\n", token=token)
        torn = Asked(behind.url, "PUT", EXAMPLE, b'{"columns":', token=token)
        large = Asked(behind.url, "PUT", EXAMPLE, b"[" + b"1," * 600_000 + b"1]", token=token)
        chunked = Asked(
            behind.url,
            "PUT",
            EXAMPLE,
            b"[" + b"1," * 600_000 + b"1]",
            token=token,
            CONTENT_LENGTH=None,
            HTTP_TRANSFER_ENCODING="chunked",
        )
        assert [each.status for each in (csv, torn, large, chunked)] == [403, 403, 413, 413]
        assert all(
            "input_example=frame.head(1)" in each.said["message"] for each in (csv, torn, large, chunked)
        )
        assert "rule example" in csv.said["message"]
        assert not [method for method, *_ in behind.sent if method == "PUT"]

    @pytest.mark.control("privacy:canary")
    def test_the_table_of_an_evaluation_goes_on_as_a_note(self, behind, token):
        behind.answer = (200, {"Content-Type": JSON}, b'{"files": []}')
        table = json.dumps({"columns": ["age"], "data": [[987654321]] * 300_000}).encode()
        assert Asked(behind.url, "PUT", RESULTS, table, token=token).status == 200
        (sent,) = (body for method, _, _, body in behind.sent if method == "PUT")
        assert json.loads(sent) == {"columns": ["note"], "data": [[rows.RESULTS_WORDS]]}

    def test_only_the_reading_operations_of_the_pages_are_answered(self, behind, token):
        from tests.registry.mlflow_bundle import texts

        known = json.dumps({"query": texts()["GetRun"], "variables": {}}).encode()
        other = json.dumps({"query": 'mutation { testMutation(inputString: "x") { output } }'}).encode()
        assert Asked(behind.url, "POST", "/graphql", known, token=token).status == 200
        answer = Asked(behind.url, "POST", "/graphql", other, token=token)
        assert (answer.status, len(behind.sent)) == (403, 1)
        assert "rule graphql" in answer.said["message"]


@pytest.mark.django_db
@pytest.mark.control("security:gateway-bypass")
class TestRefused:
    @pytest.mark.parametrize(
        ("more", "status"),
        [
            ({"HTTP_ORIGIN": "http://evil.example"}, 403),
            ({"HTTP_ORIGIN": "null"}, 403),
            ({"HTTP_SEC_FETCH_SITE": "cross-site"}, 403),
            ({"HTTP_SEC_FETCH_SITE": "same-site"}, 403),
            ({"HTTP_SEC_FETCH_SITE": "cross-site", "HTTP_SEC_FETCH_MODE": "navigate"}, 403),
            ({"HTTP_ORIGIN": "http://127.0.0.1:8001", "HTTP_SEC_FETCH_SITE": "same-origin"}, 200),
            ({"HTTP_HOST": "evil.example"}, 400),
        ],
    )
    def test_another_site_does_not_use_the_password_that_a_browser_keeps(
        self, behind, token, settings, more, status
    ):
        settings.ALLOWED_HOSTS = ["127.0.0.1"]
        assert Asked(behind.url, "POST", SEARCH, b"{}", token=token, **more).status == status

    @pytest.mark.parametrize(
        ("body", "kind", "status"),
        [
            (b"{", JSON, 400),
            (b"[]", JSON, 400),
            (b'"{}"', JSON, 400),
            (b'{"a":1,"a":2}', JSON, 400),
            (b'{"a": NaN}', JSON, 400),
            (b'{"a":"\\ud800"}', JSON, 400),
            ('{"a":1}'.encode("utf-16"), JSON, 400),
            (b"[" * 5_000, JSON, 400),
            (b"{}", "text/plain", 400),
            (b"{}", "", 400),
            (b"{}", "application/json; charset=utf-16", 400),
            (b"a=b", "application/x-www-form-urlencoded", 400),
            (b'{"run_id":"A"}', JSON, 400),
            (b'{"run_id":7}', JSON, 400),
            (b'"' + b"x" * 1_000_001 + b'"', JSON, 413),
        ],
    )
    def test_a_body_that_is_not_plain_json(self, behind, token, body, kind, status):
        answer = Asked(
            behind.url, "POST", "/api/2.0/mlflow/runs/log-batch", body, token=token, CONTENT_TYPE=kind
        )
        assert (answer.status, behind.sent) == (status, [])
        assert answer.said["message"]

    def test_a_compressed_body_and_the_body_of_a_get(self, behind, token):
        packed = Asked(behind.url, "POST", SEARCH, b"{}", token=token, HTTP_CONTENT_ENCODING="gzip")
        hidden = Asked(behind.url, "GET", GET_RUN, b'{"run_id":"x"}', token=token)
        assert (packed.status, hidden.status, behind.sent) == (400, 400, [])

    def test_a_file_that_is_too_large(self, behind, token, monkeypatch):
        behind.answer = (200, {"Content-Type": JSON}, b'{"files": []}')
        monkeypatch.setattr(incoming, "MAX_UPLOAD_BYTES", 1_000)
        said = Asked(behind.url, "PUT", FILE, b"x" * 1_001, token=token)
        sent = Asked(
            behind.url,
            "PUT",
            FILE,
            b"x" * 1_001,
            token=token,
            CONTENT_LENGTH=None,
            HTTP_TRANSFER_ENCODING="chunked",
        )
        assert (said.status, sent.status) == (413, 413)

    @pytest.mark.parametrize(
        ("target", "limit"),
        [
            (SEARCH, "JSON_SECONDS"),
            (FILE, "PIECE_SECONDS"),
            (EXAMPLE, "JSON_SECONDS"),
            (RESULTS, "UPLOAD_SECONDS"),
        ],
    )
    def test_a_body_that_comes_too_slowly(self, behind, token, monkeypatch, target, limit):
        """Byte by byte, so that no single wait is long."""
        behind.answer = (200, {"Content-Type": JSON}, b'{"files": []}')
        monkeypatch.setattr(incoming, limit, 0.3)
        monkeypatch.setattr(watch, "_LOOK_SECONDS", 0.05)
        ours, theirs = socket.socketpair()
        ended = threading.Event()

        def drip() -> None:
            with contextlib.suppress(OSError):
                while not ended.wait(0.05):
                    theirs.send(b" ")

        dripping = threading.Thread(target=drip, daemon=True)
        dripping.start()
        began = time.monotonic()
        with ours, theirs, ours.makefile("rb") as stream:
            more = {
                "wsgi.input": stream,
                "gunicorn.socket": ours,
                "CONTENT_LENGTH": "1000",
                "CONTENT_TYPE": JSON,
            }
            answer = Asked(behind.url, "POST" if target == SEARCH else "PUT", target, token=token, **more)
        ended.set()
        dripping.join()
        assert (answer.status, time.monotonic() - began < 5) == (408, True)
        # Of a file, MLflow has seen the beginning, and a connection that broke.
        assert {method for method, *_ in behind.sent} <= ({"GET", "PUT"} if target == FILE else {"GET"})

    def test_a_body_that_ends_before_its_end(self, behind, token):
        behind.answer = (200, {"Content-Type": JSON}, b'{"files": []}')
        half = Asked(behind.url, "PUT", FILE, b"x" * 10, token=token, CONTENT_LENGTH="20")
        assert (half.status, half.said["message"]) == (
            408,
            "The body ended before its end, or came too slowly. Nothing was kept of it; send it again.",
        )


@pytest.mark.django_db
class TestCounted:
    @pytest.mark.control("security:throttles")
    def test_who_asks_too_often_is_told_when_to_come_back(self, behind, cast, token, settings):
        settings.MRM_LIMITS = {**settings.MRM_LIMITS, "gateway": 3}
        gate, other = Gate(Upstream(behind.url)), secret_of(cast.dana)
        with time_machine.travel(clock.now().replace(second=10, microsecond=0), tick=False):
            asked = [Asked(gate, "GET", GET_RUN, token=token).status for _ in range(3)]
            # By any token of the same account: a second one is no second share.
            over = Asked(gate, "GET", GET_RUN, token=other)
            assert Asked(gate, "GET", GET_RUN, token=secret_of(cast.victor)).status == 200
        assert (asked, over.status, over.headers["retry-after"]) == ([200] * 3, 429, "50")
        assert over.said["error_code"] == "REQUEST_LIMIT_EXCEEDED"
        assert len(behind.sent) == 4

    def test_the_gate_counts_what_came_of_its_requests(self, behind, cast, token):
        before = told()
        Asked(behind.url, "GET", GET_RUN, token=token)
        Asked(behind.url, "POST", SEARCH, b"{}", token=token)
        Asked(behind.url, "GET", GET_RUN)
        Asked(behind.url, "DELETE", FILE, token=token)
        Asked(behind.url, "POST", CREATE, b"{}", token=secret_of(cast.victor))
        behind.answer = (404, {"Content-Type": JSON}, b"{}")
        Asked(behind.url, "GET", GET_RUN, token=token)
        Asked("http://127.0.0.1:9", "GET", GET_RUN, token=token)
        grown = {name: value - before.get(name, 0) for name, value in told().items()}
        assert {name: value for name, value in grown.items() if "requests_total" in name and value} == {
            'mrm_gateway_requests_total{access="read",outcome="answered"}': 2,
            'mrm_gateway_requests_total{access="read",outcome="refused-by-mlflow"}': 1,
            'mrm_gateway_requests_total{access="read",outcome="mlflow-failed"}': 1,
            'mrm_gateway_requests_total{access="none",outcome="not-signed-in"}': 1,
            'mrm_gateway_requests_total{access="none",outcome="gateway-rule"}': 1,
            'mrm_gateway_requests_total{access="none",outcome="not-allowed"}': 1,
        }
        assert grown["mrm_gateway_upstream_failures_total"] == 1
        assert grown['mrm_gateway_bytes_total{way="up"}'] == 4
        assert grown['mrm_gateway_bytes_total{way="down"}'] > 6
        assert grown['mrm_gateway_seconds_count{access="read"}'] == 4

    @pytest.mark.control("privacy:canary")
    def test_no_label_names_a_person_a_run_or_an_address(self, behind, cast, token):
        Asked(behind.url, "GET", GET_RUN, token=token)
        Asked(behind.url, "GET", "/api/2.0/mlflow/canary-93c1", token=token)
        text = "\n".join(told())
        assert not [
            word for word in ("dana", str(cast.dana.pk), "a" * 32, "canary", "runs/get") if word in text
        ]


def told() -> dict[str, float]:
    """What the gate says at its own address, to everybody."""
    answer = Asked("http://127.0.0.1:9", "GET", "/metrics")
    lines = [line for line in answer.body.decode().splitlines() if line.startswith("mrm_")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


@pytest.mark.django_db
@pytest.mark.control("reliability:mlflow-down")
class TestMlflowFails:
    def test_nothing_listens(self, token):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            answer = Asked(f"http://127.0.0.1:{free.getsockname()[1]}", "GET", GET_RUN, token=token)
        assert (answer.status, answer.said["error_code"]) == (502, "TEMPORARILY_UNAVAILABLE")
        assert "nothing listens there" in answer.said["message"]

    def test_it_takes_too_long(self, behind, token, monkeypatch):
        monkeypatch.setattr(upstream, "ANSWER_SECONDS", 0.2)
        behind.delay = 2.0
        began = time.monotonic()
        answer = Asked(behind.url, "GET", GET_RUN, token=token)
        assert (answer.status, time.monotonic() - began < 1.5) == (502, True)
        assert "takes too long" in answer.said["message"]

    def test_it_breaks_off_in_the_middle_of_an_answer(self, behind, token):
        """The caller must not take half a file for a whole one: the connection breaks."""
        behind.answer, behind.cut_after = (200, {"Content-Type": JSON}, b"x" * 1_000), 10
        with pytest.raises(upstream.UpstreamFailed, match="middle of an answer"):
            Asked(behind.url, "GET", GET_RUN, token=token)

    def test_it_dies_in_the_middle_of_an_upload(self, behind, token):
        behind.answer = (200, {"Content-Type": JSON}, b'{"files": []}')
        behind.dies_at_upload = True
        answer = Asked(behind.url, "PUT", FILE, bytes(8_000_000), token=token)
        assert (answer.status, answer.said["error_code"]) == (502, "TEMPORARILY_UNAVAILABLE")

    def test_it_does_not_say_which_files_it_holds(self, behind, token):
        behind.answer = (404, {"Content-Type": JSON}, b"{}")
        assert Asked(behind.url, "PUT", FILE, b"x", token=token).status == 502
        assert [method for method, *_ in behind.sent] == ["GET"]

    def test_a_connection_that_it_has_closed_is_not_used_again(self, behind):
        pool = Upstream(behind.url)
        list(pool.send(upstream.Outgoing("GET", "/version")).body)
        ((kept, _),) = pool._idle
        kept.sock.shutdown(socket.SHUT_RD)
        assert pool.send(upstream.Outgoing("GET", "/version")).status == 200


def test_the_process_says_that_it_is_alive_without_mlflow(db):
    assert Asked("http://127.0.0.1:9", "GET", "/livez").body == b"ok"
