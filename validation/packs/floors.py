"""What the packs of a model ask of a standard: an adverse impact ratio that blocks, where one names it. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from validation.packs.pack import Pack
from validation.standard import Force, Standard

# The checks that judge the ratio; a check of another attribute joins them here.
RATIO_CHECKS = ("adverse_impact_sex", "adverse_impact_age")


def strictest(packs: Iterable[Pack]) -> tuple[Pack, float] | None:
    """The pack with the highest floor; None where none of them names one."""
    named = [(pack, pack.floor.ratio) for pack in packs if pack.floor.ratio is not None]
    return max(named, key=lambda found: (found[1], found[0].slug), default=None)


def why_weaker(standard: Standard, packs: Iterable[Pack]) -> str | None:
    """Why the standard asks for less than the packs do; None where it does not."""
    found = strictest(packs)
    if found is None:
        return None
    pack, floor = found
    if standard.fairness.air_limit < floor:
        return (
            f"Its limit for the adverse impact ratio is {standard.fairness.air_limit}, weaker than the {floor} that"
            f" blocks under the policy pack {pack.label}."
        )
    forces = {planned.check: planned.force for planned in standard.plan}
    loose = [check for check in RATIO_CHECKS if forces.get(check) is not Force.BLOCKING]
    if not loose:
        return None
    return (
        f"The policy pack {pack.label} has the ratio block, and {', '.join(loose)} does not block under it."
    )
