"""The document of a run on a scored sample: what was brought, what was found, and that the model is not sealed here."""

from __future__ import annotations

import datetime as dt

from django.utils import translation
from django.utils.translation import gettext as _

from mrm.lib import canonical
from reports.build import sample_sections, words
from reports.build.content import Attachment, Cover, Digest, Document, Facts, Section, State, Word
from reports.build.sample_facts import SampleFacts

EVIDENCE_FILE = "evidence.json"


def document(facts: SampleFacts) -> Document:
    """The same facts give the same document: English whatever the language of who asks, and no present moment."""
    with translation.override("en"):
        return Document(
            title=_("Validation of a model that lives elsewhere: %(name)s")
            % {"name": facts.sample.risk_model.name},
            label=facts.sample.risk_model.slug,
            evidence_digest=facts.run.evidence_digest,
            dated=_dated(facts),
            cover=_cover(facts),
            sections=_sections(facts),
            attachments=(_attachment(facts),),
            keywords=(_("model validation"),),
        )


def _sections(facts: SampleFacts) -> tuple[Section, ...]:
    made = (
        sample_sections.scope(facts),
        sample_sections.data(facts),
        *sample_sections.subjects(facts),
        sample_sections.people(facts),
        sample_sections.evidence_index(facts),
    )
    return tuple(Section(at, title, blocks) for at, (title, blocks) in enumerate(made, start=1))


def _cover(facts: SampleFacts) -> Cover:
    sample, entry = facts.sample, facts.sample.risk_model
    named = {
        "slug": entry.slug,
        "system": sample.system,
        "version": sample.system_version,
        "tier": entry.tier,
    }
    standard = {"name": facts.standard.name, "at": words.moment(facts.run.standard.frozen_at)}
    return Cover(
        kicker=_("Validation of a model that lives elsewhere"),
        title=entry.name,
        subtitle=_("%(slug)s · %(system)s %(version)s · tier %(tier)s") % named,
        outcome=Word(
            _("Its bytes are NOT sealed here: what was tested are the columns it was given"), State.WAITING
        ),
        facts=Facts(
            (
                (_("Sample"), sample.name),
                (_("Who answers for the model"), sample.vendor),
                (_("Evidence completed"), words.moment(facts.run.completed_at)),
                (_("Standard"), _("%(name)s, frozen %(at)s") % standard),
                (_("Checks"), _counts(facts)),
            )
        ),
        digests=Facts(
            (
                (_("Evidence"), Digest(facts.run.evidence_digest)),
                (_("Scored sample"), Digest(sample.digest)),
                (_("Validation standard"), Digest(facts.run.standard.digest)),
            )
        ),
        signatures=None,
        verify=_verify(),
        key_notice=_(
            "This file bears no signature and no seal: nothing is concluded, approved or deployed on a scored sample."
            " That the rows are what the model said is the word of whoever brought them."
        ),
    )


def _verify() -> tuple[str, ...]:
    return (
        _("Save the attachment evidence.json; its SHA-256 must be the evidence digest printed above."),
        _("The ledger's entry sample_run:completed names the same digest."),
        _("Drawn again from the same results by the same release, this file has the same bytes."),
    )


def _counts(facts: SampleFacts) -> str:
    said = [words.verdict(each.verdict).text for each in facts.results]
    order = sorted(set(said), key=lambda word: (-said.count(word), word))
    listed = ", ".join(f"{word} {said.count(word)}" for word in order)
    return _("%(results)s results: %(listed)s.") % {"results": len(said), "listed": listed}


def _attachment(facts: SampleFacts) -> Attachment:
    said = _("The evidence in canonical form; its SHA-256 is the evidence digest.")
    return Attachment(EVIDENCE_FILE, "application/json", said, canonical.dumps(facts.evidence))


def _dated(facts: SampleFacts) -> str:
    at = facts.run.completed_at
    assert at is not None  # noqa: S101 (a completed run)
    return at.astimezone(dt.UTC).strftime("D:%Y%m%d%H%M%SZ")
