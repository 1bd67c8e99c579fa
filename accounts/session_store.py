"""Sessions in rows of their own (Django's way of a database engine of one's own): a row says whose browser it is, since
when and when it was last seen, and holds only the digest of the key that the browser's cookie holds."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.db import DatabaseError, IntegrityError, transaction

from accounts.models import Session
from mrm.lib import clock
from mrm.settings import governance

# A row outlives its sign-in by the time that drafts are kept: so long the server knows whose browser it was.
_KEPT = dt.timedelta(hours=governance.SIGN_IN_HOURS + governance.DRAFT_HOURS)


def digest_of(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


class SessionStore(db.SessionStore):
    """`row` is what the last load found, so that asking how old the sign-in is costs no question of its own."""

    row: Session | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def load(self) -> dict[str, Any]:  # Any: what a session holds, as JSON
        self.row = self._row()
        if self.row is None:
            self._session_key = None
            return {}
        held: dict[str, Any] = self.decode(self.row.session_data)
        return held

    def exists(self, session_key: str | None) -> bool:
        return Session.objects.filter(session_key=digest_of(session_key or "")).exists()

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        moment, owner = clock.now(), data.get(SESSION_KEY)
        return Session(
            session_key=digest_of(self._get_or_create_session_key()),  # type: ignore[attr-defined]  # the stubs lack it
            session_data=self.encode(data),
            expire_date=moment + _KEPT,
            user_id=uuid.UUID(owner) if owner else None,
            started_at=moment,
            seen_at=moment,
        )

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002 (the framework's signature)
        """Insert, or change what the session holds. When it began and was seen are written elsewhere."""
        if self.session_key is None:
            self.create()
            return
        row = self.create_model_instance(self._get_session(no_load=must_create))  # type: ignore[attr-defined]
        if must_create:
            self._insert(row)
            return
        try:
            with transaction.atomic():
                changed = Session.objects.filter(pk=row.pk).update(
                    session_data=row.session_data, user_id=row.user_id
                )
        except DatabaseError:
            # The account was disabled while it was signing in.
            raise UpdateError from None
        if not changed:
            raise UpdateError

    def cycle_key(self) -> None:
        """Another key for the same sign-in: it does not begin anew by that."""
        super().cycle_key()
        was = self.row
        if was is not None:
            Session.objects.filter(session_key=digest_of(self.session_key or "")).update(
                started_at=was.started_at, seen_at=was.seen_at, agent=was.agent, address=was.address
            )

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            Session.objects.filter(session_key=digest_of(key)).delete()

    def _row(self) -> Session | None:
        if self.session_key is None:
            return None
        rows = Session.objects.filter(session_key=digest_of(self.session_key), expire_date__gt=clock.now())
        return rows.first()

    def _insert(self, row: Session) -> None:
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            raise CreateError from None
