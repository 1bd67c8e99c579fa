"""The part of `make lint` that asks the project itself: migrations, deployment settings, translations.

    python -m tests.lint_project

The deployment check runs with the settings a bank would use: https, secrets of full length, PostgreSQL named.
"""

from __future__ import annotations

import base64
import os
import secrets
import subprocess
import sys
from pathlib import Path

from tests import catalogs

ROOT = Path(__file__).resolve().parents[1]


def deployment() -> dict[str, str]:
    """What a deployment sets. The secrets live as long as this command."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("MRM_")},
        "DJANGO_SETTINGS_MODULE": "mrm.settings.base",
        "MRM_SECRET_KEY": secrets.token_urlsafe(64),
        "MRM_DATA_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        "MRM_SPLIT_KEY": secrets.token_urlsafe(32),
        "MRM_PUBLIC_URL": "https://countersign.example",
        "MRM_ALLOWED_HOSTS": "countersign.example",
    }


def manage(arguments: tuple[str, ...], environment: dict[str, str]) -> bool:
    command = (sys.executable, "manage.py", *arguments)
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode == 0


def main() -> int:
    testing = {**os.environ, "DJANGO_SETTINGS_MODULE": "mrm.settings.testing"}
    passed = [
        manage(("makemigrations", "--check", "--dry-run"), testing),
        manage(("check", "--deploy", "--fail-level", "WARNING"), deployment()),
        catalogs.main() == 0,
    ]
    return 0 if all(passed) else 1


if __name__ == "__main__":
    raise SystemExit(main())
