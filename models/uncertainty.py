"""What is not known of a prediction: how far true values lie from it, learned out of sample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import optimize, stats

from models.families import Floats, Outcomes

_NODES, _NODE_WEIGHTS = np.polynomial.hermite_e.hermegauss(9)
_NEWTON_STEPS = 8


@dataclass(frozen=True)
class Spread:
    """True value minus prediction is normal with variance tau² + scale * (the model's own variance).

    `tau`: what no model of these features could know. `scale`: how much larger the model's error is than it thinks.
    """

    tau: float
    scale: float

    def model_sd(self, variance: Floats) -> Floats:
        """Standard deviation of the model's error, given its own variance; shape kept."""
        return np.sqrt(self.scale * variance)

    def sd(self, variance: Floats) -> Floats:
        """Standard deviation of the true value about the prediction; shape kept."""
        return np.sqrt(self.tau**2 + self.scale * variance)

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"tau": self.tau, "scale": self.scale}

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> Spread:
        """The spread saved by `to_json`."""
        return cls(float(saved["tau"]), float(saved["scale"]))


def interval(center: Floats, sd: Floats, level: float) -> Floats:
    """Central normal interval, shape (n, 2). `level` lies strictly between 0 and 1."""
    if not 0.0 < level < 1.0:
        raise ValueError(f"level is {level!r}; allowed: strictly between 0 and 1")
    half = float(stats.norm.ppf(0.5 + level / 2.0)) * sd
    return np.stack([center - half, center + half], axis=1)


def marginal_log_likelihood(outcomes: Outcomes, eta: Floats, sd: Floats) -> Floats:
    """Log-likelihood of each row when its true eta is normal about `eta` with `sd` (above 0); shape (n,).

    Adaptive Gauss-Hermite quadrature about each row's mode (Naylor & Smith 1982), good for few conversions and many.
    """
    shift = np.zeros(len(eta))
    precision = 1.0 / sd**2
    for _ in range(_NEWTON_STEPS):
        slope = outcomes.residual(eta + shift) - shift * precision
        shift = shift + np.clip(slope / (outcomes.curvature(eta + shift) + precision), -2.0, 2.0)
    width = 1.0 / np.sqrt(outcomes.curvature(eta + shift) + precision)
    terms = np.empty((len(_NODES), len(eta)))
    for at, (node, weight) in enumerate(zip(_NODES, _NODE_WEIGHTS, strict=True)):
        moved = shift + width * node
        terms[at] = outcomes.log_likelihood(eta + moved) - 0.5 * moved**2 * precision + 0.5 * node**2 + np.log(weight)
    top = terms.max(axis=0)
    return np.asarray(top + np.log(np.exp(terms - top).sum(axis=0)) + np.log(width / sd))


def fit_spread(outcomes: Outcomes, eta: Floats, variance: Floats, believed: Spread, rows: float) -> Spread:
    """The spread that makes out-of-sample outcomes most likely, held to `believed` as if by `rows` rows.

    Parameters
    ----------
    outcomes : n rows the predictions have not seen
    eta : their predictions, shape (n,)
    variance : the model's own variance of each, shape (n,)
    """

    def loss(logs: Floats) -> float:
        tau, scale = float(np.exp(logs[0])), float(np.exp(logs[1]))
        sd = np.sqrt(tau**2 * outcomes.varying + scale * variance + 1e-8)
        fitted = float(np.sum(outcomes.weight * marginal_log_likelihood(outcomes, eta, sd)))
        # Normal priors on the logs: a standard deviation seen in `rows` rows is known to 1 / sqrt(2 rows).
        away = (np.log(tau / believed.tau), 0.5 * np.log(scale / believed.scale))
        return float(-fitted + rows * (away[0] ** 2 + away[1] ** 2))

    start = np.log([believed.tau, believed.scale])
    simplex = start + np.array([[0.0, 0.0], [-0.5, 0.0], [0.0, -0.7]])
    options = {"xatol": 0.005, "fatol": 0.005, "maxiter": 200, "initial_simplex": simplex}
    found = optimize.minimize(loss, start, method="Nelder-Mead", options=options)
    tau, scale = np.exp(np.clip(found.x, np.log(1e-3), np.log(20.0)))
    return Spread(float(tau), float(scale))
