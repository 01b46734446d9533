"""What is not known of a prediction: how far true values lie from it, learned out of sample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy import optimize, stats

from models.families import Floats, Outcomes

_NODES, _NODE_WEIGHTS = np.polynomial.hermite_e.hermegauss(9)
_NEWTON_STEPS = 8


_FARTHEST = 1.0
"""Distance from the usual prediction beyond which the spread grows no further."""
_TAUS, _SCALES, _GROWTHS = (1e-3, 20.0), (0.05, 20.0), (-2.0, 2.0)
"""Values that are looked at."""
_FREEDOM = 4.0
"""Degrees of freedom of what is believed of tau."""
_GROWTH_SD = 0.5
"""What is believed of the growth: a standard deviation, so the spread rises by up to some half per unit of log lift."""


@dataclass(frozen=True)
class Spread:
    """True value minus prediction is normal with variance (tau² + scale * the model's own variance) * growing(eta)².

    `tau`: what no model of these features could know. `scale`: how much larger the model's error is than it thinks.
    `growth`: by how much the log of the spread rises with the prediction: where little is promised, errors are small.
    `center`: prediction at which it is neither raised nor lowered.
    """

    tau: float
    scale: float
    growth: float = 0.0
    center: float = 0.0

    def growing(self, eta: Floats) -> Floats:
        """Factor on the spread at prediction `eta`; shape kept."""
        return np.exp(self.growth * np.clip(eta - self.center, -_FARTHEST, _FARTHEST))

    def tau_at(self, eta: Floats) -> Floats:
        """`tau` at prediction `eta`; shape kept."""
        return np.asarray(self.tau * self.growing(eta))

    def model_sd(self, eta: Floats, variance: Floats) -> Floats:
        """Standard deviation of the model's error, given its prediction and own variance; shape kept."""
        return np.asarray(np.sqrt(self.scale * variance) * self.growing(eta))

    def sd(self, eta: Floats, variance: Floats) -> Floats:
        """Standard deviation of the true value about the prediction; shape kept."""
        return np.asarray(np.sqrt(self.tau**2 + self.scale * variance) * self.growing(eta))

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> Spread:
        """The spread saved by `to_json`."""
        return cls(**{name: float(value) for name, value in saved.items()})


def interval(center: Floats, sd: Floats, level: float) -> Floats:
    """Central normal interval, shape (n, 2). `level` lies strictly between 0 and 1."""
    if not (isinstance(level, (int, float, np.number)) and 0.0 < level < 1.0):
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


def fit_spread(
    outcomes: Outcomes, eta: Floats, variance: Floats, believed: Spread, rows: float, at: Floats | None = None
) -> Spread:
    """The most likely spread given out-of-sample outcomes and what is believed of it; `believed` itself without any.

    tau is half-Student-t about 0, as large as `believed.tau` (Gelman 2006): flat near 0, so that a small one is found
    where rows show it. Its mode is sought on a log scale, which keeps it off 0 by about what rows leave open (Chung et
    al. 2013): a plain mode would collapse there whenever luck has it.

    Parameters
    ----------
    outcomes : n rows the predictions have not seen
    eta : their predictions, shape (n,)
    variance : the model's own variance of each, shape (n,)
    rows : how many rows the belief in `scale` is worth
    at : what the spread may grow with, shape (n,); without it, it does not
    """
    center = 0.0 if at is None or not len(at) else float(np.average(at, weights=outcomes.weight + 1e-12))
    away = np.zeros(len(outcomes)) if at is None else np.clip(at - center, -_FARTHEST, _FARTHEST)

    def loss(free: Floats) -> float:
        tau, scale = float(np.exp(free[0])), float(np.exp(free[1]))
        growth = 0.0 if at is None else float(free[2])
        sd = np.sqrt(tau**2 * outcomes.varying + scale * variance + 1e-8) * np.exp(growth * away)
        fitted = float(np.sum(outcomes.weight * marginal_log_likelihood(outcomes, eta, sd)))
        # Normal prior on log scale: a standard deviation seen in `rows` rows is known to 1 / sqrt(2 rows).
        far = 0.5 * np.log(scale / believed.scale)
        return float(-fitted + _against_tau(tau / believed.tau) + rows * far**2 + 0.5 * (growth / _GROWTH_SD) ** 2)

    start = np.append(np.log([believed.tau, believed.scale]), [] if at is None else [0.0])
    simplex = np.vstack([start, start + np.diag([-0.7, -0.7, 0.5][: len(start)])])
    options = {"xatol": 0.005, "fatol": 0.005, "maxiter": 300, "initial_simplex": simplex}
    # Bounds are part of the search: what one of the two cannot take up, the other must.
    bounds = [np.log(_TAUS), np.log(_SCALES), _GROWTHS][: len(start)]
    found = optimize.minimize(loss, start, method="Nelder-Mead", bounds=bounds, options=options).x
    tau, scale = np.exp(found[:2])
    return Spread(float(tau), float(scale), 0.0 if at is None else float(found[2]), center)


def _against_tau(ratio: float) -> float:
    """Minus the log density of log tau, given tau over its believed size: smallest where they are equal."""
    return float(0.5 * (_FREEDOM + 1.0) * np.log1p(ratio**2 / _FREEDOM) - np.log(ratio))


def fit_level(outcomes: Outcomes, believed: Spread, rows: float) -> tuple[float, float, float]:
    """Mean of the rows' true eta, the variance of that mean, and their spread about it, by marginal likelihood.

    The spread is held to `believed.tau` as if by `rows` rows, the mean to nothing; at least one row.
    """

    def loss(at: Floats) -> float:
        tau = float(np.exp(at[1]))
        told = marginal_log_likelihood(outcomes, np.full(len(outcomes), at[0]), np.full(len(outcomes), tau))
        return float(-np.sum(outcomes.weight * told) + rows * (at[1] - np.log(believed.tau)) ** 2)

    start = np.array([0.0, np.log(believed.tau)])
    simplex = np.vstack([start, start + np.diag([0.5, 0.5])])
    options = {"xatol": 1e-4, "fatol": 1e-4, "maxiter": 200, "initial_simplex": simplex}
    level, log_tau = optimize.minimize(loss, start, method="Nelder-Mead", options=options).x
    tau = float(np.exp(np.clip(log_tau, np.log(1e-3), np.log(20.0))))
    at = outcomes.curvature(np.full(len(outcomes), level))
    information = float(np.sum(outcomes.weight * at / (1.0 + tau**2 * at)))
    return float(level), 1.0 / max(information, 1e-9), tau
