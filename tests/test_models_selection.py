"""The choice brands made, and what it means for candidates nobody chose."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special

from features.catalog import NAMES
from models.basis import Basis
from models.rates import Rates
from models.selection import HIDDEN, SEEN, Selection
from models.together import ALONE, Together
from tests.model_world import catalogue_features


def chosen_world(n: int, strength: float, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Features of chosen deals and of evenly drawn pairings, with a log lift that follows what brands see."""
    rng = np.random.default_rng(seed)
    X = catalogue_features(8 * n, rng).to_numpy()
    seen = np.nan_to_num(X[:, NAMES.index("niche_match")])
    chosen = rng.random(len(X)) < special.expit(strength * seen - 1.5)
    lift = 0.1 + 0.15 * seen
    return X[chosen][:n], X[:n], lift[chosen][:n], lift[:n]


def test_the_lead_is_three_tenths_of_what_features_tell() -> None:
    deals, drawn, lift, drawn_lift = chosen_world(2000, 1.5, 1)
    found = Selection.of(deals, drawn, lift, drawn_lift)
    assert found.lead == pytest.approx(0.3 * (lift.mean() - drawn_lift.mean()))
    assert found.lead > 0.02
    chance = found.chance(drawn)
    order = np.argsort(drawn[:, NAMES.index("niche_match")])[: len(drawn) // 4]
    assert chance[order].mean() < 0.6 * found.chance(deals).mean()
    correction = found.correction(found.unchosen(drawn))
    assert ((correction <= 0.0) & (correction >= -found.lead)).all()


def test_a_choice_at_random_leads_nowhere() -> None:
    deals, drawn, lift, drawn_lift = chosen_world(2000, 0.0, 2)
    found = Selection.of(deals, drawn, lift, drawn_lift)
    assert found.lead < 0.005
    assert np.abs(found.chance(drawn) - 0.2).mean() < 0.06


@pytest.mark.parametrize(("deals", "drawn"), [(0, 500), (29, 500), (500, 0)])
def test_little_to_learn_from_corrects_nothing(deals: int, drawn: int) -> None:
    X = catalogue_features(1000, np.random.default_rng(3)).to_numpy()
    found = Selection.of(X[:deals], X[:drawn], np.ones(deals), np.zeros(drawn))
    assert not found.correction(found.unchosen(X)).any()


def test_a_row_is_the_same_alone_and_saved() -> None:
    found = Selection.of(*chosen_world(300, 1.0, 4)).with_rates(0.7, Together(-0.2, 0.05))
    X = chosen_world(50, 1.0, 5)[1]
    again = Selection.from_json(found.to_json())
    assert again.to_json() == found.to_json()
    assert again.unchosen(X).tolist() == found.unchosen(X).tolist()
    assert [float(found.unchosen(X[i : i + 1])[0]) for i in range(9)] == found.unchosen(X)[:9].tolist()
    assert set(SEEN) <= set(NAMES)


def test_what_choosing_hides_of_the_spread_is_the_arithmetic_of_the_best_fifth() -> None:
    everyone = np.sort(np.random.default_rng(1).normal(0.0, 0.8, 200_000))
    best = everyone[160_000:]
    assert pytest.approx((everyone.var() - best.var()) / best.mean() ** 2, abs=0.01) == HIDDEN


def test_a_lead_in_rates_is_taken_off_and_doubted_where_nobody_chose() -> None:
    selection = Selection(basis=Basis.of(np.zeros((3, 1)))).with_rates(0.8, Together(-0.25, 0.1))
    unchosen = np.array([1.0, 0.5, 0.0])
    assert selection.correction(unchosen) == pytest.approx([0.2, 0.1, 0.0])
    variance = selection.rate_variance(unchosen)
    assert variance == pytest.approx([0.64 * 0.4, 0.64 * 0.5 * 0.9, 0.0])
    assert selection.doubt(unchosen) ** 2 == pytest.approx((0.1 * 0.8 * unchosen) ** 2 + 0.25**2 * variance)
    sources = np.array(["given", "learned", "prior"], dtype=object)
    moved = Rates(np.full(3, -5.0), np.full(3, 0.4), sources).moved(np.full(3, -0.8), np.full(3, 0.09))
    assert moved.log_mean == pytest.approx([-5.8, -5.8, -5.0])
    assert moved.log_sd == pytest.approx([0.5, 0.5, 0.4])


def test_rates_below_the_briefs_are_no_lead_and_nothing_learned_is_no_choice() -> None:
    learned = Selection(basis=Basis.of(np.zeros((3, 1))))
    assert learned.with_rates(-0.3, ALONE).rate_lead == 0.0
    assert Selection().with_rates(0.8, ALONE).rate_lead == 0.0
    assert not Selection().unchosen(np.zeros((3, len(NAMES)))).any()
