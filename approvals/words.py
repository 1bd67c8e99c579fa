"""Words of approvals in the reader's language: acts, what they ask, what follows."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from approvals.models import ApprovalRequest, Cap, OverlayKind


def act_words(act: str) -> str:
    """The name of an act, as lists show it."""
    words = {
        "approve-version": _("Approval of a version"),
        "resume-version": _("Resumption of a suspended version"),
        "retire-version": _("Retirement of a version"),
        "grant-exception": _("Exception for a failed check"),
        "grant-overlay": _("Overlay on a version"),
        "snapshot-exception": _("Exception for a failed quality rule"),
        "pre-validation-use": _("Use before validation"),
        "break-glass": _("Break-glass"),
    }
    return words.get(act, act)


def subject_words(request: ApprovalRequest) -> str:
    if request.snapshot is not None:
        return request.snapshot.name
    return request.subject if request.version is None else request.version.label


def request_words(request: ApprovalRequest) -> str:
    """A request in one line."""
    said = {"act": act_words(request.act), "subject": subject_words(request)}
    return _("%(act)s: %(subject)s") % said


def question(request: ApprovalRequest) -> str:
    """The title of its page: what would follow from a yes."""
    if request.act == "approve-version" and request.version is not None:
        named = {"label": request.version.label, "name": request.version.risk_model.name}
        return _("Approve %(label)s to decide requests for %(name)s?") % named
    words = {
        "resume-version": _("Put %(label)s back into force?"),
        "retire-version": _("Retire %(label)s for good?"),
        "grant-exception": _("Let a failed check of %(label)s stand until a date?"),
        "grant-overlay": _("Put an overlay on %(label)s on record until a date?"),
        "snapshot-exception": _("Let a failed quality rule of %(label)s stand until a date?"),
        "pre-validation-use": _("Let %(label)s decide, within a cap, before its validation has ended?"),
        "break-glass": _("Put the suspended %(label)s back into force for hours?"),
    }
    return words.get(request.act, _("Grant what is asked for %(label)s?")) % {"label": subject_words(request)}


def consequence(request: ApprovalRequest) -> str:
    """What the signature does that completes the quorum."""
    words = {
        "approve-version": _(
            "Your approval completes the quorum: the version is approved. Nothing is deployed by this."
        ),
        "resume-version": _(
            "Your approval completes the quorum: the version is in force again. An operator deploys it."
        ),
        "retire-version": _(
            "Your approval completes the quorum: the version is retired, and its deployment ends."
        ),
        "grant-exception": _(
            "Your approval completes the quorum: the check is let stand until the date, and no longer."
        ),
        "grant-overlay": _(
            "Your approval completes the quorum: the overlay is on record until the date. No score changes by it here."
        ),
        "snapshot-exception": _(
            "Your approval completes the quorum: models may be trained on the snapshot until the date, and no longer."
        ),
        "pre-validation-use": _(
            "Your approval completes the quorum: an operator may deploy the version, and it decides within the cap."
        ),
        "break-glass": _(
            "Your approval completes the quorum: from now on the hours count, and a finding opens by itself."
        ),
    }
    return words.get(request.act, _("Your approval completes the quorum."))


def notice_of(cap: Cap) -> str:
    """What every answer and every page says of a decision that was made under a cap."""
    said = {"until": f"{cap.until:%Y-%m-%d %H:%M}", "count": cap.most_decisions}
    return (
        _(
            "Made before the validation of this version had ended: not under an approval, but under a cap of %(count)s"
            " decisions until %(until)s UTC."
        )
        % said
    )


def use_of(cap: Cap) -> str:
    """How much of a cap is used."""
    said = {"used": cap.used_decisions, "count": cap.most_decisions, "until": f"{cap.until:%Y-%m-%d %H:%M}"}
    return (
        _(
            "It is used before its validation has ended: %(used)s of the %(count)s decisions of its cap are made, and"
            " the cap ends at the latest on %(until)s UTC."
        )
        % said
    )


def facts_of(request: ApprovalRequest) -> list[dict[str, str]]:
    """What was asked, member by member, where the page has no words of its own for it."""
    terms = {
        "why": _("Why it is asked"),
        "kind": _("Overlay"),
        "size": _("Size"),
        "segment": _("For whom"),
        "headline": _("What failed"),
        "until": _("Until"),
        "hours": _("Hours"),
        "decisions": _("At most so many decisions"),
        "amount_input": _("The amount is the input"),
        "most_each": _("At most, each"),
        "most_total": _("At most, all together"),
        "segment_input": _("Only where the input"),
        "segment_value": _("has the value"),
    }
    return [
        {"term": term, "text": _fact(key, request.content[key])}
        for key, term in terms.items()
        if request.content.get(key)
    ]


def _fact(key: str, value: object) -> str:
    if key == "kind":
        return str(OverlayKind(str(value)).label)
    if key != "until":
        return str(value)
    return f"{dt.datetime.fromisoformat(str(value)):%Y-%m-%d %H:%M} UTC"
