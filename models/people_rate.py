"""Expected outcome per person, whoever is treated: Poisson curves, and trees on top where people held out say so."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from models.basis import Basis
from models.boosting import Growing, Growth, Trees
from models.families import Floats
from models.people_curves import Curves, fit_log_rate

Ints = npt.NDArray[np.int64]

_STAGES = (0, 20, 40, 80, 120, 180, 260)
_GROWTH = Growth(learning_rate=0.06, leaves=6, ridge=3.0, least_information=8.0, columns=0.7, bins=63, rows=0.7)


@dataclass(frozen=True)
class Rate:
    """ln of the expected outcome per exposure: the mean of the folds' curves and of their trees."""

    level: float
    """ln of the average, where there are no curves."""
    curves: tuple[Curves, ...]
    trees: tuple[Trees, ...]

    def predict(self, X: Floats) -> Floats:
        """Expected outcome per exposure, shape (n,), in units of the outcomes that were fitted."""
        total = np.zeros(len(X)) if self.curves else np.full(len(X), self.level)
        for curves in self.curves:
            total += curves.predict(X) / len(self.curves)
        for trees in self.trees:
            total += trees.predict(X) / len(self.trees)
        return np.asarray(np.exp(total))

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values, the trees apart."""
        curves = [curves.to_json() for curves in self.curves]
        return {"level": self.level, "curves": curves, "trees": len(self.trees)}

    @classmethod
    def from_json(cls, saved: Mapping[str, Any], trees: Sequence[str]) -> Rate:
        """The rate saved by `to_json`, with the texts of its trees."""
        curves = tuple(Curves.from_json(c) for c in saved["curves"])
        return cls(float(saved["level"]), curves, tuple(Trees(text) for text in trees))


def fit_rate(X: Floats, outcome: Floats, exposure: Floats, folds: Ints, seed: int) -> tuple[Rate, Floats]:
    """Fit to cells.

    Parameters
    ----------
    X : (n, p); outcome : (n,) sums of outcomes, at least 0
    exposure : (n,) people (or what else); cells with none (0) teach nothing and are told all the same
    folds : (n,)

    Returns
    -------
    The rate, and what it said of each cell when that cell's fold was held out, shape (n,).
    """
    level = float(np.log((outcome.sum() + 0.5) / (exposure.sum() + 1.0)))
    names = np.unique(folds)
    if len(names) < 2 or any(outcome[folds != fold].sum() <= 0 for fold in names):
        return Rate(level, (), ()), np.full(len(X), np.exp(level))
    basis = Basis.of(X)
    columns = basis.columns(X)
    seen = exposure > 0.0
    curves, growing, line = [], {}, np.zeros(len(X))
    for fold in names:
        out, into = folds == fold, (folds != fold) & seen
        curves.append(fit_log_rate(basis, columns[into], outcome[into], exposure[into]))
        line[out] = curves[-1].of_columns(columns[out])
        growing[int(fold)] = Growing(
            X[into],
            outcome[into] / exposure[into],
            objective="poisson",
            growth=_GROWTH,
            seed=seed + int(fold),
            weight=exposure[into],
            start=curves[-1].of_columns(columns[into]),
        )

    def likelihood(told: Floats) -> float:
        return float(np.sum(log_likelihood(outcome[seen], (exposure * np.exp(line + told))[seen])))

    trees, told = grown_while_better(X, growing, folds, _STAGES, likelihood)
    return Rate(level, tuple(curves), trees), np.exp(line + told)


def log_likelihood(outcome: Floats, expected: Floats) -> Floats:
    """Poisson log-likelihood of each cell, up to what depends on `outcome` alone; shape (n,)."""
    return np.asarray(outcome * np.log(expected) - expected)


def grown_while_better(
    X: Floats, growing: Mapping[int, Growing], folds: Ints, stages: Sequence[int], score: Callable[[Floats], float]
) -> tuple[tuple[Trees, ...], Floats]:
    """The trees of each fold at the stage whose sums score best on the cells held out, and those sums, shape (n,).

    `stages`: numbers of trees that are tried, the first in any case (0: none). Growing ends when two in a row were no
    better.
    """
    now, best, kept, rounds, worse = np.zeros(len(X)), -np.inf, np.zeros(len(X)), 0, 0
    for before, after in pairwise((0, *stages)):
        now = now.copy()
        for fold, trees in growing.items():
            now[folds == fold] += trees.between(X[folds == fold], before, after)
        if (found := score(now)) > best:
            best, kept, rounds, worse = found, now, after, 0
        else:
            worse += 1
        if worse == 2:
            break
    made = (trees.trees(rounds) for trees in growing.values()) if rounds else ()
    return tuple(t for t in made if t is not None), kept
