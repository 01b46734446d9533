"""Engagement worked out by hand on small tables."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from data.history import History
from features.build import build_features
from tests.histories import START

DAY = pd.Timedelta(days=1)
AS_OF = START + 100 * DAY


def made(posts: pd.DataFrame | None = None, followers: pd.DataFrame | None = None, **profile: object) -> pd.Series:
    tables = {"creators": pd.DataFrame([{"creator_id": "c", "platform": "instagram", **profile}])}
    if posts is not None:
        tables["posts"] = posts.assign(creator_id="c", post_id=[f"p{i}" for i in range(len(posts))])
    if followers is not None:
        tables["followers"] = followers.assign(creator_id="c")
    asked = pd.DataFrame({"creator_id": ["c"], "campaign_id": ["k"], "as_of": [AS_OF]})
    return build_features(History.of(tables), asked).iloc[0]


def at(*days_before: float) -> list[pd.Timestamp]:
    return [AS_OF - d * DAY for d in days_before]


def test_rates_are_medians_with_their_denominator() -> None:
    posts = pd.DataFrame({
        "posted_at": at(60, 40, 20), "likes": [100, 50, 300], "comments_count": [10, np.nan, 20],
        "views": [1000, 0, 2000],
        "shares": [5, 1, np.nan],
    })  # fmt: skip
    row = made(posts, followers=pd.DataFrame({"observed_at": at(5), "followers": [1000]}))
    assert row["like_rate_by_followers"] == pytest.approx(0.1)
    assert row["comment_rate_by_followers"] == pytest.approx(0.015)
    assert row["engagement_rate_by_followers"] == pytest.approx(0.11)
    assert row["engagement_rate_by_views"] == pytest.approx((0.11 + 0.16) / 2)
    assert row["share_rate_by_followers"] == pytest.approx(0.003)
    assert row["share_rate_by_views"] == pytest.approx(0.005)
    assert row["comments_per_like"] == pytest.approx((0.1 + 20 / 300) / 2)
    assert row["log_views"] == pytest.approx(3)
    assert row["n_posts_counted"] == 3


def test_counts_not_read_yet_are_not_there() -> None:
    """Without a reading time counts are final seven days after posting, and unseen before."""
    posts = pd.DataFrame({"posted_at": at(20, 3), "likes": [10, 99], "comments_count": [0, 0]})
    row = made(posts, followers=pd.DataFrame({"observed_at": at(5), "followers": [1000]}))
    assert row["n_posts"] == 2
    assert row["n_posts_counted"] == 1
    assert row["engagement_rate_by_followers"] == pytest.approx(0.01)
    read = made(
        posts.assign(counts_known_at=at(20, 1)), followers=pd.DataFrame({"observed_at": at(5), "followers": [1000]})
    )
    assert read["n_posts_counted"] == 2


def test_trend_volatility_and_gaps() -> None:
    posts = pd.DataFrame({"posted_at": at(90, 70, 50, 30, 10), "likes": [9, 26, 73, 200, 545]})
    row = made(posts)
    logs = np.log(posts["likes"] + 1)
    slope = np.polyfit([-3, -7 / 3, -5 / 3, -1, -1 / 3], logs, 1)[0]
    assert row["engagement_trend"] == pytest.approx(slope)
    assert row["engagement_volatility"] == pytest.approx(1.4826 * np.median(np.abs(logs - np.median(logs))))
    assert (row["gap_days"], row["gap_longest_days"], row["gap_variation"]) == (20, 20, 0)
    assert row["days_since_post"] == 10
    assert row["posts_per_week_28d"] == pytest.approx(1 / 4)
    assert np.isnan(made(posts.iloc[:4])["engagement_trend"])


def test_sponsored_posts() -> None:
    posts = pd.DataFrame({
        "posted_at": at(95, 60, 40, 20), "likes": [40, 10, 30, 10], "sponsored": [True, True, False, None],
        "brand": ["Acme", " ACME", None, "Zed"],
    })  # fmt: skip
    row = made(posts)
    assert row["sponsored_share"] == pytest.approx(2 / 3)
    assert row["sponsored_share_90d"] == pytest.approx(1 / 2)
    assert row["days_since_sponsored"] == 60
    assert row["n_sponsor_brands"] == 1
    assert row["sponsor_repeat_share"] == 1
    assert row["sponsored_engagement_ratio"] == pytest.approx(math.log(25.5 / 30.5) / 4)
    assert np.isnan(made(posts.assign(sponsored=None))["sponsored_share"])


def test_growth_needs_a_count_inside_and_one_before() -> None:
    seen = pd.DataFrame({"observed_at": at(80, 60, 40, 20, 2), "followers": [1000, 1100, 1200, 1300, 2600]})
    row = made(followers=seen)
    assert row["growth_30d"] == pytest.approx(math.log(2600 / 1200) * 30 / 38)
    assert np.isnan(row["growth_90d"])
    steps = [
        math.log(b / a) / d for a, b, d in ((1000, 1100, 20), (1100, 1200, 20), (1200, 1300, 20), (1300, 2600, 18))
    ]
    assert row["growth_spike"] == pytest.approx(max(steps) - np.median(steps))
    assert row["growth_drop"] == pytest.approx(np.median(steps) - min(steps))
    assert np.isnan(made(followers=seen.iloc[:3])["growth_spike"])


def test_one_post_is_enough_for_a_rate_and_says_so() -> None:
    row = made(
        pd.DataFrame({"posted_at": at(20), "likes": [50]}), pd.DataFrame({"observed_at": at(5), "followers": [1000]})
    )
    assert row["n_posts_counted"] == 1
    assert row["engagement_rate_by_followers"] == row["engagement_rate_by_followers_trimmed"] == pytest.approx(0.05)
    assert abs(row["engagement_vs_peers_shrunk"]) < abs(row["engagement_vs_peers"])
    assert np.isnan(row["engagement_volatility"])


def test_signs_of_a_bought_audience() -> None:
    plain = made(
        followers=pd.DataFrame({"observed_at": at(5), "followers": [30_000]}),
        handle="anna",
        bio="Cook. " * 9,
        following=300,
    )
    odd = made(
        followers=pd.DataFrame({"observed_at": at(5), "followers": [90]}), handle="x8829103", bio="", following=4000
    )
    assert odd["handle_digit_share"] == 7 / 8
    assert odd["bought_audience_signs"] > 0.8 > 0.2 > plain["bought_audience_signs"]
    assert np.isnan(made()["bought_audience_signs"])
