"""The words of every refusal: which rule, why, and the page where it can be asked for. They reach a data scientist
inside the traceback of the stock client, so each stands alone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from mrm.lib.errors import Refusal


class Rule(StrEnum):
    UNKNOWN = "unknown"
    DELETE = "delete"
    RENAME = "rename"
    STAGE = "stage"
    ALIAS = "alias"
    TAG = "tag"
    FROZEN = "frozen"
    WRITE_ONCE = "write-once"
    PLACE = "place"
    EXAMPLE = "example"
    SOURCE = "source"
    BYPASS = "bypass"
    TRACE = "trace"
    OUTSIDE = "outside"
    UNUSED = "unused"
    GRAPHQL = "graphql"
    ORIGIN = "origin"
    ADDRESS = "address"


@dataclass(frozen=True)
class Words:
    """Why, and the path of the page where to ask. A test compares the paths with the application's own."""

    why: str
    page: str


_MODELS, _CONNECT = "/models", "/connect"
WORDS: Final[dict[Rule, Words]] = {
    Rule.UNKNOWN: Words("this address is not one that the governed MLflow offers", _CONNECT),
    Rule.DELETE: Words(
        "nothing is deleted, restored or taken back through this address, so that what was tried stays on record;"
        " log a new run or version instead",
        _MODELS,
    ),
    Rule.RENAME: Words(
        "experiments and models keep their names, because reviews refer to them; create a new one",
        _MODELS,
    ),
    Rule.STAGE: Words(
        "stages are not set here: a version moves by its review; submit the version for validation there",
        _MODELS,
    ),
    Rule.ALIAS: Words(
        "the aliases champion, challenger and previous-champion follow approved deployments and are set by nobody;"
        " ask for the approval of the version there, or take another alias",
        _MODELS,
    ),
    Rule.TAG: Words(
        "names that begin with mrm., and on versions the tag that says approved, are written by Countersign only; take"
        " another name",
        _MODELS,
    ),
    Rule.FROZEN: Words(
        "a version was registered from this run, so the run takes no more metrics, parameters, tags or files; log a"
        " new run and register it as the next version there",
        _MODELS,
    ),
    Rule.WRITE_ONCE: Words(
        "a file is written once, and something stands at this path already; log it under another name or in a new run",
        _MODELS,
    ),
    Rule.PLACE: Words(
        "files go into the folder of a run or of a logged model, and nowhere else; use log_artifact inside a run",
        _CONNECT,
    ),
    Rule.EXAMPLE: Words(
        "an input example passes as one synthetic row in the form of its columns, so it has to be a form that is"
        " understood; give a data frame, a dense array or plain lists and objects, as in input_example=frame.head(1),"
        " which MLflow writes as input_example.json",
        _CONNECT,
    ),
    Rule.SOURCE: Words(
        "a version is made from the files of a run or logged model that stands in this MLflow, and the run or model"
        " that is named is the one its files belong to; register it as runs:/<run id>/<path> or models:/<model id>",
        _MODELS,
    ),
    Rule.BYPASS: Words(
        "files pass through this address and not beside it: no presigned addresses, no parts, no upload by the page;"
        " use log_artifact, and leave MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD unset",
        _CONNECT,
    ),
    Rule.TRACE: Words("traces would hold what applicants said, so none is written here", _CONNECT),
    Rule.OUTSIDE: Words(
        "this would reach out, run something or hold a secret, which this MLflow is not for", _CONNECT
    ),
    Rule.UNUSED: Words("this part of MLflow is not used for credit models and is switched off", _CONNECT),
    Rule.GRAPHQL: Words(
        "only the reading operations of MLflow's own pages are answered; use the REST address or the client",
        _CONNECT,
    ),
    Rule.ORIGIN: Words("another site has sent this from a browser; open MLflow's own pages", _CONNECT),
    Rule.ADDRESS: Words(
        "an address has one plain spelling: ASCII, encoded once, without //, backslash, dot segments or a %"
        " that is left over; files and folders are named accordingly",
        _CONNECT,
    ),
}


class RuleRefused(Refusal):
    """A rule of the gate says no; `what` is what was asked for, in a few words."""

    status, code, title = 403, "gateway-rule", "Refused by the gate in front of MLflow"

    def __init__(self, rule: Rule, what: str) -> None:
        super().__init__(f"{what} was refused by the rule {rule}: {WORDS[rule].why}.")
        self.rule, self.page = rule, WORDS[rule].page
