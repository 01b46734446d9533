"""Uplift by each group's own rate: cells of one group alone teach that group and are told of both."""

from __future__ import annotations

import json

import numpy as np
import pytest

from models.crossfit import fold_of
from models.people import cells_of
from models.people_arms import Arms, fit_arms
from models.people_rate import fit_rate


def people(n: int = 6_000) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Continuous features, so that hardly a cell holds both groups; the first one decides who gains."""
    rng = np.random.default_rng(3)
    X = rng.normal(size=(n, 3))
    treated = (rng.random(n) < 0.5).astype(float)
    outcome = (rng.random(n) < 0.1 * np.exp(0.3 * X[:, 1] + treated * np.where(X[:, 0] > 0.0, 0.8, 0.0))).astype(float)
    return X, treated, outcome


def test_who_gains_is_told_and_a_saved_learner_tells_the_same() -> None:
    X, treated, outcome = people()
    cells = cells_of(X, outcome, treated, 0.5)
    arms, told = fit_arms(cells, fold_of(cells.X, None, 1), 1, shaped=False)
    gains = cells.X[:, 0] > 0.0
    assert told[gains].mean() - told[~gains].mean() == pytest.approx(0.1 * np.expm1(0.8), abs=0.04)
    wide = np.column_stack([X[:50], np.zeros(50)])
    again = Arms.from_json(json.loads(json.dumps(arms.to_json())), arms.texts)
    assert np.array_equal(arms.predict(wide, np.ones(50)), again.predict(wide, np.ones(50)))


def test_cells_without_people_teach_nothing_of_a_rate() -> None:
    X, _, outcome = people(3_000)
    seen, folds = np.arange(3_000) < 2_000, np.arange(3_000) % 5
    _, told = fit_rate(X, np.where(seen, outcome, 0.0), seen.astype(float), folds, 1)
    _, alone = fit_rate(X[seen], outcome[seen], np.ones(2_000), folds[seen], 1)
    assert np.corrcoef(told[seen], alone)[0, 1] > 0.98
    assert told[~seen].mean() == pytest.approx(alone.mean(), rel=0.1)
