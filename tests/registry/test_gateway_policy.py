"""The table of the gate is the server's own, line by line, and what it denies is denied in every spelling."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from django.urls import resolve

from registry.gateway.normalise import Normal
from registry.gateway.policy import ROUTES, Access, judge, pattern_of
from registry.gateway.routes import FILES
from registry.gateway.rules import WORDS, Rule, RuleRefused
from tests.registry import mlflow_bundle

ROOT = Path(__file__).resolve().parents[2]


def _served() -> set[tuple[str, str]]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MLFLOW_")}
    done = subprocess.run(
        [sys.executable, "-m", "tests.registry.mlflow_routes"],
        cwd=ROOT,
        env={**environment, "MLFLOW_DISABLE_TELEMETRY": "true"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    return {(method, path) for method, path in json.loads(done.stdout.splitlines()[-1])}


@pytest.mark.control("security:gateway-bypass")
def test_every_route_of_the_installed_server_stands_in_the_table_and_no_other():
    table, served = {(route.method, route.template) for route in ROUTES}, _served()
    assert served - table == set(), "new routes: say in registry/gateway/routes.py what passes there"
    assert table - served == set(), "routes that have gone: take them out of registry/gateway/routes.py"


def test_the_table_is_for_the_release_that_is_installed():
    assert re.match(r"3\.17\.", version("mlflow"))


def test_no_route_stands_in_the_table_twice():
    assert len({(route.method, route.template) for route in ROUTES}) == len(ROUTES)


def test_twins_under_both_prefixes_have_one_answer():
    answers = {(route.method, route.template): route.access for route in ROUTES}
    for (method, template), access in answers.items():
        twin = (method, template.replace("/ajax-api/", "/api/", 1))
        assert answers.get(twin, access) is access


def test_a_plain_address_that_a_template_matches_too_has_the_same_answer():
    """Which of the two the server takes is then of no matter."""
    plain = [route for route in ROUTES if not route.is_templated]
    templated = [route for route in ROUTES if route.is_templated]
    differing = [
        (one.template, other.template)
        for one in plain
        for other in templated
        if one.method == other.method and pattern_of(other.template).fullmatch(one.template)
        if one.access is not other.access
    ]
    assert differing == []


_NEVER = re.compile(
    r"delete|restore|rename|transition-stage|webhook|/gateway|jobs|assistant|presigned|mpu|upload-artifact|invoke|mcp-servers"
)


@pytest.mark.control("security:gateway-bypass")
def test_what_the_design_forbids_is_denied_whatever_its_method():
    open_ones = [
        route
        for route in ROUTES
        if (route.method == "DELETE" or _NEVER.search(route.template)) and route.access is not Access.DENY
    ]
    assert open_ones == []


def test_only_reads_are_gets_and_no_get_writes():
    assert {route.access for route in ROUTES if route.method == "GET"} == {Access.READ, Access.DENY}
    assert {(route.method, route.name) for route in ROUTES if route.access is Access.UPLOAD} == {
        ("PUT", "mlflow-artifacts/artifacts/{artifact_path:path}")
    }


def test_every_denial_says_why_and_where_to_ask():
    assert set(WORDS) == set(Rule)
    assert not [route for route in ROUTES if route.access is Access.DENY and route.rule is Rule.UNKNOWN]


@pytest.mark.parametrize("rule", Rule)
def test_the_page_of_a_refusal_exists(rule):
    assert resolve(WORDS[rule].page).url_name


def test_files_are_routes_that_are_read():
    reads = {route.template for route in ROUTES if route.access is Access.READ}
    assert reads >= FILES


@pytest.mark.control("security:gateway-bypass")
@pytest.mark.parametrize("route", [route for route in ROUTES if route.access is Access.DENY], ids=str)
def test_a_denied_route_is_refused_with_its_rule(route):
    path = re.sub(r"\{(\w+)(:path)?\}", "x1", route.template)
    with pytest.raises(RuleRefused) as refusal:
        judge(Normal(route.method, path))
    assert refusal.value.rule in {route.rule, Rule.OUTSIDE}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/2.0/mlflow/no-such-thing"),
        ("GET", "/API/2.0/mlflow/runs/get"),
        ("PUT", "/api/2.0/mlflow/runs/get"),
        ("GET", "/api/2.0/mlflow/runs/get/"),
        ("GET", "/api/2.0/mlflow-artifacts/artifacts/1/x/"),
        ("POST", "/api/2.0/preview/mlflow/runs/search"),
    ],
)
def test_what_no_line_names_is_denied(method, path):
    with pytest.raises(RuleRefused):
        judge(Normal(method, path))


@pytest.mark.control("security:gateway-bypass")
def test_the_graphql_operations_are_those_of_the_installed_pages():
    from registry.gateway.operations import FILE

    assert json.loads(FILE.read_text()) == mlflow_bundle.digests()


def test_an_operation_is_known_as_the_pages_send_it():
    from registry.gateway.operations import is_known

    text = mlflow_bundle.texts()["GetRun"]
    assert is_known(text)
    assert is_known(text.replace("    ", " ").replace("apiError {", "apiError { __typename"))


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("GetRun", "GetRuns"),
        lambda text: text + " mutation M { testMutation(inputString: 1) { output } }",
        lambda text: text + " # a comment \r mutation M { testMutation { output } }",
        lambda text: text.replace("userId", "userId x: userId"),
        lambda text: text.replace("query", "mutation"),
        lambda text: text.replace(" GetRun", "\u00a0GetRun"),
        lambda text: text[:0],
    ],
)
def test_an_operation_that_says_anything_else_is_not_known(change):
    from registry.gateway.operations import is_known

    assert not is_known(change(mlflow_bundle.texts()["GetRun"]))
