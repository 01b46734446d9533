"""A sum of curves, one per feature, whose wiggle is learned from the data: empirical-Bayes ridge.

Each feature enters as a straight line and a bend over its normal scores (so that outliers and units do not matter),
0/1 features as a step, and being missing as a step of its own. All coefficients of a kind share one normal prior whose
variance maximises the evidence (MacKay 1992, "Bayesian interpolation"; Tipping 2001): with little data, or nothing to
find, it goes to zero and so does the curve. The posterior gives the model's own uncertainty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import linalg, stats

from models.families import Floats, Outcomes

Ints = npt.NDArray[np.int64]

KNOTS = 33
_OUTERMOST = 0.004
"""Normal scores are cut at this tail probability (±2.65)."""
_RARELY = 0.005
"""A feature missing (or present) in a smaller share of rows gets no missing step."""
_KINDS = ("line", "bend", "step", "missing")
_RANK = 48
"""Directions kept of what data taught about the coefficients, for the model's uncertainty."""


@dataclass(frozen=True)
class Curve:
    """How one feature enters: `knots` and their normal `scores`, or a 0/1 step (`scores` empty, `knots` its mean)."""

    feature: int
    knots: tuple[float, ...]
    scores: tuple[float, ...]
    missing: bool
    """Whether being missing has a step of its own."""


@dataclass(frozen=True)
class Basis:
    """Columns made from features, each centred and scaled over the training rows."""

    curves: tuple[Curve, ...]
    mean: Floats
    scale: Floats
    """Divisor of each column; 0 marks a constant column, which is left at 0."""

    @classmethod
    def of(cls, X: Floats) -> Basis:
        """Learn the curves' scales from (n, p) training features."""
        curves = tuple(c for j in range(X.shape[1]) if (c := _curve(j, X[:, j])) is not None)
        blank = cls(curves, np.zeros(0), np.zeros(0))
        raw = blank.raw(X)
        scale = raw.std(axis=0) if len(raw) else np.zeros(raw.shape[1])
        return cls(curves, raw.mean(axis=0) if len(raw) else scale, np.where(scale > 1e-9, scale, 0.0))

    @cached_property
    def layout(self) -> tuple[tuple[int, str], ...]:
        """(feature, kind) of each column."""
        columns: list[tuple[int, str]] = []
        for curve in self.curves:
            columns += [(curve.feature, "line"), (curve.feature, "bend")] if curve.scores else []
            columns += [(curve.feature, "step")] if not curve.scores and curve.knots else []
            columns += [(curve.feature, "missing")] if curve.missing else []
        return tuple(columns)

    @cached_property
    def features(self) -> Ints:
        """The feature each column is made of."""
        return np.array([feature for feature, _ in self.layout], dtype=np.int64)

    @cached_property
    def kinds(self) -> Ints:
        """The kind of each column, as a position in line, bend, step, missing."""
        return np.array([_KINDS.index(kind) for _, kind in self.layout], dtype=np.int64)

    def raw(self, X: Floats) -> Floats:
        """Columns before centring, shape (n, columns)."""
        out = np.zeros((len(X), len(self.layout)), order="F")
        at = 0
        for curve in self.curves:
            x = X[:, curve.feature]
            gone = np.isnan(x)
            if curve.scores:
                score = np.where(gone, 0.0, np.interp(np.where(gone, 0.0, x), curve.knots, curve.scores))
                out[:, at] = score
                out[:, at + 1] = np.where(gone, 0.0, score * score - 1.0)
                at += 2
            elif curve.knots:
                out[:, at] = np.where(gone, 0.0, x - curve.knots[0])
                at += 1
            if curve.missing:
                out[:, at] = gone
                at += 1
        return out

    def columns(self, X: Floats) -> Floats:
        """Centred and scaled columns, shape (n, columns)."""
        out = self.raw(X)
        out -= self.mean
        out *= np.divide(1.0, self.scale, out=np.zeros_like(self.scale), where=self.scale > 0.0)
        return out

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        curves = [[c.feature, list(c.knots), list(c.scores), c.missing] for c in self.curves]
        return {"curves": curves, "mean": self.mean.tolist(), "scale": self.scale.tolist()}

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> Basis:
        """The basis saved by `to_json`."""
        curves = tuple(Curve(int(f), tuple(k), tuple(s), bool(m)) for f, k, s, m in saved["curves"])
        return cls(curves, np.array(saved["mean"], dtype=np.float64), np.array(saved["scale"], dtype=np.float64))


def _curve(feature: int, x: Floats) -> Curve | None:
    gone = np.isnan(x)
    share = float(gone.mean()) if len(x) else 1.0
    missing = _RARELY < share < 1.0 - _RARELY
    known = x[~gone]
    different = np.unique(known)
    if len(different) < 2:
        return Curve(feature, (), (), missing) if missing else None
    if len(different) == 2:
        return Curve(feature, (float(known.mean()),), (), missing)
    knots = np.unique(np.quantile(known, np.linspace(0.0, 1.0, KNOTS)))
    ordered = np.sort(known)
    # Ties share the middle of their ranks.
    rank = (np.searchsorted(ordered, knots, "left") + np.searchsorted(ordered, knots, "right")) / (2.0 * len(known))
    scores = stats.norm.ppf(np.clip(rank, _OUTERMOST, 1.0 - _OUTERMOST))
    return Curve(feature, tuple(knots.tolist()), tuple(scores.tolist()), missing)


@dataclass(frozen=True)
class Hyper:
    """Prior of the coefficients: `variance` by kind of column, and `tau2`, what rows differ by beyond the features."""

    variance: Floats
    tau2: float


@dataclass(frozen=True)
class Additive:
    """A fitted sum of curves: eta = intercept + sum of coefficients times columns."""

    basis: Basis
    intercept: float
    coefficients: Floats
    prior_variance: Floats
    """Of each coefficient."""
    taught: Floats
    """(columns + 1, r): what data took off the prior variance is `taught @ taught.T`, the intercept last."""
    intercept_variance: float
    """Prior variance of the intercept."""
    hyper: Hyper

    def predict(self, columns: Floats) -> Floats:
        """eta from `basis.columns`, shape (n,). Columns are added one after another, so a row's bits do not depend on
        the batch."""
        total = np.full(len(columns), self.intercept)
        for j in np.flatnonzero(self.coefficients):
            total += self.coefficients[j] * columns[:, j]
        return total

    def sums(self, columns: Floats, group: Ints, n_groups: int) -> Floats:
        """Share of each group of features in eta - intercept, shape (n, n_groups). `group`: of each feature, (p,)."""
        out = np.zeros((len(columns), n_groups), order="F")
        for j in np.flatnonzero(self.coefficients):
            out[:, group[self.basis.features[j]]] += self.coefficients[j] * columns[:, j]
        return out

    def variance(self, columns: Floats) -> Floats:
        """Posterior variance of eta, shape (n,): prior variance less what the data taught."""
        out = np.empty(len(columns))
        row = np.ones(columns.shape[1] + 1)
        prior = np.append(self.prior_variance, self.intercept_variance)
        # One product per row, from one buffer: a product over the batch may round a row by its neighbours.
        for i in range(len(columns)):
            row[:-1] = columns[i]
            learned = self._taught_by_direction @ row
            out[i] = np.dot(prior, row * row) - np.dot(learned, learned)
        return np.maximum(out, 0.0)

    @cached_property
    def _taught_by_direction(self) -> Floats:
        return np.ascontiguousarray(self.taught.T)

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "basis": self.basis.to_json(),
            "intercept": self.intercept,
            "coefficients": self.coefficients.tolist(),
            "prior_variance": self.prior_variance.tolist(),
            "taught": self.taught.tolist(),
            "intercept_variance": self.intercept_variance,
            "hyper": {"variance": self.hyper.variance.tolist(), "tau2": self.hyper.tau2},
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
            prior_variance=np.array(saved["prior_variance"], dtype=np.float64),
            taught=np.array(saved["taught"], dtype=np.float64).reshape(len(coefficients) + 1, -1),
            intercept_variance=float(saved["intercept_variance"]),
            hyper=hyper,
        )


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
    effect_columns: float = 0.05
    """How many coefficients that belief is worth."""


def fit_additive(X: Floats, outcomes: Outcomes, start: Start, hyper: Hyper | None = None, rounds: int = 60) -> Additive:
    """Fit by alternating reweighted least squares and fixed-point updates of the variances (MacKay's).

    `hyper` given: the variances are taken as they are (used in cross-fitting). The believed spreads in `start` enter
    as so many extra rows or coefficients of that size, so that a handful of rows cannot drive a variance to nothing
    or to anything.
    """
    basis = Basis.of(X)
    columns = basis.columns(X)
    kinds = basis.kinds
    design = np.column_stack([columns, np.ones(len(X))])
    believed = start.effect**2 / max(len(kinds), 1)
    variance = np.full(len(_KINDS), believed) if hyper is None else hyper.variance.copy()
    tau2 = start.tau**2 if hyper is None else hyper.tau2
    center = np.append(np.zeros(len(kinds)), start.intercept)
    beta, covariance = center.copy(), np.diag(np.full(len(center), start.intercept_sd**2))
    for round_ in range(rounds if hyper is None else 8):
        prior = np.append(variance[kinds], start.intercept_sd**2)
        beta_new, covariance = _posterior(design, outcomes, beta, tau2, prior, center)
        moved = float(np.max(np.abs(beta_new - beta), initial=0.0))
        beta = beta_new
        if hyper is None:
            before = np.append(variance, tau2)
            variance = _variances(variance, kinds, beta, covariance, believed, start.effect_columns)
            tau2 = _tau2(design, outcomes, beta, covariance, tau2, start)
            moved = max(moved, float(np.max(np.abs(np.sqrt(np.append(variance, tau2)) - np.sqrt(before)))))
        if moved < 1e-4 and round_ > 2:
            break
    prior = np.append(variance[kinds], start.intercept_sd**2)
    return Additive(
        basis=basis,
        intercept=float(beta[-1]),
        coefficients=beta[:-1],
        prior_variance=variance[kinds],
        taught=_taught(prior, covariance),
        intercept_variance=start.intercept_sd**2,
        hyper=Hyper(variance, tau2),
    )


def _posterior(
    design: Floats, outcomes: Outcomes, beta: Floats, tau2: float, prior: Floats, center: Floats
) -> tuple[Floats, Floats]:
    """One reweighted least-squares step: posterior mean and covariance of the coefficients."""
    eta = design @ beta
    v = outcomes.curvature(eta)
    w = outcomes.saturated(eta, tau2) * v
    working = eta + np.clip(outcomes.residual(eta) / v, -5.0, 5.0)
    precision = (design * w[:, None]).T @ design
    precision[np.diag_indices_from(precision)] += 1.0 / prior
    factor = linalg.cho_factor(precision, lower=True)
    mean = linalg.cho_solve(factor, design.T @ (w * working) + center / prior)
    return mean, linalg.cho_solve(factor, np.eye(len(prior)))


def _variances(
    variance: Floats, kinds: Ints, beta: Floats, covariance: Floats, believed: float, worth: float
) -> Floats:
    """MacKay's update per kind: squared coefficients over the number of well-determined ones."""
    out = variance.copy()
    spread = np.diagonal(covariance)[:-1]
    for kind in np.unique(kinds):
        of = kinds == kind
        determined = float(of.sum() - spread[of].sum() / variance[kind])
        share = worth * of.sum() / len(kinds)
        total = float(np.sum(beta[:-1][of] ** 2)) + share * believed
        out[kind] = max(total / (max(determined, 0.0) + share), 1e-10)
    return out


def _tau2(design: Floats, outcomes: Outcomes, beta: Floats, covariance: Floats, tau2: float, start: Start) -> float:
    """Moment estimate of tau2 (Paule & Mandel 1982 for DerSimonian & Laird's model), half a step towards it.

    Weighted squared residuals, with the part that fitting took away put back, must equal the number of rows.
    """
    eta = design @ beta
    v = outcomes.curvature(eta)
    leverage = np.einsum("ij,ij->i", design @ covariance, design)
    squared = np.clip(outcomes.residual(eta) / v, -5.0, 5.0) ** 2 + leverage

    def excess(value: float) -> float:
        rows = float(np.sum(outcomes.weight * (v / (1.0 + value * v) * squared - 1.0)))
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
