"""Metrics against worked examples and against theory on drawn outcomes whose true lift is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from training import metrics
from training.outcomes import Outcomes, pooled_log_lift


def counted(*columns: object) -> Outcomes:
    """Holdout tests: exposed, their conversions, holdout, their conversions."""
    names = ("exposed", "exposed_conversions", "holdout", "holdout_conversions")
    frame = pd.DataFrame(dict(zip(names, columns, strict=True)))
    return Outcomes.of(frame.assign(lift_estimate=np.nan, lift_se=np.nan, weight=1.0).astype("float64"))


def drawn(true: np.ndarray, seed: int, *, exposed: int = 4000, base: float = 0.004) -> Outcomes:
    """Holdout tests with these true log lifts; the holdout is half the exposed group. Some may have no conversion."""
    rng = np.random.default_rng(seed)
    n = len(true)
    seen = rng.poisson(exposed * base * np.exp(true))
    kept = rng.poisson(np.full(n, exposed / 2.0 * base))
    return counted(np.full(n, exposed), seen, np.full(n, exposed / 2.0), kept)


def estimated(log_lift: list[float], se: float) -> Outcomes:
    """Geo tests that reported these log lifts."""
    frame = pd.DataFrame({"lift_estimate": np.expm1(log_lift), "lift_se": se, "weight": 1.0})
    for name in ("exposed", "exposed_conversions", "holdout", "holdout_conversions"):
        frame[name] = np.nan
    return Outcomes.of(frame)


def test_outcomes_of_counts_by_hand() -> None:
    frame = pd.DataFrame(
        [[1000.0, 12.0, 500.0, 4.0, np.nan, np.nan, 1.0]],
        columns=[
            "exposed",
            "exposed_conversions",
            "holdout",
            "holdout_conversions",
            "lift_estimate",
            "lift_se",
            "weight",
        ],
    )
    one = Outcomes.of(frame)
    assert one.conversions[0] == 16
    assert one.offset[0] == pytest.approx(np.log(2))
    assert one.log_lift()[0] == pytest.approx(np.log(12.5 / 4.5) - np.log(2))
    assert one.incremental()[0] == pytest.approx(12 - 1000 * 4 / 500)
    # 12 of 16 with the best single lift: p = 0.75 exactly, so the deviance is 0.
    assert pooled_log_lift(one) == pytest.approx(np.log(3) - np.log(2))
    assert metrics.deviance(np.array([pooled_log_lift(one)]), one) == pytest.approx(0.0, abs=1e-12)
    by_hand = 2 * (12 * np.log(12 / 16 / (2 / 3)) + 4 * np.log(4 / 16 / (1 / 3))) / 16
    assert metrics.deviance(np.zeros(1), one) == pytest.approx(by_hand)


def test_a_geo_estimate_carries_its_own_information() -> None:
    one = estimated([0.3], 0.1)
    assert one.log_lift()[0] == pytest.approx(0.3)
    share = 1 / (1 + np.exp(-0.3))
    assert 1 / (one.conversions[0] * share * (1 - share)) == pytest.approx(0.01)
    assert one.noise(np.zeros(1))[0] == pytest.approx(0.01)
    assert np.isnan(one.incremental()[0])


@pytest.mark.parametrize("base", [0.001, 0.02])
def test_noise_is_what_counting_alone_makes_of_a_lift(base: float) -> None:
    true = np.full(8_000, 0.2)
    out = drawn(true, 1, base=base)
    out = out.take(np.flatnonzero(out.conversions > 0))
    seen = np.mean((out.log_lift() - 0.2) ** 2)
    assert np.mean(out.noise(np.full(len(out), 0.2))) == pytest.approx(seen, rel=0.05)


def test_pooled_lift_stays_finite_without_holdout_conversions() -> None:
    assert pooled_log_lift(counted([1000], [3], [1000], [0])) == pytest.approx(5.0)
    assert pooled_log_lift(counted([1000], [0], [1000], [3])) == pytest.approx(-5.0)
    assert pooled_log_lift(drawn(np.full(5000, 0.2), 3)) == pytest.approx(0.2, abs=0.03)


def test_skill_is_one_for_the_truth_zero_for_the_reference_and_between_for_a_half() -> None:
    rng = np.random.default_rng(4)
    true = rng.normal(0.2, 0.4, 8_000)
    out = drawn(true, 5)
    constant = np.full(len(true), pooled_log_lift(out))
    assert metrics.skill(true, out, constant) == pytest.approx(1.0, abs=0.06)
    assert metrics.skill(constant, out, constant) == 0.0
    half = 0.2 + (true - 0.2) * 0.5
    assert metrics.skill(half, out, constant) == pytest.approx(0.75, abs=0.06)
    assert metrics.skill(-true, out, constant) < -1


def test_true_rmse_takes_the_noise_off() -> None:
    true = np.random.default_rng(6).normal(0.2, 0.4, 8_000)
    out = drawn(true, 7, base=0.02)
    assert metrics.true_rmse(np.full(len(true), 0.2), out) == pytest.approx(0.4, rel=0.08)
    assert metrics.true_rmse(true, out) < 0.1 < metrics.rmse(true, out)


def test_skill_is_unknown_where_noise_explains_everything() -> None:
    out = estimated([0.2, 0.2, 0.2], 0.5)
    assert np.isnan(metrics.skill(np.array([0.1, 0.2, 0.3]), out, np.full(3, 0.2)))


def test_one_huge_test_does_not_decide_alone() -> None:
    true = np.random.default_rng(21).normal(0.2, 0.3, 400)
    small = drawn(true, 22)
    huge = counted([4e6], [4e4], [2e6], [1e4])  # a lift of 100 %
    both = Outcomes(
        **{name: np.append(getattr(small, name), getattr(huge, name)) for name in small.__dataclass_fields__}
    )
    fair = metrics.saturated(both)
    assert pooled_log_lift(both) > 0.5
    assert pooled_log_lift(fair) == pytest.approx(0.2, abs=0.07)
    assert (fair.weight <= both.weight).all() and fair.weight[-1] < 0.01 * fair.weight[0]
    # Where true lifts do not differ, size counts in full.
    same = drawn(np.full(4000, 0.2), 23)
    assert metrics.saturated(same).weight.mean() > 0.9


def test_bias_is_what_must_be_added() -> None:
    true = np.full(5000, 0.3)
    out = drawn(true, 8)
    assert metrics.bias(true - 0.2, out) == pytest.approx(0.2, abs=0.03)


def test_calibration_slope_tells_exaggeration() -> None:
    true = np.random.default_rng(9).normal(0.2, 0.4, 8_000)
    out = drawn(true, 10, base=0.02)
    assert metrics.calibration_slope(true, out) == pytest.approx(1.0, abs=0.05)
    assert metrics.calibration_slope(2 * true, out) == pytest.approx(0.5, abs=0.03)
    assert np.isnan(metrics.calibration_slope(np.full(len(true), 0.1), out))


def test_qini_is_zero_for_a_constant_and_right_by_hand() -> None:
    out = counted([1000, 1000], [30, 10], [1000, 1000], [10, 10])
    assert metrics.qini(np.zeros(2), out) == 0.0
    # Gain 20 at half, 20 at the end; area 5 + 10 - 10 = 5 conversions on 2,000 people.
    assert metrics.qini(np.array([1.0, 0.0]), out) == pytest.approx(2.5)
    assert metrics.qini(np.array([0.0, 1.0]), out) == pytest.approx(-2.5)
    assert np.isnan(metrics.qini(np.zeros(1), estimated([0.1], 0.1)))


def test_rank_correlation_of_a_constant_is_unknown() -> None:
    out = drawn(np.linspace(-1, 1, 2000), 11)
    assert metrics.rank_correlation(np.linspace(-1, 1, 2000), out) > 0.5
    assert np.isnan(metrics.rank_correlation(np.zeros(2000), out))


def test_deciles_of_a_right_model_lie_on_the_diagonal() -> None:
    true = np.random.default_rng(12).normal(0.2, 0.4, 8_000)
    table = metrics.decile_table(true, drawn(true, 13))
    assert list(table["n"]) == [800] * 10
    inside = (table["low"] <= table["predicted"]) & (table["predicted"] <= table["high"])
    assert inside.mean() >= 0.5
    assert (table["measured"] - table["predicted"]).abs().max() < 0.12
    assert metrics.decile_table(np.zeros(0), drawn(np.zeros(0), 1)).empty


@pytest.mark.parametrize("base", [0.0005, 0.004, 0.05])
def test_predictive_coverage_is_exact_for_a_right_model(base: float) -> None:
    rng = np.random.default_rng(14)
    mean = rng.normal(0.2, 0.3, 6000)
    true = rng.normal(mean, 0.4)
    out = drawn(true, 15, base=base)
    some = np.flatnonzero(out.conversions > 0)
    out, mean = out.take(some), mean[some]
    z = stats.norm.ppf(0.9)
    bounds = metrics.pit_bounds(metrics.quantile_nodes(mean, mean - z * 0.4, mean + z * 0.4, 0.8), out)
    assert np.mean(metrics.coverage(bounds, 0.8)) == pytest.approx(0.8, abs=0.02)
    assert np.mean(metrics.coverage(bounds, 0.5)) == pytest.approx(0.5, abs=0.02)
    narrow = metrics.pit_bounds(metrics.quantile_nodes(mean, mean - 0.01, mean + 0.01, 0.8), out)
    assert np.mean(metrics.coverage(narrow, 0.8)) < (0.6 if base > 0.01 else 0.82)


def test_coverage_of_geo_estimates() -> None:
    rng = np.random.default_rng(16)
    measured = rng.normal(0.1, np.hypot(0.3, 0.2), 5000)
    out = estimated(list(measured), 0.2)
    mean = np.full(5000, 0.1)
    z = stats.norm.ppf(0.9)
    nodes = metrics.quantile_nodes(mean, mean - z * 0.3, mean + z * 0.3, 0.8)
    assert np.mean(metrics.coverage(metrics.pit_bounds(nodes, out), 0.8)) == pytest.approx(0.8, abs=0.02)


def test_probabilities_of_beating_a_threshold_are_calibrated() -> None:
    rng = np.random.default_rng(17)
    mean = rng.normal(0.2, 0.4, 10_000)
    out = drawn(rng.normal(mean, 0.3), 18)
    z = stats.norm.ppf(0.9)
    nodes = metrics.quantile_nodes(mean, mean - z * 0.3, mean + z * 0.3, 0.8)
    bar = np.full(10_000, 0.2)
    chance, happened = metrics.beats_probability(nodes, out, bar), metrics.beats(out, bar)
    assert metrics.calibration_error(chance, happened) < 0.02
    assert metrics.calibration_error(1 - chance, happened) > 0.1
    assert list(metrics.reliability_table(chance, happened)["n"]) == [1000] * 10


def mean_of(sums: np.ndarray) -> np.ndarray:
    return np.asarray(sums[:, 0] / sums[:, 1])


def test_the_interval_of_a_mean_agrees_with_theory() -> None:
    values = np.random.default_rng(19).normal(1.0, 2.0, 2000)
    columns = np.column_stack([values, np.ones(2000)])
    value, low, high = metrics.resample(columns, np.arange(2000), draws=2000, seed=1).interval(mean_of)
    assert value == pytest.approx(values.mean())
    assert (high - low) / 2 == pytest.approx(stats.norm.ppf(0.975) * values.std() / np.sqrt(2000), rel=0.1)
    # Rows of one group move together, so the interval widens.
    grouped = metrics.resample(columns, np.sort(values).searchsorted(values) // 100, draws=2000, seed=1)
    assert np.ptp(grouped.interval(mean_of)[1:]) > 2 * (high - low)


@pytest.mark.parametrize("groups", [4, 30])
def test_intervals_cover_as_often_as_they_say_even_with_few_groups(groups: int) -> None:
    rng = np.random.default_rng(20)
    hits = 0
    for trial in range(400):
        values = np.repeat(rng.normal(0.0, 1.0, groups), 5)
        again = metrics.resample(
            np.column_stack([values, np.ones(len(values))]), np.arange(len(values)) // 5, draws=200, seed=trial
        )
        _, low, high = again.interval(mean_of)
        hits += low < 0.0 < high
    assert hits / 400 == pytest.approx(0.95, abs=0.035)


def test_the_interval_of_nothing_or_of_one_group_is_unknown() -> None:
    nothing = metrics.resample(np.zeros((0, 2)), np.zeros(0), draws=3, seed=0)
    alone = metrics.resample(np.ones((5, 2)), np.zeros(5), draws=3, seed=0)
    with np.errstate(invalid="ignore"):
        assert all(np.isnan(nothing.interval(mean_of)))
    assert alone.interval(mean_of)[0] == 1.0 and all(np.isnan(alone.interval(mean_of)[1:]))
