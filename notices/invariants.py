"""What the database itself refuses on this app's tables."""

from audit.guards import alone, append_only, kept

GUARDS = (
    *append_only("notices_notice", "id"),
    alone("notices_notice", "about", "about_id", "due_at", "days"),
    *append_only("notices_telling", "id", ("notice_id", "user_id"), ("job_id",)),
    *kept("notices_address", "user_id"),
)
