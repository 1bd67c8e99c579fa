"""Roles, permissions and scopes in words a person reads."""

from __future__ import annotations

from django.template.defaultfilters import date as dated
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from accounts.scopes import Scope

Words = str | Promise

ROLES: dict[str, Words] = {
    "developer": _("developer"),
    "validator": _("validator"),
    "approver": _("approver"),
    "operator": _("operator"),
    "loan_officer": _("loan officer"),
    "auditor": _("auditor"),
    "regulator": _("regulator"),
    "privacy_officer": _("privacy officer"),
    "administrator": _("administrator"),
}
APPS: dict[str, Words] = {
    "audit": _("Ledger"),
    "accounts": _("People and roles"),
    "jobs": _("Jobs"),
    "registry": _("Inventory"),
    "training": _("Training"),
    "validation": _("Validation"),
    "approvals": _("Approval"),
    "scoring": _("Scoring"),
    "reports": _("Dossiers"),
    "notices": _("Notices"),
    "desk": _("Administration"),
}
PARTS: dict[str, Words] = {
    "author": _("its author"),
    "trainer": _("its trainer"),
    "submitter": _("who submitted it"),
    "validator": _("the validator who concluded on it"),
}
PERMISSIONS: dict[str, Words] = {
    Permission.LEDGER_READ: _("read and verify the ledger"),
    Permission.ROLE_GRANT: _("ask for roles, grant what another one asked for, revoke them"),
    Permission.USER_MANAGE: _("enrol people, disable accounts, end tokens"),
    Permission.JOB_READ: _("see jobs and their progress"),
    Permission.JOB_CANCEL: _("stop a job"),
    Permission.INVENTORY_READ: _("read models, versions, snapshots, policies, evidence, requests"),
    Permission.MODEL_PROPOSE: _("propose a model and amend the proposal"),
    Permission.MODEL_ACCEPT: _("accept a model into the inventory at a tier"),
    Permission.SNAPSHOT_IMPORT: _("import data"),
    Permission.HELD_OUT_READ: _("read the held-out part of a snapshot"),
    Permission.FILE_ADD: _("put a file beside a version"),
    Permission.DOCUMENT_WRITE: _("write the developer's document of a version"),
    Permission.MONITORING_PLAN: _("write the monitoring plan of a version"),
    Permission.VERSION_REGISTER: _("register a version, its policy and its reasons"),
    Permission.VERSION_SUBMIT: _("hand a draft to validation"),
    Permission.VERSION_REQUEST: _("ask for the approval of a version"),
    Permission.VERSION_CONCLUDE: _(
        "conclude on a version: fit, with conditions or without, not fit, returned"
    ),
    Permission.VERSION_REOPEN: _("take a version back into validation"),
    Permission.VERSION_APPROVE: _("approve, reject or return a version in review"),
    Permission.VERSION_SUSPEND: _("take an approved version out of force"),
    Permission.TRAINING_REQUEST: _("have a model trained"),
    Permission.RUN_START: _("start a validation run"),
    Permission.ASSESSMENT_WRITE: _("write an assessment, and ask about a version"),
    Permission.QUESTION_ANSWER: _("answer what a validator asks"),
    Permission.FINDING_READ: _("read findings"),
    Permission.FINDING_OPEN: _("open a finding"),
    Permission.FINDING_REBUT: _("answer a finding"),
    Permission.FINDING_CLOSE: _("close a finding"),
    Permission.COMPETENCE_RECORD: _("record what somebody else is able to judge"),
    Permission.PACK_INSTALL: _("install a policy pack"),
    Permission.PACK_REVIEW: _("sign a policy pack that somebody else installed"),
    Permission.DEVIATION_SIGN: _("sign that a failed check may stand"),
    Permission.CONDITION_MEET: _("sign that a condition is met"),
    Permission.REQUEST_SIGN: _("sign an approval request"),
    Permission.DEPLOYMENT_START: _("deploy a version"),
    Permission.DEPLOYMENT_END: _("empty a slot"),
    Permission.DECISION_MAKE: _("have an application scored"),
    Permission.DECISION_READ: _("read decisions with what the applicant sent"),
    Permission.DECISION_REPLAY: _("compute a decision again and compare"),
    Permission.PAYLOAD_ERASE: _("destroy the key of what an applicant sent"),
    Permission.DOSSIER_READ: _("read dossiers"),
    Permission.DOSSIER_BUILD: _("have a dossier built"),
    Permission.AUDIT_REPORT_READ: _("read audit reports"),
    Permission.AUDIT_REPORT_BUILD: _("have an audit report built"),
    Permission.WEBHOOK_MANAGE: _("add, test and disable the endpoints of webhooks"),
    Permission.INSTALLATION_READ: _("see how this installation stands and how it is set up"),
}
SOURCES: dict[str, Words] = {
    "person": _("a person"),
    "provider_group": _("a group of the identity provider"),
    "invitation": _("an invitation"),
}


def role_words(role: str) -> str:
    return str(ROLES.get(role, role.replace("_", " ")))


def permission_words(permission: str) -> str:
    """A permission that nobody has put in words yet is shown by its name: visible, never left out."""
    return str(PERMISSIONS.get(permission, permission))


def app_words(app: str) -> str:
    return str(APPS.get(app, app))


def part_words(part: str) -> str:
    return str(PARTS.get(part, part))


def models_words(scope: Scope) -> str:
    return scope.model_slug or gettext("every model")


def records_words(scope: Scope) -> str:
    if scope.records_from is None or scope.records_until is None:
        return gettext("of any time")
    return gettext("%(first)s to %(last)s (UTC)") % {
        "first": dated(scope.records_from, "j M Y"),
        "last": dated(scope.records_until, "j M Y"),
    }
