"""Would the suite notice? Every small change to the code that proves the ledger, one at a time: `make prove
ONLY=mutation`. `ARGS="--only sealer"` tries one module, `ARGS="--sample 100"` some mutants of all.
"""

from __future__ import annotations

import argparse
import sys

from tests.prove import _mutation
from tests.prove._report import report

TARGET = _mutation.Target(
    "audit",
    modules=(
        "audit.tree",
        "audit.checkpoint",
        "audit.chain",
        "audit.shapes",
        "audit.walk",
        "audit.keys",
        "audit.examination",
        "audit.bundle",
        "audit.verdicts",
        "audit.sealer",
        "audit.sealer_folder",
        "audit.segments",
        "audit.tiles",
        "audit.proofs",
        "audit.verifier",
    ),
    # Tests without processes of their own: a change made here is not seen in another process.
    tests=(
        "tests/audit/test_sealer.py",
        "tests/audit/test_ledger.py",
        "tests/audit/test_both_verifiers.py",
        "tests/audit/test_offline_verifier.py",
        "tests/audit/test_commands.py",
        "tests/audit/test_usual_form.py",
        "tests/audit/test_mutants_*.py",
    ),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    _mutation.add_arguments(parser, TARGET)
    chosen = _mutation.chosen_of(parser.parse_args())
    figures = _mutation.tried(TARGET, chosen)
    return 0 if chosen.is_a_look else report("mutation", figures)


if __name__ == "__main__":
    sys.exit(main())
