"""The parts of the quality benchmark that decide what its figures mean."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.synthetic import MarketConfig, simulate_market, simulate_outcomes
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


@pytest.mark.parametrize(("change", "same"), [(0.0, True), (1e-12, True), (1e-6, False)])
def test_markets_are_found_again_when_the_code_makes_the_same_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: float, same: bool
) -> None:
    from quality import probe

    made = pd.DataFrame({"name": ["a", "a", "b"], "number": [1.0, np.nan, np.nan], "text": ["", "", "x"]})
    monkeypatch.setattr(probe, "probe", lambda: made)
    monkeypatch.setattr(probe, "digest_of", lambda *_: "before")
    before = probe.markets_folder(tmp_path)
    now = made.assign(number=made["number"] + change)
    monkeypatch.setattr(probe, "probe", lambda: now)
    monkeypatch.setattr(probe, "digest_of", lambda *_: "after")
    assert (probe.markets_folder(tmp_path) == before) is same
    monkeypatch.setattr(probe, "probe", lambda: pytest.fail("text seen before needs no market"))
    monkeypatch.setattr(probe, "digest_of", lambda *_: "before")
    assert probe.markets_folder(tmp_path) == before


def test_parts_of_a_contest_are_put_beside_each_other() -> None:
    from quality.contest import joined

    views = ["future", "catalogue"]
    model = pd.DataFrame({"view": views, "pred model": [0.1, 0.2]}), {"labels": 7, "seconds": {"model": 1.0}}
    rule = pd.DataFrame({"view": views, "pred rule": [0.3, 0.4]}), {"seconds": {"rule": 0.1}}
    rows, facts = joined([model, rule])
    assert rows.columns.tolist() == ["view", "pred model", "pred rule"]
    assert facts == {"labels": 7, "seconds": {"model": 1.0, "rule": 0.1}}


def test_learners_that_share_the_rates_of_both_arms_say_what_they_say_alone() -> None:
    from quality.opponents import TLearner, XLearner, arms_of

    rng = np.random.default_rng(2)
    X = pd.DataFrame(rng.normal(size=(200, 4)))
    rate = 0.05 * np.exp(0.4 * X[0])
    arm = {
        "exposed_conversions": rng.poisson(4_000 * rate * np.exp(0.3)),
        "holdout_conversions": rng.poisson(4_000 * rate),
    }
    counts = pd.DataFrame({"exposed": 4_000.0, "holdout": 4_000.0, **arm, "weight": 1.0}).astype("float64")
    counts = counts.assign(lift_estimate=np.nan, lift_se=np.nan)
    arms = arms_of(X, counts)
    for make in (TLearner, XLearner):
        together, alone = make().fit(X, counts, arms).predict(X), make().fit(X, counts).predict(X)
        np.testing.assert_array_equal(together, alone)
        assert abs(together.mean() - 0.3) < 0.1


@pytest.mark.parametrize(
    ("ahead", "ratio", "held"), [(0.02, 0.81, [True, False, True]), (0.005, 0.70, [False, True, False])]
)
def test_what_was_asked_is_held_or_not_by_the_figures(ahead: float, ratio: float, held: list[bool]) -> None:
    from quality.aims import aims, section

    def around(mean: float, half: float = 0.0) -> dict[str, float]:
        return {"mean": mean, "low": mean - half, "high": mean + half}

    lift = {
        "best_opponent": {"name": "ridge", "rmse": around(0.2), "rmse_above_model": around(ahead, 0.01)},
        "best_library_learner": {"name": "X", "seeds": 10, "rmse": around(0.25), "model_rmse_ratio": around(ratio)},
        "share_of_ceiling": {"of_means": ratio},
        "contestants": {"ceiling": {"rmse": around(0.15), "explained": around(0.7)}},
    }
    covered = {name: {"covered": around(0.8)} for name in ("true lift", "realised incremental conversions")}
    view = {
        "decisions": {},
        "coverage": {"worst_group": None, **covered},
        "probabilities": {name: {"error": 0.04, "by_chance": 0.02} for name in ("fit", "P(ROI > 0)")},
    }
    markets = {"ordinary": {"5000": {"seeds": 10, "future": {"lift": lift, **view}, "catalogue": view}}}
    assert [aim.held for aim in aims(markets)][:3] == held
    text = section(markets)
    assert "**calibration error of fit at most 0.03** (0 of 2 held)" in text
    assert "**calibration error of P(ROI > 0) at most 0.05** (2 of 2 held)" in text


def test_deals_on_posts_gathered_within_days_have_time_for_outcomes_and_for_later_deals() -> None:
    import real_creators

    made = simulate_market(MarketConfig(creators=120, collaborations=20, asked_pairings=0, seed=3))
    posts = made.tables["posts"]
    newest = posts["posted_at"].max()
    tables = {
        "creators": made.tables["creators"],
        "posts": posts.assign(posted_at=newest - (newest - posts["posted_at"]) / 50),
    }
    end = real_creators.market_end(tables["posts"])
    deals = simulate_outcomes(tables, MarketConfig(collaborations=150, asked_pairings=0, end=end)).tables[
        "collaborations"
    ]
    cut = deals["agreed_at"].quantile(real_creators.PAST_SHARE)
    assert (deals["measure"].notna() & (deals["outcome_known_at"] < cut)).sum() >= 30
    assert (deals["agreed_at"] >= cut).sum() >= 40


@pytest.mark.parametrize("outcome", ["common", "rare", "amount"])
def test_the_true_uplift_of_a_simulated_mailing_is_what_treatment_does_on_average(outcome: str) -> None:
    from uplift_simulated import gained, mailing

    made = mailing(outcome, 1.0, np.random.default_rng(5), n=200_000)
    groups = [made.outcome[made.treated == arm] for arm in (1.0, 0.0)]
    effect = groups[0].mean() - groups[1].mean()
    error = np.sqrt(sum(group.var() / len(group) for group in groups))
    assert abs(effect - made.uplift.mean()) < 4 * error
    assert made.uplift.mean() > 4 * error
    best = gained(made.uplift, made.uplift)
    by_history = gained(made.X[:, 1], made.uplift)
    assert 0 < by_history < best
    assert gained(np.zeros(len(made.X)), made.uplift) == pytest.approx(0.0, abs=1e-12)
    assert gained(-made.uplift, made.uplift) == pytest.approx(-best)
