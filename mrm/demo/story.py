"""The governed life of one real model, told through /api/v1/ by six people, each with a token of their own.

The same story runs in `make demo` and in the test that walks the whole life. It writes nothing itself: every row is
made by the services behind the API. It may be stopped anywhere and told again: writes carry an Idempotency-Key, and
signatures are given only where the stage still asks for them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from mrm.demo.caller import JSON, Caller

SLUG = "card-limit"
STANDARD = "card-limit-demo"
RECIPE = "card-limit"
# One that took the place of another among them, so that the page of a change has something to tell.
PACKS = ("us-sr-11-7", "us-sr-26-2", "us-reg-b", "eu-ccd2", "br-lgpd")
READ_BY_ADA = "us-sr-26-2"
DATA = Path(__file__).resolve().parents[2] / "registry" / "demo_data"
_CLERKS = 4


@dataclass(frozen=True)
class People:
    """Six people and, to examine them, an auditor."""

    developer: Caller
    validator: Caller
    approvers: tuple[Caller, Caller]
    operator: Caller
    loan_officer: Caller


@dataclass(frozen=True)
class Stage:
    """What the story is told with: the people, the rows to score, how to say what happens."""

    people: People
    table: tuple[str, bytes]
    declaration: JSON
    applications: Sequence[Mapping[str, object]]
    say: Callable[[str], None]


@dataclass(frozen=True)
class Parts:
    """What both versions are made of; only their decision policies differ."""

    candidate: str
    dictionary: str


@dataclass(frozen=True)
class Told:
    """Where the story leaves its reader."""

    decisions: int
    outcomes: dict[str, int]
    declined: str
    waiting_version: int
    failed_checks: tuple[str, ...]
    dossier: str
    # Of the second model; empty where only the first was told.
    sweep: str = ""


def tell(stage: Stage) -> Told:
    """Snapshot, train, register, validate, conclude, approve, deploy, score; then a second version that waits."""
    snapshot = _snapshot(stage)
    _inventory(stage)
    _packs(stage)
    candidate = _train(stage, snapshot)
    dictionary = _dictionary(stage)
    parts = Parts(candidate, dictionary)
    _version(stage, 1, parts, "First version.")
    _validate(stage, 1)
    _reperform(stage, 1)
    _assess(stage, 1)
    _challenge(stage, 1)
    _conclude(stage, 1)
    _approve(stage, 1)
    _deploy(stage, 1)
    answers = list(_score(stage))
    _replay(stage, answers[0]["decision_id"])
    words = "The same recipe and bytes as version 1, with a stricter cut-off."
    _version(stage, 2, parts, words)
    _validate(stage, 2)
    _compare(stage, 2, 1)
    failed = tuple(result["check"] for result in _failed(stage.people.validator, 2))
    stage.say(f"v2 waits in the validator's queue; failed by itself: {', '.join(failed) or 'nothing'}")
    dossier = _dossier(stage, 1)
    _dossier_in_portuguese(stage, 1)
    return _told(answers, failed, dossier)


def _snapshot(stage: Stage) -> str:
    stage.say("Dana imports the data; the held-out part is drawn by keyed hash")
    dana = stage.people.developer
    accepted = dana.upload(
        "snapshots", stage.table, {"declaration": stage.declaration}, Idempotency_Key="story-snapshot"
    )
    snapshot = dana.get(f"snapshots/{dana.finish(accepted)['snapshot']}")
    rows = f"{snapshot['development_rows']} rows for development, {snapshot['held_out_rows']} held out"
    stage.say(f"  frozen as {snapshot['digest'][:12]}: {rows}")
    return str(snapshot["id"])


# The limits of the 30,000 clients add up to five billion Taiwan dollars, in 2005 more than 100 million euros.
# 6,636 of them defaulted; there is one snapshot of them. Those numbers stand in the published data.
TIERING = {
    "exposure_amount": "over_100_million",
    "exposure_applicants": "1000_to_100000",
    "purpose": "limit_management",
    "reliance": "some_decisions",
    "complexity_method": "trees",
    "complexity_inputs": "up_to_30",
    "complexity_origin": "own",
    "uncertainty_history": "below_2_years",
    "uncertainty_defaults": "over_1000",
    "uncertainty_judgement": "some",
}


USES = [
    {
        "use": "limit_management",
        "products": ["credit card"],
        "segments": ["clients with six months of statements"],
        "jurisdictions": ["TW"],
    }
]
LIMITATIONS = [
    {
        "limitation": "One bank, April to September 2005, one snapshot: no out-of-time test.",
        "consequence": "How it ranks in another year is not known.",
        "control": "The approval holds for twelve months; a validation on later data precedes the next one.",
    },
    {
        "limitation": "Clients only, none of them new.",
        "consequence": "For applicants without statements it would be asked outside of what it learned from.",
        "control": "Requests with a code it has never seen are referred to a person by the decision policy.",
    },
    {
        "limitation": "No cash flows: profit and loss is a scenario under an assumed cost matrix.",
        "consequence": "Amounts of profit are not forecasts.",
        "control": "The dossier prints the assumptions beside every amount.",
    },
]


def _inventory(stage: Stage) -> None:
    stage.say("Dana proposes the model for the inventory; Victor accepts it as tier 1")
    entry = {
        "slug": SLUG,
        "name": "Card limit increase",
        "purpose": "Estimate the probability that a credit-card client defaults on the next month's payment.",
        "intended_use": "Decide requests for a higher card limit of clients with six months of statements.",
        "uses": USES,
        "limitations": LIMITATIONS,
        "answers": TIERING,
        "business_unit": "Cards",
    }
    stage.people.developer.post("models", entry, Idempotency_Key="story-model")
    stage.people.validator.post(
        f"models/{SLUG}/acceptance", {"tier_confirmed": 1}, Idempotency_Key="story-acceptance"
    )


def _packs(stage: Stage) -> None:
    stage.say("Victor installs policy packs; Ada signs one, the others stay unreviewed")
    for slug in PACKS:
        stage.people.validator.post("packs", {"slug": slug}, Idempotency_Key=f"story-pack-{slug}")
    ada = stage.people.approvers[0]
    found = next(each for each in ada.get("packs")["results"] if each["slug"] == READ_BY_ADA)
    if not found["reviews"]:
        words = {"rationale": "Read in the demonstration alone: no text was compared."}
        ada.sign(f"packs/{found['id']}/reviews", found["digest"], "pack:reviewed", words)


def _train(stage: Stage, snapshot: str) -> str:
    stage.say("Dana asks for a training; a worker passes the gates again and trains in a child process")
    dana = stage.people.developer
    asked = {"snapshot": snapshot, "recipe": RECIPE}
    accepted = dana.post(f"models/{SLUG}/training-runs", asked, Idempotency_Key="story-training")
    return str(dana.finish(accepted)["candidate"])


def _dictionary(stage: Stage) -> str:
    reasons = json.loads((DATA / "reasons.json").read_text())
    posted = stage.people.developer.post(
        f"models/{SLUG}/dictionaries", {"reasons": reasons}, Idempotency_Key="story-dictionary"
    )
    return str(posted["id"])


def _version(stage: Stage, number: int, parts: Parts, note: str) -> None:
    dana, key = stage.people.developer, f"story-v{number}"
    rules = json.loads((DATA / f"policy_v{number}.json").read_text())
    stage.say(f"Dana registers and submits v{number}: approve below PD {rules['approve_below']}")
    proposed = dana.post(f"models/{SLUG}/policies", {"rules": rules}, Idempotency_Key=f"{key}-policy")
    asked: JSON = {"candidate": parts.candidate, "policy": proposed["id"], "dictionary": parts.dictionary}
    if number > 1:
        asked["predecessor"] = number - 1
    asked["change_note"] = note
    accepted = dana.post(f"models/{SLUG}/versions", asked, Idempotency_Key=f"{key}-register")
    dana.finish(accepted)
    _document(stage, number)
    dana.post(f"models/{SLUG}/versions/{number}/submit", Idempotency_Key=f"{key}-submit")


def _document(stage: Stage, number: int) -> None:
    """What the developer wrote about this model lies beside the data, and so does what will be watched of it."""
    dana, path = stage.people.developer, f"models/{SLUG}/versions/{number}/document"
    parts = json.loads((DATA / "document.json").read_text())["parts"]
    dana.post(path, {"parts": parts}, Idempotency_Key=f"story-v{number}-document")
    watched = json.loads((DATA / "monitoring.json").read_text())
    path = f"models/{SLUG}/versions/{number}/monitoring-plan"
    dana.post(path, watched, Idempotency_Key=f"story-v{number}-monitoring")


def _assess(stage: Stage, number: int) -> None:
    """Victor asks, Dana answers, Victor writes what he makes of it: every topic that the plan asks for."""
    victor, dana = stage.people.validator, stage.people.developer
    if _stage_of(victor, number) != "in_validation":
        return
    stage.say(f"Victor asks about v{number}, Dana answers, Victor writes his assessment")
    path, key = f"models/{SLUG}/versions/{number}", f"story-v{number}"
    words = json.loads((DATA / "assessment.json").read_text())
    asked = victor.post(f"{path}/questions", words["question"], Idempotency_Key=f"{key}-question")
    answer = {"text": words["answer"]}
    dana.post(f"questions/{asked['id']}/answer", answer, Idempotency_Key=f"{key}-answer")
    for each in words["assessments"]:
        victor.post(f"{path}/assessments", each, Idempotency_Key=f"{key}-{each['topic']}")


def _validate(stage: Stage, number: int) -> None:
    stage.say(f"Victor freezes the standard and validates v{number} on the held-out part")
    victor = stage.people.validator
    victor.post("standards", {"slug": STANDARD}, Idempotency_Key="story-standard")
    path = f"models/{SLUG}/versions/{number}/validation-runs"
    accepted = victor.post(path, {"standard": STANDARD}, Idempotency_Key=f"story-v{number}-run")
    victor.finish(accepted)
    for result in _evidence(victor, number)["run"]["results"]:
        stage.say(f"  {result['verdict']:<18} {result['title']}: {result['headline']}")


def _reperform(stage: Stage, number: int) -> None:
    """The same tests from the sealed bytes again, in another process; named measures by code of their own."""
    stage.say(f"Victor has the run of v{number} performed again")
    victor = stage.people.validator
    run = _evidence(victor, number)["run"]["id"]
    path = f"models/{SLUG}/versions/{number}/validation-runs/{run}/reperformances"
    done = victor.finish(victor.post(path, Idempotency_Key=f"story-v{number}-reperformance"))
    told = (
        f"{done['agreeing']} numbers agree, {done['differing']} differ,"
        f" {done['not_reperformed']} not re-performed"
    )
    stage.say(f"  {told}")


def _compare(stage: Stage, challenger: int, champion: int) -> None:
    stage.say(f"Victor compares v{challenger} with v{champion} on the same held-out clients")
    victor, path = stage.people.validator, f"models/{SLUG}/versions/{challenger}/comparisons"
    asked = {"champion": champion, "standard": STANDARD}
    accepted = victor.post(path, asked, Idempotency_Key=f"story-v{challenger}-comparison")
    found = victor.get(f"{path}/{victor.finish(accepted)['comparison']}")
    for result in found["facts"]["results"]["both"]:
        stage.say(f"  {result['headline']}")


def _challenge(stage: Stage, number: int) -> None:
    """What failed honestly gets a finding, the developer's answer, and the validator's signed deviation or a stop."""
    victor, dana = stage.people.validator, stage.people.developer
    for result in _failed(victor, number):
        if result["deviations"] or not result["is_blocking"]:
            continue
        key = f"story-v{number}-{result['check']}"
        stage.say(f"  finding and signed deviation: {result['title']}")
        opened = victor.post(
            f"models/{SLUG}/versions/{number}/findings",
            {
                "title": f"{result['title']} fails",
                "text": result["headline"],
                "severity": "medium",
                "result": result["id"],
            },
            Idempotency_Key=f"{key}-finding",
        )
        answer = (
            "The figure is right and stays below its limit on this sample; the use is limited accordingly."
        )
        dana.post(f"findings/{opened['id']}/rebuttal", {"text": answer}, Idempotency_Key=f"{key}-rebuttal")
        shown = _evidence(victor, number)["shown_digest"]
        rationale = (
            f"{result['headline']} The limit stays; the deviation is accepted for this version and use only."
        )
        path = f"validation-results/{result['id']}/deviation"
        victor.sign(path, shown, "deviation", {"rationale": rationale})


def _conclude(stage: Stage, number: int) -> None:
    victor = stage.people.validator
    if _stage_of(victor, number) != "in_validation":
        return
    stage.say("Victor signs his conclusion")
    shown = _evidence(victor, number)["shown_digest"]
    rationale = (
        "Tested on data the developer never saw. Fit for the stated use within the stated limitations."
    )
    path = f"models/{SLUG}/versions/{number}/conclusion"
    victor.sign(path, shown, "conclusion:fit", {"verdict": "fit", "rationale": rationale})


def _approve(stage: Stage, number: int) -> None:
    victor = stage.people.validator
    path = f"models/{SLUG}/versions/{number}/approval-requests"
    if _stage_of(victor, number) == "validated":
        victor.post(path)
    for approver, words in zip(stage.people.approvers, _RATIONALES, strict=True):
        if _stage_of(approver, number) != "in_review":
            return
        request = _open_request(approver, number)
        if request["why_not_you"]:
            continue
        signed = approver.sign(
            f"approval-requests/{request['id']}/sign-offs",
            request["shown_digest"],
            "signoff:approve",
            {"verdict": "approve", "rationale": words},
        )
        stage.say(f"{_name(approver)} signs; the request is {signed['request']['state']}")


_RATIONALES = (
    "The evidence supports the stated use; limitations are acceptable for existing clients.",
    "Fairness and calibration were read in full; I agree with the validator's conclusion.",
)


def _deploy(stage: Stage, number: int) -> None:
    stage.say("Otto deploys it as champion")
    asked = {"version": number, "slot": "champion"}
    stage.people.operator.post(f"models/{SLUG}/deployments", asked, Idempotency_Key=f"story-v{number}-deploy")


def _score(stage: Stage) -> Iterator[JSON]:
    stage.say(f"Lia's system asks for {len(stage.applications)} decisions through the API")
    lia = stage.people.loan_officer

    def ask(numbered: tuple[int, Mapping[str, object]]) -> JSON:
        number, features = numbered
        body = {"reference": f"request-{number:05d}", "features": dict(features)}
        return lia.post(f"models/{SLUG}/score", body, Idempotency_Key=f"story-request-{number:05d}")

    with ThreadPoolExecutor(_CLERKS) as clerks:
        for number, answer in enumerate(clerks.map(ask, enumerate(stage.applications, 1)), 1):
            if number % 500 == 0:
                stage.say(f"    {number} decisions")
            yield answer


def _replay(stage: Stage, decision: str) -> None:
    replayed = stage.people.operator.post(f"decisions/{decision}/replays", Idempotency_Key="story-replay")
    stage.say(
        f"Otto replays one decision from the sealed bytes: {'same' if replayed['same'] else 'DIFFERENT'}"
    )


def _dossier(stage: Stage, number: int) -> str:
    stage.say(f"Victor builds and signs the dossier of v{number}")
    victor = stage.people.validator
    path = f"models/{SLUG}/versions/{number}/dossiers"
    return str(victor.finish(victor.post(path, Idempotency_Key=f"story-v{number}-dossier"))["dossier"])


def _dossier_in_portuguese(stage: Stage, number: int) -> None:
    stage.say(f"And the dossier of v{number} once more in Portuguese, on Letter: the same evidence")
    victor = stage.people.validator
    asked: JSON = {"language": "pt-br", "paper": "letter"}
    path = f"models/{SLUG}/versions/{number}/dossiers"
    victor.finish(victor.post(path, asked, Idempotency_Key=f"story-v{number}-dossie"))


def _told(answers: list[JSON], failed: tuple[str, ...], dossier: str) -> Told:
    outcomes: dict[str, int] = {}
    for answer in answers:
        outcomes[answer["outcome"]] = outcomes.get(answer["outcome"], 0) + 1
    declined = next(answer["decision_id"] for answer in answers if answer["outcome"] == "decline")
    return Told(len(answers), outcomes, declined, 2, failed, dossier)


def _evidence(caller: Caller, number: int) -> JSON:
    return caller.get(f"models/{SLUG}/versions/{number}/evidence")


def _failed(caller: Caller, number: int) -> list[JSON]:
    results = _evidence(caller, number)["run"]["results"]
    return [result for result in results if result["verdict"] == "failed" and result["is_blocking"]]


def _stage_of(caller: Caller, number: int) -> str:
    found = caller.get(f"models/{SLUG}/versions/{number}")
    return str(found["stage"])


def _open_request(caller: Caller, number: int) -> JSON:
    for request in caller.get("approval-requests")["results"]:
        if (request["model"], request["version"], request["state"]) == (SLUG, number, "open"):
            return caller.get(f"approval-requests/{request['id']}")
    raise LookupError(f"No open approval request for v{number}.")


def _name(caller: Caller) -> str:
    return str(caller.get("me")["name"])
