"""What people wrote: the developer's document, the validator's assessments, questions with their answers."""

from __future__ import annotations

from django.utils.translation import gettext as _

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


def assessed(facts: DossierFacts, *topics: Topic) -> tuple[Block, ...]:
    """The newest word on each of these topics; silence is said."""
    written = {each.topic: each for each in facts.assessments}
    return tuple(block for topic in topics for block in _assessed(topic, written.get(topic)))


def questions(facts: DossierFacts) -> tuple[Block, ...]:
    heading = Heading(_("Questions of the validator"), "questions")
    if not facts.questions:
        return (heading, Paragraph(_("Nothing was asked.")))
    columns = (Column(_("About"), 0.16), Column(_("Question"), 0.4), Column(_("Answer"), 0.44))
    return (heading, Table(columns, tuple(_question(each) for each in facts.questions)))


def developer_document(facts: DossierFacts) -> tuple[Block, ...]:
    """Every part that was written, in the order of the template, as the developer says it."""
    heading, found = Heading(_("The developer's document"), "document"), facts.document
    if found is None:
        return (heading, NotAssessed(_("The developer wrote no document of this version.")))
    rows = tuple(
        (part.title.here, str(found.parts[part.key])) for part in template().parts if part.key in found.parts
    )
    told = {
        "revision": found.revision,
        "name": found.written_by.name,
        "at": words.moment(found.written_at),
        "digest": found.digest,
    }
    said = _(
        "Revision %(revision)s, written by %(name)s, %(at)s; SHA-256 of its canonical form %(digest)s. These are the"
        " developer's words; what the validator makes of them stands below."
    )
    return (heading, Paragraph(said % told, is_soft=True), Facts(rows), *_files(facts))


def _assessed(topic: Topic, found: Assessment | None) -> tuple[Block, ...]:
    title, key = _("Assessment: %(topic)s") % {"topic": topic.label}, f"assessment-{topic.value}"
    if found is None:
        return (Heading(title, key), NotAssessed(_("No validator has written about this.")))
    rating = Rating(found.rating)
    told = {"name": found.printed_name, "at": words.moment(found.at), "revision": found.revision}
    said = _("%(name)s, %(at)s, revision %(revision)s.") % told
    paragraphs = tuple(Paragraph(each) for each in found.text.split("\n") if each.strip())
    rows = tuple(
        (each.name, Digest(each.digest)) for each in sorted(found.files.all(), key=lambda one: one.digest)
    )
    rested: tuple[Block, ...] = (_filed(rows, _("It rests on these files")),) if rows else ()
    word = Word(str(rating.label).lower(), _RATINGS[rating])
    return (Heading(title, key, word), *paragraphs, Paragraph(said, is_soft=True), *rested)


def _question(asked: Question) -> tuple[str, str, str]:
    about = str(Topic(asked.topic).label)
    question = f"{asked.text} ({asked.asked_by.name}, {words.day(asked.asked_at)})"
    if asked.answered_by is None:
        return about, question, _("Not answered when this file was built.")
    return about, question, f"{asked.answer} ({asked.answered_by.name}, {words.day(asked.answered_at)})"


def _files(facts: DossierFacts) -> tuple[Block, ...]:
    rows = tuple((each.name, Digest(each.digest)) for each in facts.files)
    return (_filed(rows, _("Files beside the version")),) if rows else ()


def _filed(rows: tuple[tuple[str, Digest], ...], caption: str) -> Table:
    return Table((Column(_("File"), 0.34), Column("SHA-256", 0.66)), rows, caption=caption)
