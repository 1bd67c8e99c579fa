"""Whether a standard may judge a version: by the tier of its model now, and by the uses it was submitted for."""

from __future__ import annotations

from mrm.lib.errors import FieldError
from registry.models import ModelVersion
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
    return None


def uses_of_version(version: ModelVersion) -> list[str]:
    """Empty for a version that was submitted before uses were asked for: the tier alone decides."""
    return [] if version.use is None else [str(each["use"]) for each in version.use["uses"]]
