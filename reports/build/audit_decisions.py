"""The sample of decisions, each computed again while the report was made."""

from __future__ import annotations

from django.utils.translation import gettext as _

from mrm.lib.charts import numerals
from reports.audit_sample import Computed, Outcome, Sampled
from reports.build import words
from reports.build.audit_facts import AuditFacts
from reports.build.audit_words import columns, counted, minute
from reports.build.content import Block, Cell, Digest, Facts, NotAssessed, Paragraph, State, Word

# The share that is stated holds with this confidence.
_DOUBT = 0.05


def sampled(facts: AuditFacts) -> tuple[Block, ...]:
    found = facts.sampled
    told = Facts(
        (
            (_("Decisions of the period"), words.count(found.population)),
            (_("Asked for"), words.count(facts.asked.sample_size)),
            (_("Drawn and computed again"), words.count(len(found.decisions))),
            (_("Same in every bit"), words.count(found.same)),
            (_("Seed: the leaf of the entry that asked"), Digest(found.seed)),
            (_("Audit reports asked for before this one"), words.count(found.asked_before)),
        )
    )
    rule = Paragraph(
        _(
            "Drawn are the decisions whose SHA-256 of the seed, a space and their id is smallest. The seed did not "
            "exist before the report was asked for, so nobody chose it; whoever has the ids draws the same again. "
            "Each was computed from its sealed artefact, policy and inputs, and compared bit by bit; each replay "
            "is an entry of the ledger. Of an applicant nothing is printed but the decision's id."
        )
    )
    heads = columns(
        (_("Decision"), 0.4), (_("Version"), 0.18), (_("Made (UTC)"), 0.18), (_("Computed again"), 0.24)
    )
    rows = [_row(each) for each in found.decisions]
    return (told, rule, *counted(_("Decisions computed again"), "sample", heads, rows), _conclusion(found))


def _row(each: Computed) -> tuple[Cell, ...]:
    return (str(each.decision), each.version, minute(each.made_at), _outcome(each))


def _outcome(each: Computed) -> Word:
    if each.outcome is Outcome.SAME:
        return Word(_("same"), State.GOOD)
    if each.outcome is Outcome.DIFFERS:
        return Word(_("differs: %(names)s") % {"names": ", ".join(each.differs)}, State.BAD)
    if each.outcome is Outcome.ERASED:
        return Word(_("erased on request"), State.QUIET)
    return Word(_("could not be computed: %(code)s") % {"code": ", ".join(each.differs)}, State.BAD)


def _conclusion(found: Sampled) -> Block:
    """What the sample can say of those that were not drawn: with n alike and none different, the one-sided bound of
    Clopper and Pearson (1934) is 1 - 0.05 ** (1 / n)."""
    if not found.decisions:
        return NotAssessed(
            _("No decision was computed again, so nothing is said about the decisions of the period.")
        )
    if found.same < len(found.decisions):
        return Paragraph(_("Not every drawn decision is the same: each of the others has to be explained."))
    if found.same == found.population:
        return Paragraph(_("Every decision of the period was computed again, and none differs."))
    bound = 1 - _DOUBT ** (1 / found.same)
    return Paragraph(
        _("With 95 %% confidence at most %(share)s of the period's decisions would differ.")
        % {"share": numerals.percent(bound)}
    )
