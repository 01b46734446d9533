"""Draws the briefs of a simulated market: who wants what from whom, when, and what a conversion is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.schemas import AGES, GOALS, PLATFORMS
from data.synthetic_config import MarketConfig
from data.synthetic_creators import BUCKETS
from data.synthetic_niches import NICHES
from data.synthetic_phrases import BRIEF_SECOND, BRIEF_TONE, BRIEFS, LANGUAGES
from data.synthetic_world import (
    COUNTRIES,
    COUNTRY_LANGUAGE,
    COUNTRY_SHARE,
    CURRENCIES,
    NO_ONE,
    PER_DOLLAR,
    Brands,
    Campaigns,
    labels,
    moments,
    pick,
)

GOAL_SHARE = dict(zip(GOALS, (0.56, 0.10, 0.12, 0.10, 0.07, 0.05), strict=True))
BASE_RATE = dict(zip(GOALS, (0.004, 0.004, 0.006, 0.025, 0.04, 0.008), strict=True))
"""Conversions per exposed person in the 30 days without the post. Set so that a typical deal counts some 20 of them."""
ORDER_VALUE = dict(zip(GOALS, (90.0, 70.0, 45.0, 3.0, 1.5, 4.0), strict=True))
"""Median worth of one conversion in dollars, over a customer's life where the goal is no sale."""
_ASKED_PER_CAMPAIGN = 100
FIRST_START, LAST_START = -520.0, -75.0
"""Days on which the first and the last campaign that is over started."""
_MAX_RIVALS = 3
_PLENTY = 120
"""Creators a platform must have for a brief to insist on it."""


@dataclass(frozen=True)
class Topic:
    """What a category talks about: the words its briefs are written with."""

    name: str
    products: Sequence[str]
    words: Sequence[str]
    places: Sequence[str]
    age: float = 2.2
    female: float = 0.55


def niche_topics() -> list[Topic]:
    """The simulated market's own niches as topics."""
    return [Topic(n.name, n.products, n.words, n.places, n.age, n.female) for n in NICHES]


def campaign_counts(config: MarketConfig, n_creators: int) -> tuple[int, int, int]:
    """How many campaigns are over, running and asked about."""
    per = min(config.collaborations_per_campaign, max(1.0, n_creators / 4))
    running = round(config.running_share * config.collaborations)
    over = config.collaborations - running
    asked = int(np.ceil(config.asked_pairings / min(_ASKED_PER_CAMPAIGN, max(1.0, n_creators / 4))))
    return int(np.ceil(over / per)), int(np.ceil(running / per)), asked


def draw_campaigns(
    rng: np.random.Generator,
    config: MarketConfig,
    brands: Brands,
    topics: Sequence[Topic],
    platform_counts: np.ndarray,
    *,
    local: bool,
    first_start: float = FIRST_START,
) -> Campaigns:
    """The campaigns of the market, in the order over, running, asked. `local`: creators' countries are known.

    `first_start`: the earliest day a campaign starts.
    """
    over, running, asked = campaign_counts(config, int(platform_counts.sum()))
    n = over + running + asked
    brand = rng.integers(0, len(brands), n)
    goal = rng.choice(len(GOALS), n, p=list(GOAL_SHARE.values()))
    start = np.sort(rng.uniform(first_start, LAST_START, over))
    start = np.concatenate([start, rng.uniform(-22.0, 12.0, running), rng.uniform(7.0, 40.0, asked)])
    ships, everywhere = _ships(rng, brands.country[brand], local=local)
    dollars = np.array(list(ORDER_VALUE.values()))[goal] * np.exp(rng.normal(0.0, 0.6, n))
    leads = np.isin(goal, [GOALS.index(g) for g in ("leads", "signups", "awareness", "followers")])
    return Campaigns(
        ids=labels("m", np.arange(n), 5),
        brand=brand,
        category=brands.category[brand],
        goal=goal,
        platform=_platforms(rng, n, platform_counts),
        start=np.floor(start),
        length=np.floor(rng.uniform(10.0, 28.0, n)),
        language=COUNTRY_LANGUAGE[brands.country[brand]] if local else np.full(n, NO_ONE),
        ships=ships,
        ships_everywhere=everywhere,
        targets=_targets(rng, [topics[c] for c in brands.category[brand]], brands.country[brand]) if local else {},
        rivals=_rivals(rng, brands, brand),
        base_rate=np.array(list(BASE_RATE.values()))[goal] * np.exp(brands.rate[brand] + rng.normal(0.0, 0.15, n)),
        order_value=np.round(dollars * PER_DOLLAR[brands.country[brand]], 2),
        margin=np.where(leads, 1.0, np.round(rng.uniform(0.3, 0.8, n), 2)),
        n_past=over + running,
        running=np.arange(n) >= over,
    )


def _platforms(rng: np.random.Generator, n: int, counts: np.ndarray) -> np.ndarray:
    """Half of the briefs name a platform, of those with plenty of creators."""
    plenty = np.flatnonzero(counts >= _PLENTY)
    if not len(plenty):
        return np.full(n, NO_ONE)
    share = counts[plenty] / counts[plenty].sum()
    return np.where(rng.random(n) < 0.5, rng.choice(plenty, n, p=share), NO_ONE)


def _ships(rng: np.random.Generator, home: np.ndarray, *, local: bool) -> tuple[np.ndarray, np.ndarray]:
    n = len(home)
    same = COUNTRY_LANGUAGE[home][:, None] == COUNTRY_LANGUAGE[None, :]
    ships = rng.random((n, len(COUNTRIES))) < np.where(same, 0.7, 0.25)
    ships[np.arange(n), home] = True
    everywhere = (rng.random(n) < 0.45) | (not local)
    return ships | everywhere[:, None], everywhere


def _targets(rng: np.random.Generator, topics: Sequence[Topic], home: np.ndarray) -> dict[str, np.ndarray]:
    """Wanted audiences by age, gender and country; each dimension is left open by some briefs."""
    n = len(topics)
    centre = np.array([t.age for t in topics]) + rng.normal(0.0, 0.4, n)
    age = np.exp(-0.5 * ((np.arange(len(AGES)) - centre[:, None]) / 0.9) ** 2)
    age = np.where(age > 0.25 * age.max(axis=1, keepdims=True), age, 0.0)
    female = np.clip(np.array([t.female for t in topics]) + rng.normal(0.0, 0.12, n), 0.05, 0.95)
    same = COUNTRY_LANGUAGE[home][:, None] == COUNTRY_LANGUAGE[None, :]
    country = COUNTRY_SHARE * same * (rng.random((n, len(COUNTRIES))) < 0.5)
    country[np.arange(n), home] = 2.0 * country.sum(axis=1) + 0.5
    wanted = {"age": age, "gender": np.stack([female, 1.0 - female, np.zeros(n)], axis=1), "country": country}
    kept = {"age": 0.8, "gender": 0.75, "country": 0.9}
    return {
        name: np.round(shares / shares.sum(axis=1, keepdims=True), 3) * (rng.random(n) < kept[name])[:, None]
        for name, shares in wanted.items()
    }


def _rivals(rng: np.random.Generator, brands: Brands, brand: np.ndarray) -> np.ndarray:
    """Up to three other brands of the same category."""
    rivals = np.full((len(brand), _MAX_RIVALS), NO_ONE)
    for row, own in enumerate(brand):
        others = np.flatnonzero((brands.category == brands.category[own]) & (np.arange(len(brands)) != own))
        chosen = rng.permutation(others)[: rng.integers(0, _MAX_RIVALS + 1)]
        rivals[row, : len(chosen)] = chosen
    return rivals


def campaigns_frame(
    rng: np.random.Generator, campaigns: Campaigns, brands: Brands, topics: Sequence[Topic], end: pd.Timestamp
) -> pd.DataFrame:
    """The `campaigns` table."""
    n = len(campaigns)
    briefs, keywords = _texts(rng, campaigns, brands, topics)
    home = brands.country[campaigns.brand]
    rivals = [", ".join(brands.names[r] for r in row if r != NO_ONE) or None for row in campaigns.rivals]
    codes = np.array(COUNTRIES)
    ships = [
        None if everywhere else ",".join(codes[row])
        for row, everywhere in zip(campaigns.ships, campaigns.ships_everywhere, strict=True)
    ]
    platforms = [None if p == NO_ONE else PLATFORMS[p] for p in campaigns.platform]
    sales = campaigns.goal == GOALS.index("sales")
    handling = np.round(rng.choice([0.0, 10.0, 20.0, 40.0], n) * PER_DOLLAR[home])
    # A brand knows its usual rate only roughly, and not always.
    rough_rate = np.round(campaigns.base_rate * np.exp(rng.normal(0.0, 0.1, n)), 6)
    return pd.DataFrame(
        {
            "campaign_id": campaigns.ids,
            "brand": brands.names[campaigns.brand],
            "category": np.array([t.name for t in topics], dtype=object)[campaigns.category],
            "brief": briefs,
            "keywords": keywords,
            "competitors": np.array(rivals, dtype=object),
            "goal": np.array(GOALS, dtype=object)[campaigns.goal],
            "platform": np.array(platforms, dtype=object),
            "starts_on": moments(end.normalize(), campaigns.start),
            "ends_on": moments(end.normalize(), campaigns.start + campaigns.length),
            "currency": np.array(CURRENCIES, dtype=object)[home],
            "order_value": campaigns.order_value,
            "gross_margin": campaigns.margin,
            "return_rate": np.where(sales & (rng.random(n) < 0.8), np.round(rng.uniform(0.02, 0.25, n), 2), np.nan),
            "baseline_rate": np.where(rng.random(n) < 0.4, rough_rate, np.nan),
            "ships_to": np.array(ships, dtype=object),
            "handling_cost": np.where(rng.random(n) < 0.7, handling, np.nan),
        }
    )


def _texts(
    rng: np.random.Generator, campaigns: Campaigns, brands: Brands, topics: Sequence[Topic]
) -> tuple[list[str], list[str]]:
    briefs, keywords = [], []
    n = len(campaigns)
    parts = zip(pick(rng, BRIEFS, n), pick(rng, BRIEF_SECOND, n), pick(rng, BRIEF_TONE, n), strict=True)
    for (first, second, tone), brand, category in zip(parts, campaigns.brand, campaigns.category, strict=True):
        topic = topics[category]
        words = rng.permutation(np.array(topic.words, dtype=object))
        product = topic.products[rng.integers(0, len(topic.products))]
        filled = f"{first} {second} {tone}".strip()
        slots = {"{b}": brands.names[brand], "{p}": product, "{l}": topic.places[rng.integers(0, len(topic.places))]}
        slots |= {f"{{w{k + 1}}}": str(words[k % len(words)]) for k in range(3)}
        for slot, word in slots.items():
            filled = filled.replace(slot, word)
        briefs.append(filled)
        keywords.append(", ".join(dict.fromkeys([*words[: rng.integers(3, 6)], product])))
    return briefs, keywords


def campaign_audience_frame(rng: np.random.Generator, campaigns: Campaigns) -> pd.DataFrame:
    """The `campaign_audience` table: the wanted shares, and the language of the brand's country."""
    ids: list[np.ndarray] = []
    dimensions: list[str] = []
    buckets: list[np.ndarray] = []
    shares: list[np.ndarray] = []
    wanted = dict(campaigns.targets)
    if wanted:
        spoken = np.eye(len(LANGUAGES))[campaigns.language]
        wanted["language"] = spoken * (rng.random(len(campaigns)) < 0.85)[:, None]
    for dimension, matrix in wanted.items():
        row, bucket = np.nonzero(matrix)
        ids.append(campaigns.ids[row])
        dimensions += [dimension] * len(row)
        buckets.append(np.array(BUCKETS[dimension], dtype=object)[bucket])
        shares.append(matrix[row, bucket])
    if not ids:
        return pd.DataFrame({"campaign_id": [], "dimension": [], "bucket": [], "share": []})
    return pd.DataFrame(
        {"campaign_id": np.concatenate(ids), "dimension": dimensions, "bucket": np.concatenate(buckets),
         "share": np.concatenate(shares)}
    )  # fmt: skip
