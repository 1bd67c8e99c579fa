"""PSI of the score: counts over the sealed bins and the sum itself in SQL."""

from __future__ import annotations

from typing import Final

from validation.reperformance.paths.loans import Ground
from validation.reperformance.rows import Reading

_BY_BIN: Final = """
    CREATE TABLE compared AS SELECT e.bin, e.n AS before, coalesce(c.n, 0) AS after FROM expected e LEFT JOIN (
        SELECT (SELECT count(*) FROM edges WHERE edge <= loans.pd) AS bin, count(*) AS n FROM loans GROUP BY 1
    ) c USING (bin) WHERE e.n + coalesce(c.n, 0) > 0
"""
_SUM: Final = """
    WITH shares AS (
        SELECT greatest(before / sum(before) OVER (), $floor) AS e, greatest(after / sum(after) OVER (), $floor) AS a
        FROM compared
    ) SELECT sum((a - e) * ln(a / e)) FROM shares
"""


def readings(ground: Ground) -> list[Reading]:
    from scipy.special import gammaincc

    _compare(ground)
    bins, before, after = ground.one("SELECT count(*), sum(before), sum(after) FROM compared")
    if bins < 2:
        return []
    floor = {"floor": float(ground.standard["stability"]["floor"])}
    found = ground.connection.execute(_SUM, floor).fetchone()
    assert found is not None  # noqa: S101 (an aggregate)
    value = float(found[0])
    scale = 1 / int(before) + 1 / int(after)
    tail = float(gammaincc((bins - 1) / 2, value / scale / 2))
    return [
        Reading("psi_score", "psi_score", value, "SQL counts over the sealed bins"),
        Reading("psi_score", "psi_score", tail, "SQL, scipy.special.gammaincc", "p"),
    ]


def _compare(ground: Ground) -> None:
    told, connection = ground.sealed["reference.json"]["score_bins"], ground.connection
    connection.execute("CREATE TABLE edges (edge DOUBLE)")
    connection.executemany("INSERT INTO edges VALUES (?)", [[float(edge)] for edge in told["edges"]])
    connection.execute("CREATE TABLE expected (bin BIGINT, n BIGINT)")
    # The shares are sealed; how many rows each stands for follows from the size of the development part.
    listed = [[at, round(float(share) * ground.development_rows)] for at, share in enumerate(told["shares"])]
    connection.executemany("INSERT INTO expected VALUES (?, ?)", listed)
    connection.execute(_BY_BIN)
