"""What is written as usual is verified without being parsed whole: what that never passes, and what it must not change."""

import io
import json

import pytest

from audit import bundle, chain, shapes, verifier
from audit.checkpoint import VerifierKey
from audit.examination import Outside
from audit.tree import Range, root
from mrm.lib import canonical
from tests.audit import made
from tests.prove import _ledger_mutants, ledger

FACTS = '{"a":{"list":[1,-2,0,true,null],"text":"é"},"b":"x","c":17}'
LIKE = ('{"a":{"list":[9,0,3,true,null],"text":""},"b":"ç","c":-999999999999999}', FACTS)
UNLIKE = (
    FACTS.replace('"b"', '"B"'),
    FACTS.replace("17", "017"),
    FACTS.replace("17", "-0"),
    FACTS.replace("17", "1.0"),
    FACTS.replace("17", "9007199254740992"),
    FACTS.replace("true", "false"),
    FACTS.replace('"x"', '"x\n"'),
    FACTS.replace('"x"', '"\\u0078"'),
    FACTS.replace('"x"', '"x","b":"y"'),
    FACTS.replace('"b":"x","c":17', '"c":17,"b":"x"'),
    FACTS + " ",
    FACTS + "{}",
)


@pytest.fixture
def known(monkeypatch):
    monkeypatch.setattr(shapes, "_known", {})
    shapes.keep("an:event", FACTS)


def is_known(text):
    return shapes.is_known("an:event", text, 0, len(text))


@pytest.mark.parametrize("text", LIKE)
def test_facts_like_proven_ones_are_known_and_canonical(known, text):
    assert is_known(text)
    assert canonical.dumps(json.loads(text)).decode() == text


@pytest.mark.parametrize("text", UNLIKE)
def test_facts_written_in_another_way_or_with_other_names_are_not_known(known, text):
    assert not is_known(text)


def test_facts_of_another_event_are_not_known(known):
    assert not shapes.is_known("other:event", FACTS, 0, len(FACTS))


def test_what_is_kept_is_bounded(known):
    for number in range(500):
        shapes.keep("an:event", f'{{"name{number}":1}}')
        shapes.keep(f"event:{number}", FACTS)
    shapes.keep("event:1", f'{{"a":"{"x" * 3_000}"}}')
    assert len(shapes._known) == shapes.EVENTS
    assert max(map(len, shapes._known.values())) == shapes.PER_EVENT


@pytest.mark.control("ledger:tamper-evidence")
def test_the_application_says_the_same_when_it_knows_no_shape(monkeypatch):
    drawn = list(_ledger_mutants.mutants(ledger.SEED + 1, 400))
    known = [examined_by_the_application(mutant) for mutant in drawn]
    monkeypatch.setattr(shapes, "is_known", lambda *_: False)
    assert [examined_by_the_application(mutant) for mutant in drawn] == known


def examined_by_the_application(mutant):
    key = VerifierKey.read(mutant.outside.key) if mutant.outside.key else None
    return bundle.examine(io.BytesIO(mutant.content), Outside(key, mutant.outside.notes))


@pytest.mark.control("ledger:tamper-evidence")
def test_the_offline_verifier_says_the_same_when_it_reads_every_line_member_by_member(monkeypatch):
    drawn = list(_ledger_mutants.mutants(ledger.SEED + 2, 400))
    usual = [examined(mutant) for mutant in drawn]
    monkeypatch.setattr(verifier.Ledger, "_usual_entry", lambda *_: False)
    assert [examined(mutant) for mutant in drawn] == usual


def examined(mutant):
    found = verifier.examine(io.BytesIO(mutant.content), key=mutant.outside.key, notes=mutant.outside.notes)
    return found.plain()


def test_lines_of_the_usual_form_are_taken_as_such(monkeypatch):
    whole, taken = made.made(made.full_plan()), []
    usual = verifier.Ledger._usual_entry
    monkeypatch.setattr(
        verifier.Ledger, "_usual_entry", lambda *given: taken.append(usual(*given)) or taken[-1]
    )
    assert verifier.examine(io.BytesIO(whole.content)).entries == 64
    assert sum(taken) > 50


@pytest.mark.parametrize("facts", ['{"a":"\\\\"}', '{"a":"b\\"c"}', '{"a":"\\n"}', "[]", '{"b":1,"a":1}'])
def test_facts_with_escapes_or_out_of_order_are_read_member_by_member(facts):
    content = verifier.Ledger(None, ())
    fact = chain.Fact("2026-01-01T00:00:00.000000Z", "an:event", "a", "b", chain.Subject("c", "d"), {})
    row = made.row(fact, 1, chain.GENESIS)
    body = row["body"].replace('"facts":{}', f'"facts":{facts}')
    row |= {"body": body, "leaf": chain.leaf_of(body.encode()).hex()}
    assert content._usual_entry(made.line({"entry": row})) is False
    assert content.tree.size == 0


def test_a_subtree_is_appended_as_one():
    leaves = [bytes([number]) * 32 for number in range(13)]
    grown = Range()
    for at, height in ((0, 3), (8, 2), (12, 0)):
        grown.append(root(leaves[at : at + (1 << height)]), height)
    assert (grown.size, grown.root()) == (13, root(leaves))
    with pytest.raises(ValueError, match="does not begin at leaf 13"):
        grown.append(leaves[0], 1)
