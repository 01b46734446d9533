"""What sets given creators apart, by a few plain counts on their own posts and comments.

Only for `simulate_outcomes`: the truth laid on top of real creators must hang on what they really post and get.
The counts are deliberately simple and share nothing with the features that are later asked to find that truth again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.schemas import PLATFORMS
from data.synthetic_campaigns import FIRST_START, LAST_START, Topic
from data.synthetic_deals import LATEST_AGREED, Available
from data.synthetic_niches import NICHES
from data.synthetic_world import NO_ONE, Population

_SIGNS = {
    "intent": "buy bought order ordered ordering price link ship shipping shop store code restock "
    "purchase comprar precio kaufen acheter|how much|in stock|need this|need these|want this|want these|onde compro",
    "complaint": "scam fake overpriced disappointed disappointing worst terrible refund broke waste unfollow "
    "unfollowing unfollowed hate ugly|never arrived|not worth|isn't great|isn't good|too many ads",
    "positivity": "love amazing beautiful gorgeous great best perfect inspiring thank thanks awesome stunning helpful "
    "congrats congratulations",
    "spam": "f4f l4l collab ambassador promote whatsapp crypto|dm me|dm us|check my|check our|check out my|follow me|"
    "follow back|follow us|send pic|message us",
    "fan": "mine|i have|my own|i use|been using|we have",
}
"""Words, then phrases, that count a comment towards a trait."""
_HEARTS = "😍❤💕🔥👏🙌💯"


def _pattern(signs: str) -> str:
    words, *phrases = signs.split("|")
    return r"\b(?:" + "|".join(re.escape(s) for s in (*words.split(), *phrases)) + r")\b"


_PATTERNS = {name: _pattern(signs) for name, signs in _SIGNS.items()} | {"question": r"\?"}
_PATTERNS["positivity"] += f"|[{_HEARTS}]"
_PSEUDO_COMMENTS = 6.0
_PSEUDO_POSTS = 1.5
_HIDDEN = 0.3
"""Sd of what the counts miss of each trait, on the scale of its own spread."""
_MOST = 2.5
_TAG = re.compile(r"#(\w{3,30})")
_WORDS_PER_TOPIC = 12
_ENOUGH_CONTENT = 0.6
"""A creator is looked at once this share of the posts is there."""
_PLACES = ("studio", "feed", "city")
_PRODUCTS = ("starter set", "new collection", "bestseller", "gift box")


@dataclass(frozen=True)
class Measured:
    """Given creators as a population, and what their categories talk about."""

    people: Population
    topics: list[Topic]


def measure_population(rng: np.random.Generator, given: Mapping[str, pd.DataFrame], end: pd.Timestamp) -> Measured:
    """Given tables (typed) as a population in the order of the first row of each creator."""
    creators = given["creators"].drop_duplicates("creator_id", keep="last").reset_index(drop=True)
    number = pd.Series(np.arange(len(creators)), index=creators["creator_id"])
    posts = _numbered(given["posts"], number, end)
    comments = _numbered(given["comments"], number, end) if "comments" in given else None
    n = len(creators)
    category, names = pd.factorize(creators["category"].fillna("other").str.strip().replace("", "other"), sort=True)
    topics = _topics(posts, category, list(names))
    followers = creators["followers"].clip(lower=1.0)
    followers = followers.fillna(followers.median() if followers.notna().any() else 10_000.0).to_numpy()
    traits = {**_comment_traits(comments, n), **_post_traits(posts, followers)}
    hidden = {name: np.clip(_standard(v) + _HIDDEN * rng.normal(size=n), -_MOST, _MOST) for name, v in traits.items()}
    hidden["habit"] = np.clip(rng.normal(size=n), -_MOST, _MOST)
    people = Population(
        ids=creators["creator_id"].to_numpy(dtype=object),
        platform=np.array([PLATFORMS.index(p) for p in creators["platform"]]),
        category=category,
        followers=followers,
        growth=np.zeros(n),
        spike_at=np.zeros(n),
        spike=np.zeros(n),
        traits=hidden,
        pod=_pods(comments, n),
        topics=_content(posts, category, topics),
        language=np.full(n, NO_ONE),
        audience={},
        loved=np.full(n, NO_ONE),
        partners=np.full((n, 1), NO_ONE),
    )
    return Measured(people, topics)


def _numbered(frame: pd.DataFrame, number: pd.Series, end: pd.Timestamp) -> pd.DataFrame:
    """Rows of known creators before `end`, with their `creator` number and `day`."""
    day = (frame["posted_at"] - end).dt.total_seconds() / 86_400.0
    creator = number.reindex(frame["creator_id"]).to_numpy()
    kept = np.isfinite(creator) & (day < 0).to_numpy()
    return frame.assign(creator=creator, day=day)[kept].astype({"creator": int}).reset_index(drop=True)


def _share(hits: np.ndarray, creator: np.ndarray, n: int, pseudo: float) -> np.ndarray:
    """Log odds of a share per creator, pulled towards the overall share by `pseudo` rows; shape (n,)."""
    overall = (hits.sum() + 0.5) / (len(hits) + 1.0)
    share = (np.bincount(creator, hits, n) + pseudo * overall) / (np.bincount(creator, minlength=n) + pseudo)
    return np.asarray(np.log(share / np.maximum(1.0 - share, 1e-9)))


def _standard(values: np.ndarray) -> np.ndarray:
    """Standardised over creators; zeros where all are alike."""
    spread = values.std()
    return np.asarray((values - values.mean()) / spread if spread > 1e-12 else np.zeros(len(values)))


def _comment_traits(comments: pd.DataFrame | None, n: int) -> dict[str, np.ndarray]:
    names = (*_PATTERNS, "trust")
    if comments is None or not len(comments):
        return {name: np.zeros(n) for name in names}
    own = (comments["is_creator"] == 1).to_numpy()
    creator = comments["creator"].to_numpy()
    text = comments["text"][~own].str.lower()
    traits = {}
    for name, pattern in _PATTERNS.items():
        found = re.compile(pattern)
        hits = np.array([found.search(t) is not None for t in text.tolist()], dtype=float)
        traits[name] = _share(hits, creator[~own], n, _PSEUDO_COMMENTS)
    traits["trust"] = _share(own.astype(float), creator, n, _PSEUDO_COMMENTS)
    return traits


def _post_traits(posts: pd.DataFrame, followers: np.ndarray) -> dict[str, np.ndarray]:
    """Posting rate, sponsored share, and likes and comments against what size explains."""
    n, creator = len(followers), posts["creator"].to_numpy()
    count = np.bincount(creator, minlength=n).astype(float)
    first = np.full(n, 0.0)
    np.minimum.at(first, creator, posts["day"].to_numpy())
    weeks = np.maximum(-first, 28.0) / 7.0
    sponsored = (posts["sponsored"] == 1).to_numpy(dtype=float)
    reactions = (posts["likes"].fillna(0) + posts["comments_count"].fillna(0)).to_numpy()
    known = count > 0
    level = np.log1p(np.bincount(creator, reactions, n) / np.maximum(count, 1.0))
    residual = np.zeros(n)
    if known.sum() > 2:
        size = np.log(followers[known])
        slope, intercept = np.polyfit(size, level[known], 1) if size.std() > 1e-6 else (0.0, level[known].mean())
        residual[known] = (level[known] - slope * size - intercept) * (count[known] / (count[known] + _PSEUDO_POSTS))
    rate = np.where(known, np.log((count + 0.5) / weeks), 0.0)
    rate = np.where(known, rate, rate[known].mean() if known.any() else 0.0)
    return {
        "activity": rate,
        "sponsored": _share(sponsored, creator, n, _PSEUDO_POSTS),
        "engagement": residual,
    }


def _pods(comments: pd.DataFrame | None, n: int) -> np.ndarray:
    """Share of comments by authors who comment under four or more creators, pulled towards none."""
    if comments is None or not len(comments):
        return np.zeros(n)
    named = comments[comments["author_id"].notna() & (comments["is_creator"] != 1)]
    spread = named.groupby("author_id")["creator"].nunique()
    hits = named["author_id"].map(spread >= 4).to_numpy(dtype=float)
    creator = named["creator"].to_numpy()
    return np.asarray(np.bincount(creator, hits, n) / (np.bincount(creator, minlength=n) + _PSEUDO_COMMENTS) * 0.5)


def _tags(posts: pd.DataFrame) -> pd.DataFrame:
    """One row per (row of `posts`, hashtag)."""
    found = [set(_TAG.findall(caption)) for caption in posts["caption"].fillna("").str.lower().tolist()]
    row = np.repeat(np.arange(len(posts)), [len(tags) for tags in found])
    return pd.DataFrame({"row": row, "tag": [tag for tags in found for tag in sorted(tags)]})


def _topics(posts: pd.DataFrame, category: np.ndarray, names: Sequence[str]) -> list[Topic]:
    """What each category talks about: hashtags its creators use more than others do, else our own niche's words."""
    tags = _tags(posts)
    creator = posts["creator"].to_numpy()[tags["row"].to_numpy()] if len(tags) else np.zeros(0, dtype=int)
    use = pd.DataFrame({"category": category[creator], "creator": creator, "tag": tags["tag"]}).drop_duplicates()
    counts = use.groupby(["category", "tag"]).size().rename("n").reset_index()
    everywhere = counts.groupby("tag")["n"].transform("sum")
    counts["score"] = counts["n"] ** 2 / everywhere
    counts = counts[counts["n"] >= 3].sort_values(["category", "score", "tag"], ascending=[True, False, True])
    return [_topic(name, counts.loc[counts["category"] == code, "tag"].tolist()) for code, name in enumerate(names)]


def _topic(name: str, tags: Sequence[str]) -> Topic:
    own = next((niche for niche in NICHES if niche.name in name.lower()), None)
    words = [*tags[:_WORDS_PER_TOPIC], *(own.words if own is not None and len(tags) < 4 else ())]
    if own is None:
        return Topic(name, _PRODUCTS, words or [name], _PLACES)
    return Topic(name, own.products, words or [name], own.places, own.age, own.female)


def _content(posts: pd.DataFrame, category: np.ndarray, topics: Sequence[Topic]) -> np.ndarray:
    """Content shares, shape (n_creators, n_categories): from the stated category, and whose words captions use."""
    n = len(category)
    stated = np.eye(len(topics))[category]
    tags = _tags(posts)
    creator = posts["creator"].to_numpy()
    hits = np.zeros((n, len(topics)))
    for code, topic in enumerate(topics):
        rows = tags.loc[tags["tag"].isin(list(topic.words)), "row"].unique()
        hits[:, code] = np.bincount(creator[rows], minlength=n)
    shown = (hits + _PSEUDO_POSTS * stated) / (np.bincount(creator, minlength=n) + _PSEUDO_POSTS)[:, None]
    return np.asarray(0.4 * stated + 0.6 * shown / np.maximum(shown.sum(axis=1, keepdims=True), 1.0))


def content_days(given: Mapping[str, pd.DataFrame], people: Population, end: pd.Timestamp) -> np.ndarray:
    """The day by which most of each creator's posts are there, shape (n_creators,); NaN without posts."""
    number = pd.Series(np.arange(len(people)), index=people.ids)
    posts = _numbered(given["posts"], number, end)
    there = posts.groupby("creator")["day"].quantile(_ENOUGH_CONTENT)
    return np.asarray(there.reindex(np.arange(len(people))).to_numpy())


def first_start(there: np.ndarray) -> float:
    """The day of the first campaign: when a quarter of the creators who post at all have most of their posts."""
    known = there[np.isfinite(there)]
    quarter = float(np.quantile(known, 0.25)) + LATEST_AGREED if len(known) else FIRST_START
    return float(np.clip(quarter, FIRST_START, LAST_START - 1.0))


def available_by(there: np.ndarray) -> Available:
    """How willing brands are to look at each creator on a day: fully once most posts are there, hardly before."""

    def available(day: float) -> np.ndarray:
        return np.where(np.isnan(there), 0.1, np.where(there < day - LATEST_AGREED, 1.0, 0.005))

    return available
