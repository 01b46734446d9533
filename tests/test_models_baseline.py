"""Every rule is found, learns from what the model learns from, and falls back on a constant."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from models import baseline
from models.baseline import BASELINES
from tests.model_world import world

NAMED = {"x0": "engagement_rate_by_followers", "x1": "log_followers"}


def test_every_rule_of_the_module_is_in_the_list() -> None:
    rules = {
        cls
        for _, cls in inspect.getmembers(baseline, inspect.isclass)
        if cls.__module__ == baseline.__name__ and hasattr(cls, "fit") and not cls.__name__.startswith("_")
    } - {baseline.Baseline}
    assert rules == set(BASELINES.values())


@pytest.mark.parametrize("name", BASELINES)
def test_rules_learn_and_predict_finite_lifts(name: str) -> None:
    made, new = world(500, 1), world(200, 2)
    X = made.X.rename(columns=NAMED)
    told = BASELINES[name]().fit(X, made.counts).predict(new.X.rename(columns=NAMED))
    assert told.shape == (200,)
    assert np.isfinite(told).all()
    assert abs(np.mean(told) - np.mean(new.log_lift)) < 0.1


@pytest.mark.parametrize("name", ["engagement-rate rule", "ridge", "two-arm learner"])
def test_rules_find_a_straight_line(name: str) -> None:
    made, new = world(1500, 1, conversions=200.0), world(500, 2)
    told = BASELINES[name]().fit(made.X.rename(columns=NAMED), made.counts).predict(new.X.rename(columns=NAMED))
    assert np.corrcoef(told, new.log_lift)[0, 1] > 0.3


@pytest.mark.parametrize("name", BASELINES)
@pytest.mark.parametrize("n", [0, 1, 4])
def test_few_rows_are_a_constant(name: str, n: int) -> None:
    made, new = world(max(n, 1), 1), world(20, 2)
    rule = BASELINES[name]().fit(made.X.rename(columns=NAMED)[:n], made.counts[:n])
    told = rule.predict(new.X.rename(columns=NAMED))
    assert len(set(told.tolist())) == 1
    assert np.isfinite(told).all()
