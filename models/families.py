"""Outcomes as likelihoods: one shape for lift (binomial), rates (Poisson) and reach (normal on a log scale).

A row's linear predictor is `offset + eta`; models learn eta. Rows differ beyond what features explain, with variance
`tau2` on the scale of eta, so what a row can teach saturates: curvature v counts as v / (1 + tau2 v).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import special

Floats = npt.NDArray[np.float64]
Family = Literal["binomial", "poisson", "normal"]

_OBJECTIVES: dict[Family, str] = {"binomial": "cross_entropy", "poisson": "poisson", "normal": "l2"}
_LARGEST_ETA = 30.0
_TINY = 1e-12


@dataclass(frozen=True)
class Outcomes:
    """Outcomes of n rows; arrays of shape (n,), nothing missing.

    binomial: `y` of `size` trials succeed, logit p = offset + eta. poisson: `y` events, ln mean = offset + eta,
    `size` is 1. normal: `y` with known precision `size`, mean = offset + eta. `y` and `size` need not be whole.
    """

    family: Family
    y: Floats
    size: Floats
    offset: Floats
    weight: Floats
    """Share of a row that counts, 1 for all of it."""
    counted: npt.NDArray[np.bool_] | None = None
    """Where `size` is itself a count of events, not the precision of an estimate; None: everywhere."""
    alike: Floats | None = None
    """Share of `tau2` by which an outcome varies: less than 1 for the mean of several rows; None: 1."""

    def __len__(self) -> int:
        return len(self.y)

    @property
    def objective(self) -> str:
        """LightGBM's name for this likelihood."""
        return _OBJECTIVES[self.family]

    def take(self, rows: npt.NDArray[np.intp] | npt.NDArray[np.bool_]) -> Outcomes:
        """The rows at these positions."""
        return replace(
            self,
            y=self.y[rows],
            size=self.size[rows],
            offset=self.offset[rows],
            weight=self.weight[rows],
            counted=None if self.counted is None else self.counted[rows],
            alike=None if self.alike is None else self.alike[rows],
        )

    def mean(self, eta: Floats) -> Floats:
        """Expected `y` at `eta`."""
        line = np.clip(self.offset + eta, -_LARGEST_ETA, _LARGEST_ETA) if self.family != "normal" else self.offset + eta
        if self.family == "binomial":
            return np.asarray(self.size * special.expit(line))
        return np.exp(line) if self.family == "poisson" else line

    def curvature(self, eta: Floats) -> Floats:
        """Information of each row about its own eta, v: k p (1 - p), the mean, or the precision; above 0."""
        if self.family == "normal":
            return self.size
        mean = self.mean(eta)
        v = mean * (1.0 - mean / np.maximum(self.size, _TINY)) if self.family == "binomial" else mean
        return np.maximum(v, _TINY)

    def residual(self, eta: Floats) -> Floats:
        """Score of each row: derivative of its log-likelihood in eta."""
        gap = self.y - self.mean(eta)
        return gap * self.size if self.family == "normal" else gap

    def saturated(self, eta: Floats, tau2: float) -> Floats:
        """Weight of each row's likelihood when rows differ by `tau2`: weight / (1 + tau2 v)."""
        return np.asarray(self.weight / (1.0 + tau2 * self.varying * self.curvature(eta)))

    @property
    def varying(self) -> Floats:
        """`alike`, 1 where it is not told; shape (n,)."""
        return np.ones(len(self)) if self.alike is None else self.alike

    def tilt(self, eta: Floats, tau2: float) -> Floats:
        """How far an estimate of eta strays from the mean of the true values when these differ by `tau2`.

        To first order: conversions follow e^eta, so rows whose true value happens to be high count more. A Poisson fit
        finds the log of the mean rate, tau2 / 2 too much. For a binomial row drawn from two Poisson counts, the weight
        of a row grows with its conversions, while p is concave above a half: tau2 (1/2 - p (1 - saturation)). Added to
        the offset in fitting, it takes the stray off.
        """
        if self.family == "normal":
            return np.zeros(len(self))
        if self.family == "poisson":
            return np.full(len(self), 0.5 * tau2)
        share = special.expit(self.offset + eta)
        spared = 1.0 / (1.0 + tau2 * self.curvature(eta))
        stray = tau2 * (0.5 - share * (1.0 - spared))
        return stray if self.counted is None else np.where(self.counted, stray, 0.0)

    def moved(self, by: Floats) -> Outcomes:
        """The same rows with `by` added to the offset."""
        return replace(self, offset=self.offset + by)

    def log_likelihood(self, eta: Floats) -> Floats:
        """Log-likelihood of each row without its weight, up to a constant in `y`."""
        line = self.offset + eta
        if self.family == "binomial":
            return np.asarray(self.y * line - self.size * np.logaddexp(0.0, line))
        if self.family == "poisson":
            return np.asarray(self.y * line - np.exp(np.minimum(line, _LARGEST_ETA)))
        return np.asarray(-0.5 * self.size * (self.y - line) ** 2)

    def boosting_label(self) -> Floats:
        """The label LightGBM is given: a share, a count, or the value."""
        return np.asarray(self.y / self.size) if self.family == "binomial" else self.y

    def boosting_weight(self, saturation: Floats) -> Floats:
        """The weight LightGBM is given with that label."""
        return np.asarray(saturation if self.family == "poisson" else saturation * self.size)
