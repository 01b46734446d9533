"""The choice brands made, and what it means for candidates nobody chose."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special

from features.catalog import NAMES
from models.rates import Rates
from models.selection import SEEN, Selection
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
    correction = found.correction(drawn)
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
    assert not found.correction(X).any()


def test_a_row_is_the_same_alone_and_saved() -> None:
    found = Selection.of(*chosen_world(300, 1.0, 4))
    X = chosen_world(50, 1.0, 5)[1]
    again = Selection.from_json(found.to_json())
    assert again.correction(X).tolist() == found.correction(X).tolist()
    assert [float(found.correction(X[i : i + 1])[0]) for i in range(9)] == found.correction(X)[:9].tolist()
    assert set(SEEN) <= set(NAMES)


def test_a_lead_in_rates_is_half_taken_off_and_doubted_where_nobody_chose() -> None:
    sources = np.array(["given", "learned", "prior"], dtype=object)
    rates = Rates(np.full(3, -5.0), np.full(3, 0.4), sources)
    unless = rates.unless_chosen(0.8, np.array([1.0, 0.5, 1.0]))
    assert unless.log_mean.tolist() == pytest.approx([-5.4, -5.2, -5.0])
    assert unless.log_sd**2 == pytest.approx(0.16 + np.array([0.64, 0.16, 0.0]) / 12.0)
    same = rates.unless_chosen(0.0, np.ones(3))
    assert same.log_mean.tolist() == rates.log_mean.tolist()
    doubting = Selection().doubting(rate_lead=1.2, rate_sd=0.6, lift_sd=0.15)
    assert doubting.doubt == pytest.approx(0.1)
    assert Selection.from_json(doubting.to_json()) == doubting
    assert not Selection().unchosen(np.zeros((3, len(NAMES)))).any()
