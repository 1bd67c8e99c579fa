"""A document as bytes and back: what is drawn again later, in whatever medium, is drawn from these and nothing else."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum, StrEnum
from typing import Any, Final

from django.utils import translation

from mrm.lib import canonical, strict_json
from mrm.lib.charts import About, Drawing, marks
from reports.build import content
from reports.build.content import Document, Figure
from reports.edition import Edition, Language, Paper

FORMAT: Final = "countersign-document/1"
MAX_BYTES: Final = 64 * 1024 * 1024


@dataclass(frozen=True)
class Drawn:
    """A chart whose marks and table are settled."""

    about: About
    sketch: Drawing
    rows: marks.Table

    def drawing(self) -> Drawing:
        return self.sketch

    def table(self) -> marks.Table:
        return self.rows


_CONTENT = (
    content.Word,
    content.Digest,
    content.Noted,
    content.Linked,
    content.Column,
    content.Paragraph,
    content.Heading,
    content.Facts,
    content.Table,
    content.Figure,
    content.NotAssessed,
    content.SignatureBlock,
    content.Section,
    content.Cover,
    content.Attachment,
    content.Document,
    Edition,
)
_MARKS = (
    Drawn,
    marks.Point,
    marks.Line,
    marks.Curve,
    marks.Area,
    marks.Bar,
    marks.Dot,
    marks.Diamond,
    marks.Text,
    marks.About,
    marks.Drawing,
)
_WORDS: tuple[type[Enum], ...] = (
    content.Align,
    content.State,
    marks.Ink,
    marks.Voice,
    marks.Anchor,
    Language,
    Paper,
)
# The two tables share a name; a chart's is told apart.
_NAMES: Final[Mapping[str, type]] = {
    **{each.__name__: each for each in (*_CONTENT, *_MARKS, *_WORDS)},
    "ChartTable": marks.Table,
}
_NAME_OF: Final = {kind: name for name, kind in _NAMES.items()}


def freeze(document: Document) -> bytes:
    """Canonical JSON. TypeError for whatever is not content. Charts and lazy texts are settled in its own language."""
    with translation.override(document.edition.language):
        return canonical.dumps({"format": FORMAT, "document": _plain(document)})


def thaw(frozen: bytes) -> Document:
    """The same document. ValueError for bytes that are none."""
    raw = strict_json.loads(frozen, max_bytes=MAX_BYTES)
    if not isinstance(raw, dict) or raw.get("format") != FORMAT:
        message = f"This is no {FORMAT}."
        raise ValueError(message)
    document: Document = _whole(raw["document"])
    return document


def _plain(value: object) -> object:
    if isinstance(value, Figure):
        settled = Drawn(value.chart.about, value.chart.drawing(), value.chart.table())
        return _members("Figure", {**_fields(value), "chart": settled})
    if is_dataclass(value) and not isinstance(value, type):
        return _members(_NAME_OF[type(value)], _fields(value))
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    return _word(value)


def _word(value: object) -> object:
    """What holds nothing else. Text that is said lazily is settled in the language it is frozen in."""
    if isinstance(value, StrEnum | Language | Paper):
        return {"is": _NAME_OF[type(value)], "word": str(value)}
    if isinstance(value, float):
        return {"number": canonical.number(value)}
    if isinstance(value, bytes):
        return {"bytes": base64.b64encode(value).decode()}
    return value if value is None or isinstance(value, bool | int) else str(value)


def _fields(value: Any) -> dict[str, object]:  # Any: a dataclass of ours
    return {each.name: getattr(value, each.name) for each in fields(value)}


def _members(name: str, values: Mapping[str, object]) -> dict[str, object]:
    return {"is": name, **{key: _plain(each) for key, each in values.items()}}


def _whole(value: Any) -> Any:  # Any: JSON in, content out
    if isinstance(value, list):
        return tuple(_whole(each) for each in value)
    if not isinstance(value, dict):
        return value
    if "is" not in value:
        return base64.b64decode(value["bytes"]) if "bytes" in value else float(value["number"])
    kind = _NAMES[value["is"]]
    if issubclass(kind, Enum):
        return kind(value["word"])
    return kind(**{key: _whole(each) for key, each in value.items() if key != "is"})
