"""The auditor's part of the story: a report of the day, with a small sample computed again."""

from __future__ import annotations

from collections.abc import Callable

from mrm.demo.caller import Caller
from mrm.lib import clock

# Enough to show what a replay says; the day's story has made thousands of decisions.
_SAMPLED = 5


def tell(auditor: Caller, say: Callable[[str], None]) -> None:
    say("Quinn asks for an audit report of the day, with decisions drawn and computed again")
    today = clock.now().date().isoformat()
    asked = {"since": today, "until": today, "sample_size": _SAMPLED}
    made = auditor.finish(auditor.post("audit-reports", asked, Idempotency_Key="story-audit"))
    report = auditor.get(f"audit-reports/{made['audit_report']}")
    say(
        f"  sealed, {report['pages']} pages; {report['same']} of {report['sampled']} drawn decisions are the same"
    )
