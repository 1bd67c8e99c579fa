"""The letter of the law in one module, so that its world is built once for all of it: what mutants are tried against.
Not collected by itself; its tests run in their own files."""

from __future__ import annotations

from tests.approvals import test_letter_of_force, test_letter_of_requests, test_letter_of_signing

for _module in (test_letter_of_signing, test_letter_of_requests, test_letter_of_force):
    _shared = set(_module.__all__)
    globals().update(
        {name: each for name, each in vars(_module).items() if name.startswith("test_") or name in _shared}
    )
