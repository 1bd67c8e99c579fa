"""Secrets of endpoints, and what a delivery is signed with: the headers of Standard Webhooks."""

from __future__ import annotations

import base64
import datetime as dt

from django.db.models import Q
from standardwebhooks import Webhook

from mrm.lib import clock, sealed_box
from mrm.settings import governance
from notices.models import Endpoint, EndpointSecret

_PURPOSE, _PREFIX = "webhook-secrets", "whsec_"


def renewed_secret(endpoint: Endpoint) -> str:
    """A new secret for a locked endpoint, to be shown once. The one before it signs as well for governance's hours; one
    that was ending already ends now, so that there are never three."""
    moment = clock.now()
    standing = EndpointSecret.objects.filter(endpoint=endpoint)
    standing.filter(ends_at__gt=moment).update(ends_at=moment)
    overlap = dt.timedelta(hours=governance.SECRET_OVERLAP_HOURS)
    standing.filter(ends_at=None).update(ends_at=moment + overlap)
    key = sealed_box.new_key()
    row = EndpointSecret(endpoint=endpoint, made_at=moment)
    row.sealed = sealed_box.seal(sealed_box.derive(_PURPOSE), key, _place(row))
    row.save(force_insert=True)
    return f"{_PREFIX}{base64.b64encode(key).decode()}"


def headers_for(endpoint: Endpoint, message_id: str, body: bytes) -> dict[str, str]:
    """Signed now, with every secret that counts: a receiver accepts one that it knows."""
    moment = clock.now()
    rows = EndpointSecret.objects.filter(Q(ends_at=None) | Q(ends_at__gt=moment), endpoint=endpoint)
    signatures = [
        Webhook(_opened(row)).sign(message_id, moment, body.decode())
        for row in rows.order_by("-made_at", "id")
    ]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def _opened(row: EndpointSecret) -> bytes:
    return sealed_box.unseal(sealed_box.derive(_PURPOSE), bytes(row.sealed), _place(row))


def _place(row: EndpointSecret) -> bytes:
    return f"webhook:{row.endpoint_id}:{row.pk}".encode()
