"""The governed acts: who, by their relation to a version, may do what at which stage. Written down by hand.

Everybody of RELATIONS but `stranger` holds every governance role, so that only the relation can stop them.
"""

from __future__ import annotations

from typing import Final

STAGES: Final = ("draft", "in_validation", "validated", "in_review", "approved", "rejected", "suspended")
RELATIONS: Final = (
    "author",
    "author_again",  # a second account of the author's person
    "trainer",
    "submitter",
    "validator",  # whoever concluded on the version
    "validator_again",
    "signer",  # an approver who has signed its request
    "signer_again",
    "independent",
    "stranger",  # an account without a role
)
_MAKERS: Final = frozenset({"author", "author_again", "trainer", "submitter"})
_CONCLUDED: Final = frozenset({"validator", "validator_again"})
_SIGNED: Final = frozenset({"signer", "signer_again"})

# Act: the stages at which it exists at all.
EXISTS_AT: Final = {
    "submit": {"draft"},
    "start_run": {"in_validation", "validated", "in_review", "approved"},
    "assess": {"in_validation"},
    "deviation": {"in_validation"},
    "conclude": {"in_validation"},
    "conclude_with_conditions": {"in_validation"},
    "conclude_not_fit": {"in_validation"},
    "conclude_returned": {"in_validation"},
    "request": {"validated"},
    "sign_approve": {"in_review"},
    "sign_reject": {"in_review"},
    "sign_return": {"in_review"},
    "deploy": {"approved"},
    "suspend": {"approved"},
    "withdraw": {"in_review"},
    "resume": {"suspended"},
    "retire": {"approved", "suspended"},
    "use_before_validation": {"in_validation"},
    "open_finding": set(STAGES),
    "close_finding": set(STAGES),
}
# Act: the relations that may not do it whatever their roles. Everybody counts as their person.
BARRED: Final = {
    "submit": frozenset(),
    "start_run": _MAKERS,
    "assess": _MAKERS,
    "deviation": _MAKERS,
    "conclude": _MAKERS,
    "conclude_with_conditions": _MAKERS,
    "conclude_not_fit": _MAKERS,
    "conclude_returned": _MAKERS,
    "request": frozenset(),
    "sign_approve": _MAKERS | _CONCLUDED | _SIGNED,
    "sign_reject": _MAKERS | _CONCLUDED | _SIGNED,
    "sign_return": _MAKERS | _CONCLUDED | _SIGNED,
    "deploy": _MAKERS - {"submitter"},
    "suspend": frozenset(),
    # The author asked for the approval; the operator asked for the other two.
    "withdraw": frozenset(RELATIONS) - {"author", "author_again"},
    "resume": _MAKERS | _CONCLUDED,
    "retire": _MAKERS | _CONCLUDED,
    # The author asked for it.
    "use_before_validation": _MAKERS | _CONCLUDED,
    "open_finding": frozenset(),
    "close_finding": _MAKERS,
}
# Before a submission nobody is its submitter, before a conclusion nobody its validator, before a request no signer.
STANDS_FROM: Final = {"submitter": 1, "validator": 2, "validator_again": 2, "signer": 3, "signer_again": 3}
_RANK: Final = {
    stage: rank for rank, stage in enumerate(("draft", "in_validation", "validated", "in_review"))
}


def expected(relation: str, act: str, stage: str) -> str:
    """`done` or `refused`."""
    if relation == "stranger" or stage not in EXISTS_AT[act]:
        return "refused"
    has_begun = _RANK.get(stage, 4) >= STANDS_FROM.get(relation, 0)
    return "refused" if has_begun and relation in BARRED[act] else "done"
