"""Trees, notes and keys at their edges: what a single changed character of the code would let through."""

import base64
import hashlib

import pytest

from audit import checkpoint, keys, tree
from audit.checkpoint import NotAKey, NotANote, SigningKey, VerifierKey
from tests.audit.made import FIRST, ORIGIN, SECOND, THIEF, records

ROOT = b"r" * 32


def note_of(size=5, signers=(FIRST,), root=ROOT):
    return checkpoint.signed(origin=ORIGIN, size=size, root=root, keys=signers)


def text_of(size="5", origin=ORIGIN, root=ROOT, signers=(FIRST,)):
    """A note written without the code that writes notes."""
    body = f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"
    lines = [
        f"\u2014 {origin} {base64.b64encode(each.public.key_id + each.sign(body.encode()).value).decode()}\n"
        for each in signers
    ]
    return f"{body}\n{''.join(lines)}"


def subtree(leaves):
    """RFC 6962, 2.1, word for word."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + subtree(leaves[:split]) + subtree(leaves[split:])).digest()


@pytest.mark.parametrize("count", range(1, 18))
def test_every_leaf_of_every_small_tree_climbs_to_the_root_of_the_standard(count):
    leaves = records(count)
    assert tree.root(leaves) == subtree(leaves)
    for index, leaf in enumerate(leaves):
        siblings = tree.path(leaves, index)
        assert tree.climbed(leaf, index=index, size=count, siblings=siblings) == subtree(leaves)


@pytest.mark.parametrize(
    ("size", "hashes"), [(1, []), (3, [ROOT]), (1, [b"short"]), (2, [ROOT + b"x"]), (0, [ROOT])]
)
def test_a_range_holds_one_whole_hash_for_each_set_bit(size, hashes):
    with pytest.raises(ValueError, match="32 bytes"):
        tree.Range(size, hashes)


def test_a_copied_range_grows_alone():
    grown = tree.Range(1, [ROOT])
    grown.copy().append(ROOT)
    assert (grown.size, grown.hashes) == (1, [ROOT])


def test_no_leaves_have_no_root():
    with pytest.raises(ValueError, match="without leaves"):
        tree.root([])


@pytest.mark.parametrize("index", [-1, 4, 5])
def test_beyond_the_leaves_there_is_no_path_and_no_climb(index):
    with pytest.raises(ValueError, match="no leaf"):
        tree.path(records(4), index)
    with pytest.raises(ValueError, match="no leaf"):
        tree.climbed(ROOT, index=index, size=4, siblings=[ROOT, ROOT])


@pytest.mark.parametrize(("siblings", "said"), [(1, "shorter"), (3, "longer")])
def test_a_path_is_as_long_as_the_tree_is_high(siblings, said):
    with pytest.raises(ValueError, match=said):
        tree.climbed(ROOT, index=1, size=4, siblings=[ROOT] * siblings)


@pytest.mark.parametrize("size", [1, 9, 10, 2**53 - 1])
@pytest.mark.parametrize("signers", [(FIRST,), (FIRST, SECOND)])
def test_a_note_is_written_as_the_page_says(size, signers):
    note = note_of(size, signers)
    assert note.text == text_of(str(size), signers=signers)
    assert checkpoint.read(note.text) == note
    assert all(each.public.has_signed(note) for each in signers)
    assert not THIEF.public.has_signed(note)


@pytest.mark.parametrize(
    "size", ["0", "00", "05", "-1", "+5", "x", "", "1.0", str(2**53), "9" * 16, "9" * 17, "٣"]
)
def test_a_size_is_a_positive_integer_that_every_reader_keeps(size):
    with pytest.raises(NotANote, match=r"size|three lines"):
        checkpoint.read(text_of(size))


@pytest.mark.parametrize("signers", [(), (FIRST, SECOND, THIEF)])
def test_a_note_has_one_or_two_signatures(signers):
    with pytest.raises(NotANote, match="one or two"):
        checkpoint.read(text_of(signers=signers))
    with pytest.raises(NotANote):
        note_of(signers=signers)


def test_two_signatures_are_of_two_keys():
    with pytest.raises(NotANote, match="one key"):
        checkpoint.read(text_of(signers=(FIRST, FIRST)))


@pytest.mark.parametrize("root", [b"", b"r" * 31, b"r" * 33])
def test_a_root_is_a_hash(root):
    with pytest.raises(NotANote, match="32 bytes"):
        checkpoint.read(text_of(root=root))


def test_a_signature_line_is_of_an_id_and_a_signature():
    whole = text_of()
    line = whole.splitlines()[-1]
    content = base64.b64decode(line.split(" ")[2])
    for wrong in (content[:-1], content + b"x", content[:4]):
        with pytest.raises(NotANote, match="68 bytes"):
            checkpoint.read(whole.replace(line, f"\u2014 {ORIGIN} {base64.b64encode(wrong).decode()}"))
    for wrong in ("****", "é", line.split(" ")[2][:-1]):
        with pytest.raises(NotANote, match="base64"):
            checkpoint.read(whole.replace(line, f"\u2014 {ORIGIN} {wrong}"))
    with pytest.raises(NotANote, match="another signer"):
        checkpoint.read(whole.replace(line, line.replace(ORIGIN, "other.example")))
    with pytest.raises(NotANote, match="another signer"):
        checkpoint.read(whole.replace("\u2014 ", "- "))


def test_lines_are_ended_and_divided_by_lf_only():
    whole = text_of()
    for wrong in (
        whole[:-1],
        f"{whole}\n",
        whole.replace("\n\n", "\nx\n"),
        whole.replace("\n", "\r\n"),
        f"\n{whole}",
    ):
        with pytest.raises(NotANote):
            checkpoint.read(wrong)


def test_a_note_of_more_than_two_thousand_characters_is_not_looked_at():
    with pytest.raises(NotANote, match="at most 2000"):
        checkpoint.read("x" * 2_001)
    with pytest.raises(NotANote, match="three lines"):
        checkpoint.read("x" * 2_000)


@pytest.mark.parametrize("origin", ["", "A", ".x", "-x", "x" * 65, "a b", "a+b", "é", "x\n"])
def test_an_origin_is_a_plain_word(origin):
    with pytest.raises(NotAKey, match="1 to 64"):
        SigningKey.made(origin)
    with pytest.raises(NotANote):
        checkpoint.read(text_of(origin=origin))


@pytest.mark.parametrize("origin", ["x", "0", "a.b/c_d-e", "x" * 64])
def test_a_key_is_read_as_it_is_written(origin):
    key = SigningKey.made(origin)
    assert SigningKey.read(key.text) == SigningKey.read(f"{key.text}\n") == key
    assert VerifierKey.read(key.public.text) == key.public
    named = origin.encode() + b"\n\x01" + key.public.public
    assert key.public.key_id == hashlib.sha256(named).digest()[:4]
    assert key.text.startswith(f"PRIVATE+KEY+{origin}+{key.public.key_id.hex()}+")
    assert str(key.seed) not in repr(key)


def test_another_key_text_is_none():
    public, private = FIRST.public.text, FIRST.text
    origin, named, content = public.split("+", 2)
    long = base64.b64encode(base64.b64decode(content) + b"x").decode()
    short = base64.b64encode(base64.b64decode(content)[:-1]).decode()
    other = base64.b64encode(b"\x02" + base64.b64decode(content)[1:]).decode()
    said = {
        "is <origin>": ["", origin, f"{origin}+{named}", f"A+{named}+{content}"],
        "not base64": [f"{origin}+{named}+****", f"{origin}+{named}+é"],
        "Ed25519": [f"{origin}+{named}+{each}" for each in (long, short, other, "")],
        "not written": [f"{origin}+{named[:-1]}0x+{content}", f"{origin}+{named.upper()}x+{content}"],
    }
    for why, wrong in said.items():
        for each in wrong:
            with pytest.raises(NotAKey, match=why):
                VerifierKey.read(each)
    for each in (
        public,
        f"{private}\n\n",
        f" {private}",
        f"x{private}",
        private.replace("PRIVATE", "private"),
    ):
        with pytest.raises(NotAKey):
            SigningKey.read(each)


def test_a_private_key_under_the_id_of_another_is_none():
    ours, theirs = (each.public.key_id.hex() for each in (FIRST, SECOND))
    with pytest.raises(NotAKey, match="private key is not written"):
        SigningKey.read(FIRST.text.replace(ours, theirs))


def test_a_key_of_another_origin_has_signed_nothing_here():
    stranger = VerifierKey("other.example", FIRST.public.public)
    assert not stranger.has_signed(note_of())


def entry(key, event=keys.ADOPTED, previous=None, subject=("log", ORIGIN)):
    facts = {"key": key.public.text if isinstance(key, SigningKey) else key}
    if previous:
        facts["previous"] = previous.public.text
    return {"event": event, "facts": facts, "subject": {"type": subject[0], "id": subject[1]}}


def test_keys_follow_one_another_and_each_is_in_force_from_its_entry_on():
    line = keys.Timeline(ORIGIN)
    assert line.in_force(100) is None
    assert line.add(3, 3, entry(FIRST)) == ""
    assert line.add(7, 70, entry(SECOND, keys.ROTATED, FIRST)) == ""
    forced = [line.in_force(size) for size in (2, 3, 6, 7, 8)]
    assert forced == [None, FIRST.public, FIRST.public, SECOND.public, SECOND.public]
    assert line.keys == [FIRST.public, SECOND.public]
    assert line.rotations == [keys.Rotation(7, 70, SECOND.public, FIRST.public)]


FOREIGN = SigningKey("other.example", bytes([9]) * 32)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (entry(SECOND), "every later one follows"),
        (entry(SECOND, keys.ROTATED), "not the one in force"),
        (entry(SECOND, keys.ROTATED, THIEF), "not the one in force"),
        (entry(FIRST, keys.ROTATED, FIRST), "in force before"),
        (entry(FOREIGN, keys.ROTATED, FIRST), "another origin"),
        (entry(SECOND, keys.ROTATED, FIRST, ("log", "other.example")), "another origin"),
        (entry(SECOND, keys.ROTATED, FIRST, ("person", ORIGIN)), "another origin"),
        (entry(None, keys.ROTATED, FIRST), "names no key"),
        (entry("x", keys.ROTATED, FIRST), "A key is"),
    ],
)
def test_a_key_entry_that_does_not_follow_brings_no_key(said, why):
    line = keys.Timeline(ORIGIN)
    line.add(1, 1, entry(FIRST))
    assert why in line.add(2, 2, said)
    assert (line.keys, line.rotations) == ([FIRST.public], [])


def test_the_first_key_is_adopted():
    line = keys.Timeline(ORIGIN)
    assert "first key is adopted" in line.add(1, 1, entry(FIRST, keys.ROTATED, SECOND))
    assert line.keys == []
