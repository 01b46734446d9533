"""Means over seeds with their intervals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import stats

from models.families import Floats


def mean_and_interval(values: Sequence[float] | Floats) -> dict[str, float]:
    """Mean over seeds with its 95 % t interval; without one for a single seed."""
    found = np.asarray(values, dtype=np.float64)
    mean, half = float(np.mean(found)), 0.0
    if len(found) > 1:
        half = float(stats.t.ppf(0.975, len(found) - 1) * stats.sem(found))
    return {"mean": round(mean, 4), "low": round(mean - half, 4), "high": round(mean + half, 4)}
