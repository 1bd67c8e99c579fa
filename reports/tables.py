"""Every table of a document as CSV, in one archive that is the same whenever it is packed."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence

from reports.build.content import Block, Cell, Digest, Document, Facts, Figure, Linked, Noted, Table, Word
from reports.build.numbering import index
from reports.edition import Edition
from reports.neutral import neutral

# An archive without a time of its own: the earliest that the format can say.
_MOMENT = (1980, 1, 1, 0, 0, 0)


def archive(document: Document) -> bytes:
    """One file a table, named by its evidence id, and `index.csv`, which says what each rests on."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        listed = [(entry.number, entry.what, entry.proof) for entry in index(document.sections)]
        _add(packed, "index.csv", [("evidence", "what", "sha256"), *listed])
        for section in document.sections:
            for block in section.blocks:
                for number, rows in rows_of(block):
                    _add(packed, f"{number}.csv", [_neutral(row, document.edition) for row in rows])
    return target.getvalue()


def rows_of(block: Block) -> Iterator[tuple[str, Sequence[Sequence[str]]]]:
    """The number of a block that holds cells, and its rows as text, the heads first."""
    if isinstance(block, Table):
        yield (
            block.number,
            [tuple(column.head for column in block.columns), *(_texts(row) for row in block.rows)],
        )
    if isinstance(block, Facts):
        yield block.number, [("label", "value"), *((label, text_of(cell)) for label, cell in block.rows)]
    if isinstance(block, Figure):
        drawn = block.chart.table()
        yield block.number, [drawn.heads, *drawn.rows]


def _neutral(row: Sequence[str], edition: Edition) -> list[str]:
    return [neutral(cell, edition.language) for cell in row]


def _texts(row: Sequence[Cell]) -> tuple[str, ...]:
    return tuple(text_of(cell) for cell in row)


def text_of(cell: Cell) -> str:
    """A cell as plain text."""
    if isinstance(cell, Word):
        return cell.text
    if isinstance(cell, Digest):
        return cell.value
    if isinstance(cell, Noted):
        return f"{cell.text} ({cell.note})" if cell.note else cell.text
    if isinstance(cell, Linked):
        return "; ".join(text for text, _ in cell.lines)
    return cell


def csv_bytes(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as CSV in which no cell is a formula."""
    said = io.StringIO()
    writer = csv.writer(said, lineterminator="\r\n")
    writer.writerows([_inert(cell) for cell in row] for row in rows)
    return said.getvalue().encode("utf-8")


def _add(packed: zipfile.ZipFile, name: str, rows: Sequence[Sequence[str]]) -> None:
    member = zipfile.ZipInfo(name, _MOMENT)
    member.compress_type, member.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
    packed.writestr(member, csv_bytes(rows))


def _inert(cell: str) -> str:
    """A spreadsheet takes these for the beginning of a formula; an apostrophe before them makes it a text."""
    is_formula = cell[:1] in {"=", "@", "\t", "\r"} or (cell[:1] in {"+", "-"} and not _is_number(cell))
    return f"'{cell}" if is_formula else cell


def _is_number(text: str) -> bool:
    try:
        float(text.replace("\u00a0", ""))
    except ValueError:
        return False
    return True
