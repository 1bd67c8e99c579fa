"""What arrives is written in many ways, and every way stands in the sidecar."""

from __future__ import annotations

import datetime as dt
import re

import numpy as np
from scipy import stats

from training.simulator import spelling
from training.simulator.applications import DEVICES, EMPLOYMENTS, MAIL_KINDS

STYLES = np.arange(3)
FORMATS = (r"\d{4}-\d{2}-\d{2}", r"\d{2}/\d{2}/\d{4}", r"\d{1,2} [A-Z][a-z]{2} \d{4}")
MONEY = (r"\d+\.\d{2}", r"R\$ \d{1,3}(\.\d{3})*,\d{2}", r"\d{1,3}( \d{3})*,\d{2}")


def test_one_day_has_three_spellings():
    day = (dt.date(2024, 3, 5) - dt.date(1970, 1, 1)).days
    assert tuple(spelling.dates(np.full(3, day), STYLES)) == spelling.DATE_FORMATS


def test_one_amount_has_three_spellings():
    assert tuple(spelling.money(np.full(3, 320_050), STYLES)) == spelling.MONEY_FORMATS
    assert spelling.money(np.full(3, 123_456_705), STYLES) == [
        "1234567.05",
        "R$ 1.234.567,05",
        "1 234 567,05",
    ]


def test_all_three_formats_of_dates_and_of_money_appear(table):
    asked = table("applications")
    for cells, patterns in ((asked.applied_at, FORMATS), (asked.declared_income.dropna(), MONEY)):
        which = np.array([[bool(re.fullmatch(pattern, cell)) for pattern in patterns] for cell in cells])
        assert (which.sum(axis=1) == 1).all()
        for found, planted in zip(which.mean(axis=0), (0.6, 0.25, 0.15), strict=True):
            assert abs(found - planted) < 3 * np.sqrt(planted * (1 - planted) / len(which))


def test_two_dozen_spellings_of_six_groups_appear(table, truth):
    written = {each["spelling"]: each["group"] for each in truth["spellings"]}
    assert len(written) == 24
    assert set(written.values()) == set(EMPLOYMENTS)
    assert set(table("applications").employment) == set(written)


def test_blanks_are_missing_and_not_empty_text(table):
    income = table("applications").declared_income
    assert income.isna().sum() > 0
    assert (income.dropna().str.len() > 0).all()


def test_the_bureau_says_nothing_of_some_and_sends_sentinels_for_others(table):
    asked, answers = table("applications"), table("bureau")
    assert answers.application_id.is_unique
    assert set(answers.application_id) < set(asked.application_id)
    assert (answers.inquiries_6m == 999).any()
    assert (answers.oldest_account_months == -1).any()
    assert answers.inquiries_6m[answers.inquiries_6m != 999].max() < 100


def test_protected_attributes_stand_in_columns_of_their_own(table):
    asked = table("applications")
    assert set(asked.sex) == {"female", "male"}
    assert set(asked.region) == {"southeast", "south", "northeast", "north"}
    assert asked.birth_date.str[:4].astype(int).between(1950, 2003).all()


def test_mail_and_device_have_their_shares(book, truth):
    told = (("mail", MAIL_KINDS, truth["mail_domain_kinds"]), ("device", DEVICES, truth["devices"]))
    for name, words, planted in told:
        codes = book().of("applications", name)
        expected = codes.size * np.array([float(planted[word]) for word in words])
        found = stats.chisquare(np.bincount(codes, minlength=expected.size), expected)
        assert found.pvalue > 2 * stats.norm.sf(3)
