"""The page of a version's reason certificate, and what signers are told of it."""

from __future__ import annotations

import pytest

from tests.pages.reading import links, text

HERE = "/models/card-limit/versions/1"


def test_page_says_of_each_line_whether_it_holds_and_links_to_the_result(case, browser_of):
    case.evidence(reason_deletion="failed")
    page = browser_of(case.cast.quinn).get(f"{HERE}/certificate")
    assert "sign a deviation on this check" in text(page)
    assert f"/validation-results/{case.result('reason_deletion').pk}" in links(page)


@pytest.mark.parametrize("address", [HERE, f"{HERE}/conclusion"])
def test_whoever_reads_or_signs_is_told_of_the_certificate(case, browser_of, address):
    case.evidence(additivity="insufficient_data")
    page = browser_of(case.cast.victor).get(address)
    assert f"{HERE}/certificate" in links(page)
    assert "The check could not measure; its result says what it lacked." in text(page)


def test_certificate_is_read_by_api(case, client_of):
    case.evidence()
    body = client_of(case.cast.quinn).get(f"/api/v1{HERE}/certificate").json()
    assert (body["holds"], len(body["lines"])) == (True, 6)
    assert body["document"]["format"] == "countersign-certificate/1"


@pytest.mark.parametrize("who", ["root", "olga"])
def test_who_sees_no_inventory_sees_no_certificate(case, browser_of, who):
    assert browser_of(getattr(case.cast, who)).get(f"{HERE}/certificate").status_code == 403
