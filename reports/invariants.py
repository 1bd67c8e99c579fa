"""What the database itself refuses on this app's tables."""

from audit.guards import append_only

GUARDS = (
    *append_only("reports_dossier", "id", ("signed_digest",)),
    *append_only("reports_auditreport", "id", ("signed_digest",), ("asked_entry",)),
    *append_only("reports_benchmark", "id", ("sweep_id",)),
)
