"""Challenger and champion are compared only on labels that neither learned from."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from data.history import History
from data.synthetic import Market
from models import registry
from tests.conftest import Trained
from tests.test_training_evaluate import judged
from training.champion import against_champion
from training.config import TrainSettings
from training.evaluate import Judged

QUICK = TrainSettings(bootstrap=50)


def some(market: Market, as_of: str, n: int = 60) -> Judged:
    """Drawn outcomes put onto pairings of the market."""
    drawn = judged(n)
    deals = market.tables["collaborations"].iloc[:n]
    for name in ("creator_id", "campaign_id"):
        drawn.labels[name] = deals[name].to_numpy()
    drawn.labels["as_of"] = pd.Timestamp(as_of).as_unit("us")
    return drawn


def test_without_a_champion_nothing_is_compared(registry_home: Path, market: Market) -> None:
    figures, told = against_champion(History.of({}), some(market, "2026-02-01T00:00:00Z"), "simulated", QUICK)
    assert figures == {} and "Not compared" in told
    assert against_champion(History.of({}), None, "simulated", QUICK) == ({}, "")


def test_labels_that_the_champion_may_have_learned_from_are_left_out(trained: Trained, market: Market) -> None:
    history = History.of(market.tables)
    figures, told = against_champion(history, some(market, "2024-01-01T00:00:00Z"), "simulated", QUICK)
    assert figures == {} and "0 test labels were agreed after" in told


def test_a_champion_of_other_data_is_not_compared(trained: Trained, market: Market) -> None:
    figures, told = against_champion(History.of(market.tables), some(market, "2026-02-01T00:00:00Z"), "own", QUICK)
    assert figures == {} and "simulated data" in told


def test_new_labels_are_compared_with_an_interval(trained: Trained, market: Market) -> None:
    asked = some(market, "2026-02-01T00:00:00Z")
    figures, told = against_champion(History.of(market.tables), asked, "simulated", QUICK)
    # The drawn outcomes follow the challenger's predictions, and know nothing of the champion's.
    assert figures["champion.deviance_low"] < figures["champion.deviance"] < figures["champion.deviance_high"]
    assert figures["champion.deviance"] < 0 and figures["champion.n_test"] == 60
    assert registry.resolve().version in told
