"""The posts of a simulated market: when, about what, paid by whom, how many reacted, and what the caption says."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.schemas import PLATFORMS
from data.synthetic_config import MarketConfig
from data.synthetic_niches import NICHES
from data.synthetic_phrases import ADVERTS, CANDID, CODES, DISCLOSURES, GUSHING, MENTIONS, PLAIN
from data.synthetic_text import Banks
from data.synthetic_truth import people_reached
from data.synthetic_world import NO_ONE, Brands, Campaigns, Deals, Population, labels, moments, pick

MEAN_PER_WEEK = 0.9
"""Mean posts a week on record over all creators: real accounts post more, which would only make the record larger."""
_ACTIVITY_SD = 0.6
LOOKED_AT_FACTOR = 4.5
"""Creators with a deal or a question are on record for so many times the period of the others, before it."""
_FORMATS: dict[str, tuple[tuple[str, ...], tuple[float, ...]]] = {
    "instagram": (("image", "carousel", "reel", "story"), (0.35, 0.25, 0.32, 0.08)),
    "tiktok": (("video",), (1.0,)),
    "youtube": (("video", "short"), (0.6, 0.4)),
    "other": (("image", "video"), (0.6, 0.4)),
}
_LIKES_BY_PLATFORM = np.array([1.0, 2.2, 0.8, 0.8])
_TAG_SETS = 120


@dataclass(frozen=True)
class Posts:
    """Posts as arrays of shape (n_posts,), sorted by creator and day."""

    creator: np.ndarray
    day: np.ndarray
    niche: np.ndarray
    sponsored: np.ndarray
    brand: np.ndarray
    mention: np.ndarray
    """A brand mentioned without pay, or NO_ONE."""
    deal: np.ndarray
    """The collaboration this is the post of, or NO_ONE."""

    def __len__(self) -> int:
        return len(self.creator)

    @property
    def ids(self) -> np.ndarray:
        """Post ids, objects of shape (n_posts,)."""
        return labels("p", np.arange(len(self)), 8)


def on_record_since(people: Population, deals: Deals, asked: np.ndarray, config: MarketConfig) -> np.ndarray:
    """The day from which each creator's posts are on record, shape (n_creators,), negative."""
    period = 7.0 * config.posts_per_creator / MEAN_PER_WEEK
    first = np.full(len(people), np.inf)
    np.minimum.at(first, deals.creator, deals.agreed)
    first[asked] = np.minimum(first[asked], 0.0)
    return np.where(np.isfinite(first), first - LOOKED_AT_FACTOR * period, -period)


def draw_posts(
    rng: np.random.Generator, people: Population, campaigns: Campaigns, deals: Deals, since: np.ndarray
) -> Posts:
    """Ordinary posts at each creator's own pace, and the post of every collaboration."""
    weekly = MEAN_PER_WEEK * np.exp(_ACTIVITY_SD * people.traits["activity"] - _ACTIVITY_SD**2 / 2)
    count = rng.poisson(weekly * -since / 7.0)
    creator = np.repeat(np.arange(len(people)), count)
    day = since[creator] * rng.random(len(creator)) - 0.01
    # Only whole topics: the niche of a post is drawn from the creator's shares.
    edges = people.topics.cumsum(axis=1)
    niche = (rng.random(len(creator))[:, None] * edges[creator, -1:] > edges[creator]).sum(axis=1)
    share = 1.0 / (1.0 + np.exp(1.6 - 0.9 * people.traits["sponsored"]))
    paid = rng.random(len(creator)) < share[creator]
    partner = people.partners[creator, rng.integers(0, people.partners.shape[1], len(creator))]
    mentions = (people.loved[creator] != NO_ONE) & ~paid & (rng.random(len(creator)) < 0.2)
    there = np.flatnonzero(np.isfinite(deals.posted))
    nobody = np.full(len(there), NO_ONE)
    brand = np.concatenate([np.where(paid, partner, NO_ONE), campaigns.brand[deals.campaign[there]]])
    columns = {
        "creator": np.concatenate([creator, deals.creator[there]]),
        "day": np.concatenate([day, deals.posted[there]]),
        "niche": np.concatenate([niche, campaigns.category[deals.campaign[there]]]),
        "sponsored": np.concatenate([paid, np.ones(len(there), dtype=bool)]),
        "brand": brand,
        "mention": np.concatenate([np.where(mentions, people.loved[creator], NO_ONE), nobody]),
        "deal": np.concatenate([np.full(len(creator), NO_ONE), there]),
    }
    order = np.lexsort((columns["deal"], columns["day"], columns["creator"]))
    return Posts(**{name: values[order] for name, values in columns.items()})


def engagement_level(followers: np.ndarray, platform: np.ndarray) -> np.ndarray:
    """Typical likes per follower: halves with each power of ten from 1k to 100k, flat above; shape (n,)."""
    size = np.clip(np.log10(followers), 3.0, 5.0)
    return np.asarray(0.04 * 0.5 ** (size - np.log10(5_000.0)) * _LIKES_BY_PLATFORM[platform])


def posts_frame(
    rng: np.random.Generator,
    posts: Posts,
    people: Population,
    brands: Brands,
    banks: Banks,
    captured: np.ndarray,
    end: pd.Timestamp,
) -> pd.DataFrame:
    """The `posts` table. `captured`: comments on record per post, which `comments_count` is never below."""
    n = len(posts)
    read_after = np.where(rng.random(n) < 0.45, rng.uniform(1.0, 30.0, n), np.nan)
    read_after = np.where(posts.day + read_after < 0.0, read_after, np.nan)
    known_late = (rng.random(n) < 0.15) & (posts.day < -4.0)
    counts = _counts(rng, posts, people, captured, np.where(np.isfinite(read_after), read_after, 30.0))
    names = np.concatenate([brands.names, np.array([None], dtype=object)])
    return pd.DataFrame(
        {
            "post_id": posts.ids,
            "creator_id": people.ids[posts.creator],
            "posted_at": moments(end, posts.day),
            "caption": captions(rng, posts, people, brands, banks),
            "media_type": _formats(rng, people.platform[posts.creator]),
            **counts,
            "counts_known_at": moments(end, posts.day + read_after),
            "sponsored": np.where(rng.random(n) < 0.96, posts.sponsored.astype(float), np.nan),
            "brand": names[posts.brand],
            "known_at": moments(end, np.where(known_late, posts.day + rng.uniform(0.1, 3.0, n), np.nan)),
        }
    )


def _formats(rng: np.random.Generator, platform: np.ndarray) -> np.ndarray:
    out = np.empty(len(platform), dtype=object)
    for code, name in enumerate(PLATFORMS):
        rows = np.flatnonzero(platform == code)
        kinds, shares = _FORMATS[name]
        out[rows] = np.array(kinds, dtype=object)[rng.choice(len(kinds), len(rows), p=shares)]
    return out


def _counts(
    rng: np.random.Generator, posts: Posts, people: Population, captured: np.ndarray, read_after: np.ndarray
) -> dict[str, np.ndarray]:
    n = len(posts)
    at = {name: values[posts.creator] for name, values in people.traits.items()}
    platform = people.platform[posts.creator]
    followers = people.followers_at(posts.creator, posts.day)
    paid = np.where(posts.sponsored, 0.2 * at["trust"] - 0.08, 0.0)
    # Pods and a large habitual viewership raise what is seen of engagement; only the first does no good.
    log = np.log(followers * engagement_level(followers, platform)) + 0.45 * at["engagement"] + 0.2 * at["habit"]
    log = log + 1.5 * people.pod[posts.creator] + paid + rng.normal(0.0, 0.35, n)
    likes = np.exp(log) * (1.0 - np.exp(-read_after / 0.8))
    ratio = 0.02 * np.exp(rng.normal(0.0, 0.3, n) + 1.5 * people.pod[posts.creator])
    views = 1.3 * people_reached(people, posts.creator, posts.day) * np.exp(rng.normal(0.0, 0.3, n))
    shown = np.isin(platform, [PLATFORMS.index("tiktok"), PLATFORMS.index("youtube")]) | (rng.random(n) < 0.35)
    kept = rng.random(n) < 0.6
    return {
        "likes": np.where(rng.random(n) < 0.97, np.round(likes), np.nan),
        "comments_count": np.maximum(captured, np.round(likes * ratio)),
        "shares": np.where(kept, np.round(likes * 0.03 * np.exp(rng.normal(0.0, 0.3, n))), np.nan),
        "saves": np.where(kept, np.round(likes * 0.05 * np.exp(0.3 * at["intent"] + rng.normal(0.0, 0.3, n))), np.nan),
        "views": np.where(shown, np.round(np.maximum(views, likes)), np.nan),
    }


def captions(rng: np.random.Generator, posts: Posts, people: Population, brands: Brands, banks: Banks) -> np.ndarray:
    """One caption per post, objects of shape (n_posts,)."""
    n = len(posts)
    language = np.where(rng.random(n) < 0.7, people.language[posts.creator], 0)
    handles = np.concatenate([brands.handles, np.array(["a partner"], dtype=object)])
    core = banks.draw("caption", language, posts.niche)
    tone = _tones(rng, people.traits["positivity"][posts.creator])
    advert, code, disclosed = (np.full(n, "", dtype=object) for _ in range(3))
    paid = np.flatnonzero(posts.sponsored)
    advert[paid] = _naming(pick(rng, ADVERTS, len(paid)), handles[posts.brand[paid]])
    code[paid] = pick(rng, CODES, len(paid))
    disclosed[paid] = pick(rng, DISCLOSURES, len(paid))
    disclosed[paid[rng.random(len(paid)) < 0.15]] = ""
    mention = np.full(n, "", dtype=object)
    named = np.flatnonzero(posts.mention != NO_ONE)
    mention[named] = _naming(pick(rng, MENTIONS, len(named)), handles[posts.mention[named]])
    return np.asarray(advert + core + mention + tone + code + _hashtags(rng, posts.niche) + disclosed)


def _naming(templates: np.ndarray, brands: np.ndarray) -> list[str]:
    return [template.replace("{b}", brand) for template, brand in zip(templates, brands, strict=True)]


def _tones(rng: np.random.Generator, positivity: np.ndarray) -> np.ndarray:
    n = len(positivity)
    gushing = rng.random(n) < 1.0 / (1.0 + np.exp(0.9 - 0.9 * positivity))
    candid = ~gushing & (rng.random(n) < 1.0 / (1.0 + np.exp(2.0 + 0.7 * positivity)))
    return np.where(gushing, pick(rng, GUSHING, n), np.where(candid, pick(rng, CANDID, n), pick(rng, PLAIN, n)))


def _hashtags(rng: np.random.Generator, niche: np.ndarray) -> np.ndarray:
    """None to five hashtags of the post's niche."""
    out = np.empty(len(niche), dtype=object)
    for code, subject in enumerate(NICHES):
        words = [w.replace(" ", "") for w in (subject.name, *subject.words)]
        sets = ["".join(f" #{w}" for w in rng.permutation(words)[: rng.integers(0, 6)]) for _ in range(_TAG_SETS)]
        rows = np.flatnonzero(niche == code)
        out[rows] = pick(rng, sets, len(rows))
    return out
