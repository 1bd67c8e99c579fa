"""Django's start must not pay for the numerical libraries."""

from __future__ import annotations

import subprocess
import sys


def test_door_store_and_frames_import_without_the_numerical_stack():
    code = (
        "import sys, registry.serving, registry.artifacts, registry.frames, training.recipes, training.card;"
        "import quant.policy, quant.reasons, quant.features.form;"
        "print(sorted(set(sys.modules) & {'numpy', 'xgboost', 'pandas', 'pyarrow', 'sklearn', 'scipy'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
