"""How good predicted lifts are, judged on measured ones, which are noisy: few conversions, small holdouts.

Every function is pure. `predicted` is a log lift per row, shape (n,). Rows count by `Outcomes.weight`; see `saturated`.
"Noise-corrected" means that the counting noise known from theory was taken off, so that a figure speaks about the true
lift and not about the luck of a test.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import special, stats

from training.outcomes import FloatArray, Outcomes, pooled_log_lift, sigmoid

NODES = 40
CONFIDENCE = 0.95
"""Level of the intervals that say how sure a *figure* is; a prediction's interval has its own level."""


def row_losses(predicted: FloatArray, outcomes: Outcomes) -> FloatArray:
    """Weighted conditional binomial deviance of each row, shape (n,): what `deviance` adds up."""
    share = sigmoid(predicted + outcomes.offset)
    k, k1 = outcomes.conversions, outcomes.exposed_conversions
    loss = special.xlogy(k1, k1 / (k * share)) + special.xlogy(k - k1, (k - k1) / (k * (1.0 - share)))
    return np.asarray(2.0 * outcomes.weight * loss)


def deviance(predicted: FloatArray, outcomes: Outcomes) -> float:
    """Conditional binomial deviance per conversion, 0 for a perfect fit; smaller is better.

    2 Σ w [k₁ ln(k₁ / k p) + k₀ ln(k₀ / k (1 − p))] / Σ w k, logit p = predicted + ln(n₁/n₀).
    """
    return float(np.sum(row_losses(predicted, outcomes)) / np.sum(outcomes.weight * outcomes.conversions))


def saturated(outcomes: Outcomes) -> Outcomes:
    """The outcomes with weights that stop growing with size: weight × noise / (noise + τ²).

    True lifts differ however large a test is, so one huge test must not decide alone. Noise and τ² come from the
    pooled lift, not from a row's own counts: a weight cannot favour lucky rows. τ² is the moment estimate of
    DerSimonian & Laird 1986.
    """
    if not len(outcomes):
        return outcomes
    pooled = pooled_log_lift(outcomes)
    noise = outcomes.noise(np.full(len(outcomes), pooled))
    precision = outcomes.weight / noise
    centre = float(np.average(outcomes.log_lift(), weights=precision))
    spare = float(np.sum(precision) - np.sum(precision**2) / np.sum(precision))
    excess = float(np.sum(precision * (outcomes.log_lift() - centre) ** 2) - np.sum(outcomes.weight))
    tau2 = max(0.0, excess / spare) if spare > 0 else 0.0
    return replace(outcomes, weight=outcomes.weight * noise / (noise + tau2))


def row_weights(outcomes: Outcomes) -> FloatArray:
    """How much each row's measured log lift can say: weight / counting noise at the pooled lift, shape (n,)."""
    noise = outcomes.noise(np.full(len(outcomes), pooled_log_lift(outcomes)))
    return np.asarray(outcomes.weight / noise)


def mse(predicted: FloatArray, outcomes: Outcomes, weights: FloatArray) -> float:
    """Weighted mean squared error of the measured log lift."""
    return float(np.average((outcomes.log_lift() - predicted) ** 2, weights=weights))


def rmse(predicted: FloatArray, outcomes: Outcomes, weights: FloatArray | None = None) -> float:
    """Weighted root mean squared error of the measured log lift, counting noise included."""
    return float(np.sqrt(mse(predicted, outcomes, row_weights(outcomes) if weights is None else weights)))


def true_rmse(predicted: FloatArray, outcomes: Outcomes, weights: FloatArray | None = None) -> float:
    """Root mean squared error against the *true* log lift: counting noise taken off; 0 where noise explains all."""
    weights = row_weights(outcomes) if weights is None else weights
    noise = float(np.average(outcomes.noise(predicted), weights=weights))
    return float(np.sqrt(max(0.0, mse(predicted, outcomes, weights) - noise)))


def skill(predicted: FloatArray, outcomes: Outcomes, reference: FloatArray) -> float:
    """Noise-corrected share of the reference's squared error that the prediction removes.

    1 would be the true lift itself, 0 is no better than `reference` (a log lift per row), below 0 is worse. NaN
    where the measured lifts differ no more than counting noise makes them: nothing is there to be explained.
    """
    weights = row_weights(outcomes)
    noise = float(np.average(outcomes.noise(reference), weights=weights))
    explainable = mse(reference, outcomes, weights) - noise
    if explainable <= 0:
        return float("nan")
    return (mse(reference, outcomes, weights) - mse(predicted, outcomes, weights)) / explainable


def bias(predicted: FloatArray, outcomes: Outcomes) -> float:
    """What must be added to every prediction to fit the outcomes best; above 0 the model promised too little."""
    return pooled_log_lift(outcomes, predicted)


def calibration_slope(predicted: FloatArray, outcomes: Outcomes, weights: FloatArray | None = None) -> float:
    """Weighted least-squares slope of measured on predicted log lift: 1 is right, below 1 exaggerates differences.

    NaN when the prediction is the same for all.
    """
    weights = row_weights(outcomes) if weights is None else weights
    x = predicted - np.average(predicted, weights=weights)
    spread = float(np.sum(weights * x**2))
    if spread <= 1e-12 * float(np.sum(weights)):
        return float("nan")
    return float(np.sum(weights * x * outcomes.log_lift()) / spread)


def rank_correlation(predicted: FloatArray, outcomes: Outcomes) -> float:
    """Spearman's correlation of predicted and measured log lift; NaN when the prediction is the same for all."""
    if len(predicted) < 3 or np.ptp(predicted) == 0.0:
        return float("nan")
    return float(stats.spearmanr(predicted, outcomes.log_lift()).statistic)


def qini(predicted: FloatArray, outcomes: Outcomes) -> float:
    """Area between the gain curve and the random line, in incremental conversions per 1,000 exposed people.

    Collaborations are taken best predicted first; x is the share of all exposed people, y the measured incremental
    conversions so far (Radcliffe 2007, for cells instead of persons). Ties count as one step, so a constant
    prediction scores exactly 0. Geo and on/off rows have no counts and are left out; NaN when none is left.
    """
    rows = np.flatnonzero(outcomes.counted)
    if len(rows) == 0:
        return float("nan")
    order = rows[np.argsort(-predicted[rows], kind="stable")]
    x = np.cumsum(outcomes.exposed[order])
    y = np.cumsum(outcomes.incremental()[order])
    last_of_tie = np.append(np.diff(predicted[order]) != 0.0, True)
    share = np.append(0.0, x[last_of_tie] / x[-1])
    gain = np.append(0.0, y[last_of_tie])
    area = np.sum(np.diff(share) * (gain[1:] + gain[:-1]) / 2.0) - gain[-1] / 2.0
    return float(1000.0 * area / x[-1])


def decile_table(predicted: FloatArray, outcomes: Outcomes, bins: int = 10, level: float = 0.8) -> pd.DataFrame:
    """Predicted against measured log lift by group of predicted lift, lowest first.

    Returns one row per group that is not empty: n, predicted and measured (weighted mean log
    lifts), low, high (interval of `measured` at `level`, from the spread of its rows).
    """
    order = np.argsort(predicted, kind="stable")
    z = float(stats.norm.ppf((1.0 + level) / 2.0))
    weights, seen = row_weights(outcomes), outcomes.log_lift()
    rows = []
    for part in np.array_split(order, min(bins, len(order))) if len(order) else []:
        w = weights[part]
        measured = float(np.average(seen[part], weights=w))
        error = float(np.sqrt(np.sum((w * (seen[part] - measured)) ** 2)) / np.sum(w))
        mean = float(np.average(predicted[part], weights=w))
        rows.append((len(part), mean, measured, measured - z * error, measured + z * error))
    return pd.DataFrame(rows, columns=["n", "predicted", "measured", "low", "high"])


def quantile_nodes(mean: FloatArray, low: FloatArray, high: FloatArray, level: float) -> FloatArray:
    """Equally likely values of each row's true log lift, shape (n, 40), from its mean and interval at `level`.

    Half-normal on each side, so that an interval longer above than below stays so.
    """
    z = stats.norm.ppf((np.arange(NODES) + 0.5) / NODES)[None, :]
    edge = float(stats.norm.ppf((1.0 + level) / 2.0))
    side = np.where(z < 0, (mean - low)[:, None], (high - mean)[:, None])
    return np.asarray(mean[:, None] + side * z / edge)


def pit_bounds(nodes: FloatArray, outcomes: Outcomes) -> tuple[FloatArray, FloatArray]:
    """Predictive probability of an outcome below, and at or below, the measured one; two arrays of shape (n,).

    The predictive distribution mixes the binomial (or normal, for geo and on/off rows) over `nodes`, so counting
    noise is part of it. Between the two the probability integral transform of a right model is uniform (Czado,
    Gneiting & Held 2009).
    """
    share = sigmoid(nodes + outcomes.offset[:, None])
    k, k1 = outcomes.conversions[:, None], outcomes.exposed_conversions[:, None]
    se = np.where(outcomes.counted, 1.0, outcomes.se)[:, None]
    smooth = np.mean(stats.norm.cdf((outcomes.log_lift()[:, None] - nodes) / se), axis=1)
    whole = np.where(outcomes.counted[:, None], np.round(k1), 0.0)
    total = np.where(outcomes.counted[:, None], np.round(k), 1.0)
    below = np.mean(stats.binom.cdf(whole - 1.0, total, share), axis=1)
    upto = np.mean(stats.binom.cdf(whole, total, share), axis=1)
    counted = outcomes.counted
    return np.asarray(np.where(counted, below, smooth)), np.asarray(np.where(counted, upto, smooth))


def coverage(bounds: tuple[FloatArray, FloatArray], level: float) -> FloatArray:
    """Share of each row's outcome inside the central predictive interval at `level`, shape (n,); its mean is coverage.

    Counts are lumpy, so a row may lie partly inside.
    """
    below, upto = bounds
    tail = (1.0 - level) / 2.0
    width = upto - below
    inside = np.minimum(upto, 1.0 - tail) - np.maximum(below, tail)
    point = ((below >= tail) & (below <= 1.0 - tail)).astype(np.float64)
    return np.where(width > 1e-12, np.clip(inside, 0.0, None) / np.where(width > 1e-12, width, 1.0), point)


def beats_probability(nodes: FloatArray, outcomes: Outcomes, threshold: FloatArray) -> FloatArray:
    """Predictive probability that the *measured* log lift exceeds `threshold` (n,); counting noise included."""
    share = sigmoid(nodes + outcomes.offset[:, None])
    k = np.where(outcomes.counted, np.round(outcomes.conversions), 1.0)
    needed = np.floor(k * sigmoid(threshold + outcomes.offset))
    counts = np.mean(stats.binom.sf(needed[:, None], k[:, None], share), axis=1)
    se = np.where(outcomes.counted, 1.0, outcomes.se)[:, None]
    smooth = np.mean(stats.norm.sf((threshold[:, None] - nodes) / se), axis=1)
    return np.asarray(np.where(outcomes.counted, counts, smooth))


def beats(outcomes: Outcomes, threshold: FloatArray) -> FloatArray:
    """1 where the measured log lift exceeds `threshold` (n,), else 0: the event `beats_probability` is about."""
    counted = outcomes.exposed_conversions > np.floor(outcomes.conversions * sigmoid(threshold + outcomes.offset))
    return np.where(outcomes.counted, counted, outcomes.log_lift() > threshold).astype(np.float64)


def reliability_table(probability: FloatArray, happened: FloatArray, bins: int = 10) -> pd.DataFrame:
    """Mean predicted probability against how often it happened, in equally filled groups, lowest first: n, predicted,
    happened."""
    order = np.argsort(probability, kind="stable")
    parts = [p for p in np.array_split(order, bins) if len(p)]
    rows = [(len(p), float(np.mean(probability[p])), float(np.mean(happened[p]))) for p in parts]
    return pd.DataFrame(rows, columns=["n", "predicted", "happened"])


def calibration_error(probability: FloatArray, happened: FloatArray, bins: int = 10) -> float:
    """Expected calibration error: mean absolute gap of the reliability table, weighted by group size; NaN if empty."""
    table = reliability_table(probability, happened, bins)
    if table.empty:
        return float("nan")
    return float(np.average((table["predicted"] - table["happened"]).abs(), weights=table["n"]))


@dataclass(frozen=True)
class Resamples:
    """Column sums of some rows, as they are and resampled by groups."""

    whole: FloatArray
    """Shape (c,)."""
    drawn: FloatArray
    """Shape (draws, c)."""
    groups: int
    """How many groups there are."""

    def interval(self, figure: Callable[[FloatArray], FloatArray]) -> tuple[float, float, float]:
        """A figure made of column sums, with its 95 % interval: (figure, low, high).

        `figure` maps sums of shape (m, c) to m figures. The interval is Student's, with the resamples' standard
        deviation and groups - 1 degrees of freedom, since a handful of groups tells less than percentiles suggest
        (Cameron, Gelbach & Miller 2008). NaN limits where there are fewer than two groups or no finite resample.
        """
        value = float(figure(self.whole[None, :])[0])
        found = figure(self.drawn)
        found = found[np.isfinite(found)]
        if self.groups < 2 or len(found) < 2 or math.isnan(value):
            return value, float("nan"), float("nan")
        freedom = self.groups - 1
        spread = float(np.std(found)) * math.sqrt(self.groups / freedom)
        half = float(stats.t.ppf((1.0 + CONFIDENCE) / 2.0, freedom)) * spread
        return value, value - half, value + half


def resample(columns: FloatArray, groups: np.ndarray, *, draws: int, seed: int) -> Resamples:
    """Column sums of (n, c) `columns` when whole groups are drawn again with replacement.

    `groups` (n,) says which rows belong together: collaborations of one campaign share its luck.
    """
    whole = columns.sum(axis=0)
    _, code = np.unique(groups, return_inverse=True)
    n_groups = int(code.max()) + 1 if len(code) else 0
    if n_groups == 0:
        return Resamples(whole, np.zeros((0, columns.shape[1])), 0)
    sums = np.column_stack([np.bincount(code, weights=c, minlength=n_groups) for c in columns.T])
    times = np.random.default_rng(seed).multinomial(n_groups, np.full(n_groups, 1.0 / n_groups), size=draws)
    return Resamples(whole, np.asarray(times @ sums, dtype=np.float64), n_groups)
