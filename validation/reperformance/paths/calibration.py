"""Jeffreys, Hosmer-Lemeshow and Brier: counts and sums in SQL, tails by scipy, scores by scikit-learn."""

from __future__ import annotations

from typing import Final

from validation.reperformance.paths.loans import Ground
from validation.reperformance.rows import Reading

_BETA, _SQL = "SQL counts, scipy.stats.beta", "SQL"
_GAMMA, _SCORE = "SQL sums, scipy.special.gammaincc", "scikit-learn"
# The place of a PD among the frozen bounds, from 1: how many of them it has reached.
_GRADED: Final = """
    SELECT grade, any_value(g.pd) AS assigned, count(*) AS n, sum(defaulted::INT) AS defaults
    FROM (SELECT 1 + (SELECT count(*) FROM bounds b WHERE b.bound <= loans.pd) AS grade, defaulted FROM loans) l
    JOIN grades g USING (grade) GROUP BY grade ORDER BY grade
"""
_CHI = "SELECT count(*), sum((defaults - n * assigned) ** 2 / (n * assigned * (1 - assigned))) FROM graded"


def readings(ground: Ground) -> list[Reading]:
    return [*_portfolio(ground), *_by_grade(ground), *_scores(ground)]


def _portfolio(ground: Ground) -> list[Reading]:
    from scipy.stats import beta

    n, defaults, mean = ground.one("SELECT count(*), sum(defaulted::INT), avg(pd) FROM loans")
    check, bads = "jeffreys_portfolio", int(defaults)
    return [
        Reading(check, check, float(beta.cdf(mean, bads + 0.5, n - bads + 0.5)), _BETA),
        Reading(check, "mean_pd", float(mean), _SQL),
        Reading(check, "observed_rate", bads / n, _SQL),
    ]


def _by_grade(ground: Ground) -> list[Reading]:
    from scipy.special import gammaincc
    from scipy.stats import beta

    _grade(ground)
    made = []
    for grade, assigned, n, bads in ground.connection.execute(
        "SELECT * FROM graded ORDER BY grade"
    ).fetchall():
        name, low = f"grade_{grade}", float(beta.cdf(assigned, bads + 0.5, n - bads + 0.5))
        made.append(Reading("jeffreys_grades", name, bads / n, "SQL counts"))
        made.append(Reading("jeffreys_grades", name, low, _BETA, "p"))
    freedom, statistic = ground.one(_CHI)
    check = "hosmer_lemeshow"
    tail = float(gammaincc(freedom / 2, statistic / 2))
    return [*made, Reading(check, check, float(statistic), _GAMMA), Reading(check, check, tail, _GAMMA, "p")]


def _grade(ground: Ground) -> None:
    told, connection = ground.sealed["grades.json"], ground.connection
    connection.execute("CREATE TABLE bounds (bound DOUBLE)")
    connection.executemany("INSERT INTO bounds VALUES (?)", [[float(each)] for each in told["bounds"]])
    connection.execute("CREATE TABLE grades (grade BIGINT, pd DOUBLE)")
    listed = [[at, float(pd)] for at, pd in enumerate(told["pds"], start=1)]
    connection.executemany("INSERT INTO grades VALUES (?, ?)", listed)
    connection.execute(f"CREATE TABLE graded AS {_GRADED}")


def _scores(ground: Ground) -> list[Reading]:
    from sklearn.metrics import brier_score_loss, log_loss

    defaulted, pds = ground.column("defaulted"), ground.column("pd")
    made = [Reading("brier", "brier", float(brier_score_loss(defaulted, pds)), f"{_SCORE} brier_score_loss")]
    # At 0 and 1 scikit-learn clips, which is another definition.
    if min(pds) > 0 and max(pds) < 1:
        loss = float(log_loss(defaulted, pds, labels=[False, True]))
        made.append(Reading("brier", "log_loss", loss, f"{_SCORE} log_loss"))
    return made
