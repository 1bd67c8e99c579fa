"""What the database itself refuses on this app's tables."""

from audit.guards import Guard, On, append_only

GUARDS = (
    *append_only("audit_entry", "sequence"),
    Guard(
        "audit_entry_no_gap",
        "audit_entry",
        On.INSERT,
        "NEW.sequence <> (SELECT COALESCE(MAX(sequence), 0) + 1 FROM audit_entry)",
        "audit_entry: the sequence has no gaps",
    ),
    Guard(
        "audit_entry_same_leaf",
        "audit_entry",
        On.INSERT,
        "EXISTS (SELECT 1 FROM audit_entry WHERE leaf = NEW.leaf)",
        "audit_entry has this leaf already",
    ),
)
