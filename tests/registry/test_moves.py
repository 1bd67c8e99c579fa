"""The lifecycle at work: `advance` is the only writer of a stage, and every refusal leaves everything as it was."""

import datetime as dt
import re
from pathlib import Path

import pytest
import time_machine

from approvals.gates import version_is_in_force
from audit.selectors import count_about
from mrm.lib import clock
from mrm.lib.errors import Blocked, Invalid, NotAllowed, NotFound, WrongStage
from mrm.settings import governance
from registry import subjects, vault
from registry.lifecycle import MOVES, Stage
from registry.models import StageChange
from registry.selectors import next_moves
from registry.services import advance, submit_version, suspend_version
from tests.registry.built import ROOT, registered_version, walked_to

APPS = ("registry", "validation", "approvals", "scoring", "reports", "training", "jobs", "accounts", "mrm")
# The guards compare stages in SQL; the migrations are generated.
WRITES_A_STAGE = re.compile(r"(\.stage\s*(=|,[^=\n]*=)(?!=))|update\([^)]*\bstage\b|\"stage\":\s*Stage\.")


@pytest.mark.control("SR26-2:lifecycle")
def test_only_registry_services_writes_a_stage():
    writers = {
        str(path.relative_to(ROOT))
        for app in APPS
        for path in Path(ROOT / app).rglob("*.py")
        if "migrations" not in path.parts
        and path.name != "invariants.py"
        and WRITES_A_STAGE.search(path.read_text(encoding="utf-8"))
    }
    assert writers == {"registry/services.py"}


def test_a_draft_is_submitted_and_names_who_did(cast, version, events):
    moved = submit_version(actor=cast.dana, version=version)
    assert (moved.stage, moved.submitter) == (Stage.IN_VALIDATION, cast.dana.person)
    assert events()[-1] == "version:submitted"
    change = StageChange.objects.get()
    assert (change.source, change.target, change.made_by) == ("draft", "in_validation", cast.dana)


@pytest.mark.parametrize("name", ["victor", "ada", "otto", "lia", "quinn", "root", "olga"])
def test_only_a_developer_submits(cast, version, name, events):
    before = events()
    with pytest.raises(NotAllowed):
        submit_version(actor=getattr(cast, name), version=version)
    version.refresh_from_db()
    assert (version.stage, version.submitter, events()) == (Stage.DRAFT, None, before)


def test_a_submitted_version_is_not_submitted_again(cast, version):
    moved = submit_version(actor=cast.dana, version=version)
    with pytest.raises(WrongStage, match="it is in validation, not draft"):
        submit_version(actor=cast.dana, version=moved)


@pytest.mark.parametrize("move", MOVES, ids=lambda move: f"{move.name}-{move.source}")
def test_a_move_asks_for_its_permission(cast, version, move, open_gates):
    version = walked_to(cast, version, move.source)
    holders = {role for role, held in governance.ROLES.items() if move.permission in held}
    roles = {"dana": "developer", "victor": "validator", "ada": "approver", "otto": "operator"}
    strangers = [name for name, role in roles.items() if role not in holders] + ["lia", "quinn", "root"]
    for name in strangers:
        with pytest.raises(NotAllowed):
            advance(actor=getattr(cast, name), version=version, move=move.name)
    version.refresh_from_db()
    assert version.stage == move.source


def test_a_move_from_another_stage_is_refused(cast, version, open_gates):
    with pytest.raises(WrongStage, match="Cannot approve card-limit v1: it is draft, not in review"):
        advance(actor=cast.ada, version=version, move="approve")


def test_a_stale_copy_of_the_version_does_not_move_twice(cast, version, open_gates):
    stale = walked_to(cast, version, Stage.VALIDATED)
    stale.stage = Stage.IN_VALIDATION
    with pytest.raises(WrongStage):
        advance(actor=cast.victor, version=stale, move="reject")


def test_a_move_that_nobody_declared_is_refused(cast, version):
    with pytest.raises(NotFound):
        advance(actor=cast.dana, version=version, move="promote")


def test_all_reasons_of_all_gates_are_told_at_once_and_nothing_moves(cast, version, monkeypatch, events):
    monkeypatch.setattr(governance, "GATES", {"submit": (f"{__name__}.never", f"{__name__}.never_either")})
    before = events()
    with pytest.raises(Blocked) as refused:
        submit_version(actor=cast.dana, version=version)
    assert refused.value.reasons == ("Not yet.", "Not ever.")
    version.refresh_from_db()
    assert (version.stage, version.submitter, events()) == (Stage.DRAFT, None, before)


def never(*, actor, subject):
    return "Not yet."


def never_either(*, actor, subject):
    return "Not ever."


@pytest.mark.parametrize(
    "path", ["registry.gates.no_such_gate", "no_such_app.gates.any", "registry.gates.__doc__"]
)
def test_a_gate_that_cannot_be_asked_lets_nothing_pass(cast, version, monkeypatch, path):
    monkeypatch.setattr(governance, "GATES", {"submit": (path,)})
    with pytest.raises(Blocked, match="cannot be asked"):
        submit_version(actor=cast.dana, version=version)


@pytest.mark.parametrize(("tier", "until"), [(1, 2027), (2, 2028), (3, 2029)])
def test_an_approval_expires_after_the_months_of_its_tier(cast, open_gates, tier, until):
    with time_machine.travel(dt.datetime(2026, 3, 15, 9, tzinfo=dt.UTC), tick=False):
        version = walked_to(cast, registered_version(cast, tier=tier), Stage.APPROVED)
    assert version.expires_at == dt.datetime(until, 3, 15, 9, tzinfo=dt.UTC)


def test_months_end_at_the_last_day_of_a_shorter_month():
    from registry.services import _months_later

    moment = dt.datetime(2024, 2, 29, 8, tzinfo=dt.UTC)
    assert _months_later(moment, 12).date() == dt.date(2025, 2, 28)
    assert _months_later(dt.datetime(2026, 8, 31, tzinfo=dt.UTC), 6).date() == dt.date(2027, 2, 28)


def test_where_no_approver_is_asked_the_request_approves(cast, open_gates):
    """Tier 3: the validator's conclusion suffices."""
    version = walked_to(cast, registered_version(cast, tier=3), Stage.IN_REVIEW)
    moved = advance(actor=cast.dana, version=version, move="approve")
    assert moved.stage == Stage.APPROVED


def test_a_suspended_version_is_out_of_force_and_says_why(cast, version, open_gates, events):
    version = walked_to(cast, version, Stage.APPROVED)
    assert version_is_in_force(actor=cast.otto, subject=version) is None
    suspend_version(actor=cast.otto, version=version, why="Default rates doubled in March.")
    assert "is suspended" in version_is_in_force(actor=cast.otto, subject=version)
    assert version.changes.get(move="suspend").why == "Default rates doubled in March."
    assert events()[-1] == "version:suspended"


def test_a_suspension_needs_a_reason(cast, version, open_gates):
    version = walked_to(cast, version, Stage.APPROVED)
    with pytest.raises(Invalid):
        suspend_version(actor=cast.victor, version=version, why=" ")


def test_an_expired_approval_is_out_of_force(cast, version, open_gates):
    version = walked_to(cast, version, Stage.APPROVED)
    with time_machine.travel(version.expires_at + dt.timedelta(seconds=1)):
        assert "expired" in version_is_in_force(actor=cast.otto, subject=version)
    with time_machine.travel(version.expires_at - dt.timedelta(seconds=1)):
        assert version_is_in_force(actor=cast.otto, subject=version) is None


def test_a_draft_is_not_in_force(cast, version):
    assert "is draft, not approved" in version_is_in_force(actor=cast.otto, subject=version)


def test_the_words_of_a_move_stay_out_of_the_ledger(cast, version, open_gates):
    from audit.selectors import rows

    approved_version = walked_to(cast, version, Stage.APPROVED)
    suspend_version(actor=cast.victor, version=approved_version, why="Maria Silva complained.")
    assert not any(b"Maria" in row.body for row in rows())
    assert count_about(subjects.of_version(version), "version:suspended") == 1


@pytest.mark.control("SR26-2:artefact-integrity")
@pytest.mark.parametrize("which", ["manifest", "model.ubj", "calibration.json"])
def test_changed_bytes_on_disk_stop_the_submission(cast, version, which):
    damage(version, which)
    with pytest.raises(Blocked, match="do not match its digest"):
        submit_version(actor=cast.dana, version=version)
    version.refresh_from_db()
    assert version.stage == Stage.DRAFT


def test_a_missing_object_stops_the_submission(cast, version):
    _path(version, "model.ubj").unlink()
    with pytest.raises(Blocked, match="is not in the store"):
        submit_version(actor=cast.dana, version=version)


def damage(version, which):
    path = _path(version, which)
    path.chmod(0o644)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _path(version, which):
    manifest = vault.artifacts().read_sealed(version.artifact_id).manifest
    digest = version.artifact_id if which == "manifest" else manifest.file(which).sha256
    return vault.artifacts().root / digest[:2] / digest


def test_next_moves_say_what_is_permitted_and_what_blocks(cast, version):
    (submit,) = next_moves(actor=cast.dana, version=version)
    assert (submit.move.name, submit.is_permitted, submit.reasons) == ("submit", True, ())
    damage(version, "model.ubj")
    (blocked,) = next_moves(actor=cast.ada, version=version)
    assert not blocked.is_permitted
    assert len(blocked.reasons) == 1


def test_a_version_of_an_unaccepted_model_is_not_submitted(cast):
    from tests.registry import built

    model = built.proposed_model(cast, "other")
    candidate, folder = built.recorded_candidate(cast, model, built.frozen_snapshot(cast.dana))
    made = built.register_version(
        actor=cast.dana, proposal=built.proposal(cast, candidate), sealed=built.sealed_from(folder)
    )
    with pytest.raises(Blocked, match="is not accepted"):
        submit_version(actor=cast.dana, version=made)
    assert made.stage_since <= clock.now()
