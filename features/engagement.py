"""How people react to a creator's posts, how steadily the creator posts, and how the account grew.

Engagement of a post is likes + comments (an unknown comment count adds nothing; unknown likes leave it unknown). Rates
by followers and by views are never mixed. Headline rates look at the latest `RECENT_POSTS` posts whose counts are
known; what is said of a window goes by when a post was made.
"""

from __future__ import annotations

import numpy as np

from features import grouped
from features.asof import View, Visible
from features.feature import Feature
from features.grouped import Floats, Ints, Mask
from features.words import codes, fold, missing, positions_in, strings

RECENT_POSTS = 30
"""Headline rates use this many of the latest posts with known counts."""
TRIM = 0.1
"""Share cut off at either end in the trimmed mean."""
YEAR = 365.0
TREND_POSTS = 5
"""A trend needs this many posts."""
JUMP_STEPS = 3
"""A usual step of followers needs this many steps."""
SPONSORED_PRIOR_POSTS = 3.0
"""Weight of "sponsored posts do as well as the others", in posts."""

_MOVING = strings(("video", "reel", "short"))
_NO_POSTS = "no post of the creator was visible"
_NO_COUNTS = "no visible post with known counts"
_NO_SIZE = "followers unknown, or no visible post with known likes"
_NO_VIEWS = "no visible post with known views and counts"
_NO_FLAGS = "no visible post says whether it is sponsored"
_NO_GROWTH = "follower counts were not observed often enough"

_PEERS = "engagement falls with size, so it is judged by size: Markerly 2016; HypeAuditor, 36,000 accounts"
_LEUNG = "posting activity has an inverted-U effect: Leung et al., J. Marketing 2022"
_SPONSORED = "endorsement rate has a U-shaped effect: Cheng & Zhang, Management Science 2025, on its costs"
_PODS = "bought and traded engagement: Weerasinghe et al., WWW 2020"


def _f(name: str, unit: str, low: float | None, high: float | None, missing: str, text: str, source: str = "",
       *, lift: bool = True, reach: bool = False) -> Feature:  # fmt: skip
    return Feature(name, "engagement", unit, low, high, missing, text, source, lift, reach)


FEATURES: tuple[Feature, ...] = (
    _f("log_followers", "log10 people", 0, None, "followers unknown", "followers, the latest count visible",
       "followers drive views with elasticity 0.10 on TikTok: Tian, Dew & Iyengar, JMR 2024", lift=False, reach=True),
    _f("verified", "0 or 1", 0, 1, "not told", "the platform's badge", reach=True),
    _f("following_per_follower", "log10 ratio", None, None, "followers or following unknown",
       "(following + 1) / (followers + 1)", _PODS),
    _f("n_posts", "posts", 0, None, "never", "visible posts", reach=True),
    _f("n_posts_counted", "posts", 0, None, "never", "visible posts with known likes: the weight behind the rates",
       reach=True),
    _f("like_rate_by_followers", "likes per follower", 0, None, _NO_SIZE, "median of the latest 30 posts", _PEERS,
       reach=True),
    _f("comment_rate_by_followers", "comments per follower", 0, None, "followers or comment counts unknown",
       "median of the latest 30 posts", _PEERS, reach=True),
    _f("engagement_rate_by_followers", "likes + comments per follower", 0, None, _NO_SIZE,
       "median of the latest 30 posts", _PEERS, reach=True),
    _f("engagement_rate_by_followers_trimmed", "likes + comments per follower", 0, None, _NO_SIZE,
       "mean of the latest 30 posts without the lowest and highest tenth", _PEERS, reach=True),
    _f("engagement_rate_by_followers_90d", "likes + comments per follower", 0, None,
       "followers unknown, or no such post in 90 days", "median of the posts of 90 days", _PEERS, reach=True),
    _f("share_rate_by_followers", "shares per follower", 0, None, "followers or shares unknown",
       "median of the latest 30 posts", reach=True),
    _f("save_rate_by_followers", "saves per follower", 0, None, "followers or saves unknown",
       "median of the latest 30 posts", reach=True),
    _f("engagement_rate_by_views", "likes + comments per view", 0, None, _NO_VIEWS, "median of the latest 30 posts"),
    _f("like_rate_by_views", "likes per view", 0, None, _NO_VIEWS, "median of the latest 30 posts"),
    _f("comment_rate_by_views", "comments per view", 0, None, _NO_VIEWS, "median of the latest 30 posts"),
    _f("share_rate_by_views", "shares per view", 0, None, "no visible post with known views and shares",
       "median of the latest 30 posts", "shares carry a post further than followers do"),
    _f("save_rate_by_views", "saves per view", 0, None, "no visible post with known views and saves",
       "median of the latest 30 posts"),
    _f("log_views", "log10 views", 0, None, "no visible post with known views", "median of the latest 30 posts",
       lift=False, reach=True),
    _f("views_per_follower", "views per follower", 0, None, "followers or views unknown",
       "median of the latest 30 posts", "views, not followers, are seen: Tian, Dew & Iyengar, JMR 2024",
       lift=False, reach=True),
    _f("comments_per_like", "comments per like", 0, None, "no visible post with known comments and at least one like",
       "median of the latest 30 posts", _PODS),
    _f("engagement_trend", "ln per 30 days", None, None, "fewer than five posts with known likes in a year",
       "slope of ln(engagement + 1) over the posts of a year", reach=True),
    _f("engagement_volatility", "ln", 0, None, "fewer than three posts with known likes",
       "robust standard deviation of ln(engagement + 1), latest 30 posts"),
    _f("days_since_post", "days", 0, None, _NO_POSTS, "since the latest post", _LEUNG, reach=True),
    _f("posts_per_week_28d", "posts per week", 0, None, _NO_POSTS, "in 28 days", _LEUNG, reach=True),
    _f("posts_per_week_90d", "posts per week", 0, None, _NO_POSTS, "in 90 days", _LEUNG, reach=True),
    _f("gap_days", "days", 0, None, "fewer than two posts", "median days between the latest 30 posts", _LEUNG),
    _f("gap_variation", "ratio", 0, None, "fewer than three posts, or all at one time",
       "standard deviation of the gaps between the latest 30 posts over their mean"),
    _f("gap_longest_days", "days", 0, None, "fewer than two posts", "longest gap between the latest 30 posts"),
    _f("video_share", "share", 0, 1, "no visible post tells its kind", "video, reel or short, of the latest 30 posts",
       reach=True),
    _f("sponsored_share", "share", 0, 1, _NO_FLAGS, "sponsored, of all posts that tell", _SPONSORED),
    _f("sponsored_share_90d", "share", 0, 1, "no post in 90 days says whether it is sponsored",
       "sponsored, of the posts of 90 days that tell", _SPONSORED),
    _f("days_since_sponsored", "days", 0, None, "no visible sponsored post", "since the latest sponsored post",
       _SPONSORED),
    _f("n_sponsor_brands", "brands", 0, None, _NO_FLAGS, "distinct brands named on sponsored posts", _SPONSORED),
    _f("sponsor_repeat_share", "share", 0, 1, "no visible sponsored post names a brand",
       "sponsored posts whose brand came back", _SPONSORED),
    _f("sponsored_engagement_ratio", "ln ratio", None, None, "no sponsored or no organic post of a year with likes",
       "median engagement of sponsored over organic posts of a year, shrunk to 0 by three posts",
       "paid posts fare differently by account: 64,438 posts, field data"),
    _f("growth_30d", "ln per 30 days", None, None, _NO_GROWTH, "growth of followers over the last 30 days or more",
       _PODS, reach=True),
    _f("growth_90d", "ln per 30 days", None, None, _NO_GROWTH, "growth of followers over the last 90 days or more",
       _PODS, reach=True),
    _f("growth_spike", "ln per day", 0, None, _NO_GROWTH, "largest step of followers in a year above the usual one",
       _PODS),
    _f("growth_drop", "ln per day", 0, None, _NO_GROWTH, "deepest step of followers in a year below the usual one",
       "purges take bought followers away"),
)  # fmt: skip


def engagement_features(view: View) -> dict[str, Floats]:
    """Every feature of `FEATURES`, each float64 of shape (n_pairings,), NaN = missing as the catalogue says."""
    posts, counted = view.posts, view.counted
    return {
        **_account(view, counted),
        **_rates(view, counted),
        **_course(counted),
        **_cadence(posts),
        **_sponsored(posts, counted),
        **_growth(view.followers),
    }


def engagement_of(posts: Visible) -> Floats:
    """Likes + comments of each visible post with known counts, shape (m,); NaN where likes are unknown."""
    return np.asarray(posts.numbers("likes") + np.nan_to_num(posts.numbers("comments_count")))


def _account(view: View, counted: Visible) -> dict[str, Floats]:
    followers = view.follower_count
    return {
        "log_followers": np.log10(np.maximum(followers, 1.0)),
        "verified": view.profile("verified"),
        "following_per_follower": np.log10((view.profile("following") + 1.0) / (followers + 1.0)),
        "n_posts": view.posts.count(),
        "n_posts_counted": grouped.count(*_known(counted.pair, counted.numbers("likes")), view.n),
    }


def _known(group: Ints, values: Floats) -> tuple[Ints]:
    return (grouped.present(group, values)[0],)


def recent(posts: Visible) -> Visible:
    """The latest `RECENT_POSTS` of each pairing."""
    return posts.where(grouped.from_end(posts.pair, posts.n) < RECENT_POSTS)


def _positive(values: Floats) -> Floats:
    return np.where(values > 0, values, np.nan)


def _rates(view: View, counted: Visible) -> dict[str, Floats]:
    posts = recent(counted)
    pair, n = posts.pair, posts.n
    followers = _positive(view.follower_count)[pair]
    counts = {name: posts.numbers(name) for name in ("likes", "comments_count", "shares", "saves", "views")}
    views = _positive(counts["views"])
    likes, comments, engagement = counts["likes"], counts["comments_count"], engagement_of(posts)
    last_90d = posts.within("posted_at", 90)

    def median(values: Floats) -> Floats:
        return grouped.median(pair, values, n)

    by_followers = engagement / followers
    return {
        "like_rate_by_followers": median(likes / followers),
        "comment_rate_by_followers": median(comments / followers),
        "engagement_rate_by_followers": median(by_followers),
        "engagement_rate_by_followers_trimmed": grouped.trimmed_mean(pair, by_followers, n, TRIM),
        "engagement_rate_by_followers_90d": grouped.median(pair[last_90d], by_followers[last_90d], n),
        "share_rate_by_followers": median(counts["shares"] / followers),
        "save_rate_by_followers": median(counts["saves"] / followers),
        "engagement_rate_by_views": median(engagement / views),
        "like_rate_by_views": median(likes / views),
        "comment_rate_by_views": median(comments / views),
        "share_rate_by_views": median(counts["shares"] / views),
        "save_rate_by_views": median(counts["saves"] / views),
        "log_views": np.log10(np.maximum(median(counts["views"]), 1.0)),
        "views_per_follower": median(counts["views"] / followers),
        "comments_per_like": median(comments / _positive(likes)),
    }


def _course(counted: Visible) -> dict[str, Floats]:
    year = counted.where(counted.within("posted_at", YEAR))
    months = -year.age_days("posted_at") / 30.0
    latest = recent(counted)
    return {
        "engagement_trend": grouped.slope(year.pair, months, np.log(engagement_of(year) + 1.0), year.n, TREND_POSTS),
        "engagement_volatility": grouped.spread(latest.pair, np.log(engagement_of(latest) + 1.0), latest.n),
    }


def _cadence(posts: Visible) -> dict[str, Floats]:
    n = posts.n
    silent = posts.count() == 0
    ages = posts.age_days("posted_at")
    latest = recent(posts)
    pair, gaps = grouped.steps(latest.pair, -latest.age_days("posted_at"))
    kinds = latest.texts("media_type")
    moving = np.where(missing(kinds), np.nan, positions_in(kinds, _MOVING) >= 0)

    def per_week(days: float) -> Floats:
        inside = posts.within("posted_at", days)
        return np.where(silent, np.nan, grouped.count(posts.pair[inside], n) / (days / 7.0))

    return {
        "days_since_post": grouped.last(posts.pair, ages, n),
        "posts_per_week_28d": per_week(28),
        "posts_per_week_90d": per_week(90),
        "gap_days": grouped.median(pair, gaps, n),
        "gap_variation": grouped.ratio(grouped.deviation(pair, gaps, n), grouped.mean(pair, gaps, n)),
        "gap_longest_days": grouped.largest(pair, gaps, n),
        "video_share": grouped.mean(latest.pair, moving, n),
    }


def _sponsored(posts: Visible, counted: Visible) -> dict[str, Floats]:
    n, pair, flag = posts.n, posts.pair, posts.numbers("sponsored")
    last_90d = posts.within("posted_at", 90)
    paid = flag == 1
    return {
        "sponsored_share": grouped.mean(pair, flag, n),
        "sponsored_share_90d": grouped.mean(pair[last_90d], flag[last_90d], n),
        "days_since_sponsored": grouped.last(pair[paid], posts.age_days("posted_at")[paid], n),
        **_sponsors(posts.where(paid), grouped.count(*_known(pair, flag), n) > 0),
        "sponsored_engagement_ratio": _paid_against_organic(counted.where(counted.within("posted_at", YEAR))),
    }


def _sponsors(paid: Visible, told: Mask) -> dict[str, Floats]:
    brand = codes(fold(paid.texts("brand")))
    named = brand >= 0
    pair, _, times = grouped.distinct(paid.pair[named], brand[named])
    back = grouped.total(pair, np.where(times > 1, times, 0).astype(np.float64), paid.n)
    return {
        "n_sponsor_brands": np.where(told, grouped.count(pair, paid.n), np.nan),
        "sponsor_repeat_share": grouped.ratio(back, grouped.count(paid.pair[named], paid.n)),
    }


def _paid_against_organic(year: Visible) -> Floats:
    flag, engagement = year.numbers("sponsored"), engagement_of(year)
    sides = []
    for value in (1.0, 0.0):
        pair, values = grouped.present(year.pair[flag == value], engagement[flag == value])
        sides.append((grouped.median(pair, values, year.n), grouped.count(pair, year.n)))
    (paid, n_paid), (organic, n_organic) = sides
    fewer = np.minimum(n_paid, n_organic)
    return np.asarray(np.log((paid + 0.5) / (organic + 0.5)) * (fewer / (fewer + SPONSORED_PRIOR_POSTS)))


def _growth(followers: Visible) -> dict[str, Floats]:
    return {
        "growth_30d": _growth_over(followers, 30),
        "growth_90d": _growth_over(followers, 90),
        **_jumps(followers.where(followers.within("observed_at", YEAR))),
    }


def _log_size(followers: Visible) -> Floats:
    return np.asarray(np.log(np.maximum(followers.numbers("followers"), 1.0)))


def _growth_over(followers: Visible, days: float) -> Floats:
    """From the latest count older than `days` to the latest of all, per 30 days; NaN where either is not there."""
    inside = followers.within("observed_at", days)
    (gain_to, at_to), (gain_from, at_from) = (
        (
            grouped.last(part.pair, _log_size(part), part.n),
            grouped.last(part.pair, part.age_days("observed_at"), part.n),
        )
        for part in (followers.where(inside), followers.where(~inside))
    )
    return grouped.ratio((gain_to - gain_from) * 30.0, at_from - at_to)


def _jumps(year: Visible) -> dict[str, Floats]:
    """Steps closer than a day count as a day apart, so that two readings of one day are no spike."""
    n = year.n
    pair, gain = grouped.steps(year.pair, _log_size(year))
    _, gap = grouped.steps(year.pair, -year.age_days("observed_at"))
    daily = gain / np.maximum(gap, 1.0)
    usual = np.where(grouped.count(pair, n) >= JUMP_STEPS, grouped.median(pair, daily, n), np.nan)
    return {
        "growth_spike": grouped.largest(pair, daily, n) - usual,
        "growth_drop": usual + grouped.largest(pair, -daily, n),
    }
