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
# Of the view, what the declared fields read (training/consumer.py).
_BOOKED: Final = ("inflow_90d", "salary_365d", "floor_90d", "returned_365d", "gambling_365d")
_TOLERANCE_DAYS: Final = 2


def simulate(folder: Path, loans: int = LOANS) -> None:
    """The portfolio in the folder of sources, unless it is whole already."""
    from training.simulator.plan import Kind, Plan
    from training.simulator.portfolio import generate

    if not (folder / "truth.json").exists():
        generate(folder, Plan(loans=loans, seed=SEED, kind=Kind.VEHICLE))


def tell(dana: Caller, victor: Caller, say: Callable[[str], None]) -> str:
    """From tables to candidates; returns the id of the sweep."""
    say(
        "Dana computes what the bank transactions of simulated applicants say, as of each application for a vehicle"
    )
    view = _build_view(dana, say)
    say("Dana puts a second portfolio together: applications, bureau answers, outcomes and these features")
    asked = {"assembly": _assembly(view), "declaration": _declaration()}
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


def _build_view(dana: Caller, say: Callable[[str], None]) -> str:
    """The name and number of the view."""
    made = dana.finish(dana.post("feature-views", {"view": _view()}, Idempotency_Key="second-view"))
    label = str(made["feature_view"])
    (found,) = [
        each for each in dana.get("feature-views")["results"] if f"{each['name']}/{each['number']}" == label
    ]
    counts = dana.get(f"feature-views/{found['id']}")["lineage"]["counts"]
    say(f"  {label}: {counts['counted']} bookings count, {counts['too_late']} came too late to be known")
    return label


def _folder(table: str, **more: object) -> JSON:
    return {"kind": "folder", "place": f"{SLUG}/{table}", "format": "parquet", **more}


def _view() -> JSON:
    return {
        "name": "bank",
        "definition": {
            "columns": {
                "customer": "customer_id", "booked_on": "booked_at", "amount_minor": "amount_minor",
                "category": "category", "balance_minor": "balance_after_minor",
            },
            "windows": [90, 365],
            "tolerance_days": _TOLERANCE_DAYS,
            "max_age_days": 30,
            "measures": [
                {"name": "inflow", "kind": "inflow"},
                {"name": "salary", "kind": "income_regularity", "categories": ["SALARY"]},
                {"name": "floor", "kind": "balance_floor"},
                {"name": "returned", "kind": "returned_payments", "categories": ["RETURNED_PAYMENT"]},
                {"name": "gambling", "kind": "category_share", "categories": ["GAMBLING"]},
            ],
        },
        "transactions": _folder("transactions"),
        "applications": _folder("applications"),
        "columns": {
            "key": "application_id", "customer": "customer_id", "applied_on": "applied_at",
            "day_formats": ["day_first", "month_name"],
        },
    }  # fmt: skip


def _assembly(view: str) -> JSON:
    one_to_one = {"on": {"application_id": "application_id"}, "cardinality": "one_to_one"}
    return {
        "sources": [
            _folder("applications", name="applications"),
            _folder("bureau", name="bureau"),
            _folder("outcomes", name="outcomes", only={"matured": ["true"]}),
            {"name": "bank", "kind": "view", "place": view},
        ],
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
            {"source": "bank", **one_to_one, "columns": list(_BOOKED)},
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
        # What the simulator's own source says (applications, bureau, truths), not what was seen in a portfolio.
        "expected": {
            "application_id": {"unique": True, "required": True},
            "applied_at": {"kind": "date", "required": True},
            "amount_minor": {"kind": "integer", "minimum": "1", "required": True},
            "term_months": {"kind": "integer", "values": ["12", "24", "36", "48"], "required": True},
            "monthly_rate_bps": {"kind": "integer", "minimum": "73", "maximum": "440", "required": True},
            "product": {"values": ["car", "motorcycle", "light_truck"], "required": True},
            "inquiries_6m": {"kind": "integer", "minimum": "0", "maximum": "60"},
            "arrears_count": {"kind": "integer", "minimum": "0", "maximum": "9"},
        },
        "attribution": f"Made by training/simulator with seed {SEED}; nobody lent these loans.",
    }


def _sweep() -> JSON:
    return {
        "fields": "vehicle-loans-and-bookings",
        "split": {
            "method": "time", "column": "applied_at", "validation_from": "2022-05-01", "test_from": "2022-09-01",
            "gap_days": _GAP_DAYS,
        },
        "encoders": ["woe", "one_hot"],
        "imputers": ["median", "knn"],
        "families": ["logistic", "xgboost", "lightgbm"],
        "profit": "profit_minor",
    }  # fmt: skip


# As a lender would answer for such a portfolio, if it were real: the answers give tier 1.
TIERING = {
    "exposure_amount": "below_10_million",
    "exposure_applicants": "1000_to_100000",
    "purpose": "origination",
    "reliance": "every_decision",
    "complexity_method": "trees",
    "complexity_inputs": "31_to_100",
    "complexity_origin": "own",
    "uncertainty_history": "below_2_years",
    "uncertainty_defaults": "200_to_1000",
    "uncertainty_judgement": "some",
}


def _entry() -> JSON:
    return {
        "slug": SLUG,
        "name": "Vehicle loans",
        "purpose": "Estimate the probability that a loan for a vehicle defaults within 12 months.",
        "intended_use": "Nothing: the loans are simulated, to show candidates from several tables.",
        # ZZ is the code of ISO 3166-1 for no country at all.
        "uses": [
            {
                "use": "origination",
                "products": ["vehicle loan"],
                "segments": ["simulated"],
                "jurisdictions": ["ZZ"],
            }
        ],
        "limitations": [
            {
                "limitation": "Simulated loans.",
                "consequence": "Nothing it says is about people.",
                "control": "It is trained and compared, and never submitted.",
            },
            {
                "limitation": "The gaps of 30 days are shorter than the year after which an outcome is known, because"
                " the window is short.",
                "consequence": "The parts share outcomes that a lender would not have known yet.",
                "control": "The comparison says so, and nobody decides by it.",
            },
        ],
        "answers": TIERING,
        "tier": 2,
        "tier_reason": "The loans are simulated: it decides nothing, and nobody is touched by it.",
        "business_unit": "Vehicles",
    }
