"""The page of the rules is the rules: generated from the table, and the table is what the services do."""

from __future__ import annotations

import pytest

from accounts.permissions import Permission
from accounts.role_selectors import role_table
from accounts.role_words import APPS, PARTS, PERMISSIONS, ROLES
from mrm.settings import governance
from tests.permissions import acts

# The acts of the exhaustive matrix (tests/permissions/test_relations.py proves them) by the permission they need.
ACTS = {
    "validation:run:start": ("start_run",),
    "validation:assessment:write": ("assess",),
    "validation:deviation:sign": ("deviation",),
    "registry:version:conclude": (
        "conclude",
        "conclude_with_conditions",
        "conclude_not_fit",
        "conclude_returned",
    ),
    "validation:finding:close": ("close_finding",),
    "approvals:request:sign": (
        "sign_approve",
        "sign_reject",
        "sign_return",
        "resume",
        "retire",
        "use_before_validation",
    ),
    "scoring:deployment:start": ("deploy",),
}
# Barred for everybody but whoever asked, whatever their part.
_OF_WHO_ASKED = {"withdraw"}
# A second account is no other part, and whoever has signed has used their vote.
_NO_PART = {"author_again", "validator_again", "signer", "signer_again"}


def test_the_table_turned_around_is_the_table():
    turned = {
        role: {name for rows in role_table().apps for name, held in rows.permissions if role in held}
        for role in role_table().roles
    }
    assert turned == {role: set(held) for role, held in governance.ROLES.items()}


@pytest.mark.parametrize("permission", ACTS)
def test_who_is_kept_apart_is_whom_the_services_refuse(permission):
    for act in ACTS[permission]:
        assert set(governance.APART[permission]) == acts.BARRED[act] - _NO_PART


def test_every_act_that_bars_somebody_stands_in_the_table():
    named = {act for listed in ACTS.values() for act in listed}
    assert {act for act, barred in acts.BARRED.items() if barred} - _OF_WHO_ASKED == named
    assert set(governance.APART) == set(ACTS)


def test_everything_of_the_table_has_words():
    assert set(PERMISSIONS) == set(Permission)
    assert set(ROLES) == set(governance.ROLES)
    assert {each.split(":")[0] for each in Permission} <= set(APPS)
    assert {part for parts in governance.APART.values() for part in parts} <= set(PARTS)


def test_bounded_and_lonely_roles_exist_and_are_the_databases():
    """The constraints on grants and requests name the regulator; a second bounded role is a migration."""
    assert governance.BOUNDED == ("regulator",)
    assert set(governance.ALONE) <= set(governance.ROLES)


def test_whoever_grants_roles_holds_no_permission_of_governance():
    # Besides people: to see how the installation stands, which reads and writes nothing that is governed.
    besides = {each for each in governance.ROLES["administrator"] if not each.startswith("accounts:")}
    assert besides == {"desk:installation:read"}
    holders = [role for role, held in governance.ROLES.items() if "accounts:role:grant" in held]
    assert holders == ["administrator"]
