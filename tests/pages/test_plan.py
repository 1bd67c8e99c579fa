"""The page of a version's validation plan, and what signers are told of it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from approvals.services import open_request
from tests.pages.reading import links, text
from validation.plan import Fact
from validation.plan_words import absent_words, fact_words
from validation.selectors import answered_plan

HERE = "/models/card-limit/versions/1"


def told(case) -> str:
    plan = answered_plan(actor=case.cast.victor, version=case.version)
    return f"Validation plan: {plan.answered} of 30 answered"


def test_page_counts_what_is_answered_and_links_to_the_results(case, browser_of):
    case.evidence()
    page = browser_of(case.cast.quinn).get(f"{HERE}/plan")
    assert told(case) in text(page)
    assert {f"/validation-results/{each.pk}" for each in case.result("brier").run.results.all()} <= links(
        page
    )


def test_page_says_why_something_is_not_tested(case, browser_of):
    case.evidence(psi_score="insufficient_data", psi_features="insufficient_data")
    page = browser_of(case.cast.dana).get(f"{HERE}/plan")
    assert "Stability of the score had insufficient data: Read." in text(page)
    assert (
        "Overlays are kept here once approvers have signed them, and stand in the dossier; overrides of single decisions are not kept yet, so nothing answers for both."
        in text(page)
    )
    assert f"/validation-results/{case.result('psi_score').pk}" in links(page)


def test_plan_without_a_run_says_so(case, browser_of):
    page = browser_of(case.cast.lia).get(f"{HERE}/plan")
    assert "No validation run has been completed." in text(page)
    assert "Entry of the inventory, with its limitations" in text(page)


def test_plan_is_told_in_portuguese(case, browser_of):
    case.evidence()
    User.objects.filter(username="victor").update(language="pt-br")
    page = browser_of(User.objects.get(username="victor")).get(f"{HERE}/plan")
    assert "Plano de validação" in text(page)
    assert (
        "Os ajustes são guardados aqui depois de assinados pelos aprovadores e constam do dossiê; as decisões alteradas por pessoas ainda não são guardadas, então nada responde pelas duas coisas."
        in text(page)
    )


@pytest.mark.parametrize("who", ["root", "olga"])
def test_without_a_role_the_plan_is_closed(case, browser_of, who):
    assert browser_of(getattr(case.cast, who)).get(f"{HERE}/plan").status_code == 403


def test_page_of_the_version_leads_to_its_plan(case, browser_of):
    assert f"{HERE}/plan" in links(browser_of(case.cast.victor).get(HERE))


def test_whoever_concludes_is_told_what_is_not_tested(case, browser_of):
    case.evidence()
    page = browser_of(case.cast.victor).get(f"{HERE}/conclusion")
    assert told(case) in text(page)
    assert "Overrides and overlays" in text(page)
    assert f"{HERE}/plan" in links(page)


def test_whoever_approves_is_told_what_is_not_tested(case, browser_of):
    case.evidence()
    case.concluded()
    request = open_request(actor=case.cast.dana, version=case.version)
    page = browser_of(case.cast.ada).get(f"/approval-requests/{request.pk}")
    assert told(case) in text(page)
    assert "Overrides and overlays" in text(page)


def test_page_of_the_plan_asks_the_database_few_questions(case, browser_of):
    case.evidence()
    browser = browser_of(case.cast.quinn)
    browser.get(f"{HERE}/plan")
    with CaptureQueriesContext(connection) as asked:
        browser.get(f"{HERE}/plan")
    assert len(asked) <= 20


@pytest.mark.parametrize("fact", Fact)
def test_every_fact_has_words_for_both_cases(fact):
    assert fact_words(fact) != absent_words(fact)
