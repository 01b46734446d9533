"""Baseline rates, reach and attribution: pooled, learned, or published."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from data.priors import load_priors
from models.attribution import Attribution, fit_attribution
from models.rates import RateModel, fit_rates
from models.reach import ReachModel
from tests.model_world import root_mean_square


def deals(n: int, seed: int, brand_sd: float = 0.6) -> tuple[np.ndarray, pd.DataFrame, np.ndarray]:
    """Lift tests of brands whose rates differ, and the true baseline rate of each."""
    rng = np.random.default_rng(seed)
    brands = np.random.default_rng(0).normal(0.0, brand_sd, 30)
    brand = rng.integers(0, 30, n)
    rate = 0.006 * np.exp(brands[brand] + rng.normal(0.0, 0.2, n))
    exposed = np.round(np.exp(rng.normal(8.3, 0.5, n)))
    holdout = np.round(0.4 * exposed)
    frame = pd.DataFrame({
        "brand": [f"brand {b}" for b in brand], "goal": "sales", "creator_id": [f"c{i}" for i in range(n)],
        "baseline_rate": np.where(brand < 5, 0.006 * np.exp(brands[brand]), np.nan), "exposed": exposed,
        "exposed_conversions": rng.poisson(exposed * rate * np.exp(0.1)).astype(float), "holdout": holdout,
        "holdout_conversions": rng.poisson(holdout * rate).astype(float),
    })  # fmt: skip
    return rng.normal(size=(n, 4)), frame, rate


def fitted(n: int, seed: int = 1) -> RateModel:
    X, frame, _ = deals(n, seed)
    return fit_rates(X, frame, np.full(n, 0.1), load_priors(), seed=0)


def test_a_brands_rate_is_learned_and_covered() -> None:
    model = fitted(600)
    X, frame, rate = deals(500, 2)
    told = model.predict(X, frame["brand"].tolist(), frame["goal"].tolist(), frame["baseline_rate"].to_numpy())
    assert root_mean_square(told.log_mean - np.log(rate)) < 0.27
    within = np.abs(told.log_mean - np.log(rate)) < 1.2816 * told.log_sd
    assert 0.7 < np.mean(within) < 0.92
    given = frame["baseline_rate"].notna().to_numpy()
    assert set(told.source[given]) == {"given"}
    assert set(told.source[~given]) == {"learned"}


def test_an_unseen_brand_is_the_goals_and_less_sure() -> None:
    model = fitted(600)
    X = np.zeros((2, 4))
    told = model.predict(X, ["brand 7", "nobody"], ["sales", "sales"], np.full(2, np.nan))
    assert told.log_sd[1] > 1.5 * told.log_sd[0]
    assert told.expected[1] == pytest.approx(0.006 * np.exp(0.3), rel=0.6)


def test_without_tests_it_is_the_published_rate() -> None:
    model = fitted(0)
    told = model.predict(np.zeros((2, 4)), ["a", "b"], ["sales", "awareness"], np.full(2, np.nan))
    priors = load_priors()
    assert np.exp(told.log_mean) == pytest.approx([priors.baseline_rate[g].median for g in ("sales", "awareness")])
    assert (told.log_sd > 0.9).all()
    assert set(told.source) == {"prior"}


def test_a_goal_without_tests_stays_published_beside_one_with_many() -> None:
    told = fitted(400).predict(np.zeros((1, 4)), ["nobody"], ["leads"], np.array([np.nan]))
    assert told.source.tolist() == ["prior"]
    assert told.log_sd[0] > 0.9


def test_a_brands_own_word_is_taken_and_doubted_a_little() -> None:
    told = fitted(0).predict(np.zeros((1, 4)), ["a"], ["sales"], np.array([0.02]))
    assert np.exp(told.log_mean[0]) == pytest.approx(0.02)
    assert 0.1 < told.log_sd[0] < 0.5


@pytest.mark.parametrize("ahead", [0.0, 1.3])
def test_how_far_tests_lie_ahead_of_the_briefs_rates_is_found(ahead: float) -> None:
    X, frame, rate = deals(900, 4)
    held = np.exp(ahead) * rate * np.exp(np.random.default_rng(5).normal(0.0, 0.5, len(rate)))
    rng = np.random.default_rng(6)
    frame["exposed_conversions"] = rng.poisson(frame["exposed"] * held * np.exp(0.1)).astype(float)
    frame["holdout_conversions"] = rng.poisson(frame["holdout"] * held).astype(float)
    model = fit_rates(X, frame, np.full(900, 0.1), load_priors(), seed=0)
    told = model.predict(X, frame["brand"].tolist(), frame["goal"].tolist(), frame["baseline_rate"].to_numpy())
    given = frame["baseline_rate"].notna().to_numpy()
    assert model.lead(X, X) == pytest.approx(ahead, abs=0.15)
    for rows in (given, ~given):
        assert np.mean(told.log_mean[rows] - np.log(held[rows])) == pytest.approx(0.0, abs=0.15)


def test_rates_survive_saving_to_the_bit() -> None:
    model = fitted(300)
    X, frame, _ = deals(60, 3)
    ask = (X, frame["brand"].tolist(), frame["goal"].tolist(), frame["baseline_rate"].to_numpy())
    loaded = RateModel.from_state(*model.state())
    assert np.array_equal(loaded.predict(*ask).log_mean, model.predict(*ask).log_mean)
    assert np.array_equal(loaded.predict(*ask).log_sd, model.predict(*ask).log_sd)


def reached(n: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 5))
    prior = np.exp(rng.normal(8.0, 1.0, n))
    return X, prior * 1.5 * np.exp(0.4 * X[:, 0] + 0.3 * rng.normal(size=n)), prior


def test_reach_is_learned_about_the_published_figure() -> None:
    X, exposed, prior = reached(500, 1)
    exposed[::10] = np.nan
    model = ReachModel(prior_sd=0.8).fit(X, exposed, prior)
    new, truth, published = reached(500, 2)
    miss = np.log(truth) - model.log_mean(new, published)
    assert root_mean_square(miss) < 0.36
    assert model.spread == pytest.approx(0.32, abs=0.04)
    assert np.mean(truth / model.predict(new, published)) == pytest.approx(1.0, abs=0.06)
    assert model.n_rows == 450
    loaded = ReachModel.from_state(*model.state())
    assert np.array_equal(loaded.predict(new, published), model.predict(new, published))


def test_without_deals_reach_is_the_published_figure() -> None:
    nothing = np.zeros(0)
    for model in (ReachModel(prior_sd=0.8), ReachModel(prior_sd=0.8).fit(np.zeros((0, 5)), nothing, nothing)):
        assert np.exp(model.log_mean(np.zeros((2, 5)), np.array([100.0, 900.0]))) == pytest.approx([100.0, 900.0])
        assert model.spread == pytest.approx(0.8, rel=0.02)


def test_shares_of_attribution_are_learned() -> None:
    rng = np.random.default_rng(1)
    anyway = np.exp(rng.normal(3.0, 0.7, 800))
    caused = anyway * np.expm1(rng.normal(0.15, 0.15, 800))
    attributed = rng.poisson(0.08 * anyway + 0.5 * np.maximum(caused, 0.0)).astype(float)
    attributed[::9] = np.nan
    found = fit_attribution(attributed, anyway, caused, load_priors())
    assert found.capture == pytest.approx(0.5, abs=0.15)
    assert found.leak == pytest.approx(0.08, abs=0.015)
    truth = np.nansum(np.where(np.isnan(attributed), np.nan, np.maximum(caused, 0))) / np.nansum(attributed)
    assert found.factor == pytest.approx(truth, rel=0.08)
    assert found.factor_low < found.factor < found.factor_high
    assert found.expected(np.array([100.0]), np.array([-30.0]))[0] == pytest.approx(100 * found.leak)
    assert Attribution.from_json(found.to_json()) == found


def test_without_orders_the_factor_is_the_published_one() -> None:
    found = fit_attribution(np.array([np.nan]), np.ones(1), np.ones(1), load_priors())
    assert found.factor == pytest.approx(load_priors().incremental_share.mean)
    assert found.factor_low < 0.45
    assert found.factor_high > 0.75
    assert found.n_rows == 0
