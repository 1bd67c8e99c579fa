"""Where published features lie: in the database, or in Redis. Both keep ciphertext under tokens and hold no key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, Protocol

from django.conf import settings

from mrm.lib.errors import Unavailable
from registry.models import FeatureRow, FeatureView

# What stands where features were erased, so that they are not published again.
ERASED: Final = b""
_BATCH: Final = 1_000
_SECONDS: Final = 2.0


class Store(Protocol):
    def put(self, view: FeatureView, rows: Mapping[str, bytes]) -> None:
        """Each row by its token, unless something stands there."""

    def get(self, view: FeatureView, token: str) -> bytes:
        """Empty where nothing stands, or what stood was erased."""

    def erase(self, views: list[FeatureView], token: str) -> int:
        """Nothing of this token is left under any of the views, nor comes back; how many rows there were."""


def store() -> Store:
    return RedisStore(settings.MRM_FEATURE_STORE_URL) if settings.MRM_FEATURE_STORE_URL else DatabaseStore()


class DatabaseStore:
    def put(self, view: FeatureView, rows: Mapping[str, bytes]) -> None:
        made = [FeatureRow(view=view, token=token, sealed=sealed) for token, sealed in rows.items()]
        FeatureRow.objects.bulk_create(made, batch_size=_BATCH, ignore_conflicts=True)

    def get(self, view: FeatureView, token: str) -> bytes:
        found = FeatureRow.objects.filter(view=view, token=token).values_list("sealed", flat=True).first()
        return bytes(found or ERASED)

    def erase(self, views: list[FeatureView], token: str) -> int:
        rows = FeatureRow.objects.filter(view__in=views, token=token).exclude(sealed=ERASED)
        erased = rows.update(sealed=ERASED)
        self._mark(views, token)
        return erased

    def _mark(self, views: list[FeatureView], token: str) -> None:
        made = [FeatureRow(view=view, token=token, sealed=ERASED) for view in views]
        FeatureRow.objects.bulk_create(made, ignore_conflicts=True)


class RedisStore:
    """Unavailable where it does not answer: that is no miss."""

    def __init__(self, address: str) -> None:
        self._address = address

    def put(self, view: FeatureView, rows: Mapping[str, bytes]) -> None:
        with self._opened() as redis, redis.pipeline(transaction=False) as sent:
            for token, sealed in rows.items():
                sent.set(_name(view, token), sealed, nx=True)
            sent.execute()

    def get(self, view: FeatureView, token: str) -> bytes:
        with self._opened() as redis:
            return bytes(redis.get(_name(view, token)) or ERASED)

    def erase(self, views: list[FeatureView], token: str) -> int:
        with self._opened() as redis:
            stood = [redis.getset(_name(view, token), ERASED) for view in views]
        return sum(bool(each) for each in stood)

    @contextmanager
    def _opened(
        self,
    ) -> Iterator[Any]:  # Any: the client's commands are typed for two kinds of client at once
        from redis import Redis, RedisError

        try:
            with Redis.from_url(
                self._address, socket_timeout=_SECONDS, socket_connect_timeout=_SECONDS
            ) as redis:
                yield redis
        except RedisError:
            raise Unavailable(
                "The store of features does not answer. Try again; nothing was found or missed."
            ) from None


def _name(view: FeatureView, token: str) -> str:
    return f"mrm:features:{view.pk.hex}:{token}"
