"""Qini area by hand and against simulation; errors over repeated halves against theory; signal and noise told apart."""

from __future__ import annotations

import numpy as np
import pytest

from training.signal import told_out_of_fold
from training.uplift import average_effect, halves, over_halves, qini_area


def test_area_by_hand() -> None:
    treated = np.array([1.0, 0.0, 1.0, 0.0])
    outcome = np.array([1.0, 0.0, 0.0, 1.0])
    # One of two treated buys, then nobody, then an untreated: the curve is 0, 1/2, 1/2, 1/2, 0 at steps of 1/4.
    assert qini_area(np.array([4.0, 3.0, 2.0, 1.0]), outcome, treated) == pytest.approx(375.0)
    # The other way round: 0, 0, -1/2, -1/4, 0; with nobody untreated yet there is nothing to scale.
    assert qini_area(np.array([1.0, 2.0, 3.0, 4.0]), outcome, treated) == pytest.approx(-187.5)


def test_a_constant_scores_nothing_and_order_of_rows_plays_no_part() -> None:
    rng = np.random.default_rng(0)
    treated = (rng.random(500) < 0.4).astype(float)
    outcome = (rng.random(500) < 0.3).astype(float)
    assert qini_area(np.full(500, 0.2), outcome, treated) == pytest.approx(0.0, abs=1e-12)
    told, order = rng.integers(0, 6, 500).astype(float), rng.permutation(500)
    assert qini_area(told, outcome, treated) == pytest.approx(qini_area(told[order], outcome[order], treated[order]))


def test_area_of_the_truth_is_a_half_of_its_mean_difference() -> None:
    # Uplift uniform on 0..0.4: the curve is q (0.4 - 0.2 q), the area to the line 0.2 (1/2 - 1/3).
    rng = np.random.default_rng(1)
    uplift = rng.random(400_000) * 0.4
    treated = (rng.random(len(uplift)) < 0.5).astype(float)
    outcome = (rng.random(len(uplift)) < 0.1 + uplift * treated).astype(float)
    assert qini_area(uplift, outcome, treated) == pytest.approx(1000.0 * 0.2 / 6.0, rel=0.05)
    assert average_effect(outcome, treated) == pytest.approx(0.2, abs=0.005)


def test_errors_over_halves_hold_what_rows_shared_hide() -> None:
    """Means of halves of one sample: their spread over samples is what the corrected error must be near to."""
    rng = np.random.default_rng(2)
    means, errors, naive = [], [], []
    for _ in range(300):
        sample = rng.normal(size=200)
        figures = np.array([sample[~halves(np.tile([0.0, 1.0], 100), s)].mean() for s in range(20)])
        found = over_halves(figures, 100, 100)
        means.append(found.mean)
        errors.append(found.error)
        naive.append(np.std(figures, ddof=1) / np.sqrt(20))
    assert np.mean(errors) == pytest.approx(np.std(means), rel=0.15)
    assert np.mean(naive) < 0.4 * np.std(means)


def test_halves_are_halves_of_both_groups() -> None:
    treated = np.repeat([1.0, 0.0], [40, 100])
    half = halves(treated, 3)
    assert half[:40].sum() == 20
    assert half[40:].sum() == 50
    assert np.array_equal(half, halves(treated, 3))
    assert not np.array_equal(half, halves(treated, 4))


@pytest.mark.parametrize(("strength", "is_signal"), [(0.0, False), (0.35, True)])
def test_noise_is_called_noise(strength: float, is_signal: bool) -> None:
    rng = np.random.default_rng(4)
    X = rng.normal(size=(1_500, 6))
    exposure = rng.uniform(0.5, 2.0, len(X))
    orders = rng.poisson(4.0 * exposure * np.exp(strength * X[:, 2])).astype(float)
    told = told_out_of_fold(X, orders, exposure, np.arange(len(X)) % 5, seed=1)
    gain = told.gain(orders)
    assert gain.is_signal is is_signal
    assert gain.words.startswith("signal" if is_signal else "no signal")
    assert told.expected.sum() == pytest.approx(orders.sum(), rel=0.05)
