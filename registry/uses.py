"""What a model is used for and where it must not be trusted, as closed words and short lists. Pure; who may use it for
what is decided by whoever approves."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from mrm.lib import canonical
from mrm.lib.errors import FieldError, Invalid
from registry.tiering import Questionnaire

FORMAT = "countersign-use/1"
MOST_USES = 20
MOST_LIMITATIONS = 40
_LONGEST_NAME = 100
_LONGEST_TEXT = 2_000
# Commas and bars separate names where they are written on one line.
_NAME = re.compile(rf"[^\s,|][^,|\x00-\x1f]{{0,{_LONGEST_NAME - 1}}}")
_COUNTRY = re.compile(r"[A-Z]{2}")
# The question of a tiering questionnaire whose answers are uses, where it has one.
_PURPOSE = "purpose"


class Use(StrEnum):
    ORIGINATION = "origination"
    LIMIT_MANAGEMENT = "limit_management"
    PRICING = "pricing"
    COLLECTIONS = "collections"
    PROVISIONING = "provisioning"
    CAPITAL = "capital"
    MARKETING = "marketing"


@dataclass(frozen=True)
class UseAsked:
    """One use, for these products, segments and countries (ISO 3166-1, two letters). Without segments it is for all."""

    use: str
    products: tuple[str, ...]
    segments: tuple[str, ...]
    jurisdictions: tuple[str, ...]

    def plain(self) -> dict[str, Any]:
        lists = {name: list(getattr(self, name)) for name in ("products", "segments", "jurisdictions")}
        return {"use": str(self.use), **lists}


@dataclass(frozen=True)
class Limitation:
    """What does not hold, what follows if it is overlooked, and what keeps that from happening."""

    limitation: str
    consequence: str
    control: str

    def plain(self) -> dict[str, str]:
        return {name: getattr(self, name).strip() for name in ("limitation", "consequence", "control")}


def uses_of(plain: Sequence[Mapping[str, Any]]) -> tuple[UseAsked, ...]:
    """Of what the inventory keeps."""
    return tuple(
        UseAsked(each["use"], tuple(each["products"]), tuple(each["segments"]), tuple(each["jurisdictions"]))
        for each in plain
    )


def limitations_of(plain: Sequence[Mapping[str, str]]) -> tuple[Limitation, ...]:
    return tuple(Limitation(each["limitation"], each["consequence"], each["control"]) for each in plain)


def check(uses: Sequence[UseAsked], limitations: Sequence[Limitation]) -> None:
    """Invalid with everything that is wrong in them. Empty lists are allowed in a proposal."""
    wrong = [
        *_too_many("/uses", len(uses), MOST_USES),
        *_too_many("/limitations", len(limitations), MOST_LIMITATIONS),
        *(fault for at, each in enumerate(uses[:MOST_USES]) for fault in _faults_of_use(f"/uses/{at}", each)),
        *_twice(uses),
        *(
            fault
            for at, each in enumerate(limitations[:MOST_LIMITATIONS])
            for fault in _faults_of_limitation(f"/limitations/{at}", each)
        ),
    ]
    if wrong:
        raise Invalid("Uses or limitations cannot be taken as they are.", wrong)


def check_purpose(questionnaire: Questionnaire, answers: Mapping[str, str], uses: Sequence[UseAsked]) -> None:
    """The tier stands for the weightiest of the uses: another purpose would make it one of a model that nobody
    proposes."""
    question = next((each for each in questionnaire.questions if each.key == _PURPOSE), None)
    answered = None if question is None else question.option(answers.get(_PURPOSE, ""))
    if question is None or answered is None or not uses:
        return
    offered = [option for each in uses if (option := question.option(each.use)) is not None]
    named = {option.key for option in offered}
    if answered.key in named and answered.band == max(option.band for option in offered):
        return
    heaviest = max((option.band for option in offered), default=None)
    fitting = ", ".join(sorted(option.key for option in offered if option.band == heaviest))
    detail = f"The weightiest of the uses is {fitting}. Answer that, or change the uses."
    raise Invalid(
        "The purpose is not the weightiest use.", [FieldError(f"/answers/{_PURPOSE}", "other", detail)]
    )


def document(
    *, purpose: str, intended_use: str, uses: Sequence[object], limitations: Sequence[object]
) -> dict[str, Any]:
    """What is frozen into a version when it is submitted: from then on it is validated and approved for this use."""
    return {
        "format": FORMAT,
        "purpose": purpose,
        "intended_use": intended_use,
        "uses": list(uses),
        "limitations": list(limitations),
    }


def digest_of(content: Mapping[str, Any]) -> str:
    return canonical.digest(content)


def _faults_of_use(pointer: str, asked: UseAsked) -> list[FieldError]:
    found = [
        FieldError(f"{pointer}/{name}", "required", "Name at least one.")
        for name in ("products", "jurisdictions")
        if not getattr(asked, name)
    ]
    if asked.use not in set(Use):
        found.append(FieldError(f"{pointer}/use", "unknown", f"One of {', '.join(Use)}."))
    if not all(_COUNTRY.fullmatch(each) for each in asked.jurisdictions):
        detail = "Countries are two capital letters, as in ISO 3166-1."
        found.append(FieldError(f"{pointer}/jurisdictions", "unknown", detail))
    for name in ("products", "segments", "jurisdictions"):
        found += _faults_of_list(f"{pointer}/{name}", getattr(asked, name))
    return found


def _faults_of_list(pointer: str, named: Sequence[str]) -> list[FieldError]:
    if len(named) > MOST_USES or not all(map(_NAME.fullmatch, named)):
        detail = f"At most {MOST_USES} names of 1 to {_LONGEST_NAME} characters, without commas and bars."
        return [FieldError(pointer, "too-long", detail)]
    if len(set(named)) != len(named):
        return [FieldError(pointer, "twice", "Name each once.")]
    return []


def _faults_of_limitation(pointer: str, said: Limitation) -> list[FieldError]:
    detail = f"1 to {_LONGEST_TEXT} characters: the limitation, its consequence and the control are all said."
    return [
        FieldError(f"{pointer}/{name}", "required", detail)
        for name, text in said.plain().items()
        if not text or len(text) > _LONGEST_TEXT
    ]


def _too_many(pointer: str, count: int, most: int) -> list[FieldError]:
    return [FieldError(pointer, "too-many", f"At most {most}.")] if count > most else []


def _twice(uses: Sequence[UseAsked]) -> list[FieldError]:
    names = [each.use for each in uses]
    if len(set(names)) == len(names):
        return []
    return [
        FieldError("/uses", "twice", "Each use stands once, with all its products, segments and countries.")
    ]
