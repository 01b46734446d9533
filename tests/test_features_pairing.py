"""Creators built ahead and asked for a campaign give the bits that `build_features` gives for the same question."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.history import History
from data.synthetic import Market
from features import build
from features.asked import Asked
from features.build import build_features
from features.catalog import NAMES
from features.creator_side import CreatorSide, creator_side
from features.pairing import pair_features
from features.peers import PeerCurve
from features.postings import Collector, as_key
from features.reference import Reference
from models.text_space import fit_text_space
from tests.histories import START, Sizes, draw_history, sizes

CURVE = PeerCurve((2.0, 3.5, 5.0), {"any": (-2.0, -3.0, -4.0)}, spread=0.7, noise=0.6)
REFERENCES = (Reference(), Reference(peers=CURVE))
drawn = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def assert_same(history: History, as_of: pd.Timestamp, reference: Reference, side: CreatorSide) -> None:
    """Every creator for three campaigns, backwards and twice, as the builder has it."""
    rows = np.concatenate([np.arange(len(side))[::-1], np.arange(len(side))])
    ids = [side.ids[row].decode() for row in rows]
    for campaign in history["campaigns"]["campaign_id"].drop_duplicates().tolist()[:3]:
        asked = Asked.of(history, campaign, as_of, reference)
        made = pd.DataFrame(pair_features(side, rows, asked), columns=list(NAMES))
        pairings = pd.DataFrame({"creator_id": ids, "campaign_id": campaign, "as_of": as_of})
        wanted = build_features(history, pairings.astype({"creator_id": "str"}), reference).reset_index(drop=True)
        differ = [n for n in NAMES if not np.array_equal(made[n], wanted[n], equal_nan=True)]
        assert not differ, (campaign, wanted[differ].head(), made[differ].head())


@pytest.mark.parametrize("seed", range(8))
def test_equals_the_builder(seed: int) -> None:
    history, _ = draw_history(seed, Sizes(creators=12, posts=120, comments=100, audience=120, collaborations=40))
    as_of, reference = START + pd.Timedelta(days=35 * (seed + 3)), REFERENCES[seed % 2]
    assert_same(history, as_of, reference, creator_side(history, as_of, reference))


@drawn
@given(st.integers(0, 10_000), sizes(), st.integers(0, 430))
def test_equals_the_builder_on_odd_sizes(seed: int, of: Sizes, day: int) -> None:
    history, _ = draw_history(seed, of)
    as_of = START + pd.Timedelta(days=day)
    assert_same(history, as_of, REFERENCES[seed % 2], creator_side(history, as_of, REFERENCES[seed % 2]))


def test_equals_the_builder_with_a_fitted_space_and_in_parts(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = History.of(market.tables)
    history = whole.of_creators(whole["creators"]["creator_id"].drop_duplicates().tolist()[:40])
    as_of = history.newest_fact_at() - pd.Timedelta(days=30)
    reference = Reference(CURVE, fit_text_space(whole, as_of, 1))
    assert reference.text_space is not None
    one = creator_side(history, as_of, reference)
    monkeypatch.setattr(build, "ROWS_AT_ONCE", 500)
    many = creator_side(history, as_of, reference)
    for name, values in one.arrays().items():
        np.testing.assert_array_equal(values, many.arrays()[name], err_msg=name)
    assert_same(history, as_of, reference, many)


def test_only_visible_creators_are_there_and_are_found() -> None:
    history = History.of({
        "creators": pd.DataFrame({
            "creator_id": ["b", "a", "é", "later"], "platform": "tiktok",
            "known_at": [None, None, None, "2025-01-02T00:00:00Z"],
        })
    })  # fmt: skip
    side = creator_side(history, pd.Timestamp("2025-01-01", tz="UTC"))
    assert [raw.decode() for raw in side.ids] == ["a", "b", "é"]
    assert side.positions(["é", "later", "b", "", "bb"]).tolist() == [2, -1, 1, -1, -1]


def test_nobody_at_all() -> None:
    side = creator_side(History.of({}), START)
    assert len(side) == 0 and side.X.shape == (0, len(NAMES))
    assert side.positions(["x"]).tolist() == [-1]


def test_another_time_is_refused() -> None:
    history, _ = draw_history(1)
    side = creator_side(history, START + pd.Timedelta(days=100))
    asked = Asked.of(history, "k0", START + pd.Timedelta(days=101), Reference())
    with pytest.raises(ValueError, match="cannot answer as of"):
        pair_features(side, np.zeros(1, np.int64), asked)


def test_long_words_keep_apart() -> None:
    words = ["x" * 300 + end for end in ("", "a", "b")]
    collected = Collector()
    collected.add(words, np.array([2, 1, 1, 0]), np.array([5, 7, 7, 9]))
    made = collected.postings()
    assert [made.of(word).tolist() for word in words] == [[9], [7], [5]]
    assert made.of("x").tolist() == [] and made.beginning("x" * 150).tolist() == [5, 7, 9]
    assert len({as_key(word) for word in words}) == 3
