"""Curves for a noisy value of known relative precision: evidence ridge, one prior variance per kind of column.

The noise is learned from the residuals; the prior variances maximise the evidence (MacKay 1992), held to a belief as by
a small part of a coefficient, so that without a signal the curves go flat.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.basis import KINDS, Basis
from models.families import Floats

_ROUNDS = 60
_STEPS = 12
_CLOSE = 1e-3
_WORTH = 0.1
"""How many coefficients of a kind the belief is worth."""
_SMALLEST = 1e-8
"""Prior variances are not followed below this share of the believed one."""


@dataclass(frozen=True)
class Curves:
    """A fitted sum of curves."""

    basis: Basis
    intercept: float
    coefficients: Floats

    def predict(self, X: Floats) -> Floats:
        """Sum of the curves, shape (n,)."""
        return self.of_columns(self.basis.columns(X))

    def of_columns(self, columns: Floats) -> Floats:
        """The same from `basis.columns`."""
        # One column after another, so that a row's bits do not depend on the batch.
        total = np.full(len(columns), self.intercept)
        for j in np.flatnonzero(self.coefficients):
            total += self.coefficients[j] * columns[:, j]
        return total

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "basis": self.basis.to_json(),
            "intercept": self.intercept,
            "coefficients": self.coefficients.tolist(),
        }

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> Curves:
        """The curves saved by `to_json`."""
        coefficients = np.array(saved["coefficients"], dtype=np.float64)
        return cls(Basis.from_json(saved["basis"]), float(saved["intercept"]), coefficients)


def fit_curves(basis: Basis, columns: Floats, value: Floats, precision: Floats, noise: float | None = None) -> Curves:
    """Fit curves to values of n cells.

    Parameters
    ----------
    basis, columns : the curves and their columns, (n, c)
    value, precision : (n,) each; noise variance of a value is `noise` over its precision
    noise : None: as the values differ about their mean
    """
    mean = float(np.average(value, weights=precision))
    noise = float(np.mean(precision * (value - mean) ** 2)) if noise is None else noise
    if not columns.shape[1] or noise <= 0.0:
        return Curves(basis, mean, np.zeros(columns.shape[1]))
    weight = precision / noise
    centre = np.average(columns, axis=0, weights=weight)
    design = columns - centre
    gram = (design * weight[:, None]).T @ design
    target = design.T @ (weight * (value - mean))
    beta = _evidence(gram, target, basis.kinds)
    return Curves(basis, mean - float(centre @ beta), beta)


def fit_log_rate(basis: Basis, columns: Floats, events: Floats, exposure: Floats) -> Curves:
    """Curves of ln(events per exposure), by reweighted least squares (Poisson, its dispersion learned).

    `events` (n,), at least 0 and some above; `exposure` (n,), above 0.
    """
    level = float(np.log(events.sum() / exposure.sum()))
    curves, line = Curves(basis, level, np.zeros(columns.shape[1])), np.full(len(events), level)
    for _ in range(_STEPS):
        mean = exposure * np.exp(line)
        # Pearson's dispersion; counts that differ less than Poisson's are not believed.
        dispersion = max(1.0, float(np.mean((events - mean) ** 2 / mean)))
        curves = fit_curves(basis, columns, line + (events - mean) / mean, mean, dispersion)
        found = curves.of_columns(columns)
        # A step is cut: from a bad start the quadratic approximation overshoots.
        step = np.clip(found - line, -1.0, 1.0)
        line = line + step
        if float(np.max(np.abs(step))) < _CLOSE:
            break
    return curves


def _evidence(gram: Floats, target: Floats, kinds: np.ndarray) -> Floats:
    """Coefficients under the prior variances of most evidence (MacKay's fixed point)."""
    # Believed: a coefficient is about as large as its own standard error, on the edge of what can be told.
    information = float(np.mean(np.diagonal(gram)))
    believed = 1.0 / max(information, 1e-300)
    variance = np.full(len(KINDS), believed)
    beta = np.zeros(len(target))
    for _ in range(_ROUNDS):
        before = variance.copy()
        covariance = np.linalg.inv(gram + np.diag(1.0 / variance[kinds]))
        beta = covariance @ target
        for kind in np.unique(kinds):
            of = kinds == kind
            determined = float(of.sum() - np.diagonal(covariance)[of].sum() / variance[kind])
            total = float(np.sum(beta[of] ** 2)) + _WORTH * believed
            variance[kind] = max(total / (max(determined, 0.0) + _WORTH), _SMALLEST * believed)
        if float(np.max(np.abs(np.log(variance / before)))) < 1e-2:
            break
    return np.asarray(beta)
