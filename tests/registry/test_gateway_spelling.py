"""One plain spelling: whatever could be read in two ways does not pass, and what passes is sent on as it was judged."""

from __future__ import annotations

from itertools import islice
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.gateway.normalise import Normal, normalise
from registry.gateway.policy import ROUTES, Access
from registry.gateway.rules import Rule, RuleRefused
from tests.registry.gateway_variants import denied_readings, passed, variants

SEED = 20260301
_SEGMENT = st.text("abcXYZ019-._~ +=,@", min_size=1, max_size=8).filter(
    lambda text: text not in {".", ".."} and text == text.strip()
)
_TARGET = st.text(st.sampled_from("/%2eEfF0.\\;?&=#ab cé\x00\n"), max_size=40).map(lambda text: f"/{text}")


@pytest.mark.control("security:gateway-bypass")
def test_no_other_spelling_of_a_denied_address_passes():
    found = list(islice(variants(SEED), 2 * len(ROUTES)))
    through = [(variant, passed(variant)) for variant in found]
    wrong = [
        (variant, reading)
        for variant, answer in through
        if answer is not None
        for reading in [*denied_readings(variant.method, answer[1]), *_denied(answer[0].route.access)]
    ]
    assert wrong == []
    # Some spellings are plain ones of an allowed route: the way is open for what it is open for.
    assert 0 < sum(answer is not None for _, answer in through) < len(found) / 2


def _denied(access: Access) -> list[str]:
    return ["denied"] if access is Access.DENY else []


@given(_TARGET)
@settings(max_examples=300, deadline=None, derandomize=True)
def test_what_has_a_normal_form_is_sent_on_as_exactly_that(raw):
    try:
        normal = normalise("GET", raw)
    except RuleRefused:
        return
    sent = urlsplit(f"http://mlflow{normal.target}")
    assert unquote(sent.path) == normal.path
    assert tuple(parse_qsl(sent.query, keep_blank_values=True)) == normal.query
    assert normalise("GET", normal.target) == normal
    assert not {"", ".", ".."} & set(normal.path.strip("/").split("/")) or normal.path == "/"
    assert normal.path.isascii()
    assert "%" not in normal.path


@given(st.lists(_SEGMENT, min_size=1, max_size=5))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_a_plain_path_passes_however_its_letters_are_encoded_once(segments):
    path = "/" + "/".join(segments)
    encoded = "".join(f"%{ord(sign):02x}" for sign in path[1:])
    assert normalise("GET", f"/{encoded}") == Normal("GET", path)


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "api",
        "*",
        "http://other/api",
        "/a//b",
        "//a",
        "/a/./b",
        "/a/../b",
        "/a/%2e%2e/b",
        "/a\\b",
        "/a%5cb",
        "/a%252fb",
        "/a%",
        "/a%zz",
        "/a%00",
        "/a%0a",
        "/a%7f",
        "/é",
        "/%c3%a9",
        "/%ff",
        "/a#b",
        "/a;b",
        "/a%3fb",
        "/a b",
        "/" + "a" * 2_001,
        "/a?" + "b" * 8_001,
        "/a?b=%",
        "/a?b=%00",
        "/a?b=%ff",
        "/a?b=%E2%80%A8",
        "/get-artifact?path=../x",
        "/get-artifact?path=a%2f..%2fb",
        "/get-artifact?path=a%255cb",
        "/a?artifact_file_path=../x",
        "/a?artifactPath=/x",
        "/a?artifact_directory_paths=ok&artifact_directory_paths=..",
        "/get-artifact?path=ok&path=/etc/passwd",
        "/a?" + "&".join(["b=1"] * 1_001),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(raw):
    with pytest.raises(RuleRefused) as refusal:
        normalise("GET", raw)
    assert refusal.value.rule is Rule.ADDRESS


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "CONNECT", "get", ""])
def test_a_method_that_no_route_has_is_refused(method):
    with pytest.raises(RuleRefused):
        normalise(method, "/version")


def test_a_search_keeps_its_words():
    raw = "/api/2.0/mlflow/model-versions/search?filter=name+LIKE+%27%25caf%C3%A9%25%27&max_results=5"
    assert normalise("GET", raw).query == (("filter", "name LIKE '%café%'"), ("max_results", "5"))
