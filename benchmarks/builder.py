"""Speed and size of the feature builder.

1. Against a straightforward builder (pandas groupby, `TextBlob(text).sentiment`) on 2,000 creators: the outputs that
   both define must be equal; CPU seconds of both on one core, in turn, median of several rounds. Once on made-up tables
   (50 comments per creator, many texts repeated), once on 2,000 real creators with their real comments.
2. Seconds per creator and peak memory from 1,000 creators up to 100,000 (1 million posts, 5 million comments), in one
   process; then the largest once more with two worker processes.
3. One pairing of 20 posts and 400 comments: from the validated body of a request to its features, as the service does
   it, and from raw tables (`History.of`, `build_features`); median. Beside it TextBlob on the same comments.

Run: python benchmarks/builder.py [--creators 100000]
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from textblob import TextBlob

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from common import need_public_data, write_result

from data.history import History
from features.build import build_features
from serving.inputs import questions
from serving.schemas import Campaign, Candidate

AS_OF = pd.Timestamp("2026-01-01T00:00:00Z")
POSTS, COMMENTS = 10, 50
"""Per creator."""
SIZES = (1_000, 10_000, 100_000)
PLAIN_CREATORS = 2_000
ROUNDS = 3
BRIEF = Campaign.model_validate({
    "brand": "Acme", "category": "food", "brief": "Olive oil from small farms for people who cook at home",
    "goal": "sales", "starts_on": "2026-02-01", "ends_on": "2026-03-01", "currency": "EUR", "order_value": 30.0,
    "gross_margin": 0.5,
})  # fmt: skip
WORKERS = 2
OPENINGS = (
    "love this", "so good", "where can I buy it", "not sure about that", "broke after {n} days", "😍😍", "amazing",
    "how much is shipping to {n}", "ordered {n} of these", "you look great", "check my page", "@friend{n} look",
    "isn't great", "best so far", "terrible quality", "me encanta", "which size do you wear", "thanks for sharing",
)  # fmt: skip
SUBJECTS = ("travel", "pasta", "running", "linen", "skincare", "puppy", "garden", "coffee", "yoga", "sneakers")
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
    subject, day = rng.integers(0, len(SUBJECTS), (2, posts)), rng.integers(0, 400, posts)
    captions = [
        f"day {d} of {SUBJECTS[a]} and {SUBJECTS[b]}, more soon #{SUBJECTS[a]} #{SUBJECTS[b]}life"
        for d, a, b in zip(day, *subject, strict=True)
    ]
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
            "caption": captions, "likes": np.round(10 ** rng.uniform(1, 4, posts)),
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


def real_tables(creators: int) -> dict[str, pd.DataFrame]:
    """The real creators with most comments, so many of them, in the columns of `made_tables`."""
    folder = need_public_data("instagram-influencer-posts")
    profile, posts, comments = (pd.read_csv(folder / f"{name}.csv.gz") for name in ("creators", "posts", "comments"))
    comments = comments.merge(posts[["post_id", "creator_id"]], on="post_id")
    kept = comments["creator_id"].value_counts().index[:creators]
    posts, comments, profile = (f[f["creator_id"].isin(kept)] for f in (posts, comments, profile))
    return {
        "creators": profile[["creator_id", "followers"]].assign(platform="instagram", following=np.nan, bio=None),
        "posts": posts[["post_id", "creator_id", "caption", "likes"]].assign(
            comments_count=posts["comments"].astype("float64"), sponsored=np.nan,
            posted_at=pd.to_datetime(posts["taken_at"], unit="s", utc=True),
        ),
        "comments": comments[["comment_id", "post_id", "creator_id"]].assign(
            author_id=comments["commenter_id"], text=comments["text"].fillna(""), is_creator=False,
            posted_at=pd.to_datetime(comments["created_at"], unit="s", utc=True),
        ),
    }  # fmt: skip


def against_plain(tables: dict[str, pd.DataFrame], ids: pd.Series, rounds: int) -> dict[str, Any]:
    """Part 1."""
    pairings = pd.DataFrame({"creator_id": ids.to_numpy(), "campaign_id": "none", "as_of": AS_OF})
    history = History.of(tables)
    fast, slow = [], []
    for _ in range(rounds):
        started = time.process_time()
        ours = build_features(history, pairings)
        fast.append(time.process_time() - started)
        started = time.process_time()
        theirs = plain_features(tables, pairings)
        slow.append(time.process_time() - started)
    counts = [name for name in theirs if name in ("n_posts", "n_comments")]
    theirs[counts] = theirs[counts].fillna(0)
    known = ours[theirs.columns].notna() & theirs.notna()
    apart = [name for name in theirs if not np.allclose(ours[name][known[name]], theirs[name][known[name]])]
    return {
        "creators": len(pairings), "comments": len(tables["comments"]),
        "distinct_comment_texts": int(tables["comments"]["text"].nunique()),
        "features_of_ours": ours.shape[1], "features_of_plain": theirs.shape[1], "differing": apart,
        "cpu_seconds_ours": round(float(np.median(fast)), 2), "cpu_seconds_plain": round(float(np.median(slow)), 2),
        "times_faster": round(float(np.median(np.array(slow) / np.array(fast))), 1), "rounds": rounds,
    }  # fmt: skip


def one_size(creators: int, workers: int) -> dict[str, Any]:
    """Part 2, for one size, in a process of its own."""
    history = History.of(made_tables(creators))
    started, wall = _cpu(), time.perf_counter()
    build_features(history, asked(creators), workers=workers)
    seconds = _cpu() - started
    own, largest = (
        resource.getrusage(who).ru_maxrss / 2**20 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return {
        "creators": creators, "posts": creators * POSTS, "comments": creators * COMMENTS, "workers": workers,
        "cpu_seconds": round(seconds, 1), "wall_seconds": round(time.perf_counter() - wall, 1),
        "cpu_milliseconds_per_creator": round(1000 * seconds / creators, 3),
        "peak_gib": round(own + (workers * largest if workers > 1 else 0.0), 2),
    }  # fmt: skip


def _cpu() -> float:
    """CPU seconds of this process and of those it has waited for."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def one_creator() -> dict[str, pd.DataFrame]:
    """Raw tables of one creator with 20 posts and 400 comments."""
    rng = np.random.default_rng(1)
    comments = made_tables(8)["comments"].assign(creator_id="c0")
    return {
        "creators": made_tables(1)["creators"],
        "posts": made_tables(2)["posts"].assign(creator_id="c0"),
        "comments": comments.assign(post_id=_ids("p", rng.integers(0, 20, len(comments)))),
    }


def payload(tables: dict[str, pd.DataFrame]) -> Candidate:
    """The creator of `tables` as a request brings it: a profile, and posts with their comments."""
    comments: dict[str, list[dict[str, Any]]] = {}
    for row in tables["comments"].to_dict("records"):
        told = {name: row[name] for name in ("comment_id", "author_id", "text")}
        comments.setdefault(row["post_id"], []).append({**told, "posted_at": row["posted_at"].isoformat()})
    names = ("post_id", "caption", "likes", "comments_count", "sponsored")
    posts = [
        {**{name: row[name] for name in names}, "posted_at": row["posted_at"].isoformat(),
         "comments": comments.get(row["post_id"], [])}
        for row in tables["posts"].to_dict("records")
    ]  # fmt: skip
    profile = {"platform": "instagram", "followers": 12_000, "following": 300, "bio": "food and travel"}
    return Candidate.model_validate_json(json.dumps({"creator": profile, "posts": posts}))


def from_payload(candidate: Candidate) -> pd.DataFrame:
    """The features of a request's one candidate, from the validated body on."""
    asking = questions(BRIEF, [(0, candidate)], None, AS_OF)
    return build_features(asking.history, asking.pairings)


def _median_ms(run: Callable[[], object], times: int) -> float:
    spent = []
    for _ in range(times):
        started = time.process_time()
        run()
        spent.append(time.process_time() - started)
    return round(1000 * float(np.median(spent)), 1)


def one_pairing(times: int = 101) -> dict[str, Any]:
    """Part 3."""
    tables = one_creator()
    candidate, texts = payload(tables), tables["comments"]["text"].tolist()
    return {
        "posts": len(tables["posts"]), "comments": len(tables["comments"]),
        "median_milliseconds_from_a_request": _median_ms(lambda: from_payload(candidate), times),
        "median_milliseconds_from_raw_tables": _median_ms(
            lambda: build_features(History.of(tables), asked(1)), times
        ),
        "median_milliseconds_of_textblob_alone": _median_ms(
            lambda: [TextBlob(t).sentiment for t in texts], times // 10
        ),
    }  # fmt: skip


def _in_a_process(creators: int, workers: int) -> dict[str, Any]:
    command = [sys.executable, __file__, "--one-size", str(creators), "--workers", str(workers)]
    found: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    print(found, flush=True)
    return found


def main(most: int) -> None:
    result: dict[str, Any] = {"one_pairing": one_pairing()}
    print(result["one_pairing"], flush=True)
    made = made_tables(PLAIN_CREATORS)
    result["against_plain"] = against_plain(made, made["creators"]["creator_id"], ROUNDS)
    print(result["against_plain"], flush=True)
    sizes = [size for size in SIZES if size <= most]
    result["sizes"] = [*(_in_a_process(size, 1) for size in sizes), _in_a_process(sizes[-1], WORKERS)]
    write_result("builder", result)
    # Last, and only where the public data is: without it the benchmark ends here, with what it has written.
    real = real_tables(PLAIN_CREATORS)
    result["against_plain_on_real_creators"] = against_plain(real, real["creators"]["creator_id"], 1)
    print(result["against_plain_on_real_creators"], flush=True)
    write_result("builder", result)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--creators", type=int, default=SIZES[-1], help="the largest size to try")
    parser.add_argument("--one-size", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--workers", type=int, default=1, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one_size:
        print(json.dumps(one_size(given.one_size, given.workers)))
    else:
        main(given.creators)
