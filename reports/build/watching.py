"""Section 14: what is watched once the version decides, and who answers."""

from __future__ import annotations

from registry.monitored import Bad, Watched, catalogue
from registry.monitoring_plans import lines_of
from reports.build import words
from reports.build.content import Align, Column, Facts, NotAssessed, Noted, Section, Table
from reports.build.facts import DossierFacts

NUMBER = 14
_TITLE = "Monitoring plan"
_COLUMNS = (
    Column("What is watched", 0.34),
    Column("How often", 0.1),
    Column("Amber", 0.09, Align.RIGHT),
    Column("Red", 0.09, Align.RIGHT),
    Column("Who answers, and what they do then", 0.38),
)


def monitoring_plan(facts: DossierFacts) -> Section:
    plan = facts.monitoring
    if plan is None:
        return Section(
            NUMBER, _TITLE, (NotAssessed("Nobody had written a monitoring plan when this file was built."),)
        )
    said = Facts(
        (
            (
                "Revision",
                f"{plan.revision}, written by {plan.written_by.name}, {words.moment(plan.written_at)}",
            ),
            ("SHA-256 of the plan", plan.digest),
        )
    )
    return Section(NUMBER, _TITLE, (said, Table(_COLUMNS, tuple(_row(line) for line in lines_of(plan)))))


def _row(line: Watched) -> tuple[Noted, str, str, str, Noted]:
    measure = next(each for each in catalogue().measures if each.key == line.measure)
    side = ">" if measure.bad is Bad.ABOVE else "<"
    return (
        Noted(measure.title.english, measure.what.english),
        f"every {line.every}",
        f"{side} {line.amber}",
        f"{side} {line.red}",
        Noted(line.owner, line.then),
    )
