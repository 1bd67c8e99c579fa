"""What the pages say about a scored sample and its runs: what was declared and counted, never a row."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from mrm.lib.charts import numerals
from registry.models import ScoredSample
from validation.models import SampleRun


def kind_words(kind: str) -> str:
    words = {
        "out_of_sample": _("Out of sample: the model has not learned from these rows"),
        "out_of_time": _("Out of time: decided after every row it has learned from"),
        "in_sample": _("In sample: the model has learned from these rows"),
    }
    return words.get(kind, kind)


def role_words(role: str) -> str:
    words = {
        "outcome": _("outcome"),
        "pd": _("PD"),
        "grade": _("grade"),
        "date": _("date of the decision"),
        "segment": _("segment"),
        "protected": _("protected, kept apart"),
        "exposure": _("exposure"),
        "realised": _("known only afterwards, kept apart"),
        "reference": _("flags rows of development"),
    }
    return words.get(role, role)


def place_of(sample: ScoredSample) -> list[dict[str, Any]]:
    """Where the model lives, and who says so."""
    return [
        {"term": _("Who answers for the model there"), "text": sample.vendor},
        {"term": _("Where it lives"), "text": sample.system},
        {"term": _("Its version there"), "text": sample.system_version},
        {"term": _("Brought by"), "text": sample.brought_by.name},
        {"term": _("Brought"), "at": sample.brought_at},
        {"term": _("Digest of the sample"), "digest": sample.digest},
    ]


def counts_of(sample: ScoredSample) -> list[dict[str, Any]]:
    cut_offs = _("none declared")
    if sample.declaration["approve_below"]:
        cut_offs = "{approve_below} / {decline_from}".format(**sample.declaration)
    return [
        {"term": _("What the model knew of these rows"), "text": kind_words(sample.kind)},
        {"term": _("Rows tested"), "text": numerals.fixed(sample.rows)},
        {"term": _("Defaults among them"), "text": numerals.fixed(sample.defaults)},
        {"term": _("Rows of development beside them"), "text": numerals.fixed(sample.reference_rows)},
        {"term": _("Grades, the best first"), "text": _scale(sample)},
        {"term": _("Currency of the amounts"), "text": sample.declaration["currency"] or _("none declared")},
        {"term": _("Approved below, declined from"), "text": cut_offs},
    ]


def columns_of(sample: ScoredSample) -> dict[str, Any]:
    heads = (_("Column"), _("Role"), _("Type"), _("Empty"), _("Different values"))
    columns = [{"label": head, "is_number": at > 2} for at, head in enumerate(heads)]
    rows = [
        [
            {"text": each["name"]},
            {"text": role_words(each["role"])},
            {"text": each["type"]},
            {"text": numerals.fixed(each["missing"]), "is_number": True},
            {"text": numerals.fixed(each["distinct"]), "is_number": True},
        ]
        for each in sample.columns
    ]
    return {"caption": _("Columns that were declared; no other is kept"), "columns": columns, "rows": rows}


def runs_table(runs: list[SampleRun]) -> dict[str, Any]:
    heads = (_("Started"), _("Standard"), _("Started by"), _("State"))
    rows = [
        [
            {"at": run.started_at, "url": ""},
            {"text": run.standard.slug, "url": reverse("sample-run", args=[run.pk])},
            {"text": run.started_by.name},
            {"text": _("completed") if run.completed_at else _("without results yet")},
        ]
        for run in runs
    ]
    return {"caption": _("Runs"), "columns": [{"label": head} for head in heads], "rows": rows}


def facts_of_run(run: SampleRun) -> list[dict[str, Any]]:
    return [
        {"term": _("Sample"), "text": run.sample.name, "url": reverse("sample", args=[run.sample_id])},
        {"term": _("Standard"), "text": run.standard.slug},
        {"term": _("Digest of the standard"), "digest": run.standard.digest},
        {"term": _("Started by"), "text": run.started_by.name},
        {"term": _("Started"), "at": run.started_at},
        *([{"term": _("Completed"), "at": run.completed_at}] if run.completed_at else []),
        *(
            [{"term": _("Digest of the evidence"), "digest": run.evidence_digest}]
            if run.evidence_digest
            else []
        ),
        {"term": _("Job"), "text": _("its steps"), "url": reverse("job", args=[run.job_id])},
    ]


def _scale(sample: ScoredSample) -> str:
    grades = sorted(sample.declaration["grades"].items(), key=lambda each: (float(each[1]), each[0]))
    told = [f"{at}: {label} ({pd})" for at, (label, pd) in enumerate(grades, start=1)]
    return ", ".join(told) or _("none declared")
