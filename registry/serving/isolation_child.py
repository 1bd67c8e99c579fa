"""Runs in its own process: limits first, then the untrusted bytes, then one line of JSON."""

import json
import sys
from pathlib import Path

from registry.serving import limits

ADDRESS_SPACE_BYTES = 2 * 1024**3
CPU_SECONDS = 30


def main(folder: Path) -> int:
    # The answer goes through the pipe.
    limits.limit(limits.Limits(ADDRESS_SPACE_BYTES, CPU_SECONDS, file_bytes=0))
    # XGBoost imports scikit-learn wherever it finds it: five seconds and much code for nothing here.
    sys.modules["sklearn"] = None  # type: ignore[assignment]
    from mrm.lib.errors import Refusal
    from registry.artifacts import read_candidate
    from registry.serving.door import build

    try:
        served = build(read_candidate(folder))
        scored = served.score(served.parse(served.parts.example))
    except Refusal as refusal:
        return _say({"refused": refusal.message})
    except MemoryError:
        return _say({"refused": "The artefact was refused: loading it needs more memory than is allowed."})
    if scored.base_points + sum(scored.group_points.values()) != scored.points:
        return _say({"refused": "The artefact was refused: its contributions do not add up to its score."})
    return _say({"digest": served.digest})


def _say(answer: dict[str, str]) -> int:
    sys.stdout.write("\n" + json.dumps(answer) + "\n")
    sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
