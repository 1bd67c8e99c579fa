"""Words of validation in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext as _


def verdict_words(verdict: str) -> str:
    """The verdict of one measurement as it stands beside a number; nothing for none."""
    words = {
        "passed": _("passes"),
        "failed": _("fails"),
        "amber": _("warns"),
        "inconclusive": _("inconclusive"),
        "insufficient_data": _("insufficient data"),
        "error": _("error"),
    }
    return words.get(verdict, "")


def section_words(section: str) -> str:
    """The subject of a check, as in the dossier."""
    words = {
        "data": _("Data"),
        "implementation": _("Implementation"),
        "discrimination": _("Discrimination"),
        "calibration": _("Calibration"),
        "stability": _("Stability"),
        "fairness": _("Fairness"),
        "explainability": _("Explanations"),
        "economics": _("Economics"),
        "robustness": _("Robustness"),
    }
    return words[section]


def group_words(key: str) -> str:
    return key.replace("_", " ").capitalize()


def column_words(name: str) -> str:
    """The heading of a stored table's column: its name, spelled out."""
    return name.replace("_", " ").capitalize()


def severity_words(severity: str) -> str:
    words = {"low": _("Low"), "medium": _("Medium"), "high": _("High"), "critical": _("Critical")}
    return words.get(severity, severity)


def meaning_words(meaning: str) -> str:
    """What a signature says, from its coded meaning."""
    words = {
        "deviation": _("The failed check may stand, for the reason given."),
        "pack:reviewed": _("The policy pack was read and found fit to be printed."),
        "conclusion:fit": _("The validator finds the version fit for its purpose."),
        "conclusion:fit_with_conditions": _("The validator finds the version fit, with conditions."),
        "conclusion:not_fit": _("The validator finds the version not fit."),
        "conclusion:returned": _("The validator gives the version back."),
        "signoff:approve": _("The approver approves the version."),
        "signoff:return": _("The approver gives the version back."),
        "signoff:reject": _("The approver rejects the version."),
        "signoff:approve_with_conditions": _("The approver approves, with conditions."),
        "condition:met": _("The validator finds the condition met."),
        "signoff:dissent": _("The approver speaks against it and leaves the decision to the others."),
    }
    return words.get(meaning, meaning)
