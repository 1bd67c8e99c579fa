"""Bundles with something wrong in them, drawn by chance from a seed: what a clumsy or a clever hand would change.

An operator takes the lines of a bundle and gives other lines. Most mutants have one change, some two; some are sealed
again so that the last line fits, some are counted again too.
"""

from __future__ import annotations

import base64
import hashlib
import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from audit.checkpoint import SigningKey
from tests.audit import made
from tests.audit.made import FIRST, SECOND, THIEF, Made, Plan, Segment

Lines = list[bytes]
THIRD = SigningKey(made.ORIGIN, bytes([4]) * 32)
# What reading again raises where another change before left nothing to edit.
SPOILT = (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError)


@dataclass(frozen=True)
class Outside:
    """What the verifiers are given beside the file."""

    key: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mutant:
    name: str
    base: Made
    content: bytes
    outside: Outside


@cache
def bases() -> tuple[Made, ...]:
    """Ledgers of many shapes, the everyday ones more than once."""
    sealed = (Segment(3, "decisions", made.records(3, "d")), Segment(6, "access", made.records(5, "a")))
    middle = Plan(entries=16, keys={2: FIRST, 9: SECOND}, segments=sealed, sizes=(2, 5, 9, 12, 16))
    repeated = (sealed[0], Segment(6, "decisions", made.records(5, "d")))
    plans = (
        made.full_plan(sizes=(1, 7, 39, 40, 64)),
        made.small_plan(),
        middle,
        middle,
        Plan(entries=12, keys={1: FIRST, 4: SECOND, 8: FIRST}, segments=sealed, sizes=(1, 4, 6, 9, 11)),
        Plan(entries=9, keys={1: FIRST, 8: SECOND}, segments=sealed, sizes=(3, 7)),
        Plan(entries=5, keys={1: FIRST}, sizes=(), segments=sealed[:1]),
        Plan(entries=8, keys={1: FIRST}, sizes=(8,), segments=repeated),
        Plan(entries=1, keys={1: FIRST}, sizes=(1,)),
        Plan(entries=3, keys={}, sizes=(), origin=""),
        Plan(entries=0, keys={}, sizes=(), origin=""),
    )
    return tuple(made.made(plan) for plan in plans)


@cache
def foreign() -> Made:
    return made.made(made.full_plan(story="foreign", keys={2: FIRST, 41: SECOND}, sizes=(2, 5, 9, 41, 64)))


def mutants(seed: int, count: int) -> Iterator[Mutant]:
    for number in range(count):
        chance = random.Random(f"{seed}:{number}")
        base = chance.choice(bases())
        names = chance.sample(sorted(OPERATORS), 1 if chance.random() < 0.7 else 2)
        lines = list(base.lines)
        for name in names:
            lines = OPERATORS[name](chance, lines)
        content = _closed(chance, lines, "+".join(names))
        yield Mutant("+".join(names), base, content, _outside(chance, base))


def _closed(chance: random.Random, lines: Lines, name: str) -> bytes:
    """As it stands, sealed again, or counted and sealed again."""
    way = chance.randrange(3)
    if way == 0 or not lines or "cut" in name:
        return b"".join(lines)
    if way == 1:
        return b"".join(made.sealed(lines))
    try:
        return b"".join(made.recounted(lines))
    except SPOILT:
        return b"".join(made.sealed(lines))


def _outside(chance: random.Random, base: Made) -> Outside:
    if not base.plan.keys:
        return chance.choice([Outside(), Outside(), Outside(THIEF.public.text)])
    keys = [each.public.text for each in base.plan.keys.values()]
    notes = [note.text for note in base.notes.values()]
    choices = [
        Outside(),
        Outside(base.key_text),
        Outside(keys[0]),
        Outside(chance.choice([*keys, THIEF.public.text])),
    ]
    if notes:
        altered = _altered_note(chance, chance.choice(notes))
        choices += [Outside(None, (notes[-1],)), Outside(keys[-1], (chance.choice(notes),))]
        choices += [Outside(keys[-1], tuple(notes)), Outside(None, (altered, notes[0]))]
    return chance.choice(choices)


# Operators on lines


def _flip(chance: random.Random, lines: Lines) -> Lines:
    at = chance.randrange(len(lines))
    line = bytearray(lines[at])
    if line:
        line[chance.randrange(len(line))] ^= 1 << chance.randrange(8)
    return [*lines[:at], bytes(line), *lines[at + 1 :]]


def _delete(chance: random.Random, lines: Lines) -> Lines:
    at = chance.randrange(len(lines))
    return lines[:at] + lines[at + 1 :]


def _duplicate(chance: random.Random, lines: Lines) -> Lines:
    at = chance.randrange(len(lines))
    return lines[: at + 1] + lines[at:]


def _swap(chance: random.Random, lines: Lines) -> Lines:
    at = chance.randrange(max(len(lines) - 1, 1))
    return [*lines[:at], *reversed(lines[at : at + 2]), *lines[at + 2 :]]


def _move(chance: random.Random, lines: Lines) -> Lines:
    kept = list(lines)
    moved = kept.pop(chance.randrange(len(kept)))
    kept.insert(chance.randrange(len(kept) + 1), moved)
    return kept


def _foreign(chance: random.Random, lines: Lines) -> Lines:
    """A line of another ledger, in place of one of the same kind or beside it."""
    at = chance.randrange(len(lines))
    others = [each for each in foreign().lines if each[:6] == lines[at][:6]] or list(foreign().lines)
    return [*lines[:at], chance.choice(others), *lines[at + chance.randrange(2) :]]


def _cut(chance: random.Random, lines: Lines) -> Lines:
    content = b"".join(lines)
    return [content[: chance.randrange(len(content) + 1)]]


def _form(chance: random.Random, lines: Lines) -> Lines:
    """The same JSON written in another way, or another JSON."""
    old, new = chance.choice(
        [
            (b":", b": "),
            (b"}\n", b"} \n"),
            (b"}\n", b"}\r\n"),
            ("ç".encode(), b"\\u00e7"),
            (b'"sequence":', b'"sequence":0'),
            (b'","', b'",\n"'),
            (b"1}", b"1.0}"),
            (b"1}", b"true}"),
            (b'{"entry":{', b'{"entry":{"actor_id":"x",'),
            (b'"at"', b'"\xc3\xa1t"'),
            (b'"records":[', b'"records":[null,'),
            (b'"leaf":"', b'"leaf":"\\ud800'),
            (b'"number":', b'"number":-'),
            (b'"number":', b'"number":9007199254740992'),
            (b'"body"', b'"raw"'),
            (b'"', b"'"),
            (b"countersign-ledger/1", b"countersign-ledger/2"),
            (b"bank.example", b"bank.Example"),
        ]
    )
    having = [at for at, line in enumerate(lines) if old in line] or [0]
    at = chance.choice(having)
    return [*lines[:at], lines[at].replace(old, new, 1), *lines[at + 1 :]]


def _digits(chance: random.Random, lines: Lines) -> Lines:
    """One sign of a hash or of base64: another one, in capitals, left out or doubled."""
    long = [at for at, line in enumerate(lines) if len(line) > 90]
    if not long:
        return lines
    at = chance.choice(long)
    line = lines[at]
    places = [place for place in range(1, len(line) - 1) if line[place : place + 1].isalnum()]
    place = chance.choice(places)
    sign = line[place : place + 1]
    other = chance.choice([sign.swapcase(), b"", sign * 2, chance.choice([b"0", b"a", b"f", b"=", b"/"])])
    return [*lines[:at], line[:place] + other + line[place + 1 :], *lines[at + 1 :]]


# Operators on what lines hold


def _of_kind(chance: random.Random, lines: Lines, kind: str) -> int | None:
    having = [at for at, line in enumerate(lines) if line.startswith(f'{{"{kind}"'.encode())]
    return chance.choice(having) if having else None


def _edited(kind: str, edit: Callable[[random.Random, Any], Any]) -> Callable[[random.Random, Lines], Lines]:
    """An operator that edits the content of one line of a kind and writes it canonically again."""

    def operator(chance: random.Random, lines: Lines) -> Lines:
        at = _of_kind(chance, lines, kind)
        try:
            content = json.loads(lines[at])[kind] if at is not None else None
            written = made.line({kind: edit(chance, content)}) if content is not None else None
        except SPOILT:
            return lines
        return lines if at is None or written is None else [*lines[:at], written, *lines[at + 1 :]]

    return operator


def _header(chance: random.Random, content: dict[str, Any]) -> dict[str, Any]:
    name = chance.choice(sorted(content))
    if name == "format":
        return {**content, name: "countersign-ledger/2"}
    if name == "origin":
        return {**content, name: chance.choice(["", "other.example/ledger", "UPPER", "x" * 65])}
    return {
        **content,
        name: chance.choice([content[name] + 1, content[name] - 1, -1, str(content[name]), None, True]),
    }


def _column(chance: random.Random, content: dict[str, Any]) -> dict[str, Any]:
    """A column beside the body."""
    name = chance.choice(sorted(content.keys() - {"body"}))
    if name == "sequence":
        return {**content, name: content[name] + chance.choice([-1, 1, 1000, -(10**15)])}
    others = [content[name] + "x", content[name][:-1], content[name].upper(), "", None, 7]
    return {**content, name: chance.choice(others)}


def _other_body(chance: random.Random, content: dict[str, Any]) -> dict[str, Any]:
    """Another body with the leaf that fits it; the columns follow or do not."""
    body = json.loads(content["body"])
    name = chance.choice(sorted(body))
    body[name] = _other_member(chance, name, body[name])
    written = made.canonical.dumps(body)
    leaf = hashlib.sha256(b"\x00" + written).hexdigest()
    followed = {name: body[name]} if name in content and chance.randrange(2) else {}
    return {**content, **followed, "body": written.decode(), "leaf": leaf}


def _other_member(chance: random.Random, name: str, value: Any) -> Any:
    if name in {"sequence", "version"}:
        return chance.choice([value + 1, value - 1, True, str(value), None, 2**53 - 1])
    if name in {"facts", "actor", "subject"}:
        member = chance.choice(sorted(value) or ["id"])
        return chance.choice(
            [{**value, member: "other"}, {**value, "more": 1}, {}, [], {**value, member: [1, {}]}]
        )
    if name == "previous":
        return chance.choice([value[::-1], value.upper(), "0" * 64, value[:-1], None])
    return chance.choice([value + "x", "", "segment:sealed", "log_key:adopted", "log_key:rotated", None, 1])


def _odd_body(chance: random.Random, content: dict[str, Any]) -> dict[str, Any]:
    """A body that is not written as one must be, with the leaf that fits it."""
    body = content["body"]
    odd = chance.choice(
        [
            " " + body,
            body.replace(":", ": ", 1),
            body.replace('"version":1', '"version":1.0'),
            body.replace('"version":1', '"version":true'),
            body.replace('"version":1', '"version":1,"version":1'),
            body.replace('"facts":{', '"facts":{"é":1,', 1),
            body.replace('"facts":{', '"facts":{"a":' + "[" * 3000 + "]" * 3000 + ",", 1),
            body.replace('"facts":{', '"facts":{"a":9007199254740992,', 1),
            body.replace('"facts":{', '"facts":{"a":NaN,', 1),
            body.replace('"facts":{', '"facts":{"a":"\\ud800",', 1),
            body.replace('"facts":{', '"facts":{"a":"\\/",', 1),
            body.replace('"facts":{', '"facts":{"a":1e5,', 1),
            body.replace('"facts":{', '"facts":{"a":-0,', 1),
            body.replace('"actor"', '"Actor"', 1),
            body + body,
            "\ufeff" + body,
            body[:-1],
            "",
            "null",
            "[]",
        ]
    )
    leaf = hashlib.sha256(b"\x00" + odd.encode()).hexdigest()
    if chance.randrange(5):
        return {**content, "body": odd, "leaf": leaf}
    raw = chance.choice([b"\xff" + body.encode(), body.encode(), b"", b"\xc3"])
    kept = {name: value for name, value in content.items() if name != "body"}
    hexed = chance.choice([raw.hex(), raw.hex().upper(), raw.hex()[1:]])
    return {**kept, "raw": hexed, "leaf": hashlib.sha256(b"\x00" + raw).hexdigest()}


def _altered_note(chance: random.Random, note: str) -> str:
    lines = note.split("\n")
    other = chance.choice([each.text for each in foreign().notes.values()]).split("\n")
    at = chance.randrange(len(lines))
    size = int(lines[1]) if lines[1:2] and lines[1].isascii() and lines[1].isdigit() else 1
    return chance.choice(
        [
            note.replace("\n", "\r\n"),
            note.replace("\n", "\n\n", 1),
            note + "\n",
            note[:-1],
            note.replace("—", "-"),
            note.replace("=\n", "\n", 1),
            note.replace("=\n", "=\x00\n", 1),
            note.replace("ledger", "ledges"),
            "\n".join([*lines[:1], str(size + chance.choice([-1, 1, 50])), *lines[2:]]),
            "\n".join([*lines[:1], f"0{size}", *lines[2:]]),
            "\n".join([*lines[:at], *other[at : at + 1], *lines[at + 1 :]]),
            "\n".join([*lines[:4], *other[4:]]),
            "\n".join([*lines[:4], *lines[4:-1], *lines[4:-1], ""]),
            "\n".join([*lines[:5], ""]),
            "\n".join([*lines[:4], *reversed(lines[4:-1]), ""]),
            _spare_bits(lines),
            "",
        ]
    )


def _spare_bits(lines: Sequence[str]) -> str:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    root = lines[2] if len(lines) > 2 else ""
    if len(root) < 2 or root[-2] not in alphabet:
        return "\n".join(lines)
    spared = root[:-2] + alphabet[alphabet.index(root[-2]) ^ 1] + "="
    return "\n".join([*lines[:2], spared, *lines[3:]])


def _segment(chance: random.Random, content: dict[str, Any]) -> dict[str, Any]:
    records = list(content["records"])
    one = chance.choice(records or ["0" * 64])
    others = [
        records[:-1],
        [*records, one],
        [*records, hashlib.sha256(one.encode()).hexdigest()],
        records[::-1],
        [one.upper(), *records[1:]],
        [one[:-1], *records[1:]],
        [],
        [*records[1:], chance.choice(made.records(5, "a")).hex()],
    ]
    changes = [{"records": each} for each in others]
    changes += [{"log": each} for each in ("access", "decisions", "", "other", None)]
    changes += [{"number": content["number"] + each} for each in (-1, 1, 100)] + [
        {"number": "1"},
        {"more": 1},
    ]
    return {**content, **chance.choice(changes)}


# Whole ledgers written anew


def _rewritten(chance: random.Random, lines: Lines) -> Lines:
    """A change in one entry and every later one chained to it, as a forger without the log's keys would do."""
    keys: list[list[SigningKey]] = [[], [], [THIEF], [THIEF, THIRD]]
    return _forged(chance, lines, chance.choice(keys))


def _stolen(chance: random.Random, lines: Lines) -> Lines:
    """The same by somebody who holds every key of the log: only a checkpoint from outside can tell."""
    return _forged(chance, lines, [FIRST, SECOND])


def _forged(chance: random.Random, lines: Lines, keys: Sequence[SigningKey]) -> Lines:
    try:
        facts = [made.fact_of(each) for each in made.entries_of(lines)]
        _forge(chance, facts, chance.randrange(len(facts)))
        entries = [made.line({"entry": each}) for each in made.chained(facts)]
    except SPOILT:
        return lines
    first = next(number for number, line in enumerate(lines) if line.startswith(b'{"entry"'))
    kept = [line for line in lines if not line.startswith(b'{"entry"')]
    written = [*kept[:first], *entries, *kept[first:]]
    return _signed_again(chance, written, keys) if keys else written


def _forge(chance: random.Random, facts: list[Any], at: int) -> None:
    fact, way = facts[at], chance.randrange(5)
    special = [
        each for each in facts if each.event in {"log_key:adopted", "log_key:rotated", "segment:sealed"}
    ]
    if way == 0:
        del facts[at]
    elif way == 1:
        facts.insert(at, facts[chance.randrange(len(facts))])
    elif way == 2 or not special:
        fact.facts["forged"] = True
    else:
        said = chance.choice(special).facts
        name = chance.choice(sorted(said))
        values = [
            THIEF.public.text,
            SECOND.public.text,
            "x",
            None,
            3,
            3.0 and "3",
            True,
            "0" * 64,
            FIRST.public.text,
        ]
        said[name] = chance.choice(values)
        if chance.randrange(4) == 0:
            said.pop(name)


def _signed_again(chance: random.Random, lines: Lines, keys: Sequence[SigningKey]) -> Lines:
    """Checkpoints over what stands there now in place of those that stood there."""
    leaves = [bytes.fromhex(each["leaf"]) for each in made.entries_of(lines)]
    kept = [line for line in lines if not line.startswith(b'{"checkpoint"')]
    sizes = sorted(chance.sample(range(1, len(leaves) + 1), min(len(leaves), 3)))
    notes = [made.signed(Plan(), size, leaves, keys).text for size in sizes]
    return [kept[0], *(made.line({"checkpoint": note}) for note in notes), *kept[1:]]


def _foreign_signature(chance: random.Random, content: str) -> str:
    """A checkpoint of another ledger's tree, or this one's signature under a line that is not base64 of it."""
    lines = content.split("\n")
    signature = bytearray(base64.b64decode(lines[4].rpartition(" ")[2]))
    signature[chance.randrange(len(signature))] ^= 1 << chance.randrange(8)
    lines[4] = f"{lines[4].rpartition(' ')[0]} {base64.b64encode(bytes(signature)).decode()}"
    return "\n".join(lines)


OPERATORS: dict[str, Callable[[random.Random, Lines], Lines]] = {
    "flip": _flip,
    "delete": _delete,
    "duplicate": _duplicate,
    "swap": _swap,
    "move": _move,
    "foreign": _foreign,
    "cut": _cut,
    "form": _form,
    "digits": _digits,
    "header": _edited("bundle", _header),
    "column": _edited("entry", _column),
    "body": _edited("entry", _other_body),
    "odd body": _edited("entry", _odd_body),
    "note": _edited("checkpoint", _altered_note),
    "signature": _edited("checkpoint", _foreign_signature),
    "segment": _edited("segment", _segment),
    "rewritten": _rewritten,
    "stolen": _stolen,
}
