"""Every permission by name; the table of who holds which is governance.ROLES."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """`<app>:<noun>:<verb>`"""

    LEDGER_READ = "audit:ledger:read"
    ROLE_GRANT = "accounts:role:grant"
    USER_MANAGE = "accounts:user:manage"
    JOB_READ = "jobs:job:read"
    JOB_CANCEL = "jobs:job:cancel"
    INVENTORY_READ = "registry:inventory:read"
    MODEL_PROPOSE = "registry:model:propose"
    MODEL_ACCEPT = "registry:model:accept"
    SNAPSHOT_IMPORT = "registry:snapshot:import"
    HELD_OUT_READ = "registry:heldout:read"
    VERSION_REGISTER = "registry:version:register"
    VERSION_SUBMIT = "registry:version:submit"
    VERSION_REQUEST = "registry:version:request"
    VERSION_CONCLUDE = "registry:version:conclude"
    VERSION_REOPEN = "registry:version:reopen"
    VERSION_APPROVE = "registry:version:approve"
    VERSION_SUSPEND = "registry:version:suspend"
    TRAINING_REQUEST = "training:run:request"
    RUN_START = "validation:run:start"
    FINDING_READ = "validation:finding:read"
    FINDING_OPEN = "validation:finding:open"
    FINDING_REBUT = "validation:finding:rebut"
    FINDING_CLOSE = "validation:finding:close"
    DEVIATION_SIGN = "validation:deviation:sign"
    CONDITION_MEET = "approvals:condition:meet"
    REQUEST_SIGN = "approvals:request:sign"
    DEPLOYMENT_START = "scoring:deployment:start"
    DEPLOYMENT_END = "scoring:deployment:end"
    DECISION_MAKE = "scoring:decision:make"
    DECISION_READ = "scoring:decision:read"
    DECISION_REPLAY = "scoring:decision:replay"
    PAYLOAD_ERASE = "scoring:payload:erase"
    DOSSIER_READ = "reports:dossier:read"
    DOSSIER_BUILD = "reports:dossier:build"
