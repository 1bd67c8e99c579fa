"""Features of bookings that a request brings: the bits of the view, every fault by its place, and nothing is kept."""

from __future__ import annotations

import random

import pytest

from accounts.models import IdempotencyKey
from audit.selectors import rows as entries
from mrm.lib.errors import NotAllowed
from quant.transactions import form
from registry import feature_values, feature_views
from registry.feature_views import BuiltView
from registry.models import FeatureView
from tests.quant_transactions import drawn
from tests.training.feature_views import viewed
from tests.training.sources import lying

pytestmark = pytest.mark.django_db(transaction=True)
MEANT = {"on": "booked_on", "amount": "amount_minor", "category": "category", "balance": "balance_minor"}
DEFINITION = form.dump(viewed.DEFINITION) | {"tolerance_days": 2}
BOOKING = {"booked_on": "2024-03-05", "amount_minor": -7, "category": "RENT", "balance_minor": 3}


@pytest.fixture
def view(cast):
    built = BuiltView("bank", form.dump(viewed.DEFINITION), "a" * 64, 1, {}, {})
    return feature_views.record_view(actor=cast.dana, built=built)


@pytest.fixture
def ask(cast, client_of, view):
    lia = client_of(cast.lia)

    def asked(bookings, applied_on="2024-04-01"):
        body = {"applied_on": applied_on, "bookings": bookings}
        return lia.post(f"/api/v1/feature-views/{view.pk}/values", body, format="json")

    return asked


def _faults(answer):
    assert answer.status_code == 422
    return {(each["pointer"], each["code"]) for each in answer.json()["errors"]}


def test_a_request_is_told_what_the_view_holds_bit_for_bit(cast, work, client_of, tmp_path, settings):
    booked, applied = _built(cast, work, tmp_path, settings)
    view, lia = FeatureView.objects.get(), client_of(cast.lia)
    for held, (_, who, on) in zip(_rows(cast, view), applied, strict=True):
        own = [{meant: row[name] for name, meant in MEANT.items()} for row in booked if row["who"] == who]
        body = {"applied_on": on.isoformat(), "bookings": own}
        told = lia.post(f"/api/v1/feature-views/{view.pk}/values", body, format="json").json()
        names = [feature.name for feature in viewed.DEFINITION.features]
        assert drawn.bits(told["features"].values()) == drawn.bits(held[name] for name in names)
        assert (told["definition_digest"], told["as_of"]) == (view.definition_digest, on.isoformat())


def _built(cast, work, folder, settings):
    """Some applications, of which some have no account, and their view made by the job."""
    from training import services

    settings.MRM_SOURCES_DIR = str(folder)
    draw = random.Random(11)
    booked, applied = drawn.bookings(draw, 150), drawn.applications(draw, 12)
    lying.parquet(folder, "t.parquet", booked)
    lying.parquet(
        folder, "a.parquet", [{"id": place, "who": who, "at": str(on)} for place, who, on in applied]
    )
    asked = viewed.asked(viewed.source("t.parquet"), viewed.source("a.parquet"), form.load(DEFINITION))
    services.request_feature_view(actor=cast.dana, view=asked)
    assert [job.state for job in work()] == ["succeeded"]
    return booked, applied


def _rows(cast, view):
    from registry.frames.content import from_parquet

    rows = from_parquet(feature_views.read_features(actor=cast.dana, view=view)).to_pylist()
    assert {row["inflow_90d"] is None for row in rows} == {True, False}
    return rows


def test_every_fault_is_told_by_its_place_and_no_cell_is_repeated(ask):
    amount, day = BOOKING | {"amount_minor": 13.37}, BOOKING | {"booked_on": "05/03/2024"}
    answer = ask(
        [BOOKING, amount, day, 7, BOOKING | {"category": 8, "balance_minor": 2**53}], applied_on="tomorrow"
    )
    assert _faults(answer) == {
        ("/applied_on", "date"),
        ("/bookings/1/amount_minor", "integer"),
        ("/bookings/2/booked_on", "date"),
        ("/bookings/3", "type"),
        ("/bookings/4/category", "type"),
        ("/bookings/4/balance_minor", "integer"),
    }
    assert not any(cell in answer.content.decode() for cell in ("13.37", "05/03", "tomorrow", str(2**53)))


@pytest.mark.parametrize(
    ("bookings", "fault"),
    [
        ([BOOKING, BOOKING | {"balence": 41}], ("/bookings/1", "unknown")),
        ([BOOKING | {"customer": "c1"}], ("/bookings/0", "unknown")),
        ([BOOKING | {"amount_minor": 2**52}] * 2, ("/bookings", "overflow")),
        ([{}] * 20_001, ("/bookings", "too_many")),
        ({"booked_on": "2024-03-05"}, ("/bookings", "not_a_list")),
    ],
)
def test_what_cannot_be_computed_is_refused(ask, bookings, fault):
    assert _faults(ask(bookings)) == {fault}


def test_without_bookings_all_is_missing_and_what_no_measure_needs_may_be_left_out(ask):
    assert set(ask([]).json()["features"].values()) == {None}
    told = ask([{"booked_on": "2024-03-05T10:00", "amount_minor": -7}]).json()["features"]
    assert (told["outflow_30d"], told["rent_30d"], told["floor_30d"]) == (7, 0.0, None)


def test_neither_the_body_nor_the_answer_is_kept_whatever_key_comes_with_it(cast, client_of, view):
    lia, before = client_of(cast.lia), [*entries()]
    bodies = [
        ("values", {"applied_on": "2024-04-01", "bookings": [BOOKING]}),
        ("values", {"applied_on": "2024-04-01", "bookings": []}),
        ("look-ups", {"customer": "c1"}),
    ]
    for path, body in bodies:
        here = f"/api/v1/feature-views/{view.pk}/{path}"
        answer = lia.post(here, body, format="json", headers={"Idempotency-Key": "once"})
        assert answer.status_code == 200
    assert not IdempotencyKey.objects.exists()
    assert [*entries()] == before


@pytest.mark.parametrize("name", ["dana", "victor", "ada", "otto", "quinn", "root"])
def test_only_whoever_may_decide_has_them_computed(cast, view, name):
    with pytest.raises(NotAllowed):
        feature_values.compute(actor=getattr(cast, name), view=view, applied_on="2024-04-01", bookings=[])
