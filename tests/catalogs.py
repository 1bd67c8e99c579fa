"""Are the translations complete and compiled? Extracts the texts anew in a copy and compares; changes nothing here.

Needs GNU gettext. Without it nothing can be compared: said in one line, and a failure where MRM_REQUIRE_ALL=1.
"""

from __future__ import annotations

import gettext
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCALES = ("pt_BR",)
SOURCES = ("*.py", "*.html", "*.txt", "*.js")
NOT_SHOWN = {"tests", "benchmarks", "var", ".venv", "docs"}


def copy_sources(target: Path) -> None:
    """Everything a person may read on a screen, with the catalogs."""
    for pattern in (*SOURCES, "*.po"):
        for path in ROOT.rglob(pattern):
            relative = path.relative_to(ROOT)
            if relative.parts[0] not in NOT_SHOWN:
                (target / relative).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target / relative)


def untranslated(catalog: Path) -> str:
    """Entries without a translation, or with one that was only guessed."""
    found = ""
    for option in ("--untranslated", "--only-fuzzy"):
        command = ("msgattrib", option, "--no-obsolete", "--no-wrap", str(catalog))
        found += subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return found


def extract(folder: Path, locale: str) -> Path:
    (folder / "locale").mkdir(exist_ok=True)
    command = (
        sys.executable,
        "-m",
        "django",
        "makemessages",
        "--locale",
        locale,
        "--no-wrap",
        "--no-location",
    )
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    subprocess.run(command, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)
    return folder / "locale" / locale / "LC_MESSAGES" / "django.po"


def entries(compiled: Path) -> dict[object, str]:
    with compiled.open("rb") as stream:
        # The library offers no public way to list a catalog. The header carries times, which say nothing.
        return {key: text for key, text in gettext.GNUTranslations(stream)._catalog.items() if key}


def is_compiled(locale: str, folder: Path) -> bool:
    """Is the committed .mo what the committed .po says?"""
    source = ROOT / "locale" / locale / "LC_MESSAGES" / "django.po"
    committed = source.with_suffix(".mo")
    if not committed.exists():
        return False
    fresh = folder / "fresh.mo"
    subprocess.run(("msgfmt", "--check", "--output-file", str(fresh), str(source)), check=True)
    return entries(fresh) == entries(committed)


def faults(locale: str) -> list[str]:
    source = ROOT / "locale" / locale / "LC_MESSAGES" / "django.po"
    if not source.exists():
        return [f"{locale}: there is no catalog. Make one: python -m django makemessages --locale {locale}"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copy_sources(folder)
        missing = untranslated(extract(folder, locale))
        found = [f"{locale}: not translated:\n{missing}"] if missing else []
        if not is_compiled(locale, folder):
            found.append(
                f"{locale}: the compiled catalog is not what the source says. Run: python manage.py compilemessages"
            )
    return found


def main() -> int:
    if not all(map(shutil.which, ("xgettext", "msgfmt", "msgattrib"))):
        print("translations: left out, GNU gettext is not installed")
        return int(os.environ.get("MRM_REQUIRE_ALL") == "1")
    found = [fault for locale in LOCALES for fault in faults(locale)]
    print("\n".join(found) or f"translations: complete and compiled ({', '.join(LOCALES)})")
    return int(bool(found))


if __name__ == "__main__":
    raise SystemExit(main())
