"""What versions in force have in common: data, sources, features, estimators, families, policies. What is wrong with a
shared thing is wrong with every version that rests on it, so there risk adds up."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.db.models.fields.json import KT
from django.utils.translation import gettext_lazy as _

from accounts.access import reach, require
from accounts.models import User
from accounts.permissions import Permission
from approvals.in_force import keys_in_force
from registry.models import Candidate, DatasetSnapshot, ModelVersion


class SharedKind(models.TextChoices):
    """What can be shared. A source counts by the digest of what was read of it, and by the place it was read from."""

    SNAPSHOT = "snapshot", _("Snapshot")
    SOURCE_CONTENT = "source_content", _("Content of a source")
    SOURCE_PLACE = "source_place", _("Place of a source")
    FEATURE_VIEW = "feature_view", _("Feature view")
    ARTEFACT = "artefact", _("Estimator artefact")
    FAMILY = "family", _("Family of the recipe")
    DICTIONARY = "dictionary", _("Reason dictionary")
    POLICY = "policy", _("Decision policy")


@dataclass(frozen=True)
class Used:
    """One version in force."""

    key: uuid.UUID
    slug: str
    number: int

    @property
    def label(self) -> str:
        return f"{self.slug} v{self.number}"


@dataclass(frozen=True)
class Shared:
    """One thing that at least two versions in force rest on. `identity` is its digest, or its kind and place; `others`
    is filled for the page of one of them."""

    kind: SharedKind
    name: str
    identity: str
    versions: tuple[Used, ...]
    others: tuple[Used, ...] = ()

    @property
    def models(self) -> int:
        return len({each.slug for each in self.versions})


_Thing = tuple[SharedKind, str]


def dependencies(*, actor: User, kind: str = "") -> list[Shared]:
    """What versions in force share, of the models this actor may see; what most of them share first. Four queries and
    one pass, however many versions there are."""
    require(actor=actor, permission=Permission.INVENTORY_READ)
    slugs = reach(actor=actor, permission=Permission.INVENTORY_READ)
    rows = ModelVersion.objects.all()
    found = _shared(rows if slugs is None else rows.filter(risk_model__slug__in=slugs))
    wanted = [each for each in found if kind in {"", each.kind}]
    return sorted(wanted, key=lambda each: (-len(each.versions), _ORDER[each.kind], each.name, each.identity))


def shared_by(*, actor: User, version: ModelVersion) -> list[Shared]:
    """What a version shares with others in force; nothing while it is not in force itself."""
    return [
        replace(each, others=tuple(used for used in each.versions if used.key != version.pk))
        for each in dependencies(actor=actor)
        if any(used.key == version.pk for used in each.versions)
    ]


_ORDER: Mapping[SharedKind, int] = {kind: at for at, kind in enumerate(SharedKind)}


def _shared(rows: QuerySet[ModelVersion]) -> Iterator[Shared]:
    facts = _facts(rows)
    families, snapshots = _families(facts), _snapshots(facts)
    names: dict[_Thing, str] = {}
    users: dict[_Thing, list[Used]] = defaultdict(list)
    for fact in facts:
        used = Used(fact["pk"], fact["risk_model__slug"], fact["number"])
        things = snapshots[fact["snapshot_id"]] | dict(_of_version(fact, families[fact["candidate_id"]]))
        for thing, name in things.items():
            names.setdefault(thing, name)
            users[thing].append(used)
    for thing, versions in users.items():
        if len(versions) > 1:
            yield Shared(thing[0], names[thing], thing[1], tuple(versions))


def _facts(rows: QuerySet[ModelVersion]) -> list[dict[str, Any]]:
    """Of each version in force, what it rests on by key or digest."""
    columns = ("pk", "risk_model__slug", "number", "snapshot_id", "artifact_id", "candidate_id")
    listed = ModelVersion.objects.filter(pk__in=keys_in_force(rows)).order_by("risk_model__slug", "number")
    return list(listed.values(*columns, "policy__digest", "dictionary__digest"))


def _families(facts: list[dict[str, Any]]) -> dict[uuid.UUID, str]:
    """Empty for what was trained elsewhere, whose recipe names none."""
    rows = Candidate.objects.filter(pk__in={each["candidate_id"] for each in facts})
    found = rows.annotate(family=KT("recipe__recipe__estimator")).values_list("pk", "family")
    return {key: family or "" for key, family in found}


def _snapshots(facts: list[dict[str, Any]]) -> dict[uuid.UUID, dict[_Thing, str]]:
    rows = DatasetSnapshot.objects.filter(pk__in={each["snapshot_id"] for each in facts})
    return {each.pk: dict(_of_snapshot(each)) for each in rows.only("name", "digest", "lineage")}


def _of_version(fact: Mapping[str, Any], family: str) -> Iterator[tuple[_Thing, str]]:
    """Policies and dictionaries belong to a model each; alike is what has the same digest."""
    yield (SharedKind.ARTEFACT, fact["artifact_id"]), fact["artifact_id"][:12]
    yield (SharedKind.POLICY, fact["policy__digest"]), fact["policy__digest"][:12]
    yield (SharedKind.DICTIONARY, fact["dictionary__digest"]), fact["dictionary__digest"][:12]
    if family:
        yield (SharedKind.FAMILY, family), family


def _of_snapshot(snapshot: DatasetSnapshot) -> Iterator[tuple[_Thing, str]]:
    yield (SharedKind.SNAPSHOT, snapshot.digest), snapshot.name
    for each in snapshot.lineage.get("sources", ()):
        yield (SharedKind.SOURCE_CONTENT, each["digest"]), each["name"]
    yield from _places(snapshot.lineage.get("assembly", {}).get("sources", ()))


def _places(sources: Iterable[Mapping[str, Any]]) -> Iterator[tuple[_Thing, str]]:
    """A query counts by the connection it was asked over."""
    for each in sources:
        place = each["place"] or each["connection"]
        kind = SharedKind.FEATURE_VIEW if each["kind"] == "view" else SharedKind.SOURCE_PLACE
        yield (kind, f"{each['kind']} {place}"), place
