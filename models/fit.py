"""The fit score: 100 x the probability that a pairing's true lift exceeds that of a typical past collaboration.

Where a model leaves next to no doubt, lifts that differ by less than matters to anybody are ties; a tie counts half.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from models.families import Floats

FEWEST = 30
"""A goal with fewer measured collaborations is compared with those of all goals."""
LEAST_TAU = 0.02
"""Spread of true log lifts below which nobody could tell two pairings apart."""
TIE = 0.05
"""Difference of log lift from which on it matters: 5 % more or fewer conversions among the same people."""


@dataclass(frozen=True)
class Benchmark:
    """Median expected log lift of past measured collaborations: by goal where `FEWEST` or more, else of all."""

    overall: float
    goals: Mapping[str, float]

    @classmethod
    def of(cls, log_lift: Floats, goal: Sequence[str], prior: Floats) -> Benchmark:
        """From the shrunk log lifts of past measured collaborations, shape (n,); the median of `prior` where n is 0."""
        if not len(log_lift):
            return cls(float(np.median(prior)), {})
        goals = np.asarray(goal, dtype=object)
        names, sizes = np.unique(goals.astype(str), return_counts=True)
        kept = {
            str(g): float(np.median(log_lift[goals == g])) for g, m in zip(names, sizes, strict=True) if m >= FEWEST
        }
        return cls(float(np.median(log_lift)), kept)

    def log_lift(self, goal: Sequence[str]) -> Floats:
        """Benchmark log lift of each row's goal, shape (n,)."""
        return np.array([self.goals.get(str(g), self.overall) for g in goal], dtype=np.float64)

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"overall": self.overall, "goals": dict(sorted(self.goals.items()))}

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> Benchmark:
        """The benchmark saved by `to_json`."""
        return cls(float(saved["overall"]), {str(g): float(v) for g, v in saved["goals"].items()})


def chance_ahead(ahead: Floats, sd: Floats, *, other: Floats | None = None) -> Floats:
    """Chance that a difference of log lift, normal about `ahead` with `sd`, is above 0, ties counted half; shape kept.

    Ties are a region of practical equivalence (Kruschke 2018) about 0. With no doubt it reaches to `TIE` on either
    side, and it fades as doubt grows to that size: then a score cannot be sure of a difference too small to matter, and
    is the plain chance. `other`: a second `sd`; no chance with a doubt between the two is above what is told.
    """
    other = sd if other is None else other
    small, large = np.minimum(sd, other), np.maximum(sd, other)
    edges = (ahead - _tie(large), ahead + _tie(small))
    return np.asarray(0.5 * sum(special.ndtr(edge / np.where(edge > 0.0, small, large)) for edge in edges))


def _tie(sd: Floats) -> Floats:
    return np.sqrt(np.maximum(TIE**2 - sd**2, 0.0))


@dataclass(frozen=True)
class Fit:
    """Fit scores, 0 to 100, shape (n,). `low` and `high` tell how the score would move with the model's own doubt."""

    score: Floats
    low: Floats
    high: Floats
    parts: Floats
    """What each family adds to 50, shape (n, families); they add up to `score`."""


def fit_scores(
    log_lift: Floats, model_sd: Floats, tau: Floats, benchmark: Floats, families: Floats, level: float
) -> Fit:
    """Scores from the normal distribution of the true log lift about its expectation.

    The score averages over everything unknown: `chance_ahead` of m - benchmark with sqrt(tau² + model_sd²). Its
    interval is about the model's own error: what the score would be if the model knew better, of m ± z model_sd -
    benchmark with tau, since what nobody can know (tau) is already inside the probability.

    Parameters
    ----------
    log_lift, model_sd, tau, benchmark : shape (n,)
    families : contributions of each family to `log_lift - benchmark`, shape (n, families), adding up to it
    """
    tau = np.maximum(tau, LEAST_TAU)
    ahead = log_lift - benchmark
    sd = np.sqrt(tau**2 + model_sd**2)
    half = float(special.ndtri(0.5 + level / 2.0)) * model_sd
    # (chance(x) - 1/2) / x is smooth and bounded, so the parts are the contributions in points of score.
    safe = np.where(np.abs(ahead) > 1e-9, ahead, 1e-9)
    points = 100.0 * (chance_ahead(safe, sd) - 0.5) / safe
    parts = points[:, None] * families
    score = np.full(len(ahead), 50.0)
    for column in parts.T:
        score = score + column
    return Fit(
        score=np.clip(score, 0.0, 100.0),
        # Far from 50, averaging over doubt alone moves a score towards it: the interval reaches that far.
        low=np.minimum(100.0 * chance_ahead(ahead - half, tau), np.clip(score, 0.0, 100.0)),
        high=np.maximum(100.0 * chance_ahead(ahead + half, tau), np.clip(score, 0.0, 100.0)),
        parts=parts,
    )
