"""The sections of the document of a sample run, each a title and its blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from reports.build import words
from reports.build.checks import result_blocks
from reports.build.content import Align, Block, Column, Digest, Facts, NotAssessed, Paragraph, Table
from reports.build.sample_facts import SampleFacts
from reports.build.testing import SUBJECTS, Subject
from validation.models import SampleResult
from validation.reperformed import Marks
from validation.sample import Section as Part
from validation.sample_page import kind_words, role_words

Made: TypeAlias = tuple[str, tuple[Block, ...]]
_PROVEN = "evidence.json, attached"


def scope(facts: SampleFacts) -> Made:
    sample, entry = facts.sample, facts.sample.risk_model
    said = Paragraph(
        "The model lives elsewhere. Its bytes are not sealed here, so it was not scored, explained or trained again;"
        " what was tested are the columns below, as they were brought. Checks that need the model itself answer"
        " insufficient data. The run is of no version of this installation, and nothing is approved or deployed by"
        " this document."
    )
    rows = (
        ("Model", f"{entry.name} ({entry.slug}), tier {entry.tier}"),
        ("Purpose", entry.purpose or words.NONE),
        ("Limitations", entry.limitations or words.NONE),
        ("Who answers for it there", sample.vendor),
        ("Where it lives", sample.system),
        ("Its version there", sample.system_version),
    )
    return "What was tested, and what was not", (said, Facts(rows))


def data(facts: SampleFacts) -> Made:
    sample, said = facts.sample, facts.sample.declaration
    scale = ", ".join(f"{label} {pd}" for label, pd in sorted(said["grades"].items()))
    cut_offs = f"approve below {said['approve_below']}, decline from {said['decline_from']}"
    told = Facts(
        (
            ("Sample", sample.name),
            ("Digest", Digest(sample.digest)),
            ("What the model knew of these rows", kind_words(sample.kind)),
            ("Rows tested", f"{words.count(sample.rows)}, of which {words.count(sample.defaults)} defaulted"),
            ("Rows of development", words.count(sample.reference_rows)),
            ("PD of each grade", scale or "No grades were declared."),
            ("Cut-offs", cut_offs if said["approve_below"] else "None were declared."),
            ("Currency", said["currency"] or "No amounts were declared."),
        )
    )
    checked = [
        block for each in facts.results_in(Part.DATA) for block in result_blocks(each, Marks(), _PROVEN)
    ]
    return "The sample", (told, _columns(facts), *checked)


def subjects(facts: SampleFacts) -> Iterator[Made]:
    """What was tested by subject; where nothing was, that."""
    for subject in SUBJECTS:
        if subject.parts:
            yield subject.title, _blocks(subject, facts.results_in(*subject.parts))


def people(facts: SampleFacts) -> Made:
    run, sample = facts.run, facts.sample
    rows = (
        ("Brought by", f"{sample.brought_by.name}, {words.moment(sample.brought_at)}"),
        ("Checks started by", f"{run.started_by.name}, {words.moment(run.started_at)}"),
    )
    said = NotAssessed("Nobody signs a run on a scored sample: no conclusion and no approval exists for it.")
    return "Who took part, and what was signed", (Facts(rows), said)


def evidence_index(facts: SampleFacts) -> Made:
    said = Paragraph(
        "Attached to this file is evidence.json, the canonical form of the evidence; inside it stands each result below"
        " in full, with its own digest."
    )
    rows = tuple((each.check_id, words.verdict(each.verdict), Digest(each.digest)) for each in facts.results)
    columns = (Column("Check", 0.24), Column("Result", 0.15), Column("SHA-256 of the result", 0.61))
    return "Evidence index", (said, Table(columns, rows))


def _blocks(subject: Subject, results: Sequence[SampleResult]) -> tuple[Block, ...]:
    if not results:
        return (NotAssessed(subject.otherwise),)
    note: tuple[Block, ...] = (Paragraph(subject.note),) if subject.note else ()
    return (*note, *(block for each in results for block in result_blocks(each, Marks(), _PROVEN)))


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
        Column("Column", 0.3),
        Column("Role", 0.34),
        Column("Type", 0.12),
        Column("Empty", 0.1, Align.RIGHT),
        Column("Different", 0.14, Align.RIGHT),
    )
    return Table(heads, rows, caption="Columns that were declared; no other is kept")
