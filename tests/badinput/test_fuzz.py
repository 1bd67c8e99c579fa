"""The proof of `make prove ONLY=api` at a small seeded size."""

from __future__ import annotations

import random

import pytest
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.prove._api_requests import Requests
from tests.prove.api import fault_of

pytestmark = [pytest.mark.django_db, pytest.mark.control("security:malformed-input")]


@pytest.fixture
def requests(places) -> Requests:
    return Requests(SchemaGenerator().get_schema(request=None, public=True), places)


@given(seed=st.integers(min_value=0, max_value=2**32))
@settings(
    max_examples=300,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_no_generated_request_is_answered_with_a_fault(pat, requests, seed):
    sent = requests.draw(random.Random(seed))
    assert fault_of(pat, sent) is None, sent
