"""Effect curves: the shapes that are there are found, and nothing is called where there is nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models.effects import effect_curve, grid_of
from models.lift import LiftModel
from tests.model_world import training_set, world
from training.effects import Shape, effects, effects_table, shape_of


@pytest.fixture(scope="module")
def fitted() -> tuple[LiftModel, pd.DataFrame]:
    w = world(900, 3)
    return LiftModel(seed=1).fit(w.X, w.counts), w.X


def curve_of(fitted: tuple[LiftModel, pd.DataFrame], feature: str) -> pd.DataFrame:
    model, X = fitted
    some = X.iloc[:200]
    return effect_curve(model, some, feature, np.zeros(len(some)), grid_of(X[feature].to_numpy()))


@pytest.mark.parametrize(("feature", "shape"), [("x0", "rising"), ("x1", "inverted U"), ("x2", "U")])
def test_the_shapes_of_the_world_are_found(fitted: tuple[LiftModel, pd.DataFrame], feature: str, shape: Shape) -> None:
    assert shape_of(curve_of(fitted, feature)) == shape


def test_a_curve_is_close_to_the_truth_and_its_doubt_is_of_the_right_size(
    fitted: tuple[LiftModel, pd.DataFrame],
) -> None:
    curve = curve_of(fitted, "x0")
    true = 0.18 * curve["value"]
    away = curve["effect"] - curve["effect"].mean() - (true - true.mean())
    assert np.max(np.abs(away)) < 0.12
    assert (np.abs(away) <= 3.0 * curve["sd"] + 0.02).mean() > 0.8
    assert curve["sd"].between(1e-4, 0.2).all()


def test_a_feature_that_does_nothing_has_no_shape(fitted: tuple[LiftModel, pd.DataFrame]) -> None:
    assert shape_of(curve_of(fitted, "x9")) in ("flat", "not clear")


@pytest.mark.parametrize(
    ("effect", "sd", "shape"),
    [
        ([0.0, 0.2, 0.0], 0.05, "inverted U"),
        ([0.0, -0.2, 0.0], 0.05, "U"),
        ([0.0, 0.1, 0.2], 0.05, "rising"),
        ([0.2, 0.1, 0.0], 0.05, "falling"),
        ([0.0, 0.2, 0.0], 0.5, "not clear"),
        ([0.0, 0.001, 0.0], 1e-6, "flat"),
    ],
)
def test_a_shape_needs_a_difference_that_is_sure(effect: list[float], sd: float, shape: Shape) -> None:
    assert shape_of(pd.DataFrame({"effect": effect, "sd": sd})) == shape


def test_values_asked_for_are_apart_and_known() -> None:
    grid = grid_of(np.array([np.nan, 0.05, 0.05, 0.0501, 0.1, 0.2, 0.3, 1.0]))
    assert np.all(np.diff(grid) > 0.009) and not np.isnan(grid).any()
    assert len(grid_of(np.array([np.nan]))) == 0


def test_a_report_gets_one_curve_per_published_feature() -> None:
    from models.scorer import CreatorScorer

    known, _ = training_set(200, 5)
    found = effects(CreatorScorer.fit(known), known)
    table = effects_table(found)
    assert len(found) >= 8 and set(table.columns) >= {"feature", "found", "published", "source"}
    assert effects(CreatorScorer.fit(training_set(0, 1)[0]), training_set(0, 1)[0]) == []
