"""The frozen checks run again by the same code: every verdict, every figure of a measurement, every cell of a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from validation.reperformance.rows import WHOLE, Outcome, Row, Way
from validation.reperformance.tolerances import Tolerance, Tolerances

_FIGURES: Final = ("value", "low", "high", "p", "p_adjusted", "power", "limit")
_WORDS: Final = ("label", "n", "verdict")
_PATH: Final = "the same check"
# Any: the JSON of a CheckResult, as validation.runner.Outcome.plain() writes it.
Told = Mapping[str, Any]


def repeated_rows(recorded: Sequence[Told], again: Sequence[Told], tolerances: Tolerances) -> Iterator[Row]:
    """A check that was not run again has no row that agrees."""
    found = {outcome["check"]: outcome for outcome in again}
    for before in recorded:
        after = found.get(before["check"], {"verdict": None, "measurements": [], "tables": {}})
        yield _verdict(before, after, tolerances.exact)
        yield from _measurements(before, after, tolerances.repeated)
        yield from _tables(before, after, tolerances.repeated)


def _verdict(before: Told, after: Told, tolerance: Tolerance) -> Row:
    was, now = str(before["verdict"]), after["verdict"]
    outcome = Outcome.AGREES if was == now else Outcome.DIFFERS
    return _repeated(before, ("verdict", "Verdict"), (was, now), tolerance, (outcome, ""))


def _measurements(before: Told, after: Told, tolerance: Tolerance) -> Iterator[Row]:
    kept = {each["name"]: each for each in before["measurements"]}
    made = {each["name"]: each for each in after["measurements"]}
    for name in (*kept, *(each for each in made if each not in kept)):
        was, now = kept.get(name), made.get(name)
        shown = was or now or {}
        numbers = _shown(was), _shown(now)
        yield _repeated(before, (name, str(shown["label"])), numbers, tolerance, _same(was, now, tolerance))


def _same(was: Told | None, now: Told | None, tolerance: Tolerance) -> tuple[Outcome, str]:
    if was is None or now is None:
        return Outcome.DIFFERS, "It stands on one side only."
    if all(side[figure] is None for side in (was, now) for figure in _FIGURES):
        is_same = all(was[word] == now[word] for word in _WORDS)
        told = "Nothing was measured, either time."
        return (Outcome.NOT_REPERFORMED, told) if is_same else (Outcome.DIFFERS, "")
    apart = [figure for figure in _FIGURES if not _near(was[figure], now[figure], tolerance)]
    apart += [word for word in _WORDS if was[word] != now[word]]
    return (Outcome.DIFFERS, f"Apart: {', '.join(apart)}.") if apart else (Outcome.AGREES, "")


def _tables(before: Told, after: Told, tolerance: Tolerance) -> Iterator[Row]:
    kept, made = before["tables"], after["tables"]
    for name in sorted({*kept, *made}):
        was, now = kept.get(name), made.get(name)
        cells = 0 if was is None else sum(len(row) for row in was["rows"])
        agree = _cells_that_agree(was, now, tolerance)
        is_same = was is not None and now is not None and _shape(was) == _shape(now) and agree == cells
        outcome = Outcome.AGREES if is_same else Outcome.DIFFERS
        words = f"{cells} cells", f"{agree} agree"
        yield _repeated(before, (f"table:{name}", name), words, tolerance, (outcome, ""))


def _cells_that_agree(was: Told | None, now: Told | None, tolerance: Tolerance) -> int:
    if was is None or now is None:
        return 0
    rows = zip(was["rows"], now["rows"], strict=False)
    return sum(
        (first == second and first != "nan") or _near(first, second, tolerance)
        for left, right in rows
        for first, second in zip(left, right, strict=False)
    )


def _shape(table: Told) -> tuple[Any, ...]:
    return (*table["columns"], *(len(row) for row in table["rows"]))


def _near(was: str | None, now: str | None, tolerance: Tolerance) -> bool:
    """Two absent figures are as they were; a text that is no number is near to nothing."""
    if was is None and now is None:
        return True
    try:
        return tolerance.holds(float(str(was)), float(str(now)))
    except ValueError:
        return False


def _shown(each: Told | None) -> str | None:
    """The value, else the first figure there is."""
    if each is None:
        return None
    return next((each[figure] for figure in _FIGURES if each[figure] is not None), None)


def _repeated(
    before: Told,
    named: tuple[str, str],
    numbers: tuple[str | None, str | None],
    tolerance: Tolerance,
    found: tuple[Outcome, str],
) -> Row:
    return Row(
        check=before["check"],
        measure=named[0],
        label=named[1],
        figure=WHOLE,
        developer=None,
        developer_part="",
        recorded=numbers[0],
        again=numbers[1],
        tolerance=tolerance.words,
        way=Way.REPEATED,
        path=_PATH,
        outcome=found[0],
        why=found[1],
    )
