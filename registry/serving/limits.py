"""What a process that reads untrusted bytes may use, set once before it reads them."""

import resource
from dataclasses import dataclass

OPEN_FILES = 256


@dataclass(frozen=True)
class Limits:
    """`file_bytes` 0: nothing is written to any file. None: as before."""

    memory_bytes: int
    cpu_seconds: int
    file_bytes: int | None = None


def limit(limits: Limits) -> None:
    """For this process, from now on; nothing raises them again."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    if limits.file_bytes is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limits.file_bytes, limits.file_bytes))
