"""What the quality report of a snapshot says of its rules."""

from __future__ import annotations

from dataclasses import dataclass

from registry.models import DatasetSnapshot


@dataclass(frozen=True)
class FailedRule:
    """A blocking rule that the data break, and the words of the report."""

    key: str
    text: str


def failed_rules(snapshot: DatasetSnapshot) -> list[FailedRule]:
    """Each of them stops training, unless it is let stand."""
    rules = snapshot.quality.get("rules", [])
    return [
        FailedRule(rule["rule"], rule["text"])
        for rule in rules
        if rule["force"] == "blocking" and not rule["passed"]
    ]
