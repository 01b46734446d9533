"""The hidden state of a simulated market: brands, creators, campaigns and deals as plain arrays.

Times are days relative to the market's end (0 is the present, -30 a month ago); NaN is "not known".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.frames import TIME_DTYPE
from data.synthetic_phrases import BRAND_ENDS, BRAND_MIDDLES, BRAND_STARTS

DAYS_PER_YEAR = 365.25
TRAITS = (
    "intent", "question", "complaint", "positivity", "spam", "trust", "activity", "sponsored", "engagement", "fan",
    "habit",
)  # fmt: skip
"""What sets creators apart, each a standard normal over the catalogue: purchase intent, questions, complaints and
positivity of the audience, bots among it, how it trusts the creator, posts per week, share of sponsored posts,
engagement against peers, share of followers who buy such products anyway, views against peers."""

COUNTRIES = ("US", "GB", "CA", "AU", "IN", "DE", "FR", "ES", "MX", "BR", "PT")
COUNTRY_LANGUAGE = np.array([0, 0, 0, 0, 0, 2, 3, 1, 1, 4, 4])
COUNTRY_SHARE = np.array([0.36, 0.13, 0.06, 0.05, 0.06, 0.09, 0.08, 0.05, 0.05, 0.06, 0.01])
CURRENCIES = ("USD", "GBP", "CAD", "AUD", "INR", "EUR", "EUR", "EUR", "MXN", "BRL", "EUR")
PER_DOLLAR = np.array([1.0, 0.8, 1.35, 1.5, 83.0, 0.92, 0.92, 0.92, 17.0, 5.0, 0.92])
"""Round price levels, so that amounts in a currency look like that currency."""
CITIES = (
    ("New York", "Chicago", "Austin"), ("London", "Leeds"), ("Toronto", "Montreal"), ("Sydney", "Perth"),
    ("Mumbai", "Delhi"), ("Berlin", "Munich"), ("Paris", "Lyon"), ("Madrid", "Valencia"), ("Mexico City", "Puebla"),
    ("Sao Paulo", "Recife"), ("Lisbon",),
)  # fmt: skip
NO_ONE = -1
"""Stands for "no brand", "no platform", "no language known"."""


def moments(end: pd.Timestamp, days: np.ndarray) -> pd.Series:
    """UTC times of `days` relative to `end`, to the second; NaN becomes missing."""
    known = np.isfinite(days)
    seconds = np.round(np.where(known, days, 0.0) * 86_400.0).astype("int64")
    times = pd.Series(end.as_unit("us") + pd.to_timedelta(seconds, unit="s").as_unit("us")).astype(TIME_DTYPE)
    return times.where(pd.Series(known))


def labels(prefix: str, numbers: np.ndarray, width: int) -> np.ndarray:
    """Ids such as `c00017`, shape (n,), of objects."""
    return np.array([f"{prefix}{n:0{width}d}" for n in numbers.tolist()], dtype=object)


def pick(rng: np.random.Generator, options: Sequence[str], n: int) -> np.ndarray:
    """`n` even draws from `options`, as an array of objects."""
    return np.array(options, dtype=object)[rng.integers(0, len(options), n)]


@dataclass(frozen=True)
class Brands:
    """Brands and what their campaigns share; every array has shape (n_brands,)."""

    names: np.ndarray
    category: np.ndarray
    country: np.ndarray
    size_wish: np.ndarray
    """log10 followers the brand likes best."""
    rate: np.ndarray
    """Log factor on the usual baseline rate."""
    leak: np.ndarray
    """Share of conversions that would have come anyway but are attributed to the creator."""
    capture: np.ndarray
    """Share of caused conversions that codes and links catch."""

    @property
    def handles(self) -> np.ndarray:
        """`@name` of each brand."""
        return np.array(["@" + str(name).lower() for name in self.names], dtype=object)

    def __len__(self) -> int:
        return len(self.names)


@dataclass(frozen=True)
class Population:
    """Creators as they truly are; arrays have shape (n_creators,) unless said otherwise."""

    ids: np.ndarray
    platform: np.ndarray
    category: np.ndarray
    followers: np.ndarray
    """At the end of the market."""
    growth: np.ndarray
    """Log growth of followers per year."""
    spike_at: np.ndarray
    spike: np.ndarray
    """Log jump in followers at day `spike_at`."""
    traits: Mapping[str, np.ndarray]
    pod: np.ndarray
    """Share of comments that come from an engagement pod, 0 for most."""
    topics: np.ndarray
    """Share of content by category, shape (n_creators, n_categories)."""
    language: np.ndarray
    audience: Mapping[str, np.ndarray]
    """Shares by dimension, shape (n_creators, n_buckets); a dimension nobody knows is absent."""
    loved: np.ndarray
    """A brand the creator praises unpaid, or NO_ONE."""
    partners: np.ndarray
    """Brands that pay the creator, shape (n_creators, k), NO_ONE where fewer."""

    def __len__(self) -> int:
        return len(self.ids)

    def followers_at(self, creator: np.ndarray, day: np.ndarray) -> np.ndarray:
        """Followers of `creator` on `day`, elementwise."""
        log = np.log(self.followers[creator]) + self.growth[creator] * np.minimum(day, 0.0) / DAYS_PER_YEAR
        log = log - np.where(day < self.spike_at[creator], self.spike[creator], 0.0)
        return np.asarray(np.maximum(np.round(np.exp(log)), 1.0))


@dataclass(frozen=True)
class Campaigns:
    """Briefs; arrays have shape (n_campaigns,) unless said otherwise. The first `n_past` were run, the rest asked."""

    ids: np.ndarray
    brand: np.ndarray
    category: np.ndarray
    goal: np.ndarray
    platform: np.ndarray
    start: np.ndarray
    length: np.ndarray
    language: np.ndarray
    ships: np.ndarray
    """Whether it ships to each country, shape (n_campaigns, n_countries); all true where it ships everywhere."""
    ships_everywhere: np.ndarray
    targets: Mapping[str, np.ndarray]
    """Wanted shares by dimension, shape (n_campaigns, n_buckets); a row of zeros where nothing is wanted."""
    rivals: np.ndarray
    """Competitors among the brands, shape (n_campaigns, k), NO_ONE where fewer."""
    base_rate: np.ndarray
    order_value: np.ndarray
    margin: np.ndarray
    n_past: int
    running: np.ndarray

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class Deals:
    """Collaborations: indices of campaign and creator, shape (n_deals,), and their days."""

    campaign: np.ndarray
    creator: np.ndarray
    agreed: np.ndarray
    posted: np.ndarray
    ended: np.ndarray
    known: np.ndarray
    before: np.ndarray
    """Deals of the same creator with the same brand agreed before this one."""

    def __len__(self) -> int:
        return len(self.campaign)


def draw_brands(rng: np.random.Generator, n: int, categories: np.ndarray) -> Brands:
    """`n` brands with invented names, one of `categories` each."""
    names: dict[str, None] = {}
    while len(names) < n:
        parts = [pick(rng, bank, n) for bank in (BRAND_STARTS, BRAND_MIDDLES, BRAND_ENDS)]
        for start, middle, end in zip(*parts, strict=True):
            name = f"{start}{middle}{end}"
            # A market with more brands than names adds a number.
            names.setdefault(name if name not in names else f"{name}{len(names)}")
    return Brands(
        names=np.array(list(names)[:n], dtype=object),
        category=np.concatenate([categories, rng.choice(categories, max(0, n - len(categories)))])[:n],
        country=rng.choice(len(COUNTRIES), n, p=COUNTRY_SHARE),
        size_wish=rng.normal(4.7, 0.5, n),
        rate=rng.normal(0.0, 0.5, n),
        leak=np.exp(rng.normal(np.log(0.065), 0.6, n)),
        capture=rng.beta(6.0, 3.0, n),
    )
