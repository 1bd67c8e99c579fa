"""What was planted is found again, by plain statistics and within their own errors."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy import stats

from training.simulator import calendar, people, risk
from training.simulator.applications import EMPLOYMENTS
from training.simulator.chunks import collection_calls, simulate
from training.simulator.plan import APPLICANTS_PER_CHUNK, Kind, Plan
from training.simulator.truths import WINDOW_MONTHS

ERRORS = 3.0
BEYOND = 1 - 2 * stats.norm.sf(ERRORS)


def close(found, planted, error):
    return abs(found - planted) <= ERRORS * error


def share(members):
    """A share and its standard error."""
    rate = members.mean()
    return rate, np.sqrt(rate * (1 - rate) / members.size)


def difference(first, second):
    """A difference of means and its standard error."""
    return first.mean() - second.mean(), np.sqrt(first.var() / first.size + second.var() / second.size)


@cache
def fitted(book):
    """Coefficients with standard errors, and the information, of a logistic fit without penalty on mature loans."""
    from sklearn.linear_model import LogisticRegression

    mature = book.of("outcomes", "is_mature")
    columns = np.column_stack([values[mature] for values in book.features.values()])
    estimator = LogisticRegression(C=np.inf, tol=1e-8, max_iter=1000)
    estimator.fit(columns, book.of("outcomes", "defaulted")[mature])
    chance = estimator.predict_proba(columns)[:, 1]
    design = np.column_stack([np.ones(len(columns)), columns])
    information = design.T @ (design * (chance * (1 - chance))[:, None])
    errors = np.sqrt(np.diag(np.linalg.inv(information)))
    names = ["intercept", *book.features]
    made = zip([estimator.intercept_[0], *estimator.coef_[0]], errors, strict=True)
    return dict(zip(names, made, strict=True)), information


@pytest.mark.parametrize("kind", list(Kind))
def test_a_plain_logistic_fit_finds_every_coefficient(book, kind):
    """Of 29 true coefficients one is beyond three standard errors in 8 portfolios of 100, two in 3 of 1000."""
    planted = {"intercept": book(kind).truths.intercept} | risk.weights(book(kind).truths)
    found, information = fitted(book(kind))
    assert set(found) == set(planted)
    far = [name for name, (made, error) in found.items() if not close(made, planted[name], error)]
    assert len(far) <= stats.binom.ppf(BEYOND, len(found), 1 - BEYOND)
    away = np.array([made - planted[name] for name, (made, _) in found.items()])
    assert away @ information @ away < stats.chi2.ppf(BEYOND, away.size)


@pytest.mark.parametrize("kind", list(Kind))
def test_every_planted_sign_is_found_where_it_is_larger_than_its_error(book, kind):
    found, _ = fitted(book(kind))
    planted = risk.weights(book(kind).truths)
    visible = [name for name, weight in planted.items() if abs(weight) > ERRORS * found[name][1]]
    assert len(visible) > len(planted) / 2
    assert all(np.sign(found[name][0]) == np.sign(planted[name]) for name in visible)


def test_the_features_follow_from_the_files_alone(table, truth):
    chunk = simulate(Plan(APPLICANTS_PER_CHUNK, 1), 0)
    again = _from_files(table, truth)
    assert set(again) == set(chunk.features)
    for name, values in chunk.features.items():
        np.testing.assert_allclose(
            np.asarray(again[name], dtype=float), values, rtol=1e-12, atol=1e-12, err_msg=name
        )


def _from_files(table, truth):
    """The meanings of the sidecar, by pandas and from the parquet files."""
    import pandas as pd

    asked = table("applications").copy()
    asked["day"] = _day(asked.applied_at)
    asked = asked.merge(table("bureau"), on="application_id", how="left")
    group = asked.employment.map({each["spelling"]: each["group"] for each in truth["spellings"]})
    income = _minor(asked.declared_income)
    month = (asked.day.dt.year - 2021) * 12 + asked.day.dt.month - 1
    shock = truth["shock"]
    known = asked.as_of.notna()
    return _banked(table("transactions"), asked) | {
        "log_income": np.log(income / 300_000).fillna(0.0),
        "income_blank": asked.declared_income.isna(),
        "employment_public": group == "public_servant",
        "employment_self": group == "self_employed",
        "employment_informal": group == "informal",
        "employment_retired": group == "retired",
        "employment_unemployed": group == "unemployed",
        "mail_temporary": asked.mail_domain_kind == "temporary",
        "mail_company": asked.mail_domain_kind == "company",
        "night_application": asked.hour < 6,
        "device_ios": asked.device == "ios",
        "log_amount": np.log(asked.amount_minor / 2_500_000),
        "term_years": (asked.term_months - 30) / 12,
        "rate_points": (asked.monthly_rate_bps - 220) / 100,
        "loan_to_value": asked.amount_minor / asked.collateral_minor - 0.6,
        "bureau_none": ~known,
        "inquiries": asked.inquiries_6m.where(asked.inquiries_6m != 999).clip(upper=10).fillna(0),
        "arrears": asked.arrears_count.clip(upper=5).fillna(0),
        "account_years": (
            asked.oldest_account_months.where(asked.oldest_account_months >= 0) / 12 - 6
        ).fillna(0),
        "region_north": asked.region == "north",
        "sex_female": asked.sex == "female",
        "age_under_25": (asked.day - pd.to_datetime(asked.birth_date)).dt.days < 25 * 365.25,
        "season": np.cos(2 * np.pi * (asked.day.dt.month - 12) / 12),
        "shock": (month >= shock["month"]) & (month < shock["month"] + shock["months"]),
    }


def _banked(booked, asked):
    import pandas as pd

    joined = asked[["application_id", "customer_id", "day"]].merge(booked, on="customer_id")
    joined["before"] = (joined.day - pd.to_datetime(joined.booked_at)).dt.days
    joined = joined[(joined.before >= 1) & (joined.before <= 365)]

    def per_application(rows, column="amount_minor", how="sum"):
        return (
            rows.groupby("application_id")[column].agg(how).reindex(asked.application_id).fillna(0).to_numpy()
        )

    half, quarter = joined[joined.before <= 180], joined[joined.before <= 90]
    outflow = per_application(joined[joined.amount_minor < 0])
    gambled = per_application(joined[joined.category == "GAMBLING"])
    return {
        "returned_180d": per_application(half[half.category == "RETURNED_PAYMENT"], how="count").clip(max=5),
        "gambling_tenths_365d": 10 * gambled / np.where(outflow == 0, 1, outflow),
        "salary_regularity_365d": (
            per_application(joined[joined.category == "SALARY"], how="count") / 12
        ).clip(max=1),
        "overdrawn_90d": per_application(quarter, "balance_after_minor", "min") < 0,
    }


def _day(texts):
    import pandas as pd

    styles = ("%Y-%m-%d", "%d/%m/%Y", "%d %b %Y")
    tried = [pd.to_datetime(texts, format=style, errors="coerce") for style in styles]
    return tried[0].fillna(tried[1]).fillna(tried[2])


def _minor(texts):
    plain = texts.str.replace("R$ ", "").str.replace(" ", "")
    brazilian = plain.str.replace(".", "").str.replace(",", ".")
    return (plain.where(~plain.str.contains(",", na=False), brazilian).astype(float) * 100).round()


@pytest.mark.parametrize(
    ("attribute", "group", "other"),
    [("sex", "female", "male"), ("region", "northeast", "southeast"), ("region", "north", "southeast")],
)
def test_the_gap_in_incomes_is_as_planted(book, attribute, group, other):
    names = people.SEXES if attribute == "sex" else people.REGIONS
    made = book()
    planted = {(each.attribute, each.group): each.log_income for each in made.truths.groups}
    income = np.log(made.of("applications", "earned_minor"))
    told = made.is_first & ~made.of("applications", "income_blank")
    first, second = (told & (made.of_people(attribute) == names.index(each)) for each in (group, other))
    found, error = difference(income[first], income[second])
    assert close(found, planted[attribute, group], error)


def excess(book, members, left_out=()):
    """The log-odds that explain the defaults of some loans beyond the sidecar's other coefficients, and their error."""
    weights = risk.weights(book.truths)
    chosen = members & book.of("outcomes", "is_mature")
    told = sum(
        weights[name] * values[chosen] for name, values in book.features.items() if name not in left_out
    )
    without = book.truths.intercept + told
    defaulted = book.of("outcomes", "defaulted")[chosen]
    added = 0.0
    for _ in range(30):
        now = 1 / (1 + np.exp(-without - added))
        added += (defaulted - now).sum() / (now * (1 - now)).sum()
    now = 1 / (1 + np.exp(-without - added))
    return added, 1 / np.sqrt((now * (1 - now)).sum())


def test_the_disparity_in_odds_is_as_planted_and_is_not_nothing(book):
    made = book()
    for feature in ("region_north", "age_under_25"):
        weight = risk.weights(made.truths)[feature]
        found, error = excess(made, made.features[feature] == 1, [feature])
        assert close(found, weight, error)
        assert found > ERRORS * error


def test_the_shock_is_as_large_as_stated_and_in_its_months_only(book):
    made = book()
    month, shock = made.of("applications", "month"), made.truths.shock
    shocked = (month >= shock.month) & (month < shock.month + shock.months)
    found, error = excess(made, shocked, ["shock"])
    assert close(found, shock.log_odds, error)
    assert found > ERRORS * error
    around = (np.abs(month - shock.month - 1) <= 4) & ~shocked
    calm, error = excess(made, around)
    assert close(calm, 0.0, error)


def test_the_shift_is_in_its_month_and_of_its_size(book):
    made = book()
    shift, asked = made.truths.shift, made.of("applications", "employment")
    after = made.of("applications", "month") >= shift.month
    informal = asked == EMPLOYMENTS.index("informal")
    for members, planted in ((~after, shift.informal_share_before), (after, shift.informal_share_after)):
        assert close(
            share(informal[members & made.is_first])[0], planted, share(informal[members & made.is_first])[1]
        )
    income = np.log(made.of("applications", "earned_minor"))
    salaried = made.is_first & (asked == EMPLOYMENTS.index("salaried"))
    found, error = difference(income[salaried & after], income[salaried & ~after])
    assert close(found, shift.log_income, error)


def test_more_apply_in_december_as_stated(book):
    wave = calendar.december_wave(book().of("applications", "month"))
    found, error = 2 * wave.mean(), 2 * wave.std() / np.sqrt(wave.size)
    assert close(found, book().truths.volume, error)
    assert np.unique(book().of("applications", "month")).size == WINDOW_MONTHS


def test_blanks_sentinels_and_late_clocks_have_their_shares(book):
    made, mess = book(), book().truths.mess
    hit = made.of("bureau", "is_hit")
    late = made.of("bureau", "as_of_day") > made.of("applications", "day")
    found = {
        mess.income_blank: made.of("applications", "income_blank"),
        mess.sentinel_inquiries: made.of("bureau", "inquiries")[hit] == 999,
        mess.sentinel_account: made.of("bureau", "oldest_account_months")[hit] == -1,
        mess.late_clock: late[hit],
        0.82: hit,
    }
    assert all(close(share(members)[0], planted, share(members)[1]) for planted, members in found.items())


def test_blank_incomes_default_more_often(book):
    made = book()
    weight = risk.weights(made.truths)["income_blank"]
    found, error = excess(made, made.of("applications", "income_blank"), ["income_blank"])
    assert close(found, weight, error)
    assert found > ERRORS * error


@pytest.mark.parametrize("kind", list(Kind))
def test_as_many_default_as_the_true_probabilities_say(book, kind):
    mature = book(kind).of("outcomes", "is_mature")
    chance = book(kind).probability[mature]
    error = np.sqrt((chance * (1 - chance)).sum())
    assert close(book(kind).of("outcomes", "defaulted")[mature].sum(), chance.sum(), error)


@pytest.mark.parametrize("kind", list(Kind))
def test_the_leak_alone_tells_far_more_than_any_other_column(book, kind):
    from sklearn.metrics import roc_auc_score

    made = book(kind)
    mature = made.of("outcomes", "is_mature")
    defaulted = made.of("outcomes", "defaulted")[mature]
    calls = np.concatenate([collection_calls(chunk) for chunk in made.chunks])[mature]
    others = [abs(roc_auc_score(defaulted, values[mature]) - 0.5) + 0.5 for values in made.features.values()]
    error = np.sqrt(0.25 / defaulted.sum())  # no AUC varies more than this
    assert roc_auc_score(defaulted, calls) - max(others) > 2 * ERRORS * error
    assert (
        roc_auc_score(defaulted, calls) > roc_auc_score(defaulted, made.probability[mature]) + ERRORS * error
    )


def test_what_is_counted_in_the_sidecar_is_what_the_tables_hold(table, truth):
    rows = table("applications").merge(table("outcomes"), on="application_id")
    chunk = simulate(Plan(APPLICANTS_PER_CHUNK, 1), 0)
    expected = chunk.probability[chunk.outcomes.is_mature].mean()
    assert float(truth["base_rate"]["expected_default_rate"]) == pytest.approx(expected, rel=1e-12)
    counted = {each["group"]: each for each in truth["counted"]}
    for name in ("female", "male"):
        members = rows[rows.sex == name]
        told = counted[f"sex {name}"]
        assert (told["loans"], told["mature"]) == (len(members), int(members.matured.sum()))
        assert told["defaults"] == int(members.default_12m.sum())
