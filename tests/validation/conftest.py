from __future__ import annotations

import pytest

from tests.cast import Cast
from tests.validation.cases import Case, Drawn, case_in_validation
from tests.validation.drawing import dated, drawn

__all__ = ["case", "dated", "drawn"]


@pytest.fixture
def case(cast: Cast, drawn: Drawn) -> Case:
    """A version of a tier 1 model in validation, without evidence yet."""
    return case_in_validation(cast, drawn)
