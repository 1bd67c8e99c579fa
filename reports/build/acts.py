"""Closed words of acts, moves, requests and notes, as they stand inside a line of a document."""

from __future__ import annotations

from django.utils.translation import gettext as _


def act_words(act: str) -> str:
    words = {
        "approve-version": _("approve version"),
        "resume-version": _("resume version"),
        "retire-version": _("retire version"),
        "grant-exception": _("grant exception"),
        "grant-overlay": _("grant overlay"),
        "snapshot-exception": _("snapshot exception"),
        "pre-validation-use": _("pre validation use"),
        "break-glass": _("break glass"),
    }
    return words.get(act, act.replace("-", " "))


def request_state_words(state: str) -> str:
    words = {
        "open": _("open"),
        "granted": _("granted"),
        "rejected": _("rejected"),
        "returned": _("returned"),
        "void": _("void"),
        "withdrawn": _("withdrawn"),
    }
    return words.get(state, state)


def move_words(move: str) -> str:
    words = {
        "submit": _("submit"),
        "conclude": _("conclude"),
        "reject": _("reject"),
        "return": _("return"),
        "request": _("request"),
        "approve": _("approve"),
        "withdraw": _("withdraw"),
        "reopen": _("reopen"),
        "suspend": _("suspend"),
        "resume": _("resume"),
        "retire": _("retire"),
    }
    return words.get(move, move)


def note_words(kind: str) -> str:
    """What sort of word was added to a finding."""
    words = {
        "rebuttal": _("Rebuttal"),
        "action_plan": _("Action plan"),
        "postponement": _("Postponement"),
        "closure": _("Closure"),
    }
    return words.get(kind, kind)
