"""The properties every feature keeps: what guards against a score that knows the future or depends on its company."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from data.errors import TableError
from data.history import ALWAYS, History
from features import build, sentiment
from features.build import build_features
from features.catalog import BY_NAME, NAMES
from features.comments import read_distinct
from features.niche import NICHE_FEATURES
from features.peers import PeerCurve
from features.reference import Reference
from models.text_space import fit_text_space
from tests.histories import DAYS, START, Sizes, draw, draw_history, sizes
from tests.oracles import oracle

CURVE = PeerCurve(
    (2.0, 3.5, 5.0),
    {"any": (-2.0, -3.0, -4.0), "instagram": (-2.1, -3.3, -4.2), "instagram/food": (-1.9, -3.0, -4.1)},
    spread=0.7,
    noise=0.6,
)
REFERENCES = (None, Reference(peers=CURVE))
SEEDS = range(12)
drawn = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def equal_to_oracle(history: History, pairings: pd.DataFrame, reference: Reference | None) -> None:
    made = build_features(history, pairings, reference)
    for label, pairing in pairings.iterrows():
        wanted = pd.Series(oracle(history, pairing, reference), dtype=np.float64)
        got = made.loc[label, list(wanted.index)]
        differ = ~np.isclose(got, wanted, rtol=1e-9, atol=1e-12, equal_nan=True)
        assert not differ.any(), pd.DataFrame({"fast": got, "plain": wanted})[differ].to_string()


@pytest.mark.parametrize("seed", SEEDS)
def test_equals_the_plain_loops(seed: int) -> None:
    history, pairings = draw_history(seed)
    equal_to_oracle(history, pairings, REFERENCES[seed % 2])


@drawn
@given(st.integers(0, 10_000), sizes())
def test_equals_the_plain_loops_on_odd_sizes(seed: int, of: Sizes) -> None:
    equal_to_oracle(*draw_history(seed, of), REFERENCES[seed % 2])


def test_the_oracle_knows_every_feature_but_those_of_texts() -> None:
    history, pairings = draw_history(0)
    known = set(oracle(history, pairings.iloc[0]))
    assert known == set(NAMES) - {f.name for f in NICHE_FEATURES}


def add_future(tables: dict[str, pd.DataFrame], others: dict[str, pd.DataFrame], as_of: pd.Timestamp) -> History:
    """The history with rows of `others` that become visible at `as_of` or later, some that happened long before."""
    late = {}
    for name, frame in others.items():
        if "creator_id" in frame:
            known = [as_of, as_of + pd.Timedelta(days=3)] * len(frame)
            ids = {
                c: "late " + frame[c] for c in ("post_id", "comment_id", "collaboration_id") if c in frame.columns[:1]
            }
            late[name] = frame.assign(known_at=known[: len(frame)], **ids)
    return History.of(tables).plus(late)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_future_changes_nothing(seed: int) -> None:
    tables, pairings = draw(seed)
    as_of = pairings["as_of"].iloc[0]
    asked = pairings.assign(as_of=as_of)
    before = build_features(History.of(tables), asked)
    after = build_features(add_future(tables, draw(seed + 100)[0], as_of), asked)
    assert_frame_equal(before, after, check_exact=True)


@drawn
@given(st.integers(0, 10_000), sizes())
def test_what_is_not_yet_known_may_change(seed: int, of: Sizes) -> None:
    """Counts and outcomes known at `as_of` or later are changed, and rows visible from then on are dropped."""
    history, pairings = draw_history(seed, of)
    as_of = pairings["as_of"].iloc[0]
    asked = pairings.assign(as_of=as_of)
    assert_frame_equal(build_features(history, asked), build_features(history.up_to(as_of), asked), check_exact=True)


def test_a_row_seen_at_the_very_time_is_not_seen() -> None:
    posts = pd.DataFrame({
        "post_id": ["a", "b"], "creator_id": "c", "posted_at": [START, START + pd.Timedelta(days=9)], "likes": [10, 90],
    })  # fmt: skip
    history = History.of({"posts": posts, "creators": pd.DataFrame({"creator_id": ["c"], "platform": ["tiktok"]})})
    times = [
        START,
        START + pd.Timedelta(microseconds=1),
        START + pd.Timedelta(days=9),
        START + pd.Timedelta(days=16, seconds=1),
    ]
    made = build_features(history, pd.DataFrame({"creator_id": "c", "campaign_id": "k", "as_of": times}))
    assert made["n_posts"].tolist() == [0, 1, 1, 2]
    assert made["n_posts_counted"].tolist() == [0, 0, 1, 2]


@drawn
@given(st.integers(0, 10_000), sizes())
def test_a_pairing_alone_equals_itself_in_a_batch(seed: int, of: Sizes) -> None:
    history, pairings = draw_history(seed, of)
    together = build_features(history, pairings)
    for row in range(len(pairings)):
        pairing = pairings.iloc[[row]]
        alone = build_features(history.of_creators(pairing["creator_id"]), pairing)
        assert_frame_equal(alone, together.iloc[[row]], check_exact=True)


@drawn
@given(st.integers(0, 10_000), sizes())
def test_the_order_of_rows_changes_nothing(seed: int, of: Sizes) -> None:
    tables, pairings = draw(seed, of)
    shuffled = {name: frame.sample(frac=1, random_state=seed) for name, frame in tables.items()}
    mixed = pairings.sample(frac=1, random_state=seed + 1)
    made = build_features(History.of(shuffled), mixed).loc[pairings.index]
    assert_frame_equal(made, build_features(History.of(tables), pairings), check_exact=True)


@drawn
@given(st.integers(0, 10_000), sizes())
def test_rows_in_equal_rows_out(seed: int, of: Sizes) -> None:
    history, pairings = draw_history(seed, of)
    twice = pd.concat([pairings, pairings])
    made = build_features(history, twice)
    assert list(made.columns) == list(NAMES)
    assert made.index.equals(twice.index)
    assert (made.dtypes == np.float64).all()
    for name in NAMES:
        low, high = BY_NAME[name].low, BY_NAME[name].high
        values = made[name].dropna()
        assert np.isfinite(values).all(), name
        assert low is None or (values >= low - 1e-12).all(), name
        assert high is None or (values <= high + 1e-12).all(), name


def test_no_pairing_gives_no_row() -> None:
    history, pairings = draw_history(3)
    made = build_features(history, pairings.iloc[:0])
    assert made.shape == (0, len(NAMES))


def test_unknown_ids_give_missing_values() -> None:
    history, _ = draw_history(3)
    asked = pd.DataFrame(
        {"creator_id": ["nobody"], "campaign_id": ["nothing"], "as_of": [START + pd.Timedelta(days=400)]}
    )
    row = build_features(history, asked).iloc[0]
    told = {name for name in NAMES if not np.isnan(row[name])}
    assert told == {name for name in NAMES if BY_NAME[name].missing == "never"}


@pytest.mark.parametrize("rows_at_once", [1, 7, 40])
def test_parts_change_nothing(rows_at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    history, pairings = draw_history(5, Sizes(creators=9, posts=90, comments=150, pairings=40))
    whole = build_features(history, pairings)
    seen: list[tuple[int, int]] = []
    monkeypatch.setattr(build, "ROWS_AT_ONCE", rows_at_once)
    parts = build_features(history, pairings, progress=lambda done, of: seen.append((done, of)))
    assert_frame_equal(parts, whole, check_exact=True)
    assert len(seen) > 1
    assert seen[-1] == (40, 40)


def test_processes_change_nothing() -> None:
    history, pairings = draw_history(5, Sizes(creators=30, posts=120, comments=200, pairings=40))
    space = fit_text_space(history, START + pd.Timedelta(days=DAYS), 0)
    reference = Reference(CURVE, space)
    assert space is not None
    shared = build_features(history, pairings, reference, workers=2)
    assert_frame_equal(shared, build_features(history, pairings, reference), check_exact=True)


def test_bad_pairings_are_named() -> None:
    history, pairings = draw_history(1)
    with pytest.raises(TableError, match="as_of"):
        build_features(history, pairings.assign(as_of="2025-01-01"))


def test_each_visible_comment_is_read_once_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def spy(texts: list[str]) -> dict[str, np.ndarray]:
        read.extend(texts)
        return read_distinct(texts)

    monkeypatch.setattr(sentiment, "read_distinct", spy)
    day = pd.Timedelta(days=1)
    comments = pd.DataFrame({
        "comment_id": ["1", "2", "3"], "post_id": "p", "creator_id": ["c", "c", "other"],
        "text": ["seen", "too late", "not asked"], "posted_at": [START, START + 9 * day, START],
    })  # fmt: skip
    history = History.of({"comments": comments})
    asked = pd.DataFrame({"creator_id": "c", "campaign_id": ["k", "l", "m"], "as_of": START + 5 * day})
    build_features(history, asked)
    assert read == ["seen"]


def test_the_profile_is_the_latest_version_known() -> None:
    day = pd.Timedelta(days=1)
    creators = pd.DataFrame({
        "creator_id": "c", "platform": "instagram", "followers": [10, 1000, 100],
        "known_at": [pd.NaT, START + 20 * day, START + 10 * day],
    })  # fmt: skip
    asked = pd.DataFrame({"creator_id": "c", "campaign_id": "k", "as_of": [START, START + 15 * day, START + 25 * day]})
    history = History.of({"creators": creators})
    assert (history["creators"]["visible_at"] == ALWAYS).sum() == 1
    assert build_features(history, asked)["log_followers"].tolist() == [1, 2, 3]
