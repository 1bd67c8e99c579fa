"""Anchors: the newest checkpoint is brought to where the holder of the database, of every right on this machine and
even of the signing key cannot change it.

    anchor_due()       after a round of the sealer: the places whose time has come; never raises
    anchor_all()       by hand: every configured place now
    configured()       the places that the settings name
    held_in(folder)    what a folder outside holds, to compare with the log
    checked_token()    what a timestamp says, once it is verified against trusted roots
"""

from audit.anchors.folder import Held, Misfiled, held_in
from audit.anchors.place import AnchorFailed, Kind, Outcome, Place
from audit.anchors.places import configured
from audit.anchors.selectors import Age, Anchored, ages, anchors_of, due, newest_by_place
from audit.anchors.services import anchor_all, anchor_due, carried_by_dossier
from audit.anchors.tokens import checked_token, openssl_command

__all__ = [
    "Age",
    "AnchorFailed",
    "Anchored",
    "Held",
    "Kind",
    "Misfiled",
    "Outcome",
    "Place",
    "ages",
    "anchor_all",
    "anchor_due",
    "anchors_of",
    "carried_by_dossier",
    "checked_token",
    "configured",
    "due",
    "held_in",
    "newest_by_place",
    "openssl_command",
]
