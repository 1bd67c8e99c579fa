"""What a policy says of a table, row by row, by the function that scoring uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from quant.policy import Policy
    from registry.serving.served import ScoredFrame, Served


def outcomes(
    served: Served,
    scored: ScoredFrame,
    policy: Policy,
    frame: pd.DataFrame,
    *,
    pds: NDArray[np.float64] | None = None,
) -> NDArray[np.str_]:
    """Verdicts (rows,) of PDs and rules. `pds` stand in for the version's own, where another path has computed them."""
    import numpy as np

    from quant.policy import evaluate

    # An amount that was spelled as a text counts as the number it means.
    columns = {name: column.tolist() for name, column in served.checked(frame).columns.items()}
    said = scored.probabilities if pds is None else pds
    verdicts = [
        str(
            evaluate(
                policy,
                pd=float(said[row]),
                inputs={name: _plain(values[row]) for name, values in columns.items()},
                flags=scored.flags(row) if scored.unseen else (),
            ).verdict
        )
        for row in range(len(frame))
    ]
    return np.array(verdicts, dtype=np.str_)


def _plain(value: float) -> float | None:
    return None if value != value else value  # noqa: PLR0124 (only NaN differs from itself)
