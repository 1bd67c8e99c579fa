"""A version that takes texts, dates and amounts as people send them: trained, sealed, served, compared."""

from __future__ import annotations

import json

import numpy as np
import pytest

from mrm.lib import canonical
from mrm.lib.errors import Invalid
from registry.serving import parity
from tests.serving.messy_cards import application, messy_folder, messy_frame


@pytest.fixture(scope="module")
def messy():
    return messy_frame(1500)


@pytest.fixture(scope="module")
def messy_sealed(messy, tmp_path_factory):
    from registry.artifacts import read_candidate
    from training.child import train

    folder = messy_folder(tmp_path_factory.mktemp("messy") / "job", messy)
    train(folder)
    return read_candidate(folder / "candidate")


@pytest.fixture(scope="module")
def messy_served(messy_sealed):
    from registry.serving.door import build

    return build(messy_sealed)


def test_messy_rows_equal_the_table_exactly(messy_served, messy):
    table = messy_served.score_frame(messy.head(150))
    for row in range(150):
        parsed = messy_served.parse(application(messy, row))
        one = messy_served.score(parsed)
        assert one.margin == float(table.margins[row])
        assert one.flags == table.flags(row)


def test_second_path_reads_messy_fields_the_same(messy_served, messy_sealed, messy):
    compared = parity.compare(messy_served, messy_sealed, messy.head(400))
    assert (compared.rows, compared.different) == (400, 0)


def test_second_path_notices_another_reading(messy_sealed, messy_served, messy):
    """Were the spelling not declared, or the day read otherwise, the margins would differ."""
    changed = json.loads(messy_sealed.files["tables.json"])
    text = next(each for each in changed["inputs"] if each["name"] == "JOB")
    text["groups"][0]["spellings"] = []
    files = {**messy_sealed.files, "tables.json": canonical.dumps(changed)}
    assert (parity.margins(files, messy) != messy_served.score_frame(messy).margins).any()


def test_an_unknown_label_is_scored_and_flagged(messy_served, messy):
    sent = application(messy) | {"JOB": "trapezista"}
    assert messy_served.score(messy_served.parse(sent)).flags == ("unknown_code:JOB",)
    for label in ("Крестьянин", "農家", "مزارع", "γεωργός", "🚜"):
        assert messy_served.parse(application(messy) | {"JOB": label}).unseen == ("JOB",)


def test_the_canonical_form_holds_texts_and_iso_days_and_reads_again(messy_served, messy):
    sent = application(messy) | {"JOB": "Autônomo", "SINCE": "1 de março de 1999", "INCOME": "R$ 3.200,50"}
    parsed = messy_served.parse(sent)
    plain = parsed.canonical()
    assert (plain["JOB"], plain["SINCE"], plain["INCOME"]) == (
        {"text": "Autônomo"},
        {"text": "1999-03-01"},
        "3200.5",
    )
    canonical.dumps(plain)
    assert messy_served.parse(parsed.values) == parsed


def test_bad_fields_are_refused_in_words_that_do_not_repeat_them(messy_served, messy):
    bad = {"JOB": 7, "SINCE": "31/02/1999", "ASKED": "05/06/2005", "INCOME": "US$ 9,876,543"}
    with pytest.raises(Invalid) as refused:
        messy_served.parse(application(messy) | bad)
    found = {error.pointer.rsplit("/", 1)[1]: error.code for error in refused.value.errors}
    assert found == {"JOB": "type", "SINCE": "impossible", "ASKED": "format", "INCOME": "unit"}
    told = " ".join(error.detail for error in refused.value.errors)
    assert not any(part in told for part in ("31/02", "05/06", "876"))


def test_sealed_examples_hold_declared_spellings_only(messy_sealed, messy_served, messy):
    """What applicants wrote is nowhere in the artefact."""
    vectors = [vector.features for vector in messy_served.parts.vectors]
    spellings = {
        each for group in messy_served.schema.inputs[-4].groups for each in (group.name, *group.spellings)
    }
    assert {vector["JOB"] for vector in vectors} <= {*spellings, "never seen before", None}
    sealed = b"".join(messy_sealed.files[name] for name in messy_sealed.files if name.endswith(".json"))
    for written in ("CONTA-PRÓPRIA", 'aposentad"', "artista"):
        assert written.encode() not in sealed


def test_what_a_table_cannot_read_is_missing_by_declaration_and_counted(messy_served, messy):
    checked = messy_served.checked(messy)
    assert checked.unreadable == {
        "SINCE": int((messy["SINCE"] == "31/02/1999").sum()),
        "INCOME": int((messy["INCOME"] == "some").sum()),
    }
    refused = messy.assign(ASKED="31/02/2005")
    with pytest.raises(Invalid) as found:
        messy_served.checked(refused)
    assert [error.detail for error in found.value.errors] == ["1500 rows: format."]
    assert np.isnan(checked.columns["INCOME"]).sum() == checked.unreadable["INCOME"]


def test_a_rule_of_a_policy_reads_an_amount_however_it_was_spelled(messy_served, messy):
    from quant import policy as policies
    from validation.deciding import outcomes

    rule = {"key": "rich", "outcome": "refer", "input": "INCOME", "comparison": "at_least", "value": "5000"}
    policy = policies.load(
        {"format": policies.FORMAT, "approve_below": "0.999", "decline_from": "1", "rules": [rule]}
    )
    said = outcomes(messy_served, messy_served.score_frame(messy), policy, messy)
    amounts = messy_served.checked(messy).columns["INCOME"]
    assert (said == "refer").tolist() == (amounts >= 5000).tolist()
    assert 0 < (said == "refer").sum() < len(messy)


def test_the_stability_of_labels_and_days_is_measured(messy_served, messy_sealed, messy):
    from dataclasses import replace

    from tests.validation.samples import bare_sample, standard
    from validation.checks import psi_features
    from validation.sample import SealedVersion

    inputs = {declared.name: declared.type for declared in messy_served.schema.inputs}
    moved = messy.assign(JOB="aposentado")
    pds = np.full(len(messy), 0.1)
    bare = bare_sample(pds=pds, defaulted=pds > 1, frame=moved, development=messy, inputs=inputs)
    sample = replace(bare, version=SealedVersion(messy_served, messy_sealed, messy_served.score_frame(moved)))
    rows = {row[0]: row[1] for row in psi_features.run(sample, standard()).tables["psi_features"].rows}
    assert rows["JOB"] > 1
    assert rows["SINCE"] == rows["INCOME"] == 0
