"""What a caller may send to be scored, read strictly: every error at once, each with its JSON pointer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mrm.lib.errors import FieldError, Invalid

if TYPE_CHECKING:
    from registry.serving.served import CanonicalInput, Served

LONGEST_REFERENCE = 128
_MEMBERS = frozenset({"reference", "features"})
_MAX_TOLD = 20


@dataclass(frozen=True)
class Application:
    """The caller's own name for the application, and its inputs in canonical form."""

    reference: str
    inputs: CanonicalInput


def read(members: Any, served: Served) -> Application:
    """The application, or Invalid. No error repeats a value that was sent."""
    if not isinstance(members, dict):
        raise _invalid([FieldError("", "type", "Send an object with `reference` and `features`.")])
    errors = [*_strangers(members), *_reference_errors(members)]
    features = members.get("features")
    if not isinstance(features, dict):
        word = "type" if "features" in members else "required"
        raise _invalid([*errors, FieldError("/features", word, "Must be an object with the inputs.")])
    try:
        inputs = served.parse(features)
    except Invalid as refusal:
        raise _invalid([*errors, *refusal.errors]) from None
    if errors:
        raise _invalid(errors)
    return Application(reference=members["reference"], inputs=inputs)


def _strangers(members: dict[str, Any]) -> list[FieldError]:
    told = "This member is not known here."
    strangers = sorted(set(members) - _MEMBERS)[:_MAX_TOLD]
    return [FieldError(f"/{_pointer(name)}", "unknown", told) for name in strangers]


def _reference_errors(members: dict[str, Any]) -> list[FieldError]:
    if "reference" not in members:
        return [FieldError("/reference", "required", "Name the application, so that you can find it again.")]
    reference = members["reference"]
    if not isinstance(reference, str):
        return [FieldError("/reference", "type", "Must be a text.")]
    if not 1 <= len(reference) <= LONGEST_REFERENCE or not reference.isprintable():
        told = f"Must have 1 to {LONGEST_REFERENCE} printable characters."
        return [FieldError("/reference", "length", told)]
    return []


def _pointer(name: str) -> str:
    return name[:100].replace("~", "~0").replace("/", "~1")


def _invalid(errors: list[FieldError]) -> Invalid:
    count = "1 thing is" if len(errors) == 1 else f"{len(errors)} things are"
    return Invalid(f"The application was not scored: {count} wrong with it. Correct and send again.", errors)
