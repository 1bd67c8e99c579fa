"""A second model beside the card data: loans that nobody lent, made by the simulator, put together from several tables,
and candidates compared. Told through /api/v1/ as the first story is; nothing of it is registered or decides."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from mrm.demo.caller import JSON, Caller

SLUG: Final = "vehicle-loans"
LOANS: Final = 20_000
# Committed before the first run and never changed to please a result.
SEED: Final = 20260101
_JOINED: Final = ("as_of", "inquiries_6m", "arrears_count", "arrears_minor", "oldest_account_months")
_FIRST_DAY, _GAP_DAYS = "2023-01-01", 30


def simulate(folder: Path, loans: int = LOANS) -> None:
    """The portfolio in the folder of sources, unless it is whole already."""
    from training.simulator.plan import Kind, Plan
    from training.simulator.portfolio import generate

    if not (folder / "truth.json").exists():
        generate(folder, Plan(loans=loans, seed=SEED, kind=Kind.VEHICLE))


def tell(dana: Caller, victor: Caller, say: Callable[[str], None]) -> str:
    """From tables to candidates; returns the id of the sweep."""
    say(
        "Dana puts a second portfolio together: applications, bureau answers and outcomes of simulated vehicle loans"
    )
    asked = {"assembly": _assembly(), "declaration": _declaration()}
    made = dana.finish(dana.post("assemblies", asked, Idempotency_Key="second-assembly"))
    snapshot = dana.get(f"snapshots/{made['snapshot']}")
    say(
        f"  {snapshot['development_rows']} rows to learn from, {snapshot['held_out_rows']} decided later are held out"
    )
    dana.post("models", _entry(), Idempotency_Key="second-model")
    victor.post(f"models/{SLUG}/acceptance", {"tier_confirmed": 2}, Idempotency_Key="second-acceptance")
    say("Dana asks for a sweep: two encoders, two ways to fill gaps, three families, on the same rows")
    accepted = dana.post(
        f"models/{SLUG}/sweeps",
        {"snapshot": snapshot["id"], "sweep": _sweep()},
        Idempotency_Key="second-sweep",
    )
    return str(dana.finish(accepted)["sweep"])


def _assembly() -> JSON:
    def folder(name: str, **more: object) -> JSON:
        return {"name": name, "kind": "folder", "place": f"{SLUG}/{name}", "format": "parquet", **more}

    one_to_one = {"on": {"application_id": "application_id"}, "cardinality": "one_to_one"}
    return {
        "sources": [folder("applications"), folder("bureau"), folder("outcomes", only={"matured": ["true"]})],
        "base": "applications",
        "key": ["application_id"],
        "joins": [
            {"source": "bureau", **one_to_one, "columns": list(_JOINED)},
            {
                "source": "outcomes",
                **one_to_one,
                "columns": ["default_12m", "profit_minor"],
                "unmatched": "drop",
            },
        ],
    }


def _declaration() -> JSON:
    return {
        "name": "Simulated vehicle loans",
        "target": "default_12m",
        "id": "application_id",
        "protected": ["sex", "region", "birth_date"],
        "exposure": "amount_minor",
        # Calls and profit are known long after the decision: nothing learns from them.
        "realised": ["collection_calls", "profit_minor"],
        "dates": {"decision": "applied_at", "birth": "birth_date", "others": ["as_of"]},
        "sentinels": {"inquiries_6m": ["999"], "oldest_account_months": ["-1"]},
        "out_of_time": {"first_day": _FIRST_DAY, "gap_days": _GAP_DAYS},
        "attribution": f"Made by training/simulator with seed {SEED}; nobody lent these loans.",
    }


def _sweep() -> JSON:
    return {
        "fields": SLUG,
        "split": {
            "method": "time", "column": "applied_at", "validation_from": "2022-05-01", "test_from": "2022-09-01",
            "gap_days": _GAP_DAYS,
        },
        "encoders": ["woe", "one_hot"],
        "imputers": ["median", "knn"],
        "families": ["logistic", "xgboost", "lightgbm"],
        "profit": "profit_minor",
    }  # fmt: skip


def _entry() -> JSON:
    return {
        "slug": SLUG,
        "name": "Vehicle loans",
        "purpose": "Estimate the probability that a loan for a vehicle defaults within 12 months.",
        "intended_use": "Nothing: the loans are simulated, to show candidates from several tables.",
        "limitations": "Simulated loans. The gaps of 30 days are shorter than the year after which an outcome is known,"
        " because the window is short: the parts share outcomes that a lender would not have known yet.",
        "tier": 2,
        "tier_reason": "It decides nothing.",
        "business_unit": "Vehicles",
    }
