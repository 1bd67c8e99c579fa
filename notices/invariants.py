"""What the database itself refuses on this app's tables."""

from audit.guards import Guard, On, alone, append_only, frozen, kept, write_once

GUARDS = (
    *append_only("notices_notice", "id"),
    alone("notices_notice", "about", "about_id", "due_at", "days"),
    *append_only("notices_telling", "id", ("notice_id", "user_id"), ("job_id",)),
    *kept("notices_address", "user_id"),
    frozen("notices_endpoint", "id", "name", "url", "events", "added_by_id", "added_at"),
    write_once("notices_endpoint", "disabled_at", "disabled_by_id"),
    *kept("notices_endpoint"),
    frozen("notices_endpointsecret", "id", "endpoint_id", "sealed", "made_at"),
    Guard(
        "notices_endpointsecret_only_ends",
        "notices_endpointsecret",
        On.UPDATE,
        "OLD.ends_at IS NOT NULL AND (NEW.ends_at IS NULL OR NEW.ends_at > OLD.ends_at)",
        "notices_endpointsecret: a secret that ends is not prolonged",
    ),
    *kept("notices_endpointsecret"),
    alone("notices_endpointsecret", "endpoint_id", standing="ends_at"),
    *append_only("notices_delivery", "id", ("endpoint_id", "notice_id"), ("job_id",)),
)
