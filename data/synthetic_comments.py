"""The comments of a simulated market: who writes, what about, in which words, and whether the creator answers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.synthetic_config import MarketConfig
from data.synthetic_phrases import INTENTS, LANGUAGES, REPLIES, WARM
from data.synthetic_posts import Posts
from data.synthetic_text import Banks, comment_texts
from data.synthetic_world import Population, labels, moments, pick

_USUAL = dict(zip(INTENTS, (0.09, 0.09, 0.08, 0.20, 0.12, 0.10, 0.07, 0.07, 0.08, 0.10), strict=True))
"""Usual shares of the intents among comments."""
_SPREAD = {
    "purchase": 0.9, "complaint": 1.0, "spam": 0.9, "question": 0.6, "product": 0.7, "praise": 0.9, "generic": 0.4,
    "emoji": 0.4,
}  # fmt: skip
"""How far the log odds (of the first three) or log weight (of the rest) moves with one sd of the trait."""
_OWN_SHARE = ("purchase", "complaint", "spam")
"""Intents with a share of their own; the others divide what is left."""
_TRAIT = {
    "purchase": "intent", "question": "question", "complaint": "complaint", "praise": "positivity",
    "generic": "positivity", "emoji": "positivity", "spam": "spam", "product": "fan",
}  # fmt: skip
_NO_COMMENTS = 0.04
"""Share of creators with comments switched off."""
_PODS_OF = 12
"""Creators in one pod; its members comment under each other's posts."""
_POD_SIZE = 12
_BOTS = 20_000
_MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Comments:
    """Comments of followers as arrays of shape (n_comments,), sorted by post."""

    post: np.ndarray
    intent: np.ndarray
    author: np.ndarray
    day: np.ndarray


def captured_counts(rng: np.random.Generator, posts: Posts, people: Population, config: MarketConfig) -> np.ndarray:
    """How many comments of each post are on record, shape (n_posts,)."""
    lively = rng.gamma(4.0, 0.25, len(people)) * (rng.random(len(people)) >= _NO_COMMENTS) / (1.0 - _NO_COMMENTS)
    mean = config.comments_per_creator / config.posts_per_creator * lively[posts.creator]
    return np.asarray(rng.poisson(mean * rng.gamma(2.0, 0.5, len(posts))))


def intent_shares(people: Population) -> np.ndarray:
    """Shares of the intents among each creator's comments, shape (n_creators, n_intents), rows adding up to 1."""
    weights = np.empty((len(people), len(INTENTS)))
    for column, intent in enumerate(INTENTS):
        shift = _SPREAD[intent] * people.traits[_TRAIT[intent]] if intent in _TRAIT else np.zeros(len(people))
        odds = _USUAL[intent] * np.exp(shift)
        weights[:, column] = odds / (1.0 - _USUAL[intent] + odds) if intent in _OWN_SHARE else odds
    own = np.isin(INTENTS, _OWN_SHARE)
    taken = np.minimum(weights[:, own].sum(axis=1, keepdims=True), 0.9)
    weights[:, own] *= taken / weights[:, own].sum(axis=1, keepdims=True)
    weights[:, ~own] *= (1.0 - taken) / weights[:, ~own].sum(axis=1, keepdims=True)
    return weights


def draw_comments(rng: np.random.Generator, posts: Posts, people: Population, captured: np.ndarray) -> Comments:
    """Comments under every post, with intents from the creator's shares; what came after the market's end is cut."""
    post = np.repeat(np.arange(len(posts)), captured)
    creator = posts.creator[post]
    day = posts.day[post] + np.minimum(rng.exponential(0.4, len(post)) * np.exp(rng.normal(0.0, 1.0, len(post))), 40.0)
    kept = np.flatnonzero(day < -0.001)
    post, creator, day = post[kept], creator[kept], day[kept]
    from_pod = rng.random(len(post)) < people.pod[creator]
    intent = _intents(rng, intent_shares(people)[creator], posts.sponsored[post], people.traits["trust"][creator])
    podlike = np.array([INTENTS.index(i) for i in ("praise", "generic", "generic", "emoji")])
    intent = np.where(from_pod, podlike[rng.integers(0, len(podlike), len(post))], intent)
    return Comments(post, intent, _authors(rng, people, creator, intent, from_pod), day)


def _intents(rng: np.random.Generator, shares: np.ndarray, sponsored: np.ndarray, trust: np.ndarray) -> np.ndarray:
    """Under sponsored posts more talk of buying, and more complaints where the creator is not trusted."""
    weights = shares.copy()
    weights[:, INTENTS.index("purchase")] *= np.where(sponsored, 1.25, 1.0)
    weights[:, INTENTS.index("complaint")] *= np.where(sponsored, 1.3 * np.exp(-0.5 * trust), 1.0)
    edges = weights.cumsum(axis=1)
    return np.asarray((rng.random(len(shares))[:, None] * edges[:, -1:] > edges).sum(axis=1))


def _authors(
    rng: np.random.Generator, people: Population, creator: np.ndarray, intent: np.ndarray, from_pod: np.ndarray
) -> np.ndarray:
    """Author numbers: a creator's regulars (a few of them often), a pod's members, or bots that are everywhere."""
    regulars = np.clip(people.followers[creator] ** 0.6, 60, 3_000)
    own = creator.astype(np.int64) * 4_096 + np.floor(regulars * rng.random(len(creator)) ** 1.6).astype(np.int64)
    pods = np.cumsum(people.pod > 0) // _PODS_OF
    pod = np.int64(2) ** 40 + pods[creator] * _POD_SIZE + rng.integers(0, _POD_SIZE, len(creator))
    bot = np.int64(2) ** 41 + rng.integers(0, _BOTS, len(creator))
    author = np.where(from_pod, pod, own)
    return np.where(intent == INTENTS.index("spam"), bot, author)


def author_ids(numbers: np.ndarray) -> np.ndarray:
    """Author numbers as they would look hashed, objects of shape (n,)."""
    mixed = (numbers.astype(np.uint64) + np.uint64(1)) * _MIX >> np.uint64(16)
    return np.array([f"u{n:012x}" for n in mixed.tolist()], dtype=object)


def comments_frame(
    rng: np.random.Generator, comments: Comments, posts: Posts, people: Population, banks: Banks, end: pd.Timestamp
) -> pd.DataFrame:
    """The `comments` table: followers' comments and the creators' answers."""
    creator = posts.creator[comments.post]
    n = len(creator)
    home = people.language[creator]
    language = np.where(rng.random(n) < 0.6, home, 0)
    text = np.empty(n, dtype=object)
    for code, intent in enumerate(INTENTS):
        rows = np.flatnonzero(comments.intent == code)
        text[rows] = comment_texts(rng, banks, intent, language[rows], posts.niche[comments.post[rows]])
    warm = _in_a_good_mood(rng, comments.intent, people.traits["positivity"][creator])
    text[warm] = text[warm] + pick(rng, WARM, len(warm))
    ids = labels("k", np.arange(n), 9)
    answered, day = _answered(rng, comments, people.traits["trust"][creator])
    replies = np.empty(len(answered), dtype=object)
    for code in np.unique(language[answered]):
        rows = np.flatnonzero(language[answered] == code)
        replies[rows] = pick(rng, REPLIES[LANGUAGES[code]], len(rows))
    owner = author_ids(np.int64(2) ** 42 + creator)
    post_ids = posts.ids
    late = rng.random(n) < 0.05
    both = {
        "comment_id": (ids, labels("r", np.arange(len(answered)), 9)),
        "post_id": (post_ids[comments.post], post_ids[comments.post[answered]]),
        "creator_id": (people.ids[creator], people.ids[creator[answered]]),
        "author_id": (author_ids(comments.author), owner[answered]),
        "is_creator": (np.zeros(n), np.ones(len(answered))),
        "text": (text, replies),
        "likes": (rng.poisson(rng.gamma(0.3, 4.0, n)).astype(float), rng.poisson(1.0, len(answered)).astype(float)),
        "reply_to": (np.full(n, None, dtype=object), ids[answered]),
    }
    columns = {name: np.concatenate(pair) for name, pair in both.items()}
    known = np.where(late & (comments.day < -3.0), comments.day + 2.0, np.nan)
    known = np.concatenate([known, np.full(len(answered), np.nan)])
    return pd.DataFrame(
        {**columns, "posted_at": moments(end, np.concatenate([comments.day, day])), "known_at": moments(end, known)}
    )


def _in_a_good_mood(rng: np.random.Generator, intent: np.ndarray, positivity: np.ndarray) -> np.ndarray:
    """Rows whose author adds something warm to whatever the comment is about."""
    open_to_it = ~np.isin(intent, [INTENTS.index(i) for i in ("complaint", "spam", "emoji", "generic")])
    chance = 1.0 / (1.0 + np.exp(1.1 - 1.1 * positivity))
    return np.flatnonzero(open_to_it & (rng.random(len(intent)) < chance))


def _answered(rng: np.random.Generator, comments: Comments, trust: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which comments the creator answers (mostly questions and would-be buyers), and when."""
    asking = np.isin(comments.intent, [INTENTS.index("purchase"), INTENTS.index("question")])
    chance = np.where(asking, 0.55, 0.2) / (1.0 + np.exp(0.4 - 1.2 * trust))
    delay = np.exp(rng.normal(np.log(0.15) - 0.4 * trust, 1.0))
    day = comments.day + delay
    answered = np.flatnonzero((rng.random(len(trust)) < chance) & (day < -0.001))
    return answered, day[answered]
