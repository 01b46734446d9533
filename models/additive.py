"""A sum of curves, one per feature, whose wiggle is learned from the data: empirical-Bayes ridge.

Each feature enters as a straight line and a bend over its normal scores (so that outliers and units do not matter),
0/1 features as a step, and being missing as a step of its own (`models.basis`). Coefficients are drawn towards 0, each
by a variance of its own under Student's t (few features matter much, most hardly at all), whose scale the coefficients
of a kind share; both are learned by expectation-maximisation (Tipping 2001, "Sparse Bayesian learning"). With nothing
to find, the scale goes to zero and so do the curves. The posterior gives the model's own uncertainty.

The curves may add up on a bent scale: eta = intercept + bent(sum). A bend above 0 lets effects fade out where the sum
is low: what is good about a creator helps little where little fits. How much is judged on held-out rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from scipy import linalg, special

from models.basis import KINDS, Basis, Ints
from models.families import Floats, Outcomes

_FEW_ROWS = 32
_RANK = 48
"""Directions kept of what data taught about the coefficients, for the model's uncertainty."""
_FARTHEST = 5.0
"""A working residual is cut here, so that a row without luck cannot throw the search off."""
_ROUNDS, _ROUNDS_NEAR, _STEPS, _SETTLED = 40, 8, 12, 1e-3
_FREEDOM = 2.0
"""Degrees of freedom of Student's t: how far one coefficient may stand out from its kind."""


def bent(total: Floats, bend: float) -> Floats:
    """The sum on its bent scale: 2 (softplus(bend x) - ln 2) / bend, of slope 1 at 0, 0 far below and 2 far above."""
    if bend == 0.0:
        return total
    return np.asarray(2.0 * (np.logaddexp(0.0, bend * total) - np.log(2.0)) / bend)


def bent_slope(total: Floats, bend: float) -> Floats:
    """Slope of `bent`, between 0 and 2."""
    return np.ones_like(total) if bend == 0.0 else np.asarray(2.0 * special.expit(bend * total))


@dataclass(frozen=True)
class Hyper:
    """Prior of the coefficients: `variance` of each, and `tau2`, what rows differ by beyond the features."""

    variance: Floats
    tau2: float


@dataclass(frozen=True)
class Additive:
    """A fitted sum of curves: eta = intercept + bent(sum of coefficients times columns) - middle."""

    basis: Basis
    intercept: float
    """Mean of eta over the training rows."""
    coefficients: Floats
    taught: Floats
    """(columns + 1, r): what data took off the prior variance is `taught @ taught.T`, the intercept last."""
    intercept_variance: float
    """Prior variance of the intercept."""
    hyper: Hyper
    bend: float
    middle: float
    """Mean of the bent sum over the training rows."""

    def _total(self, columns: Floats) -> Floats:
        """Sum of the curves. Columns are added one after another, so a row's bits do not depend on the batch."""
        return _in_turn(columns, self.coefficients, np.flatnonzero(self.coefficients))

    def predict(self, columns: Floats) -> Floats:
        """eta from `basis.columns`, shape (n,)."""
        return np.asarray(self.intercept + bent(self._total(columns), self.bend) - self.middle)

    def sums(self, columns: Floats, group: Ints, n_groups: int) -> Floats:
        """Share of each group of features in eta, shape (n, n_groups): with `base`, they add up to it.

        `group`: the group of each feature, (p,). On a bent scale every curve is scaled alike.
        """
        out = np.zeros((len(columns), n_groups), order="F")
        of, used = group[self.basis.features], self.coefficients != 0.0
        for g in np.unique(of[used]):
            out[:, g] = _in_turn(columns, self.coefficients, np.flatnonzero(used & (of == g)))
        if self.bend > 0.0:
            total = self._total(columns)
            safe = np.where(np.abs(total) > 1e-9, total, 1.0)
            out *= np.where(np.abs(total) > 1e-9, bent(total, self.bend) / safe, 1.0)[:, None]
        return out

    @property
    def base(self) -> float:
        """What is common to all rows, beside `sums`."""
        return self.intercept - self.middle

    def variance(self, columns: Floats) -> Floats:
        """Posterior variance of eta, shape (n,): prior variance less what the data taught."""
        out = np.empty(len(columns))
        row = np.ones(columns.shape[1] + 1)
        prior = np.append(self.hyper.variance, self.intercept_variance)
        slope = bent_slope(self._total(columns), self.bend)
        # One product per row, from one buffer: a product over the batch may round a row by its neighbours.
        for i in range(len(columns)):
            np.multiply(columns[i], slope[i], out=row[:-1])
            learned = self._taught_by_direction @ row
            out[i] = np.dot(prior, row * row) - np.dot(learned, learned)
        return np.maximum(out, 0.0)

    def variance_of_difference(self, columns: Floats, others: Floats) -> float:
        """Posterior variance of mean eta over some rows less mean eta over others; columns of each, (n, c) and (m, c).

        To first order in the coefficients; the intercept cancels.
        """
        slopes = [bent_slope(self._total(one), self.bend)[:, None] * one for one in (columns, others)]
        apart = np.append(slopes[0].mean(axis=0) - slopes[1].mean(axis=0), 0.0)
        prior = np.append(self.hyper.variance, self.intercept_variance)
        learned = self._taught_by_direction @ apart
        return max(float(np.dot(prior, apart * apart) - np.dot(learned, learned)), 0.0)

    @cached_property
    def _taught_by_direction(self) -> Floats:
        return np.ascontiguousarray(self.taught.T)

    def times(self, factor: float) -> Additive:
        """These curves with every coefficient times a factor from 0 to 1; `intercept` stays the mean of eta."""
        middle = self.middle
        if factor < 1.0:
            # On a bent scale the mean of the smaller sum is not that of the larger one: to second order about 0.
            middle *= factor**2
        return replace(self, coefficients=self.coefficients * factor, middle=middle)

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "basis": self.basis.to_json(),
            "intercept": self.intercept,
            "coefficients": self.coefficients.tolist(),
            "taught": self.taught.tolist(),
            "intercept_variance": self.intercept_variance,
            "hyper": {"variance": self.hyper.variance.tolist(), "tau2": self.hyper.tau2},
            "bend": self.bend,
            "middle": self.middle,
        }

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> Additive:
        """The model saved by `to_json`."""
        hyper = Hyper(np.array(saved["hyper"]["variance"], dtype=np.float64), float(saved["hyper"]["tau2"]))
        coefficients = np.array(saved["coefficients"], dtype=np.float64)
        return cls(
            basis=Basis.from_json(saved["basis"]),
            intercept=float(saved["intercept"]),
            coefficients=coefficients,
            taught=np.array(saved["taught"], dtype=np.float64).reshape(len(coefficients) + 1, -1),
            intercept_variance=float(saved["intercept_variance"]),
            hyper=hyper,
            bend=float(saved["bend"]),
            middle=float(saved["middle"]),
        )


def _in_turn(columns: Floats, coefficients: Floats, used: Ints) -> Floats:
    """Sum of the used columns times their coefficients, one after another from 0; shape (n,)."""
    if len(columns) <= _FEW_ROWS:
        terms = np.concatenate([np.zeros((len(columns), 1)), coefficients[used] * columns[:, used]], axis=1)
        return np.asarray(np.cumsum(terms, axis=1)[:, -1])
    total = np.zeros(len(columns))
    for j in used:
        total += coefficients[j] * columns[:, j]
    return total


@dataclass(frozen=True)
class Start:
    """Where the search begins and what is believed before: see `fit_additive`."""

    intercept: float = 0.0
    intercept_sd: float = 0.25
    tau: float = 0.15
    """Believed spread of rows beyond the features."""
    tau_rows: float = 8.0
    """How many rows that belief is worth."""
    effect: float = 0.15
    """Believed spread of eta that the features explain."""
    effect_columns: float = 4.0
    """How many coefficients that belief is worth."""


def fit_additive(
    basis: Basis,
    columns: Floats,
    outcomes: Outcomes,
    start: Start,
    *,
    bend: float = 0.0,
    like: Additive | None = None,
    near: Additive | None = None,
    scale: float = 1.0,
) -> Additive:
    """Fit by alternating reweighted least squares and updates of the variances.

    Parameters
    ----------
    basis, columns : the curves and their columns of the n rows
    start : beliefs; the spreads enter as so many extra rows or coefficients of that size, so that a handful of rows
        cannot drive a variance to nothing or to anything
    bend : see `bent`
    like : a fit to nearly the same rows; its variances are taken as they are, and the search begins there
    near : a fit to more rows than may be known here: of it, tau2 and the size of a kind's variances are taken alone
    scale : factor on the variances
    """
    task = _Task(columns, basis.kinds, outcomes, start, bend)
    if like is None:
        hyper, beta = task.learn(None if near is None else near.hyper)
    else:
        hyper, beta = like.hyper, np.append(like.coefficients, like.base)
    hyper = Hyper(hyper.variance * scale, hyper.tau2)
    beta, covariance = task.settle(beta, hyper)
    middle = float(bent(columns @ beta[:-1], bend).mean()) if len(columns) else 0.0
    return Additive(
        basis=basis,
        intercept=float(beta[-1]) + middle,
        coefficients=beta[:-1],
        taught=_taught(task.prior(hyper.variance), covariance),
        intercept_variance=start.intercept_sd**2,
        hyper=hyper,
        bend=bend,
        middle=middle,
    )


@dataclass(frozen=True)
class _Task:
    """The rows to fit, and how."""

    columns: Floats
    kinds: Ints
    outcomes: Outcomes
    start: Start
    bend: float

    @property
    def center(self) -> Floats:
        """Prior mean of the coefficients, the intercept last."""
        return np.append(np.zeros(len(self.kinds)), self.start.intercept)

    def prior(self, variance: Floats) -> Floats:
        """Prior variance of the coefficients, the intercept last."""
        return np.append(variance, self.start.intercept_sd**2)

    def step(self, beta: Floats, prior: Floats, tau2: float) -> tuple[Floats, Floats]:
        """One reweighted least-squares step: posterior mean and covariance of the coefficients."""
        line = _Line.at(self.columns, beta, self.bend)
        v = self.outcomes.curvature(line.eta)
        w = self.outcomes.saturated(line.eta, tau2) * v
        gap = np.clip(self.outcomes.residual(line.eta) / v, -_FARTHEST, _FARTHEST)
        rooted = line.design * np.sqrt(w)[:, None]
        precision = rooted.T @ rooted
        precision[np.diag_indices_from(precision)] += 1.0 / prior
        pull = line.design.T @ (w * (line.design @ beta + gap)) + self.center / prior
        covariance = _inverse(precision)
        return covariance @ pull, covariance

    def settle(self, beta: Floats, hyper: Hyper) -> tuple[Floats, Floats]:
        """Posterior mean and covariance at these variances, from a start nearby."""
        prior = self.prior(hyper.variance)
        covariance = np.diag(prior)
        for _ in range(_STEPS):
            before = beta
            beta, covariance = self.step(beta, prior, hyper.tau2)
            if np.max(np.abs(beta - before), initial=0.0) < _SETTLED:
                break
        return beta, covariance

    def learn(self, near: Hyper | None) -> tuple[Hyper, Floats]:
        """Variances that the data speak for, and coefficients near the ones that go with them."""
        believed = self.start.effect**2 / max(len(self.kinds), 1)
        shared, tau2 = np.full(len(KINDS), believed), self.start.tau**2
        if near is not None:
            shared, tau2 = _shared(near.variance, self.kinds, believed, self.start.effect_columns), near.tau2
        variance, beta = shared[self.kinds], self.center
        for round_ in range(_ROUNDS if near is None else _ROUNDS_NEAR):
            before = np.append(variance, tau2)
            beta, covariance = self.step(beta, self.prior(variance), tau2)
            squared = beta[:-1] ** 2 + np.diagonal(covariance)[:-1]
            variance = (squared + _FREEDOM * shared[self.kinds]) / (1.0 + _FREEDOM)
            shared = _shared(variance, self.kinds, believed, self.start.effect_columns)
            if near is None:
                tau2 = _tau2(_Line.at(self.columns, beta, self.bend), self.outcomes, covariance, tau2, self.start)
            moved = np.abs(np.sqrt(np.append(variance, tau2)) - np.sqrt(before))
            if round_ > 2 and np.max(moved) < _SETTLED:
                break
        return Hyper(variance, tau2), beta


def _inverse(precision: Floats) -> Floats:
    """Inverse of a positive definite matrix, by way of its Cholesky factor."""
    factor, _ = linalg.cho_factor(precision, lower=True)
    inverse, failed = linalg.lapack.dpotri(factor, lower=1)
    if failed:
        raise np.linalg.LinAlgError("a precision matrix is singular")
    lower = np.tril(inverse)
    return np.asarray(lower + np.tril(lower, -1).T)


@dataclass(frozen=True)
class _Line:
    """eta at some coefficients (the intercept last) and its slopes in each of them, shape (n, columns + 1)."""

    eta: Floats
    design: Floats

    @classmethod
    def at(cls, columns: Floats, beta: Floats, bend: float) -> _Line:
        total = columns @ beta[:-1]
        slope = bent_slope(total, bend)
        scaled = columns if bend == 0.0 else columns * slope[:, None]
        return cls(bent(total, bend) + beta[-1], np.column_stack([scaled, np.ones(len(columns))]))


def _shared(variance: Floats, kinds: Ints, believed: float, worth: float) -> Floats:
    """Scale of each kind's variances: the most likely one given them, held to `believed` as by `worth` coefficients."""
    out = np.full(len(KINDS), believed)
    for kind in np.unique(kinds):
        of = kinds == kind
        share = worth * of.sum() / len(kinds)
        out[kind] = (of.sum() + share) / (np.sum(1.0 / variance[of]) + share / believed)
    return np.asarray(np.maximum(out, 1e-10))


def _tau2(line: _Line, outcomes: Outcomes, covariance: Floats, tau2: float, start: Start) -> float:
    """Moment estimate of tau2 (Paule & Mandel 1982 for DerSimonian & Laird's model), half a step towards it.

    Weighted squared residuals, with the part that fitting took away put back, must equal the number of rows.
    """
    v = outcomes.curvature(line.eta)
    leverage = np.einsum("ij,ij->i", line.design @ covariance, line.design)
    squared = np.clip(outcomes.residual(line.eta) / v, -_FARTHEST, _FARTHEST) ** 2 + leverage

    def excess(value: float) -> float:
        rows = float(np.sum(outcomes.weight * (v / (1.0 + value * outcomes.varying * v) * squared - 1.0)))
        return rows + start.tau_rows * (start.tau**2 / max(value, 1e-6) - 1.0)

    low, high = 0.0, 4.0
    for _ in range(40):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if excess(middle) > 0.0 else (low, middle)
    return 0.5 * (tau2 + low)


def _taught(prior: Floats, covariance: Floats) -> Floats:
    """The leading directions of prior minus posterior covariance, shape (columns + 1, r)."""
    values, vectors = np.linalg.eigh(np.diag(prior) - covariance)
    leading = np.argsort(values)[::-1][: min(_RANK, len(values))]
    kept = leading[values[leading] > 1e-9]
    vectors = vectors[:, kept]
    # The sign of an eigenvector is arbitrary; fix it, so that the saved model is the same every time.
    vectors = vectors * np.where(vectors[np.argmax(np.abs(vectors), axis=0), np.arange(len(kept))] < 0, -1.0, 1.0)
    return np.asarray(vectors * np.sqrt(values[kept]))
