"""Section 14: what is watched once the version decides, and who answers."""

from __future__ import annotations

from django.utils.translation import gettext as _

from registry.models import MonitoringPlan
from registry.monitored import Bad, Every, Watched, catalogue
from registry.monitoring_plans import lines_of
from reports.build import words
from reports.build.content import Align, Block, Column, Facts, NotAssessed, Noted, Section, Table
from reports.build.facts import DossierFacts

NUMBER = 14


def monitoring_plan(facts: DossierFacts) -> Section:
    return Section(NUMBER, _("Monitoring plan"), watched(facts.monitoring))


def watched(plan: MonitoringPlan | None) -> tuple[Block, ...]:
    if plan is None:
        return (NotAssessed(_("Nobody had written a monitoring plan when this file was built.")),)
    told = {
        "revision": plan.revision,
        "name": plan.written_by.name,
        "at": words.moment(plan.written_at),
    }
    revision = _("%(revision)s, written by %(name)s, %(at)s") % told
    said = Facts(((_("Revision"), revision), (_("SHA-256 of the plan"), plan.digest)))
    columns = (
        Column(_("What is watched"), 0.34),
        Column(_("How often"), 0.1),
        Column(_("Amber"), 0.09, Align.RIGHT),
        Column(_("Red"), 0.09, Align.RIGHT),
        Column(_("Who answers, and what they do then"), 0.38),
    )
    return (said, Table(columns, tuple(_row(line) for line in lines_of(plan))))


def _row(line: Watched) -> tuple[Noted, str, str, str, Noted]:
    measure = next(each for each in catalogue().measures if each.key == line.measure)
    side = ">" if measure.bad is Bad.ABOVE else "<"
    return (
        Noted(measure.title.here, measure.what.here),
        _every(line.every),
        f"{side} {words.as_written(str(line.amber))}",
        f"{side} {words.as_written(str(line.red))}",
        Noted(line.owner, line.then),
    )


def _every(every: str) -> str:
    return {
        Every.DAY: _("every day"),
        Every.WEEK: _("every week"),
        Every.MONTH: _("every month"),
        Every.QUARTER: _("every quarter"),
        Every.YEAR: _("every year"),
    }[Every(every)]
