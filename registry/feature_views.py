"""Feature views: writing one down when its job has built it, naming it, reading its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Max

from accounts.access import require
from accounts.models import User
from accounts.permissions import Permission
from audit.events import Event
from audit.services import record, unit_of_work
from mrm.lib import canonical, clock
from mrm.lib.errors import Conflict, NotFound
from quant.transactions import form
from quant.transactions.definition import QUOTIENTS
from registry import subjects, vault
from registry.frames.files import Kind
from registry.models import FeatureView

FEATURES: Final = "features"
HOLDERS: Final = "holders"


@dataclass(frozen=True)
class BuiltView:
    """What the child made, with the ciphertext of each of its parts in the store. Any: JSON."""

    name: str
    definition: Mapping[str, Any]
    content_digest: str
    rows: int
    lineage: Mapping[str, Any]
    parts: Mapping[str, str]


@unit_of_work
def record_view(*, actor: User, built: BuiltView) -> FeatureView:
    """The next number of a name. The same definition with the same content is written once: the row that stands is
    returned. Conflict where another build of the name ends at the same moment."""
    require(actor=actor, permission=Permission.SNAPSHOT_IMPORT)
    definition_digest = canonical.digest(built.definition)
    same = FeatureView.objects.filter(
        name=built.name, definition_digest=definition_digest, content_digest=built.content_digest
    )
    standing = same.order_by("-number").first()
    if standing is not None:
        return standing
    last = FeatureView.objects.filter(name=built.name).aggregate(last=Max("number"))["last"]
    view = FeatureView(
        name=built.name,
        number=(last or 0) + 1,
        definition=dict(built.definition),
        definition_digest=definition_digest,
        content_digest=built.content_digest,
        rows=built.rows,
        lineage=dict(built.lineage),
        parts=dict(built.parts),
        built_by=actor,
        built_at=clock.now(),
    )
    _save(view)
    record(
        event=Event.FEATURE_VIEW_BUILT,
        actor=actor,
        subject=subjects.of_feature_view(view),
        facts=_facts(view),
    )
    return view


def _save(view: FeatureView) -> None:
    try:
        with transaction.atomic():
            view.save(force_insert=True)
    except IntegrityError:
        raise Conflict(
            f"The feature view {view.label} was not written: another build of this name ended at the same moment. Ask"
            " again."
        ) from None


def _facts(view: FeatureView) -> dict[str, object]:
    return {
        "name": view.name,
        "number": view.number,
        "definition": view.definition_digest,
        "content": view.content_digest,
        "rows": view.rows,
    }


def named(*, actor: User, label: str) -> FeatureView:
    """By `name/number`."""
    require(actor=actor, permission=Permission.SNAPSHOT_IMPORT)
    name, _, number = label.partition("/")
    wanted = int(number) if number.isdecimal() else 0
    found = FeatureView.objects.filter(name=name, number=wanted).first()
    if found is None:
        raise NotFound(f"There is no feature view {label[:60]} that you may see.")
    return found


def read_features(*, actor: User, view: FeatureView) -> bytes:
    """The key and the features of every application, as parquet."""
    require(actor=actor, permission=Permission.SNAPSHOT_IMPORT)
    return vault.read_view_part(view=view.content_digest, name=FEATURES, kept=view.parts[FEATURES])


def kinds_of(view: FeatureView) -> dict[str, Kind]:
    """The columns of its features in their order, the key first."""
    key = {str(view.lineage["view"]["columns"]["key"]): Kind(view.lineage["key_kind"])}
    made = form.load(view.definition).features
    return key | {each.name: Kind.NUMBER if each.measure.kind in QUOTIENTS else Kind.INTEGER for each in made}
