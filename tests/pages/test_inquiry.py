"""A second look at the reasons of one decision."""

from __future__ import annotations

import pytest

from accounts.selectors import the_installation
from accounts.services import choose_language, enrol_person, grant_role
from audit.models import Access
from registry import serving, vault
from scoring.inquiry import Direction, GroupLine, inquired
from scoring.privacy import erase
from scoring.selectors import decision as read
from tests.cast import PASSWORD
from tests.scoring.conftest import applications, build_world, candidate_folder, world

__all__ = ["applications", "build_world", "candidate_folder", "world"]


@pytest.fixture
def asked(world, browser_of):
    return lambda who, decision: browser_of(getattr(world.cast, who)).get(f"/decisions/{decision.pk}/inquiry")


def test_page_sets_the_line_beside_the_exact_reasons_and_the_read_is_noted(world, asked):
    before = Access.objects.filter(event="decision:read").count()
    page = asked("lia", world.decide()).content.decode()
    assert "Fit of the line (weighted R²)" in page
    assert "What counts are the reasons of the decision" in page
    assert Access.objects.filter(event="decision:read").count() == before + 1


def test_its_exact_side_is_what_was_decided_and_adds_up(world):
    file = read(actor=world.cast.lia, decision_id=world.decide().pk)
    found = inquired(file)
    served = serving.load(vault.artifacts(), file.decision.version.artifact_id)
    start = served.parts.scale.points(file.payload.bias)
    assert start + sum(line.exact for line in found.lines) == pytest.approx(file.payload.points, abs=0.51)
    assert {line.group: line.exact for line in found.lines} == pytest.approx(file.payload.group_points, abs=1)


def test_its_line_is_near_the_score_where_the_fit_is_high(world):
    file = read(actor=world.cast.lia, decision_id=world.decide().pk)
    found = inquired(file)
    told = found.start + sum(line.straight for line in found.lines)
    assert 0.5 < found.share <= 1
    assert abs(told - file.payload.points) <= found.furthest + 0.51


def test_it_is_portuguese_for_who_chose_it(world, asked):
    choose_language(actor=world.cast.lia, language="pt-br")
    assert "Outro olhar sobre os motivos" in asked("lia", world.decide()).content.decode()


def test_of_erased_content_there_is_nothing_to_look_at(world, asked):
    decision = world.decide()
    pat = enrol_person(actor=the_installation(), username="pat", name="Pat Prado", password=PASSWORD)
    grant_role(actor=the_installation(), user=pat, role="privacy_officer")
    erase(actor=pat, decision=decision, why="Asked for.")
    answer = asked("quinn", decision)
    assert answer.status_code == 200
    assert "the content was erased" in answer.content.decode()


@pytest.mark.parametrize("who", ["dana", "victor", "ada", "otto", "root", "olga"])
def test_who_may_not_read_decisions_gets_no_second_look(world, asked, who):
    assert asked(who, world.decide()).status_code == 403


@pytest.mark.parametrize(
    ("exact", "straight", "said"),
    [(18.5, 1e-9, Direction.NONE), (3.0, -2.0, Direction.OPPOSED), (-3.0, -2.0, Direction.SAME)],
)
def test_what_does_not_move_the_score_has_no_direction(exact, straight, said):
    assert GroupLine("group", exact, straight).direction is said
