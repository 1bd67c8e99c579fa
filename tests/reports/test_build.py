"""What a dossier says, and that equal facts give equal bytes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import pytest

from approvals.models import ApprovalRequest, SnapshotException
from audit import guards
from mrm.lib import canonical
from mrm.lib.errors import NotFound, Unavailable
from reports import inspection
from reports.build.content import NotAssessed, Paragraph, SignatureBlock, Table
from reports.build.dossier import document
from reports.build.facts import gather
from reports.render.pdf import render
from reports.signing import signing_key
from tests.reports import world
from validation.findings import Raised, open_finding
from validation.models import CheckResult
from validation.selectors import certificate_now, evidence


def printed(case):
    return document(gather(actor=case.cast.victor, version=case.version, signer=signing_key().signer))


def test_equal_facts_give_equal_bytes(approved):
    facts, first = world.rendered(approved)
    # Something else happens meanwhile: the ledger grows, the dossier of that moment does not change.
    from reports.services import request_dossier

    request_dossier(actor=approved.cast.ada, version=approved.version)
    _, second = world.rendered(approved, until=facts.ledger.as_of)
    assert first.content == second.content
    assert world.rendered(approved)[1].content != first.content


_ELSEWHERE = """
import hashlib, sys, django
django.setup()
from accounts.models import User
from registry.models import ModelVersion
from reports.build.dossier import document
from reports.build.facts import Signer, gather
from reports.render.pdf import render
version = ModelVersion.objects.select_related("risk_model", "snapshot").get()
victor = User.objects.get(username="victor")
facts = gather(actor=victor, version=version, signer=Signer(sys.argv[1], sys.argv[2], True))
print(hashlib.sha256(render(document(facts)).content).hexdigest())
"""


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_another_process_elsewhere_writes_the_same_bytes(approved):
    from django.db import connection

    signer = signing_key().signer
    elsewhere = {
        **os.environ,
        "MRM_DATABASE_URL": f"sqlite:///{connection.settings_dict['NAME']}",
        "DJANGO_SETTINGS_MODULE": "mrm.settings.testing",
        "PYTHONHASHSEED": "4711",
        "TZ": "America/Sao_Paulo",
        "LANG": "C",
    }
    run = subprocess.run(
        [sys.executable, "-c", _ELSEWHERE, signer.name, signer.fingerprint],
        env=elsewhere, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert run.stdout.split()[-1] == canonical.sha256(world.rendered(approved)[1].content)


def test_every_section_of_the_list_stands_in_its_order(approved):
    assert [section.number for section in printed(approved).sections] == list(range(1, 22))


def test_what_nobody_looked_at_is_called_not_assessed(approved):
    sections = {section.number: section for section in printed(approved).sections}
    for number in (15, 19):
        [said] = [block for block in sections[number].blocks if isinstance(block, NotAssessed)]
        assert len(said.why) > 40
    [moved] = [block for block in sections[8].blocks if isinstance(block, NotAssessed)]
    assert "Migration" in moved.why


def test_data_that_broke_a_rule_say_until_when_it_was_let_stand_at_the_training_and_why(approved):
    facts = gather(actor=approved.cast.victor, version=approved.version, signer=signing_key().signer)
    trained, snapshot = facts.version.candidate.trained_at, facts.version.snapshot
    broken = [
        {"rule": rule, "force": "blocking", "passed": False, "text": f"1 of {rule}"}
        for rule in ("first", "second")
    ]
    snapshot.quality = {**snapshot.quality, "rules": broken}
    stood = tuple(
        SnapshotException(
            snapshot=snapshot, rule=rule, granted_at=trained + days, until=trained + timedelta(30),
            request=ApprovalRequest(content={"why": f"Why {rule}."}),
        )
        for rule, days in (("first", -timedelta(1)), ("second", timedelta(1)))
    )  # fmt: skip
    [table] = _tables_of_data(replace(facts, let_stand=stood))
    assert [row[0] for row in table.rows] == ["first", "second"]
    assert table.rows[0][3] == "Why first."
    assert table.rows[1][2:] == ("—", "Not let stand when it was trained.")


def _tables_of_data(facts):
    [section] = [each for each in document(facts).sections if each.number == 3]
    return [each for each in section.blocks if isinstance(each, Table) and each.columns[0].head == "Rule"]


def test_results_rebuttal_deviation_and_signatures_are_printed(approved, poppler):
    text = poppler("pdftotext", world.rendered(approved)[1].content, "-layout", "-")
    results = CheckResult.objects.filter(run__version=approved.version)
    assert results.count() > 20
    assert all(result.digest in text for result in results)
    # And what people said and signed.
    assert "≤ 2 % of requests are touched — não há mudança" in re.sub(r"\s+", " ", text)
    assert "failed blocking check adverse_impact_age was let stand" in text
    for signer in ("Victor Vance", "Ada Abreu", "Amir Aziz"):
        assert signer in text
    assert "DEVELOPMENT KEY, NOT FOR PRODUCTION" in text


def test_every_page_says_that_the_key_is_not_for_production_and_says_nothing_of_another_one(
    approved, poppler
):
    said, unsigned = "Development key, not for production", world.rendered(approved)[1]
    pages = poppler("pdftotext", unsigned.content, "-layout", "-").split("\f")[:-1]
    assert len(pages) == unsigned.pages
    assert all(said in page for page in pages)
    facts = world.rendered(approved)[0]
    named = replace(facts, signer=replace(facts.signer, is_development=False))
    assert said not in poppler("pdftotext", render(document(named)).content, "-layout", "-")


def test_attachment_recomputes_to_the_signed_evidence(approved):
    _, unsigned = world.rendered(approved)
    attached = inspection.evidence_of(unsigned.content)
    assert attached.digest == evidence(approved.version).digest
    assert attached.digest == approved.version.conclusions.get().evidence_digest


def test_long_and_hostile_words_are_printed_as_they_are(approved, poppler):
    words = "<b>&amp;<para> \N{GREEK CAPITAL LETTER DELTA} \N{RIGHTWARDS ARROW} \x07 " + "x" * 4_000
    open_finding(actor=approved.cast.victor, version=approved.version, raised=Raised("<i>", words, "low"))
    text = poppler("pdftotext", world.rendered(approved)[1].content, "-layout", "-")
    assert "<b>&amp;<para> delta to" in text
    assert text.count("x" * 40) > 50


def test_altered_result_is_put_into_no_dossier(approved):
    guards.lift()
    try:
        CheckResult.objects.filter(check_id="brier").update(headline="Better than it was.")
        with pytest.raises(Unavailable, match="no longer give the evidence digest"):
            world.rendered(approved)
    finally:
        guards.install()


def test_version_without_conclusion_has_no_dossier(case):
    case.evidence()
    with pytest.raises(NotFound, match="no signed conclusion"):
        world.rendered(case)


def test_dissent_recusal_and_conditions_are_printed(case):
    import datetime as dt

    from approvals.services import Demand, recuse
    from mrm.lib import clock
    from tests.approvals.signed import requested, signed

    request = requested(case)
    demand = Demand("Watch the young for a quarter.", clock.now() + dt.timedelta(days=30))
    signed(request, case.cast.ada, "approve_with_conditions", conditions=[demand])
    recuse(actor=case.cast.amir, request=request, why="My sister built the data.")
    signed(request, approver_named("anna"), "dissent")
    signed(request, approver_named("ben"))
    said = str([section.blocks for section in printed(case).sections])
    for words in ("Watch the young for a quarter.", "My sister built the data.", "speaks against it"):
        assert words in said


def test_conditions_of_the_conclusion_are_printed_before_and_after_the_approval(case):
    import datetime as dt

    from approvals.services import Demand, open_request
    from mrm.lib import clock

    case.evidence()
    demand = Demand("Watch the young for a quarter.", clock.now() + dt.timedelta(days=30))
    case.concluded("fit_with_conditions", conditions=[demand])
    said = str([section.blocks for section in printed(case).sections])
    assert "fit with conditions" in said
    assert said.count("Watch the young for a quarter.") == 1
    open_request(actor=case.cast.dana, version=case.version)
    assert str([section.blocks for section in printed(case).sections]).count("Watch the young") == 1


def test_use_before_validation_is_printed_with_its_terms(case):
    import datetime as dt
    from decimal import Decimal

    from approvals.services import Terms, ask_pre_validation_use
    from mrm.lib import clock
    from tests.approvals.signed import granted_by

    amounts = {"amount_input": "LIMIT_BAL", "most_each": Decimal(50_000), "most_total": Decimal(90_000)}
    until = clock.now() + dt.timedelta(days=9)
    terms = Terms(decisions=5, until=until, **amounts, segment_input="PAY_0", segment_value=Decimal(-1))
    request = ask_pre_validation_use(
        actor=case.cast.dana, version=case.version, terms=terms, why="A pilot in one branch."
    )
    granted_by(request, case.cast.ada, case.cast.amir)
    case.evidence()
    case.concluded()
    said = str([section.blocks for section in printed(case).sections])
    for words in ("A pilot in one branch.", "LIMIT_BAL at most 50,000.00 each", "Only where PAY_0 is -1."):
        assert words in said


def approver_named(username):
    from accounts.selectors import the_installation
    from accounts.services import enrol_person, grant_role
    from tests.cast import PASSWORD

    user = enrol_person(actor=the_installation(), username=username, name=username.title(), password=PASSWORD)
    grant_role(actor=the_installation(), user=user, role="approver")
    return user


def test_section_one_holds_the_plan_with_links_to_the_checks(approved):
    facts, _ = world.rendered(approved)
    tables = [block for block in document(facts).sections[0].blocks if isinstance(block, Table)]
    [table] = [each for each in tables if each.columns[0].head == "Component"]
    assert len(table.rows) == 30
    linked = {key for row in table.rows for _, key in row[2].lines if key}
    measured = {f"check-{each.check_id}" for answer in facts.plan.answers for each in answer.results}
    assert linked == measured


def test_component_that_nothing_answers_says_why_in_the_plan(approved):
    rows = {
        row[0].text: row
        for block in printed(approved).sections[0].blocks
        if isinstance(block, Table) and block.columns[0].head == "Component"
        for row in block.rows
    }
    assert "overrides of single decisions are not kept yet" in rows["Overrides and overlays"][3]
    assert rows["Overrides and overlays"][2].lines == (("—", ""),)
    assert rows["Monitoring plan"][3] == "—"
    assert rows["Conclusion and its conditions"][3] == "—"


def test_explanations_begin_with_the_reason_certificate(approved):
    section = next(each for each in printed(approved).sections if each.number == 9)
    heading, digest = section.blocks[0], section.blocks[2].rows[0][0]
    assert (heading.text, heading.word.text) == ("Reason certificate", "holds")
    assert digest.value == certificate_now(approved.version).digest


def test_overlays_and_the_lack_of_overrides_are_said(approved):
    """Section 15 is the fifteenth; nothing was put on top of this version, and overrides have no rows here."""
    section = printed(approved).sections[14]
    assert (section.number, section.title) == (15, "Overrides and overlays")
    said = [block.text for block in section.blocks if isinstance(block, Paragraph)]
    assert said == ["No overlay was granted on this version."]
    assert any(isinstance(block, NotAssessed) for block in section.blocks)


def test_the_validators_competence_stands_beside_the_signature(approved):
    """Nobody recorded any: the document says so."""
    section = printed(approved).sections[16]
    (signed,) = [block for block in section.blocks if isinstance(block, SignatureBlock)]
    assert signed.note.startswith("Competence on record at this signature: none.")
