"""Money, dates and labels by closed grammars: known spellings by hand, the rest by properties."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quant.features.cleaning.dates import DateFormat, read_date
from quant.features.cleaning.edits import distance
from quant.features.cleaning.labels import Folding, Group, normalise
from quant.features.cleaning.money import read_money
from quant.features.cleaning.unread import Unread
from registry.serving import second_cleaning
from tests.quant_features.messy import JOBS

AMOUNTS = {
    "R$ 3.200,50": 3200.5,
    "3,200.50": 3200.5,
    "3200.5": 3200.5,
    "3 200,50": 3200.5,
    "3\u202f200,50": 3200.5,
    "3'200.50": 3200.5,
    "1.234.567": 1234567.0,
    "1.234.567,8": 1234567.8,
    "0,123": 0.123,
    "12345,678": 12345.678,
    "1 234,567": 1234.567,
    "-R$ 5": -5.0,
    "R$ −5": -5.0,
    "+7 BRL": 7.0,
    "-0": 0.0,
}
NO_AMOUNTS = {
    "1,234": Unread.AMBIGUOUS,
    "1.234": Unread.AMBIGUOUS,
    "US$ 5": Unread.UNIT,
    "5 EUR": Unread.UNIT,
    "5.": Unread.FORMAT,
    ".5": Unread.FORMAT,
    "--5": Unread.FORMAT,
    "-R$ -5": Unread.FORMAT,
    "1.23.4": Unread.FORMAT,
    "1.234,567,8": Unread.FORMAT,
    "0.123.456": Unread.FORMAT,
    "1e5": Unread.FORMAT,
    "٣٤": Unread.FORMAT,
    "R$": Unread.FORMAT,
    "5 6": Unread.FORMAT,
    "R$ 5 BRL": Unread.FORMAT,
    "cerca de 500": Unread.FORMAT,
    "": Unread.FORMAT,
}


@pytest.mark.parametrize(("text", "amount"), AMOUNTS.items())
def test_usual_spellings_of_an_amount_are_read(text, amount):
    assert repr(read_money(text, "", "BRL")) == repr(amount)


@pytest.mark.parametrize(("text", "why"), NO_AMOUNTS.items())
def test_no_other_spelling_is_guessed(text, why):
    assert read_money(text, "", "BRL") is why


def test_the_declared_mark_decides_what_could_mean_two_amounts():
    assert read_money("1,234", ",", "BRL") == 1.234
    assert read_money("1,234", ".", "BRL") == 1234.0
    # What can be read in one way only is read so, whatever is declared.
    assert read_money("3,200.50", ",", "BRL") == 3200.5


@given(
    st.integers(-(10**11), 10**11), st.sampled_from(["{:,.2f}", "R$ {:,.2f}", "{:,.2f} BRL"]), st.booleans()
)
def test_an_amount_in_cents_survives_both_conventions(cents, spelling, comma):
    text = spelling.format(cents / 100)
    if comma:
        text = text.translate(str.maketrans(",.", ".,"))
    assert read_money(text, "", "BRL") == cents / 100


@settings(max_examples=1000)
@given(st.text(max_size=40), st.sampled_from(["", ".", ","]))
def test_reading_an_amount_never_raises(text, mark):
    amount = read_money(text, mark, "BRL")
    assert isinstance(amount, Unread) or amount == amount  # noqa: PLR0124


EVERY = tuple(DateFormat)
DAYS = {
    "2024-02-29": date(2024, 2, 29),
    "31/12/2024": date(2024, 12, 31),
    "31-12-2024": date(2024, 12, 31),
    "12.31.2024": date(2024, 12, 31),
    "4/4/2024": date(2024, 4, 4),
    "4 de março de 2024": date(2024, 3, 4),
    "1º de jan. de 2020": date(2020, 1, 1),
    "March 4th, 2024": date(2024, 3, 4),
    "4-Sept-2024": date(2024, 9, 4),
    "04 DEZ 2024": date(2024, 12, 4),
    "20240304": date(2024, 3, 4),
    "2024-03-04T23:59:59.5Z": date(2024, 3, 4),
    " 2024-03-04 23:59 ": date(2024, 3, 4),
}
NO_DAYS = {
    "2023-02-29": Unread.IMPOSSIBLE,
    "31/13/2024": Unread.IMPOSSIBLE,
    "30 Feb 2024": Unread.IMPOSSIBLE,
    "0000-00-00": Unread.IMPOSSIBLE,
    "03/04/2024": Unread.AMBIGUOUS,
    "3/4/24": Unread.FORMAT,
    "31/12-2024": Unread.FORMAT,
    "2024-1-2": Unread.FORMAT,
    "٢٠٢٤-٠١-٠١": Unread.FORMAT,
    "4 Mei 2024": Unread.FORMAT,
    "hoje": Unread.FORMAT,
    "": Unread.FORMAT,
}


@pytest.mark.parametrize(("text", "day"), DAYS.items())
def test_usual_spellings_of_a_date_are_read(text, day):
    assert read_date(text, EVERY) == day


@pytest.mark.parametrize(("text", "why"), NO_DAYS.items())
def test_no_other_date_is_guessed(text, why):
    assert read_date(text, EVERY) is why


def test_only_declared_formats_are_read():
    for text in set(DAYS) - {"2024-02-29"}:
        assert read_date(text, ()) is Unread.FORMAT
    assert read_date("03/04/2024", (DateFormat.DAY_FIRST,)) == date(2024, 4, 3)
    assert read_date("03/04/2024", (DateFormat.MONTH_FIRST,)) == date(2024, 3, 4)


@settings(max_examples=1000)
@given(st.dates(), st.sampled_from(["/", "-", "."]), st.sampled_from(EVERY))
def test_every_day_survives_every_format(day, mark, declared):
    year = f"{day.year:04}"
    spelled = {
        DateFormat.DAY_FIRST: f"{day.day}{mark}{day.month:02}{mark}{year}",
        DateFormat.MONTH_FIRST: f"{day.month:02}{mark}{day.day}{mark}{year}",
        DateFormat.MONTH_NAME: f"{day.day} {day:%B} {year}",
        DateFormat.COMPACT: f"{year}{day.month:02}{day.day:02}",
        DateFormat.WITH_TIME: f"{day.isoformat()} 00:00",
    }
    assert read_date(spelled[declared], (declared,)) == day


@settings(max_examples=1000)
@given(st.text(max_size=40))
def test_reading_a_date_never_raises(text):
    assert isinstance(read_date(text, EVERY), (date, Unread))


DISTANCES = [
    ("", "", 0),
    ("abc", "", 3),
    ("ca", "abc", 2),
    ("kitten", "sitting", 3),
    ("clt", "ctl", 1),
    ("a", "b", 1),
]


@pytest.mark.parametrize(("first", "second", "edits"), DISTANCES)
def test_distances_by_hand(first, second, edits):
    """ca to abc is 2: the optimal string alignment, which is no metric, would say 3."""
    assert distance(first, second, 9) == distance(second, first, 9) == edits


letters = st.text("abc", max_size=6)


@given(letters, letters, letters)
def test_the_distance_is_a_metric(first, second, third):
    assert (distance(first, second, 12) == 0) == (first == second)
    assert distance(first, third, 12) <= distance(first, second, 12) + distance(second, third, 12)


@settings(max_examples=1000)
@given(letters, letters, st.integers(0, 3))
def test_looking_no_further_than_asked_changes_no_answer(first, second, most):
    """And the second path, which tries every way of spending the edits, says the same."""
    whole = distance(first, second, 12)
    assert min(distance(first, second, most), most + 1) == min(whole, most + 1)
    assert second_cleaning._near(first, second, most) == (most > 0 and whole <= most)


FOLDING = Folding(JOBS, 2)
FOLDED = {
    "CLT": 0,
    "  Carteira   ASSINADA! ": 0,
    "cateira asinada": 0,
    "AUTONOMO": 1,
    "autonmoo": 1,
    "Conta-própria": 1,
    "САМОЗАНЯТЫЙ": 1,
    "自営業": 1,
    "συνταξιούχος": 2,
    "aposentad": 2,
    "ctl": 3,  # three letters allow no edit
    "dona de casa": 3,
    "!!!": 3,
}


@pytest.mark.parametrize(("text", "place"), FOLDED.items())
def test_labels_fold_into_their_groups(text, place):
    assert FOLDING.place(text) == place


def test_a_label_within_reach_of_two_groups_is_unknown():
    groups = (Group("casado"), Group("casada"))
    assert Folding(groups, 1).place("casadx") == 2
    assert Folding(groups, 1).place("casado") == 0


@settings(max_examples=2000, deadline=None)
@given(st.text(max_size=60))
def test_normalising_is_idempotent_and_folding_never_raises(text):
    word = normalise(text)
    assert normalise(word) == word
    assert 0 <= FOLDING.place(text) <= 3


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=30), st.permutations(range(len(JOBS))))
def test_folding_does_not_depend_on_the_order_of_groups(text, order):
    other = Folding([JOBS[place] for place in order], 2)
    names = [*(JOBS[place].name for place in order), "Unknown"]
    assert names[other.place(text)] == [*(group.name for group in JOBS), "Unknown"][FOLDING.place(text)]


@given(
    st.sampled_from([text for group in JOBS for text in (group.name, *group.spellings)]),
    st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]),
)
def test_the_form_of_unicode_does_not_matter(text, form):
    assert FOLDING.place(unicodedata.normalize(form, text).upper()) == FOLDING.place(text) < 3
