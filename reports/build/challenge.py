"""Sections 16 to 19: findings with what was answered, deviations, the outcome, the sign-offs, clauses."""

from __future__ import annotations

from decimal import Decimal

from approvals.models import Cap, Condition, SignOff
from approvals.policy import APPROVE_VERSION, APPROVING
from mrm.settings import governance
from reports.build import words
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
from validation.words import meaning_words

_STATES = {"open": State.BAD, "rebutted": State.WAITING, "planned": State.WAITING, "closed": State.GOOD}
OUTCOMES = {
    "fit": Word("fit for its purpose", State.GOOD),
    "fit_with_conditions": Word("fit with conditions", State.WAITING),
    "not_fit": Word("not fit", State.BAD),
    "returned": Word("returned", State.WAITING),
}


def findings(facts: DossierFacts) -> Section:
    blocks = [block for at, each in enumerate(facts.findings, start=1) for block in _finding(at, each)]
    if not blocks:
        blocks = [Paragraph("No finding was opened on this version.")]
    signed: list[Block] = [Heading("Deviations", "deviations")]
    for each in facts.deviations:
        signed.append(
            Paragraph(
                f"The failed blocking check {each.result.check_id} was let stand: {each.result.headline}"
            )
        )
        signed.append(signature(each))
    if not facts.deviations:
        signed.append(Paragraph("No deviation was signed on this evidence."))
    kept = (*blocks, *questions(facts), *signed, *_exceptions(facts), *_conditions(facts), *_caps(facts))
    return Section(16, "Findings, rebuttals, deviations and conditions", kept)


def outcome(facts: DossierFacts) -> Section:
    """The validator's word, and who spoke against."""
    conclusion = facts.conclusion
    against = [each for each in facts.signoffs if each.verdict not in APPROVING]
    dissent: list[Block] = [Heading("Dissent", "dissent")]
    dissent += [signature(each, _note(each)) for each in against]
    if not against:
        dissent.append(Paragraph("No approver rejected or returned this version, and none dissented."))
    dissent += _recusals(facts)
    rows = (
        ("Verdict of the validator", OUTCOMES.get(conclusion.verdict, Word(conclusion.verdict, State.QUIET))),
        ("Stage of the version", words.stage(facts.version.stage)),
        ("Since", words.moment(facts.version.stage_since)),
        ("Approval expires", words.moment(facts.version.expires_at)),
    )
    opinion = assessed(facts, Topic.OPINION)
    concluded = (Facts(rows), *opinion, signature(conclusion, _beside(facts)), *_demands(conclusion))
    return Section(17, "Outcome and dissent", (*concluded, *dissent))


def sign_offs(facts: DossierFacts) -> Section:
    asked = governance.QUORUM.get(facts.version.risk_model.tier or 0, 0)
    given = [each for each in facts.signoffs if each.verdict in APPROVING]
    said = Paragraph(
        f"A version of this tier needs {asked} independent sign-offs after the validator's signed conclusion. "
        "Each person below re-authenticated for this signature alone; the digest shown binds the evidence, the "
        "findings with their state and the deviations as they stood on the signer's screen."
    )
    blocks: list[Block] = [signature(each, _note(each)) for each in given]
    if not blocks:
        why = (
            "The tier asks for none." if asked == 0 else "No approver had signed when this dossier was built."
        )
        blocks = [NotAssessed(why)]
    return Section(18, "Sign-offs", (said, *blocks, *_changes(facts)))


def clauses(facts: DossierFacts) -> Section:  # noqa: ARG001 (every section has this signature)
    why = "Policy packs (clauses by jurisdiction, with their date) are not part of this release; no clause is claimed."
    return Section(19, "Clause cross-reference", (NotAssessed(why),))


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
    state = Word(finding.state, _STATES.get(finding.state, State.QUIET))
    check = words.NONE if finding.result is None else finding.result.check_id
    rows = (
        ("Severity", finding.severity),
        ("About the check", check),
        ("What was found", finding.text),
        ("Opened", f"{words.moment(finding.opened_at)}, by {finding.opened_by.name}"),
        ("To be answered by", f"{finding.owner.name}, due {words.day(finding.due_on)}"),
        *(
            (words.spelled(note.kind), _said(note))
            for note in finding.notes.select_related("author__person", "result").order_by("at", "id")
        ),
    )
    return (Heading(f"{at}. {finding.title}", f"finding-{at}", state), Facts(rows))


def _said(note: FindingNote) -> str:
    """The words, the day they promise, and what they rest on."""
    rests_on = [] if note.result is None else [f"result {note.result.check_id}, SHA-256 {note.result.digest}"]
    rests_on += [f"file {each.name}, SHA-256 {each.digest}" for each in note.files.order_by("digest")]
    day = f" By {words.day(note.due_on)}." if note.due_on else ""
    evidence = f" It rests on: {'; '.join(rests_on)}." if rests_on else ""
    return f"{note.text}{day}{evidence} ({note.author.name}, {words.moment(note.at)})"


def _demands(conclusion: Conclusion) -> tuple[Block, ...]:
    """What the validator finds it fit under, whether or not it was approved since."""
    rows = tuple(
        (each.words, each.owner.name, words.moment(each.due_at))
        for each in conclusion.demands.select_related("owner__person")
    )
    columns = (Column("Condition of the conclusion", 0.6), Column("Owner", 0.2), Column("Due", 0.2))
    return (Table(columns, rows),) if rows else ()


def _beside(facts: DossierFacts) -> str:
    """What is said beside the validator's name."""
    held = [f"{each.get_area_display()} until {words.moment(each.until)}" for each in facts.competence]
    on_record = "; ".join(held) or "none"
    return f"Competence on record at this signature: {on_record}. {_other(facts)}".strip()


def _other(facts: DossierFacts) -> str:
    if facts.conclusion.evidence_digest == facts.evidence.digest:
        return ""
    return (
        "This conclusion was signed on other evidence than is printed here: a newer run was completed since."
    )


def _note(signoff: SignOff) -> str:
    """Under which act, for whom, and whether it still counts."""
    request = signoff.request
    said = []
    if request.act != APPROVE_VERSION:
        said.append(f"Signed under the act {request.act.replace('-', ' ')}.")
    if signoff.on_behalf_of is not None:
        said.append(f"Signed on behalf of {signoff.on_behalf_of.name}.")
    if request.state not in ("open", "granted"):
        said.append(f"The request was closed as {request.state}.")
    return " ".join(said)


def _recusals(facts: DossierFacts) -> tuple[Block, ...]:
    if not facts.recusals:
        return ()
    rows = tuple((words.moment(each.at), each.printed_name, each.why) for each in facts.recusals)
    columns = (Column("Time", 0.25), Column("Who kept out", 0.25), Column("Conflict declared", 0.5))
    return (Heading("Recusals", "recusals"), Table(columns, rows))


def _exceptions(facts: DossierFacts) -> tuple[Block, ...]:
    if not facts.exceptions:
        return (Heading("Exceptions", "exceptions"), Paragraph("No exception was granted on this version."))
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
        Column("Check", 0.2),
        Column("Granted", 0.2),
        Column("Stands until", 0.2),
        Column("Reason", 0.4),
    )
    return (Heading("Exceptions", "exceptions"), Table(columns, rows))


def _conditions(facts: DossierFacts) -> tuple[Block, ...]:
    """Whether one is met is a fact; whether it is overdue is the clock's, and the due date says it."""
    if not facts.conditions:
        return (
            Heading("Conditions", "conditions"),
            Paragraph("No approval of this version has a condition."),
        )
    rows = tuple(
        (each.words, _set_by(each), each.owner.name, words.moment(each.due_at), _met(each))
        for each in facts.conditions
    )
    columns = (
        Column("Condition", 0.3),
        Column("Set by", 0.15),
        Column("Owner", 0.15),
        Column("Due", 0.2),
        Column("Met", 0.2),
    )
    return (Heading("Conditions", "conditions"), Table(columns, rows))


def _set_by(condition: Condition) -> str:
    return words.NONE if condition.source is None else condition.source.printed_name


def _met(condition: Condition) -> str:
    if not condition.is_met:
        return "not signed as met"
    return f"{words.moment(condition.fulfilment.at)}, by {condition.fulfilment.printed_name}"


def _caps(facts: DossierFacts) -> tuple[Block, ...]:
    """The terms only: how much of them is used goes on changing while the version decides."""
    title = Heading("Use before validation", "caps")
    if not facts.caps:
        return (title, Paragraph("This version was not let decide before its validation had ended."))
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
        Column("Granted", 0.2),
        Column("At the latest until", 0.2),
        Column("Decisions", 0.1),
        Column("Amounts and segment", 0.25),
        Column("Reason", 0.25),
    )
    return (title, Table(columns, rows))


def _bounds(cap: Cap) -> str:
    said = []
    if cap.most_each is not None and cap.most_total is not None:
        each, total = (Decimal(amount) / 100 for amount in (cap.most_each, cap.most_total))
        said.append(f"{cap.amount_input} at most {each:,.2f} each, {total:,.2f} together.")
    if cap.segment_input:
        said.append(f"Only where {cap.segment_input} is {cap.segment_value}.")
    return " ".join(said) or words.NONE


def _changes(facts: DossierFacts) -> tuple[Block, ...]:
    rows = tuple(
        (words.moment(each.made_at), each.move, words.spelled(each.target), each.made_by.name)
        for each in facts.changes
    )
    columns = (Column("Time", 0.3), Column("Move", 0.2), Column("To", 0.2), Column("By", 0.3))
    return (Heading("The version's moves", "moves"), Table(columns, rows)) if rows else ()
