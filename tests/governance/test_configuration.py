"""Every variable that the settings read is documented, and nothing else is."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_names_exactly_the_variables_that_are_read():
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "mrm/settings/base.py").read_text()))
    read |= set(re.findall(r'env\.db_url\("([A-Z_]+)"', (ROOT / "mrm/settings/base.py").read_text()))
    named = set(re.findall(r"^\| `([A-Z_]+)`", (ROOT / "docs/configuration.md").read_text(), re.MULTILINE))
    assert named == read
