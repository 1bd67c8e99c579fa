"""The snapshots that a form of this app offers, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.models import User
from mrm.lib.charts import numerals
from registry import selectors
from registry.models import DatasetSnapshot

_MOST = 50


def snapshots_to_choose(actor: User) -> list[tuple[str, str]]:
    """The newest that the actor may see."""
    found = selectors.visible_snapshots(actor=actor)[:_MOST]
    return [(str(each.pk), _words(each)) for each in found]


def _words(snapshot: DatasetSnapshot) -> str:
    rows = numerals.fixed(snapshot.development_rows)
    return f"{snapshot.name} · {snapshot.digest[:8]}… · " + _("%(rows)s rows for development") % {
        "rows": rows
    }
