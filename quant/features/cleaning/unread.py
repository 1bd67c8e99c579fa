"""Why a text could not be read. The reason never holds the text."""

from enum import StrEnum


class Unread(StrEnum):
    """`format`: no declared spelling; `impossible`: a day that never was; `ambiguous`: two readings; `unit`: another
    currency than the declared one."""

    FORMAT = "format"
    IMPOSSIBLE = "impossible"
    AMBIGUOUS = "ambiguous"
    UNIT = "unit"
