"""One decision as the person who has to explain it reads it: words first, points before probabilities."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from mrm.lib import charts
from mrm.lib.charts import numerals
from mrm.lib.errors import Refusal
from registry import serving, vault
from scoring.payloads import InputValue, Payload
from scoring.selectors import DecisionFile

if TYPE_CHECKING:
    from registry.serving.served import Served

UNKNOWN_CODE = "unknown_code"
_IN_CURRENCY = re.compile(r"^(?P<label>.+) \((?P<currency>[A-Z]{3})\)$")


@dataclass(frozen=True)
class InputLine:
    label: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class Score:
    """Points and what they had to reach; `cut_off` is None when a rule decided or the scale cannot be read."""

    points: int
    cut_off: int | None
    grade: int
    grades: int | None

    @property
    def is_rounded_to_the_cut_off(self) -> bool:
        """Both are whole points: the same number can hide a score just below."""
        return self.points == self.cut_off


def served_of(file: DecisionFile) -> Served | None:
    """The sealed version that decided; None when its bytes cannot be trusted now: the page then says less."""
    try:
        return serving.load(vault.artifacts(), file.decision.version.artifact_id)
    except Refusal:
        return None


def title_of(file: DecisionFile) -> str:
    if file.payload is None:
        return _("A decision whose content was erased")
    return outcome_title(file.decision.outcome) % {"reference": file.payload.reference}


def outcome_title(outcome: str) -> str:
    return {
        "approve": pgettext("page title", "Application %(reference)s: approved"),
        "refer": pgettext("page title", "Application %(reference)s: referred to a person"),
        "decline": pgettext("page title", "Application %(reference)s: declined"),
    }[outcome]


def explanation(payload: Payload) -> str:
    """What decided, in one sentence."""
    if payload.basis == "rule":
        return _("A rule of the decision policy decided, not the score.")
    return {
        "approve": _("The score reaches the cut-off of the decision policy."),
        "refer": _("The score lies between the two cut-offs, so a person decides."),
        "decline": _("The score stays below the cut-off of the decision policy."),
    }[payload.outcome]


def score_of(payload: Payload, served: Served | None) -> Score:
    if served is None:
        return Score(payload.points, None, payload.grade, None)
    cut_off = points_at(payload.cut_off, served)
    return Score(payload.points, cut_off, payload.grade, len(served.parts.grades.pds))


def points_at(cut_off: str, served: Served) -> int | None:
    """A policy's bound on the PD, on the scale of the points: they rise when risk falls."""
    bound = float(cut_off) if cut_off else 0.0
    if not 0.0 < bound < 1.0:
        return None
    calibration = served.parts.calibration
    margin = (math.log(bound / (1.0 - bound)) - calibration.intercept) / calibration.slope
    return round(served.parts.scale.points(margin))


def figure_of(file: DecisionFile, language: str) -> charts.Figure | None:
    """The reason groups in points, the largest loss first. Raw attributions are not shown."""
    if file.payload is None:
        return None
    terms = tuple(charts.Contribution(line.text, line.points) for line in file.points_lines(language))
    summary = _("Starting from %(base)s points, these add up to the score of %(points)s.") % {
        "base": numerals.fixed(file.payload.base_points),
        "points": numerals.fixed(file.payload.points),
    }
    about = charts.About(f"weighed-{file.decision.pk}", _("What weighed on the score, in points"), summary)
    return charts.figure(charts.Contributions(about, terms))


def inputs_of(payload: Payload, served: Served | None, language: str) -> list[InputLine]:
    """Everything the caller sent, labelled as the sealed schema labels it. Protected attributes are no inputs."""
    labels = {} if served is None else {each.name: _label(each, language) for each in served.schema.inputs}
    unseen = {flag.partition(":")[2] for flag in payload.flags if flag.startswith(f"{UNKNOWN_CODE}:")}
    order = {name: place for place, name in enumerate(labels)}
    sent = sorted(payload.inputs.items(), key=lambda entry: order.get(entry[0], len(order)))
    return [_line(labels.get(name, name), value, name in unseen) for name, value in sent]


def _label(declared: Any, language: str) -> str:  # Any: quant's Input, which is not imported at start
    return str(declared.label_pt_br if language == "pt-br" else declared.label_en)


def _line(label: str, value: InputValue, is_unseen: bool) -> InputLine:  # noqa: FBT001 (a fact of the value)
    note = _("a code the model was not built for") if is_unseen else ""
    if value is None:
        return InputLine(label, numerals.NOT_AVAILABLE, note)
    if isinstance(value, str):
        return InputLine(label, value, note)
    found = _IN_CURRENCY.match(label)
    if found:
        return InputLine(found["label"], numerals.money(_decimal(value), found["currency"]), note)
    number = _decimal(value)
    places = max(0, -int(number.normalize().as_tuple().exponent))
    return InputLine(label, numerals.fixed(number, places), note)


def _decimal(value: float) -> Decimal:
    return Decimal(repr(value))


def ledger_url(file: DecisionFile) -> str:
    """Where the ledger holds what happened to this decision, or the version that made it."""
    query = urlencode({"subject_type": "version", "subject_id": str(file.decision.version_id)})
    return f"{reverse('ledger')}?{query}"
