"""A published view answers for one applicant at a time; what it does not know, or knew too long ago, it says."""

from __future__ import annotations

import json
import uuid
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from audit import guards
from audit.access_log import Via
from audit.models import Access
from audit.selectors import rows
from mrm.lib.errors import Invalid, NotAllowed, Unavailable
from quant.transactions import form
from registry import feature_lookup, feature_stores, feature_views, vault
from registry.feature_lookup import Found, Missed, Reason
from registry.models import FeatureRow
from tests.plugin_services import broker_url
from tests.training.feature_views.viewed import DEFINITION, EPOCH

pytestmark = pytest.mark.django_db(transaction=True)
BUILT = date(2024, 4, 1)
NAMES = [feature.name for feature in DEFINITION.features]
STORES = ["database", pytest.param("redis", marks=pytest.mark.broker)]


@pytest.fixture(params=STORES)
def view(request, cast, settings):
    settings.MRM_FEATURE_STORE_URL = broker_url() if request.param == "redis" else ""
    return _view(cast, "c" * 64)


def _view(cast, digest):
    """Of c1 two applications, of c2 one without any history, and one of nobody."""
    import pyarrow as pa

    from registry.frames.content import to_parquet

    values = [[1.5, 2.5, None, 4.5]] * len(NAMES)
    features = pa.table({"id": [1, 2, 3, 4], **dict(zip(NAMES, values, strict=True))})
    day = (BUILT - EPOCH).days
    holders = pa.table({"customer": ["c1", "c1", "c2", None], "day": [day - 5, day, day, day]})
    parts = {
        part: vault.put_view_part(view=digest, name=part, content=to_parquet(table))
        for part, table in ((feature_views.FEATURES, features), (feature_views.HOLDERS, holders))
    }
    # A name of its own: a Redis is not emptied between two tests.
    built = feature_views.BuiltView(f"v{uuid.uuid4().hex[:20]}", form.dump(DEFINITION), digest, 4, {}, parts)
    return feature_views.record_view(actor=cast.dana, built=built)


def _published(cast, work, view):
    feature_lookup.request_publication(actor=cast.dana, view=view)
    job = work()[-1]
    assert job.state == "succeeded", job.reason
    return job


def _asked(cast, view, customer, days=0):
    on = BUILT + timedelta(days=days)
    return feature_lookup.look_up(actor=cast.lia, view=view, customer=customer, on=on, via=Via.API)


def test_the_latest_features_of_an_applicant_are_found_with_their_age(cast, work, view):
    assert _published(cast, work, view).result["applicants"] == 2
    found = _asked(cast, view, "c1", days=3)
    assert found == Found(dict.fromkeys(NAMES, 2.5), BUILT, 3)
    assert _asked(cast, view, "c2").features == dict.fromkeys(NAMES)


def test_a_miss_is_stated_with_its_reason(cast, work, view):
    assert _asked(cast, view, "c1") == Missed(Reason.UNKNOWN)
    _published(cast, work, view)
    assert _asked(cast, view, "nobody") == Missed(Reason.UNKNOWN)
    assert _asked(cast, view, "c1", days=-1) == Missed(Reason.UNKNOWN)
    assert isinstance(_asked(cast, view, "c1", days=DEFINITION.max_age_days), Found)
    assert _asked(cast, view, "c1", days=DEFINITION.max_age_days + 1) == Missed(Reason.TOO_OLD)


def test_what_was_erased_is_not_found_and_not_published_again(cast, work, view):
    from tests.accounts.granting import enrolled

    paul = enrolled("paul", "Paul Prado", "privacy_officer")
    _published(cast, work, view)
    assert feature_lookup.erase_features(actor=paul, customer="c1", why="They asked.") == 1
    _published(cast, work, view)
    assert _asked(cast, view, "c1") == Missed(Reason.UNKNOWN)
    assert isinstance(_asked(cast, view, "c2"), Found)
    erased = next(entry for entry in rows() if entry.event == "features:erased")
    assert feature_lookup.token_of("c1") not in bytes(erased.body).decode()


def test_erasing_needs_a_reason_and_the_privacy_officer(cast, view):
    from tests.accounts.granting import enrolled

    paul = enrolled("paul", "Paul Prado", "privacy_officer")
    with pytest.raises(Invalid):
        feature_lookup.erase_features(actor=paul, customer="c1", why=" ")
    for user in (cast.dana, cast.lia, cast.root):
        with pytest.raises(NotAllowed):
            feature_lookup.erase_features(actor=user, customer="c1", why="No.")


def test_who_read_whose_features_is_noted_and_a_miss_is_no_read(cast, work, view):
    _published(cast, work, view)
    for customer, days in (("nobody", 0), ("c1", -1), ("c1", DEFINITION.max_age_days + 1)):
        assert isinstance(_asked(cast, view, customer, days=days), Missed)
    assert not Access.objects.exists()
    for customer in ("c1", "c1", "c2"):
        _asked(cast, view, customer)
    noted = list(Access.objects.order_by("at"))
    assert {(each.event, each.actor_id, each.via) for each in noted} == {
        ("features:read", cast.lia.ledger_id, "api")
    }
    first, again, other = (each.subject_id for each in noted)
    assert (first, first == again, first == other) == (feature_lookup.reading_of("c1").id, True, False)
    # Whoever holds the store cannot say whose reads these are.
    assert feature_lookup.token_of("c1") not in bytes(noted[0].body).decode()


def test_without_its_note_nothing_is_shown(cast, work, settings):
    settings.MRM_FEATURE_STORE_URL = ""
    view = _view(cast, "9" * 64)
    _published(cast, work, view)
    guard = guards.Guard("access_full", "audit_access", guards.On.INSERT, guards.ALWAYS, "the disk is full")
    # The guard is undone with the transaction.
    with pytest.raises(DatabaseError, match="the disk is full"), transaction.atomic():
        with connection.cursor() as cursor:
            for statement in guards._create(guard):
                cursor.execute(statement, None)
        _asked(cast, view, "c1")


@pytest.mark.parametrize("name", ["dana", "victor", "ada", "otto", "quinn", "root"])
def test_only_whoever_may_decide_looks_an_applicant_up(cast, name):
    view = _view(cast, "d" * 64)
    with pytest.raises(NotAllowed):
        feature_lookup.look_up(actor=getattr(cast, name), view=view, customer="c1", on=BUILT, via=Via.API)


def test_neither_the_customer_nor_a_value_stands_in_the_table(cast, work, settings):
    settings.MRM_FEATURE_STORE_URL = ""
    _published(cast, work, _view(cast, "e" * 64))
    kept = FeatureRow.objects.values_list("token", "sealed")
    assert len(kept) == 2
    assert not any(
        b"c1" in bytes(sealed) or b"2.5" in bytes(sealed) or "c1" in token for token, sealed in kept
    )


def test_a_row_moved_to_another_applicant_is_refused(cast, work, settings):
    settings.MRM_FEATURE_STORE_URL = ""
    view = _view(cast, "f" * 64)
    _published(cast, work, view)
    other = FeatureRow.objects.get(token=feature_lookup.token_of("c2"))
    FeatureRow.objects.filter(token=feature_lookup.token_of("c1")).update(sealed=other.sealed)
    with pytest.raises(Unavailable):
        _asked(cast, view, "c1")


def test_a_store_that_does_not_answer_is_no_miss(cast, settings):
    settings.MRM_FEATURE_STORE_URL = "redis://127.0.0.1:1/0"
    with pytest.raises(Unavailable, match="nothing was found or missed"):
        feature_stores.store().get(_view(cast, "a" * 64), "t")


def test_by_api_a_view_is_published_and_one_applicant_looked_up(cast, work, client_of, settings):
    settings.MRM_FEATURE_STORE_URL = ""
    view = _view(cast, "b" * 64)
    here = f"/api/v1/feature-views/{view.pk}"
    assert client_of(cast.dana).post(f"{here}/publication").status_code == 202
    work()
    lia = client_of(cast.lia)
    # Built in 2024, so today it is too old for anybody.
    old = lia.post(f"{here}/look-ups", {"customer": "c1"}, format="json").json()
    assert (old["is_found"], old["reason"], old["features"]) == (False, "too_old", None)
    unknown = lia.post(f"{here}/look-ups", {"customer": "c9"}, format="json").json()
    assert (unknown["is_found"], unknown["reason"]) == (False, "unknown")
    published = next(entry for entry in rows() if entry.event == "feature_view:published")
    assert json.loads(bytes(published.body))["facts"]["applicants"] == 2
