"""How people and systems write things down: dates in three formats, money in three, employment in two dozen ways."""

from __future__ import annotations

import datetime as dt

import numpy as np

from quant.arrays import Ints
from training.simulator.applications import EMPLOYMENTS

DATE_FORMATS = ("2024-03-05", "05/03/2024", "5 Mar 2024")
MONEY_FORMATS = ("3200.50", "R$ 3.200,50", "3 200,50")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_EPOCH = dt.date(1970, 1, 1).toordinal()

# By group of employment, in its order; the first spelling is the tidy one.
EMPLOYMENT_SPELLINGS = (
    ("Assalariado", "ASSALARIADO", " assalariado", "Asalariado"),
    ("Servidor público", "servidor publico", "SERVIDOR PÚBLICO", "Servidor  Publico"),
    ("Autônomo", "autonomo", "AUTÔNOMO ", "Autonômo"),
    ("Informal", "informal", " INFORMAL", "Imformal"),
    ("Aposentado", "aposentado", "APOSENTADO ", "Apozentado"),
    ("Desempregado", "desempregado", "DESEMPREGADO", "Desenpregado"),
)
JOBS = (
    (
        "auxiliar administrativo",
        "vendedora de loja",
        "técnico de enfermagem",
        "operador de caixa",
        "motorista",
    ),
    ("professora da rede pública", "policial militar", "agente de saúde", "fiscal", "técnico judiciário"),
    ("cabeleireira", "mecânico", "representante comercial", "fotógrafo", "advogada"),
    ("motorista de aplicativo", "diarista", "vendedor ambulante", "pedreiro", "entregador"),
    ("aposentado", "aposentada INSS", "pensionista", "militar da reserva", "aposentado rural"),
    ("sem ocupação", "procurando emprego", "do lar", "estudante", "bicos"),
)


def dates(day: Ints, style: Ints) -> list[str]:
    """Days since 1970, each in its format of DATE_FORMATS; 05/03/2024 is the fifth of March."""
    return [_date(*each) for each in zip(day.tolist(), style.tolist(), strict=True)]


def money(amount_minor: Ints, style: Ints) -> list[str]:
    """Minor units, each in its format of MONEY_FORMATS."""
    return [_money(*each) for each in zip(amount_minor.tolist(), style.tolist(), strict=True)]


def employments(group: Ints, style: Ints) -> list[str]:
    """Each group in one of its spellings."""
    return [EMPLOYMENT_SPELLINGS[place][which] for place, which in zip(group, style, strict=True)]


def jobs(group: Ints, place: Ints, style: Ints) -> list[str]:
    """An occupation of each group in free text; the second and third style shout and capitalise."""
    written = (str, str.upper, str.title)
    told = zip(group, place, style, strict=True)
    return [written[each](JOBS[which][job]) for which, job, each in told]


def styles(draw: np.random.Generator, count: int, shares: tuple[float, ...]) -> Ints:
    return draw.choice(len(shares), size=count, p=shares)


def spelling_groups() -> list[dict[str, str]]:
    """Every spelling with the group it stands for."""
    return [
        {"spelling": spelling, "group": group}
        for group, spellings in zip(EMPLOYMENTS, EMPLOYMENT_SPELLINGS, strict=True)
        for spelling in spellings
    ]


def _date(day: int, style: int) -> str:
    date = dt.date.fromordinal(day + _EPOCH)
    if style == 1:
        return f"{date.day:02d}/{date.month:02d}/{date.year}"
    if style == 2:
        return f"{date.day} {_MONTHS[date.month - 1]} {date.year}"
    return date.isoformat()


def _money(amount: int, style: int) -> str:
    whole, rest = divmod(amount, 100)
    if style == 1:
        return "R$ " + f"{whole:,}".replace(",", ".") + f",{rest:02d}"
    if style == 2:
        return f"{whole:,}".replace(",", " ") + f",{rest:02d}"
    return f"{whole}.{rest:02d}"
