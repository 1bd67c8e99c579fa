"""Print the handbook of the checks as Markdown."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from validation import handbook, standards


class Command(BaseCommand):
    help = "Print what every check asks, needs and cannot say, as Markdown (docs/battery.md)."

    def add_arguments(self, parser: Any) -> None:  # Any: Django's parser
        parser.add_argument(
            "--standard", default="card-limit-demo", help="whose forces are told; one that ships"
        )

    def handle(self, *, standard: str, **_: Any) -> None:  # Any: Django's other options
        self.stdout.write(handbook.page(standards.load(standards.committed(standard))), ending="")
