from __future__ import annotations

import pytest

from notices.addresses import set_address
from tests.cast import Cast
from tests.validation.cases import Case, Drawn, case_in_validation
from tests.validation.drawing import drawn

__all__ = ["case", "drawn"]


@pytest.fixture
def case(cast: Cast, drawn: Drawn) -> Case:
    """A version of a tier 1 model in validation, without evidence yet."""
    return case_in_validation(cast, drawn)


@pytest.fixture
def mail(settings):
    """A mail server that takes everything, and the letters it took."""
    from django.core import mail

    settings.MRM_MAIL_FROM = "countersign@bank.example"
    return mail.outbox


@pytest.fixture
def addresses(cast: Cast) -> Cast:
    """Everybody has an address but quinn."""
    for name in ("dana", "victor", "ada", "amir", "otto"):
        set_address(actor=getattr(cast, name), mail=f"{name}@bank.example")
    return cast
