"""Quality rules in the reader's language: what each is called, and when it is broken."""

from __future__ import annotations

from django.utils.translation import gettext as _


def titles() -> dict[str, str]:
    return {
        "inputs_present": _("Columns without any value"),
        "no_constant_input": _("Constant columns"),
        "ids_unique": _("Rows that repeat an identifier"),
        "near_constant_inputs": _("Nearly constant columns"),
        "missing_values": _("Columns that are mostly missing"),
        "duplicate_rows": _("Rows that repeat another row but for the identifier"),
        "undocumented_codes": _("Columns with undocumented codes"),
        "sentinel_values": _("Values that seem to mean not known"),
        "mixed_date_formats": _("Dates in several formats"),
        "ambiguous_dates": _("Dates with two readings"),
        "impossible_dates": _("Days that do not exist"),
        "future_dates": _("Dates still to come"),
        "unread_dates": _("Declared dates that cannot all be read"),
        "impossible_ages": _("Ages outside 18 to 100"),
        "near_duplicate_labels": _("Categories spelled in several ways"),
        "clocks_disagree": _("Clocks that disagree"),
        "dated_after_decision": _("Columns dated after the decision"),
        "leaking_inputs": _("Inputs that tell the outcome alone"),
        "single_input_jump": _("An input far better than every other"),
        "filled_for_one_outcome": _("Inputs filled for one outcome only"),
        "blanks_tell_outcome": _("Blanks that go with the outcome"),
        "transforms_of_result": _("Inputs that are a result in another scale"),
        "as_declared": _("Columns that do not hold what was declared"),
        "schema_changed": _("Columns that came, went or changed"),
        "missingness_moved": _("Columns missing more or less often than before"),
        "levels_moved": _("Columns whose levels have moved"),
    }


def hints() -> dict[str, str]:
    """When a rule is broken. Levels and their reasons stand in docs/quality.md."""
    return {
        "missing_values": _("At least half of the rows have no value."),
        "sentinel_values": _(
            "A value such as 999 or −1 in one of a hundred rows or more, outside the rest. Declare it, or clean it."
        ),
        "mixed_date_formats": _(
            "A text that is a date in more than one format. Read it with declared formats."
        ),
        "ambiguous_dates": _("03/05 is March or May, and the rest of the column does not settle it."),
        "future_dates": _("After the day of the import."),
        "impossible_ages": _("From the declared date of birth to that of the decision."),
        "near_duplicate_labels": _("The same word but for case, accents, spaces or a slip of the pen."),
        "clocks_disagree": _("Some rows are dated after the decision: the clock of that source is off."),
        "dated_after_decision": _(
            "At least half of the rows are dated after the decision: nobody knew them then."
        ),
        "leaking_inputs": _(
            "One column alone has an AUC of .90 or more. Look for what was written after the outcome."
        ),
        "single_input_jump": _("An AUC of .75 or more, and twice the Gini of the second best."),
        "filled_for_one_outcome": _("Filled a hundred times as often for one outcome as for the other."),
        "blanks_tell_outcome": _(
            "Whether a value is there tells something of the outcome. It may be real: look."
        ),
        "transforms_of_result": _("It orders loans as a declared result does. Results are known afterwards."),
        "as_declared": _(
            "A kind, a range, values, no repeats or no gaps were declared of a column, and rows differ."
        ),
        "levels_moved": _(
            "More than 5 in 100 lie beyond where the inner 98 in 100 of the snapshot before lay."
        ),
        "missingness_moved": _("By a tenth of the rows or more."),
    }


def heads() -> dict[str, str]:
    """Columns of what a rule found, in the order in which they are shown."""
    return {
        "column": _("Column"),
        "check": _("Declared"),
        "rows": _("Rows"),
        "share": _("Share"),
        "values": _("Values"),
        "codes": _("Codes"),
        "spellings": _("Spellings"),
        "categories": _("Categories"),
        "variants": _("Ways of writing"),
        "labels": _("Labels that are alike"),
        "days": _("Late by (days)"),
        "younger": _("Younger than 18"),
        "older": _("Older than 100"),
        "auc": _("AUC alone"),
        "second_auc": _("AUC of the next"),
        "filled": _("Filled rows"),
        "filled_defaults": _("of them defaults"),
        "odds_ratio": _("Odds ratio"),
        "result": _("Result"),
        "rank_correlation": _("Rank correlation"),
        "change": _("Change"),
        "before": _("Before"),
        "now": _("Now"),
        "beyond": _("Beyond"),
    }


def changes() -> dict[str, str]:
    return {"came": _("new"), "went": _("gone"), "type": _("another type")}


def checks() -> dict[str, str]:
    """What may be declared of a column."""
    return {
        "present": _("it is in the table"),
        "kind": _("kind"),
        "minimum": _("smallest value"),
        "maximum": _("largest value"),
        "values": _("listed values"),
        "unique": _("no value twice"),
        "required": _("no value missing"),
    }


def kinds() -> dict[str, str]:
    return {"integer": _("integer"), "number": _("number"), "boolean": _("yes or no"), "text": _("text")}


def spellings() -> dict[str, str]:
    return {
        "iso": "2024-12-31",
        "numeric": "31/12/2024",
        "month_name": _("31 December 2024"),
        "compact": "20241231",
        "with_time": "2024-12-31T23:59",
    }
