"""The inside of a child process: one function on one folder, and an end when the parent is gone.

Run as `python -m mrm.lib.child module:function FOLDER`. Standard input is a pipe that the parent holds open: at its
end of file the parent is dead, whatever killed it, and so is this process.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import threading
from pathlib import Path

from mrm.lib.errors import Refusal, reasons_of

PARENT_IS_GONE = 77


def main(target: str, folder: Path) -> int:
    threading.Thread(target=_die_with_parent, daemon=True).start()
    module, _, function = target.partition(":")
    try:
        getattr(importlib.import_module(module), function)(folder)
    except Refusal as refusal:
        (folder / "refusal.json").write_text(json.dumps({"reasons": reasons_of(refusal)}))
        return 1
    return 0


def _die_with_parent() -> None:
    # The bare descriptor: a buffered reader's lock, held by this thread, would abort the interpreter at its end.
    while os.read(sys.stdin.fileno(), 1):
        pass
    os._exit(PARENT_IS_GONE)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
