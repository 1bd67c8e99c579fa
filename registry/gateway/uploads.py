"""A file on its way to MLflow: written once, and without anybody's rows where its name says that it carries some."""

from __future__ import annotations

from http import HTTPStatus

import structlog

from mrm.lib.errors import TooLarge
from registry.gateway import rows
from registry.gateway.bodies import Source
from registry.gateway.incoming import Incoming
from registry.gateway.normalise import Normal
from registry.gateway.rules import Rule, RuleRefused
from registry.gateway.upstream import Answer, Outgoing, Upstream, UpstreamFailed, document, headers

log = structlog.get_logger()


def send(upstream: Upstream, incoming: Incoming, asked: Normal, folder: Source) -> Answer:
    """Between the question and the last byte somebody else may write the same path: two uploads that meet within that
    time both pass, and the later one stands. What scores is sealed by digest all the same."""
    _refuse_standing(upstream, folder.place)
    answer = upstream.send(_outgoing(incoming, asked, folder.place))
    if answer.status == HTTPStatus.OK and rows.is_example(folder.place):
        _mark_example(upstream, folder)
    return answer


def _outgoing(incoming: Incoming, asked: Normal, place: str) -> Outgoing:
    said = headers(incoming.content_type or "application/octet-stream")
    if rows.is_example(place):
        content = _example(incoming, place)
    elif rows.is_results(place):
        content = _results(incoming)
    else:
        return Outgoing(asked.method, asked.target, said, incoming.upload(), incoming.length)
    return Outgoing(asked.method, asked.target, said, (content,), len(content))


def _example(incoming: Incoming, place: str) -> bytes:
    rows.refuse_other_form(place)
    try:
        return rows.synthetic(incoming.whole(rows.MAX_EXAMPLE_BYTES))
    except TooLarge:
        raise rows.too_large() from None


def _results(incoming: Incoming) -> bytes:
    """The rows are taken in and let go, so that the client goes on."""
    for _ in incoming.upload():
        pass
    return rows.results_note()


def _refuse_standing(upstream: Upstream, place: str) -> None:
    folder, _, name = place.rpartition("/")
    said = upstream.ask("/api/2.0/mlflow-artifacts/artifacts", {"path": folder})
    if said.status != HTTPStatus.OK:
        raise UpstreamFailed("it does not say which files it holds")
    standing = {str(file["path"]).rpartition("/")[2] for file in said.value.get("files", [])}
    if name in standing:
        raise RuleRefused(Rule.WRITE_ONCE, f"The file {place[:200]!a}")


def _mark_example(upstream: Upstream, folder: Source) -> None:
    """What stands there is synthetic whether or not MLflow takes the tag that says so."""
    try:
        answer = upstream.send(document(*rows.marked(folder)))
        for _ in answer.body:
            pass
    except UpstreamFailed:
        log.warning("gateway_example_unmarked")
