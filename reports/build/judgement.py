"""What people wrote: the developer's document, the validator's assessments, questions with their answers."""

from __future__ import annotations

from registry.document_template import template
from reports.build import words
from reports.build.content import (
    Block,
    Column,
    Digest,
    Facts,
    Heading,
    NotAssessed,
    Paragraph,
    State,
    Table,
    Word,
)
from reports.build.facts import DossierFacts
from validation.models import Assessment, Question
from validation.topics import Rating, Topic

_RATINGS = {
    Rating.SATISFACTORY: State.GOOD,
    Rating.NEEDS_IMPROVEMENT: State.WAITING,
    Rating.UNSATISFACTORY: State.BAD,
}
_FILES = (Column("File", 0.34), Column("SHA-256", 0.66))


def assessed(facts: DossierFacts, *topics: Topic) -> tuple[Block, ...]:
    """The newest word on each of these topics; silence is said."""
    written = {each.topic: each for each in facts.assessments}
    return tuple(block for topic in topics for block in _assessed(topic, written.get(topic)))


def questions(facts: DossierFacts) -> tuple[Block, ...]:
    heading = Heading("Questions of the validator", "questions")
    if not facts.questions:
        return (heading, Paragraph("Nothing was asked."))
    columns = (Column("About", 0.16), Column("Question", 0.4), Column("Answer", 0.44))
    return (heading, Table(columns, tuple(_question(each) for each in facts.questions)))


def developer_document(facts: DossierFacts) -> tuple[Block, ...]:
    """Every part that was written, in the order of the template, as the developer says it."""
    heading, found = Heading("The developer's document", "document"), facts.document
    if found is None:
        return (heading, NotAssessed("The developer wrote no document of this version."))
    rows = tuple(
        (part.title.english, str(found.parts[part.key]))
        for part in template().parts
        if part.key in found.parts
    )
    said = Paragraph(
        f"Revision {found.revision}, written by {found.written_by.name}, {words.moment(found.written_at)}; SHA-256 of "
        f"its canonical form {found.digest}. These are the developer's words; what the validator makes of them "
        "stands below.",
        is_soft=True,
    )
    return (heading, said, Facts(rows), *_files(facts))


def _assessed(topic: Topic, found: Assessment | None) -> tuple[Block, ...]:
    title, key = f"Assessment: {topic.label}", f"assessment-{topic.value}"
    if found is None:
        return (Heading(title, key), NotAssessed("No validator has written about this."))
    rating = Rating(found.rating)
    said = f"{found.printed_name}, {words.moment(found.at)}, revision {found.revision}."
    paragraphs = tuple(Paragraph(each) for each in found.text.split("\n") if each.strip())
    rows = tuple(
        (each.name, Digest(each.digest)) for each in sorted(found.files.all(), key=lambda one: one.digest)
    )
    rested: tuple[Block, ...] = (Table(_FILES, rows, caption="It rests on these files"),) if rows else ()
    word = Word(str(rating.label).lower(), _RATINGS[rating])
    return (Heading(title, key, word), *paragraphs, Paragraph(said, is_soft=True), *rested)


def _question(asked: Question) -> tuple[str, str, str]:
    about = str(Topic(asked.topic).label)
    question = f"{asked.text} ({asked.asked_by.name}, {words.day(asked.asked_at)})"
    if asked.answered_by is None:
        return about, question, "Not answered when this file was built."
    return about, question, f"{asked.answer} ({asked.answered_by.name}, {words.day(asked.answered_at)})"


def _files(facts: DossierFacts) -> tuple[Block, ...]:
    rows = tuple((each.name, Digest(each.digest)) for each in facts.files)
    return (Table(_FILES, rows, caption="Files beside the version"),) if rows else ()
