"""The two ways in which a measurement is refused. The text says what was refused, why, and what to do."""


class QuantError(ValueError):
    """Nothing was measured."""


class BadInput(QuantError):
    """The input is malformed: wrong shape or length, missing or impossible values."""


class NotMeasurable(QuantError):
    """The input is well formed, but the quantity is undefined on it: only one class is present, say."""
