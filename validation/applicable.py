"""Whether a standard may judge a version: by the tier of its model now, by the uses it was submitted for, and by the
policy packs it falls under today."""

from __future__ import annotations

from mrm.lib.errors import FieldError
from registry.models import ModelVersion
from validation.pack_selectors import packs_of
from validation.packs.floors import why_weaker
from validation.standard import Standard


def why_not_applicable(version: ModelVersion, standard: Standard) -> FieldError | None:
    """None where it applies."""
    entry = version.risk_model
    if entry.tier not in standard.tiers:
        said = " and ".join(map(str, standard.tiers))
        detail = f"It applies to models of tier {said}; {entry.slug} is of tier {entry.tier}."
        return FieldError("/standard", "tier", detail)
    others = [use for use in uses_of_version(version) if use not in standard.uses]
    if others:
        said = ", ".join(standard.uses)
        detail = f"It applies to {said}; {version.label} was submitted for {', '.join(others)} as well."
        return FieldError("/standard", "use", detail)
    return _why_not_under_its_packs(version, standard)


def _why_not_under_its_packs(version: ModelVersion, standard: Standard) -> FieldError | None:
    """The floors of packs are read from their content on a day, which no trigger can: this is asked when a run is
    started, when its job is claimed, and by the gates of conclusion, request and approval."""
    packs = packs_of(version)
    if standard.packs and not {pack.slug for pack in packs} & set(standard.packs):
        said = ", ".join(standard.packs)
        detail = f"It applies under the policy packs {said}; {version.label} falls under none of them today."
        return FieldError("/standard", "pack", detail)
    weaker = why_weaker(standard, packs)
    return None if weaker is None else FieldError("/standard", "weaker", weaker)


def uses_of_version(version: ModelVersion) -> list[str]:
    """Empty for a version that was submitted before uses were asked for: the tier alone decides."""
    return [] if version.use is None else [str(each["use"]) for each in version.use["uses"]]
