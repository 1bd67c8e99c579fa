"""When a PD is too low, and how that is tested."""

from __future__ import annotations

from dataclasses import dataclass

from validation.rules.reading import Raw, count, number, share


@dataclass(frozen=True)
class CalibrationRules:
    amber_alpha: float
    red_alpha: float
    required_power: float
    delta: float
    curve_bins: int


@dataclass(frozen=True)
class BacktestRules:
    """`correlation`: of the assets of two obligors, in Vasicek's one-factor model. `yellow`, `red`: the quantiles where
    the light changes. The slope of the calibration must lie between its ends. `low_default_confidence`: of the upper
    PD of grades with few defaults."""

    correlation: float
    yellow: float
    red: float
    slope_low: float
    slope_high: float
    low_default_confidence: float


def read(raw: Raw) -> CalibrationRules:
    return CalibrationRules(
        amber_alpha=number(raw, "amber_alpha"),
        red_alpha=number(raw, "red_alpha"),
        required_power=number(raw, "required_power"),
        delta=number(raw, "delta"),
        curve_bins=count(raw, "curve_bins"),
    )


def read_backtest(raw: Raw) -> BacktestRules:
    return BacktestRules(
        correlation=share(raw, "correlation"),
        yellow=share(raw, "yellow"),
        red=share(raw, "red"),
        slope_low=number(raw, "slope_low"),
        slope_high=number(raw, "slope_high"),
        low_default_confidence=share(raw, "low_default_confidence"),
    )
