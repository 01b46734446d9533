"""Curves with learned wiggle, and their blend with trees."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models.additive import Additive, Start, bent, bent_slope, fit_additive
from models.basis import Basis
from models.blend import Blend
from models.boosting import Growth
from models.counts import conditional_outcomes
from models.crossfit import Search, cross_fit, fold_of
from models.families import Outcomes
from models.units import Units
from tests.model_world import root_mean_square, world


def test_a_basis_has_a_line_and_a_bend_per_feature_and_steps_for_the_rest() -> None:
    X = np.column_stack([
        np.arange(100.0), np.arange(100) % 2, np.where(np.arange(100) % 4 == 0, np.nan, np.arange(100.0)), np.ones(100),
    ])  # fmt: skip
    basis = Basis.of(X)
    assert basis.layout == ((0, "line"), (0, "bend"), (1, "step"), (2, "line"), (2, "bend"), (2, "missing"))
    columns = basis.columns(X)
    assert columns.mean(axis=0) == pytest.approx(np.zeros(6), abs=1e-12)
    known = columns[~np.isnan(X[:, 2])]
    assert columns[:, [0, 1, 2, 5]].std(axis=0) == pytest.approx(np.ones(4))
    # Where a feature is seldom known, what is known has the usual spread.
    assert known[:, [3, 4]].std(axis=0) == pytest.approx(np.ones(2), rel=0.01)
    # A missing value is the middle of the line, and beyond the ends the line is flat.
    far = basis.raw(np.array([[1e9, 1.0, np.nan, 1.0], [99.0, 0.0, 50.0, 1.0]]))
    assert far[0, 0] == far[1, 0]
    assert far[0, 3:].tolist() == [0.0, 0.0, 1.0]


@pytest.mark.parametrize("gone", [False, True])
def test_a_column_that_hardly_ever_leaves_its_usual_value_is_not_blown_up(gone: bool) -> None:
    X = np.zeros((1_000, 1))
    X[:8, 0] = np.nan if gone else np.arange(5.0, 13.0)
    X[8:500, 0] += np.arange(492.0) if gone else 0.0
    basis = Basis.of(X)
    column = basis.columns(X)[:, -1 if gone else 0]
    # By its own spread, 0.09, a step would be 11; as if 5 % of the rows were unusual, 4.5.
    assert np.sqrt(np.mean((column[:8] - column[999]) ** 2)) < 5.0
    often = np.zeros((1_000, 1))
    often[:100, 0] = 1.0
    assert Basis.of(often).columns(often).std() == pytest.approx(1.0)


def curves_of(X: np.ndarray, outcomes: Outcomes, start: Start, bend: float = 0.0) -> Additive:
    basis = Basis.of(X)
    return fit_additive(basis, basis.columns(X), outcomes, start, bend=bend)


def normal_rows(n: int, seed: int, strength: float) -> tuple[np.ndarray, Outcomes, np.ndarray]:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 8))
    true = strength * (X[:, 0] + 0.7 * (X[:, 1] ** 2 - 1.0))
    y = 0.4 + true + rng.normal(0.0, 0.5, n)
    return X, Outcomes("normal", y, np.full(n, 1e4), np.zeros(n), np.ones(n)), 0.4 + true


@pytest.mark.parametrize(("strength", "most"), [(0.5, 0.14), (0.0, 0.07)])
def test_curves_are_found_and_nothing_is_found_in_nothing(strength: float, most: float) -> None:
    X, outcomes, _ = normal_rows(800, 1, strength)
    model = curves_of(X, outcomes, Start(intercept_sd=1.0, tau=0.5, effect=0.5))
    new, _, true = normal_rows(800, 2, strength)
    columns = model.basis.columns(new)
    assert root_mean_square(model.predict(columns) - true) < most
    assert np.sqrt(model.hyper.tau2) == pytest.approx(0.5, abs=0.05)


def test_its_own_variance_is_about_right() -> None:
    errors, variances = [], []
    for seed in range(6):
        X, outcomes, _ = normal_rows(300, seed, 0.3)
        model = curves_of(X, outcomes, Start(intercept_sd=1.0, tau=0.5, effect=0.3))
        new, _, true = normal_rows(400, 100 + seed, 0.3)
        columns = model.basis.columns(new)
        errors.append((model.predict(columns) - true) ** 2)
        variances.append(model.variance(columns))
    assert np.mean(variances) == pytest.approx(np.mean(errors), rel=0.5)
    assert np.corrcoef(np.concatenate(variances), np.concatenate(errors))[0, 1] > 0.1


def test_sums_by_feature_add_up_and_saving_keeps_every_bit() -> None:
    X, outcomes, _ = normal_rows(200, 3, 0.5)
    model = curves_of(X, outcomes, Start())
    columns = model.basis.columns(X)
    assert model.sums(columns, np.arange(8), 8).sum(axis=1) + model.base == pytest.approx(model.predict(columns))
    loaded = Additive.from_json(model.to_json())
    assert np.array_equal(loaded.predict(columns), model.predict(columns))
    assert np.array_equal(loaded.variance(columns), model.variance(columns))


@pytest.mark.parametrize("bend", [0.0, 2.0, 6.0])
def test_a_bent_scale_has_slope_one_in_the_middle_and_fades_below(bend: float) -> None:
    x = np.linspace(-3.0, 3.0, 601)
    y = bent(x, bend)
    assert y[300] == pytest.approx(0.0, abs=1e-12)
    assert np.gradient(y, x)[1:-1] == pytest.approx(bent_slope(x, bend)[1:-1], abs=1e-3)
    assert bent_slope(np.zeros(1), bend)[0] == 1.0
    if bend > 0:
        assert bent_slope(np.array([-9.0]), bend)[0] < 0.01
        assert bent_slope(np.array([9.0]), bend)[0] == pytest.approx(2.0, abs=0.01)


def test_a_bent_truth_is_found_on_a_bent_scale() -> None:
    X, outcomes, true = normal_rows(1500, 7, 0.5)
    floor = Outcomes(
        "normal", bent(true - 0.4, 4.0) + outcomes.y - true, outcomes.size, outcomes.offset, outcomes.weight
    )
    start = Start(intercept_sd=1.0, tau=0.5, effect=0.5)
    straight, curved = curves_of(X, floor, start), curves_of(X, floor, start, bend=4.0)
    new, _, truth = normal_rows(1500, 8, 0.5)
    columns = straight.basis.columns(new)
    wanted = bent(truth - 0.4, 4.0)
    assert root_mean_square(curved.predict(columns) - wanted) < 0.7 * root_mean_square(
        straight.predict(columns) - wanted
    )
    assert curved.sums(columns, np.arange(8), 8).sum(axis=1) + curved.base == pytest.approx(curved.predict(columns))
    assert np.array_equal(Additive.from_json(curved.to_json()).predict(columns), curved.predict(columns))


def test_folds_keep_equal_rows_and_groups_together() -> None:
    X = np.repeat(np.arange(40.0), 3)[:, None]
    fold = fold_of(X, None, seed=1)
    assert (fold.reshape(40, 3) == fold.reshape(40, 3)[:, :1]).all()
    assert np.bincount(fold[::3]).tolist() == [8] * 5
    groups = pd.Series([f"c{i % 10}" for i in range(120)])
    by_group = pd.DataFrame({"g": groups, "f": fold_of(X, groups, seed=1)}).groupby("g")["f"].nunique()
    assert (by_group == 1).all()
    assert not np.array_equal(fold, fold_of(X, None, seed=2))


def test_folds_do_not_depend_on_order() -> None:
    X = np.random.default_rng(1).normal(size=(50, 3))
    order = np.random.default_rng(2).permutation(50)
    assert np.array_equal(fold_of(X, None, 1)[order], fold_of(X[order], None, 1))


@pytest.mark.parametrize("bagged", [True, False])
def test_a_blend_is_at_least_as_good_as_the_common_mean(bagged: bool) -> None:
    made, new = world(1200, 1), world(2000, 2)
    X, outcomes = made.X.to_numpy(), conditional_outcomes(made.counts)
    search = Search(Start(0.1, 0.1), Growth(), 0, bagged=bagged)
    found = cross_fit(X, outcomes, Units.single(len(X)), fold_of(X, None, 0), search)
    told = found.blend.predict(new.X.to_numpy())
    assert found.gain > 20.0
    assert root_mean_square(told - new.explained) < 0.65 * np.std(new.explained)
    parts, common = found.blend.sums(new.X.to_numpy(), np.arange(12), 12)
    assert parts.sum(axis=1) + common == pytest.approx(told, abs=1e-12)
    plain, texts = found.blend.to_json(), tuple(t.text for t in found.blend.trees)
    assert np.array_equal(Blend.from_json(plain, texts).predict(new.X.to_numpy()), told)


def test_too_few_rows_give_the_common_mean() -> None:
    made = world(10, 1)
    X = made.X.to_numpy()
    search = Search(Start(0.1, 0.1), Growth(), 0)
    found = cross_fit(X, conditional_outcomes(made.counts), Units.single(10), fold_of(X, None, 0), search)
    assert found.gain == 0.0
    assert len(set(found.blend.predict(X).tolist())) == 1
    # Ten tests do not tell the common mean for sure, either.
    assert (found.blend.variance(X) > 0.0005).all()


@pytest.mark.parametrize("family", ["binomial", "poisson", "normal"])
def test_scores_are_the_slopes_of_the_likelihood(family: str) -> None:
    rng = np.random.default_rng(1)
    size = {"binomial": np.full(6, 20.0), "poisson": np.ones(6), "normal": np.full(6, 3.0)}[family]
    rows = Outcomes(family, rng.integers(1, 9, 6).astype(float), size, rng.normal(size=6), np.ones(6))  # type: ignore[arg-type]
    eta, step = rng.normal(size=6), 1e-5
    up, down = rows.log_likelihood(eta + step), rows.log_likelihood(eta - step)
    assert rows.residual(eta) == pytest.approx((up - down) / (2 * step), rel=1e-4, abs=1e-4)
    slope = (rows.residual(eta + step) - rows.residual(eta - step)) / (2 * step)
    assert rows.curvature(eta) == pytest.approx(-slope, rel=1e-4)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_the_tilt_takes_off_what_counting_more_adds(share: float) -> None:
    rng = np.random.default_rng(1)
    n, tau = 60_000, 0.3
    true = 0.2 + tau * rng.normal(size=n)
    exposed = np.full(n, 8_000.0)
    holdout = np.round(exposed * share)
    rate = 0.003 * np.exp(0.5 * rng.normal(size=n))
    counts = pd.DataFrame({
        "exposed": exposed, "exposed_conversions": rng.poisson(exposed * rate * np.exp(true)).astype(float),
        "holdout": holdout, "holdout_conversions": rng.poisson(holdout * rate).astype(float),
    })  # fmt: skip
    rows = conditional_outcomes(counts)

    def common(outcomes: Outcomes) -> float:
        value = 0.0
        for _ in range(30):
            at = np.full(n, value)
            w = outcomes.saturated(at, tau**2)
            value += float(np.sum(w * outcomes.residual(at)) / np.sum(w * outcomes.curvature(at)))
        return value

    assert abs(common(rows.moved(rows.tilt(np.full(n, 0.2), tau**2))) - 0.2) < 0.012
    assert common(rows) - 0.2 > 0.008


def test_a_feature_with_two_values_is_flat_beyond_them() -> None:
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.normal(size=400), np.where(np.arange(400) < 3, 0.1, 0.0)])
    X[5:, 1] = np.nan
    basis = Basis.of(X)
    asked = np.column_stack([np.zeros(12), np.linspace(-50.0, 50.0, 12)])
    columns = basis.columns(asked)
    assert np.abs(columns).max() <= np.abs(basis.columns(X)).max() + 1e-12
    assert np.array_equal(columns, np.vstack([basis.columns(asked[i : i + 1]) for i in range(12)]))
    assert np.array_equal(Basis.from_json(basis.to_json()).columns(asked), columns)
