"""What docs/webhooks.md tells integrators to write works on what is really sent, and refuses the rest."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import time_machine

from mrm.lib import clock
from mrm.settings import governance
from notices.endpoints import rotate_secret, send_test
from notices.handlers import body_of
from notices.signing import headers_for
from tests.notices.test_webhooks import added

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "webhooks.md").read_text()
SNIPPETS = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)


def function_of(snippet: str):
    found: dict[str, object] = {}
    exec(compile(snippet, "docs/webhooks.md", "exec"), found)  # noqa: S102 (our own page)
    return found["message_of"]


@pytest.fixture
def sent(cast):
    """(secret, headers, body) of a test message, signed now."""
    endpoint, secret = added(cast.otto)
    delivery = send_test(actor=cast.otto, endpoint=endpoint)
    body = body_of(delivery.notice)
    return secret, headers_for(endpoint, f"msg_{delivery.notice.pk.hex}", body), body


def test_there_are_two_ways_to_check():
    assert len(SNIPPETS) == 2


@pytest.mark.parametrize("snippet", SNIPPETS, ids=["library", "plain"])
def test_a_message_as_it_is_sent_is_accepted(sent, snippet):
    assert function_of(snippet)(*sent)["type"] == "webhook:tested"


@pytest.mark.parametrize("snippet", SNIPPETS, ids=["library", "plain"])
@pytest.mark.parametrize("wrong", ["secret", "body", "id", "late"])
def test_what_is_not_as_it_was_sent_is_refused(sent, snippet, wrong):
    secret, headers, body = sent
    if wrong == "secret":
        secret = secret[:-6] + "AAAAA="
    if wrong == "body":
        body = body.replace(b"tested", b"tasted")
    if wrong == "id":
        headers["webhook-id"] = "msg_other"
    moment = clock.now().timestamp() + (600 if wrong == "late" else 0)
    with time_machine.travel(moment), pytest.raises(Exception, match=r"signature|old"):
        function_of(snippet)(secret, headers, body)


@pytest.mark.parametrize("snippet", SNIPPETS, ids=["library", "plain"])
def test_during_a_rotation_either_secret_is_accepted(cast, snippet):
    endpoint, first = added(cast.otto)
    _, second = rotate_secret(actor=cast.otto, endpoint=endpoint)
    headers = headers_for(endpoint, "msg_1", b"{}")
    assert [function_of(snippet)(secret, headers, b"{}") for secret in (first, second)] == [{}, {}]


def test_the_page_says_after_which_times_it_is_tried_again():
    hours = [str(seconds // 3600) for seconds in governance.WAITS["send-webhook"][3:]]
    assert governance.WAITS["send-webhook"][:3] == (5, 300, 1_800)
    words = f"after 5 seconds, 5 and 30 minutes, {', '.join(hours[:-1])} and {hours[-1]} hours"
    assert words in TEXT.replace("\n", " ")
