"""Spreads learned out of sample, counts from tests."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, stats

from data.errors import TableError
from models.counts import conditional_outcomes, measured_log_lift
from models.families import Outcomes
from models.uncertainty import Spread, fit_level, fit_spread, interval, marginal_log_likelihood


@pytest.mark.parametrize(
    ("y", "size", "sd"), [(1.0, 3.0, 0.8), (40.0, 70.0, 0.1), (900.0, 2000.0, 1.0), (0.0, 5.0, 0.3)]
)
def test_the_marginal_likelihood_equals_the_integral(y: float, size: float, sd: float) -> None:
    rows = Outcomes("binomial", np.array([y]), np.array([size]), np.array([0.2]), np.ones(1))
    eta = np.array([-0.1])

    def at(u: float) -> float:
        return float(np.exp(rows.log_likelihood(eta + u)[0] - top) * stats.norm.pdf(u, 0.0, sd))

    top = max(rows.log_likelihood(eta + u)[0] for u in np.linspace(-5 * sd, 5 * sd, 201))
    exact = np.log(integrate.quad(at, -9 * sd, 9 * sd, limit=400, points=np.linspace(-4 * sd, 4 * sd, 41))[0]) + top
    found = marginal_log_likelihood(rows, eta, np.array([sd]))[0]
    # Quadrature leaves out the normal's constant, the same for every spread.
    assert found - 0.5 * np.log(2 * np.pi) == pytest.approx(exact, abs=2e-3)


@pytest.mark.parametrize(("tau", "scale"), [(0.1, 1.0), (0.3, 0.5), (0.05, 2.0)])
def test_spreads_are_recovered(tau: float, scale: float) -> None:
    rng = np.random.default_rng(1)
    n = 4000
    variance = rng.uniform(0.0, 0.06, n)
    true = 0.1 + np.sqrt(tau**2 + scale * variance) * rng.normal(size=n)
    size = rng.integers(50, 600, n).astype(float)
    y = rng.binomial(size.astype(int), 1 / (1 + np.exp(-true))).astype(float)
    rows = Outcomes("binomial", y, size, np.zeros(n), np.ones(n))
    found = fit_spread(rows, np.full(n, 0.1), variance, Spread(0.2, 1.0), 5.0)
    assert found.tau == pytest.approx(tau, abs=0.04)
    sd = found.sd(np.zeros(n), variance)
    assert np.mean(sd) == pytest.approx(np.mean(np.sqrt(tau**2 + scale * variance)), rel=0.06)


@pytest.mark.parametrize("growth", [0.0, 1.2])
def test_a_spread_that_grows_with_the_prediction_is_recovered(growth: float) -> None:
    rng = np.random.default_rng(2)
    n = 6000
    eta = rng.normal(0.1, 0.25, n)
    true = eta + 0.2 * np.exp(growth * (eta - 0.1)) * rng.normal(size=n)
    size = rng.integers(50, 900, n)
    y = rng.binomial(size, 1 / (1 + np.exp(-true))).astype(float)
    rows = Outcomes("binomial", y, size.astype(float), np.zeros(n), np.ones(n))
    found = fit_spread(rows, eta, np.zeros(n), Spread(0.3, 1.0), 5.0, eta)
    assert found.growth == pytest.approx(growth, abs=0.2)
    assert found.sd(np.array([-0.2, 0.4]), np.zeros(2)) == pytest.approx(
        0.2 * np.exp(growth * np.array([-0.3, 0.3])), rel=0.12
    )
    assert found.growing(np.array([50.0])) == found.growing(np.array([2.0])), "no further than a whole unit"


@pytest.mark.parametrize("error", [0.0, 0.03])
def test_where_all_error_is_the_models_intervals_are_not_much_wider_than_it(error: float) -> None:
    rng = np.random.default_rng(3)
    n = 3000
    true = 0.1 + error * rng.normal(size=n)
    size = rng.integers(300, 900, n)
    y = rng.binomial(size, 1 / (1 + np.exp(-true))).astype(float)
    rows = Outcomes("binomial", y, size.astype(float), np.zeros(n), np.ones(n))
    found = fit_spread(rows, np.full(n, 0.1), np.full(n, error**2), Spread(0.35, 1.0), 6.0)
    # Rows of 600 conversions leave a spread of some 0.015 open.
    assert 0.002 < found.tau < 0.025
    if error > 0.0:
        sd = found.sd(np.zeros(n), np.full(n, error**2))
        assert 0.77 < np.mean(np.abs(true - 0.1) < 1.2816 * sd) < 0.88


def test_an_error_far_above_the_models_own_account_is_told_in_full() -> None:
    rng = np.random.default_rng(4)
    n = 2000
    variance = 1e-4 * np.exp(rng.normal(size=n))
    true = np.sqrt(900.0 * variance) * rng.normal(size=n)
    size = rng.integers(300, 900, n)
    y = rng.binomial(size, 1 / (1 + np.exp(-true))).astype(float)
    rows = Outcomes("binomial", y, size.astype(float), np.zeros(n), np.ones(n))
    found = fit_spread(rows, np.zeros(n), variance, Spread(0.3, 1.0), 6.0)
    assert np.mean(np.abs(true) < 1.2816 * found.sd(np.zeros(n), variance)) > 0.76


def test_without_rows_the_belief_stays() -> None:
    nothing = np.zeros(0)
    rows = Outcomes("binomial", nothing, nothing, nothing, nothing)
    found = fit_spread(rows, nothing, nothing, Spread(0.2, 1.0), 5.0)
    assert (found.tau, found.scale) == pytest.approx((0.2, 1.0), rel=0.02)


def test_intervals_are_normal_and_levels_checked() -> None:
    assert interval(np.zeros(1), np.ones(1), 0.95)[0] == pytest.approx([-1.96, 1.96], abs=0.001)
    for level in (0.0, 1.0, -1.0, 2.0):
        with pytest.raises(ValueError, match="level"):
            interval(np.zeros(1), np.ones(1), level)


def test_counts_become_conditional_outcomes() -> None:
    counts = pd.DataFrame({
        "exposed": [1000.0, np.nan], "exposed_conversions": [30.0, np.nan],
        "holdout": [500.0, np.nan], "holdout_conversions": [10.0, np.nan],
        "lift_estimate": [np.nan, 0.2], "lift_se": [np.nan, 0.1], "prior": [0.1, 0.3],
    })  # fmt: skip
    rows = conditional_outcomes(counts)
    assert rows.size[0] == 40.0
    assert rows.y[0] == 30.0
    assert rows.offset[0] == pytest.approx(np.log(2.0) + 0.1)
    # An estimate's pseudo-counts carry its value and its precision.
    value, variance = measured_log_lift(rows)
    assert value[1] + 0.3 == pytest.approx(np.log(1.2), abs=0.01)
    assert variance[1] == pytest.approx(0.01, rel=0.02)
    assert rows.weight.tolist() == [1.0, 1.0]


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("exposed_conversions", 2000.0, "at most exposed"),
        ("holdout", 0.0, "at least one person"),
        ("holdout_conversions", -1.0, "at least 0"),
        ("exposed", np.inf, "finite"),
        ("weight", np.nan, "finite"),
        ("prior", np.nan, "finite"),
        ("lift_se", 0.0, "above 0"),
    ],
)
def test_faulty_counts_are_named(column: str, value: float, words: str) -> None:
    counts = pd.DataFrame({
        "exposed": [1000.0], "exposed_conversions": [30.0], "holdout": [500.0], "holdout_conversions": [10.0],
        "lift_estimate": [0.1], "lift_se": [np.nan], "prior": [0.1], "weight": [1.0],
    })  # fmt: skip
    with pytest.raises(TableError, match=words) as told:
        conditional_outcomes(counts.assign(**{column: value}))
    assert f"column {column}, row 1" in str(told.value)


@pytest.mark.parametrize("tau", [0.2, 0.9])
def test_the_level_of_counts_is_that_of_their_logs_however_far_they_spread(tau: float) -> None:
    rng = np.random.default_rng(4)
    n = 800
    true = rng.normal(1.2, tau, n)
    expected = np.exp(rng.normal(3.0, 0.7, n))
    rows = Outcomes(
        "poisson", rng.poisson(expected * np.exp(true)).astype(float), np.ones(n), np.log(expected), np.ones(n)
    )
    level, variance, spread = fit_level(rows, Spread(0.3, 1.0), 4.0)
    assert abs(level - true.mean()) < 3.0 * np.sqrt(variance)
    assert variance < 1.5 * tau**2 / n + 0.001
    assert spread == pytest.approx(tau, rel=0.12)
