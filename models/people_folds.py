"""Cells dealt into folds: whole where there are many, each cell's people among the folds where there are few.

Held out whole, one of two dozen cells could only be told by guessing beyond the others. So where all features have few
values, every cell's people are dealt out evenly at random, which for counts is a draw without return: the same data
give the same folds whether they came as people or as cells.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from models.crossfit import FOLDS, fold_of
from models.families import Floats
from models.people import Cells

_FEW_CELLS = 400
_FEW_VALUES = 12


@dataclass(frozen=True)
class Dealing:
    """Cells, each with its probability of treatment and its fold; shape (n,) each."""

    cells: Cells
    propensity: Floats
    folds: npt.NDArray[np.int64]


def dealt(cells: Cells, propensity: Floats, seed: int) -> Dealing:
    """Deal cells, or their people, into folds."""
    values = max((len(np.unique(column)) for column in cells.X.T), default=0)
    whole = np.array_equal(cells.outcome, np.rint(cells.outcome)) and np.array_equal(
        cells.people, np.rint(cells.people)
    )
    if cells.amounts or not whole or len(cells.X) > _FEW_CELLS or values > _FEW_VALUES:
        return Dealing(cells, propensity, fold_of(cells.X, None, seed))
    rng = np.random.default_rng(seed)
    treated, treated_outcome = _deal(cells.treated, cells.treated_outcome, rng)
    control, control_outcome = _deal(cells.control, cells.control_outcome, rng)
    row, fold = np.divmod(np.arange(len(cells.X) * FOLDS), FOLDS)
    some = (treated + control).ravel() > 0
    row, fold = row[some], fold[some]
    split = replace(
        cells,
        X=cells.X[row],
        treated=treated.ravel()[some],
        control=control.ravel()[some],
        treated_outcome=treated_outcome.ravel()[some],
        control_outcome=control_outcome.ravel()[some],
        log_odds=cells.log_odds[row],
        propensity=None if cells.propensity is None else cells.propensity[row],
    )
    return Dealing(split, propensity[row], fold)


def _deal(people: Floats, outcome: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """People (n,) and how many of them had the outcome, dealt out: shape (n, folds) each."""
    dealt_people, dealt_outcome = np.zeros((len(people), FOLDS)), np.zeros((len(people), FOLDS))
    for i, (n, k) in enumerate(zip(np.rint(people).astype(int), np.rint(outcome).astype(int), strict=True)):
        # Turns begin anywhere, so that the rests of many small cells do not all fall to the first fold.
        hands = np.roll(n // FOLDS + (np.arange(FOLDS) < n % FOLDS), int(rng.integers(FOLDS)))
        dealt_people[i] = hands
        dealt_outcome[i] = rng.multivariate_hypergeometric(hands, k)
    return dealt_people, dealt_outcome
