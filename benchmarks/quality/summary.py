"""From rows of many seeds to figures with intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from quality import calibration
from quality.contest import CEILING, FEWER, MODEL, figures_of_view, lift_figures, rank_correlation
from quality.decisions import PERFECT, decisions
from quality.intervals import mean_and_interval
from quality.library import LIBRARY
from quality.opponents import OPPONENTS

Rows = Mapping[int, pd.DataFrame]
"""Rows by seed, as `contest.contest` gives them."""
BY_RULES = {"engagement rate": "engagement_rate", "followers": "log_followers",
            "attributed conversions per follower": "attributed_per_follower"}  # fmt: skip
"""Rankings that people use as they are: the more the better."""
_TOP_SHARE = 0.1


def market_summary(rows: Rows, facts: Mapping[int, Mapping[str, Any]]) -> dict[str, Any]:
    """Everything about one kind of market at one size."""
    out: dict[str, Any] = {
        "seeds": len(rows),
        "labels": mean_and_interval([facts[s]["labels"] for s in rows]),
        "unexplained_spread_tau": mean_and_interval([facts[s]["tau"] for s in rows]),
        "attributed_to_incremental": mean_and_interval([facts[s]["factor"]["factor"] for s in rows]),
        "seconds": _seconds([facts[s]["seconds"] for s in rows]),
    }
    for view in ("future", "catalogue"):
        of_view = {seed: frame[(frame["view"] == view).to_numpy()] for seed, frame in rows.items()}
        pooled = pd.concat([frame.assign(seed=seed) for seed, frame in of_view.items()], ignore_index=True)
        out[view] = {
            "lift": lift_table([figures_of_view(frame) for frame in of_view.values()]),
            "decisions": decision_table([decisions(frame) for frame in of_view.values()]),
            "coverage": calibration.coverage(pooled),
            "probabilities": calibration.probabilities(pooled),
            "rankings": rankings(list(of_view.values())),
            "fit_score": _range([frame["fit_score"] for frame in of_view.values()]),
        }
    out["after_the_campaign"] = after_table([f[(f["view"] == "future").to_numpy()] for f in rows.values()])
    return out


def lift_table(figures: Sequence[Mapping[str, Mapping[str, float]]]) -> dict[str, Any]:
    """Each contestant's figures, and paired over seeds: its RMSE less the model's, the model's over its, its explained
    share over the ceiling's; over the seeds on which it took part."""
    table: dict[str, Any] = {}
    for name in dict.fromkeys(name for one in figures for name in one):
        there = [one for one in figures if name in one]
        row: dict[str, Any] = {"seeds": len(there)}
        row |= {key: mean_and_interval([one[name][key] for one in there]) for key in there[0][name]}
        if name != MODEL:
            row["rmse_above_model"] = mean_and_interval([one[name]["rmse"] - one[MODEL]["rmse"] for one in there])
            row["model_rmse_ratio"] = mean_and_interval([one[MODEL]["rmse"] / one[name]["rmse"] for one in there])
        table[name] = row
    explained = [np.mean([one[name]["explained"] for one in figures]) for name in (MODEL, CEILING)]
    summary: dict[str, Any] = {}
    if explained[1] > 0.01:
        ratios = [one[MODEL]["explained"] / max(one[CEILING]["explained"], 0.01) for one in figures]
        of_means = round(float(explained[0] / explained[1]), 4)
        summary["share_of_ceiling"] = {**mean_and_interval(ratios), "of_means": of_means}
    for what, among in (("opponent", OPPONENTS), ("library_learner", LIBRARY)):
        measured = [name for name in among if name in table]
        if measured:
            # On average over the seeds of each, beside the model on the same ones.
            best = max(measured, key=lambda name: table[name]["model_rmse_ratio"]["mean"])
            chosen = {key: table[best][key] for key in ("seeds", "rmse", "rmse_above_model", "model_rmse_ratio")}
            summary[f"best_{what}"] = {"name": best, **chosen}
    return {**summary, "contestants": table}


def after_table(frames: Sequence[pd.DataFrame]) -> dict[str, Any]:
    """The other mode on finished deals: RMSE and explained share before and after clicks and orders are known, paired
    over seeds, and coverage of the true lift; empty where no market has it."""
    told = [frame[frame["after"].notna().to_numpy()] for frame in frames]
    told = [frame for frame in told if len(frame)]
    if not told:
        return {}
    pairs = [
        tuple(lift_figures(f[c].to_numpy(), f["true_log_lift"].to_numpy()) for c in ("log_lift", "after")) for f in told
    ]
    inside = [f["true_log_lift"].between(f["after_low"], f["after_high"]).mean() for f in told]
    return {
        "deals": int(np.mean([len(frame) for frame in told])),
        **{f"{key}_before": mean_and_interval([before[key] for before, _ in pairs]) for key in ("rmse", "explained")},
        **{f"{key}_after": mean_and_interval([after[key] for _, after in pairs]) for key in ("rmse", "explained")},
        "rmse_before_above_after": mean_and_interval([before["rmse"] - after["rmse"] for before, after in pairs]),
        "coverage_80": mean_and_interval(inside),
    }


def decision_table(found: Sequence[tuple[Mapping[str, Mapping[str, float]], Mapping[str, float]]]) -> dict[str, Any]:
    """Regret of every contestant, the model's over the best opponent's, and promises against the truth."""
    regrets = [one for one, _ in found if one]
    if not regrets:
        return {}
    names = [name for name in regrets[0] if all(name in one for one in regrets)]
    out: dict[str, Any] = {}
    for key in ("regret", "regret_lift"):
        table = {name: mean_and_interval([one[name][key] for one in regrets]) for name in names}
        best = min((n for n in names if n not in (MODEL, CEILING, PERFECT)), key=lambda n: table[n]["mean"])
        out[key] = {
            "best_opponent": best,
            "best_opponent_above_model": mean_and_interval([one[best][key] - one[MODEL][key] for one in regrets]),
            **{
                f"{name.replace(' ', '_')}_over_best_opponent": round(
                    table[name]["mean"] / max(table[best]["mean"], 1e-9), 4
                )
                for name in (MODEL, CEILING, PERFECT)
            },
            "contestants": table,
        }
    for key, reach in (("promised_over_true", ""), ("promised_over_true_known_reach", ", reach given")):
        out[key] = {name: _promised([one for _, one in found], reach, name) for name in (MODEL, CEILING, PERFECT)}
    return out


def _promised(found: Sequence[Mapping[str, float]], reach: str, name: str) -> dict[str, float]:
    told, true = (np.array([one[f"{what}{reach} {name}"] for one in found]) for what in ("predicted", "true"))
    return {"of_totals": round(float(told.sum() / true.sum()), 4), **mean_and_interval(told / true)}


def curve_summary(rows: Rows, facts: Mapping[int, Mapping[str, Any]]) -> dict[str, Any]:
    """One point of the data-size curve: figures of the model with and without collaborations known by attributed
    orders alone, of the constant and of the ceiling; coverage of the true lift; incremental per attributed order."""
    figures = [figures_of_view(frame) for frame in rows.values()]
    names = list(figures[0])
    covered = [
        float(np.mean(np.expm1(f["true_log_lift"]).between(f["lift_low"], f["lift_high"]))) for f in rows.values()
    ]
    return {
        "seeds": len(rows),
        "labels": mean_and_interval([facts[s]["labels"] for s in rows]),
        "attributed_only": mean_and_interval([facts[s]["known"] - facts[s]["labels"] for s in rows]),
        "rmse": {name: mean_and_interval([one[name]["rmse"] for one in figures]) for name in names},
        "explained": {name: mean_and_interval([one[name]["explained"] for one in figures]) for name in names},
        "constant_rmse_above_model": mean_and_interval(
            [one["constant lift"]["rmse"] - one[MODEL]["rmse"] for one in figures]
        ),
        "coverage_80": mean_and_interval(covered),
        "attributed_to_incremental": {
            key: round(float(np.mean([facts[s]["factor"][key] for s in rows])), 4) for key in ("factor", "low", "high")
        },
        "without_attributed": without_attributed(list(rows.values())),
    }


def without_attributed(frames: Sequence[pd.DataFrame]) -> dict[str, Any]:
    """What the model loses without collaborations known by attributed orders alone, paired over seeds: RMSE of log
    lift, of ln of the conversions to be had anyway, and of log lift after the campaign."""
    out: dict[str, Any] = {}
    for what, stem, true in (("lift", "pred", "true_log_lift"), ("base", "base", "true_log_base"),
                             ("after", "after", "true_log_lift")):  # fmt: skip
        told = [f[f[[f"{stem} {MODEL}", f"{stem} {FEWER}"]].notna().all(axis=1).to_numpy()] for f in frames]
        told = [frame for frame in told if len(frame)]
        if len(told) < len(frames):
            continue
        pairs = [[rmse(f[f"{stem} {name}"], f[true]) for name in (MODEL, FEWER)] for f in told]
        out[what] = {
            "rmse": mean_and_interval([one for one, _ in pairs]),
            "rmse_without_above": mean_and_interval([other - one for one, other in pairs]),
        }
    return out


def rmse(told: pd.Series, true: pd.Series) -> float:
    """Root of the mean squared error."""
    return float(np.sqrt(np.mean((told - true) ** 2)))


def ablation_summary(rows: Rows) -> dict[str, Any]:
    """What each feature family adds: figures with families left out, and the explained share lost."""
    figures = [figures_of_view(frame) for frame in rows.values()]
    whole = "every family"
    return {
        name: {
            "rmse": mean_and_interval([one[name]["rmse"] for one in figures]),
            "explained": mean_and_interval([one[name]["explained"] for one in figures]),
            "explained_lost": mean_and_interval([one[whole]["explained"] - one[name]["explained"] for one in figures]),
        }
        for name in figures[0]
    }


def rankings(frames: Sequence[pd.DataFrame]) -> dict[str, Any]:
    """Rankings as people use them, beside the model's: rank correlation with the true lift, and the mean true lift
    (relative) of the tenth ranked highest, over that of all."""
    out = {}
    columns = {**BY_RULES, "model": "log_lift"}
    for name, column in columns.items():
        told = [frame[frame[column].notna().to_numpy()] for frame in frames]
        told = [frame for frame in told if len(frame) >= 20]
        if not told:
            continue
        pairs = [(f[column].to_numpy(), f["true_log_lift"].to_numpy()) for f in told]
        correlations = [rank_correlation(*pair) for pair in pairs]
        tops = [_top_lift(frame, column) for frame in told]
        out[name] = {
            "rank_correlation": mean_and_interval(correlations),
            "top_tenth_above_all": mean_and_interval(tops),
        }
    return out


def _top_lift(frame: pd.DataFrame, column: str) -> float:
    lift = np.expm1(frame["true_log_lift"])
    top = frame[column].sort_values(ascending=False, kind="stable").index[: max(int(_TOP_SHARE * len(frame)), 1)]
    return float(lift.loc[top].mean() - lift.mean())


def _range(scores: Sequence[pd.Series]) -> dict[str, float]:
    every = pd.concat(list(scores))
    asked = {"lowest": 0.0, "q05": 0.05, "q95": 0.95, "highest": 1.0}
    return {name: round(float(every.quantile(q)), 2) for name, q in asked.items()}


def _seconds(found: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {name: round(float(np.mean([one.get(name, 0.0) for one in found])), 2) for name in found[0]}
