"""A sealer of a test: its folder with one key, and a round whenever the test asks for one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from accounts.selectors import the_installation
from audit import guards, lease, segments
from audit.checkpoint import Note, SigningKey
from audit.sealer import Sealer
from audit.sealer_folder import Folder

ORIGIN = "tests.example/log"


@dataclass
class Sealing:
    folder: Folder
    key: SigningKey
    held: lease.Lease | None = None

    def sign(self) -> Note | None:
        """Seal what waits, then sign what is new."""
        actor = the_installation()
        self.held = self.held or lease.take()
        for log in segments.waiting():
            segments.seal(actor=actor, log=log)
        return Sealer(folder=self.folder, actor=actor, held=self.held).checkpoint()


def sealing_in(path: Path) -> Sealing:
    folder = Folder(path)
    return Sealing(folder, folder.add_key(ORIGIN))


def tampered(statement: str, *parameters: object) -> None:
    """A statement of somebody who holds the database, with the guards out of the way."""
    guards.lift()
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
    finally:
        guards.install()
