"""The declaration of consumer loans as lenders have them and as the portfolio simulator makes them: applications, what
the bureau said of them, and what a bank account says (docs/simulator.md). Protected attributes (sex, region, date of
birth) are no inputs.

Groups and limits come from the words of the field and from what a form may hold, not from rows.
"""

from dataclasses import replace

from quant.features.cleaning.dates import DateFormat
from quant.features.cleaning.labels import Group
from quant.features.operations import Direction, Feature, Operation
from quant.features.schema import Input, InputType, Unknown, Unreadable
from training.declaring import Amount, Category, Fields

# A sweep is divided by it. It is known, and no column is made of it.
APPLIED_AT = "applied_at"
PROTECTED = ("sex", "region", "birth_date")
VEHICLE_PRODUCTS, MICRO_PRODUCTS = ("car", "motorcycle", "light_truck"), ("personal", "working_capital")
_MOST_MINOR = 1e10
_UNKNOWN = "Unknown"
_EMPLOYMENTS = (
    Group("employed", ("assalariado", "CLT", "carteira assinada")),
    Group("public_servant", ("servidor público", "funcionário público", "concursado")),
    Group("self_employed", ("autônomo", "conta própria", "profissional liberal")),
    Group("informal", ("trabalho informal",)),
    Group("retired", ("aposentado", "aposentada", "pensionista")),
    Group("unemployed", ("desempregado", "desempregada")),
)
_MAILS, _DEVICES = ("free", "company", "temporary", "own"), ("android", "ios", "desktop")


def vehicle() -> Fields:
    """Loans for a vehicle, which secures them."""
    worth = _minor("collateral_minor", "Value of the vehicle", "Valor do veículo")
    share = Feature("loan_to_value", Operation.RATIO, ("amount_minor", "collateral_minor"), when_zero=10.0)
    amounts = (Amount("loan_to_value", "loan_to_value", "security", Direction.RISING), *_amounts())
    return Fields(
        (*_inputs(VEHICLE_PRODUCTS), worth), amounts, _categories(VEHICLE_PRODUCTS), (*_STEPS, share)
    )


def vehicle_with_bookings() -> Fields:
    """The same with features of a view over bank transactions, called as a view calls them (docs/transactions.md)."""
    loans = vehicle()
    return replace(loans, inputs=(*loans.inputs, *_booked()), amounts=(*loans.amounts, *_BOOKED_AMOUNTS))


def micro() -> Fields:
    """Small loans without security."""
    return Fields(_inputs(MICRO_PRODUCTS), _amounts(), _categories(MICRO_PRODUCTS), _STEPS)


def _inputs(products: tuple[str, ...]) -> tuple[Input, ...]:
    return (
        Input(
            APPLIED_AT, InputType.DATE, "Day of the application", "Dia do pedido",
            formats=(DateFormat.DAY_FIRST, DateFormat.MONTH_NAME), earliest="2000-01-01", latest="2099-12-31",
        ),
        _label("product", "Product", "Produto", tuple(map(Group, products))),
        replace(_minor("amount_minor", "Amount asked for", "Valor pedido"), actionable=True),
        replace(_count("term_months", "Term (months)", "Prazo (meses)", (1, 120)), actionable=True),
        _count("monthly_rate_bps", "Rate a month (basis points)", "Taxa ao mês (pontos-base)", (0, 3000)),
        Input(
            "declared_income", InputType.MONEY, "Declared income a month", "Renda mensal declarada", 0.0, 1e7,
            unit="BRL", decimal_mark=",", nullable=True, unreadable=Unreadable.MISSING,
        ),
        _label("employment", "Employment", "Ocupação", _EMPLOYMENTS, edits=2),
        _label("mail_domain_kind", "Kind of e-mail address", "Tipo de e-mail", tuple(map(Group, _MAILS))),
        _label("device", "Device", "Aparelho", tuple(map(Group, _DEVICES))),
        _count("hour", "Hour of the application", "Hora do pedido", (0, 23)),
        # 999 and −1 are how the bureau writes that it does not know.
        _reported("inquiries_6m", "Inquiries in 6 months", "Consultas em 6 meses", 998, "999"),
        _reported("arrears_count", "Entries in arrears", "Registros em atraso", 1000),
        _reported("arrears_minor", "Amount in arrears", "Valor em atraso", _MOST_MINOR),
        _reported("oldest_account_months", "Age of the oldest account (months)", "Idade da conta mais antiga (meses)",
                  1200, "-1"),
    )  # fmt: skip


_STEPS = (Feature("income_to_amount", Operation.RATIO, ("declared_income", "amount_minor"), when_zero=0.0),)


def _amounts() -> tuple[Amount, ...]:
    return (
        Amount("amount", "amount_minor", "amount"),
        Amount("term", "term_months", "term", Direction.RISING),
        Amount("rate", "monthly_rate_bps", "price", Direction.RISING),
        Amount("income", "declared_income", "income", Direction.FALLING, may_be_missing=True),
        Amount("income_to_amount", "income_to_amount", "income", Direction.FALLING, may_be_missing=True),
        Amount("hour", "hour", "application"),
        Amount("inquiries", "inquiries_6m", "bureau", Direction.RISING, may_be_missing=True),
        Amount("arrears", "arrears_count", "bureau", Direction.RISING, may_be_missing=True),
        Amount("arrears_amount", "arrears_minor", "bureau", may_be_missing=True),
        Amount("oldest_account", "oldest_account_months", "bureau", Direction.FALLING, may_be_missing=True),
    )


# Expected signs: who earns more, more regularly, and keeps more, pays; who bounces payments or gambles, does not.
_BOOKED_AMOUNTS = tuple(
    Amount(name, source, group, direction, may_be_missing=True)
    for name, source, group, direction in (
        ("account_inflow", "inflow_90d", "account_income", Direction.FALLING),
        ("salary_regularity", "salary_365d", "account_income", Direction.FALLING),
        ("lowest_balance", "floor_90d", "account_balance", Direction.FALLING),
        ("returned_payments", "returned_365d", "account_conduct", Direction.RISING),
        ("gambling_share", "gambling_365d", "account_conduct", Direction.RISING),
    )
)


def _booked() -> tuple[Input, ...]:
    """Without an account, or without leave to read it, nothing is known of any."""
    return (
        _seen("inflow_90d", "Received in 90 days", "Recebido em 90 dias", (0.0, _MOST_MINOR)),
        _seen("salary_365d", "Share of months with a salary", "Parcela dos meses com salário", (0.0, 1.0)),
        _seen(
            "floor_90d", "Lowest balance in 90 days", "Menor saldo em 90 dias", (-_MOST_MINOR, _MOST_MINOR)
        ),
        _seen("returned_365d", "Returned payments in a year", "Pagamentos devolvidos em um ano", (0.0, 1e5)),
        _seen("gambling_365d", "Share spent on gambling", "Parcela gasta em apostas", (0.0, 1.0)),
    )


def _categories(products: tuple[str, ...]) -> tuple[Category, ...]:
    employments = tuple(group.name for group in _EMPLOYMENTS)
    return (
        Category("product", "product", "product", (*products, _UNKNOWN)),
        Category("employment", "employment", "employment", (*employments, _UNKNOWN)),
        Category("mail", "mail_domain_kind", "application", (*_MAILS, _UNKNOWN)),
        Category("device", "device", "application", (*_DEVICES, _UNKNOWN)),
    )


def _minor(name: str, english: str, portuguese: str) -> Input:
    return Input(name, InputType.NUMBER, english, portuguese, 1.0, _MOST_MINOR)


def _count(name: str, english: str, portuguese: str, limits: tuple[int, int]) -> Input:
    least, most = limits
    return Input(name, InputType.INTEGER, english, portuguese, float(least), float(most))


def _reported(name: str, english: str, portuguese: str, most: float, *unknown: str) -> Input:
    return Input(name, InputType.NUMBER, english, portuguese, 0.0, float(most), nullable=True, blanks=unknown)


def _seen(name: str, english: str, portuguese: str, limits: tuple[float, float]) -> Input:
    return Input(name, InputType.NUMBER, english, portuguese, *limits, nullable=True)


def _label(name: str, english: str, portuguese: str, groups: tuple[Group, ...], *, edits: int = 0) -> Input:
    return Input(
        name, InputType.TEXT, english, portuguese, groups=groups, edits=edits, unknown=Unknown.BUCKET
    )
