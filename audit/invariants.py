"""What the database itself refuses on this app's tables."""

from audit.guards import Guard, On, append_only, kept

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
    *append_only("audit_segment", "number"),
    Guard(
        "audit_segment_no_gap",
        "audit_segment",
        On.INSERT,
        "NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM audit_segment)",
        "audit_segment: the numbers have no gaps",
    ),
    *append_only("audit_segmentrow", "id", ("segment_id", "position"), ("record",)),
    *append_only("audit_access", "id", ("record",)),
    *append_only("audit_tile", "id", ("level", "number")),
    *append_only("audit_checkpoint", "size"),
    Guard(
        "audit_checkpoint_grows",
        "audit_checkpoint",
        On.INSERT,
        "NEW.size <= (SELECT COALESCE(MAX(size), 0) FROM audit_checkpoint)",
        "audit_checkpoint: a later checkpoint is over more entries",
    ),
    Guard(
        "audit_checkpoint_over_entries",
        "audit_checkpoint",
        On.INSERT,
        "NEW.size > (SELECT COALESCE(MAX(sequence), 0) FROM audit_entry)",
        "audit_checkpoint: there are fewer entries than it is over",
    ),
    *append_only("audit_anchor", "id", ("kind", "size", "place")),
    Guard(
        "audit_anchor_of_checkpoint",
        "audit_anchor",
        On.INSERT,
        "NOT EXISTS (SELECT 1 FROM audit_checkpoint c WHERE c.size = NEW.size AND c.note = NEW.note)",
        "audit_anchor: only a checkpoint is anchored",
    ),
    *kept("audit_sealerlease"),
    Guard(
        "audit_sealerlease_turn_grows",
        "audit_sealerlease",
        On.UPDATE,
        "NEW.turn < OLD.turn",
        "audit_sealerlease: a turn is never given back",
    ),
)
