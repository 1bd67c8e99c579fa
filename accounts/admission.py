"""Whether a token may do something for every model, by one statement, for a door that is asked at every request.

It only says yes. Everybody else is asked about in the ordinary way (`authentication`, `access.require`), which has the
words, the counts and the entries of a refusal. A test holds this statement against those answers, case by case.
"""

from __future__ import annotations

import json
import uuid
from typing import Final

from django.db import connection

from accounts import tokens
from accounts.permissions import Permission
from mrm.lib import clock
from mrm.settings import governance

_LONGEST_SECRET: Final = 200
_ASKED: Final = """
    SELECT token.scopes, token.user_id FROM accounts_token AS token
    JOIN accounts_user AS holder ON holder.id = token.user_id
    WHERE token.secret_digest = %s AND token.revoked_at IS NULL AND token.expires_at > %s
    AND token.last_used_at >= %s AND holder.is_active
    AND EXISTS (
        SELECT 1 FROM accounts_rolegrant AS held
        WHERE held.user_id = holder.id AND held.revoked_at IS NULL AND held.model_slug = ''
        AND (held.starts_at <= %s OR held.starts_at = held.granted_at)
        AND (held.ends_at IS NULL OR held.ends_at > %s)
        AND held.role IN ({roles})
    )
"""


def admitted(*, secret: str, permission: Permission) -> str:
    """The account that may, or "": not known here. A use that has to be noted is not answered here either."""
    roles = [role for role, held in governance.ROLES.items() if permission in held]
    if not roles or len(secret) > _LONGEST_SECRET:
        return ""
    statement = _ASKED.format(roles=", ".join(["%s"] * len(roles)))
    moment = clock.now()
    now, noted = (
        connection.ops.adapt_datetimefield_value(each) for each in (moment, moment - tokens.LAST_USE_GRAIN)
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [tokens.digest_of(secret), now, noted, now, now, *roles])
        found = cursor.fetchone()
    if found is None or permission not in json.loads(found[0]):
        return ""
    return str(uuid.UUID(str(found[1])))
