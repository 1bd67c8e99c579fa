"""Validation's verbs: freeze a standard, start and complete a run, raise and settle findings, sign
deviations and
conclusions. Runs, findings and signatures stand in files of their own; callers use this one."""

from __future__ import annotations

from validation.findings import close_finding, close_with_file, open_finding, plan_action, postpone, rebut
from validation.reperforming import complete_reperformance, request_reperformance
from validation.runs import (
    complete_run,
    freeze_content,
    freeze_standard,
    require_applicable,
    require_startable,
    start_run,
)
from validation.verdicts import conclude, sign_deviation

__all__ = [
    "close_finding",
    "close_with_file",
    "complete_reperformance",
    "complete_run",
    "conclude",
    "freeze_content",
    "freeze_standard",
    "open_finding",
    "plan_action",
    "postpone",
    "rebut",
    "request_reperformance",
    "require_applicable",
    "require_startable",
    "sign_deviation",
    "start_run",
]
