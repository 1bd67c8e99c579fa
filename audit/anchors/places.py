"""Which places the settings name. What is wrong with a setting is said when the place is asked to hold something."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from audit.anchors.authority import Authority
from audit.anchors.folder import Folder
from audit.anchors.mail import Mail
from audit.anchors.place import Place


def configured() -> tuple[Place, ...]:
    """The configured places, the quickest first. Never raises."""
    places: list[Place] = []
    if settings.MRM_ANCHOR_FOLDER:
        places.append(Folder(Path(settings.MRM_ANCHOR_FOLDER)))
    if settings.MRM_ANCHOR_TSA_URL:
        places.append(Authority(settings.MRM_ANCHOR_TSA_URL, settings.MRM_ANCHOR_TSA_ROOTS))
    if settings.MRM_ANCHOR_MAIL:
        places.append(Mail(settings.MRM_ANCHOR_MAIL, settings.MRM_MAIL_FROM))
    return tuple(places)
