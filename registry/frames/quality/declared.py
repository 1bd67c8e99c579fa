"""What somebody declared that columns hold, checked with pandera: kind, range, values, unique, required.

Missing values and declared sentinels break nothing but `required`. Of what pandera finds, the column, the check and the
rows are told; its failure cases hold cells and never leave this module.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

from registry.frames.expectations import Expectation
from registry.frames.quality.cells import as_numbers, is_first, is_listed, is_of, known_of, missing
from registry.frames.quality.rules import Detail, Force, ruled

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    from pandera.errors import SchemaError
    from pandera.pandas import Check, Column

    from registry.frames.quality.cells import Mask
    from registry.frames.spec import UploadSpec

    Fits = Callable[[pa.ChunkedArray], Mask]

RULE: Final = "as_declared"
PRESENT: Final = "present"
_NAMED: Final = 10


def of_table(table: pa.Table, spec: UploadSpec) -> list[Detail]:
    """One rule where something is declared of a column; none otherwise."""
    if not spec.expected:
        return []
    details = _broken(table, spec)
    return [ruled(RULE, Force.BLOCKING, len(details), _words(details), details)]


def _words(details: list[Detail]) -> str:
    if not details:
        return "every column holds what was declared of it"
    named = ", ".join(f"{each['column']} ({each['check']})" for each in details[:_NAMED])
    return f"{len(details)} declarations that do not hold: {named}"


def _broken(table: pa.Table, spec: UploadSpec) -> list[Detail]:
    from pandera.config import ValidationDepth, config_context
    from pandera.errors import SchemaErrors
    from pandera.pandas import DataFrameSchema

    schema = DataFrameSchema({name: _column(held) for name, held in spec.expected.items()})
    # Whatever the environment says, pandera checks; and what it might warn of would quote cells.
    asked = config_context(validation_enabled=True, validation_depth=ValidationDepth.SCHEMA_AND_DATA)
    with warnings.catch_warnings(action="ignore"), asked:
        try:
            schema.validate(_frame(table, spec), lazy=True, inplace=True)
        except SchemaErrors as found:
            return [_told(each) for each in found.schema_errors]
    return []


def _told(found: SchemaError) -> Detail:
    """A check that could not be made has no rows, and is as broken as any other."""
    from pandera.errors import SchemaErrorReason

    if found.reason_code is SchemaErrorReason.COLUMN_NOT_IN_DATAFRAME:
        return {"column": str(found.failure_cases), "check": PRESENT}
    told: Detail = {"column": str(found.schema.name), "check": str(found.check.name)}
    if found.reason_code is SchemaErrorReason.DATAFRAME_CHECK:
        told["rows"] = int((~found.check_output).sum())
    return told


def _column(held: Expectation) -> Column:
    from pandera.pandas import Column

    return Column(nullable=True, checks=[_check(name, fits) for name, fits in _checks(held)])


def _check(name: str, fits: Fits) -> Check:
    """Of the cells that fail one is kept, not all: they are counted, and nobody reads them."""
    from pandera.pandas import Check

    return Check(partial(_asked, fits=fits), name=name, ignore_na=False, n_failure_cases=1)


def _asked(cells: pd.Series, fits: Fits) -> pd.Series:
    import pandas as pd
    import pyarrow as pa

    return pd.Series(fits(pa.chunked_array([pa.array(cells)])), index=cells.index)


def _checks(held: Expectation) -> Iterator[tuple[str, Fits]]:
    """A missing value passes each but `required`."""
    if held.reads_as is not None:
        yield "kind", partial(is_of, kind=held.reads_as)
    if held.minimum:
        yield "minimum", lambda column: ~(as_numbers(column) < float(held.minimum))
    if held.maximum:
        yield "maximum", lambda column: ~(as_numbers(column) > float(held.maximum))
    if held.values:  # noqa: PD011 (no frame: what is declared)
        yield "values", lambda column: missing(column) | is_listed(column, held.values, held.reads_as)
    if held.unique:
        yield "unique", is_first
    if held.required:
        yield "required", lambda column: ~missing(column)


def _frame(table: pa.Table, spec: UploadSpec) -> pd.DataFrame:
    """Declared columns alone, over the same memory; what is not known is missing."""
    import pandas as pd
    import pyarrow as pa

    known = {
        name: known_of(table.column(name), spec.sentinels.get(name, ()), held.reads_as)
        for name, held in spec.expected.items()
        if name in table.column_names
    }
    frame: pd.DataFrame = pa.table(known).to_pandas(types_mapper=pd.ArrowDtype)
    return frame
