"""How a step is fitted, and what its fit has left, as plain dicts and back. Fractions are texts."""

from collections.abc import Callable, Mapping

from quant.features import plain
from quant.features.fitted import Bins, Fill, Fitted, Lookup, Neighbours, Scale
from quant.features.operations import METHODS, Fit, Method, Operation

_FIT = frozenset({"method", "prior", "bins", "folds", "ks", "value"})
Members = Mapping[str, object]


def load_fit(raw: object, where: str) -> Fit | None:
    if raw is None:
        return None
    members = plain.members(raw, where, _FIT)
    stated = Fit(plain.word(Method, members.get("method"), f"{where}.method"))
    return Fit(
        method=stated.method,
        prior=_decimal(members, "prior", stated.prior, where),
        bins=plain.integer(members.get("bins", stated.bins), f"{where}.bins"),
        folds=plain.integer(members.get("folds", stated.folds), f"{where}.folds"),
        ks=plain.integers(members.get("ks", stated.ks), f"{where}.ks"),
        value=_decimal(members, "value", stated.value, where),
    )


def dump_fit(fit: Fit) -> dict[str, object]:
    return {
        "method": str(fit.method),
        "prior": repr(float(fit.prior)),
        "bins": fit.bins,
        "folds": fit.folds,
        "ks": list(fit.ks),
        "value": repr(float(fit.value)),
    }


def load_fitted(raw: object, operation: Operation, where: str) -> Fitted | None:
    """The numbers of a fitted step; the operation says of which shape they are."""
    if raw is None:
        return None
    if operation not in METHODS:
        raise plain.SchemaFault(f"{where} does not belong to {operation}.")
    return _LOAD[operation](raw, where)


def dump_fitted(fitted: Fitted) -> dict[str, object]:
    if isinstance(fitted, Lookup):
        values: list[object] = [[category, repr(float(value))] for category, value in fitted.values]
        return {"values": values, "otherwise": _text(fitted.otherwise), "missing": _perhaps(fitted.missing)}
    if isinstance(fitted, Bins):
        return {
            "edges": _texts(fitted.edges),
            "values": _texts(fitted.values),
            "missing": _perhaps(fitted.missing),
        }
    if isinstance(fitted, Fill):
        return {"value": _text(fitted.value)}
    if isinstance(fitted, Scale):
        return {"centre": _text(fitted.centre), "spread": _text(fitted.spread)}
    return {
        "k": fitted.k,
        "spreads": _texts(fitted.spreads),
        "centres": [_texts(row) for row in fitted.centres],
        "otherwise": _text(fitted.otherwise),
    }


def _lookup(raw: object, where: str) -> Lookup:
    members = plain.members(raw, where, frozenset({"values", "otherwise", "missing"}))
    pairs = [plain.items(pair, where) for pair in plain.items(members.get("values"), f"{where}.values")]
    if any(len(pair) != 2 for pair in pairs):
        raise plain.SchemaFault(f"{where}.values must be a list of [category, value].")
    return Lookup(
        values=tuple((plain.integer(pair[0], where), plain.decimal(pair[1], where)) for pair in pairs),
        otherwise=plain.decimal(members.get("otherwise"), f"{where}.otherwise"),
        missing=_missing(members, where),
    )


def _bins(raw: object, where: str) -> Bins:
    members = plain.members(raw, where, frozenset({"edges", "values", "missing"}))
    return Bins(
        edges=_decimals(members.get("edges"), f"{where}.edges"),
        values=_decimals(members.get("values"), f"{where}.values"),
        missing=_missing(members, where),
    )


def _fill(raw: object, where: str) -> Fill:
    members = plain.members(raw, where, frozenset({"value"}))
    return Fill(plain.decimal(members.get("value"), f"{where}.value"))


def _scale(raw: object, where: str) -> Scale:
    members = plain.members(raw, where, frozenset({"centre", "spread"}))
    centre, spread = (plain.decimal(members.get(name), f"{where}.{name}") for name in ("centre", "spread"))
    return Scale(centre, spread)


def _neighbours(raw: object, where: str) -> Neighbours:
    members = plain.members(raw, where, frozenset({"k", "spreads", "centres", "otherwise"}))
    centres = plain.items(members.get("centres"), f"{where}.centres")
    return Neighbours(
        k=plain.integer(members.get("k"), f"{where}.k"),
        spreads=_decimals(members.get("spreads"), f"{where}.spreads"),
        centres=tuple(_decimals(row, f"{where}.centres[{place}]") for place, row in enumerate(centres)),
        otherwise=plain.decimal(members.get("otherwise"), f"{where}.otherwise"),
    )


_LOAD: dict[Operation, Callable[[object, str], Fitted]] = {
    Operation.LOOKUP: _lookup,
    Operation.BINS: _bins,
    Operation.FILL: _fill,
    Operation.NEAREST: _neighbours,
    Operation.SCALE: _scale,
}


def _decimal(members: Members, name: str, stated: float, where: str) -> float:
    return plain.decimal(members[name], f"{where}.{name}") if name in members else stated


def _decimals(raw: object, where: str) -> tuple[float, ...]:
    return tuple(plain.decimal(entry, where) for entry in plain.items(raw, where))


def _missing(members: Members, where: str) -> float | None:
    value = members.get("missing")
    return None if value is None else plain.decimal(value, f"{where}.missing")


def _text(value: float) -> str:
    return repr(float(value))


def _texts(values: tuple[float, ...]) -> list[str]:
    return [_text(value) for value in values]


def _perhaps(value: float | None) -> str | None:
    return None if value is None else _text(value)
