"""What the pages say about a comparison: both versions side by side, then what was asked of the pair."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from mrm.lib.charts import numerals
from validation.compared.battery import QUESTION_OF
from validation.compared.pair import Side
from validation.models import Comparison
from validation.result_page import measurements_of, stored_table, written
from validation.selectors import check_card
from validation.words import verdict_words

# Long curves are for whoever draws them again: the API has them.
_ONLY_BY_API = frozenset({"roc", "ks", "profit_curve", "realised_curve", "profit_by_quarter"})


def title_of(found: Comparison) -> str:
    return _("%(challenger)s compared with %(champion)s") % {
        "challenger": found.challenger.label,
        "champion": found.champion.label,
    }


def told_by_words(told_by: str) -> str:
    words = {
        "same_snapshot": _("Both have learned from the same snapshot, and these rows were held out of it."),
        "applicants": _(
            "The older version has learned from another snapshot: its applicants, and rows that are the same, are left"
            " out."
        ),
        "content": _(
            "The older version has learned from another snapshot, without tokens of applicants: rows that are the same"
            " in every column of both are left out."
        ),
    }
    return words.get(told_by, told_by)


def sections_of(found: Comparison) -> list[dict[str, Any]]:
    """One for each question to the pair, then one for each check of both versions."""
    results = found.facts["results"]
    alone = zip(results[Side.CHAMPION], results[Side.CHALLENGER], strict=True)
    return [*map(_of_both, results["both"]), *(_side_by_side(*each) for each in alone)]


def facts_of(found: Comparison) -> list[dict[str, Any]]:
    slug = found.challenger.risk_model.slug
    versions = ((_("Champion"), found.champion), (_("Challenger"), found.challenger))
    return [
        *(
            {"term": term, "text": each.label, "url": reverse("version", args=[slug, each.number])}
            for term, each in versions
        ),
        {"term": _("Rows compared"), "text": numerals.fixed(found.rows)},
        {"term": _("Rows held out"), "text": numerals.fixed(found.snapshot.held_out_rows)},
        {"term": _("Snapshot"), "digest": found.snapshot.digest},
        {"term": _("Standard"), "text": found.standard.slug},
        {"term": _("Digest of the standard"), "digest": found.standard.digest},
        {"term": _("Compared by"), "text": found.compared_by.name},
        {"term": _("Completed"), "at": found.completed_at},
        {"term": _("Digest of the comparison"), "digest": found.digest},
        {"term": _("Job"), "text": _("its steps"), "url": reverse("job", args=[found.job_id])},
    ]


def list_table(found: Iterable[Comparison]) -> dict[str, Any] | None:
    """The comparisons of a model; None without any."""
    heads = (_("Challenger"), _("Champion"), _("Rows"), _("Standard"), _("Compared by"))
    rows = [
        [
            {"text": each.challenger.label, "url": reverse("comparison", args=[each.pk])},
            {"text": each.champion.label},
            {"text": numerals.fixed(each.rows), "is_number": True},
            {"text": each.standard.slug},
            {"text": each.compared_by.name},
        ]
        for each in found
    ]
    columns = [{"label": head, "is_number": at == 2} for at, head in enumerate(heads)]
    return {"caption": _("Comparisons"), "columns": columns, "rows": rows} if rows else None


def _of_both(result: dict[str, Any]) -> dict[str, Any]:
    question = QUESTION_OF.get(result["check"])
    tables = [_in_words(stored_table(name, table)) for name, table in result["tables"].items()]
    measured = [measurements_of(result["measurements"])] if result["measurements"] else []
    return {
        "title": _(question.title) if question else result["check"],
        "limits": _(question.limits) if question else "",
        "headlines": [result["headline"]],
        "state": result["verdict"],
        "tables": tables,
        "folded": measured,
    }


def _side_by_side(champion: dict[str, Any], challenger: dict[str, Any]) -> dict[str, Any]:
    card = check_card(champion["check"])
    both = ((_("Champion"), champion), (_("Challenger"), challenger))
    folded = [
        stored_table(name, table) | {"caption": f"{side}: {stored_table(name, table)['caption']}"}
        for side, result in both
        for name, table in result["tables"].items()
        if name not in _ONLY_BY_API
    ]
    return {
        "title": _(card.title) if card else champion["check"],
        "limits": _(card.limits) if card else "",
        "headlines": [f"{side}: {result['headline']}" for side, result in both],
        "state": "",
        "tables": [_beside(champion, challenger)],
        "folded": folded,
    }


def _beside(champion: dict[str, Any], challenger: dict[str, Any]) -> dict[str, Any]:
    """Every measurement of the two in one row, with its interval and what was judged of it."""
    ours = {each["name"]: each for each in challenger["measurements"]}
    theirs = {each["name"]: each for each in champion["measurements"]}
    rows = [
        [
            {"text": (ours.get(name) or theirs[name])["label"]},
            *({"text": _measured(side.get(name)), "is_number": True} for side in (theirs, ours)),
        ]
        for name in dict.fromkeys([*theirs, *ours])
    ]
    heads = (_("Measurement"), _("Champion"), _("Challenger"))
    columns = [{"label": head, "is_number": at > 0} for at, head in enumerate(heads)]
    return {"caption": _("Both versions"), "columns": columns, "rows": rows}


def _measured(each: dict[str, Any] | None) -> str:
    if each is None:
        return numerals.NOT_AVAILABLE
    told = written(each["value"])
    if each["low"] is not None and each["high"] is not None:
        told = f"{told} ({numerals.interval(written(each['low']), written(each['high']))})"
    verdict = verdict_words(each["verdict"] or "")
    return f"{told}, {verdict}" if verdict else told


def _in_words(table: dict[str, Any]) -> dict[str, Any]:
    """What stands for a word in the facts, in the reader's language."""
    words = {
        "champion": _("champion"),
        "challenger": _("challenger"),
        "challenger_better": _("challenger better"),
        "champion_better": _("champion better"),
        "not_told_apart": _("not told apart"),
        "own_policy": _("its own policy"),
        "champions_rate": _("as many as the champion"),
        "swap_in": _("newly approved"),
        "swap_out": _("no longer approved"),
        "kept_in": _("approved by both"),
        "kept_out": _("approved by neither"),
        "trees": _("trees"),
        "numbers": _("fitted numbers"),
    }
    rows = [
        [{**cell, "text": words.get(cell["text"], cell["text"])} for cell in row] for row in table["rows"]
    ]
    return {**table, "rows": rows}
