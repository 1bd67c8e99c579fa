"""What runs in processes of their own for the tests of this folder, and the questions asked of their database."""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main(command: str, *arguments: str) -> None:
    import django

    django.setup()
    {"build": build, "count": count, "migrate": migrate, "ask": ask}[command](*arguments)


def migrate() -> None:
    """A fresh database, as an operator migrates it: with every check that the command asks."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0, skip_checks=False)


def build(folder: str) -> None:
    """A version in force; prints a loan officer's token and an application."""
    from accounts.services import issue_token, permissions_of
    from tests.scoring.worlds import deployed_world

    migrate()
    world = deployed_world(Path(folder))
    lia = world.cast.lia
    _, secret = issue_token(actor=lia, name="test", days=1, scopes=sorted(permissions_of(lia)))
    print(json.dumps({"token": secret, "body": world.body()}))


def count() -> None:
    """Decisions, payloads, rows that wait for the sealer, and answered keys: equal, or something is half."""
    from accounts.models import IdempotencyKey
    from audit.models import Unsealed
    from scoring.models import Decision, DecisionPayload

    keys = IdempotencyKey.objects.exclude(answer=None).count()
    counted = [model.objects.count() for model in (Decision, DecisionPayload)]
    print(json.dumps([*counted, Unsealed.objects.filter(log="decisions").count(), keys]))


def ask() -> None:
    """Two imports and a training over a snapshot that stands already."""
    from registry import snapshots
    from tests.cast import enrol_cast
    from tests.registry import built
    from training.services import request_training

    cast = enrol_cast()
    risk_model, standing = built.accepted_model(cast), built.frozen_snapshot(cast.dana)
    for rows in (600, 700):
        snapshots.import_snapshot(
            actor=cast.dana, upload=built.card_csv(rows), declaration=built.declaration(name=f"rows-{rows}")
        )
    request_training(
        actor=cast.dana, risk_model=risk_model, snapshot=standing, recipe="card-limit", settings=built.SMALL
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
