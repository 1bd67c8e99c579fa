"""The demo's second model, told whole through the API at a tenth of its size: tables and bookings become candidates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from mrm.demo import second
from mrm.demo.caller import Caller
from registry.models import DatasetSnapshot, Sweep

pytestmark = pytest.mark.django_db(transaction=True)
LOANS = 2_000
BOOKED = {"inflow_90d", "salary_365d", "floor_90d", "returned_365d", "gambling_365d"}


@dataclass(frozen=True)
class InProcess(Caller):
    """The demo's caller, without a server; jobs are done before their result is asked for."""

    client: Any = None
    work: Any = None

    def send(self, method, path, body=None, headers=None):
        told = {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        answer = self.client.generic(method, f"/api/v1/{path}", body or b"", "application/json", headers=told)
        assert answer.status_code < 300, answer.content
        return answer.content

    def finish(self, accepted):
        self.work()
        return super().finish(accepted)


def test_features_of_bookings_compete_beside_what_was_asked_for(cast, client_of, work, settings, tmp_path):
    settings.MRM_SOURCES_DIR = str(tmp_path)
    second.simulate(tmp_path / second.SLUG, LOANS)
    dana, victor = (
        InProcess("", "", client=client_of(person), work=work) for person in (cast.dana, cast.victor)
    )
    said = []
    sweep = Sweep.objects.get(pk=second.tell(dana, victor, said.append))
    columns = {each["name"]: each["role"] for each in DatasetSnapshot.objects.get().declaration["columns"]}
    assert {columns[name] for name in BOOKED} == {"input"}
    assert len(sweep.facts["candidates"]) == 12
    assert not [each["name"] for each in sweep.facts["candidates"] if each.get("why_not")]
    assert any("bookings count" in line for line in said)
