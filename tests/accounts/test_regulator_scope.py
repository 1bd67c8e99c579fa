"""An examiner from outside reads one model's file and the records of a period, until a date, and nothing else.

Two worlds' worth of things stand in the database: those of `card-limit`, really decided on, and a second model of which
there are an entry, a version and a decision behind the services. Rita is given the one or the other.
"""

from __future__ import annotations

import datetime as dt
import json

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.access import allows, reach, windows
from accounts.models import RoleGrant
from accounts.permissions import Permission
from audit.models import Entry
from audit.search import Wanted
from mrm.lib import clock
from mrm.lib.errors import NotAllowed, NotFound
from registry import selectors as registry
from registry.models import RiskModel
from reports import ledger, ledger_proofs, ledger_verification
from scoring import selectors as scoring
from scoring.models import Decision
from scoring.selectors import DecisionFilter
from scoring.slots import end_deployment
from tests.accounts.granting import regulator
from tests.registry import built
from tests.scoring.conftest import applications, build_world, candidate_folder, world
from validation import selectors as validation
from validation.findings import Raised
from validation.models import Finding
from validation.services import open_finding

__all__ = ["applications", "build_world", "candidate_folder", "world"]
pytestmark = pytest.mark.django_db
HERE, ELSEWHERE = "card-limit", "mortgages"
ENTRIES = "/api/v1/ledger/entries"
# What belongs to one model; everything else in the ledger belongs to none.
OWNED = {"model", "version", "sweep", "deployment", "decision", "artifact"}


@pytest.fixture
def filled(world):
    """A decision, a finding, an ended deployment of card-limit; an entry of mortgages."""
    world.decide()
    raised = Raised(title="Weak", text="Too weak.", severity="high")
    open_finding(actor=world.cast.victor, version=world.version, raised=raised)
    end_deployment(actor=world.cast.otto, deployment=world.deployment, why="A rehearsal.")
    built.proposed_model(world.cast, ELSEWHERE)
    return world


@pytest.fixture
def insider(filled):
    return regulator(filled.cast, HERE)


@pytest.fixture
def outsider(filled):
    return regulator(filled.cast, ELSEWHERE)


def everything(actor):
    found, before = [], None
    while True:
        page = ledger.entries(actor=actor, wanted=Wanted(), before=before, limit=5)
        found += page.entries
        before = page.next_before
        if before is None:
            return found


def test_a_regulator_holds_reading_permissions_only(cast):
    rita = regulator(cast, HERE)
    held = {each for each in Permission if allows(actor=rita, permission=each)}
    assert all(each.endswith(":read") for each in held)
    assert Permission.HELD_OUT_READ not in held


def test_models_of_the_scope_are_listed_and_no_other(filled, insider):
    assert [entry.slug for entry in registry.visible_models(actor=insider)] == [HERE]
    with pytest.raises(NotFound):
        registry.risk_model(actor=insider, slug=ELSEWHERE)


def test_versions_of_the_scope_are_listed_and_no_other(filled):
    rita = regulator(filled.cast, ELSEWHERE)
    assert list(registry.all_versions(actor=rita)) == []
    with pytest.raises(NotFound):
        registry.version(actor=rita, slug=HERE, number=filled.version.number)


def test_several_models_are_several_grants(filled):
    rita = regulator(filled.cast, HERE, ELSEWHERE)
    assert reach(actor=rita, permission=Permission.INVENTORY_READ) == {HERE, ELSEWHERE}
    assert list(registry.all_versions(actor=rita)) == [filled.version]


def test_findings_of_the_scope_are_listed_and_no_other(filled, outsider):
    assert list(validation.findings(actor=outsider)) == []
    with pytest.raises(NotFound):
        validation.finding(actor=outsider, finding_id=Finding.objects.get().pk)


def test_findings_are_listed_with_the_same_queries_however_many_models_there_are(filled, insider):
    with CaptureQueriesContext(connection) as asked:
        assert len(validation.findings(actor=insider)) == 1
    assert len(asked) == 3


def test_decisions_of_the_scope_are_listed_and_no_other(filled, insider):
    assert len(scoring.decisions(actor=insider, narrowed=DecisionFilter()).results) == 1
    RoleGrant.objects.filter(user=insider).update(revoked_at=clock.now())
    rita = regulator(filled.cast, ELSEWHERE)
    assert scoring.decisions(actor=rita, narrowed=DecisionFilter()).results == ()
    with pytest.raises(NotAllowed):
        scoring.decisions(actor=rita, narrowed=DecisionFilter(model=HERE))


def test_a_decision_outside_the_scope_is_not_shown(filled, outsider, client_of):
    decision = Decision.objects.get()
    with pytest.raises(NotFound):
        scoring.decision(actor=outsider, decision_id=decision.pk)
    client = client_of(outsider)
    for end in ("", "/proof"):
        assert client.get(f"/api/v1/decisions/{decision.pk}{end}").status_code == 404


@pytest.fixture
def last_year(filled):
    """Rita reads the records of the year before the decision was made."""
    year = clock.now().year - 1
    return regulator(filled.cast, HERE, records_from=dt.date(year, 1, 1), records_until=dt.date(year, 12, 31))


def test_a_decision_outside_the_period_is_neither_listed_nor_shown(filled, last_year):
    assert scoring.decisions(actor=last_year, narrowed=DecisionFilter()).results == ()
    with pytest.raises(NotFound):
        scoring.decision(actor=last_year, decision_id=Decision.objects.get().pk)


def test_entries_outside_the_period_are_neither_listed_nor_shown(filled, last_year):
    assert everything(last_year) == []
    about = Entry.objects.filter(subject_id=str(filled.version.pk)).first()
    with pytest.raises(NotFound):
        ledger.entry(actor=last_year, sequence=about.sequence)


def test_the_days_of_a_period_are_both_included(filled):
    today = clock.now().date()
    rita = regulator(filled.cast, HERE, records_from=today, records_until=today)
    assert len(scoring.decisions(actor=rita, narrowed=DecisionFilter()).results) == 1
    assert everything(rita) != []


def test_entries_of_the_scope_are_all_read_and_no_other(filled, insider):
    owned = set(Entry.objects.filter(subject_type__in=OWNED).values_list("sequence", flat=True))
    other = str(RiskModel.objects.get(slug=ELSEWHERE).pk)
    foreign = set(Entry.objects.filter(subject_id=other).values_list("sequence", flat=True))
    assert {entry.sequence for entry in everything(insider)} == owned - foreign
    assert foreign
    assert owned - foreign


def test_no_entry_of_another_model_or_of_people_leaks(filled, outsider):
    read = everything(outsider)
    assert {entry.event for entry in read} == {"model:proposed"}
    for entry in Entry.objects.exclude(sequence__in=[each.sequence for each in read]):
        with pytest.raises(NotFound):
            ledger.entry(actor=outsider, sequence=entry.sequence)


def test_proofs_of_foreign_entries_are_not_given(filled, outsider):
    foreign = Entry.objects.filter(subject_id=str(filled.version.pk)).first()
    with pytest.raises(NotFound):
        ledger_proofs.entry_proof(actor=outsider, sequence=foreign.sequence)


@pytest.mark.parametrize(
    "narrowed",
    [{"event": "version:registered"}, {"subject_type": "version"}, {"since": dt.date(2026, 1, 1)}],
)
def test_narrowing_shows_nothing_more(filled, outsider, narrowed):
    found = ledger.entries(actor=outsider, wanted=Wanted(**narrowed)).entries
    assert {entry.event for entry in found} <= {"model:proposed"}


def test_what_cannot_be_taken_apart_is_refused(filled, insider):
    for act in (
        lambda: ledger.bundle_lines(actor=insider),
        lambda: ledger.stream_lines(actor=insider, after="0", limit=1),
        lambda: ledger_verification.request_verification(actor=insider),
    ):
        with pytest.raises(NotAllowed, match="for every model"):
            act()


def test_the_ledgers_page_offers_nothing_that_would_be_refused(filled, insider, client):
    client.force_login(insider)
    page = client.get("/ledger").content.decode()
    assert "/ledger/bundle" not in page
    assert 'action="/ledger/verifications"' not in page


def test_the_whole_ledger_is_read_with_as_many_queries_as_before(filled):
    with CaptureQueriesContext(connection) as asked:
        ledger.entries(actor=filled.cast.quinn, wanted=Wanted())
    assert len(asked) == 2


def test_a_scoped_reading_of_the_ledger_costs_no_more_queries(filled, insider):
    with CaptureQueriesContext(connection) as asked:
        ledger.entries(actor=insider, wanted=Wanted())
    assert len(asked) == 2


def test_access_closes_by_itself(filled, insider, client_of):
    client = client_of(insider)
    assert client.get(ENTRIES).status_code == 200
    with time_machine.travel(clock.now() + dt.timedelta(days=31)):
        assert windows(actor=insider, permission=Permission.DECISION_READ) == ()
        assert not allows(actor=insider, permission=Permission.INVENTORY_READ, model_slug=HERE)


def test_dossiers_and_runs_of_another_model_are_not_shown(filled, outsider, client_of):
    client = client_of(outsider)
    number = filled.version.number
    addresses = ("dossiers", "validation-runs", "evidence")
    for end in addresses:
        assert client.get(f"/api/v1/models/{HERE}/versions/{number}/{end}").status_code in {403, 404}


def test_snapshots_are_those_of_ones_models(filled, insider):
    assert [each.pk for each in registry.visible_snapshots(actor=insider)] == [filled.version.snapshot_id]
    RoleGrant.objects.filter(user=insider).update(revoked_at=clock.now())
    other = regulator(filled.cast, ELSEWHERE)
    assert list(registry.visible_snapshots(actor=other)) == []


def test_nothing_can_be_written(filled, insider, client_of):
    client = client_of(insider)
    number = filled.version.number
    for address, body in (
        (f"models/{HERE}/versions/{number}/findings", {"title": "T", "text": "t", "severity": "low"}),
        (f"models/{HERE}/versions/{number}/dossiers", {}),
        (f"decisions/{Decision.objects.get().pk}/replay", {}),
        ("ledger/verifications", {}),
    ):
        answer = client.post(f"/api/v1/{address}", json.dumps(body), content_type="application/json")
        assert answer.status_code in {403, 404, 405}, address
