"""What is visible, in which order, and what is the latest."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from data.history import History, pairings_frame
from features.asof import NO_TIME, View, days_between, microseconds, visible
from tests.histories import START

DAY = pd.Timedelta(days=1)


def text(*values: str | None) -> pd.Series:
    return pd.Series(values, dtype="str")


def pairings(*rows: tuple[str, float]) -> pd.DataFrame:
    return pairings_frame(
        pd.DataFrame(
            {"creator_id": [c for c, _ in rows], "campaign_id": "k", "as_of": [START + d * DAY for _, d in rows]}
        )
    )


def posts(*rows: tuple[str, str, float]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["post_id", "creator_id", "day"])
    return History.of({"posts": frame.assign(posted_at=START + frame.pop("day") * DAY)})["posts"]


def test_strictly_before_and_only_of_the_own_creator() -> None:
    frame = posts(("p1", "a", 1), ("p2", "b", 1), ("p3", "a", 5), ("p4", "a", 3))
    seen = visible(frame, pairings(("a", 5), ("b", 9), ("a", 5.1), ("z", 9), ("b", 1)), key=("posted_at", "post_id"))
    assert seen.n == 5
    assert seen.pair.tolist() == [0, 0, 1, 2, 2, 2]
    assert seen.texts("post_id").tolist() == ["p1", "p4", "p2", "p1", "p4", "p3"]
    assert seen.count().tolist() == [2, 1, 3, 0, 0]
    assert len(seen) == 6


@pytest.mark.parametrize("seed", range(5))
def test_rows_of_one_time_stand_in_the_order_of_their_keys(seed: int) -> None:
    """Forty posts at one moment: the latest thirty are told by their names, whatever the order of the table."""
    frame = posts(*((f"p{i:02d}", "a", 1) for i in range(40)), ("early", "a", 0))
    shuffled = frame.sample(frac=1, random_state=seed).reset_index(drop=True)
    seen = visible(shuffled, pairings(("a", 2)), key=("posted_at", "post_id"))
    assert seen.texts("post_id").tolist() == ["early", *(f"p{i:02d}" for i in range(40))]


def test_a_missing_time_is_never_visible_and_in_no_window() -> None:
    raw = pd.DataFrame({"post_id": ["x", "y"], "creator_id": "a", "posted_at": [pd.NaT, START]})
    seen = visible(History.of({"posts": raw})["posts"], pairings(("a", 400)), key=("posted_at", "post_id"))
    assert seen.texts("post_id").tolist() == ["y"]
    known_late = raw.assign(known_at=[START, pd.NaT])
    seen = visible(History.of({"posts": known_late})["posts"], pairings(("a", 400)), key=("posted_at", "post_id"))
    assert seen.texts("post_id").tolist() == ["x", "y"]
    assert seen.within("posted_at", 10_000).tolist() == [False, True]
    assert np.isnan(seen.age_days("posted_at")[0])
    assert seen.known("known_at").tolist() == [True, False]


def test_windows_include_their_edge() -> None:
    frame = posts(("p1", "a", 1), ("p2", "a", 2), ("p3", "a", 3))
    seen = visible(frame, pairings(("a", 4)), key=("posted_at", "post_id"))
    assert seen.within("posted_at", 2).tolist() == [False, True, True]
    assert seen.age_days("posted_at").tolist() == [3, 2, 1]


def test_at_latest_by_code() -> None:
    frame = posts(("p1", "a", 1), ("p2", "a", 2), ("p3", "a", 2), ("p4", "b", 1))
    seen = visible(frame, pairings(("a", 9), ("b", 9)), key=("posted_at", "post_id"))
    assert seen.at_latest("posted_at").tolist() == [False, True, True, True]
    assert seen.at_latest("posted_at", within=np.array([0, 1, 1, 0])).tolist() == [True, True, True, True]
    assert seen.where(np.zeros(4, bool)).at_latest("posted_at").tolist() == []


def test_the_latest_follower_count_stands_before_the_profile() -> None:
    creators = pd.DataFrame({"creator_id": ["a", "b"], "platform": "tiktok", "followers": [10, 20]})
    seen = pd.DataFrame({
        "creator_id": "a", "observed_at": [START + 3 * DAY, START + DAY], "followers": [13, 11],
        "known_at": [START + 8 * DAY, pd.NaT],
    })  # fmt: skip
    history = History.of({"creators": creators, "followers": seen})
    view = View(history, pairings(("a", 1), ("a", 5), ("a", 9), ("b", 9)))
    assert view.follower_count.tolist() == [10, 11, 13, 20]


def test_campaigns_are_found_by_their_first_row_and_may_be_unknown() -> None:
    briefs = pd.DataFrame({
        "campaign_id": ["k", "k"], "brand": ["first", "second"], "category": "c", "brief": "b", "goal": "sales",
        "starts_on": "2025-01-01", "ends_on": "2025-01-02", "currency": "EUR", "order_value": 1.0, "gross_margin": 0.5,
    })  # fmt: skip
    asked = pairings(("a", 1), ("a", 1))
    asked["campaign_id"] = text("k", "none")
    view = View(History.of({"campaigns": briefs}), asked)
    assert view.campaign.tolist() == [0, -1]
    assert view.campaign_text("brand").tolist() == ["first", None]
    assert View(History.of({}), asked).campaign_text("brand").tolist() == [None, None]


def test_times_as_numbers() -> None:
    times = pd.Series([START, pd.NaT]).astype("datetime64[us, UTC]")
    whole = microseconds(times)
    assert whole[1] == NO_TIME
    assert days_between(whole[[0, 1]], whole[[0, 0]])[0] == 0
    assert np.isnan(days_between(whole[[1]], whole[[0]])).all()
