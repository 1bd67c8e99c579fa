"""Who decided what in the period, what was said against it, and what was put on top or let stand."""

from __future__ import annotations

from django.utils.translation import gettext as _

from approvals.models import ApprovalRequest, RequestState
from approvals.policy import APPROVING
from reports.build import words
from reports.build.audit_facts import AuditFacts
from reports.build.audit_words import columns, counted, minute
from reports.build.content import Block, Cell, NotAssessed, Noted, State, Word


def approvals(facts: AuditFacts) -> tuple[Block, ...]:
    heads = columns(
        (_("Asked for"), 0.28),
        (_("Opened"), 0.24),
        (_("Quorum"), 0.1),
        (_("State at the end"), 0.16),
        (_("Closed"), 0.22),
    )
    against = [each for each in facts.signoffs if each.verdict not in APPROVING]
    signing = columns(
        (_("Asked for"), 0.28), (_("Signed by"), 0.24), (_("When (UTC)"), 0.18), (_("Verdict"), 0.3)
    )
    signed = [
        (_about(each.request), each.printed_name, minute(each.at), words.spelled(each.verdict))
        for each in facts.signoffs
    ]
    return (
        *counted(
            _("Requests opened or closed"),
            "requests",
            heads,
            [_request(each, facts) for each in facts.requests],
        ),
        *counted(_("Signatures"), "signatures", signing, signed),
        *counted(
            _("Dissent, rejections and returns"),
            "dissent",
            columns(
                (_("Asked for"), 0.24),
                (_("Signed by"), 0.18),
                (_("Verdict"), 0.13),
                (_("In their words"), 0.45),
            ),
            [
                (_about(each.request), each.printed_name, words.spelled(each.verdict), each.rationale)
                for each in against
            ],
        ),
        *counted(
            _("Conflicts of interest declared"),
            "recusals",
            columns((_("Asked for"), 0.4), (_("Who"), 0.3), (_("When (UTC)"), 0.3)),
            [(_about(each.request), each.printed_name, minute(each.at)) for each in facts.recusals],
        ),
    )


def _request(each: ApprovalRequest, facts: AuditFacts) -> tuple[Cell, ...]:
    is_closed = each.closed_at is not None and each.closed_at <= facts.at
    state = each.state if is_closed else RequestState.OPEN
    return (
        _about(each),
        Noted(minute(each.opened_at), each.opened_by.name),
        str(each.quorum),
        Word(words.spelled(state), State.GOOD if state == RequestState.GRANTED else State.WAITING),
        minute(each.closed_at) if is_closed else words.NONE,
    )


def _about(each: ApprovalRequest) -> Noted:
    if each.version is not None:
        return Noted(words.spelled(each.act), each.version.label)
    return Noted(words.spelled(each.act), each.snapshot.name if each.snapshot else "")


def overlays(facts: AuditFacts) -> tuple[Block, ...]:
    why = NotAssessed(
        _(
            "This release keeps no overrides of single decisions as objects: how many decisions people changed, "
            "and why, cannot be counted here. Ask the system that applies the decisions."
        )
    )
    heads = columns(
        (_("Version"), 0.16),
        (_("Overlay and size"), 0.22),
        (_("For whom, and why"), 0.34),
        (_("Granted"), 0.14),
        (_("Until"), 0.14),
    )
    rows = [
        (
            each.version.label,
            f"{each.get_kind_display()} {each.size}",
            Noted(each.segment, each.why),
            minute(each.granted_at),
            minute(each.until),
        )
        for each in facts.overlays
    ]
    return (why, *counted(_("Overlays that counted in the period"), "overlays", heads, rows))


def exceptions(facts: AuditFacts) -> tuple[Block, ...]:
    heads = columns((_("What"), 0.36), (_("Version or data"), 0.24), (_("Granted"), 0.2), (_("Until"), 0.2))
    deviating = columns(
        (_("Check"), 0.26), (_("Signed by"), 0.18), (_("When (UTC)"), 0.16), (_("In their words"), 0.4)
    )
    return (
        *counted(
            _("Exceptions from failed checks"),
            "check-exceptions",
            heads,
            [(e.check_id, e.version.label, minute(e.granted_at), minute(e.until)) for e in facts.exceptions],
        ),
        *counted(
            _("Exceptions from rules of data quality"),
            "data-exceptions",
            heads,
            [(e.rule, e.snapshot.name, minute(e.granted_at), minute(e.until)) for e in facts.let_stand],
        ),
        *counted(
            _("Failed checks that a validator let stand"),
            "deviations",
            deviating,
            [(e.result.check_id, e.printed_name, minute(e.at), e.rationale) for e in facts.deviations],
        ),
        *counted(
            _("Use before the end of a validation"),
            "caps",
            heads,
            [
                (_cap(e.most_decisions), e.version.label, minute(e.granted_at), minute(e.until))
                for e in facts.caps
            ],
        ),
        *counted(
            _("Break-glass"),
            "break-glass",
            heads,
            [
                (_("back in force for hours"), e.version.label, minute(e.begins_at), minute(e.until))
                for e in facts.emergencies
            ],
        ),
    )


def _cap(most: int) -> str:
    return _("at most %(count)s decisions") % {"count": words.count(most)}
