from __future__ import annotations

from collections.abc import Callable

import pytest

from audit.selectors import rows
from tests.cast import Cast
from tests.validation.cases import Case, Drawn, case_in_validation
from tests.validation.drawing import dated, drawn

__all__ = ["case", "dated", "drawn"]


@pytest.fixture
def events() -> Callable[[], list[str]]:
    """The events of the ledger so far."""
    return lambda: [row.event for row in rows()]


@pytest.fixture
def case(cast: Cast, drawn: Drawn) -> Case:
    """A version of a tier 1 model in validation, without evidence yet."""
    return case_in_validation(cast, drawn)
