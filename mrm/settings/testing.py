"""Settings of the test suite: fixed keys, a file as database, nothing outside `var/`."""

from __future__ import annotations

import atexit
import base64
import os
import shutil
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
# A folder of its own for every process, so that two runs of the suite at once do not share a database.
_PLACE = _ROOT / "var" / "test" / f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')}-{os.getpid()}"
os.environ.setdefault("MRM_SECRET_KEY", "only-for-tests-" + "x" * 50)
os.environ.setdefault("MRM_DATA_KEY", base64.b64encode(b"only for tests, thirty-two bytes").decode())
os.environ.setdefault("MRM_SPLIT_KEY", "only-for-tests")
os.environ["MRM_VAR_DIR"] = str(_PLACE)
_PLACE.mkdir(parents=True, exist_ok=True)
atexit.register(shutil.rmtree, _PLACE, ignore_errors=True)

from mrm.settings.base import *  # noqa: E402, F403

# Argon2 costs 50 ms on purpose; the suite signs in thousands of times.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["*"]
# Counted as everywhere; the tests of the limits set their own.
MRM_LIMITS = dict.fromkeys(MRM_LIMITS, 1_000_000)  # noqa: F405
INSTALLED_APPS = [*INSTALLED_APPS, "django_linear_migrations"]  # noqa: F405 (keeps migrations linear; a linter)
