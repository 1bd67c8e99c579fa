"""A sweep made ready for one snapshot, as the gates of training ask about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mrm.lib.errors import FieldError, Invalid
from quant.features.plain import SchemaFault
from training.catalog import ReadsInputs, fields_of

if TYPE_CHECKING:
    from registry.models import DatasetSnapshot
    from training.sweep.asked import Asked, Entrant

SWEEP = "sweep"


@dataclass(frozen=True)
class SweepPlan(ReadsInputs):
    """What was asked, and its entrants in their order. All of them read the same inputs."""

    asked: Asked
    entrants: tuple[Entrant, ...]
    name: str = SWEEP

    @property
    def inputs(self) -> list[dict[str, Any]]:
        return list(self.entrants[0].task["schema"]["inputs"])

    def spec(self) -> dict[str, Any]:
        """spec.json of the child."""
        entrants = [
            {
                "name": each.name,
                "family": str(each.family),
                "dials": each.dials.plain(),
                "task": dict(each.task),
            }
            for each in self.entrants
        ]
        return {"entrants": entrants, "tuning": self.asked.tuning, "profit": self.asked.profit}


def plan_sweep(*, raw: Mapping[str, object], snapshot: DatasetSnapshot) -> SweepPlan:
    """The sweep of plain JSON on a snapshot. Invalid says what is wrong with it."""
    from training.sweep import asked

    try:
        made = asked.load(raw)
        asked.require_result(made, snapshot)
        declared = fields_of(made.fields, snapshot)
        asked.require_day(made, declared)
        return SweepPlan(made, tuple(asked.entrants(made, declared, snapshot)))
    except SchemaFault as fault:
        raise Invalid("The sweep is not valid.", [FieldError("/sweep", "invalid", str(fault))]) from None
