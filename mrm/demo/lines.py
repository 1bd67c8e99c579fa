"""The lines the demo prints. Each carries the check that follows it as a reader would, used by ARGS=--check."""

from __future__ import annotations

import http.cookiejar
import json
import re
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass

from mrm.demo.caller import Caller
from mrm.demo.place import HERE, ROOT, read_environment
from mrm.demo.second import SLUG as SECOND
from mrm.demo.story import SLUG, Told

_SECONDS = 120


class LineFailed(RuntimeError):
    """A printed line does not work as printed."""


@dataclass(frozen=True)
class Line:
    """What is promised, how to do it, and a function that does exactly that or raises LineFailed."""

    promise: str
    words: tuple[str, ...]
    follow: Callable[[], str]


def lines(url: str, gateway_url: str, people: dict[str, dict[str, str]], told: Told) -> tuple[Line, ...]:
    version = f"{url}/models/{SLUG}/versions/{told.waiting_version}"
    decision = f"{url}/decisions/{told.declined}"
    curl = _curl(url)
    pdf = HERE.var / "dossier.pdf"
    fetch = (
        f'curl -sf -H "Authorization: Bearer $(cat {_short(HERE.tokens / "quinn")})"'
        f" {url}/api/v1/dossiers/{told.dossier}/pdf -o {_short(pdf)}"
    )
    settings = read_environment()
    bundle = HERE.var / "ledger.jsonl"
    export = (
        f"env $(cat {_short(HERE.environment)}) .venv/bin/python manage.py ledger export {_short(bundle)}"
    )
    # Any Python from 3.9 on will do; the newest file of the folder that stands for another host is the anchor.
    offline = (
        f"python3 audit/verifier.py {_short(bundle)} --key {settings['MRM_LEDGER_KEY']}"
        f" --checkpoint $(ls {_short(settings['MRM_ANCHOR_FOLDER'])}/* | tail -1)"
    )
    # The two lines of a data scientist, and a third that uses them.
    lab = (
        f"export MLFLOW_TRACKING_URI={gateway_url}",
        f"export MLFLOW_TRACKING_TOKEN=$(cat {_short(HERE.tokens / 'dana')})",
        ".venv/bin/mlflow experiments search",
    )
    verify = f"env $(cat {_short(HERE.environment)}) .venv/bin/python manage.py verify_dossier {_short(pdf)}"
    sweep = f"{url}/models/{SECOND}/sweeps/{told.sweep}"
    return (
        Line(
            "Review a version that failed a check (validator)",
            (version, _who("victor", people)),
            lambda: _page(url, people, "victor", version, (f"v{told.waiting_version}",)),
        ),
        Line(
            "See why a request was declined (loan officer, in Portuguese)",
            (decision, _who("lia", people)),
            lambda: _page(url, people, "lia", decision, ('lang="pt-br"',)),
        ),
        Line(
            "Download and verify the signed dossier (regulator)",
            (fetch, verify),
            lambda: _shell(f"{fetch} && {verify}"),
        ),
        Line(
            "Score with one line (integrator)",
            (curl,),
            lambda: _scored(curl),
        ),
        Line(
            "Check the ledger (auditor): by a click, and without us, with one file of Python",
            (f"{url}/ledger", _who("quinn", people), export, offline),
            lambda: f"{_intact(url, people)}; {_shell(f'{export} && {offline}')}",
        ),
        Line(
            "Compare candidates made from several tables, and read why one leads (data scientist)",
            (sweep, _who("dana", people)),
            lambda: _page(url, people, "dana", sweep, ("vehicle-loans",)),
        ),
        Line(
            f"Use your own MLflow client behind the gate (data scientist; a token of your own: {url}/tokens/issue)",
            lab,
            lambda: _shell(" && ".join(lab)),
        ),
    )


def write_request(features: dict[str, object]) -> None:
    """The body of the curl line, one real client's statements."""
    body = {"reference": "by-curl", "features": features}
    (HERE.var / "request.json").write_text(json.dumps(body, indent=1))


def _curl(url: str) -> str:
    return (
        f'curl -s -H "Authorization: Bearer $(cat {_short(HERE.tokens / "lia")})"'
        f" -H 'Content-Type: application/json' -d @{_short(HERE.var / 'request.json')}"
        f" {url}/api/v1/models/{SLUG}/score"
    )


def _short(path: object) -> str:
    """Relative to the project, where the demo is started from."""
    return str(path).removeprefix(f"{ROOT}/")


def _who(name: str, people: dict[str, dict[str, str]]) -> str:
    return f"sign in as {name} with the password {people[name]['password']}"


def _page(url: str, people: dict[str, dict[str, str]], name: str, page: str, holds: tuple[str, ...]) -> str:
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    form = browser.open(page, timeout=_SECONDS).read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
    if token is None:
        raise LineFailed(f"{page} does not lead to the sign-in form.")
    fields = {
        "csrfmiddlewaretoken": token.group(1),
        "username": name,
        "password": people[name]["password"],
        "next": urllib.parse.urlsplit(page).path,
    }
    answer = browser.open(f"{url}/sign-in", urllib.parse.urlencode(fields).encode(), timeout=_SECONDS)
    text = answer.read().decode()
    missing = [words for words in holds if words not in text]
    if answer.geturl() != page or missing:
        raise LineFailed(
            f"{page} did not show {missing or 'itself'} after sign-in; it went to {answer.geturl()}."
        )
    return f"{len(text)} characters of page"


def _shell(command: str) -> str:
    # The line exactly as printed, shell and all: that is what is being checked.
    done = subprocess.run(  # noqa: S602
        command, shell=True, cwd=ROOT, capture_output=True, text=True, timeout=_SECONDS, check=False
    )
    if done.returncode != 0:
        raise LineFailed(f"exit {done.returncode}: {done.stdout[-800:]}{done.stderr[-800:]}")
    return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else "done"


def _scored(command: str) -> str:
    answer = json.loads(_shell(f"{command} | cat"))
    if "decision_id" not in answer:
        raise LineFailed(f"No decision in the answer: {answer}")
    return f"{answer['outcome']}, score {answer['score']}"


def _intact(url: str, people: dict[str, dict[str, str]]) -> str:
    _page(url, people, "quinn", f"{url}/ledger", ())
    quinn = Caller(url, people["quinn"]["token"])
    verified = quinn.finish(quinn.post("ledger/verifications"))
    if verified["verdict"] != "intact":
        raise LineFailed(f"The ledger is not intact: {verified}")
    return f"{verified['entries']} entries intact"
