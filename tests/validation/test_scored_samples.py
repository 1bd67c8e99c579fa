"""Scored samples: who brings one, who runs the checks on it, what is kept of it, and what is written down."""

from __future__ import annotations

import pytest

from accounts.selectors import the_installation
from accounts.services import grant_role
from jobs.models import Job
from mrm.lib import canonical
from mrm.lib.errors import Conflict, Invalid, NotAllowed, WrongStage
from registry import samples
from registry.models import ScoredSample
from tests.registry.built import proposed_model
from tests.validation import scored
from tests.validation.cases import accepted_model
from validation import standards
from validation.models import SampleRun
from validation.sample_runs import evidence_of, start_sample_run
from validation.services import freeze_content, freeze_standard

DECLARATIONS = {
    "a column with two roles": {"segments": ["SEX"]},
    "grades without their PDs": {"grades": {}},
    "a grade that is certain": {"grades": {"A": "0", "B": "0.5"}},
    "one cut-off": {"decline_from": ""},
    "cut-offs the wrong way round": {"approve_below": "0.5", "decline_from": "0.1"},
    "money without a currency": {"currency": ""},
    "no currency of this world": {"currency": "euro"},
    "an unknown kind": {"kind": "blessed"},
    "nobody answers for it": {"place": {"vendor": " ", "system": "SAS", "version": "1"}},
    "a member nobody knows": {"surprise": 1},
}


@pytest.fixture
def risk_model(cast):
    return accepted_model(cast)


@pytest.fixture
def sample(cast, risk_model):
    return scored.frozen_sample(cast.dana, risk_model, scored.table(300))


@pytest.fixture
def standard(cast):
    return freeze_standard(actor=cast.victor, slug="card-limit-demo")


def test_a_sample_is_frozen_with_its_counts_and_an_entry(sample, events):
    assert (sample.rows, sample.reference_rows) == (200, 100)
    assert events()[-1] == "sample:frozen"
    assert {each["name"] for each in sample.columns} == set(scored.said().columns)


def test_the_same_rows_declared_alike_are_frozen_once(cast, risk_model, sample, events):
    before = events()
    again = scored.frozen_sample(cast.dana, risk_model, scored.table(300), name="Another name")
    other = scored.frozen_sample(cast.dana, risk_model, scored.table(300), kind="in_sample")
    assert (again, other == sample) == (sample, False)
    assert events() == [*before, "sample:frozen"]


def test_no_other_column_is_kept_and_nothing_lies_in_clear(cast, sample, settings):
    tested, reference = samples.read_sample(actor=cast.victor, sample=sample)
    assert set(tested.frame().columns) == set(reference.frame().columns) == set(scored.said().columns)
    kept = [path.read_bytes() for path in (settings.MRM_VAR_DIR / "samples").rglob("*") if path.is_file()]
    assert kept
    assert not any(b"PAR1" in content for content in kept)


@pytest.mark.parametrize("name", ["victor", "ada", "otto", "lia", "quinn", "root"])
def test_only_a_developer_brings_a_sample(cast, risk_model, name):
    with pytest.raises(NotAllowed):
        scored.frozen_sample(getattr(cast, name), risk_model, scored.table(60))
    assert not ScoredSample.objects.exists()


def test_an_entry_that_nobody_accepted_takes_none(cast):
    entry = proposed_model(cast, "proposed")
    with pytest.raises(WrongStage, match="not accepted"):
        samples.import_sample(actor=cast.dana, risk_model=entry, upload=b"a\n1\n", spec=scored.said())


@pytest.mark.parametrize("name", DECLARATIONS)
def test_a_declaration_that_contradicts_itself_is_refused(name):
    with pytest.raises(Invalid):
        scored.said(**DECLARATIONS[name])


@pytest.mark.parametrize("name", ["dana", "ada", "otto", "lia", "quinn", "root"])
def test_only_a_validator_runs_the_checks_or_reads_the_rows(cast, sample, standard, name):
    with pytest.raises(NotAllowed):
        start_sample_run(actor=getattr(cast, name), sample=sample, standard=standard)
    with pytest.raises(NotAllowed):
        samples.read_sample(actor=getattr(cast, name), sample=sample)


@pytest.mark.control("SR26-2:independence")
def test_whoever_brought_the_sample_does_not_run_the_checks_on_it(cast, sample, standard):
    grant_role(actor=the_installation(), user=cast.dana, role="validator")
    with pytest.raises(NotAllowed, match="brought this sample"):
        start_sample_run(actor=cast.dana, sample=sample, standard=standard)
    assert not SampleRun.objects.exists()


def test_a_standard_for_other_tiers_judges_nothing(cast, sample):
    content = standards.committed("card-limit-demo") | {"applies": {"tiers": [3]}}
    other = freeze_content(actor=cast.victor, content=content)
    with pytest.raises(Invalid, match="of tier 1"):
        start_sample_run(actor=cast.victor, sample=sample, standard=other)


def test_a_second_run_beside_one_that_is_going_is_refused(cast, sample, standard):
    start_sample_run(actor=cast.victor, sample=sample, standard=standard)
    with pytest.raises(Conflict):
        start_sample_run(actor=cast.victor, sample=sample, standard=standard)


@pytest.mark.django_db(transaction=True)
def test_a_vendors_file_becomes_a_sample_and_a_run_with_its_evidence(
    cast, risk_model, work, events, settings
):
    content = scored.csv(scored.table(300))
    samples.import_sample(actor=cast.dana, risk_model=risk_model, upload=content, spec=scored.said())
    work()
    assert Job.objects.get().state == "succeeded", Job.objects.get().reason
    assert list((settings.MRM_VAR_DIR / "uploads").glob("*")) == []
    standard = freeze_standard(actor=cast.victor, slug="card-limit-demo")
    start_sample_run(actor=cast.victor, sample=ScoredSample.objects.get(), standard=standard)
    work()
    run = SampleRun.objects.get()
    assert [each.check_id for each in run.results.all()] == run.plan
    # What is stored is what was digested.
    assert canonical.digest(evidence_of(run)) == run.evidence_digest
    assert events()[-2:] == ["sample_run:completed", "job:ended"]
