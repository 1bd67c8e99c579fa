"""What README.md prints is what is there."""

import hashlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_readme_prints_the_digest_of_the_offline_verifier():
    digest = hashlib.sha256((ROOT / "audit" / "verifier.py").read_bytes()).hexdigest()
    assert digest in (ROOT / "README.md").read_text()
