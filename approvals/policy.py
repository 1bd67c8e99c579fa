"""The rules of signing as pure functions: who is independent, what a set of signatures amounts to."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from mrm.settings import governance

APPROVE_VERSION = "approve-version"
RESUME_VERSION = "resume-version"
RETIRE_VERSION = "retire-version"
GRANT_EXCEPTION = "grant-exception"
GRANT_OVERLAY = "grant-overlay"
SNAPSHOT_EXCEPTION = "snapshot-exception"
BREAK_GLASS = "break-glass"
PRE_VALIDATION_USE = "pre-validation-use"
# What may be approved with conditions: acts after which the version is in force.
CONDITIONAL = (APPROVE_VERSION, RESUME_VERSION)


class SignVerdict(StrEnum):
    APPROVE = "approve"
    APPROVE_WITH_CONDITIONS = "approve_with_conditions"
    REJECT = "reject"
    RETURN = "return"
    # Said against, kept and printed; it neither counts nor ends the request.
    DISSENT = "dissent"


# The verdicts that count towards a quorum.
APPROVING = (SignVerdict.APPROVE, SignVerdict.APPROVE_WITH_CONDITIONS)


class Standing(StrEnum):
    """What the signatures under a request amount to."""

    OPEN = "open"
    GRANTED = "granted"
    REJECTED = "rejected"
    RETURNED = "returned"


@dataclass(frozen=True)
class Insiders:
    """Persons, not accounts, who had a part in what is asked. None where nobody has that part."""

    author: Hashable | None = None
    trainer: Hashable | None = None
    submitter: Hashable | None = None
    validator: Hashable | None = None
    opener: Hashable | None = None
    importer: Hashable | None = None

    def part_of(self, person: Hashable) -> str | None:
        parts = {
            "author of this version": self.author,
            "trainer of this version": self.trainer,
            "submitter of this version": self.submitter,
            "concluding validator of this version": self.validator,
            "one who asks for this": self.opener,
            "one who imported this snapshot": self.importer,
        }
        return next((part for part, who in parts.items() if who is not None and who == person), None)


@dataclass(frozen=True)
class Signed:
    person: Hashable
    verdict: SignVerdict
    on_behalf_of: Hashable | None = None

    @property
    def people(self) -> set[Hashable]:
        """Whose word this is: one person's hand, or another's as well."""
        return {self.person} if self.on_behalf_of is None else {self.person, self.on_behalf_of}


def quorum_of(tier: int | None, act: str = APPROVE_VERSION) -> int:
    """Sign-offs that an act takes at a tier. An unknown tier takes the most: fail closed."""
    quorum = governance.ACTS[act].quorum
    most = max(quorum.values())
    return most if tier is None else quorum.get(tier, most)


def why_not_sign(
    person: Hashable,
    insiders: Insiders,
    signed: Sequence[Signed],
    recused: Collection[Hashable] = (),
) -> str | None:
    """Why this person does not sign here, or None. People are counted, not accounts."""
    part = insiders.part_of(person)
    if part is not None:
        return f"is the {part}; approval takes somebody who had no part in it"
    if person in recused:
        return "has declared a conflict here and signs nothing under this request"
    if any(person in each.people for each in signed):
        return "has signed this request already; two accounts of one person count once"
    return None


def approvers(signed: Sequence[Signed], insiders: Insiders) -> int:
    """Independent people who approve. Whoever signs for another counts once, and so does the other."""
    counted: set[Hashable] = set()
    found = 0
    for each in signed:
        is_clean = all(insiders.part_of(person) is None for person in each.people)
        if each.verdict in APPROVING and is_clean and not each.people & counted:
            counted |= each.people
            found += 1
    return found


def standing(signed: Sequence[Signed], insiders: Insiders, quorum: int) -> Standing:
    """One rejection rejects, one return returns (the earlier word counts), a full quorum grants."""
    for each in signed:
        if any(insiders.part_of(person) is not None for person in each.people):
            continue
        if each.verdict is SignVerdict.REJECT:
            return Standing.REJECTED
        if each.verdict is SignVerdict.RETURN:
            return Standing.RETURNED
    return Standing.GRANTED if approvers(signed, insiders) >= quorum else Standing.OPEN
