"""At the start: a signing key that is named in two ways, or half, stops the process before it seals anything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register

from reports.signing import key_faults


@register(Tags.security)
def signing_key_is_named_once(**_: Any) -> Sequence[CheckMessage]:
    return [Error(fault, id="reports.E001") for fault in key_faults()]
