"""Run the sealer: segments, checkpoints and anchors of the ledger, until it is asked to stop."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.selectors import the_installation
from audit.sealer_folder import Folder, Unusable
from audit.watch import Watch
from mrm.startup import refuse_unguarded


class Command(BaseCommand):
    help = __doc__ or ""

    def handle(self, *_: Any, **__: Any) -> None:
        refuse_unguarded()
        folder, stop = Folder(settings.MRM_SEALER_DIR), threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        try:
            if not folder.keys():
                raise CommandError(
                    f"There is no key in {folder.path}. Make one with `manage.py ledger init-key --origin NAME`."
                )
            Watch(folder=folder, actor=the_installation()).run(stop)
        except Unusable as refusal:
            raise CommandError(str(refusal)) from None
