"""`manage.py simulate_portfolio FOLDER --kind vehicle --loans 20000 --seed 7`: a portfolio nobody lent, as parquet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from mrm.lib.errors import Refusal
from training.simulator.plan import Kind, Plan, Portfolio


class Command(BaseCommand):
    help = "Make a portfolio of simulated loans in an empty folder, with the true parameters beside it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="where to; it must be empty or not there")
        parser.add_argument("--kind", choices=list(Kind), default=Kind.VEHICLE)
        parser.add_argument("--loans", type=int, required=True, help="how many applications")
        parser.add_argument("--seed", type=int, required=True, help="equal seeds make equal portfolios")
        parser.add_argument(
            "--portfolio",
            choices=list(Portfolio),
            default=Portfolio.PLANTED,
            help="clean: nothing but declared coefficients; noise: not even these",
        )
        parser.add_argument("--without-leak", action="store_true", help="leave out collection_calls")

    def handle(self, *_: Any, **options: Any) -> None:
        from training.simulator.portfolio import SIDECAR, generate

        folder: Path = options["folder"]
        try:
            plan = Plan(
                options["loans"],
                options["seed"],
                Kind(options["kind"]),
                Portfolio(options["portfolio"]),
                leak=not options["without_leak"],
            )
            written = generate(folder, plan)
        except Refusal as refusal:
            raise CommandError(refusal.message) from None
        except OSError as fault:
            raise CommandError(f"{folder} cannot be written: {fault.strerror}. Name another.") from None
        for table in written:
            self.stdout.write(f"{table.name:<13} {table.rows:>12} rows  {table.digest}")
        self.stdout.write(f"What is true of them stands in {folder / SIDECAR}.")
