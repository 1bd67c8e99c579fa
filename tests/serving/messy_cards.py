"""The card rows with fields as people send them: a job in free text, days in three formats, an income with marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mrm.lib import canonical
from quant.features import form
from quant.features.cleaning.dates import DateFormat
from quant.features.cleaning.labels import Group
from quant.features.operations import Feature, Operation
from quant.features.schema import FeatureSchema, Input, InputType, Unknown, Unreadable
from quant.reasons import ReasonGroup, dump_groups
from tests.serving.cards import SMALL, card_frame
from training import card, recipes

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

JOBS = (
    Group("employed", ("CLT", "carteira assinada", "assalariado")),
    Group("self-employed", ("autônomo", "conta própria", "freelancer")),
    Group("retired", ("aposentado", "aposentada")),
)
EXTRA = (
    Input("JOB", InputType.TEXT, "Job", "Ocupação", groups=JOBS, edits=2, unknown=Unknown.BUCKET, nullable=True),
    Input("SINCE", InputType.DATE, "Client since", "Cliente desde", earliest="1980-01-01", latest="2006-12-31",
          formats=(DateFormat.DAY_FIRST, DateFormat.MONTH_NAME), nullable=True, unreadable=Unreadable.MISSING),
    Input("ASKED", InputType.DATE, "Day of the application", "Data do pedido", earliest="2005-01-01",
          latest="2006-12-31"),
    Input("INCOME", InputType.MONEY, "Income (BRL)", "Renda (BRL)", 0.0, 1e9, unit="BRL", decimal_mark=",",
          nullable=True, required=False, unreadable=Unreadable.MISSING, actionable=True),
)  # fmt: skip
STEPS = (Feature("tenure_days", Operation.DAYS_BETWEEN, ("SINCE", "ASKED")),)
FEATURES = (
    Feature("job_employed", Operation.ONE_HOT, ("JOB",), only="employed"),
    Feature("job_unknown", Operation.ONE_HOT, ("JOB",), only="Unknown"),
    Feature("job_missing", Operation.IS_MISSING, ("JOB",)),
    Feature("tenure", Operation.IDENTITY, ("tenure_days",)),
    Feature("income", Operation.IDENTITY, ("INCOME",)),
)
_SPELLED = (
    "CLT",
    "clt ",
    "Carteira Assinada",
    "autonomo",
    "Autônomo",
    "CONTA-PRÓPRIA",
    "aposentad",
    "artista",
    "",
    None,
)


def schema(steps: tuple[Feature, ...] = STEPS, features: tuple[Feature, ...] = FEATURES) -> FeatureSchema:
    made = card.schema()
    return FeatureSchema((*made.inputs, *EXTRA), (*made.features, *features), steps)


def groups(features: tuple[Feature, ...] = FEATURES) -> tuple[ReasonGroup, ...]:
    first, *others = card.groups()
    return (ReasonGroup(first.key, (*first.features, *(each.name for each in features))), *others)


def messy_frame(rows: int = 3000, seed: int = 7) -> pd.DataFrame:
    import pandas as pd

    frame, draw = card_frame(rows, seed), np.random.default_rng(seed + 1)
    since = pd.Timestamp("1990-01-01") + pd.to_timedelta(draw.integers(0, 5000, rows), unit="D")
    spellings = [f"{day:%Y-%m-%d} {day:%d/%m/%Y} {day:%d_%B_%Y} 31/02/1999 _".split()[kind].replace("_", " ")
                 for day, kind in zip(since, draw.choice(5, rows, p=[0.4, 0.3, 0.2, 0.05, 0.05]), strict=True)]  # fmt: skip
    amount = np.round(draw.lognormal(8, 1, rows), 2)
    marks = {0: "{:,.2f}", 1: "R$ {:,.2f}", 2: "{:.2f}", 3: "some"}
    frame["JOB"] = draw.choice(np.array(_SPELLED, dtype=object), rows)
    # The job tells something, or no tree would ask for it.
    known = frame["JOB"].isin(["CLT", "clt ", "Carteira Assinada"])
    frame["DEFAULT"] = frame["DEFAULT"].mask(known & (draw.random(rows) < 0.7), 0)
    frame["SINCE"] = spellings
    frame["ASKED"] = "2005-10-01"
    frame["INCOME"] = [
        marks[kind].format(value) for kind, value in zip(draw.choice(4, rows, p=[0.4, 0.3, 0.2, 0.1]), amount, strict=True)
    ]  # fmt: skip
    return frame


def messy_folder(folder: Path, frame: pd.DataFrame, made: FeatureSchema | None = None) -> Path:
    """A folder as the training job prepares it."""
    folder.mkdir(parents=True)
    made = made or schema()
    extra = made.features[len(card.schema().features) :]
    spec = {
        "recipe": recipes.load(SMALL).plain(),
        "schema": form.dump(made),
        "reasons": dump_groups(groups(extra)),
        "target": "DEFAULT",
        "forbidden": [*card.PROTECTED, *card.PROXIES],
    }
    (folder / "spec.json").write_bytes(canonical.dumps(spec))
    frame.drop(columns=["ID", *card.PROTECTED, *card.PROXIES]).to_parquet(folder / "development.parquet")
    return folder


def application(frame: pd.DataFrame, row: int = 0) -> dict[str, object]:
    """One row as it arrives over HTTP; what cannot be read is left away by its sender."""
    sent = {name: frame[name].iloc[row] for name in schema().input_names}
    known = {name: value.item() if hasattr(value, "item") else value for name, value in sent.items()}
    known = {name: None if value != value else value for name, value in known.items()}  # noqa: PLR0124 (NaN)
    return known | {
        name: None for name, bad in (("SINCE", "31/02/1999"), ("INCOME", "some")) if known[name] == bad
    }
