"""Missingness, duplicates, constants and undocumented codes of the frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from quant.verdict import Judgement, Severity, Verdict, insufficient, reported, worst_of
from validation.marking import gettext_noop
from validation.measuring import Measured, Measurement, Table
from validation.sample import Check, Sample, Section
from validation.standard import Standard


def run(sample: Sample, standard: Standard) -> Measured:  # noqa: ARG001 (every check has this signature)
    quality = sample.registered.quality
    # Any: the report is plain JSON written by the registry when the snapshot was frozen.
    rules: list[Mapping[str, Any]] = list(quality.get("rules", ()))  # type: ignore[call-overload]
    columns: list[Mapping[str, Any]] = list(quality.get("by_column", ()))  # type: ignore[call-overload]
    if not rules:
        return Measured(sample.absent.quality, insufficient("There is no quality report."))
    measured = tuple(_measurement(rule) for rule in rules)
    hit = [str(rule["rule"]) for rule in rules if not rule["passed"]]
    headline = f"{len(rules) - len(hit)} of {len(rules)} rules hold" + (
        f"; not: {', '.join(hit)}." if hit else "."
    )
    judgement = worst_of(each.judgement for each in measured if each.judgement is not None)
    return Measured(headline, judgement, (*measured, *_split(sample)), {"columns": _columns(columns)})


def _measurement(rule: Mapping[str, Any]) -> Measurement:
    return Measurement(
        name=str(rule["rule"]),
        label=str(rule["rule"]).replace("_", " ").capitalize(),
        value=float(rule["count"]),
        limit=0.0,
        judgement=_judged(rule),
    )


def _judged(rule: Mapping[str, Any]) -> Judgement:
    text = str(rule["text"])
    if rule["passed"]:
        return Judgement(Verdict.PASSED, text)
    if rule["force"] == "blocking":
        return Judgement(Verdict.FAILED, text, Severity.RED)
    return reported(text)


def _split(sample: Sample) -> tuple[Measurement, ...]:
    """The held-out part against the whole: a rate that jumps says that the split was not drawn blindly."""
    from quant.intervals import proportion

    rate = proportion(int(sample.defaulted.sum()), sample.n)
    whole = sample.registered.quality.get("target_rate")
    told = "" if whole is None else f"The whole snapshot has {float(str(whole)):.4f}."
    return (
        Measurement("held_out_rows", "Held-out rows", float(sample.n), n=sample.n),
        Measurement(
            "held_out_default_rate",
            "Default rate of the held-out part",
            rate.value,
            rate.interval,
            n=rate.n,
            note=told,
        ),
    )


def _columns(columns: list[Mapping[str, Any]]) -> Table:
    names = ("column", "role", "missing", "distinct", "top_share", "constant", "undocumented_codes")
    return Table(names, tuple(_row(column) for column in columns))


def _row(column: Mapping[str, Any]) -> tuple[str | int | None, ...]:
    strange = column.get("undocumented_codes") or ()
    told = ", ".join(f"{each['code']} ({each['rows']} rows)" for each in strange)
    share = column.get("top_share")
    return (
        str(column["name"]),
        str(column["role"]),
        int(column["missing"]),
        None if column.get("distinct") is None else int(column["distinct"]),
        None if share is None else str(share),
        "yes" if column.get("constant") else "no",
        told,
    )


CHECK = Check(
    id="data_quality",
    title=gettext_noop("Data quality"),
    section=Section.DATA,
    question=gettext_noop(
        "Is the frozen data complete, free of constants and repeated rows, and coded as documented?"
    ),
    needs="The quality report written when the snapshot was frozen.",
    bad_sign="A constant or empty input, repeated ids, codes that nobody documented.",
    limits=gettext_noop("Counts what the declaration names; it cannot know what a value should have been."),
    reference="Rules of the snapshot's own declaration.",
    run=run,
)
