"""Version review: what it says, and that each role is offered exactly what its service would do."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.models import ApprovalRequest
from approvals.services import open_request, sign_off
from jobs.models import Job
from registry import lab_watch
from registry.lab_comparison import Found, Look
from registry.lab_differences import note_look
from registry.models import LabKind, ModelVersion
from tests.pages.reading import links, main, posts, text
from tests.validation.cases import accepted_model, recorded, registered, signing
from validation.findings import Raised
from validation.models import Finding, ValidationRun
from validation.services import open_finding

HERE = "/models/card-limit/versions/1"
ACTS = {
    f"{HERE}/submission",
    f"{HERE}/validation-run",
    f"{HERE}/finding",
    f"{HERE}/conclusion",
    f"{HERE}/approval-request",
    f"{HERE}/deployment",
    f"{HERE}/suspension",
}
HOSTILE = "<img src=x onerror=alert(1)>"


def offered(browser_of, user) -> set[str]:
    answer = browser_of(user).get(HERE)
    assert answer.status_code == 200
    found = links(answer) | posts(answer)
    request = ApprovalRequest.objects.filter(state="open").first()
    sign = {f"/approval-requests/{request.pk}"} & found if request else set()
    end = {each for each in found if each.startswith("/deployments/")}
    names = {each.removeprefix(f"{HERE}/") for each in ACTS & found}
    return names | ({"sign-off"} if sign else set()) | ({"end"} if end else set())


def validated(case):
    case.evidence()
    case.concluded()
    return case


def approved(case):
    request = open_request(actor=case.cast.dana, version=validated(case).version)
    for user in (case.cast.ada, case.cast.amir):
        sign_off(
            actor=user,
            request=request,
            verdict="approve",
            signature=signing(user, case.version, "signoff:approve"),
        )
    case.version.refresh_from_db()
    return case


def everything_offered(case, browser_of) -> dict[str, set[str]]:
    who = ("dana", "victor", "ada", "otto", "lia", "quinn")
    found = {name: offered(browser_of, getattr(case.cast, name)) for name in who}
    return {name: acts for name, acts in found.items() if acts}


def test_draft_is_submitted_by_its_developer(cast, drawn, browser_of):
    registered(cast, recorded(cast, accepted_model(cast), drawn), "0.35")
    assert offered(browser_of, cast.dana) == {"submission"}
    assert offered(browser_of, cast.victor) == {"finding"}
    answer = browser_of(cast.dana).post(f"{HERE}/submission", follow=True)
    assert answer.redirect_chain == [(HERE, 303)]
    assert "Next: a validator who had no part in it" in text(answer)
    assert ModelVersion.objects.get().stage == "in_validation"


def test_version_without_evidence_asks_for_a_run(case, browser_of):
    assert everything_offered(case, browser_of) == {"victor": {"validation-run", "finding"}}
    assert "has no evidence. Start a validation run." in text(browser_of(case.cast.victor).get(HERE))


def test_version_with_evidence_is_concluded_on(case, browser_of):
    case.evidence()
    assert everything_offered(case, browser_of) == {"victor": {"validation-run", "finding", "conclusion"}}


def test_validated_version_is_requested(case, browser_of):
    validated(case)
    assert everything_offered(case, browser_of) == {
        "dana": {"approval-request"},
        "victor": {"approval-request", "validation-run", "finding"},
    }
    answer = browser_of(case.cast.dana).post(f"{HERE}/approval-request", follow=True)
    assert "2 independent approvers sign" in text(answer)
    assert case.stage() == "in_review"


def test_version_in_review_is_signed_by_approvers(case, browser_of):
    open_request(actor=case.cast.dana, version=validated(case).version)
    assert everything_offered(case, browser_of) == {
        "victor": {"validation-run", "finding"},
        "ada": {"sign-off"},
    }


def test_approved_version_is_deployed_then_its_deployment_ended(case, browser_of):
    approved(case)
    assert everything_offered(case, browser_of) == {
        "victor": {"validation-run", "finding", "suspension"},
        "otto": {"deployment", "suspension"},
    }
    answer = browser_of(case.cast.otto).post(f"{HERE}/deployment", follow=True)
    assert "from now on it decides every request" in text(answer)
    assert offered(browser_of, case.cast.otto) == {"suspension", "end"}
    url = f"/deployments/{case.version.deployments.get().pk}/end"
    assert browser_of(case.cast.otto).post(url, {"why": " "}).status_code == 422
    assert browser_of(case.cast.otto).post(url, {"why": "A drill."}).status_code == 303
    assert offered(browser_of, case.cast.otto) == {"deployment", "suspension"}


def test_suspended_version_offers_nothing_that_brings_it_back(case, browser_of):
    approved(case)
    answer = browser_of(case.cast.otto).post(f"{HERE}/suspension", {"why": "It drifts."}, follow=True)
    assert "it scores nobody" in text(answer)
    assert everything_offered(case, browser_of) == {"victor": {"finding"}}


def test_validator_starts_a_run_and_is_shown_its_job(case, browser_of):
    answer = browser_of(case.cast.victor).post(
        f"{HERE}/validation-run", {"standard": "card-limit-demo"}, follow=True
    )
    assert answer.redirect_chain == [(HERE, 303)]
    assert ValidationRun.objects.get().job_id == Job.objects.get(kind="validate").pk
    assert "Queued" in text(answer)
    assert "validation-run" not in offered(browser_of, case.cast.victor)


def test_finding_is_opened_on_the_page(case, browser_of):
    words = {"title": HOSTILE, "text": HOSTILE, "severity": "high", "due_on": ""}
    answer = browser_of(case.cast.victor).post(f"{HERE}/finding", words, follow=True)
    assert "Next: Dana Duarte answers it" in text(answer)
    assert Finding.objects.get().severity == "high"
    assert HOSTILE not in answer.content.decode()
    assert "&lt;img src=x" in answer.content.decode()


def test_finding_without_words_is_not_opened(case, browser_of):
    answer = browser_of(case.cast.victor).post(f"{HERE}/finding", {"title": "Kept", "severity": "low"})
    assert answer.status_code == 422
    assert 'value="Kept"' in main(answer)
    assert not Finding.objects.exists()


@pytest.mark.parametrize("who", ["root", "olga"])
@pytest.mark.parametrize("path", ["", "/validation-run", "/finding", "/conclusion", "/suspension"])
def test_without_a_role_every_page_of_a_version_is_closed(case, browser_of, who, path):
    case.evidence()
    assert browser_of(getattr(case.cast, who)).get(f"{HERE}{path}").status_code == 403


@pytest.mark.parametrize("who", ["victor", "ada", "otto", "lia", "quinn", "root", "olga"])
@pytest.mark.parametrize("path", ["submission", "approval-request", "deployment"])
def test_a_posted_act_without_its_role_is_refused(cast, drawn, browser_of, who, path):
    registered(cast, recorded(cast, accepted_model(cast), drawn), "0.35")
    # The validator may ask for an approval and the operator may deploy: a draft is not ready for either.
    expected = {("victor", "approval-request"): 409, ("otto", "deployment"): 422}.get((who, path), 403)
    assert browser_of(getattr(cast, who)).post(f"{HERE}/{path}").status_code == expected
    assert ModelVersion.objects.get().stage == "draft"


@pytest.mark.parametrize("path", ["submission", "approval-request", "deployment"])
def test_an_act_is_never_done_by_following_a_link(case, browser_of, path):
    assert browser_of(case.cast.dana).get(f"{HERE}/{path}").status_code == 405


def test_failed_blocking_check_is_missing_until_it_is_deviated(case, browser_of):
    case.evidence(adverse_impact_age="failed")
    page = text(browser_of(case.cast.victor).get(HERE))
    assert "Blocking checks failed: Adverse impact ratio by age band" in page
    assert "1 failed" in page


def test_result_page_tells_what_the_check_asks(case, browser_of):
    case.evidence(adverse_impact_age="failed")
    result = case.result("adverse_impact_age")
    url = f"/validation-results/{result.pk}"
    page = browser_of(case.cast.quinn).get(url)
    assert "Is any age band approved much less often" in text(page)
    assert f"{url}/deviation" not in links(page)
    assert f"{url}/deviation" in links(browser_of(case.cast.victor).get(url))


def test_page_of_a_really_run_version_draws_its_charts(case, browser_of, work):
    case.started()
    work()
    page = browser_of(case.cast.quinn).get(HERE).content.decode()
    for title in (
        "ROC curve",
        "Default rate by grade",
        "Predicted and observed",
        "by sex",
        "Scenario profit",
        "moves",
    ):
        assert title in page
    assert page.count("<svg") > 8
    for result in ValidationRun.objects.get().results.all():
        assert browser_of(case.cast.quinn).get(f"/validation-results/{result.pk}").status_code == 200


def test_what_mlflow_holds_otherwise_stands_on_the_page_while_it_does(case, browser_of):
    turn, judged = lab_watch.take(), frozenset({LabKind.FILE})
    found = Found(LabKind.FILE, "model.ubj", "a" * 64, "b" * 64)
    words = "In MLflow its file is not as it was: model.ubj."
    note_look(actor=case.cast.dana, turn=turn, version=case.version, look=Look(judged, (found,)))
    for user in (case.cast.victor, case.version.risk_model.owner):
        assert words in text(browser_of(user).get(HERE))
    note_look(actor=case.cast.dana, turn=turn, version=case.version, look=Look(judged, ()))
    assert words not in text(browser_of(case.cast.victor).get(HERE))


def test_more_findings_ask_the_database_no_more_often(case, browser_of):
    case.evidence()
    browser, counts = browser_of(case.cast.victor), []
    for much in (1, 8):
        for _ in range(much):
            open_finding(actor=case.cast.victor, version=case.version, raised=Raised("F", "Text.", "low"))
        with CaptureQueriesContext(connection) as asked:
            browser.get(HERE)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_unknown_version_is_not_found(case, browser_of):
    assert browser_of(case.cast.quinn).get("/models/card-limit/versions/9").status_code == 404
