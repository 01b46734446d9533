"""Expected outcome per person, whoever is treated: boosted Poisson trees, as many as held-out people bear out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from models.boosting import Growing, Growth, Trees
from models.families import Floats

Ints = npt.NDArray[np.int64]

_STAGES = (0, 20, 40, 80, 120, 180, 260)
_GROWTH = Growth(learning_rate=0.06, leaves=6, ridge=3.0, least_information=8.0, columns=0.7, bins=63, rows=0.7)


@dataclass(frozen=True)
class Rate:
    """ln of the expected outcome: `level` plus the mean of the folds' trees."""

    level: float
    trees: tuple[Trees, ...]

    def predict(self, X: Floats) -> Floats:
        """Expected outcome per person, shape (n,), in units of the outcomes that were fitted."""
        total = np.zeros(len(X))
        for trees in self.trees:
            total += trees.predict(X) / len(self.trees)
        return np.exp(self.level + total)

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values, the trees apart."""
        return {"level": self.level, "trees": len(self.trees)}

    @classmethod
    def from_json(cls, saved: Mapping[str, Any], trees: Sequence[str]) -> Rate:
        """The rate saved by `to_json`, with the texts of its trees."""
        return cls(float(saved["level"]), tuple(Trees(text) for text in trees))


def fit_rate(X: Floats, outcome: Floats, people: Floats, folds: Ints, seed: int) -> tuple[Rate, Floats]:
    """Fit to cells.

    Parameters
    ----------
    X : (n, p); outcome : (n,) sums of outcomes; people : (n,) how many; folds : (n,)

    Returns
    -------
    The rate, and what it said of each cell when that cell's fold was held out, shape (n,).
    """
    level = float(np.log((outcome.sum() + 0.5) / (people.sum() + 1.0)))
    growing = {}
    for fold in np.unique(folds):
        rows = folds != fold
        if outcome[rows].sum() > 0:
            growing[int(fold)] = Growing(
                X[rows],
                outcome[rows] / people[rows],
                objective="poisson",
                growth=_GROWTH,
                seed=seed + int(fold),
                weight=people[rows],
                start=np.full(int(rows.sum()), level),
            )

    def likelihood(told: Floats) -> float:
        return float(np.sum(outcome * told - people * np.exp(level + told)))

    if len(growing) < len(np.unique(folds)):
        growing = {}
    trees, told = grown_while_better(X, growing, folds, _STAGES, likelihood)
    return Rate(level, trees), np.exp(level + told)


def grown_while_better(
    X: Floats, growing: Mapping[int, Growing], folds: Ints, stages: Sequence[int], score: Callable[[Floats], float]
) -> tuple[tuple[Trees, ...], Floats]:
    """The trees of each fold at the stage whose sums score best on the cells held out, and those sums, shape (n,).

    Growing ends when two stages in a row were no better. No trees when none was.
    """
    now = np.zeros(len(X))
    best, kept, rounds, worse = score(now), now, 0, 0
    for before, after in pairwise(stages):
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
