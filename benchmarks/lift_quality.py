"""Simulated markets, several seeds: the model's log lift against the truth, beside named rules; out of time.

Every seed is a market of its own. Models learn from what was known at the cut; they are judged on the deals agreed
after it, and on questions drawn evenly from the whole catalogue. The truth tables are read here and nowhere else.
"""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np
import pandas as pd
from common import write_result
from scipy import stats

from data.history import History
from data.priors import load_priors
from data.synthetic import Market, MarketConfig, simulate_market
from features.build import build_features
from models.baseline import BASELINES
from models.reference import fit_reference
from models.scorer import CreatorScorer
from models.training_set import LABEL_COLUMNS, TrainingSet
from training.dataset import build_material

PAST_SHARE = 0.75
LEVEL = 0.8
CREATORS, COLLABORATIONS, ASKED = 3_000, 2_000, 1_000
Figures = dict[str, float]


def one_market(seed: int, **strength: float) -> dict[str, Any]:
    """Errors of every model on one market: {model: {view: figures}}."""
    config = MarketConfig(creators=CREATORS, collaborations=COLLABORATIONS, asked_pairings=ASKED, seed=seed, **strength)
    market = simulate_market(config)
    history = History.of(market.tables)
    cut = history["collaborations"]["agreed_at"].quantile(PAST_SHARE)
    known = learned(history, cut, seed)
    scorer = CreatorScorer.fit(known, seed)
    labels = np.flatnonzero(known.is_label)
    X, counts = known.X.iloc[labels], known.deals[list(LABEL_COLUMNS)].iloc[labels]
    rules = {name: make().fit(X, counts) for name, make in BASELINES.items()}
    out: dict[str, Any] = {"labels": len(labels)}
    for view, pairings in views(market, history, cut).items():
        Z = build_features(history, pairings, known.reference)
        told = scorer.predict_features(Z, LEVEL)
        true = pairings["log_lift"].to_numpy()
        rows = {"model": errors(told["log_lift"].to_numpy(), true)}
        inside = (told["log_lift_low"] <= true) & (true <= told["log_lift_high"])
        rows["model"] |= {"coverage": float(inside.mean()), "fit_calibration": fit_error(scorer, Z, told, pairings)}
        rows |= {name: errors(np.asarray(rule.predict(Z)), true) for name, rule in rules.items()}
        out[view] = rows
    return out


def learned(history: History, cut: pd.Timestamp, seed: int) -> TrainingSet:
    """What could be learned before the cut."""
    reference = fit_reference(history, cut, seed)
    return build_material(history, cut, reference, data="simulated", seed=seed, priors=load_priors()).whole


def views(market: Market, history: History, cut: pd.Timestamp) -> dict[str, pd.DataFrame]:
    """Pairings with their true log lift: later deals, and questions over the whole catalogue."""
    deals = history["collaborations"]
    later = deals[(deals["agreed_at"] >= cut).to_numpy()]
    truth = market.truth.dropna(subset=["collaboration_id"]).set_index("collaboration_id")["log_lift"]
    future = later.assign(as_of=later["agreed_at"], log_lift=truth.loc[later["collaboration_id"]].to_numpy())
    asked = market.asked.merge(
        market.truth[market.truth["collaboration_id"].isna()].drop(columns="collaboration_id"),
        on=["creator_id", "campaign_id"],
    )
    columns = ["creator_id", "campaign_id", "as_of", "log_lift"]
    return {name: frame[columns].reset_index(drop=True) for name, frame in (("future", future), ("catalogue", asked))}


def errors(predicted: np.ndarray, true: np.ndarray) -> Figures:
    """RMSE, bias, explained share of variance and rank correlation of predicted log lift."""
    error = predicted - true
    spread = float(np.std(true))
    ranks = float(stats.spearmanr(predicted, true).statistic) if min(np.std(predicted), spread) > 1e-9 else 0.0
    return {
        "rmse": float(np.sqrt(np.mean(error**2))),
        "bias": float(np.mean(error)),
        "explained": 1.0 - float(np.var(error)) / spread**2 if spread > 1e-9 else 0.0,
        "rank_correlation": ranks,
        "spread": float(np.std(predicted)),
    }


def fit_error(scorer: CreatorScorer, X: pd.DataFrame, told: pd.DataFrame, pairings: pd.DataFrame) -> float:
    """Expected calibration error of fit as the probability that the true lift exceeds the benchmark; ten bins."""
    goals = X[[c for c in X.columns if c.startswith("goal_")]].idxmax(axis=1).str.removeprefix("goal_").tolist()
    above = pairings["log_lift"].to_numpy() > scorer.benchmark.log_lift(goals)
    chance = told["fit_score"].to_numpy() / 100.0
    bins = np.minimum((chance * 10).astype(int), 9)
    gaps = [abs(above[bins == b].mean() - chance[bins == b].mean()) * np.mean(bins == b) for b in np.unique(bins)]
    return float(np.sum(gaps))


def mean_and_interval(values: list[float]) -> dict[str, float]:
    """Mean over seeds with its 95 % t interval."""
    mean, half = float(np.mean(values)), 0.0
    if len(values) > 1:
        half = float(stats.t.ppf(0.975, len(values) - 1) * stats.sem(values))
    return {"mean": round(mean, 4), "low": round(mean - half, 4), "high": round(mean + half, 4)}


def table(runs: list[dict[str, Any]], view: str) -> dict[str, Any]:
    """Each model's figures over the seeds, and the paired difference in RMSE from the model."""
    out: dict[str, Any] = {}
    for name in runs[0][view]:
        figures = runs[0][view][name]
        out[name] = {key: mean_and_interval([run[view][name][key] for run in runs]) for key in figures}
        if name != "model":
            differences = [run[view][name]["rmse"] - run[view]["model"]["rmse"] for run in runs]
            out[name]["rmse_above_model"] = mean_and_interval(differences)
    return out


def main() -> None:
    """Run every market and write benchmarks/results/lift_quality.json."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    seeds = range(parser.parse_args().seeds)
    markets: dict[str, dict[str, float]] = {
        "ordinary": {}, "no heterogeneity": {"heterogeneity": 0.0}, "confounded": {"confounding": 1.5},
    }  # fmt: skip
    result: dict[str, Any] = {"what": "simulated markets; log lift against the truth, out of time",
                              "creators": CREATORS, "collaborations": COLLABORATIONS, "seeds": len(seeds)}  # fmt: skip
    for kind, strength in markets.items():
        runs = []
        for seed in seeds:
            runs.append(one_market(seed, **strength))
            model, ridge = runs[-1]["future"]["model"], runs[-1]["future"]["ridge"]
            print(f"{kind}, seed {seed}: rmse {model['rmse']:.3f}, ridge {ridge['rmse']:.3f}", flush=True)
        result[kind] = {
            "labels": mean_and_interval([run["labels"] for run in runs]),
            **{view: table(runs, view) for view in ("future", "catalogue")},
        }
        write_result("lift_quality", result)


if __name__ == "__main__":
    main()
