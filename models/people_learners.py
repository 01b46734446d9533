"""Learners of uplift, each fitted out of fold: each group's rate, curves, forests of large leaves, slow boosted trees.

Each works on a scale: uplift over m^power (`models.people_signal`), m being what people do anyway. What a learner says
of a cell comes from the folds that did not hold it; for others the folds' fits are averaged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from models.basis import Basis
from models.boosting import Growing, Growth, Trees
from models.families import Floats
from models.people import Cells
from models.people_arms import Arms, fit_arms
from models.people_curves import Curves, fit_curves
from models.people_rate import grown_while_better
from models.people_signal import Signal

Ints = npt.NDArray[np.int64]
Kind = Literal["rate", "curves", "forest", "boosted"]

_FOREST = Growth(leaves=12, ridge=0.0, columns=1.0, bins=63, rows=0.6, forest=True)
_FOREST_TREES = 30
"""In each half of a fold."""
_FOREST_CELLS = 40
"""With fewer cells than this the halves of a fold are too small to grow a tree on."""
_BOOSTED = Growth(learning_rate=0.03, leaves=4, ridge=0.0, columns=0.5, bins=63, rows=0.6)
_SHORT: tuple[int, ...] = (40,)
_LONG = (40, 80, 160, 320)
"""Numbers of trees tried; the first is always grown: where nothing can be told, a little of many learners ranks better
than none of each."""
_FOREST_LEAVES, _BOOSTED_LEAVES = 12.0, 40.0
"""No leaf holds less than one part in so many of the information."""
_RATE, _ARMS, _CURVES, _FOREST_ALONE, _FOREST_TOLD, _SLOW = 0.3, 1.0, 0.3, 3.0, 1.0, 0.3
"""Believed shares: the honest forest of the features alone makes the fewest assumptions, and is most of what is told
where next to nothing can be learned; the others earn theirs."""


@dataclass(frozen=True)
class Fitted:
    """A learner: m^power times the mean of its folds' fits. Kind `rate` has none: people gain in proportion to m."""

    kind: Kind
    power: float
    fits: tuple[Curves | Trees, ...]
    factor: float = 1.0

    def predict(self, X: Floats, expected: Floats) -> Floats:
        """Uplift up to what is common to all, shape (n,)."""
        value = np.zeros(len(X)) if self.fits else np.full(len(X), self.factor)
        # Trees are summed when asked; those of a forest are to be averaged. Some were not told ln m, the last feature.
        for fit in self.fits:
            beside = fit.rounds if self.kind == "forest" and isinstance(fit, Trees) else 1
            known = X[:, : fit.n_features] if isinstance(fit, Trees) else X
            value += fit.predict(known) / (beside * len(self.fits))
        return np.asarray(value * expected**self.power)

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values, the trees apart."""
        curves = [fit.to_json() for fit in self.fits if isinstance(fit, Curves)]
        return {
            "kind": self.kind,
            "power": self.power,
            "factor": self.factor,
            "curves": curves,
            "trees": len(self.fits) - len(curves),
        }

    @property
    def texts(self) -> list[str]:
        """The texts of its trees."""
        return [fit.text for fit in self.fits if isinstance(fit, Trees)]

    @classmethod
    def from_json(cls, saved: Mapping[str, Any], trees: Sequence[str]) -> Fitted:
        """The learner saved by `to_json`, with the texts of its trees."""
        fits: list[Curves | Trees] = [Curves.from_json(curves) for curves in saved["curves"]]
        fits += [Trees(text) for text in trees]
        return cls(saved["kind"], float(saved["power"]), tuple(fits), float(saved["factor"]))


@dataclass(frozen=True)
class Candidate:
    """A learner, and the uplift of each cell by the folds that did not hold it, shape (n,)."""

    learner: Fitted | Arms
    told: Floats
    believed: float
    """Its share of the mixture before the data are asked, in proportion to those of the others."""


def learn(X: Floats, cells: Cells, signal: Signal, folds: Ints, seed: int, *, shaped: bool) -> Iterator[Candidate]:
    """Every learner on its scales.

    Parameters
    ----------
    X : (n, p) features of the cells with ln m as the last
    signal : of the outcomes, or of the shaped ones
    """
    if not shaped:
        lift = abs(signal.average) / float(np.average(signal.expected, weights=signal.information))
        yield Candidate(Fitted("rate", 1.0, (), lift), lift * signal.expected, _RATE)
    yield Candidate(*fit_arms(cells, folds, seed, shaped=shaped), _ARMS)
    basis = Basis.of(X)
    columns = basis.columns(X)
    for power in (0.0, 0.5, 1.0):
        yield _curves(basis, columns, signal, power, folds)
    yield _forest(X[:, :-1], signal, folds, seed, _FOREST_ALONE)
    yield _forest(X, signal, folds, seed, _FOREST_TOLD)
    yield _boosted(X, signal, 0.0, folds, seed, _SHORT)
    yield _boosted(X, signal, 0.5, folds, seed, _LONG)


def _curves(basis: Basis, columns: Floats, signal: Signal, power: float, folds: Ints) -> Candidate:
    value, precision = signal.scaled(power)
    fits: list[Curves] = []
    told = np.zeros(len(columns))
    for f in np.unique(folds):
        out, into = folds == f, folds != f
        fits.append(fit_curves(basis, columns[into], value[into], precision[into]))
        told[out] = fits[-1].of_columns(columns[out])
    return Candidate(Fitted("curves", power, tuple(fits)), told * signal.expected**power, _CURVES)


def _growing(X: Floats, value: Floats, weight: Floats, growth: Growth, leaves: float, seed: int) -> Growing:
    grown = replace(growth, least_information=growth.rows * len(X) / leaves)
    return Growing(X, value, objective="l2", growth=grown, seed=seed, weight=weight / weight.mean())


def _forest(X: Floats, signal: Signal, folds: Ints, seed: int, believed: float) -> Candidate:
    """Trees grown on one half of the other folds, their leaves' values taken from the second half, and the reverse."""
    # Everybody's say as in the figure wanted, extra outcome of all: outcomes of many are worth their noise here.
    value, weight = signal.scaled(0.0)[0], signal.information
    fits: list[Trees] = []
    told = np.zeros(len(X))
    if len(X) < _FOREST_CELLS:
        return Candidate(Fitted("forest", 0.0, ()), told, believed)
    rng = np.random.default_rng(seed)
    for f in np.unique(folds):
        # Halves anew for every fold: the more ways to divide the people, the less one of them decides.
        half = rng.random(len(X)) < 0.5
        for split in (half, ~half):
            grown, settled = (folds != f) & split, (folds != f) & ~split
            growing = _growing(X[grown], value[grown], weight[grown], _FOREST, _FOREST_LEAVES, seed + int(f))
            growing.settle(_FOREST_TREES, X[settled], value[settled], weight[settled])
            trees = growing.trees(_FOREST_TREES)
            if trees is None:
                return Candidate(Fitted("forest", 0.0, ()), np.zeros(len(X)), believed)
            fits.append(trees)
            told[folds == f] += trees.predict(X[folds == f]) / (2 * trees.rounds)
    return Candidate(Fitted("forest", 0.0, tuple(fits)), told, believed)


def _boosted(X: Floats, signal: Signal, power: float, folds: Ints, seed: int, stages: Sequence[int]) -> Candidate:
    value, precision = signal.scaled(power)
    level = float(np.average(value, weights=precision))
    rest = replace(signal, gap=signal.gap - level * signal.information * signal.expected**power)
    start = rest.scaled(power)[0]
    growing = {}
    for f in np.unique(folds):
        into = folds != f
        growing[int(f)] = _growing(X[into], start[into], precision[into], _BOOSTED, _BOOSTED_LEAVES, seed + int(f))

    def score(told: Floats) -> float:
        return -float(np.sum(precision * (value - level - told) ** 2))

    fits, told = grown_while_better(X, growing, folds, stages, score)
    return Candidate(Fitted("boosted", power, fits), told * signal.expected**power, _SLOW)
