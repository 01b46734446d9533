"""Measured outcomes as conditional counts: what is left of a lift test once its unknown baseline has cancelled.

With exposed n₁, k₁ and holdout n₀, k₀, k₁ given k = k₁ + k₀ is Binomial(k, p) with logit p = log lift + ln(n₁/n₀)
(Przyborowski & Wilenski 1940). A geo or on/off estimate enters as the counts that carry its information:
k = 1 / (se² p (1 − p)).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special, stats

FloatArray = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

_EXACT_UP_TO = 100
_HALF = 0.5


def sigmoid(x: FloatArray) -> FloatArray:
    """1 / (1 + e^-x), without overflow."""
    return np.asarray(special.expit(x), dtype=np.float64)


@dataclass(frozen=True)
class Outcomes:
    """Measured outcomes of n collaborations; arrays of shape (n,), no value missing."""

    conversions: FloatArray
    """k: conversions in both groups together (a pseudo-count for geo and on/off rows)."""
    exposed_conversions: FloatArray
    """k₁ of them."""
    offset: FloatArray
    """ln(n₁ / n₀); 0 for geo and on/off rows."""
    weight: FloatArray
    """1, or the row's share of a test that several collaborations have in common."""
    se: FloatArray
    """Standard error of ln(1 + lift) as reported; NaN where counts tell it."""
    exposed: FloatArray
    """n₁, people; NaN for geo and on/off rows."""
    holdout: FloatArray
    """n₀, people; NaN for geo and on/off rows."""

    def __len__(self) -> int:
        return len(self.conversions)

    @classmethod
    def of(cls, labels: pd.DataFrame) -> Outcomes:
        """From rows as `training.labels.find_labels` gives them."""
        get = {c: labels[c].to_numpy(dtype=np.float64) for c in _NEEDED}
        counted = np.isnan(get["lift_se"])
        share = sigmoid(np.log1p(np.where(counted, 0.0, get["lift_estimate"])))
        pseudo = 1.0 / (np.where(counted, 1.0, get["lift_se"]) ** 2 * share * (1.0 - share))
        both = get["exposed_conversions"] + get["holdout_conversions"]
        ratio = np.where(counted, get["exposed"], 1.0) / np.where(counted, get["holdout"], 1.0)
        return cls(
            conversions=np.where(counted, both, pseudo),
            exposed_conversions=np.where(counted, get["exposed_conversions"], pseudo * share),
            offset=np.log(ratio),
            weight=get["weight"],
            se=get["lift_se"],
            exposed=get["exposed"],
            holdout=get["holdout"],
        )

    def take(self, rows: np.ndarray) -> Outcomes:
        """The outcomes at these positions, repeats allowed."""
        return Outcomes(**{name: getattr(self, name)[rows] for name in self.__dataclass_fields__})

    @property
    def counted(self) -> np.ndarray:
        """Which rows are real counts; boolean."""
        return np.isnan(self.se)

    def log_lift(self) -> FloatArray:
        """The measured log lift of each row, with half a conversion added on both sides of real counts."""
        add = np.where(self.counted, _HALF, 0.0)
        others = self.conversions - self.exposed_conversions
        return np.asarray(np.log((self.exposed_conversions + add) / (others + add)) - self.offset)

    def incremental(self) -> FloatArray:
        """Measured incremental conversions, k₁ − n₁ k₀ / n₀; NaN for geo and on/off rows."""
        others = self.conversions - self.exposed_conversions
        return np.asarray(np.where(self.counted, self.exposed_conversions - np.exp(self.offset) * others, np.nan))

    def noise(self, log_lift: FloatArray) -> FloatArray:
        """Mean squared error of `log_lift()` around a true log lift, from counting alone; shape (n,).

        Exact for up to 100 conversions (sum over the binomial), 1 / (k p (1 − p)) above, se² where it was reported.
        """
        share = sigmoid(log_lift + self.offset)
        out = 1.0 / (self.conversions * share * (1.0 - share))
        few = np.flatnonzero(self.counted & (self.conversions <= _EXACT_UP_TO))
        if len(few):
            k = self.conversions[few, None]
            grid = np.arange(int(k.max()) + 1.0)[None, :]
            measured = np.log((grid + _HALF) / (np.maximum(k - grid, 0.0) + _HALF))
            miss = measured - self.offset[few, None] - log_lift[few, None]
            chance = stats.binom.pmf(grid, k, share[few, None])
            out[few] = np.sum(chance * miss**2, axis=1)
        return np.asarray(np.where(self.counted, out, self.se**2))


_NEEDED = (
    "exposed", "exposed_conversions", "holdout", "holdout_conversions", "lift_estimate", "lift_se", "weight",
)  # fmt: skip


def pooled_log_lift(outcomes: Outcomes, start: FloatArray | None = None) -> float:
    """The one log lift (added to `start`, shape (n,), if given) that makes the outcomes most likely.

    Newton's method on the conditional likelihood, kept within ±5: with no conversion on one side there is no
    finite maximum.
    """
    base = outcomes.offset if start is None else outcomes.offset + start
    shift = 0.0
    for _ in range(100):
        share = sigmoid(base + shift)
        info = np.sum(outcomes.weight * outcomes.conversions * share * (1.0 - share))
        score = np.sum(outcomes.weight * (outcomes.exposed_conversions - outcomes.conversions * share))
        step = float(np.clip(score / max(info, 1e-12), -1.0, 1.0))
        shift = float(np.clip(shift + step, -5.0, 5.0))
        if abs(step) < 1e-10:
            break
    return shift
