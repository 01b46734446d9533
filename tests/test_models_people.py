"""Person-level experiments: rows and cells are the same, and uplift is found."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from data.errors import NotEnoughData, TableError
from models.lift import LiftModel
from models.people import cells_of, cells_of_counts
from models.people_uplift import fit_uplift

LEVELS = (3, 2, 4)


def experiment(n: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Discrete features, a 0/1 outcome, treatment by coin, and the true extra outcome of each person."""
    rng = np.random.default_rng(seed)
    X = np.column_stack([rng.integers(0, k, n) for k in LEVELS]).astype(float)
    treated = (rng.random(n) < 0.5).astype(float)
    base = 0.08 * np.exp(0.3 * X[:, 2] - 0.2 * X[:, 0])
    effect = np.expm1(0.5 * X[:, 1] + 0.1)
    outcome = (rng.random(n) < base * (1.0 + effect * treated)).astype(float)
    return X, outcome, treated, base * effect


def test_people_and_cells_give_the_same_model() -> None:
    X, outcome, treated, _ = experiment(20_000, 1)
    people = LiftModel(seed=2).fit_people(X, outcome, treated)
    frame = pd.DataFrame(X).assign(
        exposed=treated, exposed_conversions=treated * outcome,
        holdout=1.0 - treated, holdout_conversions=(1.0 - treated) * outcome,
    )  # fmt: skip
    cells = frame.groupby([0, 1, 2]).sum().reset_index()
    by_cells = LiftModel(seed=2).fit(cells[[0, 1, 2]].to_numpy(), cells[cells.columns[3:]])
    assert people.predict(X[:500]) == pytest.approx(by_cells.predict(X[:500]), abs=1e-6)
    assert people.predict_uplift(X[:500]) == pytest.approx(by_cells.predict_uplift(X[:500]), abs=1e-6)


def test_uplift_is_found() -> None:
    X, outcome, treated, extra = experiment(40_000, 3)
    model = LiftModel(prior_sd=1.0).fit_people(X, outcome, treated)
    told = model.predict_uplift(X)
    assert np.corrcoef(told, extra)[0, 1] > 0.9
    assert np.mean(told) == pytest.approx(np.mean(extra), rel=0.15)


def test_amounts_are_taken_as_outcomes() -> None:
    X, outcome, treated, extra = experiment(30_000, 4)
    spent = outcome * np.random.default_rng(1).gamma(2.0, 20.0, len(outcome))
    told = LiftModel(prior_sd=1.0).fit_people(X, spent, treated).predict_uplift(X)
    assert np.corrcoef(told, extra)[0, 1] > 0.8
    assert np.mean(told) == pytest.approx(40.0 * np.mean(extra), rel=0.3)


def test_a_known_propensity_is_used() -> None:
    rng = np.random.default_rng(5)
    X, _, _, _ = experiment(40_000, 5)
    share = np.where(X[:, 1] == 1.0, 0.8, 0.3)
    treated = (rng.random(len(X)) < share).astype(float)
    outcome = (rng.random(len(X)) < 0.1 * np.exp(0.2 * treated)).astype(float)
    told = LiftModel(prior_sd=1.0).fit_people(X, outcome, treated, share).predict(X)
    assert told == pytest.approx(np.full(len(X), 0.2), abs=0.1)


def test_without_differences_everybody_gets_the_average() -> None:
    rng = np.random.default_rng(11)
    X = rng.normal(size=(6_000, 5))
    treated = (rng.random(len(X)) < 0.5).astype(float)
    outcome = (rng.random(len(X)) < 0.1 + 0.03 * treated).astype(float)
    told = LiftModel().fit_people(X, outcome, treated, 0.5).predict_uplift(X)
    measured = outcome[treated == 1].mean() - outcome[treated == 0].mean()
    assert np.mean(told) == pytest.approx(measured, abs=0.002)
    assert np.std(told) < 0.01


def test_harm_is_told_from_gain() -> None:
    rng = np.random.default_rng(12)
    X = rng.normal(size=(8_000, 4))
    treated = (rng.random(len(X)) < 0.7).astype(float)
    extra = np.where(X[:, 2] > 0.0, 0.1, -0.1)
    outcome = (rng.random(len(X)) < 0.25 + extra * treated).astype(float)
    told = LiftModel().fit_people(X, outcome, treated, 0.7).predict_uplift(X)
    assert np.mean((told > 0) == (extra > 0)) > 0.85


def test_few_outcomes_give_the_average() -> None:
    rng = np.random.default_rng(13)
    X, treated = rng.normal(size=(300, 3)), np.arange(300) % 2.0
    outcome = np.zeros(300)
    assert LiftModel().fit_people(X, outcome, treated).predict_uplift(X) == pytest.approx(np.zeros(300), abs=1e-6)
    outcome[1] = 1.0
    assert np.ptp(LiftModel().fit_people(X, outcome, treated).predict_uplift(X)) == 0.0


@pytest.mark.parametrize("n", [40, 200])
def test_a_handful_of_people_is_no_fault(n: int) -> None:
    rng = np.random.default_rng(n)
    X, treated = rng.normal(size=(n, 12)), (rng.random(n) < 0.5).astype(float)
    X[::5, 3] = np.nan
    outcome = (rng.random(n) < 0.5).astype(float)
    told = LiftModel().fit_people(X, outcome, treated).predict_uplift(X)
    assert np.isfinite(told).all()
    assert np.ptp(told) < 0.6


def test_direction_and_mean_agree_with_the_log_lift() -> None:
    X, outcome, treated, _ = experiment(20_000, 15)
    model = LiftModel(prior_sd=1.0).fit_people(X, outcome, treated)
    ratio, extra = model.predict(X), model.predict_uplift(X)
    assert np.corrcoef(ratio, extra)[0, 1] > 0.7
    untreated = outcome[treated == 0].mean()
    assert np.log1p(extra.mean() / untreated) == pytest.approx(ratio.mean(), abs=0.25)


def test_uplift_needs_both_groups() -> None:
    X = np.zeros((3, 2))
    with pytest.raises(NotEnoughData, match="both groups"):
        fit_uplift(cells_of_counts(X, np.array([[10.0, 2.0, 0.0, 0.0]] * 3)), 0)


def test_a_saved_model_tells_the_same() -> None:
    X, outcome, treated, _ = experiment(5_000, 14)
    X = X + np.random.default_rng(14).random(X.shape)
    model = LiftModel(prior_sd=1.0).fit_people(X, outcome, treated)
    plain, trees = model.state()
    again = LiftModel.from_state(json.loads(json.dumps(plain)), trees)
    assert np.array_equal(model.predict_uplift(X), again.predict_uplift(X))
    assert np.array_equal(model.predict(X), again.predict(X))
    assert np.array_equal(model.predict_uplift(X[:7]), model.predict_uplift(X)[:7])


def test_cells_keep_all_people() -> None:
    X, outcome, treated, _ = experiment(3_000, 6)
    X[::7, 0] = np.nan
    cells = cells_of(X, outcome, treated, None)
    assert cells.treated.sum() + cells.control.sum() == 3_000
    assert cells.treated_outcome.sum() == np.sum(outcome * treated)
    assert len(cells.X) <= 4 * 2 * 4
    assert cells.unit == 1.0


def test_faulty_people_are_named() -> None:
    X = np.zeros((4, 1))
    with pytest.raises(TableError) as told:
        cells_of(X, [1.0, -1.0, np.nan, 0.0], [0.0, 1.0, 2.0, 1.0], 1.0)
    words = str(told.value)
    assert "outcome, row 2" in words
    assert "outcome, row 3" in words
    assert "treated, row 3" in words
    assert "propensity, row 1" in words
    with pytest.raises(TableError, match="only one group"):
        cells_of(X, np.ones(4), np.ones(4), None)
    with pytest.raises(TableError, match="shape"):
        cells_of(X, np.ones(3), np.ones(4), None)


@pytest.mark.parametrize("n", [1, 2, 3, 5, 39, 40])
@pytest.mark.parametrize("seed", [0, 1])
def test_a_handful_of_collaborations_is_enough_to_say_something(n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    X, people = rng.normal(size=(n, 6)), rng.integers(200, 2_000, n)
    made, kept = rng.poisson(0.03 * people), rng.poisson(0.02 * people)
    counts = pd.DataFrame(
        {"exposed": people, "exposed_conversions": made, "holdout": people, "holdout_conversions": kept}
    )
    told = LiftModel().fit(X, counts).predict_uplift(X)
    assert np.isfinite(told).all()
    assert np.abs(told).max() < 0.2


@pytest.mark.parametrize("outcome", [np.ones(30), np.tile([0.0, 2.5], 15)])
def test_people_who_do_not_differ_all_get_the_average(outcome: np.ndarray) -> None:
    X = np.random.default_rng(0).normal(size=(30, 3))
    told = LiftModel().fit_people(X, outcome, np.repeat([0, 1], 15)).predict_uplift(X)
    assert np.isfinite(told).all()
    if np.ptp(outcome) == 0.0:
        assert np.ptp(told) == 0.0
