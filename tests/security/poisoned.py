"""The full world with a hostile text in every text that somebody once entered, as whoever holds the database can put it
there: past every service, with the guards lifted."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle
from typing import Any

from django.apps import apps
from django.db import models

from accounts.models import RequestSource, RoleRequest
from audit import guards
from registry.document_template import template
from registry.models import DatasetSnapshot, DeveloperDocument, ScoredSample
from scoring.services import Asked, score
from tests.security.payloads import EVERYTHING, PAYLOADS
from tests.serving.cards import application, card_frame

# Long texts that are no words of a person: names of operations and signed notes.
NOT_WORDS = {"operation", "note", "place", "holder", "refusal", "why_not"}
# An answer without its moment and a reason for what was not overridden are refused by constraints of their tables.
TIED_TO_OTHERS = {"answer", "override_reason"}
LISTS_OF_WORDS = {("jobs.Job", "steps_done"), ("jobs.Job", "reasons")}


def poison(lia: Any) -> int:
    """How many texts were replaced."""
    reference = PAYLOADS[0][:64]
    asked = Asked("card-limit", {"reference": reference, "features": application(card_frame(100))})
    score(actor=lia, asked=asked)
    drawn, count = cycle(PAYLOADS), 0
    guards.lift()
    try:
        for model, field in _texts():
            for row in model._base_manager.all():
                if field.name in TIED_TO_OTHERS and not getattr(row, field.name):
                    # Nobody has entered one, and the database knows why there is none.
                    continue
                text = EVERYTHING if field.max_length is None else next(drawn)[: field.max_length]
                model._base_manager.filter(pk=row.pk).update(**{field.name: text})
                count += 1
        for label, name in LISTS_OF_WORDS:
            count += apps.get_model(label)._base_manager.update(**{name: list(PAYLOADS)})
        DeveloperDocument.objects.update(parts={part.key: EVERYTHING for part in template().parts})
        _columns()
        _provider_groups()
    finally:
        guards.install()
    return count


def _texts() -> list[tuple[type[models.Model], Any]]:
    return [
        (model, field)
        for model in apps.get_models()
        if model._meta.managed and model._meta.app_label not in ("audit", "sessions", "contenttypes", "auth")
        for field in model._meta.concrete_fields
        if isinstance(field, (models.TextField, models.CharField))
        and not field.choices
        and (field.max_length is None or field.max_length >= 100)
        and field.name
        not in NOT_WORDS
        | {"provider_group"}
        | {"key", "hash", "password", "session_data", "app_label", "model"}
    ]


def _provider_groups() -> None:
    """Only what an identity provider said has the name of its group: the database keeps the two together."""
    RoleRequest.objects.update(source=RequestSource.PROVIDER_GROUP, provider_group=PAYLOADS[0])


def _columns() -> None:
    """Names of columns, of documented codes, and of the rules that were broken, as an upload brings them."""
    drawn = cycle(PAYLOADS)
    for row in DatasetSnapshot.objects.all():
        quality = _replaced(row.quality, {"name", "text"}, lambda: next(drawn))
        declaration = row.declaration | {"codes": {key: [1] for key in PAYLOADS}}
        DatasetSnapshot.objects.filter(pk=row.pk).update(quality=quality, declaration=declaration)

    for row in ScoredSample.objects.all():
        columns = _replaced(row.columns, {"name"}, lambda: next(drawn))
        declaration = row.declaration | {"grades": dict.fromkeys(PAYLOADS, "0.1")}
        ScoredSample.objects.filter(pk=row.pk).update(columns=columns, declaration=declaration)


def _replaced(value: Any, names: set[str], text: Callable[[], str]) -> Any:
    if isinstance(value, dict):
        return {
            key: text() if key in names and isinstance(each, str) else _replaced(each, names, text)
            for key, each in value.items()
        }
    return [_replaced(each, names, text) for each in value] if isinstance(value, list) else value
