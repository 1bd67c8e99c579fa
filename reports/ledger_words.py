"""A verification in words: what it proves, what it does not, and each fault with the page where it can be looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mrm.lib.charts import numerals

# Any: the verdict as JSON, whose members ledger_verification.kept_of lists.
Kept = dict[str, Any]

_FAULTS: dict[str, str | Promise] = {
    "sequence": gettext_lazy(
        "its number is not the one after the entry before it: an entry was taken out or put in."
    ),
    "leaf": gettext_lazy("the stored bytes are not the ones whose hash was stored: they were altered."),
    "canonical": gettext_lazy("the bytes are not written as the bytes of an entry are."),
    "previous": gettext_lazy("it does not name the entry before it: one of the two was replaced."),
    "projection": gettext_lazy("the columns shown on these pages say something else than the hashed bytes."),
    "key": gettext_lazy(
        "a key of this log does not follow from the key before it, or is not the one you trust."
    ),
    "segment-number": gettext_lazy("its number is not the one after the segment before it."),
    "segment-entry": gettext_lazy(
        "not exactly one entry seals it, or an entry seals a segment that is not there."
    ),
    "segment-size": gettext_lazy("it has another log or another number of records than its entry says."),
    "segment-root": gettext_lazy(
        "its records do not lead to the root in its entry: they were altered or moved."
    ),
    "segment-record": gettext_lazy("one of its records stood before, in it or in an earlier segment."),
    "checkpoint-note": gettext_lazy("the stored text is no checkpoint."),
    "checkpoint-order": gettext_lazy("it is not over more entries than the one before it."),
    "checkpoint-size": gettext_lazy("it was signed over more entries than there are: the end is missing."),
    "checkpoint-signature": gettext_lazy("the key of this log has not signed it."),
    "checkpoint-root": gettext_lazy("the entries are not the ones that were signed."),
    "anchor-note": gettext_lazy("what is held outside is no checkpoint of this log."),
    "anchor-size": gettext_lazy("it was held outside over more entries than there are: the end is missing."),
    "anchor-signature": gettext_lazy("it is held outside, and the key of this log has not signed it."),
    "anchor-token": gettext_lazy("the time stamp that is stored over it does not verify."),
    "anchor-root": gettext_lazy("it is held outside, and the entries are not the ones it was signed over."),
}
_ENTRIES = ("sequence", "leaf", "canonical", "previous", "projection", "key")
LOGS: dict[str, str | Promise] = {"decisions": gettext_lazy("decisions"), "access": gettext_lazy("accesses")}


@dataclass(frozen=True)
class FaultLine:
    """Where, what is wrong there, and the page that shows it (or nothing)."""

    place: str
    what: str
    url: str = ""


def proven(kept: Kept) -> list[str]:
    """What holds if nothing was found; of a broken ledger nothing is said to be proven."""
    return [] if kept["faults_found"] else list(_proven(kept))


def unproven(kept: Kept) -> list[str]:
    return list(_unproven(kept))


def fault_lines(kept: Kept) -> list[FaultLine]:
    """The faults of the ledger in their order, then those of the rows it speaks of."""
    found = [
        fault_line(each["code"], each["place"]) for each in kept["faults"] if not _is_of_row(each["code"])
    ]
    return [*found, *_row_faults(kept)]


def more_faults(kept: Kept) -> int:
    """How many were found beyond those that are kept."""
    return int(kept["faults_found"]) - len(kept["faults"])


def _proven(kept: Kept) -> Iterator[str]:
    if kept["entries"]:
        yield ngettext(
            "The %(count)s entry is its own hash, and the columns shown on these pages say what its bytes say.",
            "All %(count)s entries follow from one another without a gap, each is its own hash, and the columns shown"
            " on these pages say what the bytes say.",
            kept["entries"],
        ) % {"count": _n(kept["entries"])}
    if kept["segments"]:
        yield ngettext(
            "The records of %(segments)s segment, %(records)s in all, lead to the root in its entry; none stands"
            " twice.",
            "The records of %(segments)s segments, %(records)s in all, lead to the roots in their entries; none stands"
            " twice.",
            kept["segments"],
        ) % {"records": _n(kept["records"]), "segments": _n(kept["segments"])}
    for log in kept["logs"]:
        if log["rows"]:
            yield _rows_hold(log["log"], log["rows"])
    if kept["covered"] and kept["has_key"]:
        yield ngettext(
            "The first entry is the one under a checkpoint signed with the key you trust, or one that followed it.",
            "The first %(count)s entries are the ones under a checkpoint signed with the key you trust, or one that"
            " followed it.",
            kept["covered"],
        ) % {"count": _n(kept["covered"])}
    if kept["outside"]:
        yield ngettext(
            "The first entry is the one under a checkpoint held outside: changing it would contradict that, even for a"
            " holder of the signing key.",
            "The first %(count)s entries are the ones under a checkpoint held outside: changing them would contradict"
            " it, even for a holder of the signing key.",
            kept["outside"],
        ) % {"count": _n(kept["outside"])}


def _unproven(kept: Kept) -> Iterator[str]:
    if kept["covered"] < kept["entries"]:
        yield ngettext(
            "The newest entry is under no checkpoint: whoever holds the database could have rewritten it.",
            "The newest %(count)s entries are under no checkpoint: whoever holds the database could have rewritten"
            " them.",
            kept["entries"] - kept["covered"],
        ) % {"count": _n(kept["entries"] - kept["covered"])}
    if kept["covered"] and not kept["has_key"]:
        yield _(
            "No public key is set (MRM_LEDGER_KEY), or the one that is set signed none of these checkpoints: the key in"
            " the log speaks for itself only."
        )
    if not kept["outside"]:
        yield _(
            "No checkpoint from outside was there to compare with: whoever holds both the database and the signing key"
            " could have rewritten everything."
        )
    elif kept["outside"] < kept["entries"]:
        yield _(
            "Entries after number %(count)s are under no checkpoint from outside: whoever holds both the database and"
            " the signing key could have rewritten them."
        ) % {"count": _n(kept["outside"])}
    yield from _unproven_outside(kept["folder"])
    yield _("Times are the system's own word; only a time stamp from outside bounds them.")


def _unproven_outside(folder: Kept) -> Iterator[str]:
    if folder["is_named"] and not folder["is_read"]:
        yield _("The folder outside could not be read: nothing was compared with it. Call the operator.")
    if folder["misfiled"]:
        yield ngettext(
            "%(count)s file in the folder outside is no checkpoint and was not compared. Look at it.",
            "%(count)s files in the folder outside are no checkpoints and were not compared. Look at them.",
            folder["misfiled"],
        ) % {"count": _n(folder["misfiled"])}


def fault_line(code: str, place: int) -> FaultLine:
    """One fault by its code and place."""
    what = str(_FAULTS.get(code, code))
    if code in _ENTRIES:
        if not place:
            return FaultLine(_("Key"), what)
        return FaultLine(
            _("Entry %(sequence)s") % {"sequence": _n(place)}, what, reverse("ledger-entry", args=[place])
        )
    if code.startswith("segment-"):
        query = urlencode({"subject_type": "segment", "subject_id": str(place)})
        return FaultLine(
            _("Segment %(number)s") % {"number": _n(place)}, what, f"{reverse('ledger')}?{query}"
        )
    if code in ("checkpoint-note", "anchor-note"):
        return FaultLine(_("Checkpoint"), what, reverse("ledger-checkpoints"))
    words = checkpoint_words(place)
    url = reverse("ledger-checkpoint", args=[place]) if code.startswith("checkpoint-") else ""
    return FaultLine(words, what, url)


def checkpoint_words(size: int) -> str:
    return ngettext("Checkpoint over %(size)s entry", "Checkpoint over %(size)s entries", size) % {
        "size": _n(size)
    }


def _rows_hold(log: str, count: int) -> str:
    if log == "decisions":
        words = ngettext(
            "The %(count)s stored decision is the one that was sealed or waits to be; none is missing.",
            "Each of the %(count)s stored decisions is the one that was sealed or waits to be; none is missing.",
            count,
        )
    else:
        words = ngettext(
            "The %(count)s stored access is the one that was sealed or waits to be; none is missing.",
            "Each of the %(count)s stored accesses is the one that was sealed or waits to be; none is missing.",
            count,
        )
    return words % {"count": _n(count)}


def _row_faults(kept: Kept) -> Iterator[FaultLine]:
    for log in kept["logs"]:
        for fault in log["faults"]:
            words = _ROWS[fault["code"]](fault["count"]) % {"count": _n(fault["count"])}
            first = _("The first: %(names)s.") % {"names": ", ".join(fault["first"])}
            yield FaultLine(str(LOGS.get(log["log"], log["log"])).capitalize(), f"{words} {first}")


def _missing(count: int) -> str:
    return ngettext(
        "%(count)s record is sealed or waits, and its row is gone.",
        "%(count)s records are sealed or wait, and their rows are gone.",
        count,
    )


def _unsealed(count: int) -> str:
    return ngettext(
        "%(count)s row neither stands in one segment nor waits for one.",
        "%(count)s rows neither stand in one segment nor wait for one.",
        count,
    )


def _altered(count: int) -> str:
    return ngettext(
        "%(count)s row does not say what was hashed when it was made.",
        "%(count)s rows do not say what was hashed when they were made.",
        count,
    )


_ROWS = {"row-missing": _missing, "row-unsealed": _unsealed, "row-altered": _altered}


def _is_of_row(code: str) -> bool:
    return code in _ROWS


def _n(count: int) -> str:
    return numerals.fixed(count)
