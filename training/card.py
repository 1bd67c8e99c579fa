"""The declaration of the card-limit estimator: inputs, features, monotone directions and reason groups.

No protected attribute (SEX, AGE, MARRIAGE) and no declared proxy (EDUCATION) is an input. Late-payment codes
are a category (no use, paid in full, revolving, late) plus months late: they are not one ordered number.
"""

from dataclasses import replace

from quant.features.schema import Direction, Feature, FeatureSchema, Input, InputType, Operation, Unknown
from quant.reasons import ReasonGroup
from training.declaring import Amount, Category, Fields

MONTHS = (
    ("0", "1", "September", "setembro"),
    ("2", "2", "August", "agosto"),
    ("3", "3", "July", "julho"),
    ("4", "4", "June", "junho"),
    ("5", "5", "May", "maio"),
    ("6", "6", "April", "abril"),
)
NO_USE, PAID_IN_FULL, REVOLVING, LATE, NEVER_SEEN = 0, 1, 2, 3, 4
PAY_CODES = (-2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9)
_CATEGORY = {-2: NO_USE, -1: PAID_IN_FULL, 0: REVOLVING}
PROTECTED = ("SEX", "AGE", "MARRIAGE")
PROXIES = ("EDUCATION",)


def schema() -> FeatureSchema:
    return FeatureSchema(inputs=_inputs(), features=_features())


def groups() -> tuple[ReasonGroup, ...]:
    """Six stories an applicant can understand; two late payments are one story."""
    bills = [bill for _, bill, _, _ in MONTHS]
    late = [f"{kind}_{pay}" for kind in ("status", "months_late") for pay, _, _, _ in MONTHS]
    return (
        ReasonGroup("late_payments", tuple(late)),
        ReasonGroup("credit_limit", ("limit",)),
        ReasonGroup("utilisation", tuple(f"utilisation_{bill}" for bill in bills)),
        ReasonGroup("balances", tuple(f"balance_{bill}" for bill in bills)),
        ReasonGroup("recent_repayments", ("repayment_1", "repayment_2")),
        ReasonGroup("earlier_repayments", tuple(f"repayment_{bill}" for bill in bills[2:])),
    )


def fields() -> Fields:
    """The same columns for a sweep: late-payment codes are categories that an encoder turns into numbers."""
    made = schema()
    stories = {name: group.key for group in groups() for name in group.features}
    amounts = [each for each in made.features if each.operation is not Operation.STATUS_CODE]
    return Fields(
        inputs=made.inputs,
        amounts=tuple(
            Amount(each.name, f"{each.name}_raw", stories[each.name], each.monotone) for each in amounts
        ),
        categories=tuple(
            Category(f"status_{pay}", f"PAY_{pay}", "late_payments", (*map(str, PAY_CODES), "Unknown"))
            for pay, _, _, _ in MONTHS
        ),
        steps=tuple(replace(each, name=f"{each.name}_raw", monotone=Direction.FREE) for each in amounts),
    )


def _inputs() -> tuple[Input, ...]:
    limit = Input(
        name="LIMIT_BAL",
        type=InputType.NUMBER,
        label_en="Credit limit (TWD)",
        label_pt_br="Limite de crédito (TWD)",
        minimum=1.0,
        maximum=10_000_000.0,
    )
    statuses = tuple(
        Input(
            name=f"PAY_{pay}",
            type=InputType.CODE,
            label_en=f"Repayment status in {english} 2005",
            label_pt_br=f"Situação do pagamento em {portuguese} de 2005",
            codes=PAY_CODES,
            unknown=Unknown.BUCKET,
        )
        for pay, _, english, portuguese in MONTHS
    )
    bills = tuple(_bill(bill, english, portuguese) for _, bill, english, portuguese in MONTHS)
    paid = tuple(_paid(bill, english, portuguese) for _, bill, english, portuguese in MONTHS)
    return (limit, *statuses, *bills, *paid)


def _bill(month: str, english: str, portuguese: str) -> Input:
    return Input(
        name=f"BILL_AMT{month}",
        type=InputType.NUMBER,
        label_en=f"Bill statement in {english} 2005 (TWD)",
        label_pt_br=f"Valor da fatura em {portuguese} de 2005 (TWD)",
        minimum=-10_000_000.0,
        maximum=10_000_000.0,
    )


def _paid(month: str, english: str, portuguese: str) -> Input:
    return Input(
        name=f"PAY_AMT{month}",
        type=InputType.NUMBER,
        label_en=f"Amount paid in {english} 2005 (TWD)",
        label_pt_br=f"Valor pago em {portuguese} de 2005 (TWD)",
        minimum=0.0,
        maximum=10_000_000.0,
    )


def _features() -> tuple[Feature, ...]:
    limit = Feature("limit", Operation.IDENTITY, ("LIMIT_BAL",), Direction.FALLING)
    table = tuple((code, _CATEGORY.get(code, LATE)) for code in PAY_CODES)
    statuses = tuple(
        Feature(
            f"status_{pay}", Operation.STATUS_CODE, (f"PAY_{pay}",), table=table, bucket=float(NEVER_SEEN)
        )
        for pay, _, _, _ in MONTHS
    )
    late = tuple(
        Feature(f"months_late_{pay}", Operation.MONTHS_LATE, (f"PAY_{pay}",), Direction.RISING)
        for pay, _, _, _ in MONTHS
    )
    return (limit, *statuses, *late, *_amounts())


def _amounts() -> tuple[Feature, ...]:
    months = [bill for _, bill, _, _ in MONTHS]
    balances = tuple(Feature(f"balance_{m}", Operation.IDENTITY, (f"BILL_AMT{m}",)) for m in months)
    repayments = tuple(
        Feature(f"repayment_{m}", Operation.IDENTITY, (f"PAY_AMT{m}",), Direction.FALLING) for m in months
    )
    # The limit is at least 1, so the zero rule is never reached; a ratio must declare one all the same.
    utilisations = tuple(
        Feature(
            f"utilisation_{m}",
            Operation.RATIO,
            (f"BILL_AMT{m}", "LIMIT_BAL"),
            Direction.RISING,
            when_zero=0.0,
        )
        for m in months
    )
    return (*balances, *repayments, *utilisations)
