"""What an audit report says of a deployed model's life, and that nobody changes a byte of it unseen."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import random
import uuid

import pytest

from accounts.access import note_refusal
from accounts.selectors import the_installation
from accounts.services import enrol_person, grant_role
from audit.models import Entry
from mrm.lib import clock
from mrm.lib.errors import Invalid, NotAllowed, NotFound
from reports import audit_reports, inspection
from reports import dossier_verifier as alone
from reports.audit_sample import draw
from reports.ledger import bundle_lines
from reports.models import AuditReport
from reports.tables import rows_of
from reports.twin import content_of
from reports.verify import verify
from scoring.privacy import erase
from tests.reports.audited import asked, built
from tests.reports.sealing import sealing_in, tampered
from tests.scoring.conftest import applications, build_world, candidate_folder, world

__all__ = ["applications", "build_world", "candidate_folder", "world"]
pytestmark = pytest.mark.control("SR26-2:audit")


def section(document, title):
    return next(each for each in document.sections if each.title == title)


def cells(document, title):
    """Every cell of a section as text, by the number of its block."""
    return [row for block in section(document, title).blocks for _, rows in rows_of(block) for row in rows]


def printed(document, title):
    return " ".join(cell for row in cells(document, title) for cell in row)


@pytest.fixture
def report(world):
    for outcome in ("approve", "refer", "decline"):
        world.decide(outcome)
    return built(world.cast.quinn, asked())


_made: list[tuple] = []


@pytest.fixture
def report_file(request):
    """A report by itself, made once: what is asked of it needs no ledger and no rows."""
    if not _made:
        world = request.getfixturevalue("world")
        _made.append((*request.getfixturevalue("report"), world.version.label))
    return _made[0]


def test_report_is_found_genuine_by_both_verifiers(report, world, tmp_path):
    _, content, _ = report
    assert not verify(content + b"\n").is_genuine
    assert [each for each in verify(content).checks if not each.holds] == []
    bundle = tmp_path / "ledger.jsonl"
    bundle.write_bytes(b"".join(bundle_lines(actor=world.cast.quinn)))
    assert [each for each in alone.examine(content, bundle) if not each.holds] == []


def test_any_changed_byte_outside_the_signature_is_seen(report_file):
    content = report_file[1]
    held = inspection.ranges(content)
    draw_from = random.Random(7)
    for at in draw_from.sample([*range(held.before), *range(held.after, len(content))], 12):
        changed = bytearray(content)
        changed[at] ^= 1 << draw_from.randrange(8)
        assert not all(each.holds for each in alone.examine(bytes(changed))), at


def test_sampled_decisions_are_computed_again_and_each_is_an_entry(report, world):
    row, _, document = report
    assert (row.sampled, row.same, row.sample_size) == (3, 3, 3)
    told = printed(document, "Sampled decisions, computed again")
    assert all(str(each.pk) in told for each in world.deployment.decisions.all())
    assert Entry.objects.filter(event="decision:replayed").count() == 3


def test_decision_that_was_altered_is_told_as_different(world):
    decision = world.decide("decline")
    tampered("UPDATE scoring_decision SET outcome = 'approve'")
    row, _, document = built(world.cast.quinn, asked())
    assert (row.sampled, row.same) == (1, 0)
    assert f"{decision.pk}" in printed(document, "Sampled decisions, computed again")
    assert "differs: outcome" in printed(document, "Sampled decisions, computed again")
    assert "0 of 1 sampled decisions" in document.cover.outcome.text


def test_erased_decision_is_told_as_erased(world):
    officer = enrol_person(
        actor=the_installation(), username="petra", name="Petra", password="a long one for petra"
    )
    grant_role(actor=the_installation(), user=officer, role="privacy_officer")
    erase(actor=officer, decision=world.decide("decline"), why="Asked for by the applicant.")
    row, _, document = built(world.cast.quinn, asked())
    assert (row.sampled, row.same) == (1, 0)
    assert "erased on request" in printed(document, "Sampled decisions, computed again")


def test_seed_is_the_leaf_of_the_entry_that_asked(report):
    row, _, _ = report
    entry = Entry.objects.get(sequence=row.asked_entry)
    assert (entry.event, entry.subject_id) == ("audit_report:requested", str(row.pk))
    assert row.seed == bytes(entry.leaf).hex()


def test_draw_is_the_smallest_hashes_whatever_the_order():
    ids = [uuid.UUID(int=number) for number in range(40)]
    by_hand = sorted(ids, key=lambda each: hashlib.sha256(f"seed {each}".encode()).digest())[:7]
    random.Random(3).shuffle(ids)
    assert draw("seed", ids, 7) == by_hand
    assert draw("other", ids, 7) != by_hand
    assert draw("seed", ids, 99) == sorted(ids, key=by_hand_key("seed"))


def by_hand_key(seed):
    return lambda each: hashlib.sha256(f"{seed} {each}".encode()).digest()


def test_sections_tell_what_happened(report_file):
    _, _, document, label = report_file
    assert "v1, approved" in printed(document, "Inventory in force")
    moves = [row for row in cells(document, "Changes") if row[1:2] == (label,)]
    assert [row[3] for row in moves if len(row) == 5][-1] == "approved"
    assert "Ada Abreu" in printed(document, "Approvals and dissent")
    assert "role:granted" in printed(document, "People and roles")


def test_section_without_anything_says_so_and_overrides_are_not_assessed(report_file):
    texts = [getattr(each, "text", "") for each in section(report_file[2], "Exceptions").blocks]
    assert texts.count("Nothing in the period.") == 5
    said = [getattr(each, "why", "") for each in section(report_file[2], "Overrides and overlays").blocks]
    assert any("keeps no overrides of single decisions" in each for each in said)


def test_denied_access_is_counted_by_person_and_permission(world):
    with pytest.raises(NotAllowed) as refused:
        audit_reports.request_audit_report(actor=world.cast.lia, asked=asked())
    note_refusal(refused.value)
    document = built(world.cast.quinn, asked(sample_size=0))[2]
    assert "Lia Lima reports:audit:build 1" in printed(document, "People and roles")


def test_period_before_anything_says_nothing_of_what_came_later(world):
    world.decide("decline")
    past = {"since": "2026-01-01", "until": "2026-01-31"}
    row, content, document = built(world.cast.quinn, asked(**past))
    assert row.sampled == 0
    assert world.version.label not in printed(document, "Changes")
    assert "No model" not in printed(document, "Inventory in force")
    assert cells(document, "Inventory in force") == []
    assert [each for each in verify(content).checks if not each.holds] == []


def test_report_of_one_model_leaves_the_people_of_all_out(world):
    world.decide("decline")
    row, _, document = built(world.cast.quinn, asked(model=world.risk_model.slug))
    assert (row.sampled, row.risk_model) == (1, world.risk_model)
    said = [getattr(each, "why", "") for each in section(document, "People and roles").blocks]
    assert any("belong to no one model" in each for each in said)
    assert "Lia" not in json.dumps(printed(document, "People and roles"))


def test_nothing_of_an_applicant_is_in_it(world):
    marked = "application of Maria 4711"
    world.decide("decline", marked)
    _, content, document = built(world.cast.quinn, asked())
    held = b"".join([content, *alone.attachments(content).values()])
    everything = " ".join(printed(document, each.title) for each in document.sections)
    assert marked not in everything
    assert marked.encode() not in held


def test_checkpoints_are_compared_and_an_act_is_proven(world, tmp_path):
    sealing = sealing_in(tmp_path)
    sealing.sign()
    world.decide("decline")
    sealing.sign()
    _, content, document = built(world.cast.quinn, asked())
    found = alone.attachments(content)
    assert {"checkpoint.txt", "inclusion-proof.json"} <= set(found)
    said = " ".join(getattr(each, "text", "") for each in section(document, "Checkpoint and proof").blocks)
    assert "what was signed before was not rewritten" in said
    assert [each for each in verify(content).checks if not each.holds] == []


def test_twin_and_row_are_of_one_content(report):
    row, _, document = report
    assert content_of(row) == document


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"until": "2999-01-01"}, "has not come"),
        ({"since": "2026-03-02", "until": "2026-03-01"}, "ends before it begins"),
        ({"since": "2024-01-01", "until": "2026-01-01"}, "at most 366 days"),
        ({"sample_size": 101}, "At most 100"),
    ],
)
def test_what_cannot_be_answered_is_refused(cast, told, words):
    before = Entry.objects.count()
    with pytest.raises(Invalid) as refused:
        audit_reports.request_audit_report(actor=cast.quinn, asked=asked(**told))
    assert any(words in each.detail for each in refused.value.errors)
    assert Entry.objects.count() == before


def test_model_that_is_not_there_is_not_found(cast):
    with pytest.raises(NotFound):
        audit_reports.request_audit_report(actor=cast.quinn, asked=asked(model="nothing"))


@pytest.mark.parametrize("who", ["dana", "victor", "ada", "otto", "lia", "root", "olga"])
def test_only_an_auditor_asks_and_reads(cast, who):
    with pytest.raises(NotAllowed):
        audit_reports.request_audit_report(actor=getattr(cast, who), asked=asked())
    with pytest.raises(NotAllowed):
        audit_reports.audit_reports(actor=getattr(cast, who))


def test_auditor_of_one_model_has_no_report_of_all(cast):
    noor = enrol_person(
        actor=the_installation(), username="noor", name="Noor", password="a long one for noor"
    )
    grant_role(actor=the_installation(), user=noor, role="auditor", model_slug="other")
    with pytest.raises(NotAllowed):
        audit_reports.request_audit_report(actor=noor, asked=asked())


def test_moment_after_the_asking_is_left_out(world):
    world.decide("decline")
    what = asked()
    audit_reports.request_audit_report(actor=world.cast.quinn, asked=what)
    world.decide("approve", "later")
    from reports.audit_sample import sample

    assert sample(actor=world.cast.quinn, asked=what, told=lambda _done, _of: None).population == 1
    assert AuditReport.objects.count() == 0
    assert clock.now().date() - what.since == dt.timedelta(days=30)
