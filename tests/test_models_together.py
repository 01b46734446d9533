"""Lift and baseline rate together: the slope between them, not that of their luck."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models.rates import Rates
from models.together import Together


def briefs(
    slope: float, seed: int, *, n: int = 1_500, people: float = 8_000.0
) -> tuple[pd.DataFrame, np.ndarray, Rates]:
    """Lift tests of briefs that tell a rate: true rates lie about it by 0.4, lifts about 0.1 by 0.15 and the slope."""
    rng = np.random.default_rng(seed)
    r = rng.normal(0.3, 0.4, n)
    log_lift = 0.1 + slope * (r - 0.3) + rng.normal(0.0, 0.15, n)
    exposed = np.round(people * np.exp(rng.normal(0.0, 0.6, n)))
    holdout = np.round(0.4 * exposed)
    rate = 0.004 * np.exp(r)
    frame = pd.DataFrame({
        "exposed": exposed, "exposed_conversions": rng.poisson(exposed * rate * np.exp(log_lift)),
        "holdout": holdout, "holdout_conversions": rng.poisson(holdout * rate),
    }).astype("float64")  # fmt: skip
    return frame, np.full(n, 0.1), Rates(np.full(n, np.log(0.004) + 0.3), np.full(n, 0.7), np.full(n, "given", object))


@pytest.mark.parametrize("slope", [-0.3, 0.0, 0.25])
def test_the_slope_is_found_though_holdout_and_lift_share_their_luck(slope: float) -> None:
    found = [Together.of(*briefs(slope, seed), 0.15) for seed in range(3)]
    assert np.mean([f.slope for f in found]) == pytest.approx(slope, abs=0.06)
    assert all(abs(f.slope - slope) < 3.0 * f.error for f in found)
    assert all(0.01 < f.error < 0.08 for f in found)


def test_few_tests_leave_what_was_believed() -> None:
    frame, log_lift, rates = briefs(-0.3, 1, n=3, people=500.0)
    believed = 0.15 / 0.7 / np.sqrt(3.0)
    found = Together.of(frame, log_lift, rates, 0.15)
    assert abs(found.slope) < believed
    assert found.error == pytest.approx(believed, rel=0.1)
    without = Together.of(frame, np.full(3, np.nan), rates, 0.15)
    assert without.slope == 0.0
    assert without.error == pytest.approx(0.15 / np.sqrt(3.0))


def test_rates_learned_from_the_same_counts_tell_nothing() -> None:
    frame, log_lift, rates = briefs(-0.3, 1, n=200)
    learned = Rates(rates.log_mean, rates.log_sd, np.full(200, "learned", object))
    assert Together.of(frame, log_lift, learned, 0.15).slope == 0.0
