"""What the brands of a simulated market measured: small noisy counts, shared tests, leaking codes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.schemas import MEASURES
from data.synthetic_config import MEASURE_SHARES, MarketConfig
from data.synthetic_truth import REACH_SD, brand_capture, can_buy
from data.synthetic_world import NO_ONE, Brands, Campaigns, Deals, Population, labels, moments

HOLDOUT_SHARES = (0.1, 0.2, 0.3, 0.5)
"""Shares of the eligible people that tests keep from the post."""
RUNNING = -1
_CLICK_RATE = np.array([0.012, 0.009, 0.018, 0.01])
"""Clicks per exposed person by platform."""
_TOGETHER = 4
"""Most rows that one geo or on/off test measures together."""


@dataclass(frozen=True)
class TrueValues:
    """The truth of each deal, arrays of shape (n_deals,)."""

    log_lift: np.ndarray
    baseline_rate: np.ndarray
    exposed_mean: np.ndarray


def draw_measures(rng: np.random.Generator, deals: Deals, config: MarketConfig) -> tuple[np.ndarray, np.ndarray]:
    """How each deal was measured, a code of MEASURES or RUNNING, and its test's number or NO_ONE; shape (n,)."""
    n = len(deals)
    shares = np.array([getattr(config, name) for name in MEASURE_SHARES])
    joint = shares[1] + shares[2]
    running = ~np.isfinite(deals.known)
    # Rows of one campaign are cut into blocks; geo and on/off tests take a whole block.
    order = np.lexsort((np.arange(n), deals.campaign))
    rank = np.empty(n, dtype=int)
    first = np.concatenate([[True], np.diff(deals.campaign[order]) != 0]) if n else np.zeros(0, dtype=bool)
    starts = np.flatnonzero(first)
    rank[order] = np.arange(n) - np.repeat(starts, np.diff(np.append(starts, n)))
    size = rng.integers(1, _TOGETHER + 1, deals.campaign.max() + 1 if n else 0)
    _, block = np.unique(deals.campaign * 10_000 + rank // size[deals.campaign], return_inverse=True)
    drawn = rng.random(block.max() + 1 if n else 0)[block]
    measured = max(shares.sum(), 1e-12)
    is_joint = drawn * measured < joint
    alone = np.where(rng.random(n) * max(shares[0] + shares[3], 1e-12) < shares[0], 0, 3)
    code = np.where(is_joint, np.where(drawn * measured < shares[1], 1, 2), alone)
    code = np.where(running | (shares.sum() <= 0), RUNNING, code)
    return code, np.where(np.isin(code, (1, 2)), block, NO_ONE)


def collaborations_frame(
    rng: np.random.Generator,
    deals: Deals,
    people: Population,
    campaigns: Campaigns,
    brands: Brands,
    true: TrueValues,
    config: MarketConfig,
    fees: np.ndarray,
    post_ids: np.ndarray,
    end: pd.Timestamp,
) -> pd.DataFrame:
    """The `collaborations` table. `post_ids`: id of each deal's post, None where there is none."""
    n = len(deals)
    measure, test = draw_measures(rng, deals, config)
    over = measure != RUNNING
    spread = np.exp(rng.normal(0.0, REACH_SD, n) - REACH_SD**2 / 2)
    exposed = np.maximum(np.round(true.exposed_mean * spread), 10.0)
    conversions = rng.binomial(exposed.astype(int), np.minimum(true.baseline_rate * np.exp(true.log_lift), 0.9)).astype(
        float
    )
    share = np.array(HOLDOUT_SHARES)[rng.integers(0, len(HOLDOUT_SHARES), n)]
    holdout = np.maximum(np.round(exposed * share / (1.0 - share)), 5.0)
    kept_from = rng.binomial(holdout.astype(int), true.baseline_rate).astype(float)
    seen_abroad = np.maximum(can_buy(people, campaigns, deals.creator, deals.campaign), 0.05)
    estimate, error = _joint_estimates(rng, test, exposed, true.log_lift)
    attributed, leaked, clicks = _attributed(rng, deals, people, campaigns, brands, exposed, conversions, true, config)
    value = campaigns.order_value[deals.campaign]
    on_test = (measure == 0) & over
    commission = np.where(rng.random(n) < 0.35, rng.choice([0.05, 0.08, 0.10, 0.15, 0.2], n), np.nan)
    product = np.round(value * rng.uniform(0.2, 0.8, n), 2)
    shown = over & ((measure != 3) | (rng.random(n) < 0.5))
    return pd.DataFrame(
        {
            "collaboration_id": labels("d", np.arange(n), 6),
            "campaign_id": campaigns.ids[deals.campaign],
            "creator_id": people.ids[deals.creator],
            "agreed_at": moments(end, deals.agreed),
            "post_id": post_ids,
            "posted_at": moments(end, deals.posted),
            "ended_at": moments(end, deals.ended),
            "outcome_known_at": moments(end, deals.known),
            "fee": fees,
            "commission_rate": commission,
            "product_cost": np.where(rng.random(n) < 0.5, product, np.nan),
            "impressions": np.where(over, np.round(exposed / seen_abroad * rng.uniform(1.1, 1.8, n)), np.nan),
            "measure": np.array([*MEASURES, None], dtype=object)[measure],
            "test_id": np.array([None if t == NO_ONE else f"t{t:05d}" for t in test.tolist()], dtype=object),
            "exposed": np.where(shown, exposed, np.nan),
            "exposed_conversions": np.where(on_test, conversions, np.nan),
            "holdout": np.where(on_test, holdout, np.nan),
            "holdout_conversions": np.where(on_test, kept_from, np.nan),
            "lift_estimate": estimate,
            "lift_se": error,
            "clicks": np.where(over, clicks, np.nan),
            "attributed_conversions": np.where(over, attributed, np.nan),
            "attributed_revenue": np.where(over, np.round(attributed * value * rng.uniform(0.85, 1.15, n), 2), np.nan),
            "code_uses_without_click": np.where(over & (rng.random(n) < 0.8), leaked, np.nan),
        }
    )


def _joint_estimates(
    rng: np.random.Generator, test: np.ndarray, exposed: np.ndarray, log_lift: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """One estimate and its honest standard error per test, on each of its rows; NaN where there is none."""
    estimate, error = np.full(len(test), np.nan), np.full(len(test), np.nan)
    rows = np.flatnonzero(test != NO_ONE)
    tests, number = np.unique(test[rows], return_inverse=True)
    if len(rows):
        weight = np.bincount(number, exposed[rows])
        mean = np.log(np.bincount(number, exposed[rows] * np.exp(log_lift[rows])) / weight)
        se = np.round(np.exp(rng.normal(np.log(0.14), 0.45, len(tests))), 4)
        found = np.expm1(mean + se * rng.normal(size=len(tests)))
        estimate[rows], error[rows] = np.maximum(np.round(found, 5), -0.95)[number], se[number]
    return estimate, error


def _attributed(
    rng: np.random.Generator,
    deals: Deals,
    people: Population,
    campaigns: Campaigns,
    brands: Brands,
    exposed: np.ndarray,
    conversions: np.ndarray,
    true: TrueValues,
    config: MarketConfig,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Attributed conversions, uses of the code without a click, and clicks: sales that would have come anyway
    count too, and codes travel to people who never saw the post."""
    capture, leak = brand_capture(brands, campaigns, deals.campaign)
    # Followers who buy anyway use the code as well, the more where brands went after them.
    leak = np.minimum(leak * np.exp(0.5 * config.confounding * people.traits["fan"][deals.creator]), 0.9)
    anyway = np.exp(-np.maximum(true.log_lift, 0.0))
    caught = rng.binomial(conversions.astype(int), np.clip(capture * (1.0 - anyway) + leak * anyway, 0.0, 1.0))
    travelled = rng.poisson(exposed * true.baseline_rate * leak * rng.gamma(0.6, 1.0, len(leak)))
    keen = 0.25 * people.traits["intent"][deals.creator] + rng.normal(0.0, 0.4, len(leak))
    rate = _CLICK_RATE[people.platform[deals.creator]] * np.exp(keen)
    clicks = rng.binomial(exposed.astype(int), np.minimum(rate, 0.5))
    unclicked = travelled + rng.binomial(caught, 0.15)
    return (caught + travelled).astype(float), unclicked.astype(float), clicks.astype(float)
