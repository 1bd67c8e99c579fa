"""Reading a form of several parts, where the framework's own refusals still can be told in our words."""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from rest_framework.request import Request

from mrm.lib.errors import Malformed, TooLarge


def read_parts(request: Request, *names: str) -> None:
    """Parse the form now. TooLarge and Malformed where it is not one of these parts."""
    try:
        _ = request.data
    except RequestDataTooBig:
        raise TooLarge("A part of the form is too large. The bytes go into the part `file`.") from None
    except SuspiciousOperation:
        listed = " and ".join(f"`{name}`" for name in names)
        raise Malformed(f"The form has more parts than are read: {listed}.") from None
