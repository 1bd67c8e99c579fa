"""A model card: one version on a few pages, for those who read its decisions or for those who run it."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from mrm.lib import canonical
from reports.build import card_deployer, card_officer, words
from reports.build.card_facts import CardFacts, CardFor
from reports.build.card_parts import approval
from reports.build.challenge import verdict_of
from reports.build.content import Attachment, Block, Cover, Digest, Document, Facts, Section, Word
from reports.build.numbering import numbered
from reports.edition import Edition, Language

FACTS_FILE = "card.json"


def document(facts: CardFacts) -> Document:
    """In the language that is active. The same facts and language give the same document."""
    version, plain = facts.version, facts.plain()
    digest, sections = canonical.digest(plain), _sections(facts)
    named = {"name": version.risk_model.name, "number": version.number}
    return Document(
        title=_("Model card: %(name)s, version %(number)s") % named,
        label=version.label,
        evidence_digest=digest,
        dated=facts.as_of.astimezone(dt.UTC).strftime("D:%Y%m%d%H%M%SZ"),
        cover=_cover(facts),
        sections=tuple(numbered(sections, dict.fromkeys(range(1, len(sections) + 1), digest))),
        attachments=(
            Attachment(
                FACTS_FILE,
                "application/json",
                _("What this card stands on, in canonical form; its SHA-256 is printed in every footer."),
                canonical.dumps(plain),
            ),
        ),
        stands_on=gettext_noop("facts of the card"),
        keywords=(_("model card"),),
        edition=Edition(_language()),
    )


def _language() -> Language:
    tag = get_language() or Language.ENGLISH
    return Language(tag) if tag in Language.values else Language.ENGLISH


def _sections(facts: CardFacts) -> list[Section]:
    told: tuple[tuple[str, tuple[Block, ...]], ...] = {
        CardFor.OFFICER: card_officer.told,
        CardFor.DEPLOYER: card_deployer.told,
    }[facts.audience](facts)
    return [Section(at, title, blocks) for at, (title, blocks) in enumerate(told, start=1)]


def _cover(facts: CardFacts) -> Cover:
    version, entry = facts.version, facts.version.risk_model
    named = {"slug": entry.slug, "number": version.number, "tier": entry.tier}
    stage = words.stage(version.stage)
    return Cover(
        kicker=kicker(facts.audience),
        title=entry.name,
        subtitle=_("%(slug)s · version %(number)s · tier %(tier)s") % named,
        outcome=Word(_judged(facts, stage.text), stage.state),
        facts=Facts(((_("As of"), words.moment(facts.as_of)), *approval(facts))),
        digests=Facts(
            (
                (_("Sealed artefact"), Digest(version.artifact_id)),
                (_("Uses and limitations"), Digest(version.use_digest) if version.use_digest else words.NONE),
                (_("Facts of this card"), Digest(canonical.digest(facts.plain()))),
            )
        ),
        signatures=None,
        verify=(
            _("Save the attachment card.json; its SHA-256 must be the digest in every footer."),
            _("Every digest in it is found again in the validation dossier, which is signed."),
        ),
        key_notice=_(
            "This card bears no signature and no seal: it tells in short what stands in the records on its day. What"
            " was tested, signed and decided stands in the validation dossier."
        ),
    )


def kicker(audience: CardFor) -> str:
    if audience is CardFor.OFFICER:
        return _("Model card for those who read its decisions")
    return _("Model card for those who run it")


def _judged(facts: CardFacts, stage: str) -> str:
    if facts.conclusion is None:
        return _("%(stage)s · not concluded by a validator") % {"stage": stage}
    said = {"stage": stage, "verdict": verdict_of(facts.conclusion).text}
    return _("%(stage)s · validator: %(verdict)s") % said
