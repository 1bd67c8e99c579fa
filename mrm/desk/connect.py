"""What a program needs to come in, as lines that run as printed: where, with which token, and one request of each kind
that its owner may make."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import allows
from accounts.models import User
from accounts.permissions import Permission
from mrm.lib.errors import Unavailable
from registry.models import ModelVersion
from registry.selectors import example_of
from scoring.selectors import scorable

_BEARER = '-H "Authorization: Bearer $COUNTERSIGN_TOKEN"'
REFERENCE = "connect-example"


@dataclass(frozen=True)
class Snippet:
    """Lines for a shell, or for Python without any package; the permission is the scope that its token needs."""

    title: str
    words: str
    lines: str
    permission: str = ""


def snippets_of(*, actor: User) -> Iterator[Snippet]:
    yield Snippet(
        _("Where, and as whom"),
        _("In every shell first. Paste the token instead of the word."),
        f"export COUNTERSIGN_URL={settings.MRM_PUBLIC_URL}\nexport COUNTERSIGN_TOKEN=TOKEN",
    )
    if allows(actor=actor, permission=Permission.INVENTORY_READ):
        yield Snippet(
            _("Read the inventory"),
            _("Every model that you may see."),
            f'curl -sf {_BEARER} "$COUNTERSIGN_URL{reverse("api-model-list")}"',
            Permission.INVENTORY_READ,
        )
    if allows(actor=actor, permission=Permission.TRAINING_REQUEST):
        yield Snippet(
            _("MLflow"),
            _(
                "Your own client, unchanged; what the gate refuses stands in your traceback, with the page to ask."
            ),
            f"export MLFLOW_TRACKING_URI={settings.MRM_GATEWAY_URL}\nexport MLFLOW_TRACKING_TOKEN=TOKEN",
            Permission.TRAINING_REQUEST,
        )
    for version in scorable(actor=actor):
        yield from _scoring(version)


def _scoring(version: ModelVersion) -> Iterator[Snippet]:
    try:
        body = {"reference": REFERENCE, "features": example_of(version)}
    except Unavailable:
        # Bytes that are gone or altered score nothing either; the version's page says so.
        return
    words = _(
        "A typical application, and a real decision: it stands among the decisions under the reference %(reference)s."
    ) % {"reference": REFERENCE}
    address = reverse("api-score", args=[version.risk_model.slug])
    sent = json.dumps(body)
    name = version.risk_model.name
    yield Snippet(
        _("Score with curl: %(name)s") % {"name": name},
        words,
        f"curl -s {_BEARER} -H 'Content-Type: application/json' \\\n  -d {shlex.quote(sent)} \\\n"
        f'  "$COUNTERSIGN_URL{address}"',
        Permission.DECISION_MAKE,
    )
    yield Snippet(
        _("Score with Python: %(name)s") % {"name": name},
        words,
        _PYTHON % {"address": address, "sent": repr(sent)},
        Permission.DECISION_MAKE,
    )


_PYTHON = """\
import json, os, urllib.request

application = json.loads(%(sent)s)
request = urllib.request.Request(
    os.environ["COUNTERSIGN_URL"] + "%(address)s",
    data=json.dumps(application).encode(),
    headers={
        "Authorization": "Bearer " + os.environ["COUNTERSIGN_TOKEN"],
        "Content-Type": "application/json",
    },
)
with urllib.request.urlopen(request) as answer:
    print(json.load(answer))"""
