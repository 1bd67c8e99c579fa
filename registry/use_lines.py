"""Uses and limitations as people write them on a form: one a line, its parts separated by bars."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from mrm.lib.errors import Invalid
from registry.uses import Limitation, UseAsked, check

Row = TypeVar("Row", UseAsked, Limitation)


def read_uses(text: str) -> tuple[UseAsked, ...]:
    """ValidationError with what is wrong in each line."""
    return _read(text, _use, lambda row: check([row], []))


def read_limitations(text: str) -> tuple[Limitation, ...]:
    return _read(text, _limitation, lambda row: check([], [row]))


def uses_written(uses: Sequence[UseAsked]) -> str:
    """The other way round, so that amending begins with what stands."""
    return "\n".join(
        " | ".join(
            [each.use, *(", ".join(names) for names in (each.products, each.segments, each.jurisdictions))]
        )
        for each in uses
    )


def limitations_written(limitations: Sequence[Limitation]) -> str:
    return "\n".join(
        " | ".join(" ".join(part.split()) for part in each.plain().values()) for each in limitations
    )


def _read(text: str, made: Callable[[list[str]], Row], judge: Callable[[Row], None]) -> tuple[Row, ...]:
    rows, faults = [], []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = made([part.strip() for part in line.split("|")])
            judge(row)
        except Invalid as refused:
            faults += [_told(number, error.detail) for error in refused.errors]
        except ValueError:
            faults.append(_told(number, _("it does not have as many parts as the example.")))
        else:
            rows.append(row)
    if faults:
        raise ValidationError(faults)
    return tuple(rows)


def _use(parts: list[str]) -> UseAsked:
    use, products, segments, jurisdictions = parts
    return UseAsked(use, _names(products), _names(segments), _names(jurisdictions))


def _limitation(parts: list[str]) -> Limitation:
    limitation, consequence, control = parts
    return Limitation(limitation, consequence, control)


def _names(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (part.strip() for part in text.split(","))))


def _told(number: int, fault: str) -> str:
    return _("Line %(number)d: %(fault)s") % {"number": number, "fault": fault}
