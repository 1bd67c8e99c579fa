"""Whether this installation keeps what it promises, as far as that is known at once. `manage.py doctor` asks these
questions and two that read everything: the chain of entries, and the sealed bytes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from audit import guards, selectors
from audit.anchors import selectors as anchors
from jobs.selectors import waits_for_a_worker
from mrm.checks import governance_resolves
from mrm.lib import clock
from notices.selectors import left_lying
from registry import lab_watch

# What SECURITY.md promises, and some patience: a probe is no race.
_SEALED_WITHIN = dt.timedelta(seconds=90)
_SIGNED_WITHIN = dt.timedelta(seconds=30)
_ANCHORED_WITHIN = dt.timedelta(minutes=30)
_COMPARED_WITHIN = dt.timedelta(minutes=2)


@dataclass(frozen=True)
class Promise:
    """A sentence that shall be true, and in words what speaks against it."""

    words: str
    faults: tuple[str, ...]

    @property
    def is_kept(self) -> bool:
        return not self.faults


def promises() -> list[Promise]:
    """Nothing is promised of places outside where none is set up."""
    declared = len(guards.declared())
    places = anchors.ages()
    outside = Promise(_("Every place outside holds a recent checkpoint"), tuple(_unanchored(places)))
    return [
        Promise(
            _("Every rule of governance.py names something that exists"),
            tuple(each.msg for each in governance_resolves()),
        ),
        Promise(
            _("The database has exactly the %(count)s declared guards") % {"count": declared},
            tuple(guards.missing()),
        ),
        Promise(_("What happens is sealed and signed in time"), tuple(_unsigned())),
        *([outside] if places else []),
        Promise(_("Jobs are taken up"), tuple(_idle())),
        Promise(_("What is to be mailed or delivered is taken up"), tuple(_unsent())),
        Promise(_("MLflow is compared with what was registered"), tuple(_uncompared())),
    ]


def is_signed() -> bool:
    return next(_unsigned(), None) is None


def seconds_unsealed() -> float:
    """How long the oldest record has waited for its segment."""
    oldest = selectors.oldest_unsealed()
    return (clock.now() - oldest).total_seconds() if oldest else 0.0


def _unsigned() -> Iterator[str]:
    refusal = selectors.sealer_refusal()
    if refusal:
        yield refusal
    if seconds_unsealed() >= _SEALED_WITHIN.total_seconds():
        yield _("A record has waited for its segment for more than 90 seconds. Start the sealer.")
    if selectors.is_late(_SIGNED_WITHIN):
        yield _("An entry has waited for a checkpoint for more than 30 seconds. Start the sealer.")


def _unanchored(places: Iterable[anchors.Age]) -> Iterator[str]:
    longest = dt.timedelta(minutes=settings.MRM_ANCHOR_MINUTES) + _ANCHORED_WITHIN
    for age in places:
        if age.waiting > longest:
            yield _("%(place)s lacks the checkpoints of the last %(hours)s hours.") % {
                "place": age.where,
                "hours": int(age.waiting.total_seconds() // 3600),
            }


def _idle() -> Iterator[str]:
    if waits_for_a_worker():
        yield _("A job has waited for more than ten minutes. Start a worker and the scheduler.")


def _unsent() -> Iterator[str]:
    for channel in left_lying():
        yield _(
            "Notices by %(channel)s have waited for more than ten minutes. Start a worker and the scheduler."
        ) % {"channel": channel}


def _uncompared() -> Iterator[str]:
    refusal, since = lab_watch.refusal(), lab_watch.compared_since()
    if refusal:
        yield refusal
    if since is not None and clock.now() - since > _COMPARED_WITHIN:
        yield _(
            "Nobody has compared all that MLflow holds for more than two minutes. Start MLflow, a worker and the"
            " scheduler."
        )
