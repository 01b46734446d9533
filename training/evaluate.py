"""The out-of-time report: the model and every named rule on outcomes none of them had seen."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from training import metrics
from training.outcomes import FloatArray, Outcomes, sigmoid

MODEL = "model"
CONSTANT = "constant lift"
LEVELS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
_SMALLEST_GROUP = 30
_ANY = (-math.inf, math.inf)
Figure = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True)
class Judged:
    """The test rows of one view with what was predicted for them; all of length n, in the same order."""

    labels: pd.DataFrame
    """As `training.labels.find_labels` gives them, plus platform, tier and goal."""
    predictions: Mapping[str, FloatArray]
    """Log lift by name: `model`, `constant lift` and the other rules, each fitted on the fold's training labels."""
    scores: pd.DataFrame
    """`CreatorScorer.score` columns of the fold's scorer, at the level of the settings."""
    level: float

    @cached_property
    def outcomes(self) -> Outcomes:
        """The measured outcomes, weighted so that one huge test does not decide alone."""
        return metrics.saturated(Outcomes.of(self.labels))

    def nodes(self) -> FloatArray:
        """Equally likely values of each row's true log lift, by the model; shape (n, 40)."""
        low, high = (np.log1p(self.scores[c].to_numpy()) for c in ("lift_low", "lift_high"))
        return metrics.quantile_nodes(self.predictions[MODEL], low, high, self.level)


def rule_table(judged: Judged, *, draws: int, seed: int) -> pd.DataFrame:
    """One row per model or rule, best deviance first.

    Columns: name, deviance, vs_constant (relative difference, below 0 is better) with _low and _high, vs_model
    (its deviance minus the model's, relative to the constant's; above 0: the model is better) with _low and _high,
    skill with _low and _high, rmse, true_rmse, rank_correlation, qini, slope, bias. Intervals are of 95 %, from
    resampling campaigns.
    """
    out = judged.outcomes
    weights = metrics.row_weights(out)
    names = list(judged.predictions)
    n, constant, model = len(names), names.index(CONSTANT), names.index(MODEL)
    # What is resampled: losses by name, squared errors by name, noise in the constant's squared error.
    loss = np.column_stack([metrics.row_losses(judged.predictions[name], out) for name in names])
    square = np.column_stack([weights * (out.log_lift() - judged.predictions[name]) ** 2 for name in names])
    noise = (weights * out.noise(judged.predictions[CONSTANT]))[:, None]
    again = metrics.resample(np.hstack([loss, square, noise]), _campaigns(judged), draws=draws, seed=seed)
    rows = []
    for at, name in enumerate(names):
        row = {"name": name, "deviance": metrics.deviance(judged.predictions[name], out)}
        row |= _figure("vs_constant", again, _excess(at, constant))
        row |= _figure("vs_model", again, _gap(at, model, constant))
        row |= _figure("skill", again, _skill(n + constant, n + at))
        rows.append(row | _plain_figures(judged.predictions[name], out, weights))
    return pd.DataFrame(rows).sort_values("deviance", kind="stable", ignore_index=True)


def _excess(one: int, other: int) -> Figure:
    """Sum of column `one` over that of `other`, less 1."""
    return lambda sums: sums[:, one] / sums[:, other] - 1.0


def _gap(one: int, other: int, unit: int) -> Figure:
    """Difference of two sums in units of a third."""
    return lambda sums: (sums[:, one] - sums[:, other]) / sums[:, unit]


def _share(one: int) -> Figure:
    """Mean of a column; the last column counts rows."""
    return lambda sums: sums[:, one] / sums[:, -1]


def _skill(constant: int, ours: int) -> Figure:
    """`metrics.skill` from sums of squared errors, noise being the last column; NaN where noise explains everything."""

    def figure(sums: FloatArray) -> FloatArray:
        explainable = sums[:, constant] - sums[:, -1]
        return np.asarray((sums[:, constant] - sums[:, ours]) / np.where(explainable > 0, explainable, np.nan))

    return figure


def _campaigns(judged: Judged) -> np.ndarray:
    return np.asarray(judged.labels["campaign_id"].to_numpy())


def _figure(
    name: str, again: metrics.Resamples, figure: Figure, limits: tuple[float, float] = _ANY
) -> dict[str, float]:
    """A figure and its interval as name, name_low and name_high, the interval kept within `limits`."""
    value, low, high = again.interval(figure)
    return {name: value, f"{name}_low": max(low, limits[0]), f"{name}_high": min(high, limits[1])}


def _plain_figures(predicted: FloatArray, out: Outcomes, weights: FloatArray) -> dict[str, float]:
    return {
        "rmse": metrics.rmse(predicted, out, weights),
        "true_rmse": metrics.true_rmse(predicted, out, weights),
        "rank_correlation": metrics.rank_correlation(predicted, out),
        "qini": metrics.qini(predicted, out),
        "slope": metrics.calibration_slope(predicted, out, weights),
        "bias": metrics.bias(predicted, out),
    }


def coverage_table(judged: Judged, *, draws: int, seed: int) -> pd.DataFrame:
    """Asked against measured coverage of the predictive interval of the measured lift: level, covered, with its 95 %
    interval as covered_low and covered_high."""
    bounds = metrics.pit_bounds(judged.nodes(), judged.outcomes)
    columns = np.column_stack([*(metrics.coverage(bounds, level) for level in LEVELS), np.ones(len(bounds[0]))])
    again = metrics.resample(columns, _campaigns(judged), draws=draws, seed=seed)
    rows = [{"level": level} | _figure("covered", again, _share(at), (0.0, 1.0)) for at, level in enumerate(LEVELS)]
    return pd.DataFrame(rows)


def bias_figure(judged: Judged, *, draws: int, seed: int) -> dict[str, float]:
    """The model's bias (what must be added to its log lifts) with its interval, by one Newton step per resample."""
    out, predicted = judged.outcomes, judged.predictions[MODEL]
    centre = metrics.bias(predicted, out)
    share = sigmoid(predicted + centre + out.offset)
    score = out.weight * (out.exposed_conversions - out.conversions * share)
    info = out.weight * out.conversions * share * (1.0 - share)
    again = metrics.resample(np.column_stack([score, info]), _campaigns(judged), draws=draws, seed=seed)
    return _figure("bias", again, lambda s: centre + s[:, 0] / s[:, 1])


def probability_tables(judged: Judged) -> dict[str, tuple[FloatArray, FloatArray]]:
    """Predicted probability and what happened (0 or 1), by event.

    `lift above benchmark`: the measured lift exceeds the fit score's benchmark; the prediction includes the test's
    own counting noise. `ROI above 0`: by the measured incremental conversions, whose noise the prediction does not
    include, so its curve is flatter than the model deserves; only rows with counts and a fee.
    """
    out = judged.outcomes
    bar = np.log1p(judged.scores["fit_benchmark"].to_numpy())
    events = {"lift above benchmark": (metrics.beats_probability(judged.nodes(), out, bar), metrics.beats(out, bar))}
    money = realised_money(judged)
    known = (money["cost"] > 0).to_numpy() & judged.scores["roi_probability_positive"].notna().to_numpy()
    known &= money["profit"].notna().to_numpy()
    if known.any():
        chance = judged.scores["roi_probability_positive"].to_numpy()[known]
        events["ROI above 0"] = (chance, (money["profit"].to_numpy()[known] > 0).astype(np.float64))
    return events


def realised_money(judged: Judged) -> pd.DataFrame:
    """Measured results in the campaign's currency: incremental (conversions), profit, cost; NaN where not counted."""
    rows = judged.labels
    incremental = judged.outcomes.incremental()
    worth = rows["order_value"] * (1.0 - rows["return_rate"].fillna(0.0)) * rows["gross_margin"]
    paid = rows["fee"] + rows["product_cost"].fillna(0.0) + rows["handling_cost"].fillna(0.0)
    kept = rows["attributed_revenue"] * (1.0 - rows["return_rate"].fillna(0.0))
    cost = paid + (rows["commission_rate"] * kept).fillna(0.0)
    return pd.DataFrame(
        {
            "incremental": incremental,
            "profit": incremental * worth.to_numpy() - cost.to_numpy(),
            "cost": cost.to_numpy(),
        }
    )


def promise_table(judged: Judged, top_k: int, *, draws: int, seed: int) -> pd.DataFrame:
    """What was promised and measured for the best `top_k` by expected ROI, and for all that can be compared.

    Columns: chosen, n, promised (incremental conversions), measured, ratio (measured ÷ promised) with _low and _high,
    roi_promised and roi_measured (means over deals, each in its own currency, so that none is ever added to another).
    """
    money = realised_money(judged)
    scores = judged.scores.reset_index(drop=True)
    usable = money["profit"].notna() & scores["roi_expected"].notna() & (money["cost"] > 0)
    rows = []
    for name, order in _choices(scores["roi_expected"], usable, top_k).items():
        both = np.column_stack([scores["incremental_conversions_expected"], money["incremental"]])[order]
        again = metrics.resample(both, _campaigns(judged)[order], draws=draws, seed=seed)
        row = {"chosen": name, "n": len(order), "promised": again.whole[0], "measured": again.whole[1]}
        row |= _figure("ratio", again, lambda s: s[:, 1] / np.where(s[:, 0] > 0, s[:, 0], np.nan))
        row["roi_promised"] = float(scores["roi_expected"].iloc[order].mean())
        row["roi_measured"] = float((money["profit"].iloc[order] / money["cost"].iloc[order]).mean())
        rows.append(row)
    return pd.DataFrame(rows)


def _choices(roi: pd.Series, usable: pd.Series, top_k: int) -> dict[str, np.ndarray]:
    rows = np.flatnonzero(usable.to_numpy())
    if len(rows) == 0:
        return {}
    best = rows[np.argsort(-roi.to_numpy()[rows], kind="stable")]
    return {f"best {min(top_k, len(best))} by expected ROI": best[:top_k], "all test deals": rows}


def group_table(judged: Judged) -> pd.DataFrame:
    """Model against constant by platform, tier and goal, groups of 30 rows or more.

    Columns: group, value, n, vs_constant (relative deviance, below 0 is better), bias, coverage (at the judged level).
    """
    out = judged.outcomes
    covered = metrics.coverage(metrics.pit_bounds(judged.nodes(), out), judged.level)
    rows = []
    for group in ("platform", "tier", "goal"):
        values = judged.labels[group].fillna("unknown").to_numpy()
        for value in sorted(set(values)):
            part = np.flatnonzero(values == value)
            if len(part) < _SMALLEST_GROUP:
                continue
            some, model = out.take(part), judged.predictions[MODEL][part]
            ratio = metrics.deviance(model, some) / metrics.deviance(judged.predictions[CONSTANT][part], some) - 1.0
            rows.append((group, value, len(part), ratio, metrics.bias(model, some), float(np.mean(covered[part]))))
    return pd.DataFrame(rows, columns=["group", "value", "n", "vs_constant", "bias", "coverage"])


def worst_misses(judged: Judged, most: int = 10) -> pd.DataFrame:
    """The test rows that surprised the model most, by how improbable their outcome was.

    Columns: collaboration_id, creator_id, campaign_id, predicted and measured (relative lift), conversions, chance
    (predictive probability of an outcome at least as far out).
    """
    below, upto = metrics.pit_bounds(judged.nodes(), judged.outcomes)
    chance = 2.0 * np.minimum(upto, 1.0 - below)
    table = judged.labels[["collaboration_id", "creator_id", "campaign_id"]].assign(
        predicted=np.expm1(judged.predictions[MODEL]),
        measured=np.expm1(judged.outcomes.log_lift()),
        conversions=judged.outcomes.conversions,
        chance=np.minimum(chance, 1.0),
    )
    return table.sort_values(["chance", "collaboration_id"], ignore_index=True).head(most)
