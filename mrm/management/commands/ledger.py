"""The ledger from the command line: export, verify, prove, anchor, stream, and the keys of its checkpoints.

Whoever has a shell on this machine is an operator already; nothing here asks who it is, and nothing here can change an
entry. Exit codes of `verify` are those of docs/formats.md: 0 intact, 1 broken, 2 unreadable, 3 unproven.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.anchors.place import AnchorFailed
from audit.checkpoint import NotAKey
from audit.sealer import Inconsistent
from audit.sealer_folder import Unusable
from audit.verdicts import Judgement, Verdict, proven, unproven
from mrm.lib.errors import Refusal
from mrm.management import ledger_acts as acts


class Command(BaseCommand):
    help = (__doc__ or "").splitlines()[0]

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parts = parser.add_subparsers(dest="act", required=True)
        made = parts.add_parser("init-key", help="make the log's first private key in MRM_SEALER_DIR")
        made.add_argument(
            "--origin", required=True, help="the log's name for good, such as bank.example/ledger"
        )
        parts.add_parser("rotate-key", help="make a new key; the next checkpoint is signed by both")
        exported = parts.add_parser("export", help="write the whole ledger as one file")
        exported.add_argument("file", type=Path)
        verified = parts.add_parser("verify", help="recompute the ledger of the database, or a bundle")
        verified.add_argument("--bundle", type=Path, help="verify this file instead of the database")
        verified.add_argument("--key", help="public key of the log (without it: MRM_LEDGER_KEY)")
        verified.add_argument(
            "--checkpoint", type=Path, action="append", default=[], help="a note held outside"
        )
        verified.add_argument("--json", action="store_true")
        proved = parts.add_parser("prove", help="write a proof that one entry or decision is in the ledger")
        what = proved.add_mutually_exclusive_group(required=True)
        what.add_argument("--entry", type=int)
        what.add_argument("--decision")
        proved.add_argument("--output", type=Path, help="a file; without it standard output")
        parts.add_parser("anchor", help="bring the newest checkpoint to every configured place now")
        streamed = parts.add_parser("stream", help="JSON lines for a SIEM, from a cursor on")
        streamed.add_argument("--after", default="0", help="the cursor of the last line that arrived")
        streamed.add_argument("--limit", type=int, default=10_000)

    def handle(self, *_: Any, act: str, **asked: Any) -> None:
        doing: dict[str, Callable[[dict[str, Any]], int]] = {
            "init-key": self._init_key,
            "rotate-key": self._rotate_key,
            "export": self._export,
            "verify": self._verify,
            "prove": self._prove,
            "anchor": self._anchor,
            "stream": self._stream,
        }
        try:
            code = doing[act](asked)
        except (Refusal, Unusable, Inconsistent, NotAKey, AnchorFailed, OSError) as refusal:
            raise CommandError(str(refusal), returncode=2) from None
        if code:
            raise SystemExit(code)

    def _init_key(self, asked: dict[str, Any]) -> int:
        key = acts.init_key(asked["origin"])
        self.stdout.write(f"{key.text}\n")
        self.stderr.write(
            "Give this public key to audit, and set it as MRM_LEDGER_KEY where the web and workers run."
        )
        return 0

    def _rotate_key(self, asked: dict[str, Any]) -> int:  # noqa: ARG002 (every act takes what was asked)
        self.stdout.write(f"{acts.rotate_key().text}\n")
        self.stderr.write(
            "Recorded. The next checkpoint is signed by both keys; then the old private key is destroyed."
        )
        return 0

    def _export(self, asked: dict[str, Any]) -> int:
        lines, digest = acts.export(asked["file"])
        self.stdout.write(f"{lines} lines, SHA-256 {digest}\n")
        return 0

    def _verify(self, asked: dict[str, Any]) -> int:
        notes = [path.read_text() for path in asked["checkpoint"]]
        verdict = acts.verify(bundle=asked["bundle"], key=asked["key"], notes=notes)
        self.stdout.write(f"{json.dumps(verdict.plain())}\n" if asked["json"] else _told(verdict))
        return verdict.judgement.exit_code

    def _prove(self, asked: dict[str, Any]) -> int:
        content = acts.prove(entry=asked["entry"], decision=asked["decision"])
        if asked["output"]:
            asked["output"].write_bytes(content)
        else:
            self.stdout.write(content.decode())
        return 0

    def _anchor(self, asked: dict[str, Any]) -> int:  # noqa: ARG002
        outcomes = acts.anchor()
        for outcome in outcomes:
            self.stdout.write(
                f"{'held' if outcome.ok else 'NOT HELD':<9} {outcome.kind} {outcome.where}: {outcome.said}\n"
            )
        return 0 if all(outcome.ok for outcome in outcomes) else 1

    def _stream(self, asked: dict[str, Any]) -> int:
        for line in acts.lines(after=asked["after"], limit=asked["limit"]):
            sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()
        return 0


def _told(verdict: Verdict) -> str:
    lines = [
        f"{str(verdict.judgement).upper()}: {verdict.entries} entries, {verdict.records} records, head {verdict.head}"
    ]
    lines += [f"  fault {found.code} at {found.place}: {found.what}" for found in verdict.faults]
    lines += [f"  proven: {words}" for words in proven(verdict)]
    if verdict.judgement != Judgement.UNREADABLE:
        lines += [f"  not proven: {words}" for words in unproven(verdict)]
    return "\n".join(lines) + "\n"
