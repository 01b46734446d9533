"""Attributed orders as readings of lift: as good as they say where orders tell something, none where they do not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.counts import conditional_outcomes
from models.readings import Readings, read_attributed
from models.training_set import LABEL_COLUMNS
from tests.test_models_after import finished, learn

N, TESTED = 1_200, 800


def read(seed: int, *, telling: bool = True, tested: int = TESTED) -> tuple[Readings | None, np.ndarray]:
    asked, counts, true = finished(N, seed, telling=telling)
    labels = np.arange(tested)
    before = asked.log_lift[:tested]
    after = learn(asked.take(labels, before), counts.iloc[labels])
    return read_attributed(asked, labels, before, np.full(N, 0.2), after), true


def test_a_reading_is_as_far_off_as_it_says_for_deals_without_a_test_too() -> None:
    found, true = read(1)
    assert found is not None and found.rows.tolist() == list(range(N))
    for rows in (slice(0, TESTED), slice(TESTED, N)):
        off = found.log_lift[rows] - true[rows]
        assert abs(off.mean()) < 0.04
        assert 0.6 < np.sqrt(np.mean((off / found.se[rows]) ** 2)) < 1.5
    assert found.se.mean() < 0.2


def test_few_orders_are_read_with_a_larger_error_and_very_few_not_at_all() -> None:
    asked, counts, _ = finished(N, 1)
    labels, before = np.arange(TESTED), asked.log_lift[:TESTED]
    after = learn(asked.take(labels, before), counts)
    fewer = np.ones(N)
    fewer[1_000:1_100], fewer[1_100:] = 0.3, 0.001
    asked = replace(asked, anyway=asked.anyway * fewer, attributed=np.round(asked.attributed * fewer))
    found = read_attributed(asked, labels, before, np.full(N, 0.2), after)
    assert found is not None
    many, few = found.rows < 1_000, found.rows >= 1_000
    assert found.rows[many].tolist() == list(range(1_000)) and few.any() and found.rows.max() < 1_100
    assert found.se[few].mean() > 1.2 * found.se[many].mean()


@pytest.mark.parametrize(("telling", "tested"), [(False, TESTED), (True, 150), (True, 20)])
def test_nothing_is_read_where_orders_say_little_or_tests_are_few(telling: bool, tested: int) -> None:
    assert read(2, telling=telling, tested=tested)[0] is None


def test_readings_are_lift_tests_with_an_estimate() -> None:
    readings = Readings(np.array([3, 5]), np.array([0.1, -0.2]), np.array([0.3, 0.4]))
    tests = readings.tests(np.linspace(0.0, 0.7, 8))
    assert set(LABEL_COLUMNS) | {"test_id", "prior", "reading"} == set(tests.columns)
    assert tests["reading"].all()
    outcomes = conditional_outcomes(tests)
    eta = readings.log_lift - np.array([0.3, 0.5])
    assert outcomes.residual(eta) == pytest.approx(0.0)
    assert outcomes.curvature(eta) == pytest.approx(1.0 / np.array([0.3, 0.4]) ** 2)
