"""The checks as one page for people: what each asks, needs, cannot say, and where it comes from."""

from __future__ import annotations

from itertools import groupby

from validation.catalog import CHECKS
from validation.sample import Check
from validation.standard import Standard

_HEAD = """# The validation battery

`manage.py battery > docs/battery.md` writes this page from the checks themselves; a test compares the two.

A check measures (`quant/`), the standard that was frozen before the run judges, a person concludes. An estimate
passes if its whole interval lies on the good side of its limit, fails if the point lies beyond, and is inconclusive
between. A test fails when it rejects at the standard's α after the family's correction; otherwise it passes only
with the power that the standard asks for against the standard's alternative, and reads *insufficient data* without
it. A gap between groups fails only where it is beyond its target and the rates differ at all. What cannot be
measured says why; a check that breaks ends as *error* and blocks. Thresholds are data
(`validation/standards_data/`): what follows names none of its own.

How often each test rejects on clean data, and finds what is planted: `make prove ONLY=battery`, `docs/proofs.md`.
"""


def page(standard: Standard) -> str:
    """Markdown. The force of each check is that of the given standard."""
    forces = {planned.check: str(planned.force) for planned in standard.plan}
    parts = [_HEAD, f"Force: under `{standard.slug}`; {len(CHECKS)} checks.\n"]
    for section, checks in groupby(CHECKS, key=lambda check: check.section):
        parts.append(f"## {str(section).capitalize()}\n")
        parts += [_card(check, forces.get(check.id, "not planned")) for check in checks]
    return "\n".join(parts)


def _card(check: Check, force: str) -> str:
    return (
        f"### {check.title}\n\n"
        f"`{check.id}`, {force}. {check.question}\n\n"
        f"- Needs: {check.needs}\n- A bad sign: {check.bad_sign}\n"
        f"- Limits: {check.limits}\n- Reference: {check.reference}\n"
    )
