"""Reading what may be trained."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.access import require
from accounts.models import User
from accounts.permissions import Permission
from training.catalog import NAMES


@dataclass(frozen=True)
class NamedRecipe:
    name: str
    settings: dict[str, object]


def recipes(*, actor: User) -> list[NamedRecipe]:
    """Every recipe by name, with the settings it has when none are given."""
    require(actor=actor, permission=Permission.INVENTORY_READ)
    from training.recipes import Recipe

    return [NamedRecipe(name, Recipe().plain()) for name in NAMES]
