"""Fields as they really arrive, and schemas that take them: for the property tests of both paths."""

from __future__ import annotations

from hypothesis import strategies as st

from quant.features.cleaning.dates import DateFormat
from quant.features.cleaning.labels import Group
from quant.features.fitted import Bins, Fill, Fitted, Lookup, Neighbours, Scale
from quant.features.operations import Feature, Operation
from quant.features.schema import FeatureSchema, Input, InputType, Unknown, Unreadable

WORDS = {"label_en": "a", "label_pt_br": "a"}
JOBS = (
    Group("employed", ("CLT", "carteira assinada", "assalariado")),
    Group("self-employed", ("autônomo", "conta própria", "自営業", "самозанятый")),
    Group("retired", ("aposentado", "aposentada", "συνταξιούχος")),
)
INPUTS = (
    Input("job", InputType.TEXT, **WORDS, groups=JOBS, edits=2, unknown=Unknown.BUCKET, nullable=True,
          blanks=("n/a", "-")),
    Input("born", InputType.DATE, **WORDS, formats=tuple(DateFormat), earliest="1900-01-01", latest="2030-12-31",
          nullable=True, required=False, unreadable=Unreadable.MISSING),
    Input("asked", InputType.DATE, **WORDS, formats=(DateFormat.DAY_FIRST, DateFormat.MONTH_NAME),
          earliest="1000-01-01", latest="2999-12-31", nullable=True, unreadable=Unreadable.MISSING),
    Input("income", InputType.MONEY, **WORDS, minimum=-1e9, maximum=1e12, unit="BRL", decimal_mark=",", nullable=True,
          unreadable=Unreadable.MISSING, actionable=True),
    Input("rent", InputType.MONEY, **WORDS, minimum=-1e9, maximum=1e12, nullable=True,
          unreadable=Unreadable.MISSING),
    Input("status", InputType.CODE, **WORDS, codes=(-2, -1, 0, 1, 2, 3), unknown=Unknown.BUCKET, nullable=True),
    Input("months", InputType.INTEGER, **WORDS, minimum=-1000.0, maximum=1000.0, nullable=True,
          blanks=("999", "-7.0")),
    Input("share", InputType.NUMBER, **WORDS, minimum=-1e9, maximum=1e9, nullable=True, blanks=("1000",)),
)  # fmt: skip
BASE = FeatureSchema(
    inputs=INPUTS,
    steps=(Feature("age", Operation.DAYS_BETWEEN, ("born", "asked")),),
    features=(Feature("age", Operation.IDENTITY, ("age",)),),
)

MET = [0.0, 1.0, -1.0, 0.5, 1000.0]
_digits = st.integers(0, 9_999_999)
_money = st.one_of(
    st.none(),
    st.sampled_from(MET),
    st.floats(-1e9, 1e9),
    st.integers(-(10**6), 10**6),
    st.builds(lambda n, c: f"R$ {n:,}.{c:02}".replace(",", "_").replace(".", ",").replace("_", "."), _digits, st.integers(0, 99)),
    st.builds("{:,}.{:02}".format, _digits, st.integers(0, 99)),
    st.builds(lambda n: f"{n:,}".replace(",", " "), _digits),
    st.builds("{}.{}".format, _digits, st.integers(0, 9999)),
    st.from_regex(r"(R\$|BRL|US\$|-|)\s?[-+−]?[0-9]{1,4}([.,' ][0-9]{1,4}){0,3}( BRL| R\$|)", fullmatch=True),
    st.sampled_from(["", " ", "n/a", "1,234", "1.234", "0,123", "5.", ".5", "--3", "R$", "1e5", "-0", "٣٤"]),
    st.text(max_size=8),
)  # fmt: skip
_month_names = st.sampled_from(["Jan", "mar", "março", "December", "Dez.", "SET", "sept", "mei"])
_date = st.one_of(
    st.none(),
    st.dates().map(str),
    st.builds("{}{}{}{}{}".format, st.integers(0, 33), st.sampled_from("/-."), st.integers(0, 14), st.sampled_from("/-."),
              st.integers(1800, 2100)),
    st.builds("{:02}/{:02}/{}".format, st.integers(1, 31), st.integers(1, 12), st.integers(1950, 2030)),
    st.builds("{} de {} de {}".format, st.integers(0, 32), _month_names, st.integers(1900, 2030)),
    st.builds("{} {}, {}".format, _month_names, st.integers(0, 32), st.integers(1900, 2030)),
    st.builds("{:04}{:02}{:02}".format, st.integers(1900, 2030), st.integers(0, 13), st.integers(0, 32)),
    st.dates().map(lambda day: f"{day}T12:30:00Z"),
    st.sampled_from(["", "  ", "2023-02-29", "hoje", "3/4/24", "1º/2/2020", "0000-00-00", "٢٠٢٤-٠١-٠١"]),
    st.text(max_size=12),
)  # fmt: skip
_spelling = st.sampled_from([text for group in JOBS for text in (group.name, *group.spellings)])
_label = st.one_of(
    st.none(),
    _spelling,
    _spelling.map(str.upper),
    st.builds(lambda word, at, letter: word[:at] + letter + word[at + 1 :], _spelling, st.integers(0, 12), st.characters(codec="utf-8")),
    st.builds(lambda word, at: word[:at] + word[at + 1 :], _spelling, st.integers(0, 12)),
    st.sampled_from(["", "N/A", " - ", "dono do próprio negócio", "работа", "!!!"]),
    st.text(st.characters(codec="utf-8"), max_size=20),
)  # fmt: skip
applications = st.fixed_dictionaries(
    {
        "job": _label,
        "born": _date,
        "asked": _date,
        "income": _money,
        "rent": _money,
        "status": st.none() | st.integers(-5, 12),
        "months": st.none() | st.sampled_from([0, 1, -1, 1000, 999, -7]) | st.integers(-1000, 1000),
        "share": st.none() | st.sampled_from([0, -0.0, *MET]) | st.floats(-1e9, 1e9),
    }
)

# Values that applications have as well, so that edges are met exactly.
_value = st.sampled_from(MET) | st.floats(-1e6, 1e6).map(lambda value: value + 0.0)
_spread = st.floats(1e-3, 1e6)
NUMERIC = ("income", "rent", "months", "share", "age")


@st.composite
def steps(draw: st.DrawFn, name: str, numeric: tuple[str, ...]) -> Feature:  # noqa: PLR0911 (a list of cases)
    """One step of any operation, told by numeric columns that are already there."""
    kind = draw(st.sampled_from(list(Operation)))
    if kind is Operation.STATUS_CODE:
        table = tuple((code, draw(st.integers(0, 4))) for code in (-2, -1, 0, 1, 2, 3))
        return Feature(name, kind, ("status",), table=table, bucket=9.0)
    if kind is Operation.MONTHS_LATE:
        return Feature(name, kind, ("status",), bucket=-1.0)
    if kind is Operation.ONE_HOT:
        only = {"job": ["employed", "self-employed", "Unknown"], "status": ["-2", "3", "Unknown"]}
        on = draw(st.sampled_from(sorted(only)))
        return Feature(name, kind, (on,), only=draw(st.sampled_from(only[on])))
    if kind is Operation.LOOKUP:
        return Feature(name, kind, (draw(st.sampled_from(["job", "status"])),), fitted=draw(_fitted(kind)))
    if kind is Operation.IS_MISSING:
        return Feature(name, kind, (draw(st.sampled_from([*numeric, "job", "born", "status"])),))
    if kind is Operation.DAYS_BETWEEN:
        return Feature(name, kind, ("born", "asked"))
    if kind is Operation.RATIO:
        return Feature(
            name,
            kind,
            tuple(draw(st.lists(st.sampled_from(numeric), min_size=2, max_size=2))),
            when_zero=-7.5,
        )
    if kind is Operation.NEAREST:
        columns = tuple(draw(st.lists(st.sampled_from(numeric), min_size=2, max_size=4, unique=True)))
        return Feature(name, kind, columns, fitted=draw(_neighbours(len(columns))))
    fitted = None if kind is Operation.IDENTITY else draw(_fitted(kind))
    return Feature(name, kind, (draw(st.sampled_from(numeric)),), fitted=fitted)


@st.composite
def _fitted(draw: st.DrawFn, kind: Operation) -> Fitted:
    missing = draw(st.none() | _value)
    if kind is Operation.LOOKUP:
        keys = draw(st.lists(st.integers(-3, 5), min_size=1, max_size=6, unique=True))
        return Lookup(tuple((key, draw(_value)) for key in keys), draw(_value), missing)
    if kind is Operation.BINS:
        edges = tuple(sorted(draw(st.lists(_value, max_size=5, unique=True))))
        return Bins(edges, tuple(draw(_value) for _ in range(len(edges) + 1)), missing)
    return Fill(draw(_value)) if kind is Operation.FILL else Scale(draw(_value), draw(_spread))


@st.composite
def _neighbours(draw: st.DrawFn, width: int) -> Neighbours:
    # Few distinct values, so that distances tie.
    cell = st.sampled_from([0.0, 1.0, -1.0, 1000.0, 0.1])
    centres = tuple(tuple(draw(cell) for _ in range(width)) for _ in range(draw(st.integers(1, 6))))
    spreads = tuple(draw(_spread) for _ in range(width - 1))
    return Neighbours(draw(st.integers(1, len(centres))), spreads, centres, draw(_value))


@st.composite
def schemas(draw: st.DrawFn) -> FeatureSchema:
    """Some steps, each on what is there before it, and every one of them a feature as well."""
    made = list(BASE.steps)
    numeric: tuple[str, ...] = NUMERIC
    for place in range(draw(st.integers(0, 4))):
        made.append(draw(steps(f"step{place}", numeric)))
        numeric = (*numeric, f"step{place}")
    last = [draw(steps(f"last{place}", numeric)) for place in range(draw(st.integers(1, 4)))]
    shown = [Feature(f"shown_{step.name}", Operation.IDENTITY, (step.name,)) for step in made]
    return FeatureSchema(inputs=INPUTS, steps=tuple(made), features=(*shown, *last))
