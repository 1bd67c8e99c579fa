"""Reading a page as its user does: the links, the buttons and the forms it offers."""

from __future__ import annotations

import re
from html import unescape

_LINK = re.compile(r'<a[^>]*\shref="([^"#]+)"')
_POST = re.compile(r'<form[^>]*method="post"[^>]*action="([^"]+)"')
_MAIN = re.compile(r"<main.*</main>", re.DOTALL)
_SHOWN = re.compile(r'name="shown"[^>]*value="([0-9a-f]{64})"')


def main(answer) -> str:
    found = _MAIN.search(answer.content.decode())
    assert found is not None
    return found.group()


def text(answer) -> str:
    """The words of the page, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main(answer))).split())


def links(answer) -> set[str]:
    return {unescape(each) for each in _LINK.findall(main(answer))}


def posts(answer) -> set[str]:
    """Where the buttons of the page send something."""
    return {each for each in _POST.findall(main(answer)) if each}


def shown(answer) -> str:
    """The digest the signing form carries."""
    found = _SHOWN.search(main(answer))
    assert found is not None
    return found.group(1)
