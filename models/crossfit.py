"""Fits curves and trees together: what each is worth is judged on rows it has not seen.

Additive curves (`models.additive`) do well with few and noisy rows, boosted trees (`models.boosting`) find what curves
cannot: jumps and interactions. Both are cross-fitted; their shares, the number of trees and a final shrinkage come from
the out-of-fold likelihood, and when nothing can be told from chance the answer is the common mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.additive import Additive, Start, fit_additive
from models.basis import Basis
from models.blend import Blend
from models.boosting import Growing, Growth, Trees
from models.families import Floats, Outcomes

Ints = npt.NDArray[np.int64]

FOLDS = 5
STAGES = (0, 20, 40, 70, 100, 150, 200, 300, 450)
"""Numbers of trees that are tried; growing ends when two stages in a row were no better."""
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
SLOPES = (0.6, 0.8, 1.0)
BENDS = (2.0, 4.0, 6.0)
"""Bends of the curves' scale that are tried, ascending, as long as each does better than the one before."""
_BEND_GAIN = 0.5
LEAST_ROWS = 24
"""Below this many rows there is only a common mean."""
_CHANCE = 2.0
"""Gain in log-likelihood that choosing among candidates brings when there is nothing to find."""


@dataclass(frozen=True)
class CrossFit:
    """A blend and what it said of each training row when that row was held out."""

    blend: Blend
    eta: Floats
    """Out-of-fold eta, shape (n,)."""
    variance: Floats
    """Out-of-fold variance of it by the model's own account, shape (n,)."""
    gain: float
    """Out-of-fold gain in log-likelihood over the common mean."""
    tau2: float


def fold_of(X: Floats, groups: pd.Series | None, seed: int) -> Ints:
    """A fold 0..4 per row, by hash: equal rows (or rows of one group) share a fold, and order plays no part."""
    keys = pd.DataFrame(X) if groups is None else pd.DataFrame({"group": groups.to_numpy()})
    hashed = pd.util.hash_pandas_object(keys, index=False).to_numpy()
    mixed = (hashed ^ np.uint64(seed)) * np.uint64(0x9E3779B97F4A7C15)  # golden ratio: Knuth's multiplicative hash
    _, rank = np.unique(mixed ^ (mixed >> np.uint64(29)), return_inverse=True)
    return np.asarray(rank % FOLDS, dtype=np.int64)


def cross_fit(
    X: Floats, outcomes: Outcomes, folds: Ints, start: Start, growth: Growth, seed: int, *, bagged: bool = True
) -> CrossFit:
    """Fit curves and trees on all folds but one in turn, then weigh them by how they did on the one left out.

    The curves are fitted once more on everything. `bagged`: the trees of the folds are kept and averaged; if not,
    they too are grown once more on everything, which answers faster.
    """
    n = len(outcomes)
    basis = Basis.of(X)
    columns = basis.columns(X)
    whole = fit_additive(basis, columns, outcomes, start)
    tau2 = whole.hyper.tau2
    outcomes = outcomes.moved(outcomes.tilt(whole.predict(columns), tau2))
    whole = fit_additive(basis, columns, outcomes, start, like=whole)
    level = whole.intercept
    if n < LEAST_ROWS or len(np.unique(folds)) < FOLDS:
        common = Blend(X.shape[1], level, None, (), 0.0, 0.0)
        return CrossFit(common, np.full(n, level), np.zeros(n), 0.0, tau2)
    judge = _Judge.of(outcomes, level, tau2)
    whole, curved, variance = _curves(basis, columns, outcomes, folds, start, whole, judge)
    growing = [
        _growing(X[folds != fold], outcomes.take(folds != fold), level, tau2, growth, seed + fold)
        for fold in range(FOLDS)
    ]
    staged = _staged(X, folds, growing, curved, judge)
    weighed = judge.weigh(curved, staged)
    chosen: tuple[Trees, ...] = ()
    if weighed.tree_share > 0:
        kept = growing if bagged else [_growing(X, outcomes, level, tau2, growth, seed)]
        made = (trees.trees(STAGES[weighed.stage]) for trees in kept)
        chosen = tuple(trees for trees in made if trees is not None)
    blend = Blend(X.shape[1], level, whole, chosen, weighed.tree_share, weighed.shrink)
    deviation = (1.0 - weighed.tree_share) * curved + weighed.tree_share * staged[:, weighed.stage]
    return CrossFit(blend, level + weighed.shrink * deviation, variance, weighed.gain, tau2)


def _curves(
    basis: Basis, columns: Floats, outcomes: Outcomes, folds: Ints, start: Start, whole: Additive, judge: _Judge
) -> tuple[Additive, Floats, Floats]:
    """The curves on the scale that did best out of fold, with their out-of-fold deviations and variances."""
    best = (whole, *_held_out(columns, outcomes, folds, start, whole, judge.level))
    for bend in BENDS:
        bending = fit_additive(basis, columns, outcomes, start, bend=bend, like=best[0])
        found = (bending, *_held_out(columns, outcomes, folds, start, bending, judge.level))
        if judge.gain(found[1]) < judge.gain(best[1]) + _BEND_GAIN:
            break
        best = found
    return best


def _held_out(
    columns: Floats, outcomes: Outcomes, folds: Ints, start: Start, like: Additive, level: float
) -> tuple[Floats, Floats]:
    """What curves fitted to the other folds say of each row: deviation from the level, and variance."""
    deviation, variance = np.zeros(len(columns)), np.zeros(len(columns))
    for fold in range(FOLDS):
        out, into = folds == fold, folds != fold
        part = outcomes.take(into)
        curves = fit_additive(like.basis, columns[into], part, start, bend=like.bend, like=like)
        deviation[out] = curves.predict(columns[out]) - level
        variance[out] = curves.variance(columns[out])
    return deviation, variance


def _growing(X: Floats, outcomes: Outcomes, level: float, tau2: float, growth: Growth, seed: int) -> Growing:
    at = np.full(len(outcomes), level)
    return Growing(
        X,
        outcomes.boosting_label(),
        objective=outcomes.objective,
        growth=growth,
        seed=seed,
        weight=outcomes.boosting_weight(outcomes.saturated(at, tau2)),
        start=outcomes.offset + level,
    )


def _staged(X: Floats, folds: Ints, growing: list[Growing], curved: Floats, judge: _Judge) -> Floats:
    """Out-of-fold sums of trees at each stage reached, shape (n, stages): deviations from the level."""
    columns = [np.zeros(len(X))]
    best, worse = judge.gain(0.5 * curved), 0
    for before, after in pairwise(STAGES):
        column = columns[-1].copy()
        for fold, trees in enumerate(growing):
            column[folds == fold] += trees.between(X[folds == fold], before, after)
        columns.append(column)
        # Trees alone or as half of the blend: as long as either gets better, growing goes on.
        now = max(judge.gain(column), judge.gain(0.5 * (curved + column)))
        worse = 0 if now > best else worse + 1
        best = max(best, now)
        if worse == 2:
            break
    return np.column_stack(columns)


@dataclass(frozen=True)
class _Weighed:
    tree_share: float
    stage: int
    shrink: float
    gain: float


@dataclass(frozen=True)
class _Judge:
    """Log-likelihood of held-out outcomes, each weighted by what it can tell."""

    outcomes: Outcomes
    level: float
    weight: Floats
    common: float

    @classmethod
    def of(cls, outcomes: Outcomes, level: float, tau2: float) -> _Judge:
        at = np.full(len(outcomes), level)
        weight = outcomes.saturated(at, tau2)
        return cls(outcomes, level, weight, float(np.sum(weight * outcomes.log_likelihood(at))))

    def gain(self, deviation: Floats) -> float:
        """Gain over the common level of predictions that deviate from it so; shape (n,)."""
        likelihood = self.outcomes.log_likelihood(self.level + deviation)
        return float(np.sum(self.weight * likelihood)) - self.common

    def weigh(self, curved: Floats, staged: Floats) -> _Weighed:
        """The mixture that makes held-out outcomes most likely, and how far to shrink it.

        `curved` (n,) and `staged` (n, stages) are out-of-fold deviations from the level. A gain as large as chance
        brings keeps half of the deviations, three times that nine tenths; no gain keeps nothing.
        """
        best = _Weighed(0.0, 0, 0.0, 0.0)
        for share in SHARES:
            for stage in range(staged.shape[1]) if share > 0 else (0,):
                deviation = (1.0 - share) * curved + share * staged[:, stage]
                for slope in SLOPES:
                    gain = self.gain(slope * deviation)
                    if gain > best.gain:
                        best = _Weighed(share, stage, slope, gain)
        kept = best.gain**2 / (best.gain**2 + _CHANCE**2)
        return _Weighed(best.tree_share, best.stage, best.shrink * kept, best.gain)
