"""Sections 1 and 2: scope, use, limitations, what was not tested; the tier."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mrm.settings import governance
from registry.declarations import BY_TIME
from reports.build import words
from reports.build.content import Align, Block, Column, Facts, Heading, Paragraph, Section, Table
from reports.build.facts import DossierFacts
from reports.build.judgement import assessed
from reports.build.plan import plan
from reports.build.use import reached, use
from reports.edition import Language
from validation.plan_words import title_of
from validation.topics import Topic


def scope(facts: DossierFacts) -> Section:
    entry = facts.version.risk_model
    rows = (
        (_("Purpose"), entry.purpose or words.NONE),
        (_("Intended use"), entry.intended_use or words.NONE),
        (_("Owner"), entry.owner.name),
        (_("Change"), facts.version.change_note or _first(facts)),
    )
    return Section(
        1,
        _("Scope, use, limitations and what was not tested"),
        (
            *_evidence_is_english(),
            Facts(rows),
            *use(facts.version),
            *assessed(facts, Topic.SCOPE, Topic.LIMITS),
            *plan(facts),
            Heading(_("What was not tested"), "not-tested"),
            *_unmeasured(facts),
            _not_tested_table(facts),
        ),
    )


def tier(facts: DossierFacts) -> Section:
    entry = facts.version.risk_model
    held = entry.tier or 0
    accepted = (
        f"{entry.accepted_by.name}, {words.moment(entry.accepted_at)}" if entry.accepted_by else words.NONE
    )
    months = governance.VALIDITY_MONTHS.get(held, words.NONE)
    rows = (
        (_("Tier"), str(entry.tier or words.NONE)),
        (_("Entry proposed by"), f"{entry.proposed_by.name}, {words.moment(entry.proposed_at)}"),
        (_("Entry accepted by"), accepted),
        (_("Independent sign-offs asked for"), str(governance.QUORUM.get(held, words.NONE))),
        (_("An approval holds for"), _("%(count)s months") % {"count": months}),
        (_("Rules in force (governance digest)"), facts.governance),
    )
    return Section(2, _("Tier"), (Facts(rows), *reached(facts.version)))


def _not_tested_table(facts: DossierFacts) -> Table:
    columns = (Column(_("Not tested"), 0.28), Column(_("Why, and what it would take"), 0.72))
    return Table(columns, _not_tested(facts))


def _not_tested(facts: DossierFacts) -> tuple[tuple[str, str], ...]:
    replayed = facts.result("realised_profit")
    has_profit = replayed is not None and replayed.verdict != "insufficient_data"
    return (
        *(() if facts.version.snapshot.split.get("method") == BY_TIME else (_out_of_time(),)),
        *_never_tested(),
        *(() if has_profit else (_observed_profit(),)),
    )


def _evidence_is_english() -> tuple[Block, ...]:
    """Said where the document is in another language than the sentences that were signed."""
    if get_language() == Language.ENGLISH:
        return ()
    told = _("What the checks said and called their measures is printed as it was signed, in English.")
    return (Paragraph(told, is_soft=True),)


def _never_tested() -> tuple[tuple[str, str], ...]:
    """What this kind of validation never looks at, whatever the checks say: each line names what would be needed."""
    return (
        (
            _("Drift after go-live"),
            _("Readings on production data do not exist yet; there is no monitoring in this release."),
        ),
        (
            _("People who were never lent to"),
            _("The data hold clients only: nothing is inferred about rejected applicants."),
        ),
        (_("Macroeconomic stress"), _("No scenario links the inputs to the economy.")),
        (_("Migration between grades"), _("It needs the grades of the same clients at two dates.")),
    )


def _out_of_time() -> tuple[str, str]:
    return (
        _("Out of time"),
        _("The held-out part is drawn from the same snapshot; data of a later period would be needed."),
    )


def _observed_profit() -> tuple[str, str]:
    return (
        _("Observed profit"),
        _("What loans have earned was not replayed; every amount rests on what the standard assumes."),
    )


def _first(facts: DossierFacts) -> str:
    before = facts.version.predecessor
    if before is None:
        return _("First version of this model.")
    return _("Follows v%(number)s; no note was left.") % {"number": before.number}


def _unmeasured(facts: DossierFacts) -> tuple[Block, ...]:
    """Checks that were planned and could not be judged stand first: they are gaps of this very file."""
    gaps = [each for each in facts.results if each.verdict in ("insufficient_data", "inconclusive", "error")]
    if not gaps:
        return (
            Paragraph(
                _("Every check of the standard was measured. Beyond them, the following was not tested.")
            ),
        )
    rows = tuple((title_of(each.check_id), words.verdict(each.verdict), each.headline) for each in gaps)
    columns = (
        Column(_("Planned check"), 0.28),
        Column(_("Result"), 0.16, Align.LEFT),
        Column(_("Said"), 0.56),
    )
    return (Table(columns, rows, caption=_("Planned by the standard, and not settled by these data")),)
