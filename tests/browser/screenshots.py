"""Take the README's screenshots and the example documents from a running demo: `python -m tests.browser.screenshots`."""

from __future__ import annotations

import json
import subprocess
import tempfile
import urllib.request
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from mrm.demo.place import HERE, ROOT, read_people
from tests.plugin_services import chromium

# A headless browser that asks nobody outside for anything.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
IMAGES = ROOT / "docs" / "images"
EXAMPLES = ROOT / "docs" / "examples"


def main(url: str = "http://127.0.0.1:8000") -> None:
    IMAGES.mkdir(exist_ok=True)
    told = json.loads(HERE.told.read_text())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        _take(browser, url, "victor", f"/models/card-limit/versions/{told['waiting_version']}", "version")
        _take(browser, url, "lia", f"/decisions/{told['declined']}", "decision")
        _take(browser, url, "victor", "/", "queue")
        browser.close()
    _examples(url)
    _cover(EXAMPLES / "dossier-en-a4.pdf")


def _take(browser: Browser, url: str, name: str, path: str, image: str) -> None:
    page = browser.new_context(viewport={"width": 1200, "height": 900}).new_page()
    page.goto(f"{url}/sign-in?next={path}")
    page.fill("input[name=username]", name)
    page.fill("input[name=password]", read_people()[name]["password"])
    page.click("main button[type=submit]")
    page.screenshot(path=IMAGES / f"{image}.png")


def _examples(url: str) -> None:
    """Every dossier of the demo's version and its audit report, as quinn downloads them, and the version's cards."""
    EXAMPLES.mkdir(exist_ok=True)
    api, version = f"{url}/api/v1", "models/card-limit/versions/1"
    for each in _listed(f"{api}/{version}/dossiers"):
        name = f"dossier-{each['language']}-{each['paper']}.pdf"
        (EXAMPLES / name).write_bytes(_read(url + each["links"]["pdf"]))
    for each in _listed(f"{api}/audit-reports"):
        (EXAMPLES / "audit-report.pdf").write_bytes(_read(f"{api}/audit-reports/{each['id']}/pdf"))
    for audience in ("officer", "deployer"):
        content = _read(f"{api}/{version}/card/{audience}")
        (EXAMPLES / f"model-card-{audience}.pdf").write_bytes(content)


def _listed(address: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(_read(address))["results"]
    return found


def _read(address: str) -> bytes:
    token = (HERE.tokens / "quinn").read_text().strip()
    asked = urllib.request.Request(address, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(asked) as answer:
        content: bytes = answer.read()
    return content


def _cover(dossier: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        stem = str(Path(folder) / "cover")
        command = ["pdftoppm", "-png", "-r", "70", "-f", "1", "-l", "1", "-singlefile", str(dossier), stem]
        subprocess.run(command, check=True)
        (IMAGES / "dossier.png").write_bytes(Path(f"{stem}.png").read_bytes())


if __name__ == "__main__":
    main()
