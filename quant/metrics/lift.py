"""What the riskiest part of the book holds: how many of them default, and how many more than anywhere."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from quant import intervals
from quant.arrays import Floats, binary, finite, require_both_classes, require_same_length
from quant.intervals import Interval, Proportion
from quant.scalars import share


@dataclass(frozen=True, slots=True)
class Riskiest:
    """The riskiest `asked` share. Whoever ties with the last one is taken too, so that `taken` may be larger.

    `captured`: the share of all defaults that lies here. The interval of the lift is that of the precision over the
    default rate of the sample, which is taken as known.
    """

    asked: float
    taken: float
    cut_off: float
    precision: Proportion
    captured: Proportion
    lift: float
    lift_interval: Interval


def riskiest(
    defaulted: npt.ArrayLike, score: npt.ArrayLike, *, shares: npt.ArrayLike, level: float = 0.95
) -> tuple[Riskiest, ...]:
    """Precision and captured share with Wilson's intervals, and lift, for each of `shares`, strictly between 0 and 1.

    defaulted, score: (n,). Raises BadInput for malformed arrays, NotMeasurable for one class.
    """
    outcome, risk = binary("defaulted", defaulted), finite("score", score)
    require_same_length(defaulted=outcome, score=risk)
    require_both_classes(outcome)
    ordered = np.argsort(-risk, kind="stable")
    caught = np.cumsum(outcome[ordered], dtype=np.int64)
    wanted = [share("share", each) for each in finite("shares", shares).tolist()]
    return tuple(_riskiest(each, risk[ordered], caught, level) for each in wanted)


def _riskiest(asked: float, descending: Floats, caught: npt.NDArray[np.int64], level: float) -> Riskiest:
    n, bads = descending.size, int(caught[-1])
    # Rounded first: .1 of 30 is 3 obligors, not the 4 that 3.0000000000000004 would ask for.
    last = max(1, int(np.ceil(round(asked * n, 9))))
    cut_off = float(descending[last - 1])
    taken = int(np.searchsorted(-descending, -cut_off, side="right"))
    precision = intervals.proportion(int(caught[taken - 1]), taken, level)
    rate, band = bads / n, precision.interval
    return Riskiest(
        asked=asked,
        taken=taken / n,
        cut_off=cut_off,
        precision=precision,
        captured=intervals.proportion(int(caught[taken - 1]), bads, level),
        lift=precision.value / rate,
        lift_interval=Interval(band.low / rate, band.high / rate, level),
    )
