"""Speed and size of the feature builder.

1. Against a straightforward builder (pandas groupby, `TextBlob(text).sentiment`) on 2,000 creators: the outputs that
   both define must be equal; seconds of both, in turn, one core.
2. Seconds per creator and peak memory from 1,000 creators up to 100,000 (1 million posts, 5 million comments).
3. One pairing from raw tables of 20 posts and 400 comments: `History.of` and `build_features` together, median.

Run: python benchmarks/builder.py [--creators 100000]
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from textblob import TextBlob

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from common import write_result

from data.history import History
from features.build import build_features

AS_OF = pd.Timestamp("2026-01-01T00:00:00Z")
POSTS, COMMENTS = 10, 50
"""Per creator."""
SIZES = (1_000, 10_000, 100_000)
PLAIN_CREATORS = 2_000
OPENINGS = (
    "love this", "so good", "where can I buy it", "not sure about that", "broke after {n} days", "😍😍", "amazing",
    "how much is shipping to {n}", "ordered {n} of these", "you look great", "check my page", "@friend{n} look",
    "isn't great", "best so far", "terrible quality", "me encanta", "which size do you wear", "thanks for sharing",
)  # fmt: skip
CLOSINGS = ("", "!", "!!!", " please", " 🔥", " from {n}", " my friend", " honestly", " again and again", " {n}")


def made_tables(creators: int, seed: int = 0) -> dict[str, pd.DataFrame]:
    """Random tables with `POSTS` posts and `COMMENTS` comments per creator; most comment texts occur once or twice."""
    rng = np.random.default_rng(seed)
    posts, comments = creators * POSTS, creators * COMMENTS
    owner, on = rng.integers(0, creators, posts), rng.integers(0, posts, comments)
    posted = AS_OF - pd.to_timedelta(rng.integers(0, 86_400 * 400, posts), unit="s")
    written = posted[on] + pd.to_timedelta(rng.integers(0, 86_400 * 9, comments), unit="s")
    opening, closing = rng.integers(0, len(OPENINGS), comments), rng.integers(0, len(CLOSINGS), comments)
    number = rng.integers(0, 5_000, comments)
    texts = [
        (OPENINGS[a] + CLOSINGS[b]).replace("{n}", str(n)) for a, b, n in zip(opening, closing, number, strict=True)
    ]
    return {
        "creators": pd.DataFrame({
            "creator_id": _ids("c", np.arange(creators)), "platform": "instagram", "category": "food",
            "followers": np.round(10 ** rng.uniform(3, 6, creators)), "following": 300, "bio": "food and travel",
        }),
        "posts": pd.DataFrame({
            "post_id": _ids("p", np.arange(posts)), "creator_id": _ids("c", owner), "posted_at": posted,
            "caption": "a day at the sea #travel #sun", "likes": np.round(10 ** rng.uniform(1, 4, posts)),
            "comments_count": rng.integers(0, 90, posts), "sponsored": rng.random(posts) < 0.1,
        }),
        "comments": pd.DataFrame({
            "comment_id": _ids("m", np.arange(comments)), "post_id": _ids("p", on), "creator_id": _ids("c", owner[on]),
            "author_id": _ids("u", rng.integers(0, 1 + comments // 3, comments)), "text": texts, "posted_at": written,
            "is_creator": False,
        }),
    }  # fmt: skip


def _ids(letter: str, numbers: np.ndarray) -> pd.Series:
    return letter + pd.Series(numbers).astype("str")


def asked(creators: int) -> pd.DataFrame:
    """One pairing per creator."""
    ids = _ids("c", np.arange(creators))
    return pd.DataFrame({"creator_id": ids, "campaign_id": "none", "as_of": AS_OF})


def plain_features(tables: dict[str, pd.DataFrame], pairings: pd.DataFrame) -> pd.DataFrame:
    """What a data scientist writes in an afternoon: groups by creator, one aggregate after another."""
    keys = pairings["creator_id"]
    profile = tables["creators"].set_index("creator_id")
    posts = tables["posts"].merge(pairings, on="creator_id").query("posted_at < as_of")
    posts = posts.merge(profile[["followers"]], left_on="creator_id", right_index=True)
    final = posts[posts["posted_at"] + pd.Timedelta(days=7) < posts["as_of"]].copy()
    final["rate"] = (final["likes"] + final["comments_count"]) / final["followers"]
    final["like_rate"] = final["likes"] / final["followers"]
    final["talk"] = final["comments_count"] / final["likes"]
    out = pd.DataFrame(index=keys)
    by_final, by_post = final.groupby("creator_id"), posts.groupby("creator_id")
    out["n_posts"] = by_post.size()
    out["engagement_rate_by_followers"] = by_final["rate"].median()
    out["like_rate_by_followers"] = by_final["like_rate"].median()
    out["comments_per_like"] = by_final["talk"].median()
    out["engagement_volatility"] = by_final.apply(_spread, include_groups=False)
    out["days_since_post"] = by_post.apply(_since, include_groups=False)
    out["gap_days"] = by_post["posted_at"].apply(lambda t: t.sort_values().diff().median() / pd.Timedelta(days=1))
    out["posts_per_week_90d"] = by_post.apply(_weekly, include_groups=False)
    out["sponsored_share"] = by_post["sponsored"].mean()
    return out.join(_plain_comments(tables["comments"], pairings)).set_axis(pairings.index)


def _spread(posts: pd.DataFrame) -> float:
    logs = np.log(posts["likes"] + posts["comments_count"] + 1)
    return 1.4826 * float((logs - logs.median()).abs().median()) if len(logs) > 2 else np.nan


def _since(posts: pd.DataFrame) -> float:
    return float((posts["as_of"] - posts["posted_at"]).min() / pd.Timedelta(days=1))


def _weekly(posts: pd.DataFrame) -> float:
    return float((posts["posted_at"] >= posts["as_of"] - pd.Timedelta(days=90)).sum()) / (90 / 7)


def _plain_comments(comments: pd.DataFrame, pairings: pd.DataFrame) -> pd.DataFrame:
    seen = comments.merge(pairings, on="creator_id").query("posted_at < as_of").copy()
    blobs = seen["text"].apply(lambda text: TextBlob(text).sentiment)
    seen["polarity"] = blobs.apply(lambda s: s.polarity)
    seen["subjectivity"] = blobs.apply(lambda s: s.subjectivity)
    groups = seen.groupby("creator_id")
    out = pd.DataFrame({"n_comments": groups.size()})
    out["textblob_polarity"] = groups["polarity"].mean()
    out["textblob_subjectivity"] = groups["subjectivity"].mean()
    out["textblob_zero_share"] = groups["polarity"].apply(lambda p: (p == 0).mean())
    out["unique_text_share"] = groups["text"].nunique() / groups.size()
    out["n_commenters"] = groups["author_id"].nunique()
    authors = seen.groupby(["creator_id", "author_id"])["post_id"].nunique()
    repeat = seen.set_index(["creator_id", "author_id"]).index.map(authors >= 2)
    out["repeat_commenter_share"] = pd.Series(repeat, index=seen["creator_id"]).groupby(level=0).mean()
    return out


def against_plain() -> dict[str, Any]:
    """Part 1."""
    tables, pairings = made_tables(PLAIN_CREATORS), asked(PLAIN_CREATORS)
    history = History.of(tables)
    started = time.process_time()
    ours = build_features(history, pairings)
    fast = time.process_time() - started
    started = time.process_time()
    theirs = plain_features(tables, pairings)
    slow = time.process_time() - started
    counts = [name for name in theirs if name in ("n_posts", "n_comments")]
    theirs[counts] = theirs[counts].fillna(0)
    apart = [name for name in theirs if not np.allclose(ours[name], theirs[name], equal_nan=True)]
    return {
        "creators": PLAIN_CREATORS, "features_of_ours": ours.shape[1], "features_of_plain": theirs.shape[1],
        "differing": apart, "seconds_ours": round(fast, 2), "seconds_plain": round(slow, 2),
        "times_faster": round(slow / fast, 1),
    }  # fmt: skip


def one_size(creators: int) -> dict[str, Any]:
    """Part 2, for one size, in a process of its own."""
    history = History.of(made_tables(creators))
    started, wall = time.process_time(), time.perf_counter()
    build_features(history, asked(creators))
    seconds = time.process_time() - started
    return {
        "creators": creators, "posts": creators * POSTS, "comments": creators * COMMENTS,
        "cpu_seconds": round(seconds, 1), "wall_seconds": round(time.perf_counter() - wall, 1),
        "milliseconds_per_creator": round(1000 * seconds / creators, 3),
        "peak_gib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2),
    }  # fmt: skip


def one_pairing(times: int = 101) -> dict[str, Any]:
    """Part 3."""
    rng = np.random.default_rng(1)
    tables = made_tables(1)
    tables["posts"] = made_tables(2)["posts"].assign(creator_id="c0")
    comments = made_tables(8)["comments"].assign(creator_id="c0")
    tables["comments"] = comments.assign(post_id=_ids("p", rng.integers(0, 20, len(comments))))
    spent = []
    for _ in range(times):
        started = time.process_time()
        build_features(History.of(tables), asked(1))
        spent.append(time.process_time() - started)
    return {
        "posts": len(tables["posts"]), "comments": len(tables["comments"]),
        "median_milliseconds": round(1000 * float(np.median(spent)), 1),
    }  # fmt: skip


def main(most: int) -> None:
    result: dict[str, Any] = {"one_pairing": one_pairing(), "against_plain": against_plain(), "sizes": []}
    print(result["one_pairing"])
    print(result["against_plain"], flush=True)
    for size in SIZES:
        if size <= most:
            command = [sys.executable, __file__, "--one-size", str(size)]
            result["sizes"].append(json.loads(subprocess.run(command, check=True, capture_output=True).stdout))
            print(result["sizes"][-1], flush=True)
    write_result("builder", result)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--creators", type=int, default=SIZES[-1], help="the largest size to try")
    parser.add_argument("--one-size", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one_size:
        print(json.dumps(one_size(given.one_size)))
    else:
        main(given.creators)
