"""Scores are counted by model and what came of them, and no label holds what a caller typed."""

from __future__ import annotations

from prometheus_client import REGISTRY

from tests.scoring.conftest import URL


def _count(model: str, outcome: str) -> float:
    labels = {"model": model, "outcome": outcome}
    return REGISTRY.get_sample_value("mrm_score_requests_total", labels) or 0.0


def test_a_score_is_counted_by_its_outcome(world, lia):
    before = _count("card-limit", "decline")
    lia.post(URL, world.body("decline"), format="json")
    assert _count("card-limit", "decline") == before + 1


def test_a_refusal_is_counted_by_its_code(world, lia):
    lia.post(URL, world.body(), format="json")
    before = _count("card-limit", "invalid")
    lia.post(URL, {}, format="json")
    assert _count("card-limit", "invalid") == before + 1


def test_an_address_that_nobody_knows_is_no_label(world, lia):
    before = _count("unknown", "not-found")
    lia.post("/api/v1/models/typed-by-a-caller/score", world.body(), format="json")
    assert _count("unknown", "not-found") == before + 1
    assert _count("typed-by-a-caller", "not-found") == 0


def test_the_stages_of_a_score_are_timed(world, lia):
    lia.post(URL, world.body(), format="json")
    for stage in ("gate", "load", "compute", "keep", "answer"):
        labels = {"model": "card-limit", "stage": stage}
        assert REGISTRY.get_sample_value("mrm_score_duration_seconds_count", labels)
