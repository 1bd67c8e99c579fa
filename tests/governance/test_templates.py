"""Rules of the pages that a strict content security policy and a reader's patience ask for."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAX_LINES = 160
FORBIDDEN = {
    "inline style": re.compile(r"""\sstyle\s*=\s*["']""", re.IGNORECASE),
    "style element": re.compile(r"<style\b", re.IGNORECASE),
    "inline script": re.compile(r"<script\b(?![^>]*\bsrc=)", re.IGNORECASE),
    "event attribute": re.compile(r"""<[^>{}]*\son[a-z]+\s*=""", re.IGNORECASE),
    "javascript address": re.compile(r"""=\s*["']?\s*javascript:""", re.IGNORECASE),
    "htmx expression": re.compile(r"""\shx-(?:on[:-]|vals\s*=\s*["']?js:)""", re.IGNORECASE),
    "switched off escaping": re.compile(r"\|\s*safe\b|{%\s*autoescape\s+off"),
    "address of another host": re.compile(r"""\b(?:src|srcset)\s*=\s*["']\s*(?:https?:)?//""", re.IGNORECASE),
}
COMMENT = re.compile(r"\s*(?:{#.*?#}|{% comment %}.*?{% endcomment %})", re.DOTALL)


def _templates() -> list[Path]:
    folders = [ROOT / "templates", *ROOT.glob("*/templates")]
    return sorted(path for folder in folders for path in folder.rglob("*.html"))


def _offences(text: str) -> list[str]:
    return [name for name, pattern in FORBIDDEN.items() if pattern.search(text)]


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_there_are_templates_to_look_at():
    assert _templates()


@pytest.mark.parametrize("path", _templates(), ids=_name)
def test_template_has_nothing_inline(path: Path):
    assert _offences(path.read_text()) == []


@pytest.mark.parametrize("path", _templates(), ids=_name)
def test_template_is_short(path: Path):
    assert len(path.read_text().splitlines()) <= MAX_LINES


@pytest.mark.parametrize("path", [path for path in _templates() if "components" in path.parts], ids=_name)
def test_component_names_its_variables_in_a_first_comment(path: Path):
    assert COMMENT.match(path.read_text())


@pytest.mark.parametrize("path", [path for path in _templates() if "components" in path.parts], ids=_name)
def test_component_is_a_part(path: Path):
    assert path.name.startswith("_")


@pytest.mark.parametrize(
    ("text", "offence"),
    [
        ('<p style="color:red">', "inline style"),
        ("<style>p{}</style>", "style element"),
        ("<script>alert(1)</script>", "inline script"),
        ('<button class="a" onclick="x()">', "event attribute"),
        ('<a href="javascript:x()">', "javascript address"),
        ('<div hx-on:click="x()">', "htmx expression"),
        ("{{ reason|safe }}", "switched off escaping"),
        ('<script src="//cdn.example/x.js"></script>', "address of another host"),
    ],
)
def test_the_lint_sees_what_it_is_for(text: str, offence: str):
    assert offence in _offences(text)


def test_the_lint_lets_ordinary_pages_pass():
    assert (
        _offences('<script src="{% static "app.js" %}" defer></script><p class="on">{{ money_on_hand }}</p>')
        == []
    )


def test_djlint_agrees():
    djlint = Path(sys.executable).with_name("djlint")
    found = subprocess.run(
        [djlint, "--lint", "--quiet", "templates"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stdout + found.stderr
