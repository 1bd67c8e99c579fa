"""The ledger's tables. Only this app touches them."""

from __future__ import annotations

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
        ]


class Unsealed(models.Model):
    """Records (of decisions) that wait for their segment: mutable, emptied by the sealer of a later issue."""

    record = models.BinaryField(max_length=LEAF_BYTES, unique=True)
    log = models.CharField(max_length=32)
    at = models.DateTimeField()
