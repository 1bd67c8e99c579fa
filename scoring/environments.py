"""The environment a version was put to work in: a decision names it by digest."""

from __future__ import annotations

import functools
import platform
from importlib import metadata

from mrm.lib import canonical

# What the bits of a score can depend on, by the names of their distributions.
_LIBRARIES = ("lightgbm", "numpy", "scipy", "xgboost-cpu", "xgboost")


@functools.cache
def digest() -> str:
    return canonical.digest(described())


def described() -> dict[str, str]:
    """Python, platform and the versions of the numerical libraries of this process, as text."""
    facts = {
        "implementation": platform.python_implementation(),
        "libc": " ".join(platform.libc_ver()),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "system": platform.system(),
    }
    return facts | {f"library:{name}": version for name in _LIBRARIES if (version := _version(name))}


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""
