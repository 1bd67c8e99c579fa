"""The sections of the document of a sample run, each a title and its blocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from django.utils.translation import gettext as _

from reports.build import words
from reports.build.checks import result_blocks
from reports.build.content import Align, Block, Column, Digest, Facts, NotAssessed, Paragraph, Table
from reports.build.sample_facts import SampleFacts
from reports.build.testing import SUBJECTS, Subject, no_check
from validation.models import SampleResult
from validation.reperformed import Marks
from validation.sample import Section as Part
from validation.sample_page import kind_words, role_words

Made: TypeAlias = tuple[str, tuple[Block, ...]]


def scope(facts: SampleFacts) -> Made:
    sample, entry = facts.sample, facts.sample.risk_model
    named = {"name": entry.name, "slug": entry.slug, "tier": entry.tier}
    said = Paragraph(
        _(
            "The model lives elsewhere. Its bytes are not sealed here, so it was not scored, explained or trained"
            " again; what was tested are the columns below, as they were brought. Checks that need the model itself"
            " answer insufficient data. The run is of no version of this installation, and nothing is approved or"
            " deployed by this document."
        )
    )
    rows = (
        (_("Model"), _("%(name)s (%(slug)s), tier %(tier)s") % named),
        (_("Purpose"), entry.purpose or words.NONE),
        (_("Limitations"), entry.limitations or words.NONE),
        (_("Who answers for it there"), sample.vendor),
        (_("Where it lives"), sample.system),
        (_("Its version there"), sample.system_version),
    )
    return _("What was tested, and what was not"), (said, Facts(rows))


def data(facts: SampleFacts) -> Made:
    sample, said = facts.sample, facts.sample.declaration
    scale = ", ".join(f"{label} {words.as_written(str(pd))}" for label, pd in sorted(said["grades"].items()))
    cut_offs = _cut_offs(said) if said["approve_below"] else _("None were declared.")
    counts = {"rows": words.count(sample.rows), "defaults": words.count(sample.defaults)}
    told = Facts(
        (
            (_("Sample"), sample.name),
            (_("Digest"), Digest(sample.digest)),
            (_("What the model knew of these rows"), kind_words(sample.kind)),
            (_("Rows tested"), _("%(rows)s, of which %(defaults)s defaulted") % counts),
            (_("Rows of development"), words.count(sample.reference_rows)),
            (_("PD of each grade"), scale or _("No grades were declared.")),
            (_("Cut-offs"), cut_offs),
            (_("Currency"), said["currency"] or _("No amounts were declared.")),
        )
    )
    checked = [
        block for each in facts.results_in(Part.DATA) for block in result_blocks(each, Marks(), _proven())
    ]
    return _("The sample"), (told, _columns(facts), *checked)


def subjects(facts: SampleFacts) -> Iterator[Made]:
    """What was tested by subject; where nothing was, that."""
    for subject in SUBJECTS:
        if subject.parts:
            yield _(subject.title), _blocks(subject, facts.results_in(*subject.parts))


def people(facts: SampleFacts) -> Made:
    run, sample = facts.run, facts.sample
    rows = (
        (_("Brought by"), f"{sample.brought_by.name}, {words.moment(sample.brought_at)}"),
        (_("Checks started by"), f"{run.started_by.name}, {words.moment(run.started_at)}"),
    )
    said = NotAssessed(
        _("Nobody signs a run on a scored sample: no conclusion and no approval exists for it.")
    )
    return _("Who took part, and what was signed"), (Facts(rows), said)


def evidence_index(facts: SampleFacts) -> Made:
    said = Paragraph(
        _(
            "Attached to this file is evidence.json, the canonical form of the evidence; inside it stands each result"
            " below in full, with its own digest."
        )
    )
    rows = tuple((each.check_id, words.verdict(each.verdict), Digest(each.digest)) for each in facts.results)
    columns = (Column(_("Check"), 0.24), Column(_("Result"), 0.15), Column(_("SHA-256 of the result"), 0.61))
    return _("Evidence index"), (said, Table(columns, rows))


def _proven() -> str:
    return _("evidence.json, attached")


def _cut_offs(said: Mapping[str, str]) -> str:
    told = {name: words.as_written(str(said[name])) for name in ("approve_below", "decline_from")}
    return _("approve below %(approve_below)s, decline from %(decline_from)s") % told


def _blocks(subject: Subject, results: Sequence[SampleResult]) -> tuple[Block, ...]:
    if not results:
        return (NotAssessed(no_check()),)
    note: tuple[Block, ...] = (Paragraph(_(subject.note)),) if subject.note else ()
    return (*note, *(block for each in results for block in result_blocks(each, Marks(), _proven())))


def _columns(facts: SampleFacts) -> Table:
    rows = tuple(
        (
            each["name"],
            role_words(each["role"]),
            each["type"],
            words.count(each["missing"]),
            words.count(each["distinct"]),
        )
        for each in facts.sample.columns
    )
    heads = (
        Column(_("Column"), 0.3),
        Column(_("Role"), 0.34),
        Column(_("Type"), 0.12),
        Column(_("Empty"), 0.1, Align.RIGHT),
        Column(_("Different"), 0.14, Align.RIGHT),
    )
    return Table(heads, rows, caption=_("Columns that were declared; no other is kept"))
