"""Conversions per exposed person without the post: given in the brief, learned from brand and goal, or published.

A Poisson rate pooled in two steps: a brand's rate is drawn towards its goal's, a goal's towards the published one, each
by how little it has been seen (empirical Bayes; Robbins 1956, Morris 1983). Pairings of one brand differ further by
`tau`. What the features add on top is judged on rows held out, as for lift.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from data.priors import Priors
from data.schemas import GOALS
from models.additive import Start
from models.blend import Blend, Look
from models.boosting import Growth
from models.crossfit import Search, cross_fit, fold_of
from models.families import Floats, Outcomes
from models.uncertainty import Spread, fit_level, fit_spread
from models.units import Units

_ROUNDS = 200
_BELIEVED_BRAND_SD = 0.5
_BELIEVED_TAU = 0.3
_WORTH = 4.0
"""Brands (or rows) that a believed spread is worth."""
_GIVEN_SD = 0.15
"""How far a brand's own word about its usual rate is believed to be off (ln)."""
_HIGHEST = 0.9


@dataclass(frozen=True)
class Level:
    """A learned log rate effect: its mean and variance."""

    mean: float
    variance: float


@dataclass(frozen=True)
class Rates:
    """Baseline rates of pairings: ln b is normal with `log_mean` and `log_sd`; `source` given, learned or prior."""

    log_mean: Floats
    log_sd: Floats
    source: np.ndarray

    @property
    def expected(self) -> Floats:
        """Mean rate, shape (n,)."""
        return np.minimum(np.exp(self.log_mean + 0.5 * self.log_sd**2), _HIGHEST)

    def moved(self, by: Floats, variance: Floats) -> Rates:
        """The same, ln rates `by` higher and of `variance` more where anything was learned; both (n,)."""
        learned = self.source != "prior"
        log_sd = np.sqrt(self.log_sd**2 + np.where(learned, variance, 0.0))
        return Rates(self.log_mean + np.where(learned, by, 0.0), log_sd, self.source)


@dataclass(frozen=True)
class RateModel:
    """Fitted levels. `goals` and `brands` are effects on the published log rate of the goal."""

    prior: Mapping[str, Level]
    """Published ln rate by goal."""
    goals: Mapping[str, Level]
    brands: Mapping[str, Level]
    brand_sd: float
    blend: Blend
    learned_sd: float
    """Spread of pairings' ln rate about brand, goal and features."""
    given_sd: float
    """Spread of pairings' ln rate about the brief's own figure and features."""
    given_shift: Level

    def predict(self, X: Floats, brand: Sequence[str], goal: Sequence[str], given: Floats) -> Rates:
        """Rates of n pairings.

        Parameters
        ----------
        X : (n, p) features
        brand, goal : n words each
        given : the brief's own rate, NaN where it tells none; shape (n,)
        """
        told = given > 0
        goal_level = [self._goal(g) for g in goal]
        brand_level = [self.brands.get(b, Level(0.0, self.brand_sd**2)) for b in brand]
        pooled = np.array([g.mean + b.mean for g, b in zip(goal_level, brand_level, strict=True)])
        doubt = np.array([g.variance + b.variance for g, b in zip(goal_level, brand_level, strict=True)])
        base = np.where(told, np.log(np.where(told, given, 1.0)) + self.given_shift.mean, pooled)
        extra = Look(self.blend, X).eta if self.blend.n_features else np.zeros(len(X))
        sd = np.where(told, np.sqrt(self.given_sd**2 + self.given_shift.variance), np.sqrt(self.learned_sd**2 + doubt))
        known = np.array([b in self.brands or g in self.goals for b, g in zip(brand, goal, strict=True)], dtype=bool)
        source = np.where(told, "given", np.where(known, "learned", "prior")).astype(object)
        return Rates(base + extra, sd, source)

    def lead(self, deals: Floats, drawn: Floats) -> float:
        """ln by which rates found in tests exceed the briefs' own beyond what features tell: those of `deals`, (n, p),
        compared with those of pairings drawn from the catalogue."""
        told = 0.0
        if self.blend.n_features:
            told = float(np.mean(Look(self.blend, deals).eta) - np.mean(Look(self.blend, drawn).eta))
        return self.given_shift.mean - max(told, 0.0)

    def _goal(self, goal: str) -> Level:
        prior = self.prior[goal]
        learned = self.goals.get(goal)
        if learned is None:
            return prior
        return Level(prior.mean + learned.mean, learned.variance)

    def state(self) -> tuple[dict[str, Any], tuple[str, ...]]:
        """The fitted model as plain JSON values and the texts of its trees."""

        def levels(of: Mapping[str, Level]) -> dict[str, list[float]]:
            return {name: [level.mean, level.variance] for name, level in sorted(of.items())}

        plain = {
            "prior": levels(self.prior),
            "goals": levels(self.goals),
            "brands": levels(self.brands),
            "brand_sd": self.brand_sd,
            "blend": self.blend.to_json(),
            "learned_sd": self.learned_sd,
            "given_sd": self.given_sd,
            "given_shift": [self.given_shift.mean, self.given_shift.variance],
        }
        return plain, tuple(trees.text for trees in self.blend.trees)

    @classmethod
    def from_state(cls, saved: Mapping[str, Any], trees: tuple[str, ...]) -> RateModel:
        """The model that `state` described."""

        def levels(of: Mapping[str, Any]) -> dict[str, Level]:
            return {name: Level(float(mean), float(variance)) for name, (mean, variance) in of.items()}

        return cls(
            prior=levels(saved["prior"]),
            goals=levels(saved["goals"]),
            brands=levels(saved["brands"]),
            brand_sd=float(saved["brand_sd"]),
            blend=Blend.from_json(saved["blend"], trees),
            learned_sd=float(saved["learned_sd"]),
            given_sd=float(saved["given_sd"]),
            given_shift=Level(*map(float, saved["given_shift"])),
        )


def fit_rates(X: Floats, deals: pd.DataFrame, log_lift: Floats, priors: Priors, seed: int) -> RateModel:
    """Learn baseline rates from lift tests with counts.

    Parameters
    ----------
    X : (n, p) features
    deals : n rows with brand, goal, baseline_rate (the brief's own, NaN where none), exposed, exposed_conversions,
        holdout, holdout_conversions; rows without all four counts are left out
    log_lift : expected log lift of each row, so that the exposed tell of the baseline, too; shape (n,)
    """
    counts = {c: deals[c].to_numpy(dtype=np.float64) for c in COUNTS}
    told = np.all([np.isfinite(v) for v in counts.values()], axis=0) & (counts["holdout"] > 0)
    rows = deals[told]
    events = (counts["exposed_conversions"] + counts["holdout_conversions"])[told]
    people = (counts["holdout"] + counts["exposed"] * np.exp(log_lift))[told]
    prior = {g: Level(float(np.log(priors.baseline_rate[g].median)), priors.baseline_rate[g].sd ** 2) for g in GOALS}
    offset = np.log(people) + np.array([prior[g].mean for g in rows["goal"]])
    outcomes = Outcomes("poisson", events, np.ones(len(events)), offset, np.ones(len(events)))
    pooled = _pool(outcomes, rows["goal"].to_numpy(), rows["brand"].to_numpy(), prior)
    given = rows["baseline_rate"].to_numpy(dtype=np.float64)
    has_given = given > 0
    shift = _given_shift(events, people, given, has_given)
    base = np.where(has_given, np.log(people * np.where(has_given, given, 1.0)) + shift.mean, offset + pooled.eta)
    rest = Outcomes("poisson", events, np.ones(len(events)), base, np.ones(len(events)))
    start = Start(intercept=0.0, intercept_sd=0.1, tau=_BELIEVED_TAU, effect=0.2)
    folds = fold_of(X[told], rows["creator_id"], seed)
    fitted = cross_fit(X[told], rest, Units.single(len(rest)), folds, Search(start, Growth(), seed, bagged=False))
    believed = Spread(tau=_BELIEVED_TAU, scale=1.0)
    learned, by_brief = (
        fit_spread(rest.take(of), fitted.eta[of], np.zeros(int(of.sum())), believed, _WORTH).tau
        for of in (~has_given, has_given)
    )
    return RateModel(prior, pooled.goals, pooled.brands, pooled.brand_sd, fitted.blend, learned, by_brief, shift)


COUNTS = ("exposed", "exposed_conversions", "holdout", "holdout_conversions")


@dataclass(frozen=True)
class _Pooled:
    goals: dict[str, Level]
    brands: dict[str, Level]
    brand_sd: float
    eta: Floats


def _pool(outcomes: Outcomes, goal: np.ndarray, brand: np.ndarray, prior: Mapping[str, Level]) -> _Pooled:
    """Goal and brand effects by alternating shrunken means of the reweighted residuals (penalised quasi-likelihood)."""
    goal_names, goal_code = np.unique(goal.astype(str), return_inverse=True)
    brand_names, brand_code = np.unique(brand.astype(str), return_inverse=True)
    goal_variance = np.array([prior[g].variance for g in goal_names])
    goal_mean, goal_left = np.zeros(len(goal_names)), goal_variance.copy()
    brand_mean, brand_left = np.zeros(len(brand_names)), np.zeros(len(brand_names))
    brand_variance, tau2 = _BELIEVED_BRAND_SD**2, _BELIEVED_TAU**2
    eta = np.zeros(len(outcomes))
    for _ in range(_ROUNDS if len(outcomes) else 0):
        before = eta
        rows = outcomes.moved(outcomes.tilt(eta, tau2))
        for code, mean, variance in (
            (goal_code, goal_mean, goal_variance),
            (brand_code, brand_mean, np.full(len(brand_names), brand_variance)),
        ):
            w = rows.saturated(eta, tau2)
            information = np.bincount(code, weights=w * rows.curvature(eta), minlength=len(mean))
            score = np.bincount(code, weights=w * rows.residual(eta), minlength=len(mean)) - mean / variance
            left = 1.0 / (information + 1.0 / variance)
            step = np.clip(score * left, -1.0, 1.0)
            mean += step
            eta = eta + step[code]
            if code is goal_code:
                goal_left = left
            else:
                brand_left = left
        total = float(np.sum(brand_mean**2 + brand_left)) + _WORTH * _BELIEVED_BRAND_SD**2
        brand_variance = total / (len(brand_names) + _WORTH)
        tau2 = _tau2(rows, eta, brand_left[brand_code])
        if np.max(np.abs(eta - before)) < 1e-6:
            break
    return _Pooled(
        goals=_levels(goal_names, goal_mean, goal_left),
        brands=_levels(brand_names, brand_mean, brand_left),
        brand_sd=float(np.sqrt(brand_variance)),
        eta=eta,
    )


def _levels(names: np.ndarray, mean: Floats, variance: Floats) -> dict[str, Level]:
    return {str(n): Level(float(m), float(v)) for n, m, v in zip(names, mean, variance, strict=True)}


def _tau2(outcomes: Outcomes, eta: Floats, doubt: Floats) -> float:
    """Moment estimate of the rows' own variance, held to the believed one as by a few rows."""
    v = outcomes.curvature(eta)
    squared = np.clip(outcomes.residual(eta) / v, -5.0, 5.0) ** 2 + doubt
    low, high = 1e-4, 9.0
    for _ in range(50):
        t = 0.5 * (low + high)
        excess = float(np.sum(v / (1.0 + t * v) * squared - 1.0)) + _WORTH * (_BELIEVED_TAU**2 / t - 1.0)
        low, high = (t, high) if excess > 0 else (low, t)
    return low


def _given_shift(events: Floats, people: Floats, given: Floats, told: np.ndarray) -> Level:
    """How far briefs' own rates are off (ln, in the middle), shrunk to 0 as if by one test."""
    if not told.any():
        return Level(0.0, _GIVEN_SD**2)
    n = int(told.sum())
    outcomes = Outcomes("poisson", events[told], np.ones(n), np.log(people[told] * given[told]), np.ones(n))
    # Without the pull to 0 at first: what it leaves over would count as spread.
    mean, variance, _ = fit_level(outcomes, Spread(_BELIEVED_TAU, 1.0), _WORTH)
    left = 1.0 / (1.0 / variance + 1.0 / _GIVEN_SD**2)
    return Level(mean * left / variance, left)
