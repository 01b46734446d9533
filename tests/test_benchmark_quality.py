"""The parts of the quality benchmark that decide what its figures mean."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from data.synthetic_world import CURRENCIES, PER_DOLLAR


@pytest.fixture(autouse=True)
def _benchmarks_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend("benchmarks")


@pytest.mark.parametrize("seed", range(6))
def test_the_choice_under_a_budget_is_close_to_the_best_of_all(seed: int) -> None:
    from quality.decisions import choose

    rng = np.random.default_rng(seed)
    value, cost = rng.normal(1.0, 2.0, 12), rng.gamma(1.0, 1.0, 12) + 0.1
    budget = 4 * float(np.median(cost))
    every = [list(c) for c in combinations(range(12), 4) if cost[list(c)].sum() <= budget]
    best = max(value[c].sum() for c in every)
    chosen = choose(value, cost, budget, 4)
    assert len(set(chosen.tolist())) == 4
    assert cost[chosen].sum() <= budget + 1e-9
    assert value[chosen].sum() >= best - 0.35 * abs(best)


def test_perfect_probabilities_err_as_much_as_chance_and_wrong_ones_more() -> None:
    from quality.calibration import calibration_error

    rng = np.random.default_rng(0)
    chance = rng.random(4_000)
    happened = (rng.random(4_000) < chance).astype(float)
    right, wrong = calibration_error(chance, happened), calibration_error(np.clip(chance + 0.2, 0, 1), happened)
    assert right["error"] < 2.0 * right["by_chance"] < 0.05
    assert wrong["error"] > 0.15


def test_trees_stop_at_none_where_there_is_only_noise_and_find_a_strong_effect() -> None:
    from quality.opponents import boosted

    from models.boosting import Growth

    rng = np.random.default_rng(1)
    X, fold = rng.normal(size=(600, 5)), rng.permutation(600) % 5
    growth, nothing = Growth(leaves=4, columns=1.0), np.zeros(600)
    noise = boosted(X, rng.normal(size=600), objective="l2", growth=growth, fold=fold, start=nothing)
    assert np.std(noise.predict(X)) < 0.15
    step = np.where(X[:, 0] > 0, 1.0, -1.0).astype(np.float64)
    told = boosted(X, step, objective="l2", growth=growth, fold=fold, start=nothing)
    assert np.corrcoef(told.predict(X), X[:, 0] > 0)[0, 1] > 0.95
    assert np.corrcoef(told.held_out, X[:, 0] > 0)[0, 1] > 0.95


def test_each_currency_has_one_price_level() -> None:
    levels = pd.Series(PER_DOLLAR).groupby(list(CURRENCIES)).nunique()
    assert (levels == 1).all()
