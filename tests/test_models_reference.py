"""What is fitted across creators, on a simulated market: saved and loaded unchanged, and no door between pairings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from data.history import History
from features.build import build_features
from features.reference import Reference
from models.reference import fit_reference

if TYPE_CHECKING:
    from data.synthetic import Market


@pytest.fixture(scope="module")
def history(market: Market) -> History:
    return History.of(market.tables)


@pytest.fixture(scope="module")
def pairings(history: History) -> pd.DataFrame:
    deals = history["collaborations"].sample(60, random_state=3)
    return pd.DataFrame({
        "creator_id": deals["creator_id"], "campaign_id": deals["campaign_id"], "as_of": deals["agreed_at"],
    })  # fmt: skip


@pytest.fixture(scope="module")
def reference(history: History) -> Reference:
    return fit_reference(history, history.newest_fact_at(), seed=0)


def test_both_parts_are_fitted(reference: Reference) -> None:
    assert reference.peers is not None
    assert reference.text_space is not None


def test_the_same_history_and_seed_give_the_same_reference(history: History, reference: Reference) -> None:
    again = fit_reference(history, history.newest_fact_at(), seed=0)
    assert json.dumps(again.to_json()) == json.dumps(reference.to_json())


def test_a_loaded_reference_gives_the_same_features(
    history: History, pairings: pd.DataFrame, reference: Reference
) -> None:
    loaded = Reference.from_json(json.loads(json.dumps(reference.to_json())))
    made = build_features(history, pairings, reference)
    assert_frame_equal(build_features(history, pairings, loaded), made, check_exact=True)
    assert (made.notna().mean() > 0).mean() > 0.9


def test_a_pairing_alone_equals_itself_in_a_batch(
    history: History, pairings: pd.DataFrame, reference: Reference
) -> None:
    together = build_features(history, pairings, reference)
    for row in range(0, len(pairings), 4):
        pairing = pairings.iloc[[row]]
        alone = build_features(history.of_creators(pairing["creator_id"]), pairing, reference)
        assert_frame_equal(alone, together.iloc[[row]], check_exact=True)


def test_shuffled_tables_give_the_same_features(market: Market, pairings: pd.DataFrame, reference: Reference) -> None:
    shuffled = {name: frame.sample(frac=1, random_state=1) for name, frame in market.tables.items()}
    made = build_features(History.of(market.tables), pairings, reference)
    assert_frame_equal(build_features(History.of(shuffled), pairings, reference), made, check_exact=True)


def test_nothing_later_is_fitted(history: History) -> None:
    as_of = history["posts"]["posted_at"].quantile(0.7)
    early = fit_reference(history, as_of, seed=0)
    assert json.dumps(early.to_json()) == json.dumps(fit_reference(history.up_to(as_of), as_of, seed=0).to_json())


def test_too_few_creators_leave_both_parts_out(history: History) -> None:
    few = history.of_creators(history["creators"]["creator_id"].iloc[:5])
    reference = fit_reference(few, history.newest_fact_at(), seed=0)
    assert reference == Reference()
    assert np.isnan(build_features(few, pd.DataFrame(columns=["creator_id", "campaign_id", "as_of"]))).all(axis=None)
