"""One whole world for the statements of `forbidden.py`: versions at four stages, everything signed, everything by
services. `names` are what the statements call its rows."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
import uuid
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.apps import apps
from django.db import connection
from django.http import QueryDict
from django.test import Client, override_settings

from accounts import drafts, failures, invitations, stepup
from accounts.models import (
    Draft,
    FailureCount,
    IdempotencyKey,
    RefusalCount,
    Session,
    SignatureChallenge,
    ThrottleWindow,
    User,
)
from accounts.oidc import Configured, Identity
from accounts.oidc_services import admit
from accounts.passwords import reset_password
from accounts.selectors import the_installation
from accounts.services import (
    disable_user,
    enrol_person,
    grant_role,
    issue_token,
    revoke_role,
    revoke_token,
)
from accounts.session_store import SessionStore
from approvals.caps import spend
from approvals.content import asked_of_version, shown_of_condition
from approvals.models import Cap, Condition, Emergency, Overlay, SnapshotException, ValidationException
from approvals.services import (
    Adjustment,
    Demand,
    Terms,
    ask_break_glass,
    ask_exception,
    ask_for,
    ask_overlay,
    ask_pre_validation_use,
    ask_snapshot_exception,
    claim,
    delegate,
    end_delegation,
    meet_condition,
    open_act,
    open_request,
    recuse,
    sign_off,
)
from audit import access_log, lease, segments, tiles
from audit.anchors.services import carried_by_dossier
from audit.chain import Subject
from audit.events import Event
from audit.sealer import Sealer
from audit.sealer_folder import Folder
from audit.services import opened, record
from jobs import leases
from jobs.models import Job
from mrm.lib import clock
from notices.addresses import set_address
from notices.due import Due
from notices.endpoints import Wanted, add_endpoint, disable_endpoint, rotate_secret, send_test
from notices.models import Endpoint, EndpointSecret, Notice
from notices.reminders import _remind
from quant.transactions import form
from registry import lab_watch, tiers
from registry.decision_policies import propose_policy
from registry.entries import EntryWords, propose_model
from registry.feature_views import BuiltView, record_view
from registry.lab_comparison import Found, Look
from registry.lab_differences import note_look
from registry.lab_shown import begin_showing
from registry.models import FeatureRow, LabKind, RiskModel
from registry.services import submit_version, suspend_version
from registry.version_files import Brought, add_file
from scoring import privacy
from scoring.services import Asked, score
from scoring.slots import deploy, end_deployment
from tests.accounts import granting
from tests.accounts.devices import enrolled_app
from tests.cast import PASSWORD, enrol_cast
from tests.registry import built
from tests.registry.documents import documented
from tests.serving.cards import application, card_frame
from tests.tiers import LOW, answered
from tests.training.feature_views.viewed import DEFINITION
from tests.training.swept import recorded_sweep
from tests.validation import cases, scored
from tests.validation.compared import written
from tests.validation.performed import ROWS
from validation import standards
from validation.assessing import Written, answer_question, ask_question, write_assessment
from validation.competence import Claimed, record_competence
from validation.findings import Raised
from validation.installing import install_shipped, review_pack
from validation.models import NoteFile
from validation.reperformance.tolerances import frozen
from validation.sample_runs import complete_sample_run, start_sample_run
from validation.services import (
    close_finding,
    complete_reperformance,
    freeze_content,
    open_finding,
    rebut,
    sign_deviation,
)
from validation.signing import Signature

FAILED = "adverse_impact_age"


def blob(content: bytes) -> str:
    """These bytes as a literal of the connected database."""
    return f"x'{content.hex()}'" if connection.vendor == "sqlite" else f"'\\x{content.hex()}'::bytea"


def build(drawn: cases.Drawn) -> dict[str, str]:
    cast = enrol_cast()
    vera, paul = _colleagues()
    rows: dict[str, Any] = {"vera": vera, "paul": paul}
    rows |= {name: getattr(cast, name) for name in ("dana", "victor", "ada", "amir", "otto", "lia")}
    case = cases.case_in_validation(cast, drawn)
    rows |= _approved(cast, case, vera)
    rows |= _others(cast, case)
    rows |= _suspended(cast, case)
    rows |= _in_force(cast, case, paul)
    rows |= _access(cast)
    rows |= _jobs()
    rows |= _elsewhere(cast, case)
    rows["dossier"] = _dossier(cast, case)
    rows["audit_report"] = _audit_report(cast, case)
    rows |= _assessed(cast, case)
    rows["benchmark"] = _report_of(rows["sweep"], cast)
    rows |= _told(cast, rows["v_approved"])
    rows |= _webhooks(cast)
    rows |= _compared(rows["v_approved"])
    rows |= _unsaid(cast, case)
    rows["compared"] = written(cast.victor, case.version, rows["v_validating"], case.standard)
    # From now on every run in this world is one under thresholds that have changed since.
    changed = standards.committed(case.standard.slug) | {"seed": 20270101}
    rows["standard_after"] = freeze_content(actor=cast.victor, content=changed)
    elsewhere = changed | {"slug": "for-other-tiers", "applies": {"tiers": [2, 3]}}
    rows["standard_elsewhere"] = freeze_content(actor=cast.victor, content=elsewhere)
    elsewhere = changed | {"slug": "for-other-uses", "applies": {"uses": ["capital"]}}
    rows["standard_other_uses"] = freeze_content(actor=cast.victor, content=elsewhere)
    # One folder a world: a sealer goes on from what it signed before.
    folder = Folder(Path(tempfile.mkdtemp(dir=os.environ["MRM_VAR_DIR"])))
    rows |= sealed_ledger(cast, folder)
    return _named(rows) | {"sealer_dir": str(folder.path)}


def _unsaid(cast: Any, case: cases.Case) -> dict[str, Any]:
    """A draft without its document, and a version that was tested, whose reasons are not the true ones, and
    which nobody judged in words."""
    bare = cases.drafted(cast, case.version.candidate, "0.21")
    unsaid = cases.Case(cast, _submitted(cast, case, "0.22"), case.standard)
    unwatched = cases.drafted(cast, case.version.candidate, "0.23")
    documented(cast.dana, unwatched, is_watched=False)
    validated = cases.Case(cast, submit_version(actor=cast.dana, version=unwatched), case.standard)
    validated.evidence()
    validated.concluded()
    written = cases.registered(cast, case.version.candidate, "0.24")
    return {
        "v_bare": bare,
        "v_unsaid": unsaid.version,
        "r_unsaid": unsaid.tested(reason_deletion="failed"),
        "v_unwatched": unwatched,
        "document_bare": written.documents.get(),
        "watched_bare": written.monitoring_plans.get(),
    }


def _elsewhere(cast: Any, case: cases.Case) -> dict[str, Any]:
    """Outcomes and scores of a model that lives elsewhere, and a run on them."""
    sample = scored.frozen_sample(cast.dana, case.version.risk_model, scored.table(300))
    run = start_sample_run(actor=cast.victor, sample=sample, standard=case.standard)
    done = complete_sample_run(actor=cast.victor, run=run, outcomes=case.outcomes(**{FAILED: "failed"}))
    Job.objects.filter(pk=run.job_id).update(state="succeeded", ended_at=done.completed_at)
    return {"sample": sample, "sr_done": done, "sres_failed": done.results.get(check_id=FAILED)}


def _assessed(cast: Any, case: Any) -> dict[str, Any]:
    """The tier that holds, an assessment nobody accepted in time, and one that waits: lower, beside an open request."""
    entry = case.version.risk_model
    asked = [tiers.Proposed(LOW, tier=3, reason=f"Smaller, {time}.") for time in ("once", "twice")]
    older, waiting = (
        tiers.propose_tier(actor=cast.dana, risk_model=entry, proposed=proposed) for proposed in asked
    )
    held = entry.assessments.get(number=1)
    return {"as_held": held, "acceptance": held.acceptance, "as_older": older, "as_waits": waiting}


def _compared(version: Any) -> dict[str, Any]:
    """MLflow held another byte and does not any more; now it holds another file."""
    turn, judged = lab_watch.take(), frozenset({LabKind.FILE})
    assert turn is not None
    for name in ("model.ubj", "tables.json"):
        look = Look(judged, (Found(LabKind.FILE, name, "a" * 64, "b" * 64),))
        note_look(actor=the_installation(), turn=turn, version=version, look=look)
    turn.give_back()
    begin_showing(version.risk_model)
    gone, still_open = version.lab_differences.order_by("seen_at")
    return {"ld_gone": gone, "ld_open": still_open}


def sealed_ledger(cast: Any, folder: Folder) -> dict[str, Any]:
    """Everything that waits sealed, a full tile of entries under a checkpoint, and the checkpoint in a dossier."""
    access_log.note_stranger(access_log.Route.API)
    for log in segments.waiting():
        segments.seal(actor=the_installation(), log=log)
    with opened():
        for _ in range(tiles.WIDTH):
            record(event=Event.PERSON_ENROLLED, actor=cast.dana, subject=Subject("person", "nobody"))
    folder.add_key("world.example/log")
    held = lease.take()
    assert held is not None
    note = Sealer(folder=folder, actor=the_installation(), held=held).checkpoint()
    held.release()
    assert note is not None
    carried_by_dossier(note=note, where="dossier of the world")
    named = ("Segment", "Access", "Tile", "Checkpoint", "Anchor")
    found = {name.lower(): apps.get_model("audit", name).objects.first() for name in named}
    return found | {"segment_row": apps.get_model("audit", "SegmentRow").objects.first()}


def _named(rows: dict[str, Any]) -> dict[str, str]:
    names = {name: row.pk.hex if isinstance(row.pk, uuid.UUID) else str(row.pk) for name, row in rows.items()}
    names |= {
        f"{name}_p": row.person_id.hex
        for name, row in rows.items()
        if hasattr(row, "person_id") and hasattr(row, "username")
    }
    names |= {"fresh": uuid.uuid4().hex, "hex64": "f" * 64, "blob": blob(b"\x07" * 32)}
    return names | {"late": "2099-01-01 00:00:00+00:00", "early": "2001-01-01 00:00:00+00:00"}


def _colleagues() -> tuple[Any, Any]:
    people = []
    for username, name, role in (
        ("vera", "Vera Vidal", "validator"),
        ("paul", "Paul Prado", "privacy_officer"),
    ):
        user = enrol_person(actor=the_installation(), username=username, name=name, password=PASSWORD)
        grant_role(actor=the_installation(), user=user, role=role)
        people.append(user)
    return people[0], people[1]


def _signed(act: Callable[..., Any], user: Any, case: cases.Case, meaning: str, **more: Any) -> Any:
    return act(actor=user, **cases.signature(user, case.version, meaning), **more)


def _approves(user: Any, request: Any) -> Any:
    signature = cases.signing_of(user, request, "signoff:approve")
    return sign_off(actor=user, request=request, verdict="approve", signature=signature)


def _approved(cast: Any, case: cases.Case, vera: Any) -> dict[str, Any]:
    """A failed check, its finding (closed by a second validator), its deviation, the conclusion, both signatures."""
    run = case.evidence(**{FAILED: "failed"})
    failed = case.result(FAILED)
    paper = add_file(actor=cast.victor, version=case.version, brought=Brought("paper.pdf", b"%PDF-1.7"))
    words = Written("soundness", "satisfactory", "It rests on a paper.", (paper,))
    said = write_assessment(actor=cast.victor, version=case.version, written=words)
    questions = [
        ask_question(actor=cast.victor, version=case.version, topic="scope", text=text)
        for text in ("Who?", "Why?")
    ]
    answer_question(actor=cast.dana, question=questions[1], text="So it is.")
    made = complete_reperformance(
        actor=cast.victor, run=run, job_id=uuid.uuid4(), rows=ROWS, tolerances=frozen()
    )
    raised = Raised(title="Weak", text="Too weak.", severity="high")
    closed = open_finding(actor=cast.victor, version=case.version, raised=raised, result=failed)
    rebut(actor=cast.dana, finding=closed, text="The use is narrow.")
    closed = close_finding(actor=vera, finding=closed, text="Agreed.", result=failed, files=[paper])
    still_open = open_finding(actor=cast.victor, version=case.version, raised=raised)
    claimed = Claimed("fairness", "A course.", clock.now() + dt.timedelta(days=300))
    able = record_competence(actor=vera, of=cast.victor, claimed=claimed)
    pack = install_shipped(actor=cast.victor, slug="us-sr-26-2")
    reviewed = review_pack(actor=vera, pack=pack, **cases.pack_signature(vera, pack))
    deviation = _signed(sign_deviation, cast.victor, case, "deviation", result=failed)
    conclusion = case.concluded()
    request = open_request(actor=cast.dana, version=case.version)
    signoff = _approves(cast.ada, request)
    _approves(cast.amir, request)
    case.version.refresh_from_db()
    rows = {"v_approved": case.version, "r_done": run, "res_failed": failed, "f_closed": closed}
    rows["reperformance"] = made
    rows |= {"pack": pack, "pack_review": reviewed}
    rows |= {"competence": able, "f_open": still_open, "note": closed.notes.first(), "deviation": deviation}
    rows |= {
        "file": paper,
        "said": said,
        "attached": said.attached.get(),
        "document": case.version.documents.get(),
        "watched": case.version.monitoring_plans.get(),
    }
    rows |= {"note_file": NoteFile.objects.get(), "question": questions[0], "question_answered": questions[1]}
    rows |= {"conclusion": conclusion, "q_granted": request, "s_ada": signoff, "standard": case.standard}
    version = case.version
    rows |= {"model": version.risk_model, "snapshot": version.snapshot, "artifact": version.artifact}
    rows |= {"policy": version.policy, "dictionary": version.dictionary, "candidate": version.candidate}
    view = record_view(actor=cast.dana, built=BuiltView("bank", form.dump(DEFINITION), "c" * 64, 1, {}, {}))
    sweep = recorded_sweep(cast, version.risk_model, version.snapshot)
    return rows | {
        "view": view,
        "sweep": sweep,
        "trial": sweep.trials.first(),
        "feature_row": FeatureRow.objects.create(view=view, token="a" * 64, sealed=b""),
        "change": version.changes.first(),
        "res_passed": run.results.exclude(check_id=FAILED).first(),
    }


def _others(cast: Any, case: cases.Case) -> dict[str, Any]:
    """A draft, one in validation whose failed check nobody has let stand, one in review with one signature."""
    draft = cases.registered(cast, case.version.candidate, "0.10")
    rules = {**draft.policy.rules, "approve_below": "0.09", "decline_from": "0.09"}
    spare = propose_policy(actor=cast.dana, risk_model=draft.risk_model, rules=rules).policy
    validating = cases.Case(cast, _submitted(cast, case, "0.11"), case.standard)
    validating.evidence(**{FAILED: "failed"})
    free = validating.result(FAILED)
    said = validating.version.assessments.order_by("at").last()
    going = validating.started()
    review = cases.Case(cast, _submitted(cast, case, "0.12"), case.standard)
    finished = review.evidence()
    conclusion = review.concluded()
    request = open_request(actor=cast.dana, version=review.version)
    signoff = _approves(cast.ada, request)
    rows = {
        "p_spare": spare,
        "v_draft": draft,
        "v_validating": validating.version,
        "v_review": review.version,
        "said_open": said,
    }
    rows |= {"res_free": free, "r_open": going, "r_review": finished, "c_review": conclusion}
    return rows | {"q_open": request, "s_review": signoff}


def _suspended(cast: Any, case: cases.Case) -> dict[str, Any]:
    """Approved and suspended; otto asks for its resumption."""
    held = cases.Case(cast, _submitted(cast, case, "0.13"), case.standard)
    held.evidence()
    held.concluded()
    request = open_request(actor=cast.dana, version=held.version)
    for user in (cast.ada, cast.amir):
        _approves(user, request)
    held.version = suspend_version(actor=cast.otto, version=held.version, why="Doubt.")
    asked = ask_for(actor=cast.otto, version=held.version, act="resume-version", why="Settled.")
    recusal = recuse(actor=cast.amir, request=asked, why="A conflict.")
    claim(actor=cast.ada, request=asked)
    until = clock.now() + dt.timedelta(days=5)
    ended = delegate(actor=cast.amir, to=cast.ada, until=until, why="On leave.")
    end_delegation(actor=cast.ada, delegation=ended)
    standing = delegate(actor=cast.ada, to=cast.amir, until=until, why="On leave.")
    rows = {"v_suspended": held.version, "q_resume": asked, "recusal": recusal}
    rows |= _with_an_end(cast, held, case)
    return rows | {"g_standing": standing, "g_ended": ended}


def _with_an_end(cast: Any, held: cases.Case, case: cases.Case) -> dict[str, Any]:
    """A break-glass grant, an exception, two conditions of which one is met, and open requests for more of them."""
    glass = ask_break_glass(actor=cast.otto, version=held.version, hours=2, why="Payday.")
    _approves(cast.ada, glass)
    more = ask_break_glass(actor=cast.otto, version=held.version, hours=2, why="Payday.")
    other = cases.Case(cast, _submitted(cast, case, "0.14"), case.standard)
    other.evidence(**{FAILED: "failed"})
    until = clock.now() + dt.timedelta(days=9)
    result = other.result(FAILED)
    excepted = ask_exception(actor=cast.victor, result=result, until=until, why="Data is coming.")
    for user in (cast.ada, cast.amir):
        _approves(user, excepted)
    waiting = ask_exception(actor=cast.victor, result=result, until=until, why="Longer.")
    rows = {"emergency": Emergency.objects.get(), "q_glass": more}
    rows |= {"exception": ValidationException.objects.get(), "q_exception": waiting}
    rows |= _overlaid(cast, case, until)
    return rows | _conditional(cast, other, until) | _excepted_data(cast, until)


def _overlaid(cast: Any, case: cases.Case, until: dt.datetime) -> dict[str, Any]:
    """An overlay on the version in force; the same for longer is asked for."""
    terms = Adjustment("pd_add_on", Decimal("0.02"), "Loans of 2025.", until)
    request = ask_overlay(actor=cast.dana, version=case.version, adjustment=terms, why="Floods.")
    for user in (cast.ada, cast.amir):
        _approves(user, request)
    waiting = ask_overlay(actor=cast.dana, version=case.version, adjustment=terms, why="Longer.")
    return {"overlay": Overlay.objects.get(), "q_overlay": waiting}


def _excepted_data(cast: Any, until: dt.datetime) -> dict[str, Any]:
    """A snapshot with a constant column, which is let stand; more time is asked for."""
    table = built.card_table(600).assign(SAME=1)
    snapshot = built.frozen_snapshot(cast.dana, csv=table.to_csv(index=False).encode())
    asked = {"snapshot": snapshot, "rule": "no_constant_input", "until": until, "why": "It will vary."}
    request = ask_snapshot_exception(actor=cast.dana, **asked)
    for user in (cast.ada, cast.amir):
        _approves(user, request)
    waiting = ask_snapshot_exception(actor=cast.dana, **asked)
    return {"data_exception": SnapshotException.objects.get(), "q_data": waiting}


def _conditional(cast: Any, other: cases.Case, until: dt.datetime) -> dict[str, Any]:
    other.concluded()
    request = open_request(actor=cast.dana, version=other.version)
    demands = [Demand("Watch it.", until), Demand("Watch it longer.", until)]
    signature = cases.signing(cast.ada, other.version, "signoff:approve_with_conditions")
    verdict = "approve_with_conditions"
    sign_off(actor=cast.ada, request=request, verdict=verdict, signature=signature, conditions=demands)
    _approves(cast.amir, request)
    met, still_open = Condition.objects.order_by("pk")
    digest = shown_of_condition(met).digest
    nonce = stepup.open_challenge(actor=cast.victor, digest=digest, meaning="condition:met")
    words = {
        "rationale": "Read.",
        "challenge": nonce,
        "proof": stepup.Proof(PASSWORD),
        "shown_digest": digest,
    }
    said = Signature(meaning="condition:met", **words)
    fulfilment = meet_condition(actor=cast.victor, condition=met, signature=said)
    rows = {"k_met": met, "k_open": still_open, "fulfilment": fulfilment}
    return rows | {"v_conditional": other.version} | _demanded(cast, other, until)


def _demanded(cast: Any, other: cases.Case, until: dt.datetime) -> dict[str, Any]:
    """Fit with a condition, put before the approvers; and a question about the same version that leaves it out."""
    demanded = cases.Case(cast, _submitted(cast, other, "0.15"), other.standard)
    demanded.evidence()
    conclusion = demanded.concluded("fit_with_conditions", conditions=[Demand("Watch it.", until)])
    request = open_request(actor=cast.dana, version=demanded.version)
    version = request.version
    content = asked_of_version("approve-version", version)
    subject = f"{version.pk}/bare"
    bare = open_act(actor=cast.dana, act="approve-version", subject=subject, content=content, version=version)
    rows = _capped(cast, other)
    rows |= {"demand": conclusion.demands.get(), "k_demand": request.conditions.get(), "q_bare": bare}
    return rows | {"v_demanded": version}


def _capped(cast: Any, other: cases.Case) -> dict[str, Any]:
    """A version in validation under a cap that has counted once; more is asked for."""
    version = _submitted(cast, other, "0.16")
    terms = Terms(decisions=9, until=clock.now() + dt.timedelta(days=9))
    request = ask_pre_validation_use(actor=cast.dana, version=version, terms=terms, why="A pilot.")
    for user in (cast.ada, cast.amir):
        _approves(user, request)
    cap = Cap.objects.get()
    spend(cap, 0)
    more = ask_pre_validation_use(actor=cast.dana, version=version, terms=terms, why="More.")
    return {"cap": cap, "q_cap": more}


def _submitted(cast: Any, case: cases.Case, cut_off: str) -> Any:
    version = cases.registered(cast, case.version.candidate, cut_off)
    return submit_version(actor=cast.dana, version=version)


def _in_force(cast: Any, case: cases.Case, paul: Any) -> dict[str, Any]:
    ended = deploy(actor=cast.otto, version=case.version)
    ended = end_deployment(actor=cast.otto, deployment=ended, why="A rehearsal.")
    standing = deploy(actor=cast.otto, version=case.version)
    features = application(card_frame(100))
    kept, erased = (
        score(actor=cast.lia, asked=Asked(cases.SLUG, {"reference": f"r{n}", "features": features})).decision
        for n in range(2)
    )
    privacy.erase(actor=paul, decision=erased, why="The client asked.")
    return {"d_ended": ended, "d_open": standing, "dec": kept, "dec_erased": erased}


def _access(cast: Any) -> dict[str, Any]:
    installation = the_installation()
    grant = grant_role(actor=installation, user=cast.dana, role="auditor", model_slug="other")
    standing = cast.dana.grants.get(role="developer")
    revoke_role(actor=installation, grant=grant)
    token, _ = issue_token(actor=cast.dana, name="kept", days=1, scopes=[])
    gone, _ = issue_token(actor=cast.dana, name="gone", days=1, scopes=[])
    revoke_token(actor=cast.dana, token=gone)
    stepup.open_challenge(actor=cast.ada, digest="a" * 64, meaning="signoff:approve")
    rows = _counted(cast) | _sign_ins(cast) | _enrolled(cast)
    challenges = SignatureChallenge.objects.order_by("expires_at")
    words = EntryWords("Other", "Limits.", "Clients.", **answered(2))
    rows |= {"g_gone": grant, "g_open": standing, "t_open": token, "t_gone": gone}
    rows |= _asked_roles(cast) | {"identity": _from_provider()}
    rows |= {
        "ch_used": challenges.exclude(used_at=None).first(),
        "ch_open": challenges.filter(used_at=None).first(),
    }
    proposed: RiskModel = propose_model(actor=cast.dana, slug="other", words=words)
    return rows | {"m_proposed": proposed}


def _sign_ins(cast: Any) -> dict[str, Any]:
    """A session of somebody and one of nobody, an account that was disabled, an invitation at each of its ends."""
    browser = Client()
    browser.force_login(cast.dana)
    stranger = SessionStore()
    stranger["kept"] = "something"
    stranger.create()
    gone = enrol_person(actor=the_installation(), username="gone", name="Gone", password=PASSWORD)
    disable_user(actor=cast.olga, user=gone)
    made = [
        invitations.invite(actor=cast.olga, invited=invitations.Invited(f"new{n}", "New One"))[0]
        for n in range(3)
    ]
    invitations.revoke_invitation(actor=cast.olga, invitation=made[1])
    invitations.accept_invitation(actor=the_installation(), invitation=made[2], password=PASSWORD)
    drafts.keep(user=cast.dana, path="/a", fields=QueryDict("text=kept"))
    failures.count("dana", "192.0.2.1")
    session = Session.objects.get(user=cast.dana)
    rows = {"ses_dana": session, "gone": gone, "draft": Draft.objects.get()}
    rows |= {"i_open": made[0], "i_gone": made[1], "i_used": made[2]}
    return rows | {"failure": FailureCount.objects.first()}


def _asked_roles(cast: Any) -> dict[str, Any]:
    """A request that waits and one that was granted, by a second administrator."""
    omar, vera = granting.second_administrator(), User.objects.get(username="vera")
    waiting = granting.asked(cast.olga, vera, "approver")
    settled = granting.asked(cast.olga, vera, "operator")
    grant = granting.granted(omar, settled)
    other = granting.asked(omar, vera, "developer")
    return {"omar": omar, "olga": cast.olga, "rr_open": waiting} | {
        "rr_other": other,
        "rr_granted": settled,
        "g_asked": grant,
    }


def _from_provider() -> Any:
    issuer = Configured("https://id.example", "client", "", "ID", ("openid",), "groups")
    nina = Identity(issuer.issuer, "8f14e45f", "Nina Novak", "nina", frozenset())
    user = admit(actor=the_installation(), identity=nina, provider=issuer)
    return SocialAccount.objects.get(user_id=user.pk)


def _enrolled(cast: Any) -> dict[str, Any]:
    """An app with its recovery codes, and somebody whose password an administrator has chosen."""
    enrolled_app(cast.dana)
    reset_password(actor=cast.olga, user=User.objects.get(username="paul"), password="chosen for him by Olga")
    return {"totp": Authenticator.objects.get(type="totp")}


def _counted(cast: Any) -> dict[str, Any]:
    answer = IdempotencyKey(
        user=cast.dana, key="k", operation="POST /", body_digest="a" * 64, created_at=clock.now()
    )
    refusal = RefusalCount(user=cast.dana, permission="audit:ledger:read", minute=clock.now())
    window = ThrottleWindow(scope="writes", who=str(cast.dana.pk), minute=1)
    for row in (answer, refusal, window):
        row.save(force_insert=True)
    return {"answer": answer, "refusal": refusal, "window": window}


def _jobs() -> dict[str, Any]:
    running = leases.claim(worker="w")
    return {
        "j_running": running,
        "j_queued": Job.objects.filter(state="queued").first(),
        "j_ended": Job.objects.filter(state="succeeded").first(),
    }


def _told(cast: Any, version: Any) -> dict[str, Any]:
    """What was told since the beginning, and a reminder to the owner of the model that is on its way by mail."""
    version.refresh_from_db()
    set_address(actor=cast.dana, mail="dana@bank.example")
    mail = {
        "EMAIL_BACKEND": "django.core.mail.backends.locmem.EmailBackend",
        "MRM_MAIL_FROM": "c@bank.example",
    }
    with override_settings(**mail):
        reminder = _remind(due=Due("approval", str(version.pk), version.expires_at, 90))
    notice = Notice.objects.filter(days=None).first()
    return {"notice": notice, "reminder": reminder, "telling": reminder.tellings.get()}


def _webhooks(cast: Any) -> dict[str, Any]:
    """An endpoint that was rotated and sent a test, and one that was disabled. Nothing of it leaves the house: numbers
    are not looked up, and no worker takes the job."""
    made = [
        add_endpoint(actor=cast.otto, wanted=Wanted(name, "https://8.8.8.8/hook", ("version:retired",)))[0]
        for name in ("The risk system", "An old system")
    ]
    rotate_secret(actor=cast.otto, endpoint=made[0])
    disable_endpoint(actor=cast.otto, endpoint=made[1])
    secrets = EndpointSecret.objects.filter(endpoint=made[0])
    return {
        "endpoint": made[0],
        "endpoint_gone": Endpoint.objects.get(pk=made[1].pk),
        "secret": secrets.get(ends_at=None),
        "secret_gone": secrets.exclude(ends_at=None).get(),
        "delivery": send_test(actor=cast.otto, endpoint=made[0]),
    }


def _dossier(cast: Any, case: cases.Case) -> Any:
    """As the build leaves it; building one is the subject of reports' own tests."""
    from reports.models import Dossier

    row = Dossier(
        version=case.version,
        evidence_digest="e" * 64,
        unsigned_digest="d" * 64,
        signed_digest="c" * 64,
        content_digest="b" * 64,
        pages=1,
        size=1,
        signer="test",
        built_by=cast.victor,
        built_at=clock.now(),
    )
    row.save(force_insert=True)
    return row


def _audit_report(cast: Any, case: cases.Case) -> Any:
    """As the build leaves it; building one is the subject of reports' own tests."""
    from reports.models import AuditReport

    row = AuditReport(
        risk_model=case.version.risk_model,
        since=dt.date(2026, 1, 1),
        until=dt.date(2026, 1, 31),
        asked_entry=1,
        seed="a" * 64,
        sample_size=1,
        sampled=1,
        same=1,
        evidence_digest="e" * 64,
        unsigned_digest="d" * 64,
        signed_digest="9" * 64,
        content_digest="b" * 64,
        pages=1,
        size=1,
        signer="test",
        built_by=cast.quinn,
        built_at=clock.now(),
    )
    row.save(force_insert=True)
    return row


def _report_of(sweep: Any, cast: Any) -> Any:
    """As the build leaves it."""
    from reports.models import Benchmark

    row = Benchmark(
        sweep=sweep, pdf_digest="b" * 64, pages=1, size=1, built_by=cast.dana, built_at=clock.now()
    )
    row.save(force_insert=True)
    return row
