"""A creator market whose true lift is known: for the demo, for tests, and to measure how good the predictions are.

`simulate_market` invents everything; `simulate_outcomes` adds campaigns and outcomes to given creators.
How the market works and what it leaves out is told in `docs/simulated_market.md`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from data.errors import ConfigError, Fault, TableError
from data.frames import typed_or_raise
from data.schemas import PLATFORMS, TABLES
from data.sources import write_table
from data.synthetic_campaigns import Topic, campaign_audience_frame, campaigns_frame, draw_campaigns, niche_topics
from data.synthetic_comments import captured_counts, comments_frame, draw_comments
from data.synthetic_config import DEFAULT_END, MarketConfig, Progress
from data.synthetic_creators import audience_frame, creators_frame, draw_population, followers_frame
from data.synthetic_deals import Available, choose, draw_fees, draw_questions
from data.synthetic_measures import available_by, content_days, first_start, measure_population
from data.synthetic_niches import NICHES, nearness
from data.synthetic_outcomes import TrueValues, collaborations_frame
from data.synthetic_posts import Posts, draw_posts, on_record_since, posts_frame
from data.synthetic_text import Banks
from data.synthetic_truth import baseline_rate, exposed_mean, log_lift, pair_latents
from data.synthetic_world import NO_ONE, Brands, Campaigns, Deals, Population, draw_brands, moments
from data.writing import write_rows

__all__ = ["Market", "MarketConfig", "simulate_market", "simulate_outcomes", "write_market"]

TRUTH = ("collaboration_id", "creator_id", "campaign_id", "log_lift", "baseline_rate", "exposed_mean")
CAMPAIGNS_PER_BRAND = 4


@dataclass(frozen=True)
class Market:
    """A simulated market: what anyone may see (`tables`) and, apart, what is true."""

    tables: dict[str, pd.DataFrame]
    """The tables of a workspace, typed."""
    truth: pd.DataFrame
    """Columns `TRUTH`: true log lift, conversions per exposed person without the post, and expected exposed people,
    of every collaboration and, with `collaboration_id` missing, of every asked pairing."""
    latents: pd.DataFrame
    """What the explained part of the true log lift is made of, a float64 column each; rows as in `truth`."""
    asked: pd.DataFrame
    """Asked pairings as anyone may see them: creator_id, campaign_id, as_of (the market's end), fee."""


@dataclass(frozen=True)
class _Scene:
    """The hidden market once its deals are struck."""

    people: Population
    brands: Brands
    campaigns: Campaigns
    topics: list[Topic]
    deals: Deals
    asked_campaign: np.ndarray
    asked_creator: np.ndarray
    near: np.ndarray

    @property
    def looked_at(self) -> np.ndarray:
        """Whether each creator has a deal or a question, shape (n_creators,)."""
        return np.isin(np.arange(len(self.people)), np.concatenate([self.deals.creator, self.asked_creator]))


class _Steps:
    """Tells a progress callback about named steps."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0

    def done(self, step: str) -> None:
        self._done += 1
        if self._progress is not None:
            self._progress(step, self._done, self._total)


def simulate_market(config: MarketConfig, progress: Progress | None = None) -> Market:
    """A whole invented market. The same config gives the same frames, bit for bit."""
    steps = _Steps(progress, 7)
    end = _as_utc(config.end if config.end is not None else DEFAULT_END)
    streams = np.random.default_rng(config.seed).spawn(8)
    brands = draw_brands(streams[0], _brand_count(config), np.arange(len(NICHES)))
    people = draw_population(streams[1], config.creators, brands)
    steps.done("creators")
    topics, everyone = niche_topics(), np.ones(len(people))
    campaigns = draw_campaigns(streams[2], config, brands, topics, _platforms(people), local=True)
    scene = _strike(streams[2], config, people, brands, campaigns, topics, nearness(), lambda _: everyone)
    steps.done("deals")
    since = on_record_since(people, scene.deals, scene.asked_creator, config)
    posts = draw_posts(streams[3], people, scene.campaigns, scene.deals, since)
    banks = Banks(streams[4])
    captured = captured_counts(streams[4], posts, people, config)
    tables = {"posts": posts_frame(streams[3], posts, people, brands, banks, captured, end)}
    steps.done("posts")
    drawn = draw_comments(streams[4], posts, people, captured)
    tables["comments"] = comments_frame(streams[4], drawn, posts, people, banks, end)
    steps.done("comments")
    tables["creators"] = creators_frame(streams[5], people, end)
    tables["followers"] = followers_frame(streams[5], people, since, end)
    tables["audience"] = audience_frame(streams[5], people, since, scene.looked_at, end)
    steps.done("audiences")
    post_ids = _post_of_deal(posts, len(scene.deals))
    tables, truth, latents, asked = _settle(streams[6:], config, scene, end, tables, post_ids)
    steps.done("outcomes")
    market = Market(_typed(tables), truth, latents, asked)
    steps.done("tables")
    return market


def simulate_outcomes(
    tables: Mapping[str, pd.DataFrame], config: MarketConfig, progress: Progress | None = None
) -> Market:
    """Campaigns and outcomes on top of given creators, posts and, where there are any, comments.

    The given tables are kept as they are. What sets the creators apart is measured on them by a few plain counts
    (see `data.synthetic_measures`) with a little hidden noise. Without `config.end` the market ends a day after the
    newest post. Deals are struck late enough for the creators' content to be before them. Raises TableError where
    `creators` or `posts` is missing or empty, or a value cannot be read.
    """
    steps = _Steps(progress, 4)
    given = _given(tables)
    end = _as_utc(config.end if config.end is not None else given["posts"]["posted_at"].max() + pd.Timedelta(days=1))
    streams = np.random.default_rng(config.seed).spawn(8)
    measured = measure_population(streams[1], given, end)
    topics, near = measured.topics, np.where(np.eye(len(measured.topics)) > 0, 1.0, 0.05)
    brands = draw_brands(streams[0], _brand_count(config), np.arange(len(topics)))
    steps.done("creators measured")
    there = content_days(given, measured.people, end)
    campaigns = draw_campaigns(
        streams[2], config, brands, topics, _platforms(measured.people), local=False, first_start=first_start(there)
    )
    scene = _strike(streams[2], config, measured.people, brands, campaigns, topics, near, available_by(there))
    steps.done("deals")
    no_posts = np.full(len(scene.deals), None, dtype=object)
    made, truth, latents, asked = _settle(streams[6:], config, scene, end, {}, no_posts)
    steps.done("outcomes")
    market = Market({**{n: f.copy() for n, f in tables.items()}, **_typed(made)}, truth, latents, asked)
    steps.done("tables")
    return market


def write_market(market: Market, out: Path, format: str = "parquet") -> None:  # noqa: A002 - the word users know
    """Writes the tables to `out`; truth to `out/truth/` as `collaborations` and `pairings`, asked pairings to
    `out/truth/asked`, each Parquet, so that nothing reading the workspace meets them."""
    for name, frame in market.tables.items():
        write_table(out, name, frame, format=format)
    folder = out / "truth"
    folder.mkdir(parents=True, exist_ok=True)
    happened = market.truth["collaboration_id"].notna()
    write_rows(market.truth[happened].reset_index(drop=True), folder / "collaborations.parquet")
    write_rows(market.truth[~happened].reset_index(drop=True), folder / "pairings.parquet")
    write_rows(market.asked, folder / "asked.parquet")


def _brand_count(config: MarketConfig) -> int:
    campaigns = config.collaborations / config.collaborations_per_campaign + config.asked_pairings / 100
    return max(len(NICHES), int(np.ceil(campaigns / CAMPAIGNS_PER_BRAND)))


def _as_utc(time: pd.Timestamp) -> pd.Timestamp:
    return time.tz_convert("UTC").as_unit("us")


def _platforms(people: Population) -> np.ndarray:
    return np.bincount(people.platform, minlength=len(PLATFORMS))


def _strike(
    rng: np.random.Generator,
    config: MarketConfig,
    people: Population,
    brands: Brands,
    campaigns: Campaigns,
    topics: list[Topic],
    near: np.ndarray,
    available: Available,
) -> _Scene:
    """Creators are chosen and questions asked."""
    if config.asked_pairings > len(people) * max(1, len(campaigns) - campaigns.n_past):
        allowed = "at most as many as creators × campaigns asked about"
        raise ConfigError(Fault("market.asked_pairings", str(config.asked_pairings), allowed))
    deals = choose(rng, people, campaigns, brands, near, config, available)
    asked_campaign, asked_creator = draw_questions(rng, people, campaigns, config.asked_pairings)
    return _Scene(people, brands, campaigns, topics, deals, asked_campaign, asked_creator, near)


def _settle(
    streams: list[np.random.Generator],
    config: MarketConfig,
    scene: _Scene,
    end: pd.Timestamp,
    tables: dict[str, pd.DataFrame],
    post_ids: np.ndarray,
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Truth of all pairings, then what was measured of the deals."""
    people, campaigns, deals = scene.people, scene.campaigns, scene.deals
    creator = np.concatenate([deals.creator, scene.asked_creator])
    campaign = np.concatenate([deals.campaign, scene.asked_campaign])
    day = np.concatenate([deals.agreed, np.zeros(len(scene.asked_creator))])
    before = np.concatenate([deals.before, _past_deals(scene)])
    latents = pair_latents(people, campaigns, scene.near, creator, campaign, before, day)
    values = TrueValues(
        log_lift(latents, config, streams[0].normal(size=len(creator))),
        baseline_rate(people, campaigns, config, creator, campaign),
        exposed_mean(people, campaigns, creator, campaign, day),
    )
    n = len(deals)
    happened = TrueValues(values.log_lift[:n], values.baseline_rate[:n], values.exposed_mean[:n])
    fees = draw_fees(streams[0], people, campaigns, scene.brands, creator, campaign)
    made = {
        **tables,
        "campaigns": campaigns_frame(streams[1], campaigns, scene.brands, scene.topics, end),
        "campaign_audience": campaign_audience_frame(streams[1], campaigns),
        "collaborations": collaborations_frame(
            streams[0], deals, people, campaigns, scene.brands, happened, config, fees[:n], post_ids, end
        ),
    }
    struck = made["collaborations"]["collaboration_id"].to_numpy(dtype=object)
    deal_ids = np.concatenate([struck, np.full(len(creator) - n, None)])
    pairs = {"creator_id": people.ids[creator], "campaign_id": campaigns.ids[campaign]}
    truth = pd.DataFrame({"collaboration_id": deal_ids, **pairs, **vars(values)})
    asked = pd.DataFrame({name: ids[n:] for name, ids in pairs.items()})
    asked = asked.assign(as_of=moments(end, np.zeros(len(creator) - n)), fee=fees[n:])
    text = {"collaboration_id": "str", "creator_id": "str", "campaign_id": "str"}
    return made, truth.astype(text), latents, asked.astype(dict.fromkeys(pairs, "str"))


def _past_deals(scene: _Scene) -> np.ndarray:
    """For each asked pairing: deals of that creator with that brand so far."""
    brands = len(scene.brands)
    struck = scene.deals.creator * brands + scene.campaigns.brand[scene.deals.campaign]
    keys, counts = np.unique(struck, return_counts=True)
    asked = scene.asked_creator * brands + scene.campaigns.brand[scene.asked_campaign]
    if not len(keys):
        return np.zeros(len(asked), dtype=int)
    at = np.minimum(np.searchsorted(keys, asked), len(keys) - 1)
    return np.where(keys[at] == asked, counts[at], 0)


def _post_of_deal(posts: Posts, n_deals: int) -> np.ndarray:
    """Id of each deal's post, None where it is not yet posted."""
    ids = np.full(n_deals, None, dtype=object)
    rows = np.flatnonzero(posts.deal != NO_ONE)
    ids[posts.deal[rows]] = posts.ids[rows]
    return ids


def _given(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    faults = [
        Fault(f"table {name}", "no such table" if name not in tables else "no rows", "a table with at least one row")
        for name in ("creators", "posts")
        if name not in tables or not len(tables[name])
    ]
    faults += [
        Fault(f"table {name}", "rows already there", "no such table: it is what is simulated")
        for name in ("campaigns", "campaign_audience", "collaborations")
        if name in tables and len(tables[name])
    ]
    if faults:
        raise TableError(faults)
    return {name: typed_or_raise(TABLES[name], frame) for name, frame in tables.items() if name in TABLES}


def _typed(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    return {name: typed_or_raise(TABLES[name], tables[name]) for name in TABLES if name in tables}
