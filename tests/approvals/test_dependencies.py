"""What versions in force share: counted among those in force alone, seen by whoever may see them, in few questions."""

from __future__ import annotations

import dataclasses

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.selectors import the_installation
from accounts.services import enrol_person, grant_role
from approvals.dependencies import SharedKind, _of_snapshot, dependencies, shared_by
from mrm.lib.errors import NotAllowed
from registry.models import DatasetSnapshot
from registry.services import submit_version, suspend_version
from tests.approvals.signed import approved
from tests.cast import PASSWORD
from tests.pages.conftest import browser_of
from tests.validation.cases import Case, registered

__all__ = ["browser_of"]
pytestmark = pytest.mark.control("SR26-2:aggregate-risk")
# Two versions of one candidate have everything in common but their cut-offs.
ALIKE = {SharedKind.SNAPSHOT, SharedKind.ARTEFACT, SharedKind.DICTIONARY}
ASSEMBLED = {
    "assembly": {
        "sources": [
            {"name": "base", "kind": "file", "place": "loans.csv", "connection": ""},
            {"name": "bureau", "kind": "sql", "place": "", "connection": "warehouse"},
            {"name": "bank", "kind": "view", "place": "bank/3", "connection": ""},
        ]
    },
    "sources": [{"name": "base", "digest": "a" * 64}, {"name": "bureau", "digest": "b" * 64}],
}


@pytest.fixture
def two(case) -> tuple[Case, Case]:
    """Two versions of one candidate, both in force."""
    return approved(case), another(case, "0.42")


def another(case: Case, cut_off: str) -> Case:
    version = registered(case.cast, case.version.candidate, cut_off)
    version = submit_version(actor=case.cast.dana, version=version)
    return approved(dataclasses.replace(case, version=version))


def test_one_version_shares_nothing(case):
    assert dependencies(actor=approved(case).cast.victor) == []


def test_two_versions_of_one_candidate_share_all_but_their_policies(two):
    found = dependencies(actor=two[0].cast.quinn)
    assert {each.kind for each in found} >= ALIKE
    assert SharedKind.POLICY not in {each.kind for each in found}
    assert {used.key for each in found for used in each.versions} == {each.version.pk for each in two}


def test_a_version_out_of_force_shares_nothing_any_more(two):
    suspend_version(actor=two[0].cast.otto, version=two[1].version, why="Complaints.")
    assert dependencies(actor=two[0].cast.victor) == []
    assert shared_by(actor=two[0].cast.victor, version=two[1].version) == []


def test_the_page_of_one_version_names_the_others(two, browser_of):
    mine, other = (each.version for each in two)
    found = shared_by(actor=two[0].cast.victor, version=mine)
    assert {used.key for each in found for used in each.others} == {other.pk}
    page = browser_of(two[0].cast.victor).get("/models/card-limit/versions/1").content.decode()
    assert "Shares with other versions in force" in page
    assert f">{other.label}</a>" in page


def test_the_list_is_narrowed_to_a_kind_and_refuses_another(two, browser_of):
    browser = browser_of(two[0].cast.victor)
    page = browser.get("/dependencies?kind=snapshot").content.decode()
    assert two[1].version.label in page
    assert "Nothing is shared" in browser.get("/dependencies?kind=policy").content.decode()
    assert browser.get("/dependencies?kind=taste").status_code == 400
    only = dependencies(actor=two[0].cast.victor, kind="snapshot")
    assert {each.kind for each in only} == {SharedKind.SNAPSHOT}


def test_who_sees_no_model_sees_nothing_of_what_they_share(two):
    narrow = enrol_person(actor=the_installation(), username="nils", name="Nils", password=PASSWORD)
    with pytest.raises(NotAllowed):
        dependencies(actor=narrow)
    grant_role(actor=the_installation(), user=narrow, role="auditor", model_slug="other")
    assert dependencies(actor=narrow) == []


def test_more_versions_are_no_more_questions(two):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert dependencies(actor=two[0].cast.victor)
        return len(queries)

    few = asked()
    another(two[0], "0.43")
    assert asked() == few


def test_an_assembly_is_shared_by_content_by_place_and_by_feature_view():
    snapshot = DatasetSnapshot(name="S", digest="c" * 64, lineage=ASSEMBLED)
    assert dict(_of_snapshot(snapshot)) == {
        (SharedKind.SNAPSHOT, "c" * 64): "S",
        (SharedKind.SOURCE_CONTENT, "a" * 64): "base",
        (SharedKind.SOURCE_CONTENT, "b" * 64): "bureau",
        (SharedKind.SOURCE_PLACE, "file loans.csv"): "loans.csv",
        (SharedKind.SOURCE_PLACE, "sql warehouse"): "warehouse",
        (SharedKind.FEATURE_VIEW, "view bank/3"): "bank/3",
    }
