"""Uses and limitations as tables of a page, of an entry or of what was frozen into a version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from registry.uses import Use, limitations_of, uses_of


def use_words(use: str) -> str:
    words = {
        Use.ORIGINATION: _("Origination"),
        Use.LIMIT_MANAGEMENT: _("Limit management"),
        Use.PRICING: _("Pricing"),
        Use.COLLECTIONS: _("Collections"),
        Use.PROVISIONING: _("Provisioning"),
        Use.CAPITAL: _("Capital"),
        Use.MARKETING: _("Marketing"),
    }
    return words[Use(use)] if use in set(Use) else use


def uses_told(uses: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, str, str]]:
    """Use, products, segments, countries; the closed word in the reader's language."""
    return [
        (
            use_words(each.use),
            ", ".join(each.products),
            ", ".join(each.segments) or _("all"),
            ", ".join(each.jurisdictions),
        )
        for each in uses_of(uses)
    ]


def tables_of(uses: Sequence[Mapping[str, Any]], limitations: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """What registry/_use.html shows."""
    said = [each.plain() for each in limitations_of(limitations)]
    return {
        "use_columns": _columns(_("Use"), _("Products"), _("Segments"), _("Countries")),
        "use_rows": [[{"text": text} for text in row] for row in uses_told(uses)],
        "limitation_columns": _columns(_("Limitation"), _("What follows"), _("Control")),
        "limitation_rows": [[{"text": text} for text in each.values()] for each in said],
    }


def tables_of_version(use: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """None for a version that was submitted before uses were asked for, and for a draft."""
    return None if use is None else tables_of(use["uses"], use["limitations"])


def _columns(*labels: str) -> list[dict[str, str]]:
    return [{"label": label} for label in labels]
