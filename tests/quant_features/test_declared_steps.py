"""Declarations of messy inputs and of steps that contradict themselves are refused when they are read."""

from __future__ import annotations

import copy
import json

import pytest

from quant.features import form
from quant.features.fitted import Bins, Fill, Lookup, Neighbours, Scale
from quant.features.operations import Feature, Fit, Method, Operation
from quant.features.plain import SchemaFault
from quant.features.schema import FeatureSchema
from tests.quant_features.messy import INPUTS

SCHEMA = FeatureSchema(
    inputs=INPUTS,
    steps=(
        Feature("age", Operation.DAYS_BETWEEN, ("born", "asked")),
        Feature(
            "rent_known",
            Operation.NEAREST,
            ("rent", "income"),
            fitted=Neighbours(1, (2.0,), ((1.0, 2.0),), 0.5),
        ),
        Feature("income_known", Operation.FILL, ("income",), fit=Fit(Method.MEDIAN), fitted=Fill(2100.0)),
    ),
    features=(
        Feature("is_employed", Operation.ONE_HOT, ("job",), only="employed"),
        Feature("job_risk", Operation.LOOKUP, ("job",), fitted=Lookup(((0, 0.1), (1, 0.2)), 0.3, None)),
        Feature("age_risk", Operation.BINS, ("age",), fitted=Bins((9000.0,), (0.5, -0.5), 0.0)),
        Feature("income", Operation.SCALE, ("income_known",), fitted=Scale(2100.0, 900.0)),
    ),
)


def plain():
    return json.loads(json.dumps(form.dump(SCHEMA)))


def of(raw, kind, name):
    return next(each for each in raw[kind] if each["name"] == name)


def changed(kind, which, /, **changes):
    def change(raw):
        of(raw, kind, which).update(changes)

    return change


def without(kind, name, member):
    return lambda raw: of(raw, kind, name).pop(member)


WRONG = {
    "two groups, one spelling": changed("inputs", "job", groups=[{"name": "a"}, {"name": "b", "spellings": ["Á!"]}]),
    "a group without a word": changed("inputs", "job", groups=[{"name": "!!"}]),
    "a group called Unknown": changed("inputs", "job", groups=[{"name": "a"}, {"name": "unknown"}]),
    "no groups": changed("inputs", "job", groups=[]),
    "too many edits": changed("inputs", "job", edits=4),
    "a range for a text": changed("inputs", "job", minimum="0", maximum="1"),
    "groups for a number": changed("inputs", "share", groups=[{"name": "a"}]),
    "a format nobody knows": changed("inputs", "born", formats=["%d/%m/%y"]),
    "a format twice": changed("inputs", "born", formats=["compact", "compact"]),
    "days the wrong way round": changed("inputs", "born", earliest="2031-01-01"),
    "no first day": without("inputs", "born", "earliest"),
    "a day that never was": changed("inputs", "born", earliest="1900-02-29"),
    "an ISO week": changed("inputs", "born", earliest="1900-W01-1"),
    "a unit in words": changed("inputs", "income", unit="reais"),
    "a mark of its own": changed("inputs", "income", decimal_mark="'"),
    "unreadable is missing, but null is not allowed": changed("inputs", "income", nullable=False),
    "actionable perhaps": changed("inputs", "income", actionable="perhaps"),
    "a protected input is used": changed("inputs", "born", protected=True),
    "a step before what it names": lambda raw: raw["steps"].reverse() or of(raw, "steps", "age").update(inputs=["x", "y"]),
    "a step with the name of an input": changed("steps", "age", name="job"),
    "a step of a feature": changed("steps", "income_known", inputs=["is_employed"]),
    "a step of itself": changed("steps", "income_known", inputs=["income_known"]),
    "days between numbers": changed("steps", "age", inputs=["income", "rent"]),
    "a text as a number": changed("features", "income", inputs=["job"]),
    "a date as a number": changed("features", "income", inputs=["born"]),
    "a lookup of an amount": changed("features", "job_risk", inputs=["income"]),
    "a one-hot of no such group": changed("features", "is_employed", only="astronaut"),
    "a one-hot of nothing": without("features", "is_employed", "only"),
    "numbers of another operation": changed("features", "income", fitted={"value": "1.0"}),
    "neither fit nor numbers": without("features", "income", "fitted"),
    "numbers where nothing is fitted": changed("features", "is_employed", fitted={"value": "1.0"}),
    "a method of another operation": changed("steps", "income_known", fit={"method": "woe"}),
    "one fold": changed("steps", "income_known", fit={"method": "median", "folds": 1}),
    "a prior of nothing": changed("steps", "income_known", fit={"method": "median", "prior": "0"}),
    "no spread": changed("features", "income", fitted={"centre": "0", "spread": "0"}),
    "an infinite centre": changed("features", "income", fitted={"centre": "inf", "spread": "1"}),
    "edges out of order": changed("features", "age_risk", fitted={"edges": ["2", "1"], "values": ["1", "2", "3"]}),
    "a category twice": changed("features", "job_risk", fitted={"values": [[0, "1"], [0, "2"]], "otherwise": "0"}),
    "k beyond the centres": changed("steps", "rent_known", fitted={"k": 2, "spreads": ["1"], "centres": [["1", "2"]], "otherwise": "0"}),
    "centres of other columns": changed("steps", "rent_known", fitted={"k": 1, "spreads": ["1", "1"], "centres": [["1", "2", "3"]], "otherwise": "0"}),
    "more than 500 centres": changed("steps", "rent_known", fitted={"k": 1, "spreads": ["1"], "centres": [["1", "2"]] * 501, "otherwise": "0"}),
    "a column told by itself": changed("steps", "rent_known", inputs=["rent", "rent"]),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_contradiction_is_refused(case):
    raw = copy.deepcopy(plain())
    WRONG[case](raw)
    with pytest.raises(SchemaFault):
        form.load(raw)


def test_the_declaration_reads_back_equal():
    assert form.load(plain()) == SCHEMA


def test_a_schema_without_steps_keeps_its_form():
    """A digest that was sealed before there were steps stays what it was."""
    from mrm.lib import canonical
    from training import card

    digest = canonical.digest(form.dump(card.schema()))
    assert digest == "8e8772549d63dd2ffa644b54367c352d6b24cb3b89c33b3b692db2397e427c2e"


def test_a_protected_input_may_be_there_when_nothing_is_made_of_it():
    raw = plain()
    of(raw, "inputs", "status")["protected"] = True
    assert form.load(raw).inputs[5].protected


def test_blank_spellings_are_null_and_null_may_be_refused():
    from quant.features.reading import Fault, read

    for text in ("", "  ", "N/A", " - "):
        assert read(INPUTS[0], text) is None
    from dataclasses import replace

    strict = replace(INPUTS[0], nullable=False)
    assert read(strict, " ") == Fault("job", "null", "This field may not be null.")


def test_a_text_is_not_longer_than_it_may_be_and_has_bytes():
    from quant.features.reading import read

    assert read(INPUTS[0], "x" * 200) == "x" * 200
    assert read(INPUTS[0], "x" * 201).code == "length"
    assert read(INPUTS[0], "\ud800").code == "type"


@pytest.mark.parametrize(("value", "bin_value"), [(9000, -0.5), (8999, 0.5), (None, 0.0)])
def test_a_value_at_an_edge_belongs_to_the_bin_above_it_on_every_path(value, bin_value):
    import numpy as np
    import pandas as pd

    from quant.features.row import compile_row
    from quant.features.table import matrix
    from registry.serving.second_features import features

    inputs = (INPUTS[7],)
    feature = Feature("risk", Operation.BINS, ("share",), fitted=Bins((9000.0,), (0.5, -0.5), 0.0))
    schema = FeatureSchema(inputs, (feature,))
    column = np.array([np.nan if value is None else float(value)])
    second = features(form.dump(schema), pd.DataFrame({"share": column}))
    made = (compile_row(schema)({"share": value}), matrix(schema, {"share": column}), second.to_numpy())
    assert [float(each[0, 0]) for each in made] == [bin_value] * 3
