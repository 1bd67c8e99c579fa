"""Comparing MLflow with what stands here, in turns: every registered version and every model that is shown there, one
after the other, round after round. No score waits for it, and nothing that it finds changes one."""

from __future__ import annotations

import time
import uuid
from bisect import bisect_right

import structlog
from django.conf import settings

from accounts.models import User
from accounts.selectors import the_installation
from mrm.lib.errors import Unavailable
from registry import lab_watch
from registry.gateway.upstream import UpstreamFailed
from registry.lab_book import FILE_SECONDS, LabBook
from registry.lab_comparison import look_at
from registry.lab_differences import note_look
from registry.lab_watch import Turn
from registry.models import Candidate, ModelVersion, RiskModel
from scoring.showing import look_at_shown, show

log = structlog.get_logger()
# A turn begins nothing new after this; docs/mlflow.md says how much is seen within a minute.
TURN_SECONDS = 15.0
# A file that takes longer counts as no answer.
LONGEST_LOOK_SECONDS = FILE_SECONDS
# In a row: then MLflow is down, and the next turn asks again.
_FAILURES = 3
_MODEL, _CANDIDATE = "model", "run"


def watch() -> int:
    """One turn, if it is nobody else's; returns how many places it has looked at."""
    turn = lab_watch.take()
    if turn is None:
        return 0
    try:
        return _Watch(turn).go()
    except lab_watch.Lost:
        log.warning("lab_turn_lost", turn=turn.number)
        return 0
    finally:
        turn.give_back()


class _Watch:
    def __init__(self, turn: Turn) -> None:
        self._turn, self._actor = turn, the_installation()
        self._until = time.monotonic() + TURN_SECONDS
        self._looked = self._failed = 0

    def go(self) -> int:
        try:
            book = LabBook(settings.MRM_MLFLOW_URL)
        except ValueError:
            self._turn.say("MLflow has no http address (MRM_MLFLOW_URL), so nobody compares it.")
            return 0
        if not self._turn.place:
            self._turn.begin_round()
        waiting = _places()
        for place in waiting[bisect_right(waiting, self._turn.place) :]:
            if self._is_over():
                return self._looked
            self._look(place, book)
            self._turn.went_on_to(place)
        self._turn.end_round()
        return self._looked

    def _is_over(self) -> bool:
        """Each turn gets somewhere, however slow MLflow is."""
        has_begun = self._looked + self._failed > 0
        return has_begun and (time.monotonic() > self._until or self._failed == _FAILURES)

    def _look(self, place: str, book: LabBook) -> None:
        kind, _, pk = place.partition(" ")
        look = _look_at_model if kind == _MODEL else _look_at_candidate
        try:
            look(self._actor, self._turn, uuid.UUID(pk), book)
        except (UpstreamFailed, Unavailable) as refusal:
            self._failed += 1
            self._turn.say(refusal.message)
        else:
            self._looked += 1
            self._failed = 0


def _places() -> list[str]:
    """Everything there is to look at, in an order that stays."""
    shown = RiskModel.objects.filter(deployments__isnull=False).distinct()
    registered = Candidate.objects.filter(versions__isnull=False).distinct()
    named = [f"{_MODEL} {pk}" for pk in shown.values_list("pk", flat=True)]
    return sorted([*named, *(f"{_CANDIDATE} {pk}" for pk in registered.values_list("pk", flat=True))])


def _look_at_candidate(actor: User, turn: Turn, pk: uuid.UUID, book: LabBook) -> None:
    """Several versions may be made of one run: it is fetched once."""
    candidate = Candidate.objects.select_related("snapshot").get(pk=pk)
    look = look_at(candidate, book)
    for version in candidate.versions.select_related("risk_model"):
        note_look(actor=actor, turn=turn, version=version, look=look)


def _look_at_model(actor: User, turn: Turn, pk: uuid.UUID, book: LabBook) -> None:
    """What somebody changed is written down first and put back then; an approval that has ended by the clock loses its
    tag the same way, and nobody is blamed for it."""
    risk_model = RiskModel.objects.get(pk=pk)
    seen = look_at_shown(risk_model, book)
    for version in ModelVersion.objects.filter(risk_model=risk_model, number__in=list(seen.looks)):
        note_look(actor=actor, turn=turn, version=version, look=seen.looks[version.number])
    if seen.is_behind:
        show(risk_model)
