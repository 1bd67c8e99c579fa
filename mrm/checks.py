"""Start-up checks that fail closed: a missing gate or handler stops the process, not the customer. The
guards of the database are asked for when a process serves (startup.py): migrating is what brings them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.utils.module_loading import import_string

from accounts.permissions import Permission
from audit.events import Event
from mrm.settings import governance
from notices.about import KINDS
from notices.due import ENDS
from notices.recipients import WHO


@register(Tags.security)
def governance_resolves(**_: Any) -> Sequence[CheckMessage]:
    """Every dotted path, event and permission of governance.py exists."""
    found: list[CheckMessage] = []
    paths = [path for group in governance.GATES.values() for path in group]
    paths += [*governance.HANDLERS.values(), *governance.INVARIANTS]
    paths += [row.executor for row in governance.ACTS.values() if row.executor]
    paths += [*governance.SEALED_LOGS.values(), governance.REACTION_QUEUE, governance.WAKE, governance.TELL]
    for path in paths:
        try:
            import_string(path)
        except ImportError as error:
            found.append(Error(f"governance.py names {path}, which does not exist: {error}", id="mrm.E001"))
    known = {str(permission) for permission in Permission}
    for role, held in governance.ROLES.items():
        found += [
            Error(f"The role {role} holds the unknown permission {permission}.", id="mrm.E002")
            for permission in set(held) - known
        ]
    given = {role for role, _ in governance.PROVIDER_GROUPS.values()} | {
        *governance.BOUNDED,
        *governance.ALONE,
    }
    found += [
        Error(f"governance.py gives the role {role}, which it does not describe.", id="mrm.E006")
        for role in given - set(governance.ROLES)
    ]
    found += [
        Error(f"A group asks for the role {role}, which needs bounds that no group has.", id="mrm.E007")
        for role in {role for role, _ in governance.PROVIDER_GROUPS.values()} & set(governance.BOUNDED)
    ]
    for act, row in governance.ACTS.items():
        found += [
            Error(f"The act {act} asks for the unknown permission {permission}.", id="mrm.E008")
            for permission in {row.asks, row.signs} - known
        ]
    events = {str(event) for event in Event}
    found += [
        Error(f"A reaction waits for the unknown event {event}.", id="mrm.E003")
        for event in set(governance.REACTIONS) - events
    ]
    found += _notices(events)
    kinds = {kind for group in governance.REACTIONS.values() for kind in group}
    found += [
        Error(f"A reaction asks for the job kind {kind}, which nobody handles.", id="mrm.E004")
        for kind in kinds - set(governance.HANDLERS)
    ]
    return found


def _notices(events: set[str]) -> list[CheckMessage]:
    """Every event, kind of thing and recipient of the notices is known, and every reminder has something that ends."""
    rows = [(row.about, row.who) for row in governance.NOTICES.values()]
    rows += [(kind, row.who) for kind, row in governance.REMINDERS.items()]
    unknown = set(governance.NOTICES) - events
    unknown |= {about for about, _ in rows if about not in KINDS}
    unknown |= {word for _, who in rows for word in who if word not in WHO}
    unknown |= set(governance.REMINDERS) - set(ENDS)
    return [Error(f"The notices name {word}, which is not known.", id="mrm.E009") for word in sorted(unknown)]
