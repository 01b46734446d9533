"""What is believed of the log lift of any pairing, before its features are looked at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.families import Floats, Outcomes

LEFT = 0.2
"""What the curves may still move the common level by, in believed standard deviations."""
PRIOR_ROWS = 6.0
"""Rows that the believed spread is worth against the data's."""


@dataclass(frozen=True)
class Common:
    """What is believed of any pairing once outcomes were seen: prior + shift + slope * (prior - center).

    A prior that differs between rows (by goal, say) may be right in its level, in its differences, in both or neither:
    `shift` and `slope` learn that. `covariance` is of (shift, slope), shape (2, 2).
    """

    shift: float
    slope: float
    center: float
    covariance: tuple[tuple[float, float], tuple[float, float]]

    def predict(self, prior: Floats) -> Floats:
        """Common log lift, shape of `prior`."""
        return np.asarray(prior + self.shift + self.slope * (prior - self.center))

    def variance(self, prior: Floats) -> Floats:
        """Posterior variance of it, shape of `prior`."""
        away = prior - self.center
        (a, b), (_, c) = self.covariance
        return np.asarray(np.maximum(a + 2.0 * b * away + c * away * away, 0.0))


def fit_common(outcomes: Outcomes, prior: Floats, prior_sd: float, tau: float) -> tuple[Common, float]:
    """Shift and slope of the prior, and the spread of rows about them: `outcomes` have the prior in their offset.

    shift ~ N(0, prior_sd² / 2), less what is left to the curves: half of what is believed of one pairing is common to
    all; slope ~ N(0, 1 / 4).
    """
    center = float(prior.mean()) if len(prior) else 0.0
    design = np.column_stack([np.ones(len(prior)), prior - center])
    precision = np.diag([1.0 / ((0.5 - LEFT**2) * prior_sd**2), 4.0])
    beta, covariance = np.zeros(2), np.asarray(np.linalg.inv(precision), dtype=np.float64)
    for _ in range(40):
        eta = np.einsum("ij,j->i", design, beta)
        rows = outcomes.moved(outcomes.tilt(eta, tau**2))
        saturated = rows.saturated(eta, tau**2)
        w = saturated * rows.curvature(eta)
        covariance = np.asarray(np.linalg.inv((design * w[:, None]).T @ design + precision), dtype=np.float64)
        step = covariance @ (design.T @ (saturated * rows.residual(eta)) - precision @ beta)
        beta = beta + np.clip(step, -0.5, 0.5)
        tau = _spread_about(outcomes, eta, tau)
        if np.max(np.abs(step)) < 1e-8:
            break
    (a, b), (c, d) = covariance.tolist()
    return Common(float(beta[0]), float(beta[1]), center, ((a, b), (c, d))), tau


def _spread_about(outcomes: Outcomes, eta: Floats, believed: float) -> float:
    """Moment estimate of the rows' spread about `eta`, held to `believed` as by a few rows."""
    v = outcomes.curvature(eta)
    squared = np.clip(outcomes.residual(eta) / v, -5.0, 5.0) ** 2
    low, high = 1e-4, 4.0
    for _ in range(50):
        t = 0.5 * (low + high)
        excess = float(np.sum(outcomes.weight * (v / (1.0 + t * outcomes.varying * v) * squared - 1.0)))
        excess += PRIOR_ROWS * (believed**2 / t - 1.0)
        low, high = (t, high) if excess > 0 else (low, t)
    return float(np.sqrt(low))
