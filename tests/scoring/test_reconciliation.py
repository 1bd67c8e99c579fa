"""Booked loans against Decisions: every row is answered or named, and no reference is ever printed."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import uuid

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mrm.lib import clock
from mrm.lib.errors import Malformed, NotFound
from scoring.booked_loans import BadRow, Loan, read
from scoring.models import Decision
from scoring.reconciliation import Wanted, reconcile
from tests.scoring import in_force

NOBODY = "00000000-0000-4000-8000-000000000000"
SECRET = "canary-Zoë-93c1"


@pytest.fixture
def file(tmp_path):
    """Write rows (or bytes) as a file of booked loans."""

    def write(content):
        path = tmp_path / "loans.csv"
        if isinstance(content, bytes):
            path.write_bytes(content)
            return path
        with path.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows(content)
        return path

    return write


@pytest.fixture
def run(file):
    """(exit, what was told as JSON) of the command over a file."""

    def command(content, *options):
        out = io.StringIO()
        with pytest.raises(SystemExit) as ended:
            call_command("reconcile", str(file(content)), "--json", *options, stdout=out)
        return ended.value.code, json.loads(out.getvalue())

    return command


@pytest.fixture
def on_day(monkeypatch):
    """Hold the clock at noon, so many days from today."""
    today = clock.now().replace(hour=12, minute=0, second=0, microsecond=0)

    def hold(days):
        moment = today + dt.timedelta(days=days)
        monkeypatch.setattr(clock, "now", lambda: moment)
        return moment.date()

    return hold


def _lists(told):
    return {name: value for name, value in told.items() if value and name != "loans"}


def _rows(path):
    return list(read(path))


# What a file may look like.


def _one(path):
    (row,) = _rows(path)
    return row


@pytest.mark.parametrize(
    "content",
    [
        f"decision\n{NOBODY}\n",
        f"\ufeffdecision\n{NOBODY}\n",
        f"decision\r\n{NOBODY}\r\n",
        f"decision\r{NOBODY}\r",
        f"decision\n{NOBODY}",
        f'"decision"\n"{NOBODY}"\n',
        f" decision , note\n {NOBODY.upper()} ,x\n",
        f'note,decision\n"two\nlines\r\nthree",{NOBODY}\n',
        f"decision,reference,booked_at\n{NOBODY},,\n",
    ],
)
def test_one_row_is_read_whatever_the_dialect(file, content):
    assert _one(file(content.encode())) == Loan(2, uuid.UUID(NOBODY), "", None)


def test_a_reference_is_kept_as_it_stands(file):
    assert _one(file([["reference", "booked_at"], [' a, "b"\n', "2026-01-31"]])) == Loan(
        2, None, ' a, "b"\n', dt.date(2026, 1, 31)
    )


def test_rows_are_numbered_as_a_spreadsheet_does(file):
    found = _rows(file(f'note,decision\n"two\nlines",{NOBODY}\n\n,\nx,{NOBODY}\n'.encode()))
    assert [row.row for row in found] == [2, 5]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xef\xbb\xbf",
        b"\n\n",
        b"\n" + f"decision\n{NOBODY}\n".encode(),
        b"id,amount\n1,2\n",
        b"decision;booked_at\n1;2\n",
        b"Decision\n1\n",
        b"decision,decision\n1,2\n",
        b"decision,booked_at,booked_at\n1,2,3\n",
        "decision\n".encode("utf-16"),
        "decisão,decision\n".encode("latin-1"),
        b"deci\x00sion\n",
        b'decision,"open\n' + f"{NOBODY}\n".encode(),
        b"PK\x03\x04\x14\x00\x06\x00\x08\x00",
    ],
)
def test_what_is_no_such_file_is_refused_whole(file, content):
    with pytest.raises(Malformed):
        _rows(file(content))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(Malformed, match="cannot be read"):
            _rows(path)


def test_only_a_header_is_a_file_without_loans(file):
    assert _rows(file(b"decision\n")) == []


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        (b"not-an-id,,", "no id"),
        (f"{{{NOBODY}}},,".encode(), "no id"),
        (NOBODY.replace("-", "").encode() + b",,", "no id"),
        (NOBODY.replace("0", "０").encode() + b",,", "no id"),
        (f"{NOBODY}\n".encode().replace(b"\n", b"\x00") + b",,", "NUL"),
        (b",a\x00b,", "NUL"),
        (b",\xe9t\xe9,", "not UTF-8"),
        (b",\xed\xa0\x80,", "not UTF-8"),
        (b",,2026-01-31", "names no decision"),
        (b",a,31/01/2026", "no date"),
        (b",a,2026-W05-1", "no date"),
        (b",a,20260131", "no date"),
        (b",a,2026-02-30", "does not exist"),
        (b",a", "2 cells where the first row has 3"),
        (b",a,,", "4 cells"),
        (b'"a"b,,', "quotes"),
        (b"," + b"x" * 200_000 + b",", "too long"),
    ],
)
def test_a_bad_row_is_named_by_number_and_the_others_are_read(file, cells, why):
    good = f"{NOBODY},,\n".encode()
    found = _rows(file(b"decision,reference,booked_at\n" + good + cells + b"\n" + good))
    assert [type(row) for row in found] == [Loan, BadRow, Loan]
    assert [row.row for row in found] == [2, 3, 4]
    assert why in found[1].why


def test_a_quote_that_is_never_closed_is_said(file):
    found = _rows(file(f'decision\n{NOBODY}\n"{NOBODY}\n{NOBODY}\n'.encode()))
    assert [type(row) for row in found] == [Loan, BadRow]
    assert "rows behind it" in found[1].why


# What differs.


def test_loans_and_decisions_that_agree_end_with_0(world, run):
    first, second = world.decide("approve", "a"), world.decide("approve", "b")
    world.decide("decline", "c")
    by_id = run([["decision"], [first.pk], [second.pk]])
    by_reference = run([["reference"], ["a"], ["b"]])
    assert by_id == by_reference
    assert (by_id[0], by_id[1]["loans"], _lists(by_id[1])) == (0, 2, {})


def test_a_loan_without_a_decision_is_named_by_its_row(world, run):
    approved = world.decide("approve", "a")
    code, told = run([["decision", "reference"], [NOBODY, ""], ["", SECRET], [approved.pk, ""]])
    assert (code, _lists(told)) == (1, {"without_decision": [2, 3]})


@pytest.mark.parametrize("outcome", ["decline", "refer"])
def test_a_loan_against_its_decision_is_named(world, run, outcome):
    decision = world.decide(outcome, "a")
    code, told = run([["reference"], ["a"]])
    assert code == 1
    assert _lists(told) == {
        "against_decision": [{"row": 2, "decision": str(decision.pk), "outcome": outcome}]
    }


def test_two_loans_on_one_decision_are_named_however_they_name_it(world, run):
    approved, declined = world.decide("approve", "a"), world.decide("decline", "b")
    rows = [
        ["decision", "reference"],
        [approved.pk, ""],
        ["", "a"],
        [declined.pk, "b"],
        [approved.pk, "a"],
        ["", "b"],
    ]
    code, told = run(rows)
    assert code == 1
    assert told["duplicates"] == [
        {"decision": str(approved.pk), "rows": [2, 3, 5]},
        {"decision": str(declined.pk), "rows": [4, 6]},
    ]


def test_an_approved_decision_without_a_loan_is_told_with_model_version_and_time(world, run):
    approved = world.decide("approve", "a")
    world.decide("decline", "b")
    code, told = run(b"decision\n")
    assert code == 1
    assert _lists(told) == {
        "without_loan": [
            {
                "decision": str(approved.pk),
                "model": in_force.SLUG,
                "version": 1,
                "at": clock.stamp(approved.at),
            }
        ]
    }


def test_a_row_whose_id_and_reference_disagree_has_no_decision(world, run):
    first, second = world.decide("approve", "a"), world.decide("approve", "b")
    rows = [["decision", "reference"], [first.pk, "b"], [second.pk, "b"]]
    code, told = run(rows)
    assert (code, told["without_decision"]) == (1, [2])
    assert [each["decision"] for each in told["without_loan"]] == [str(first.pk)]


def test_a_reference_stands_for_every_decision_of_its_application(world, run):
    world.decide("decline", "a")
    world.decide("approve", "a")
    world.decide("approve", "a")
    assert run([["reference"], ["a"]])[0] == 0


def test_a_loan_booked_before_its_decision_is_named(world, run, on_day):
    day = on_day(1)
    decision = world.decide("approve", "a")
    booked = [day - dt.timedelta(days=back) for back in (0, 1, 2)]
    codes = [run([["decision", "booked_at"], [decision.pk, each]])[0] for each in booked]
    assert codes == [0, 0, 1]  # a day's grace, for the file's days are local and the decision's are UTC
    told = run([["decision", "booked_at"], [decision.pk, booked[2]]])[1]
    assert _lists(told) == {"before_decision": [{"row": 2, "decision": str(decision.pk)}]}


def test_a_loan_booked_between_a_decline_and_an_approval_was_against_the_decision(world, run, on_day):
    day = on_day(1)
    declined = world.decide("decline", "a")
    on_day(9)
    world.decide("approve", "a")
    _, told = run([["reference", "booked_at"], ["a", day]])
    assert told["against_decision"] == [{"row": 2, "decision": str(declined.pk), "outcome": "decline"}]


def test_days_bound_the_decisions_that_must_have_a_loan_and_both_count(world, run, on_day):
    days, ids = [], []
    for number in range(4):
        days.append(on_day(number + 1))
        ids.append(str(world.decide("approve", f"r{number}").pk))

    def missing(*options):
        return [each["decision"] for each in run(b"decision\n", *options)[1]["without_loan"]]

    assert missing() == ids
    assert missing("--since", str(days[1])) == ids[1:]
    assert missing("--until", str(days[2])) == ids[:3]
    assert missing("--since", str(days[1]), "--until", str(days[1])) == ids[1:2]
    assert missing("--until", "9999-12-31") == ids


def test_a_loan_on_a_decision_outside_the_days_is_no_difference(world, run, on_day):
    day = on_day(5)
    decision = world.decide("approve", "a")
    assert run([["decision"], [decision.pk]], "--since", str(day + dt.timedelta(days=1)))[0] == 0


def test_another_model_has_none_of_these_decisions(world, run):
    in_force.accepted_model(world.cast, "another")
    decision = world.decide("approve", "a")
    assert run([["decision"], [decision.pk]], "--model", in_force.SLUG)[0] == 0
    code, told = run([["decision", "reference"], [decision.pk, ""], ["", "a"]], "--model", "another")
    assert (code, _lists(told)) == (1, {"without_decision": [2, 3]})


# What the command says.


def test_a_bad_row_ends_with_2_and_the_rest_is_told(world, run):
    decision = world.decide("decline", "a")
    code, told = run([["decision"], ["x"], [decision.pk], [NOBODY]])
    assert code == 2
    assert [row["row"] for row in told["bad_rows"]] == [2]
    assert [row["row"] for row in told["against_decision"]] == [3]
    assert told["without_decision"] == [4]


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_file_that_cannot_be_read_ends_with_2(db, file, options):
    out = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("reconcile", str(file(b"")), *options, stdout=out)
    assert ended.value.code == 2
    assert "first row" in out.getvalue()


def test_an_unknown_model_and_days_that_end_before_they_begin_are_refused(db, file):
    with pytest.raises(NotFound):
        reconcile(_rows(file(b"decision\n")), Wanted(model="nothing"))
    with pytest.raises(Malformed):
        reconcile([], Wanted(since=dt.date(2026, 1, 2), until=dt.date(2026, 1, 1)))
    with pytest.raises(CommandError):
        call_command("reconcile", "loans.csv", "--since", "yesterday")


def test_no_reference_is_ever_printed(world, file):
    world.decide("decline", SECRET)
    content = (
        f"reference,booked_at\n{SECRET},\n{SECRET},never\n{SECRET}2,\n{SECRET},2026-01-01,{SECRET}\n".encode()
    )
    for options in ((), ("--json",)):
        out, err = io.StringIO(), io.StringIO()
        with pytest.raises(SystemExit):
            call_command(
                "reconcile",
                str(file(content + b"\xff" + SECRET.encode())),
                *options,
                stdout=out,
                stderr=err,
            )
        assert "canary" not in out.getvalue() + err.getvalue()
        assert "row 4" in out.getvalue() or '"without_decision": [4]' in out.getvalue()


def test_the_table_names_what_the_json_names(world, file):
    declined, approved, lonely = (
        world.decide("decline", "a"),
        world.decide("approve", "b"),
        world.decide("approve", "c"),
    )
    path = file([["decision"], [declined.pk], [approved.pk], [approved.pk], [NOBODY], ["x"]])
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("reconcile", str(path), stdout=out)
    told = out.getvalue()
    for words in (
        "4 loans read",
        "1 rows that cannot be read",
        "row 6: its decision is no id",
        "1 loans without a Decision",
        "row 5",
        f"row 2: {declined.pk} was decline",
        f"{approved.pk}: rows 3, 4",
        f"{lonely.pk}  {in_force.SLUG} 1",
    ):
        assert words in told


def test_it_changes_nothing(world, run):
    from audit.models import Access, Entry

    world.decide("approve", "a")
    before = (Decision.objects.count(), Entry.objects.count(), Access.objects.count())
    run([["reference"], ["a"], ["b"]])
    assert (Decision.objects.count(), Entry.objects.count(), Access.objects.count()) == before


def test_ten_thousand_rows_cost_statements_by_the_chunk(world, file):
    decision = world.decide("approve", "a")

    def statements(count):
        rows = [["decision", "reference"]]
        rows += [[uuid.uuid4(), ""] if n % 2 else ["", f"r{n}"] for n in range(count - 1)] + [
            [decision.pk, ""]
        ]
        path = file(rows)
        with CaptureQueriesContext(connection) as seen:
            found = reconcile(read(path), Wanted())
        assert found.loans == count
        assert len(found.without_decision) == count - 1
        assert found.without_loan == ()
        return len(seen)

    assert statements(500) == 3
    assert statements(10_000) == 2 * 20 + 1
