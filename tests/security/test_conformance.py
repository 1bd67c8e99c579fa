"""Some thousand requests by schemathesis, seeded: no fault, and every answer is what the description says."""

from __future__ import annotations

import pytest
from django.core.wsgi import get_wsgi_application

from accounts.services import issue_token, permissions_of
from tests.badinput.conftest import enrol_everyman
from tests.prove._conformance import Asking, conform
from tests.security.conftest import undone

pytestmark = pytest.mark.control("security:malformed-input")
EACH, SEED, PARTS = 30, 20260101, 4


@pytest.fixture(scope="module")
def token(names) -> str:
    pat = enrol_everyman()
    return issue_token(actor=pat, name="s", days=1, scopes=sorted(permissions_of(pat)))[1]


@pytest.mark.parametrize("part", range(PARTS))
def test_every_answer_is_what_the_description_says(token, values, part):
    found = conform(get_wsgi_application(), Asking(token, values, EACH, SEED, undone, (part, PARTS)))
    kinds = sorted({fault[:300] for fault in found.faults})
    assert not kinds, f"{len(found.faults)} of {found.sent}:\n" + "\n".join(kinds[:40])
    assert found.sent > 500
    assert {200, 401, 404, 422} - set(found.statuses) <= {401}, found.statuses
