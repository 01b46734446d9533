"""How lift and baseline rate hang together: people who buy anyway may be moved less by a post, or more.

A creator whose audience buys more than the brief says also shows whether such an audience is lifted differently. The
holdout alone tells how far a deal's rate lies from what was expected, r; the exposed convert with e^((1 + slope) r)
times what was expected of them. Holdout and exposed are counted apart, so the luck of one does not enter the other; r
itself is known with the holdout's luck, and its shrunken mean takes its place (regression calibration: Carroll,
Ruppert, Stefanski & Crainiceanu 2006, "Measurement Error in Nonlinear Models", chapter 4).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from models.families import Floats, Outcomes
from models.rates import COUNTS, Rates
from models.uncertainty import Spread, fit_level

_STEPS = 40
_STEEPEST = 0.9
"""More than this no slope is taken to be: people who buy anyway still count for something."""
_WORTH = 4.0
"""Rows that a believed spread is worth."""
_FARTHEST = 3.0
"""Working residuals are cut here (ln)."""


@dataclass(frozen=True)
class Together:
    """Log lift rises by `slope` per ln by which a pairing's baseline rate exceeds expectation; `error` of the slope."""

    slope: float = 0.0
    error: float = 0.0

    @classmethod
    def of(cls, deals: pd.DataFrame, log_lift: Floats, rates: Rates, lift_sd: float) -> Self:
        """From lift tests with counts.

        Parameters
        ----------
        deals : n rows with exposed, exposed_conversions, holdout, holdout_conversions; others are left out
        log_lift : expected of each row by a model that did not see it, NaN leaves one out; shape (n,)
        rates : expected of each row
        lift_sd : spread of true log lifts about `log_lift`; before any test, lift and rate may hang together as well
            with a correlation of -1 as of 1: slope ~ N(0, (lift_sd / rate_sd)² / 3)
        """
        n1, k1, n0, k0 = (deals[c].to_numpy(dtype=np.float64) for c in COUNTS)
        # A rate learned from the same tests lies near their own counts: only a brief's own word is from elsewhere.
        told = np.isfinite(n1 + k1 + n0 + k0 + log_lift) & (n0 > 0) & (n1 > 0) & (rates.source == "given")
        sd = rates.log_sd
        believed = lift_sd**2 / 3.0 / (float(np.mean(sd[told] ** 2)) if told.any() else 1.0)
        if not told.any():
            return cls(0.0, float(np.sqrt(believed)))
        r, variance = _from_holdout(k0[told], n0[told] * np.exp(rates.log_mean[told]), float(np.mean(sd[told])))
        expected = n1[told] * np.exp((rates.log_mean + log_lift)[told])
        return cls(*_slope(k1[told], expected, r, variance, lift_sd, believed))

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self)


ALONE = Together()
"""Nothing known of the other tells of the one."""


def _from_holdout(seen: Floats, expected: Floats, sd: float) -> tuple[Floats, Floats]:
    """Mean and variance of r once `seen` ~ Poisson(expected e^r) is known; r is normal, with the level and spread that
    these counts speak for. The spread is believed to be `sd`, as by a few rows. Laplace's approximation."""
    rows = Outcomes("poisson", seen, np.ones(len(seen)), np.log(expected), np.ones(len(seen)))
    level, _, sd = fit_level(rows, Spread(sd, 1.0), _WORTH)
    r = np.full(len(seen), level)
    for _ in range(_STEPS):
        mean = expected * np.exp(r)
        r = r + np.clip((seen - mean - (r - level) / sd**2) / (mean + 1.0 / sd**2), -1.0, 1.0)
    return r, 1.0 / (expected * np.exp(r) + 1.0 / sd**2)


def _slope(
    seen: Floats, expected: Floats, r: Floats, variance: Floats, lift_sd: float, believed: float
) -> tuple[float, float]:
    """Slope and its standard error from `seen` ~ Poisson(expected e^(level + (1 + slope) r)), r and lift uncertain."""
    level, slope = 0.0, 0.0
    covariance: Floats = np.eye(2)
    design = np.column_stack([np.ones(len(r)), r])
    precision = np.diag([1e-6, 1.0 / believed])
    for _ in range(_STEPS):
        spread = (1.0 + slope) ** 2 * variance + lift_sd**2
        mean = expected * np.exp(level + (1.0 + slope) * r + 0.5 * spread)
        w = mean / (1.0 + mean * spread)
        gap = np.clip((seen - mean) / mean, -_FARTHEST, _FARTHEST)
        covariance = np.asarray(np.linalg.inv((design * w[:, None]).T @ design + precision), dtype=np.float64)
        step = covariance @ (design.T @ (w * gap) - precision @ np.array([level, slope]))
        level, slope = level + float(np.clip(step[0], -0.5, 0.5)), slope + float(np.clip(step[1], -0.5, 0.5))
        if np.max(np.abs(step)) < 1e-8:
            break
    return float(np.clip(slope, -_STEEPEST, _STEEPEST)), float(np.sqrt(covariance[1, 1]))
