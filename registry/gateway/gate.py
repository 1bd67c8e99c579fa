"""The way of a request: its plain form, who asks, which route, may they, what the body says; then on to MLflow."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, Final

import structlog
from django.core.exceptions import DisallowedHost
from django.db import DatabaseError
from rest_framework.exceptions import APIException

from accounts.access import EVERY_MODEL, PermissionRefused, note_refusal, require
from accounts.admission import is_admitted
from accounts.authentication import bearer_or_basic, presented_secret
from accounts.models import User
from mrm.lib.api import as_refusal
from mrm.lib.errors import Malformed, NotSignedIn, Refusal, Unavailable
from registry.gateway import answers, bodies, operations
from registry.gateway.incoming import Incoming
from registry.gateway.normalise import Normal, normalise
from registry.gateway.policy import PERMISSIONS, Access, Judged, judge
from registry.gateway.rules import Rule, RuleRefused
from registry.gateway.upstream import Answer, Outgoing, Said, Upstream, UpstreamFailed
from registry.mlflow_client import governed_tags
from registry.selectors import registered_runs

log = structlog.get_logger()
Begin = Callable[[str, list[tuple[str, str]]], object]
ALIVE: Final = "/livez"
_AGENT: Final = "countersign-gateway"
_CREATE_VERSION: Final = "mlflow/model-versions/create"
_GRAPHQL: Final = "/graphql"


class Gate:
    """A WSGI application in front of one MLflow server. It has no session, no cookie and no page of its own."""

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream

    def __call__(self, environ: dict[str, Any], begin: Begin) -> Iterable[bytes]:  # Any: what WSGI puts in
        incoming = Incoming(environ)
        try:
            answer = self._answer(incoming)
        except (Refusal, APIException, DisallowedHost, DatabaseError) as fault:
            answer = _refused(fault, incoming)
        status = HTTPStatus(answer.status)
        begin(f"{status.value} {status.phrase}", list(answer.headers.items()))
        return answer.body

    def _answer(self, incoming: Incoming) -> Answer:
        asked = normalise(incoming.method, incoming.target)
        if (asked.method, asked.path) == ("GET", ALIVE):
            return _alive()
        incoming.refuse_foreign()
        judged = _admitted(incoming, asked)
        if asked.method == "GET":
            incoming.refuse_body()
            outgoing = Outgoing("GET", asked.target, _headers())
        elif judged.route.access is Access.UPLOAD:
            outgoing = self._upload(incoming, asked, judged)
        else:
            outgoing = self._document(incoming, asked, judged)
        return answers.passed(self._upstream.send(outgoing), judged.route)

    def _upload(self, incoming: Incoming, asked: Normal, judged: Judged) -> Outgoing:
        """Write-once. Between the question and the last byte somebody else may write the same path: two uploads
        that meet within that time both pass, and the later one stands. What scores is sealed by digest all the same."""
        folder = bodies.folder_of(judged.parameters["artifact_path"])
        self._refuse_frozen(bodies.Touched(frozenset({folder.run} - {""}), frozenset({folder.model} - {""})))
        self._refuse_standing(folder.place)
        return Outgoing(
            asked.method,
            asked.target,
            _headers({"Content-Type": incoming.content_type or "application/octet-stream"}),
            incoming.upload(),
            incoming.length,
        )

    def _document(self, incoming: Incoming, asked: Normal, judged: Judged) -> Outgoing:
        """A request whose body is JSON. What was judged is what is sent: the body is written anew."""
        body = incoming.json()
        if judged.route.template == _GRAPHQL:
            if not operations.is_known(str(body.get("query", ""))):
                raise RuleRefused(Rule.GRAPHQL, "This GraphQL operation")
        elif judged.route.access is not Access.READ:
            self._refuse_words(bodies.plain_names(body), judged)
        content = json.dumps(body).encode()
        headers = _headers({"Content-Type": "application/json"})
        return Outgoing(asked.method, asked.target, headers, (content,), len(content))

    def _refuse_words(self, body: bodies.Body, judged: Judged) -> None:
        # On versions the approval has a tag of ours; on a run the word is anybody's.
        own = governed_tags() if judged.route.access is Access.REGISTER else ()
        bodies.refuse_governed_names(body, own)
        bodies.refuse_place_of_own(body)
        bodies.refuse_protected_alias(body)
        if judged.route.access is Access.WRITE_RUN:
            self._refuse_frozen(bodies.touched(body, judged.parameters.get("model_id", "")))
        elif judged.route.name == _CREATE_VERSION:
            self._refuse_foreign_source(body)

    def _refuse_frozen(self, touched: bodies.Touched) -> None:
        for found, form in ((touched.runs, bodies.RUN_ID), (touched.models, bodies.MODEL_ID)):
            if not all(form.fullmatch(each) for each in found):
                raise Malformed(
                    "A run is named by 32 hexadecimal digits, and a logged model by m- and 32 of them."
                )
        frozen = registered_runs(touched.runs | {self._run_of(model) for model in touched.models})
        if frozen:
            raise RuleRefused(Rule.FROZEN, f"A change of the run {min(frozen)}")

    def _run_of(self, model: str) -> str:
        try:
            return self._upstream.run_of_model(model)
        except LookupError:
            raise RuleRefused(Rule.PLACE, f"The logged model {model}, which is not known here,") from None

    def _refuse_standing(self, place: str) -> None:
        folder, _, name = place.rpartition("/")
        said = self._upstream.ask("/api/2.0/mlflow-artifacts/artifacts", {"path": folder})
        if said.status != HTTPStatus.OK:
            raise UpstreamFailed("it does not say which files it holds")
        standing = {str(file["path"]).rpartition("/")[2] for file in said.value.get("files", [])}
        if name in standing:
            raise RuleRefused(Rule.WRITE_ONCE, f"The file {place[:200]!a}")

    def _refuse_foreign_source(self, body: bodies.Body) -> None:
        source = bodies.source_of(body)
        run, model = body.get("run_id") or source.run, body.get("model_id") or source.model
        roots = []
        if run:
            roots.append(_root(self._upstream.ask("/api/2.0/mlflow/runs/get", {"run_id": str(run)}), "run"))
        if model:
            said = self._upstream.ask(f"/api/2.0/mlflow/logged-models/{model}", {})
            roots.append(_root(said, "model"))
            if run and said.value["model"]["info"].get("source_run_id") != run:
                raise RuleRefused(Rule.SOURCE, f"The run {run[:40]!a} of another logged model")
        if source.place and not any(
            f"mlflow-artifacts:/{source.place}/".startswith(f"{root}/") for root in roots
        ):
            raise RuleRefused(Rule.SOURCE, f"The source {source.place[:120]!a}")


def _root(said: Said, kind: str) -> str:
    """Where the files of a run or logged model lie, as MLflow says it."""
    if said.status != HTTPStatus.OK:
        raise RuleRefused(Rule.SOURCE, f"A {kind} that MLflow does not know")
    return str(said.value[kind]["info"].get("artifact_uri", "")).rstrip("/")


def _admitted(incoming: Incoming, asked: Normal) -> Judged:
    """The route, for somebody who may take it. A stranger hears that first, and nothing of what is denied."""
    try:
        judged = judge(asked)
    except RuleRefused:
        _known(incoming)
        raise
    permission = PERMISSIONS[judged.route.access]
    if not is_admitted(secret=presented_secret(incoming.authorization), permission=permission):
        require(actor=_known(incoming), permission=permission, model_slug=EVERY_MODEL)
    return judged


def _known(incoming: Incoming) -> User:
    actor = bearer_or_basic(incoming.authorization, incoming.address)
    if actor is None:
        raise NotSignedIn(
            "This address needs a token: as bearer (MLFLOW_TRACKING_TOKEN), or as the password of any name."
        )
    return actor


def _headers(more: dict[str, str] | None = None) -> dict[str, str]:
    """Nothing of the caller's own headers goes on: not who they are, not where they come from."""
    return {"Accept": "*/*", "User-Agent": _AGENT, **(more or {})}


def _alive() -> Answer:
    return Answer(200, {"content-type": "text/plain", "content-length": "2"}, iter([b"ok"]))


def _refused(fault: Exception, incoming: Incoming) -> Answer:
    refusal = _as_refusal(fault)
    log.info(
        "gateway_refused", status=refusal.status, code=refusal.code, rule=str(getattr(refusal, "rule", ""))
    )
    if isinstance(refusal, PermissionRefused):
        note_refusal(refusal)
    answer = answers.refused(refusal)
    incoming.drain()
    return answer


def _as_refusal(fault: Exception) -> Refusal:
    if isinstance(fault, DisallowedHost):
        return Malformed("This host name is not one of this address.")
    if isinstance(fault, DatabaseError):
        log.error("gateway_without_database", exc_info=fault)
        return Unavailable(
            "Countersign's database does not answer, so nobody can be let through. Try again later."
        )
    refusal = as_refusal(fault)
    if refusal is None:
        raise fault
    return refusal
