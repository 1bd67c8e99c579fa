"""Single numbers that come in, checked once. Imports nothing heavy, so that verdicts can be read anywhere."""

from quant.errors import BadInput


def share(name: str, value: float) -> float:
    """One number strictly between 0 and 1, such as an α, a level or an assigned PD."""
    if not 0 < value < 1:
        raise BadInput(f"Cannot use {name} = {value}: it must lie strictly between 0 and 1.")
    return float(value)
