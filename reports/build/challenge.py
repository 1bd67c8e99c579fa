"""Sections 16 to 18: findings with what was answered, deviations, the outcome, the sign-offs."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from approvals.models import Cap, Condition, SignOff
from approvals.policy import APPROVE_VERSION, APPROVING
from mrm.lib.charts import numerals
from mrm.settings import governance
from reports.build import words
from reports.build.acts import act_words, move_words, note_words, request_state_words
from reports.build.content import (
    Block,
    Column,
    Facts,
    Heading,
    NotAssessed,
    Paragraph,
    Section,
    SignatureBlock,
    State,
    Table,
    Word,
)
from reports.build.facts import DossierFacts
from reports.build.judgement import assessed, questions
from validation.models import Conclusion, Finding, FindingNote, Signed
from validation.topics import Topic
from validation.words import meaning_words, severity_words

_STATES = {"open": State.BAD, "rebutted": State.WAITING, "planned": State.WAITING, "closed": State.GOOD}


def verdict_of(conclusion: Conclusion) -> Word:
    """The validator's word."""
    outcomes = {
        "fit": Word(_("fit for its purpose"), State.GOOD),
        "fit_with_conditions": Word(_("fit with conditions"), State.WAITING),
        "not_fit": Word(_("not fit"), State.BAD),
        "returned": Word(_("returned"), State.WAITING),
    }
    return outcomes.get(conclusion.verdict, Word(conclusion.verdict, State.QUIET))


def findings(facts: DossierFacts) -> Section:
    blocks = [block for at, each in enumerate(facts.findings, start=1) for block in _finding(at, each)]
    if not blocks:
        blocks = [Paragraph(_("No finding was opened on this version."))]
    signed: list[Block] = [Heading(_("Deviations"), "deviations")]
    for each in facts.deviations:
        told = {"check": each.result.check_id, "headline": each.result.headline}
        signed.append(Paragraph(_("The failed blocking check %(check)s was let stand: %(headline)s") % told))
        signed.append(signature(each))
    if not facts.deviations:
        signed.append(Paragraph(_("No deviation was signed on this evidence.")))
    kept = (*blocks, *questions(facts), *signed, *_exceptions(facts), *_conditions(facts), *_caps(facts))
    return Section(16, _("Findings, rebuttals, deviations and conditions"), kept)


def outcome(facts: DossierFacts) -> Section:
    """The validator's word, and who spoke against."""
    conclusion = facts.conclusion
    against = [each for each in facts.signoffs if each.verdict not in APPROVING]
    dissent: list[Block] = [Heading(_("Dissent"), "dissent")]
    dissent += [signature(each, _note(each)) for each in against]
    if not against:
        dissent.append(Paragraph(_("No approver rejected or returned this version, and none dissented.")))
    dissent += _recusals(facts)
    rows = (
        (_("Verdict of the validator"), verdict_of(conclusion)),
        (_("Stage of the version"), words.stage(facts.version.stage)),
        (_("Since"), words.moment(facts.version.stage_since)),
        (_("Approval expires"), words.moment(facts.version.expires_at)),
    )
    opinion = assessed(facts, Topic.OPINION)
    concluded = (Facts(rows), *opinion, signature(conclusion, _beside(facts)), *_demands(conclusion))
    return Section(17, _("Outcome and dissent"), (*concluded, *dissent))


def sign_offs(facts: DossierFacts) -> Section:
    asked = governance.QUORUM.get(facts.version.risk_model.tier or 0, 0)
    given = [each for each in facts.signoffs if each.verdict in APPROVING]
    said = Paragraph(
        _(
            "A version of this tier needs %(quorum)s independent sign-offs after the validator's signed conclusion."
            " Each person below re-authenticated for this signature alone; the digest shown binds the evidence, the"
            " findings with their state and the deviations as they stood on the signer's screen."
        )
        % {"quorum": asked}
    )
    blocks: list[Block] = [signature(each, _note(each)) for each in given]
    if not blocks:
        why = (
            _("The tier asks for none.")
            if asked == 0
            else _("No approver had signed when this dossier was built.")
        )
        blocks = [NotAssessed(why)]
    return Section(18, _("Sign-offs"), (said, *blocks, *_changes(facts)))


def signature(signed: Signed, note: str = "") -> SignatureBlock:
    return SignatureBlock(
        printed_name=signed.printed_name,
        meaning=meaning_words(signed.meaning),
        at=words.moment(signed.at),
        rationale=signed.rationale,
        evidence_digest=signed.evidence_digest,
        shown_digest=signed.shown_digest,
        governance_digest=signed.governance_digest,
        note=note,
    )


def _finding(at: int, finding: Finding) -> tuple[Block, ...]:
    state = Word(_finding_state(finding.state), _STATES.get(finding.state, State.QUIET))
    check = words.NONE if finding.result is None else finding.result.check_id
    due = {"name": finding.owner.name, "day": words.day(finding.due_on)}
    rows = (
        (_("Severity"), severity_words(finding.severity).lower()),
        (_("About the check"), check),
        (_("What was found"), finding.text),
        (_("Opened"), words.done(finding.opened_at, finding.opened_by.name)),
        (_("To be answered by"), _("%(name)s, due %(day)s") % due),
        *(
            (note_words(note.kind), _said(note))
            for note in finding.notes.select_related("author__person", "result").order_by("at", "id")
        ),
    )
    return (Heading(f"{at}. {finding.title}", f"finding-{at}", state), Facts(rows))


def _said(note: FindingNote) -> str:
    """The words, the day they promise, and what they rest on."""
    results = [] if note.result is None else [(note.result.check_id, note.result.digest)]
    files = [(each.name, each.digest) for each in note.files.order_by("digest")]
    rests_on = [
        *(
            _("result %(name)s, SHA-256 %(digest)s") % {"name": name, "digest": digest}
            for name, digest in results
        ),
        *(
            _("file %(name)s, SHA-256 %(digest)s") % {"name": name, "digest": digest}
            for name, digest in files
        ),
    ]
    day = " " + _("By %(day)s.") % {"day": words.day(note.due_on)} if note.due_on else ""
    evidence = " " + _("It rests on: %(what)s.") % {"what": "; ".join(rests_on)} if rests_on else ""
    return f"{note.text}{day}{evidence} ({note.author.name}, {words.moment(note.at)})"


def _finding_state(state: str) -> str:
    words_of = {
        "open": _("open"),
        "rebutted": _("rebutted"),
        "planned": _("planned"),
        "closed": _("closed"),
    }
    return words_of.get(state, state)


def _demands(conclusion: Conclusion) -> tuple[Block, ...]:
    """What the validator finds it fit under, whether or not it was approved since."""
    rows = tuple(
        (each.words, each.owner.name, words.moment(each.due_at))
        for each in conclusion.demands.select_related("owner__person")
    )
    columns = (Column(_("Condition of the conclusion"), 0.6), Column(_("Owner"), 0.2), Column(_("Due"), 0.2))
    return (Table(columns, rows),) if rows else ()


def _beside(facts: DossierFacts) -> str:
    """What is said beside the validator's name."""
    held = [
        _("%(area)s until %(at)s") % {"area": each.get_area_display(), "at": words.moment(each.until)}
        for each in facts.competence
    ]
    on_record = "; ".join(held) or _("none")
    said = _("Competence on record at this signature: %(held)s.") % {"held": on_record}
    return f"{said} {_other(facts)}".strip()


def _other(facts: DossierFacts) -> str:
    if facts.conclusion.evidence_digest == facts.evidence.digest:
        return ""
    return _(
        "This conclusion was signed on other evidence than is printed here: a newer run was completed since."
    )


def _note(signoff: SignOff) -> str:
    """Under which act, for whom, and whether it still counts."""
    request = signoff.request
    said = []
    if request.act != APPROVE_VERSION:
        said.append(_("Signed under the act %(act)s.") % {"act": act_words(request.act)})
    if signoff.on_behalf_of is not None:
        said.append(_("Signed on behalf of %(name)s.") % {"name": signoff.on_behalf_of.name})
    if request.state not in ("open", "granted"):
        said.append(_("The request was closed as %(state)s.") % {"state": request_state_words(request.state)})
    return " ".join(said)


def _recusals(facts: DossierFacts) -> tuple[Block, ...]:
    if not facts.recusals:
        return ()
    rows = tuple((words.moment(each.at), each.printed_name, each.why) for each in facts.recusals)
    columns = (Column(_("Time"), 0.25), Column(_("Who kept out"), 0.25), Column(_("Conflict declared"), 0.5))
    return (Heading(_("Recusals"), "recusals"), Table(columns, rows))


def _exceptions(facts: DossierFacts) -> tuple[Block, ...]:
    if not facts.exceptions:
        said = Paragraph(_("No exception was granted on this version."))
        return (Heading(_("Exceptions"), "exceptions"), said)
    rows = tuple(
        (
            each.check_id,
            words.moment(each.granted_at),
            words.moment(each.until),
            str(each.request.content["why"]),
        )
        for each in facts.exceptions
    )
    columns = (
        Column(_("Check"), 0.2),
        Column(_("Granted"), 0.2),
        Column(_("Stands until"), 0.2),
        Column(_("Reason"), 0.4),
    )
    return (Heading(_("Exceptions"), "exceptions"), Table(columns, rows))


def _conditions(facts: DossierFacts) -> tuple[Block, ...]:
    """Whether one is met is a fact; whether it is overdue is the clock's, and the due date says it."""
    if not facts.conditions:
        return (
            Heading(_("Conditions"), "conditions"),
            Paragraph(_("No approval of this version has a condition.")),
        )
    rows = tuple(
        (each.words, _set_by(each), each.owner.name, words.moment(each.due_at), _met(each))
        for each in facts.conditions
    )
    columns = (
        Column(_("Condition"), 0.3),
        Column(_("Set by"), 0.15),
        Column(_("Owner"), 0.15),
        Column(_("Due"), 0.2),
        Column(_("Met"), 0.2),
    )
    return (Heading(_("Conditions"), "conditions"), Table(columns, rows))


def _set_by(condition: Condition) -> str:
    return words.NONE if condition.source is None else condition.source.printed_name


def _met(condition: Condition) -> str:
    if not condition.is_met:
        return _("not signed as met")
    return words.done(condition.fulfilment.at, condition.fulfilment.printed_name)


def _caps(facts: DossierFacts) -> tuple[Block, ...]:
    """The terms only: how much of them is used goes on changing while the version decides."""
    title = Heading(_("Use before validation"), "caps")
    if not facts.caps:
        return (title, Paragraph(_("This version was not let decide before its validation had ended.")))
    rows = tuple(
        (
            words.moment(each.granted_at),
            words.moment(each.until),
            words.count(each.most_decisions),
            _bounds(each),
            str(each.request.content["why"]),
        )
        for each in facts.caps
    )
    columns = (
        Column(_("Granted"), 0.2),
        Column(_("At the latest until"), 0.2),
        Column(_("Decisions"), 0.1),
        Column(_("Amounts and segment"), 0.25),
        Column(_("Reason"), 0.25),
    )
    return (title, Table(columns, rows))


def _bounds(cap: Cap) -> str:
    said = []
    if cap.most_each is not None and cap.most_total is not None:
        most = (Decimal(amount) / 100 for amount in (cap.most_each, cap.most_total))
        each, total = (numerals.fixed(amount, 2) for amount in most)
        told = {"input": cap.amount_input, "each": each, "total": total}
        said.append(_("%(input)s at most %(each)s each, %(total)s together.") % told)
    if cap.segment_input:
        told = {"input": cap.segment_input, "value": words.as_written(str(cap.segment_value))}
        said.append(_("Only where %(input)s is %(value)s.") % told)
    return " ".join(said) or words.NONE


def _changes(facts: DossierFacts) -> tuple[Block, ...]:
    rows = tuple(
        (words.moment(each.made_at), move_words(each.move), _stage(each.target), each.made_by.name)
        for each in facts.changes
    )
    columns = (Column(_("Time"), 0.3), Column(_("Move"), 0.2), Column(_("To"), 0.2), Column(_("By"), 0.3))
    return (Heading(_("The version's moves"), "moves"), Table(columns, rows)) if rows else ()


def _stage(code: str) -> str:
    return words.stage_words(code).capitalize()
