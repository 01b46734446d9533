"""Small random histories for the feature tests: missing values, ties at the very edge, empty tables, unknown ids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from data.history import History
from data.schemas import AGES, DIMENSIONS, GENDERS, GOALS, MEASURES, MEDIA_TYPES, PLATFORMS

START = pd.Timestamp("2024-01-01", tz="UTC")
DAYS = 420
WORDS = (
    "I love this!", "where can I buy it?", "😍😍", "not great, broke after two days", "nice pic", "see x.co",
    "@anna look", "Does it ship to Canada?", "so so good", "SO so good!!", "", "me encanta", "this is a scam",
    "just ordered mine", "which size is it", "Which size is it??", "the quality is bad", "you look amazing",
)  # fmt: skip
BUCKETS = {
    "age": AGES[:4], "gender": GENDERS, "country": ("US", "us ", "GB", "DE"), "city": ("Paris, FR", "Rome, IT"),
    "interest": ("Fashion", "fashion", "pets"), "language": ("en", "de"),
}  # fmt: skip


@dataclass(frozen=True)
class Sizes:
    """How many rows of each table to draw."""

    creators: int = 4
    posts: int = 40
    comments: int = 60
    followers: int = 30
    audience: int = 40
    campaigns: int = 3
    collaborations: int = 14
    pairings: int = 10


def sizes() -> st.SearchStrategy[Sizes]:
    """Sizes from empty tables and one-row tables up."""
    few = {
        "creators": 4,
        "posts": 14,
        "comments": 30,
        "followers": 12,
        "audience": 24,
        "campaigns": 3,
        "collaborations": 9,
    }
    return st.builds(Sizes, pairings=st.integers(1, 6), **{name: st.integers(0, most) for name, most in few.items()})


class Draw:
    """Draws tables from a generator. Times fall on a coarse grid, so that equal times and exact edges are common."""

    def __init__(self, rng: np.random.Generator, sizes: Sizes) -> None:
        self.rng, self.sizes = rng, sizes
        self.creators = [f"c{i}" for i in range(max(sizes.creators, 1))]
        self.campaigns = [f"k{i}" for i in range(max(sizes.campaigns, 1))]

    def times(self, n: int) -> pd.Series:
        """Days on a grid of a week for half of them, of a quarter of a day for the others."""
        days = np.where(
            self.rng.random(n) < 0.5, self.rng.integers(0, DAYS // 7, n) * 7, self.rng.integers(0, DAYS * 4, n) / 4
        )
        return START + pd.Series(pd.to_timedelta(days, unit="D"))

    def later(self, times: pd.Series, share: float, most_days: int = 60) -> pd.Series:
        """A known_at some whole days after `times`, for `share` of them."""
        late = times + pd.Series(pd.to_timedelta(self.rng.integers(0, most_days, len(times)), unit="D"))
        return late.where(self.rng.random(len(times)) < share)

    def pick(self, n: int, choices: Sequence[str], missing: float = 0.0) -> list[str | None]:
        """One of `choices`, or None with probability `missing`."""
        gone = self.rng.random(n) < missing
        return [None if g else choices[i] for g, i in zip(gone, self.rng.integers(0, len(choices), n), strict=True)]

    def numbers(self, n: int, high: int, missing: float = 0.2) -> np.ndarray:
        """Whole numbers from 0 below `high`, some missing."""
        return np.where(self.rng.random(n) < missing, np.nan, self.rng.integers(0, high, n))

    def flags(self, n: int, missing: float = 0.2) -> np.ndarray:
        """0 or 1, some missing."""
        return np.where(self.rng.random(n) < missing, np.nan, self.rng.integers(0, 2, n))

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table, raw."""
        posts = self.posts()
        return {
            "creators": self.profiles(), "posts": posts, "comments": self.comments(posts),
            "followers": self.followers(), "audience": self.audience(), "campaigns": self.briefs(),
            "campaign_audience": self.wishes(), "collaborations": self.deals(),
        }  # fmt: skip

    def profiles(self) -> pd.DataFrame:
        """One or two versions of each profile, the first often known since always."""
        n = self.sizes.creators
        ids = self.creators[:n] + self.creators[: n // 2]
        m = len(ids)
        known = self.times(m)
        known = known.where((self.rng.random(m) < 0.3) | (np.arange(m) >= n))
        return pd.DataFrame({
            "creator_id": ids, "platform": self.pick(m, PLATFORMS), "handle": self.pick(m, ("ab12", "x", "9__9"), 0.2),
            "bio": self.pick(m, ("", "food and dogs", "NYC"), 0.2), "category": self.pick(m, ("Food", "fashion "), 0.2),
            "language": self.pick(m, ("en", "de", "fr"), 0.3), "country": self.pick(m, ("US", "FR"), 0.3),
            "followers": self.numbers(m, 50_000), "following": self.numbers(m, 900), "verified": self.flags(m),
            "known_at": known,
        }).drop_duplicates(["creator_id", "known_at"])  # fmt: skip

    def posts(self) -> pd.DataFrame:
        """Posts of known and unknown creators."""
        n = self.sizes.posts
        posted = self.times(n)
        return pd.DataFrame({
            "post_id": [f"p{i}" for i in range(n)], "creator_id": self.pick(n, [*self.creators, "stray"]),
            "posted_at": posted,
            "caption": self.pick(n, ("#ad x", "", "dog"), 0.1),
            "media_type": self.pick(n, MEDIA_TYPES, 0.3), "likes": self.numbers(n, 500),
            "comments_count": self.numbers(n, 40), "shares": self.numbers(n, 20, 0.5),
            "saves": self.numbers(n, 20, 0.5),
            "views": self.numbers(n, 5000, 0.4), "counts_known_at": self.later(posted, 0.5),
            "sponsored": self.flags(n, 0.3), "brand": self.pick(n, ("Acme", "acme ", "Zed"), 0.4),
            "known_at": self.later(posted, 0.2),
        })  # fmt: skip

    def comments(self, posts: pd.DataFrame) -> pd.DataFrame:
        """Comments on those posts, some under posts nobody has, some by the creator in answer to others."""
        n = self.sizes.comments
        ids = [f"m{i}" for i in range(n)]
        post = self.rng.integers(0, len(posts), n) if len(posts) else np.zeros(0, int)
        on = list(posts["post_id"].to_numpy()[post]) if len(posts) else ["gone"] * n
        of = list(posts["creator_id"].to_numpy()[post]) if len(posts) else self.pick(n, self.creators)
        on = [p if keep else "gone" for p, keep in zip(on, self.rng.random(n) < 0.95, strict=True)]
        posted = self.times(n)
        return pd.DataFrame({
            "comment_id": ids, "post_id": on, "creator_id": of, "author_id": self.pick(n, "abcde", 0.2),
            "is_creator": np.where(self.rng.random(n) < 0.2, np.nan, self.rng.random(n) < 0.25),
            "text": self.pick(n, WORDS), "posted_at": posted, "likes": self.numbers(n, 9),
            "reply_to": self.answered(ids, of), "known_at": self.later(posted, 0.2),
        })  # fmt: skip

    def answered(self, ids: list[str], of: Sequence[str | None]) -> list[str | None]:
        """What each comment answers: often nothing, else a comment under the same creator, be it itself."""
        alike = {creator: [i for i, c in zip(ids, of, strict=True) if c == creator] for creator in of}
        return [alike[c][self.rng.integers(0, len(alike[c]))] if self.rng.random() < 0.6 else None for c in of]

    def followers(self) -> pd.DataFrame:
        """Follower counts, one per creator and time."""
        n = self.sizes.followers
        seen = self.times(n)
        table = pd.DataFrame({
            "creator_id": self.pick(n, self.creators), "observed_at": seen,
            "followers": self.rng.integers(0, 60_000, n).astype(float), "known_at": self.later(seen, 0.2),
        })  # fmt: skip
        return table.drop_duplicates(["creator_id", "observed_at"])

    def audience(self) -> pd.DataFrame:
        """Audience shares, few times, so that snapshots overlap."""
        n = self.sizes.audience
        dimension = self.pick(n, DIMENSIONS)
        seen = START + pd.Series(pd.to_timedelta(self.rng.integers(0, 4, n) * 91, unit="D"))
        table = pd.DataFrame({
            "creator_id": self.pick(n, self.creators), "observed_at": seen, "dimension": dimension,
            "bucket": [BUCKETS[str(d)][self.rng.integers(0, len(BUCKETS[str(d)]))] for d in dimension],
            "share": np.round(self.rng.random(n), 2), "known_at": self.later(seen, 0.2),
        })  # fmt: skip
        return table.drop_duplicates(["creator_id", "observed_at", "dimension", "bucket"])

    def briefs(self) -> pd.DataFrame:
        """Campaigns."""
        n = self.sizes.campaigns
        starts = self.times(n).dt.normalize()
        return pd.DataFrame({
            "campaign_id": self.campaigns[:n], "brand": self.pick(n, ("Acme", "Zed")),
            "category": self.pick(n, ("food", "Fashion")), "brief": self.pick(n, ("shoes for dogs", "soup")),
            "keywords": self.pick(n, ("shoes,dog", "soup"), 0.3), "competitors": self.pick(n, ("Zed", "Other"), 0.4),
            "goal": self.pick(n, GOALS), "starts_on": starts, "ends_on": starts + pd.Timedelta(days=30),
            "currency": "EUR", "order_value": 50.0, "gross_margin": 0.5, "ships_to": self.pick(n, ("US,GB", "de"), 0.4),
        })  # fmt: skip

    def wishes(self) -> pd.DataFrame:
        """The audience each campaign wants, in some dimensions."""
        rows = [
            {"campaign_id": k, "dimension": d, "bucket": b, "share": round(float(self.rng.random()), 2)}
            for k in self.campaigns[: self.sizes.campaigns]
            for d in DIMENSIONS
            for b in BUCKETS[d]
            if self.rng.random() < 0.4
        ]
        return pd.DataFrame(rows, columns=["campaign_id", "dimension", "bucket", "share"])

    def deals(self) -> pd.DataFrame:
        """Collaborations of every measure, some running."""
        n = self.sizes.collaborations
        agreed = self.times(n)
        exposed, holdout = self.rng.integers(1, 5000, n), self.rng.integers(1, 3000, n)
        return pd.DataFrame({
            "collaboration_id": [f"d{i}" for i in range(n)], "campaign_id": self.pick(n, [*self.campaigns, "old"]),
            "creator_id": self.pick(n, self.creators), "agreed_at": agreed, "fee": 100.0,
            "ended_at": self.later(agreed, 0.5), "outcome_known_at": self.later(agreed, 0.6),
            "impressions": self.numbers(n, 9000), "measure": self.pick(n, MEASURES, 0.2),
            "test_id": self.pick(n, ("t1", "t2"), 0.6), "exposed": np.where(self.rng.random(n) < 0.2, np.nan, exposed),
            "exposed_conversions": np.minimum(self.rng.integers(0, 30, n), exposed), "holdout": holdout,
            "holdout_conversions": np.minimum(self.rng.integers(0, 20, n), holdout),
            "lift_estimate": np.round(self.rng.normal(0.1, 0.2, n), 3), "lift_se": np.round(self.rng.random(n), 2),
            "clicks": self.numbers(n, 300), "attributed_conversions": self.numbers(n, 30),
            "code_uses_without_click": self.numbers(n, 9), "known_at": self.later(agreed, 0.1),
        })  # fmt: skip

    def pairings(self, tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
        """Pairings, some at the very time of a row, some of ids nobody knows; odd index labels."""
        n = self.sizes.pairings
        edges = [tables["posts"]["posted_at"], tables["comments"]["posted_at"], tables["collaborations"]["agreed_at"]]
        edge = pd.concat([e for e in edges if len(e)] or [self.times(1)], ignore_index=True)
        edge = edge.take(self.rng.integers(0, len(edge), n)).reset_index(drop=True)
        later = self.times(n) + pd.Timedelta(days=60)
        table = pd.DataFrame({
            "creator_id": pd.Series(self.pick(n, [*self.creators, *self.creators, "nobody"]), dtype="str"),
            "campaign_id": pd.Series(self.pick(n, [*self.campaigns, *self.campaigns, "nothing"]), dtype="str"),
            "as_of": edge.where(self.rng.random(n) < 0.4, later),
        })  # fmt: skip
        return table.set_axis([f"row {i}" for i in range(n)])


def draw(seed: int, of: Sizes | None = None) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Raw tables and pairings."""
    drawing = Draw(np.random.default_rng(seed), of or Sizes())
    tables = drawing.tables()
    return tables, drawing.pairings(tables)


def draw_history(seed: int, of: Sizes | None = None) -> tuple[History, pd.DataFrame]:
    """A history and pairings."""
    tables, pairings = draw(seed, of)
    return History.of(tables), pairings
