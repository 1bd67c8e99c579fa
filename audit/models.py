"""The ledger's tables. Only this app touches them."""

from __future__ import annotations

import uuid

from django.db import models

LEAF_BYTES = 32


class Entry(models.Model):
    """One governance act. `body` is what was hashed; the columns beside it are a projection for reading."""

    sequence = models.BigIntegerField(primary_key=True)
    body = models.BinaryField()
    leaf = models.BinaryField(max_length=LEAF_BYTES, unique=True)
    at = models.DateTimeField()
    event = models.CharField(max_length=64)
    actor_id = models.CharField(max_length=64)
    actor_name = models.CharField(max_length=200)
    subject_type = models.CharField(max_length=64)
    subject_id = models.CharField(max_length=64)

    class Meta:
        ordering = ["sequence"]
        constraints = [
            models.CheckConstraint(condition=models.Q(sequence__gte=1), name="entry_sequence_from_one"),
        ]
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "sequence"], name="entry_by_subject"),
            models.Index(fields=["actor_id", "sequence"], name="entry_by_actor"),
            models.Index(fields=["event", "sequence"], name="entry_by_event"),
            models.Index(fields=["at", "sequence"], name="entry_by_time"),
        ]


class Unsealed(models.Model):
    """Records (of decisions and accesses) that wait for their segment: mutable, emptied by the sealer."""

    record = models.BinaryField(max_length=LEAF_BYTES, unique=True)
    log = models.CharField(max_length=32)
    at = models.DateTimeField()


class Segment(models.Model):
    """Records of one log under one entry of the chain."""

    number = models.BigIntegerField(primary_key=True)
    log = models.CharField(max_length=32)
    size = models.PositiveIntegerField()
    root = models.BinaryField(max_length=LEAF_BYTES)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(condition=models.Q(number__gte=1), name="segment_number_from_one"),
            models.CheckConstraint(condition=models.Q(size__gte=1), name="segment_is_not_empty"),
        ]


class SegmentRow(models.Model):
    """The place of one record in its segment."""

    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, related_name="rows")
    position = models.PositiveIntegerField()
    record = models.BinaryField(max_length=LEAF_BYTES, unique=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["segment", "position"], name="one_record_a_position"),
        ]


class Access(models.Model):
    """One read of a decision or of an applicant's features, or one stranger turned away. `body` is what was hashed; the
    columns project it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    body = models.BinaryField()
    record = models.BinaryField(max_length=LEAF_BYTES, unique=True)
    event = models.CharField(max_length=32)
    actor_id = models.CharField(max_length=64, blank=True)
    subject_type = models.CharField(max_length=64)
    subject_id = models.CharField(max_length=64)
    via = models.CharField(max_length=8)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["subject_type", "subject_id", "at"], name="access_by_subject")]


class Tile(models.Model):
    """256 hashes of one level of the tree that nothing will change any more, and the root over them: a proof reads
    a few tiles instead of every leaf. What they say is checked against the leaves by a verification."""

    level = models.PositiveSmallIntegerField()
    number = models.BigIntegerField()
    hashes = models.BinaryField(max_length=256 * LEAF_BYTES)
    root = models.BinaryField(max_length=LEAF_BYTES)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "number"], name="one_tile_a_place")]


class Checkpoint(models.Model):
    """A signed note over the first `size` entries."""

    size = models.BigIntegerField(primary_key=True)
    note = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["size"]
        constraints = [
            models.CheckConstraint(condition=models.Q(size__gte=1), name="checkpoint_size_from_one"),
        ]


class Anchor(models.Model):
    """A checkpoint that was brought to a place outside; `evidence` is what the place answered, if it answers."""

    kind = models.CharField(max_length=16)
    size = models.BigIntegerField()
    note = models.TextField()
    evidence = models.BinaryField()
    place = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["folder", "rfc3161", "mail", "pdf"]), name="anchor_kind_is_known"
            ),
            models.UniqueConstraint(fields=["kind", "size", "place"], name="anchored_once_a_place"),
        ]


class SealerLease(models.Model):
    """Which process seals now. `turn` is the fencing token: a sealer of an earlier turn writes nothing."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    turn = models.PositiveBigIntegerField(default=0)
    holder = models.CharField(max_length=200, default="")
    until = models.DateTimeField()
    # Why nothing is signed, in the sealer's words; empty while all is well.
    refusal = models.TextField(blank=True, default="")
    refused_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="one_sealer_lease"),
        ]
