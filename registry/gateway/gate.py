"""The way of a request: its plain form, who asks, which route, may they, what the body says; then on to MLflow."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final

import structlog
from django.core.exceptions import DisallowedHost
from django.db import DatabaseError
from prometheus_client import CONTENT_TYPE_LATEST
from rest_framework.exceptions import APIException

from accounts.access import EVERY_MODEL, PermissionRefused, note_refusal, require
from accounts.admission import admitted
from accounts.authentication import bearer_or_basic, presented_secret
from accounts.models import User
from mrm.lib.api import as_refusal
from mrm.lib.errors import Malformed, NotSignedIn, Refusal, Unavailable
from registry.gateway import answers, bodies, metrics, operations, uploads
from registry.gateway.incoming import Incoming
from registry.gateway.metrics import Seen
from registry.gateway.normalise import Normal, normalise
from registry.gateway.pace import Pace
from registry.gateway.policy import PERMISSIONS, Access, Judged, judge
from registry.gateway.rules import Rule, RuleRefused
from registry.gateway.upstream import Answer, Outgoing, Said, Upstream, UpstreamFailed, document, headers
from registry.mlflow_client import governed_tags
from registry.selectors import registered_runs

log = structlog.get_logger()
Begin = Callable[[str, list[tuple[str, str]]], object]
ALIVE, METRICS = "/livez", "/metrics"
_CREATE_RUN: Final = "mlflow/runs/create"
_CREATE_VERSION: Final = "mlflow/model-versions/create"
_SERVER_INFO: Final = "mlflow/server-info"
_GRAPHQL: Final = "/graphql"


class Gate:
    """A WSGI application in front of one MLflow server. It has no session, no cookie and no page of its own."""

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream
        self._pace = Pace()

    def __call__(self, environ: dict[str, Any], begin: Begin) -> Iterable[bytes]:  # Any: what WSGI puts in
        incoming = Incoming(environ)
        answer = _own(incoming) or self._counted(incoming)
        status = HTTPStatus(answer.status)
        begin(f"{status.value} {status.phrase}", list(answer.headers.items()))
        return incoming.in_time(answer.body)

    def _counted(self, incoming: Incoming) -> Answer:
        seen = Seen()
        try:
            answer = self._answer(incoming, seen)
            seen.answered(answer.status)
        except (Refusal, APIException, DisallowedHost, DatabaseError) as fault:
            refusal = _as_refusal(fault)
            answer = _refused(refusal, incoming)
            seen.refused(refusal)
        seen.taken(incoming.taken)
        return replace(answer, body=seen.given(answer.body))

    def _answer(self, incoming: Incoming, seen: Seen) -> Answer:
        asked = normalise(incoming.method, incoming.target)
        incoming.refuse_foreign()
        judged, account = _admitted(incoming, asked)
        seen.access = judged.route.access
        self._pace.take(account)
        if asked.method == "GET":
            incoming.refuse_body()
            answer = self._read(asked, judged)
        elif judged.route.access is Access.UPLOAD:
            folder = bodies.folder_of(judged.parameters["artifact_path"])
            self._refuse_frozen(
                bodies.Touched(frozenset({folder.run} - {""}), frozenset({folder.model} - {""}))
            )
            answer = uploads.send(self._upstream, incoming, asked, folder)
        else:
            answer = self._upstream.send(self._document(incoming, asked, judged, account))
        return answers.passed(answer, judged.route)

    def _read(self, asked: Normal, judged: Judged) -> Answer:
        if judged.route.name == _SERVER_INFO:
            said = self._upstream.ask(asked.path, {})
            if not isinstance(said.value, dict):
                raise UpstreamFailed("it does not say what it offers")
            return answers.json_answer(said.status, answers.offered(said.value))
        return self._upstream.send(Outgoing("GET", asked.target, headers()))

    def _document(self, incoming: Incoming, asked: Normal, judged: Judged, account: str) -> Outgoing:
        """A request whose body is JSON. What was judged is what is sent: the body is written anew."""
        body = incoming.json()
        if judged.route.template == _GRAPHQL:
            if not operations.is_known(str(body.get("query", ""))):
                raise RuleRefused(Rule.GRAPHQL, "This GraphQL operation")
        elif judged.route.access is not Access.READ:
            self._refuse_words(bodies.plain_names(body), judged)
        if judged.route.name == _CREATE_RUN:
            body = bodies.logged_by(body, account)
        return document(asked.method, asked.target, body)

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


def _admitted(incoming: Incoming, asked: Normal) -> tuple[Judged, str]:
    """The route, and the account that may take it. A stranger hears that first, and nothing of what is denied."""
    try:
        judged = judge(asked)
    except RuleRefused:
        _known(incoming)
        raise
    permission = PERMISSIONS[judged.route.access]
    account = admitted(secret=presented_secret(incoming.authorization), permission=permission)
    if not account:
        actor = _known(incoming)
        require(actor=actor, permission=permission, model_slug=EVERY_MODEL)
        account = str(actor.pk)
    return judged, account


def _known(incoming: Incoming) -> User:
    actor = bearer_or_basic(incoming.authorization, incoming.address)
    if actor is None:
        raise NotSignedIn(
            "This address needs a token: as bearer (MLFLOW_TRACKING_TOKEN), or as the password of any name."
        )
    return actor


def _own(incoming: Incoming) -> Answer | None:
    """What the gate says of itself, to everybody and also without MLflow."""
    if incoming.method != "GET" or incoming.target not in {ALIVE, METRICS}:
        return None
    content = b"ok" if incoming.target == ALIVE else metrics.text()
    kind = "text/plain" if incoming.target == ALIVE else CONTENT_TYPE_LATEST
    return Answer(200, {"content-type": kind, "content-length": str(len(content))}, iter([content]))


def _refused(refusal: Refusal, incoming: Incoming) -> Answer:
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
