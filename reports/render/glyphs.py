"""Text that the bundled font can show: what it lacks is spelled in ASCII, never left as an empty box."""

from __future__ import annotations

import unicodedata
from functools import cache
from html import escape

_SPELLED = {
    "\N{GREEK CAPITAL LETTER DELTA}": "delta",
    "\N{RIGHTWARDS ARROW}": "to",
    "\N{NON-BREAKING HYPHEN}": "-",
    "\N{NARROW NO-BREAK SPACE}": "\N{NO-BREAK SPACE}",
}


def shown(text: str) -> str:
    return "".join(_shown(letter) for letter in text)


def markup(text: str) -> str:
    """The same, safe inside a paragraph's markup; line ends are kept."""
    return escape(shown(text), quote=False).replace("\n", "<br/>")


@cache
def _shown(letter: str) -> str:
    if letter == "\n" or letter in _known():
        return letter
    if letter in _SPELLED:
        return _SPELLED[letter]
    plain = "".join(part for part in unicodedata.normalize("NFKD", letter) if part in _known())
    if plain:
        return plain
    return "" if unicodedata.category(letter).startswith("C") else f"[U+{ord(letter):04X}]"


@cache
def _known() -> frozenset[str]:
    from reportlab.pdfbase import pdfmetrics

    from reports.render import theme

    theme.register_fonts()
    faces = [pdfmetrics.getFont(name).face.charToGlyph for name in (theme.SANS, theme.BOLD)]
    return frozenset(chr(code) for code in faces[0] if code in faces[1] and code >= 32)
