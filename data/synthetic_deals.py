"""Which creators the brands of a simulated market chose, when, and what they paid."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from data.synthetic_config import MarketConfig
from data.synthetic_truth import audience_match, language_match, topic_match
from data.synthetic_world import NO_ONE, PER_DOLLAR, Brands, Campaigns, Deals, Population

POOL_PER_DEAL = 14
"""Creators a brand looks at for each one it hires."""
KNOWN_AFTER = 30.0
LATEST_AGREED = 22.0
"""Most days between the agreement and the start of its campaign."""
FEE_BY_PLATFORM = np.array([1.0, 0.5, 2.0, 0.8])
Available = Callable[[float], np.ndarray]
"""For a day, how willing the world is to have each creator looked at, shape (n_creators,), 0 for never."""


def campaign_sizes(
    rng: np.random.Generator, campaigns: Campaigns, config: MarketConfig, room: np.ndarray
) -> np.ndarray:
    """Deals per past campaign, at least none and at most `room`; sums to the asked number, running ones apart."""
    sizes = np.zeros(campaigns.n_past, dtype=int)
    running = round(config.running_share * config.collaborations)
    for rows, total in (
        (np.flatnonzero(~campaigns.running[: campaigns.n_past]), config.collaborations - running),
        (np.flatnonzero(campaigns.running[: campaigns.n_past]), running),
    ):
        if len(rows):
            sizes[rows] = _shared_out(rng, total, room[rows])
    return sizes


def _shared_out(rng: np.random.Generator, total: int, room: np.ndarray) -> np.ndarray:
    """`total` shared out unevenly, never more than `room` each unless all are full."""
    weight = rng.gamma(4.0, 1.0, len(room))
    sizes = np.zeros(len(room), dtype=int)
    left = total
    while left > 0:
        free = np.flatnonzero(sizes < room)
        if not len(free):
            raise AssertionError("more deals than creators × campaigns")
        share = weight[free] / weight[free].sum()
        more = np.minimum(rng.multinomial(left, share), room[free] - sizes[free])
        sizes[free] += more
        left = total - int(sizes.sum())
    return sizes


def choose(
    rng: np.random.Generator,
    people: Population,
    campaigns: Campaigns,
    brands: Brands,
    near: np.ndarray,
    config: MarketConfig,
    available: Available,
) -> Deals:
    """Deals in the order of their campaigns' start; a creator is hired once per campaign at most."""
    eligible = _per_platform(people)
    room = np.array([max(1, len(eligible[p]) // 2) for p in campaigns.platform[: campaigns.n_past]], dtype=int)
    sizes = campaign_sizes(rng, campaigns, config, room)
    hired: dict[int, list[np.ndarray]] = {}
    chosen: list[np.ndarray] = []
    seen = _seen_quality(rng, people, config)
    for campaign in np.argsort(campaigns.start[: campaigns.n_past], kind="stable"):
        size = int(sizes[campaign])
        brand = int(campaigns.brand[campaign])
        known = np.concatenate(hired.get(brand, [np.array([], dtype=int)]))
        pool = _pool(rng, eligible[campaigns.platform[campaign]], available(float(campaigns.start[campaign])), size)
        pool = np.union1d(pool, np.intersect1d(known, eligible[campaigns.platform[campaign]]))
        wish = _wish(people, campaigns, brands, near, pool, np.full(len(pool), campaign), seen)
        score = config.selection * (wish + 0.8 * np.isin(pool, known)) + rng.gumbel(size=len(pool))
        picked = pool[np.argsort(-score, kind="stable")[:size]]
        hired.setdefault(brand, []).append(picked)
        chosen.append(np.stack([np.full(size, campaign), picked]))
    pairs = np.concatenate(chosen, axis=1) if chosen else np.zeros((2, 0), dtype=int)
    return _dated(rng, campaigns, pairs[0], pairs[1])


def _per_platform(people: Population) -> dict[int, np.ndarray]:
    by = {int(p): np.flatnonzero(people.platform == p) for p in np.unique(people.platform)}
    return {NO_ONE: np.arange(len(people)), **by}


def _pool(rng: np.random.Generator, eligible: np.ndarray, weight: np.ndarray, size: int) -> np.ndarray:
    """The creators a brand looks at: drawn by weight, the sure ones first where few have any."""
    wanted = min(len(eligible), max(size * POOL_PER_DEAL, 60))
    # Gumbel keys draw without replacement in proportion to the weights; a weight of 0 comes last.
    keys = np.log(np.maximum(weight[eligible], 1e-12)) + rng.gumbel(size=len(eligible))
    return np.asarray(eligible[np.argpartition(-keys, wanted - 1)[:wanted]]) if wanted else eligible[:0]


def _seen_quality(rng: np.random.Generator, people: Population, config: MarketConfig) -> np.ndarray:
    """How good a creator looks to a brand whatever the brief: engagement (pods included), tone, bots; shape (n,)."""
    at = people.traits
    quality = 0.45 * (at["engagement"] + 2.0 * people.pod) + 0.3 * at["positivity"] + 0.3 * at["intent"]
    quality = quality - 0.25 * at["spam"] - 0.3 * at["complaint"] + 0.2 * at["habit"]
    return np.asarray(quality + 1.2 * config.confounding * at["fan"] + rng.normal(0.0, 0.5, len(people)))


def _wish(
    people: Population,
    campaigns: Campaigns,
    brands: Brands,
    near: np.ndarray,
    pool: np.ndarray,
    campaign: np.ndarray,
    seen: np.ndarray,
) -> np.ndarray:
    """What the brand makes of each creator of the pool, shape (n_pool,)."""
    if not len(pool):
        return np.zeros(0)
    size = np.log10(people.followers[pool]) - brands.size_wish[campaigns.brand[campaign]]
    wish = seen[pool] + 3.0 * topic_match(people.topics, campaigns.category, near, pool, campaign)
    wish = wish + 2.5 * audience_match(people, campaigns, pool, campaign)
    wish = wish + 1.5 * language_match(people, campaigns, pool, campaign) - 0.5 * (size / 0.6) ** 2
    return np.asarray(wish + 1.5 * (people.loved[pool] == campaigns.brand[campaign]))


def _dated(rng: np.random.Generator, campaigns: Campaigns, campaign: np.ndarray, creator: np.ndarray) -> Deals:
    n = len(campaign)
    start, length = campaigns.start[campaign], campaigns.length[campaign]
    agreed = start - rng.uniform(2.0, LATEST_AGREED, n)
    posted = start + rng.uniform(0.05, 0.7, n) * length
    ended = posted + rng.uniform(5.0, 14.0, n)
    known = ended + KNOWN_AFTER
    running = campaigns.running[campaign]
    agreed = np.where(running, np.minimum(agreed, rng.uniform(-12.0, -0.2, n)), agreed)
    posted = np.where(running & (posted > -0.1), np.nan, posted)
    order = np.argsort(agreed, kind="stable")
    deals = Deals(
        campaign=campaign[order],
        creator=creator[order],
        agreed=agreed[order],
        posted=posted[order],
        ended=np.where(running, np.nan, ended)[order],
        known=np.where(running, np.nan, known)[order],
        before=np.zeros(n, dtype=int),
    )
    before = deals_before(campaigns, deals.campaign, deals.creator)
    return Deals(deals.campaign, deals.creator, deals.agreed, deals.posted, deals.ended, deals.known, before)


def deals_before(campaigns: Campaigns, campaign: np.ndarray, creator: np.ndarray) -> np.ndarray:
    """For deals in the order agreed: how many of the same creator and brand came before, shape (n,)."""
    counts: dict[tuple[int, int], int] = {}
    before = np.zeros(len(campaign), dtype=int)
    for row, key in enumerate(zip(campaigns.brand[campaign].tolist(), creator.tolist(), strict=True)):
        before[row] = counts.get(key, 0)
        counts[key] = before[row] + 1
    return before


def draw_questions(
    rng: np.random.Generator, people: Population, campaigns: Campaigns, asked: int
) -> tuple[np.ndarray, np.ndarray]:
    """Asked pairings: indices of campaign and creator, shape (asked,), creators drawn evenly from the catalogue."""
    rows = np.arange(campaigns.n_past, len(campaigns))
    if not asked:
        return np.zeros(0, dtype=int), np.zeros(0, dtype=int)
    eligible = _per_platform(people)
    room = np.array([len(eligible[p]) for p in campaigns.platform[rows]], dtype=int)
    even = np.full(len(rows), asked // len(rows))
    even[: asked % len(rows)] += 1
    sizes = np.minimum(even, room)
    while sizes.sum() < asked:
        free = int(np.argmax(room - sizes))
        sizes[free] += min(int(asked - sizes.sum()), int(room[free] - sizes[free]))
    picked = [rng.permutation(eligible[campaigns.platform[c]])[:k] for c, k in zip(rows, sizes, strict=True)]
    return np.repeat(rows, sizes), np.concatenate(picked)


def draw_fees(
    rng: np.random.Generator,
    people: Population,
    campaigns: Campaigns,
    brands: Brands,
    creator: np.ndarray,
    campaign: np.ndarray,
) -> np.ndarray:
    """Fees in the campaign's currency, shape (n,): priced on followers and platform, so not on lift."""
    dollars = 60.0 * (people.followers[creator] / 5_000.0) ** 0.85 * FEE_BY_PLATFORM[people.platform[creator]]
    level = PER_DOLLAR[brands.country[campaigns.brand[campaign]]]
    money = dollars * np.exp(rng.normal(0.0, 0.45, len(creator))) * level
    # Some creators post for the product alone.
    free = (people.followers[creator] < 8_000) & (rng.random(len(creator)) < 0.15)
    rounded = np.where(money < 500, np.round(money, -1), np.round(money, -2))
    return np.asarray(np.where(free, 0.0, np.maximum(rounded, 5.0)))
