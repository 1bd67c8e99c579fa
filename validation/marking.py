"""Marks texts for the catalogue of translations; authors install the checks without Django, so none happens here."""


def gettext_noop(text: str) -> str:
    """The text itself; pages look up its translation where they show it."""
    return text
