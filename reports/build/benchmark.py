"""The report of a sweep: who took part, how each did, what was chosen and why, in what time."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from mrm.lib import canonical
from reports.build import benchmark_choice, benchmark_field, words
from reports.build.benchmark_facts import BenchmarkFacts
from reports.build.content import Attachment, Cover, Digest, Document, Facts, Section, State, Word

FACTS_FILE = "sweep.json"


def document(facts: BenchmarkFacts) -> Document:
    """The same facts give the same document, in the active language."""
    sweep = facts.sweep
    return Document(
        title=_("Benchmark report: %(name)s") % {"name": sweep.risk_model.name},
        label=sweep.risk_model.slug,
        evidence_digest=sweep.facts_digest,
        dated=sweep.ended_at.astimezone(dt.UTC).strftime("D:%Y%m%d%H%M%SZ"),
        cover=cover(facts),
        sections=sections(facts),
        attachments=(_attachment(facts),),
        stands_on=gettext_noop("facts"),
        keywords=("benchmark", "model selection"),
    )


def cover(facts: BenchmarkFacts) -> Cover:
    sweep = facts.sweep
    trained = sum(1 for each in facts.runners if each.metrics)
    return Cover(
        kicker=_("Benchmark report of a sweep"),
        title=sweep.risk_model.name,
        subtitle=_("%(slug)s · %(count)s candidates on the same rows")
        % {"slug": sweep.risk_model.slug, "count": words.count(len(facts.runners))},
        outcome=_outcome(facts),
        facts=Facts(
            (
                (_("Ended"), words.moment(sweep.ended_at)),
                (_("Run by"), sweep.run_by.name),
                (_("Candidates trained"), f"{words.count(trained)} / {words.count(len(facts.runners))}"),
                (_("In force at the time"), _incumbent(facts)),
                (_("Wall time"), benchmark_choice.seconds(facts.told["seconds"])),
            )
        ),
        digests=Facts(_digests(facts)),
        signatures=None,
        verify=(
            _("Save the attachment sweep.json; its SHA-256 must be the digest of the facts printed above."),
            _("The ledger's entry sweep:concluded names the same digest, benchmark:built that of this file."),
            _("Drawn again from the same facts by the same release, this file has the same bytes."),
        ),
        key_notice=_(
            "This report promotes nothing. A candidate is registered, validated and approved by people."
        ),
    )


def sections(facts: BenchmarkFacts) -> tuple[Section, ...]:
    return (
        benchmark_field.asked(facts),
        benchmark_field.candidates(facts),
        benchmark_choice.choice(facts),
        benchmark_choice.others(facts),
        benchmark_field.trials(facts),
        benchmark_choice.time(facts),
        benchmark_field.recipes(facts),
    )


def _outcome(facts: BenchmarkFacts) -> Word:
    said = _("Chosen: %(name)s") % {"name": benchmark_choice.shown(facts, facts.choice["chosen"])}
    return Word(said, State.GOOD if facts.runner(facts.choice["chosen"]) else State.QUIET)


def _digests(facts: BenchmarkFacts) -> tuple[tuple[str, Digest], ...]:
    chosen = facts.runner(facts.choice["chosen"])
    found = (
        (_("Facts of the sweep"), facts.sweep.facts_digest),
        (_("Data snapshot"), facts.sweep.snapshot.digest),
        (_("Artefact of the chosen candidate"), chosen.artifact if chosen else ""),
    )
    return tuple((label, Digest(value)) for label, value in found if value)


def _incumbent(facts: BenchmarkFacts) -> str:
    held, told = facts.sweep.incumbent, facts.told["incumbent"]
    if held is None:
        return _("no version")
    if told and told["silent"]:
        return _("v%(number)s, which could not answer: %(why)s") % {
            "number": held.number,
            "why": told["silent"],
        }
    return f"v{held.number}"


def _attachment(facts: BenchmarkFacts) -> Attachment:
    said = _("The facts of the sweep in canonical form; their SHA-256 is the digest on the first page.")
    return Attachment(FACTS_FILE, "application/json", said, canonical.dumps(facts.told))
