"""Fits curves and trees together: what each is worth is judged on rows it has not seen.

Additive curves (`models.additive`) do well with few and noisy rows, boosted trees (`models.boosting`) find what curves
cannot: jumps and interactions. Both are cross-fitted; the share and number of trees come from the out-of-fold
likelihood. With nothing to find, the curves are flat and no tree is kept: the answer is the common mean.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from models.additive import Additive, Start, fit_additive
from models.basis import Basis
from models.blend import Blend
from models.boosting import Growing, Growth, Trees
from models.families import Floats, Outcomes
from models.units import Units

Ints = npt.NDArray[np.int64]

FOLDS = 5
STAGES = (0, 20, 40, 70, 100, 150, 200, 300, 450)
"""Numbers of trees that are tried; growing ends when two stages in a row were no better."""
SHARES = (0.25, 0.5, 0.75, 1.0)
"""Shares of the trees that are tried."""
BENDS = (2.0, 4.0, 6.0)
"""Bends of the curves' scale that are tried, ascending, as long as each does better than the one before."""
_BEND_GAIN = 0.5
SCALES = (0.5, 0.25, 0.1, 0.02, 1e-5)
"""Factors on the variances of the coefficients, tried as long as none does clearly worse; the last one is flat."""
_ENOUGH = 0.5
"""Standard errors by which a smaller factor may do worse and still be taken (Breiman et al. 1984 allow one)."""
_SLOPE_SD, _SLOPE_STEPS = 0.2, 8
LEAST_COLUMNS = 8
"""Features that each tree may use where there are so many: a tree of one or two finds no interaction."""
LEAST_ROWS = 24
"""Below this many rows there is only a common mean."""
_CHANCE = 2.0
"""Gain in log-likelihood that trying many candidates brings when none is better."""
_PROOF = 3.0
"""Log-likelihood ratio at which it is as likely as not that features tell anything at all: 20 to 1."""
_TRIFLING = 0.02
"""Spread of log lifts that moves nobody's choice: 2 % more or fewer conversions. Where predictions differ by no more,
all are told to be alike; from twice that on they stand as they are."""


@dataclass(frozen=True)
class CrossFit:
    """A blend and what it said of each unit when that unit was held out."""

    blend: Blend
    eta: Floats
    """Out-of-fold eta, shape (u,)."""
    variance: Floats
    """Out-of-fold variance of it by the model's own account, shape (u,)."""
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


@dataclass(frozen=True)
class Search:
    """How a blend is looked for: beliefs about the curves, how trees grow, seed, and whether the trees are bagged.

    `bagged`: the trees of the folds are kept and averaged; if not, they are grown once more on everything, which
    answers faster.
    """

    start: Start
    growth: Growth
    seed: int
    bagged: bool = True


@dataclass(frozen=True)
class Jury:
    """Whose outcomes judge, and whose luck is one; both of units, shape (u,)."""

    judges: npt.NDArray[np.bool_]
    """The others teach alone."""
    group: Ints
    """Units of one group (a creator) are right or wrong together."""

    @classmethod
    def everyone(cls, n: int) -> Jury:
        """All units, each on its own."""
        return cls(np.ones(n, dtype=np.bool_), np.arange(n))


def cross_fit(
    X: Floats, outcomes: Outcomes, units: Units, folds: Ints, search: Search, jury: Jury | None = None
) -> CrossFit:
    """Fit curves and trees on all folds but one in turn, then weigh them by how they did on the one left out.

    Parameters
    ----------
    X : (n, p) features of rows
    outcomes : of u units, each the mean of its rows
    units : which rows belong to which unit
    folds : of units, shape (u,)
    jury : without one everybody judges
    """
    jury = Jury.everyone(units.size) if jury is None else jury
    outcomes = replace(outcomes, alike=units.alike)
    basis = Basis.of(X)
    rows = basis.columns(X)
    columns = units.mean(rows)
    whole = fit_additive(basis, columns, outcomes, search.start)
    tau2 = whole.hyper.tau2
    outcomes = outcomes.moved(outcomes.tilt(whole.predict(columns), tau2))
    whole = fit_additive(basis, columns, outcomes, search.start, like=whole)
    level = whole.intercept
    if int(jury.judges.sum()) < LEAST_ROWS or len(np.unique(folds)) < FOLDS:
        flat = fit_additive(basis, columns, outcomes, search.start, like=whole, scale=SCALES[-1])
        flat = replace(flat, coefficients=np.zeros_like(flat.coefficients), middle=0.0)
        common = Blend(X.shape[1], flat.intercept, flat, (), 0.0)
        return CrossFit(common, flat.predict(columns), flat.variance(columns), 0.0, tau2)
    task = _Task(rows, columns, outcomes, units, folds, search, _Judge.of(outcomes, units, level, tau2, jury))
    whole, curved, variance = task.curves(whole, task.learned(whole))
    forest = _Forest.of(X, task, level, tau2, curved)
    staged = forest.staged(curved, task.judge)
    weighed = task.judge.weigh(curved, staged)
    share = weighed.tree_share
    trees = forest.chosen(STAGES[weighed.stage]) if share > 0 else ()
    deviation = (1.0 - share) * curved + share * staged[:, weighed.stage]
    kept = task.judge.kept(deviation) * task.judge.slope(deviation)
    kept *= _matters(kept * units.mean(deviation))
    of_curves = kept * (1.0 - share) / max(1.0 - kept * share, 1e-12)
    blend = Blend(X.shape[1], level, whole.times(of_curves), trees, kept * share)
    return CrossFit(blend, level + kept * units.mean(deviation), variance, task.judge.gain(kept * deviation), tau2)


@dataclass(frozen=True)
class _Task:
    """What the folds need: columns of rows and of units, outcomes of units."""

    rows: Floats
    columns: Floats
    outcomes: Outcomes
    units: Units
    folds: Ints
    search: Search
    judge: _Judge

    def learned(self, whole: Additive) -> tuple[Additive, ...]:
        """Curves whose variances have not seen one fold, a fold each."""
        start, kept = self.search.start, [self.folds != fold for fold in range(FOLDS)]
        return tuple(fit_additive(whole.basis, self.columns[i], self.outcomes.take(i), start, near=whole) for i in kept)

    def curves(self, whole: Additive, parts: tuple[Additive, ...]) -> tuple[Additive, Floats, Floats]:
        """The curves that did best out of fold, their out-of-fold deviations (rows) and variances (units)."""

        def tried(bend: float, scale: float) -> tuple[Additive, Floats, Floats]:
            start = self.search.start
            made = fit_additive(whole.basis, self.columns, self.outcomes, start, bend=bend, like=whole, scale=scale)
            return (made, *self._held_out(parts, bend, scale))

        best = tried(0.0, SCALES[0])
        for bend in BENDS:
            found = tried(bend, SCALES[0])
            if self.judge.gain(found[1]) < self.judge.gain(best[1]) + _BEND_GAIN:
                break
            best = found
        top = self.judge.gains(best[1])
        for scale in SCALES[1:]:
            found = tried(best[0].bend, scale)
            gains = self.judge.gains(found[1])
            if not _hardly_worse(gains, top):
                break
            best, top = found, max(gains, top, key=np.sum)
        return best

    def _held_out(self, parts: tuple[Additive, ...], bend: float, scale: float) -> tuple[Floats, Floats]:
        """What curves fitted to the other folds say: deviations from the level (rows) and variances (units)."""
        deviation, variance = np.zeros(len(self.rows)), np.zeros(len(self.columns))
        for fold, like in enumerate(parts):
            out, into = self.folds == fold, self.folds != fold
            part, start = self.outcomes.take(into), self.search.start
            curves = fit_additive(like.basis, self.columns[into], part, start, bend=bend, like=like, scale=scale)
            out_rows = out[self.units.of_row]
            deviation[out_rows] = curves.predict(self.rows[out_rows]) - self.judge.level
            variance[out] = curves.variance(self.columns[out])
        return deviation, variance


def _matters(deviation: Floats) -> float:
    """How much to keep of deviations, shape (u,), for their size: nothing where they are trifles throughout."""
    return float(np.clip((np.std(deviation) - _TRIFLING) / _TRIFLING, 0.0, 1.0))


def _hardly_worse(gain: Floats, top: Floats) -> bool:
    """Whether row gains add up to as much as the best ones, but for chance."""
    apart = top - gain
    return bool(np.sum(apart) <= _ENOUGH * np.std(apart) * np.sqrt(len(apart)))


@dataclass(frozen=True)
class _Forest:
    """Trees of every fold, grown as far as they are asked for."""

    X: Floats
    folds: Ints
    """Of rows."""
    growing: tuple[Growing, ...]
    again: Callable[[], Growing] | None
    """Grows trees on everything; None where those of the folds are kept."""

    @classmethod
    def of(cls, X: Floats, task: _Task, level: float, tau2: float, curved: Floats) -> _Forest:
        units, search = task.units, task.search
        at = np.full(units.size, level)
        rows = task.outcomes.take(units.of_row)
        # A shared outcome tells of the mean of its rows: what curves say of their differences is taken off each row.
        rows = rows.moved(level - units.apart(curved))
        rows = replace(rows, weight=task.outcomes.saturated(at, tau2)[units.of_row] * units.share)
        folds = task.folds[units.of_row]
        seen = min(1.0, LEAST_COLUMNS / max(X.shape[1], 1))
        growth = replace(search.growth, columns=max(search.growth.columns, seen))

        def grow(into: npt.NDArray[np.bool_], seed: int) -> Growing:
            part = rows.take(into)
            return Growing(
                X[into],
                part.boosting_label(),
                objective=part.objective,
                growth=growth,
                seed=seed,
                weight=part.boosting_weight(part.weight),
                start=part.offset,
            )

        growing = tuple(grow(folds != fold, search.seed + fold) for fold in range(FOLDS))
        everything = np.ones(len(X), dtype=np.bool_)
        return cls(X, folds, growing, None if search.bagged else lambda: grow(everything, search.seed))

    def staged(self, curved: Floats, judge: _Judge) -> Floats:
        """Out-of-fold sums of trees at each stage reached, shape (n, stages): deviations from the level."""
        columns = [np.zeros(len(self.X))]
        best, worse = judge.gain(0.5 * curved), 0
        for before, after in pairwise(STAGES):
            column = columns[-1].copy()
            for fold, trees in enumerate(self.growing):
                column[self.folds == fold] += trees.between(self.X[self.folds == fold], before, after)
            columns.append(column)
            # Trees alone or as half of the blend: as long as either gets better, growing goes on.
            now = max(judge.gain(column), judge.gain(0.5 * (curved + column)))
            worse = 0 if now > best else worse + 1
            best = max(best, now)
            if worse == 2:
                break
        return np.column_stack(columns)

    def chosen(self, rounds: int) -> tuple[Trees, ...]:
        """The trees to keep, that many of each."""
        kept = self.growing if self.again is None else (self.again(),)
        made = (growing.trees(rounds) for growing in kept)
        return tuple(trees for trees in made if trees is not None)


@dataclass(frozen=True)
class _Weighed:
    tree_share: float
    stage: int
    gain: float


@dataclass(frozen=True)
class _Judge:
    """Log-likelihood of held-out outcomes, each weighted by what it can tell."""

    outcomes: Outcomes
    units: Units
    level: float
    weight: Floats
    common: Floats
    """Log-likelihood of each unit at the common level."""
    group: Ints

    @classmethod
    def of(cls, outcomes: Outcomes, units: Units, level: float, tau2: float, jury: Jury) -> _Judge:
        at = np.full(len(outcomes), level)
        weight = np.where(jury.judges, outcomes.saturated(at, tau2), 0.0)
        return cls(outcomes, units, level, weight, outcomes.log_likelihood(at), jury.group)

    def gain(self, deviation: Floats) -> float:
        """Gain over the common level of predictions whose rows deviate from it so; shape (n,)."""
        return float(np.sum(self.gains(deviation)))

    def gains(self, deviation: Floats) -> Floats:
        """`gain` by unit, shape (u,)."""
        likelihood = self.outcomes.log_likelihood(self.level + self.units.mean(deviation))
        return np.asarray(self.weight * (likelihood - self.common))

    def kept(self, deviation: Floats) -> float:
        """How much to keep of what features say of rows held out, 0 to 1: the chance that they say anything at all.

        With nothing to find, a residual points as often against its prediction as along it; so the sum of their
        products over its standard deviation, z, is standard normal. z² / 2 is the log-likelihood ratio for that sum.
        Its variance is that of sums over groups, whose units are right or wrong together (Liang & Zeger 1986).
        """
        along = self.weight * self.outcomes.residual(np.full(len(self.weight), self.level)) * self.units.mean(deviation)
        z = max(float(np.sum(along)), 0.0) / max(float(np.sqrt(np.sum(np.bincount(self.group, along) ** 2))), 1e-12)
        return float(special.expit(0.5 * z**2 - _PROOF))

    def slope(self, deviation: Floats) -> float:
        """Factor on the deviations of held-out rows that makes their outcomes most likely, at most 1.

        Below 1 where what was learned from stands further from its mean than what is judged by: so it is shrunk. The
        factor is believed to be 1 but for `_SLOPE_SD`.
        """
        by_unit, factor = self.units.mean(deviation), 1.0
        for _ in range(_SLOPE_STEPS):
            at = self.level + factor * by_unit
            pull = float(np.sum(self.weight * self.outcomes.residual(at) * by_unit)) - (factor - 1.0) / _SLOPE_SD**2
            curvature = float(np.sum(self.weight * self.outcomes.curvature(at) * by_unit**2)) + 1.0 / _SLOPE_SD**2
            factor += float(np.clip(pull / curvature, -0.5, 0.5))
        return float(np.clip(factor, 0.0, 1.0))

    def weigh(self, curved: Floats, staged: Floats) -> _Weighed:
        """How much of the trees makes held-out outcomes most likely, shrunk by how easily chance brings such a gain:
        one as large as chance keeps half of the share, three times that nine tenths.

        `curved` (n,) and `staged` (n, stages) are out-of-fold deviations from the level.
        """
        alone = self.gain(curved)
        best = _Weighed(0.0, 0, alone)
        for share in SHARES:
            for stage in range(1, staged.shape[1]):
                gain = self.gain((1.0 - share) * curved + share * staged[:, stage])
                if gain > best.gain:
                    best = _Weighed(share, stage, gain)
        more = best.gain - max(alone, 0.0)
        kept = best.tree_share * more**2 / (more**2 + _CHANCE**2) if more > 0.0 else 0.0
        return _Weighed(kept, best.stage, self.gain((1.0 - kept) * curved + kept * staged[:, best.stage]))
