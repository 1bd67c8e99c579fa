"""Say whether this installation keeps what it promises: rules, guards, ledger, sealed bytes. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand

from audit import selectors
from mrm.desk.standing import promises
from mrm.lib.errors import Unavailable
from registry import vault
from registry.models import SealedArtifact


class Command(BaseCommand):
    help = __doc__ or ""

    def handle(self, *_: Any, **__: Any) -> None:
        is_well = True
        for question, faults in _questions():
            found = list(faults)
            is_well &= not found
            self.stdout.write(f"{'well' if not found else 'NOT WELL':<9} {question}")
            for fault in found:
                self.stdout.write(f"          {fault}")
        raise SystemExit(0 if is_well else 1)


def _questions() -> Iterator[tuple[str, Iterator[str]]]:
    for promise in promises():
        yield promise.words, iter(promise.faults)
    verified = selectors.verify()
    words = f"The chain of {verified.entries} entries is intact up to {verified.head[:16]}"
    yield words, (f"{fault.code} at {fault.place}: {fault.what}" for fault in verified.faults)
    yield (
        f"The bytes of {SealedArtifact.objects.count()} sealed artefacts match their digests",
        _broken_seals(),
    )


def _broken_seals() -> Iterator[str]:
    for digest in SealedArtifact.objects.values_list("digest", flat=True):
        try:
            vault.artifacts().read_sealed(digest)
        except Unavailable as refusal:
            yield refusal.message
