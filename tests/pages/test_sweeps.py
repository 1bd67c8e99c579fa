"""Which candidate is best, and why, on pages: asked by who may train, read by whoever reads the model."""

from __future__ import annotations

import pytest

from jobs.models import Job
from registry.models import ModelVersion
from tests.pages.reading import links, text
from tests.registry import built
from tests.training.swept import recorded_sweep
from training.sweep_forms import SweepForm, sweep_of

CHOSEN = "Logistic regression · Weight of evidence · Median"
OTHER = "XGBoost · Weight of evidence · Median"
FILLED = {
    "columns": "card-limit", "method": "random", "validation_percent": 25, "test_percent": 20, "families": ["logistic"],
    "encoders": ["woe"], "imputers": ["median"], "scaler": "standard", "calibration": "logistic", "tuning": 0,
}  # fmt: skip
BY_TIME = {
    "method": "time", "column": "applied_at", "validation_from": "2024-01-01", "test_from": "2024-06-01", "gap_days": 90,
}  # fmt: skip


@pytest.fixture
def risk_model(cast):
    return built.accepted_model(cast)


@pytest.fixture
def snapshot(cast):
    return built.frozen_snapshot(cast.dana)


@pytest.fixture
def sweep(cast, risk_model, snapshot):
    return recorded_sweep(cast, risk_model, snapshot)


@pytest.fixture
def send(browser_of, cast, risk_model, snapshot):
    """Dana sends the form with some answers changed."""

    def post(**changes):
        answers = {"snapshot": str(snapshot.pk), **FILLED, **changes}
        return browser_of(cast.dana).post("/models/card-limit/sweeps/request", answers)

    return post


def _made(facts, **choice):
    """The facts as they would be under another choice."""
    return {"choice": {**facts["choice"], **choice}}


def test_a_sweep_says_what_was_asked_what_was_chosen_and_why(cast, sweep, browser_of):
    page = text(browser_of(cast.victor).get(f"/models/card-limit/sweeps/{sweep.pk}"))
    rows = sweep.facts["parts"]["rows"]
    for words in (
        "By chance, by declaration: 25 % validate, 25 % test.", "Nothing is promoted by a sweep", "No version was in force",
        f"{rows['train']:,} rows", "Weight of evidence", "leads the validation part", sweep.facts_digest[:8],
        "AUC on the test part", "Show as table",
    ):  # fmt: skip
        assert words in page


def test_a_leader_that_was_not_found_better_is_told_with_its_test(cast, risk_model, snapshot, browser_of):
    test = {
        "measure": "auc", "first": "0.71", "second": "0.7", "difference": "0.01", "interval": ["-0.005", "0.025"],
        "p_value": "0.2", "adjusted": "0.4",
    }  # fmt: skip
    choice = {
        "leader": "xgboost · woe · median", "baseline": "logistic · woe · median", "chosen": "logistic · woe · median",
        "alpha": "0.05", "tests": [test],
    }  # fmt: skip
    made = recorded_sweep(cast, risk_model, snapshot, choice=choice)
    page = text(browser_of(cast.victor).get(f"/models/card-limit/sweeps/{made.pk}"))
    told = f"{OTHER} leads the validation part, but the test part does not find it better than {CHOSEN} at a level of 0.05"
    assert told in page
    assert "AUC differs by +0.0100 (95 % interval [−0.0050; 0.0250]), p 0.200, adjusted by Holm 0.400" in page
    assert "Baseline, kept" in page
    behind = browser_of(cast.victor).get(f"/models/card-limit/sweeps/{made.pk}/candidates/1")
    assert f"It leads the validation part, but the test part does not find it better than {CHOSEN}" in text(
        behind
    )


def test_money_is_compared_in_whole_units_beside_the_areas(cast, risk_model, snapshot, browser_of):
    test = {
        "measure": "profit", "first": "1234567.4", "second": "1200000", "difference": "34567.4",
        "interval": ["-1000", "70000"], "p_value": "0.0004", "adjusted": "0.0008",
    }  # fmt: skip
    choice = {
        "leader": "xgboost · woe · median", "baseline": "logistic · woe · median", "chosen": "xgboost · woe · median",
        "alpha": "0.05", "tests": [test],
    }  # fmt: skip
    made = recorded_sweep(cast, risk_model, snapshot, choice=choice)
    page = text(browser_of(cast.victor).get(f"/models/card-limit/sweeps/{made.pk}"))
    assert "Realised profit differs by +34,567 (95 % interval [−1,000; 70,000]), p < 0.001" in page.replace(
        "\xa0", " "
    )
    assert f"{OTHER} leads the validation part, and the test part finds it better than {CHOSEN}" in page


def test_each_candidate_says_why_it_was_not_promoted(cast, sweep, browser_of):
    place = next(each.place for each in sweep.trials.all() if each.candidate_id != sweep.proposed_id)
    test = sweep.facts["candidates"][place]["against_chosen"]
    page = text(browser_of(cast.victor).get(f"/models/card-limit/sweeps/{sweep.pk}/candidates/{place}"))
    for words in (
        "Rank on the validation part 2 of 2", f"{float(test['difference']):+.4f}".replace("-", "−"),
        "Adjusted by Holm", sweep.trials.get(place=place).candidate.mlflow_run_id[:8], "reference_vectors",
    ):  # fmt: skip
        assert words in page


def test_what_could_not_be_trained_says_why_and_leads_nowhere(cast, risk_model, snapshot, sweep, browser_of):
    first, second = sweep.facts["candidates"]
    failed = {name: second[name] for name in ("name", "family", "encoder", "imputer", "recipe", "seconds")}
    candidates = [first, failed | {"why_not": "Too few rows of one outcome.", "artifact": ""}]
    choice = dict.fromkeys(("leader", "baseline", "chosen"), first["name"]) | {"alpha": "0.05", "tests": []}
    made = recorded_sweep(cast, risk_model, snapshot, candidates=candidates, choice=choice)
    answer = browser_of(cast.dana).get(f"/models/card-limit/sweeps/{made.pk}/candidates/1")
    assert "It could not be trained: Too few rows of one outcome." in text(answer)
    assert not any("registration" in link for link in links(answer))
    assert "Could not be trained" in text(browser_of(cast.dana).get(f"/models/card-limit/sweeps/{made.pk}"))


def test_candidates_are_sorted_and_narrowed(cast, sweep, browser_of):
    browser, here = browser_of(cast.victor), f"/models/card-limit/sweeps/{sweep.pk}"
    for sort in ("test_auc", "test_brier", "seconds"):
        found = sweep.trials.order_by(f"-{sort}" if sort == "test_auc" else sort)
        shown = browser.get(f"{here}?sort={sort}").context["lines"]
        assert [line.trial.place for line in shown] == [each.place for each in found]
    [only] = browser.get(f"{here}?family=xgboost").context["lines"]
    assert only.family == "XGBoost"
    assert "No candidate of this sweep is like that" in text(browser.get(f"{here}?imputer=knn"))
    assert browser.get(f"{here}?sort=profit").status_code == 400


def test_runs_are_sorted_and_narrowed_and_lead_to_their_sweep(cast, sweep, browser_of):
    browser = browser_of(cast.quinn)
    answer = browser.get(f"/models/card-limit/runs?sort=test_auc&snapshot={sweep.snapshot_id}")
    areas = [run.test_auc for run, _family in answer.context["runs"]]
    assert areas == sorted(areas, reverse=True)
    assert f"/models/card-limit/sweeps/{sweep.pk}/candidates/0" in links(answer)
    assert "XGBoost" not in {
        family for _run, family in browser.get("/models/card-limit/runs?family=logistic").context["runs"]
    }
    assert "No run is here" in text(browser.get("/models/card-limit/runs?sort=cross_fitted_auc"))


def test_the_page_of_the_model_leads_to_sweeps_and_runs(cast, sweep, browser_of):
    found = links(browser_of(cast.lia).get("/models/card-limit"))
    assert {"/models/card-limit/sweeps", "/models/card-limit/runs"} <= found
    assert "/models/card-limit/sweeps/request" not in found
    assert "/models/card-limit/sweeps/request" in links(browser_of(cast.dana).get("/models/card-limit"))
    listed = browser_of(cast.lia).get("/models/card-limit/sweeps")
    assert f"/models/card-limit/sweeps/{sweep.pk}" in links(listed)


def test_only_who_may_train_sees_the_form_and_root_sees_no_page(cast, sweep, browser_of):
    for name in ("victor", "ada", "otto", "lia", "quinn", "root"):
        assert browser_of(getattr(cast, name)).get("/models/card-limit/sweeps/request").status_code == 403
    for path in ("runs", "sweeps", f"sweeps/{sweep.pk}", f"sweeps/{sweep.pk}/candidates/0"):
        assert browser_of(cast.root).get(f"/models/card-limit/{path}").status_code == 403


@pytest.mark.django_db(transaction=True)
def test_dana_asks_for_a_sweep_and_nothing_is_registered_by_it(cast, send):
    assert send().status_code == 303
    job = Job.objects.get(kind="sweep")
    assert job.payload["asked"]["split"] == {"method": "random", "validation_percent": 25, "test_percent": 20}
    assert job.payload["asked"]["families"] == ["logistic"]
    assert not ModelVersion.objects.exists()


def test_a_split_by_time_is_asked_for_by_days():
    form = SweepForm({"snapshot": "s", **FILLED, **BY_TIME}, snapshots=[("s", "Loans")])
    assert form.is_valid()
    assert sweep_of(form.cleaned_data)["split"] == BY_TIME


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"validation_percent": ""}, "validation_percent"),
        ({"test_percent": 46}, "test_percent"),
        ({"method": "time"}, "column"),
        ({**BY_TIME, "test_from": "2024-03-31"}, "test_from"),
        ({"families": []}, "families"),
        ({"settings": "{"}, "settings"),
        ({"settings": '{"xgboost": {"rounds": 20}}'}, "settings"),
        ({"settings": '{"logistic": {"ridge": "-1"}}'}, "settings"),
        ({"tuning": 201}, "tuning"),
        ({"profit": "AGE"}, "profit"),
        (BY_TIME, "column"),
    ],
)  # fmt: skip
def test_a_fault_is_told_at_its_field(send, changed, field):
    answer = send(**changed)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Job.objects.filter(kind="sweep").exists()


def test_gates_say_all_their_reasons_on_the_form(send):
    answer = send(columns="micro-loans")
    assert answer.status_code == 422
    assert "amount_minor" in text(answer)


def test_a_candidate_beyond_the_newest_is_offered_for_registration(cast, sweep, browser_of):
    built.proposal(cast, sweep.trials.get(place=0).candidate)
    page = browser_of(cast.dana).get(f"/models/card-limit/sweeps/{sweep.pk}/candidates/0")
    [link] = [each for each in links(page) if "registration" in each]
    form = browser_of(cast.dana).get(link).context["form"]
    assert form["candidate"].value() == str(sweep.trials.get(place=0).candidate_id)
    assert browser_of(cast.dana).get("/models/card-limit/registration?candidate=x").status_code == 400
