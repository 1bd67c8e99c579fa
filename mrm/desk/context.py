"""What every page shows around its content."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from mrm.desk.navigation import navigation


def page(request: HttpRequest) -> dict[str, Any]:
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return {"navigation": [], "is_demo": settings.MRM_DEMO}
    return {"navigation": navigation(request), "is_demo": settings.MRM_DEMO}
