"""Draws the creators of a simulated market and writes what the tables show of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.schemas import AGES, GENDERS, PLATFORMS
from data.synthetic_niches import NICHES, nearness
from data.synthetic_phrases import BIOS, LANGUAGES
from data.synthetic_world import (
    CITIES,
    COUNTRIES,
    COUNTRY_LANGUAGE,
    COUNTRY_SHARE,
    NO_ONE,
    TRAITS,
    Brands,
    Population,
    labels,
    moments,
    pick,
)

PLATFORM_SHARE = (0.48, 0.31, 0.18, 0.03)
CITY_NAMES = tuple(f"{city}, {country}" for country, cities in zip(COUNTRIES, CITIES, strict=True) for city in cities)
BUCKETS: dict[str, tuple[str, ...]] = {
    "age": AGES, "gender": GENDERS, "country": COUNTRIES, "city": CITY_NAMES,
    "interest": tuple(n.name for n in NICHES), "language": LANGUAGES,
}  # fmt: skip
_CITY_COUNTRY = np.repeat(np.arange(len(COUNTRIES)), [len(c) for c in CITIES])
_MOST = 2.5
"""Traits are cut at this many standard deviations: no creator is beyond belief."""
_POD_SHARE = 0.12
_AUDIENCE_KNOWN = (0.62, 0.88)
"""Share of creators whose audience is known: of the catalogue, and of those with a deal or a question."""
_SMALLEST_SHARE = 0.004


def draw_population(rng: np.random.Generator, n: int, brands: Brands) -> Population:
    """`n` creators; see `docs/simulated_market.md` for what each draw stands for."""
    category = rng.integers(0, len(NICHES), n)
    traits = {name: np.clip(rng.normal(size=n), -_MOST, _MOST) for name in TRAITS}
    home = rng.choice(len(COUNTRIES), n, p=COUNTRY_SHARE)
    pod = np.where(rng.random(n) < _POD_SHARE, rng.uniform(0.15, 0.55, n), 0.0)
    topics = _topics(rng, category)
    spike = np.where((traits["spam"] > 1.0) & (rng.random(n) < 0.6), rng.uniform(0.2, 0.6, n), 0.0)
    return Population(
        ids=labels("c", np.arange(n), 6),
        platform=rng.choice(len(PLATFORMS), n, p=PLATFORM_SHARE),
        category=category,
        followers=np.round(np.clip(np.exp(rng.normal(np.log(28_000), 1.5, n)), 1_000, 10_000_000)),
        growth=rng.normal(0.15, 0.2, n),
        spike_at=rng.uniform(-600.0, -20.0, n),
        spike=spike,
        traits=traits,
        pod=pod,
        topics=topics,
        language=COUNTRY_LANGUAGE[home],
        audience=_audience(rng, category, home, topics),
        loved=_brand_of_niche(rng, category, brands, 0.12),
        partners=np.stack([_brand_of_niche(rng, category, brands, p) for p in (1.0, 0.8, 0.5)], axis=1),
    )


def _topics(rng: np.random.Generator, category: np.ndarray) -> np.ndarray:
    """Content shares: the main niche takes a focus of its own, near niches most of the rest."""
    n = len(category)
    focus = 0.3 + 0.68 * rng.beta(2.2, 1.6, n)
    rest = nearness()[category] * rng.gamma(0.7, 1.0, (n, len(NICHES)))
    rest[np.arange(n), category] = 0.0
    topics = rest / rest.sum(axis=1, keepdims=True) * (1.0 - focus)[:, None]
    topics[np.arange(n), category] = focus
    return np.asarray(topics)


def _brand_of_niche(rng: np.random.Generator, category: np.ndarray, brands: Brands, share: float) -> np.ndarray:
    """A brand of each creator's niche, or NO_ONE."""
    chosen = np.full(len(category), NO_ONE)
    for niche in range(len(NICHES)):
        rows = np.flatnonzero(category == niche)
        there = np.flatnonzero(brands.category == niche)
        if len(there):
            chosen[rows] = there[rng.integers(0, len(there), len(rows))]
    return np.where(rng.random(len(category)) < share, chosen, NO_ONE)


def _audience(
    rng: np.random.Generator, category: np.ndarray, home: np.ndarray, topics: np.ndarray
) -> dict[str, np.ndarray]:
    n = len(category)
    age_centre = np.array([niche.age for niche in NICHES])[category] + rng.normal(0.0, 0.7, n)
    age = np.exp(-0.5 * ((np.arange(len(AGES)) - age_centre[:, None]) / 1.1) ** 2)
    age = age * rng.gamma(20.0, 0.05, (n, len(AGES)))
    female = 1.0 / (1.0 + np.exp(-(np.log(_odds(category)) + rng.normal(0.0, 0.7, n))))
    other = rng.uniform(0.0, 0.03, n)
    gender = np.stack([female * (1 - other), (1 - female) * (1 - other), other], axis=1)
    country = _countries(rng, home)
    language = np.stack(
        [country[:, np.flatnonzero(k == COUNTRY_LANGUAGE)].sum(axis=1) for k in range(len(LANGUAGES))], axis=1
    )
    city = country[:, _CITY_COUNTRY] * rng.beta(1.5, 9.0, (n, len(CITY_NAMES)))
    interest = (topics + 0.04) * rng.gamma(8.0, 0.125, topics.shape)
    return {
        "age": age / age.sum(axis=1, keepdims=True),
        "gender": gender,
        "country": country,
        "city": city,
        "interest": interest / interest.sum(axis=1, keepdims=True),
        "language": language,
    }


def _odds(category: np.ndarray) -> np.ndarray:
    share = np.array([niche.female for niche in NICHES])[category]
    return np.asarray(share / (1.0 - share))


def _countries(rng: np.random.Generator, home: np.ndarray) -> np.ndarray:
    """Countries of the followers: the home country first, then those that speak its language, 5 % elsewhere."""
    n = len(home)
    same = COUNTRY_LANGUAGE[home][:, None] == COUNTRY_LANGUAGE[None, :]
    weight = COUNTRY_SHARE * np.where(same, 3.0, 0.6) * rng.gamma(0.8, 1.0, (n, len(COUNTRIES)))
    weight[np.arange(n), home] = 0.0
    at_home = 0.2 + 0.75 * rng.beta(3.0, 2.0, n)
    shares = weight / weight.sum(axis=1, keepdims=True) * (0.95 - at_home)[:, None].clip(0.0)
    shares[np.arange(n), home] = at_home
    return np.asarray(shares)


def creators_frame(rng: np.random.Generator, people: Population, end: pd.Timestamp) -> pd.DataFrame:
    """The `creators` table. A few profiles have two versions: an old one, and today's with its `known_at`."""
    n = len(people)
    home = people.audience["country"].argmax(axis=1)
    bios = pick(rng, BIOS, n)
    niches = np.array([niche.name for niche in NICHES], dtype=object)
    texts = []
    for bio, niche in zip(bios, people.category, strict=True):
        words = NICHES[niche].words
        first, second = words[rng.integers(0, len(words))], words[rng.integers(0, len(words))]
        text = bio.replace("{w}", first, 1).replace("{w}", second)
        texts.append(text.replace("{p}", NICHES[niche].products[0]).replace("{l}", NICHES[niche].places[0]))
    frame = pd.DataFrame(
        {
            "creator_id": people.ids,
            "platform": np.array(PLATFORMS, dtype=object)[people.platform],
            "handle": labels("creator_", np.arange(n), 6),
            "bio": _sometimes(rng, np.array(texts, dtype=object), 0.9),
            "category": _sometimes(rng, niches[people.category], 0.95),
            "language": _sometimes(rng, np.array(LANGUAGES, dtype=object)[people.language], 0.9),
            "country": _sometimes(rng, np.array(COUNTRIES, dtype=object)[home], 0.9),
            "followers": people.followers,
            "following": np.round(np.exp(rng.normal(6.3 + 0.25 * people.traits["spam"], 0.7, n))),
            "verified": (rng.random(n) < 0.5 / (1.0 + (300_000 / people.followers))).astype(float),
            "known_at": moments(end, np.full(n, np.nan)),
        }
    )
    again = np.flatnonzero(rng.random(n) < 0.03)
    day = rng.uniform(-300.0, -30.0, len(again))
    newer = frame.iloc[again].reset_index(drop=True).assign(known_at=moments(end, day))
    frame.loc[again, "followers"] = people.followers_at(again, day - 60.0)
    return pd.concat([frame, newer], ignore_index=True)


def _sometimes(rng: np.random.Generator, values: np.ndarray, share: float) -> np.ndarray:
    """`values`, missing in all but `share` of the rows."""
    kept = values.copy()
    kept[rng.random(len(values)) >= share] = None
    return kept


def followers_frame(rng: np.random.Generator, people: Population, since: np.ndarray, end: pd.Timestamp) -> pd.DataFrame:
    """The `followers` table: about monthly since day `since`, for three creators in four."""
    n = len(people)
    months = np.where(rng.random(n) < 0.75, np.floor(-since / 30.0).astype(int) + 1, 0)
    creator = np.repeat(np.arange(n), months)
    step = np.arange(len(creator)) - np.repeat(np.cumsum(months) - months, months)
    day = -1.0 - 30.0 * step - rng.uniform(0.0, 1.0, len(creator))
    count = np.round(people.followers_at(creator, day) * np.exp(rng.normal(0.0, 0.003, len(creator))))
    return pd.DataFrame({"creator_id": people.ids[creator], "observed_at": moments(end, day), "followers": count})


def audience_frame(
    rng: np.random.Generator, people: Population, since: np.ndarray, looked_at: np.ndarray, end: pd.Timestamp
) -> pd.DataFrame:
    """The `audience` table: one or two looks at some 70 % of the creators, each share with a little error.

    `looked_at`: whether a creator has a deal or a question, which is when brands ask for such figures.
    """
    n = len(people)
    known = rng.random(n) < np.where(looked_at, _AUDIENCE_KNOWN[1], _AUDIENCE_KNOWN[0])
    looks = [(np.flatnonzero(known), since), (np.flatnonzero(known & (rng.random(n) < 0.4)), 0.35 * since)]
    parts = []
    for creators, first in looks:
        # The first look is before anything is decided about the creator.
        day = first[creators] - rng.uniform(-5.0, 10.0, len(creators))
        for dimension, shares in people.audience.items():
            noisy = shares[creators] * np.exp(rng.normal(0.0, 0.08, (len(creators), shares.shape[1])))
            noisy = noisy / np.maximum(1.0, noisy.sum(axis=1, keepdims=True))
            row, bucket = np.nonzero(noisy > _SMALLEST_SHARE)
            parts.append(
                pd.DataFrame(
                    {
                        "creator_id": people.ids[creators[row]],
                        "observed_at": moments(end, np.minimum(day, -0.5)[row]),
                        "dimension": dimension,
                        "bucket": np.array(BUCKETS[dimension], dtype=object)[bucket],
                        "share": np.round(noisy[row, bucket], 4),
                    }
                )
            )
    return pd.concat(parts, ignore_index=True)
