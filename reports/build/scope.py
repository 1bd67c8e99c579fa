"""Sections 1 and 2: scope, use, limitations, what was not tested; the tier."""

from __future__ import annotations

from mrm.settings import governance
from registry.declarations import BY_TIME
from reports.build import words
from reports.build.content import Align, Block, Column, Facts, Heading, Paragraph, Section, Table
from reports.build.facts import DossierFacts
from reports.build.judgement import assessed
from reports.build.plan import plan
from reports.build.use import reached, use
from validation.selectors import check_card
from validation.topics import Topic

# What this kind of validation never looks at, whatever the checks say: each line names what would be needed.
NEVER_TESTED = (
    (
        "Drift after go-live",
        "Readings on production data do not exist yet; there is no monitoring in this release.",
    ),
    (
        "People who were never lent to",
        "The data hold clients only: nothing is inferred about rejected applicants.",
    ),
    ("Macroeconomic stress", "No scenario links the inputs to the economy."),
    ("Migration between grades", "It needs the grades of the same clients at two dates."),
)
OUT_OF_TIME = (
    "Out of time",
    "The held-out part is drawn from the same snapshot; data of a later period would be needed.",
)
OBSERVED_PROFIT = (
    "Observed profit",
    "What loans have earned was not replayed; every amount rests on what the standard assumes.",
)


def scope(facts: DossierFacts) -> Section:
    entry = facts.version.risk_model
    rows = (
        ("Purpose", entry.purpose or words.NONE),
        ("Intended use", entry.intended_use or words.NONE),
        ("Owner", entry.owner.name),
        ("Change", facts.version.change_note or _first(facts)),
    )
    return Section(
        1,
        "Scope, use, limitations and what was not tested",
        (
            Facts(rows),
            *use(facts.version),
            *assessed(facts, Topic.SCOPE, Topic.LIMITS),
            *plan(facts),
            Heading("What was not tested", "not-tested"),
            *_unmeasured(facts),
            Table(
                (Column("Not tested", 0.28), Column("Why, and what it would take", 0.72)), _not_tested(facts)
            ),
        ),
    )


def tier(facts: DossierFacts) -> Section:
    entry = facts.version.risk_model
    held = entry.tier or 0
    accepted = (
        f"{entry.accepted_by.name}, {words.moment(entry.accepted_at)}" if entry.accepted_by else words.NONE
    )
    rows = (
        ("Tier", str(entry.tier or words.NONE)),
        ("Entry proposed by", f"{entry.proposed_by.name}, {words.moment(entry.proposed_at)}"),
        ("Entry accepted by", accepted),
        ("Independent sign-offs asked for", str(governance.QUORUM.get(held, words.NONE))),
        ("An approval holds for", f"{governance.VALIDITY_MONTHS.get(held, words.NONE)} months"),
        ("Rules in force (governance digest)", facts.governance),
    )
    return Section(2, "Tier", (Facts(rows), *reached(facts.version)))


def _not_tested(facts: DossierFacts) -> tuple[tuple[str, str], ...]:
    replayed = facts.result("realised_profit")
    has_profit = replayed is not None and replayed.verdict != "insufficient_data"
    return (
        *(() if facts.version.snapshot.split.get("method") == BY_TIME else (OUT_OF_TIME,)),
        *NEVER_TESTED,
        *(() if has_profit else (OBSERVED_PROFIT,)),
    )


def _first(facts: DossierFacts) -> str:
    before = facts.version.predecessor
    return (
        "First version of this model." if before is None else f"Follows v{before.number}; no note was left."
    )


def _unmeasured(facts: DossierFacts) -> tuple[Block, ...]:
    """Checks that were planned and could not be judged stand first: they are gaps of this very file."""
    gaps = [each for each in facts.results if each.verdict in ("insufficient_data", "inconclusive", "error")]
    if not gaps:
        return (
            Paragraph("Every check of the standard was measured. Beyond them, the following was not tested."),
        )
    rows = tuple((_title(each.check_id), words.verdict(each.verdict), each.headline) for each in gaps)
    columns = (Column("Planned check", 0.28), Column("Result", 0.16, Align.LEFT), Column("Said", 0.56))
    return (Table(columns, rows, caption="Planned by the standard, and not settled by these data"),)


def _title(check_id: str) -> str:
    card = check_card(check_id)
    return check_id if card is None else card.title
