"""What is true in the simulated market: the lift, the baseline rate and the reach of any pairing.

Every effect is a curve over what sets creators and pairings apart (`pair_latents`), with the shapes that published
studies found; `docs/simulated_market.md` names them. Nothing here is read by features or models.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.schemas import GOALS, PLATFORMS
from data.synthetic_config import MarketConfig
from data.synthetic_niches import NICHES
from data.synthetic_world import NO_ONE, TRAITS, Brands, Campaigns, Population

GOAL_BASE = dict(zip(GOALS, (0.0, 0.07, 0.07, 0.20, 0.34, 0.20), strict=True))
PLATFORM_BASE = dict(zip(PLATFORMS, (0.0, 0.02, 0.05, -0.05), strict=True))
INTENT_BY_GOAL = dict(zip(GOALS, (1.15, 1.1, 1.0, 0.8, 0.55, 0.7), strict=True))
"""Purchase intent among the followers matters most where something is bought."""
ACTIVITY_PEAK = dict(zip(PLATFORMS, (0.2, 0.6, -0.2, 0.2), strict=True))
"""The best posting rate, in standard deviations from the usual one, is higher where feeds turn over faster."""
MIDDLE = float(np.log(1.10))
"""The one true log lift of a market without heterogeneity."""
BEND = 0.35
"""Below zero the sum of effects is bent towards a floor: a poor creator adds nothing, and drives few buyers away."""
FLOOR = 0.20
REACH_BASE = dict(zip(PLATFORMS, (3_450.0, 5_000.0, 3_600.0, 2_000.0), strict=True))
"""People who see one post of an account of `REACH_AT` followers (Instagram: 15.7 % of followers at 10-50k)."""
REACH_ELASTICITY = dict(zip(PLATFORMS, (0.54, 0.30, 0.60, 0.50), strict=True))
REACH_AT = 22_000.0
REACH_HABIT = 0.35
REACH_SD = 0.35
"""Sd of ln(exposed) between posts of one creator."""
FAN_ON_RATE = 0.25
LATENTS = (
    *TRAITS, "pod", "match", "audience_match", "language_match", "loves_brand", "rival_partner", "deals_before",
    "goal_base", "platform_base", "niche_base", "log10_followers",
)  # fmt: skip
"""Columns of the latents frame: all that the explained part of a true log lift is made of."""


def _by_code(values: dict[str, float], codes: np.ndarray) -> np.ndarray:
    return np.asarray(np.array(list(values.values()))[codes])


def pair_latents(
    people: Population,
    campaigns: Campaigns,
    near: np.ndarray,
    creator: np.ndarray,
    campaign: np.ndarray,
    deals_before: np.ndarray,
    day: np.ndarray,
) -> pd.DataFrame:
    """One row per pairing with the columns `LATENTS`, all float64.

    `near` is the nearness of categories, shape (n_categories, n_categories); `day` is when the pairing is agreed.
    """
    columns = {name: people.traits[name][creator] for name in TRAITS}
    brand = campaigns.brand[campaign]
    partners, rivals = people.partners[creator], campaigns.rivals[campaign]
    rival = (partners[:, :, None] == rivals[:, None, :]) & (rivals[:, None, :] != NO_ONE)
    offsets = np.array([niche.offset for niche in NICHES])
    columns |= {
        "pod": people.pod[creator],
        "match": topic_match(people.topics, campaigns.category, near, creator, campaign),
        "audience_match": audience_match(people, campaigns, creator, campaign),
        "language_match": language_match(people, campaigns, creator, campaign),
        "loves_brand": (people.loved[creator] == brand).astype(float),
        "rival_partner": rival.any(axis=(1, 2)).astype(float),
        "deals_before": deals_before.astype(float),
        "goal_base": _by_code(GOAL_BASE, campaigns.goal[campaign]),
        "platform_base": _by_code(PLATFORM_BASE, people.platform[creator]),
        "niche_base": offsets[campaigns.category[campaign] % len(NICHES)],
        "log10_followers": np.log10(people.followers_at(creator, day)),
    }
    return pd.DataFrame({name: columns[name] for name in LATENTS}).astype("float64")


def topic_match(
    topics: np.ndarray, category: np.ndarray, near: np.ndarray, creator: np.ndarray, campaign: np.ndarray
) -> np.ndarray:
    """Share of the creator's content that is on the campaign's category, near categories counted in part; 0 to 1."""
    return np.asarray((topics[creator] * near[category[campaign]]).sum(axis=1))


def audience_match(people: Population, campaigns: Campaigns, creator: np.ndarray, campaign: np.ndarray) -> np.ndarray:
    """Overlap of the followers with the wanted audience, mean over the wanted dimensions, less 0.55; 0 if none."""
    total, wanted = np.zeros(len(creator)), np.zeros(len(creator))
    for dimension, target in campaigns.targets.items():
        if dimension in people.audience:
            given = target[campaign].sum(axis=1) > 0
            overlap = np.minimum(people.audience[dimension][creator], target[campaign]).sum(axis=1)
            total, wanted = total + np.where(given, overlap, 0.0), wanted + given
    return np.asarray(np.where(wanted > 0, total / np.maximum(wanted, 1.0) - 0.55, 0.0))


def language_match(people: Population, campaigns: Campaigns, creator: np.ndarray, campaign: np.ndarray) -> np.ndarray:
    """1 where the creator speaks the campaign's language (or either is unknown), else 0."""
    spoken, wanted = people.language[creator], campaigns.language[campaign]
    return np.asarray(((spoken == wanted) | (spoken == NO_ONE) | (wanted == NO_ONE)).astype(float))


def effects(latents: pd.DataFrame, confounding: float = 0.0) -> np.ndarray:
    """The sum of all effects before it is bent, shape (n,)."""
    at = {name: latents[name].to_numpy() for name in LATENTS}
    by_goal = dict(zip(GOAL_BASE.values(), INTENT_BY_GOAL.values(), strict=True))
    by_platform = dict(zip(PLATFORM_BASE.values(), ACTIVITY_PEAK.values(), strict=True))
    intent_weight = np.array([by_goal[base] for base in at["goal_base"].tolist()])
    peak = np.array([by_platform[base] for base in at["platform_base"].tolist()])
    # Comments: purchase intent counts, volume does not; complaints, bots and pods cost.
    total = intent_weight * (0.25 * at["intent"] - 0.025 * (at["intent"] ** 2 - 1.0)) + 0.03 * at["question"]
    total = total - 0.13 * at["complaint"] - 0.11 * at["spam"] - 0.9 * at["pod"]
    # Inverted U: activity, positivity, fit of content and brief. U: share of sponsored posts.
    total = total - 0.10 * ((at["activity"] - peak) ** 2 - 1.0) - 0.10 * ((at["positivity"] - 0.4) ** 2 - 1.16)
    total = total + 0.10 * ((at["sponsored"] + 0.2) ** 2 - 1.04)
    total = total - 1.4 * ((at["match"] - 0.70) ** 2 - 0.07)
    total = total + 0.11 * at["trust"] + 0.05 * at["engagement"] - 0.25 * confounding * at["fan"]
    # The pairing.
    total = total + 0.8 * at["audience_match"] + 0.15 * (at["language_match"] - 0.8)
    total = total + 0.15 * at["loves_brand"] - 0.08 * at["rival_partner"] - 0.08 * np.log1p(at["deals_before"])
    total = total - 0.005 * (at["log10_followers"] - 4.5)
    return np.asarray(total + at["goal_base"] + at["platform_base"] + at["niche_base"])


def log_lift(latents: pd.DataFrame, config: MarketConfig, unexplained: np.ndarray) -> np.ndarray:
    """True log lift, shape (n,). `unexplained`: standard normal, one draw per pairing."""
    bent = BEND * np.logaddexp(0.0, effects(latents, config.confounding) / BEND) - FLOOR
    return np.asarray(MIDDLE + config.heterogeneity * (bent - MIDDLE + config.unexplained_sd * unexplained))


def baseline_rate(
    people: Population, campaigns: Campaigns, config: MarketConfig, creator: np.ndarray, campaign: np.ndarray
) -> np.ndarray:
    """Conversions per exposed person without the post, shape (n,): the brief's, more where followers buy anyway."""
    fan = (FAN_ON_RATE + 0.6 * config.confounding) * people.traits["fan"][creator]
    return np.asarray(np.minimum(campaigns.base_rate[campaign] * np.exp(fan), 0.3))


def exposed_mean(
    people: Population, campaigns: Campaigns, creator: np.ndarray, campaign: np.ndarray, day: np.ndarray
) -> np.ndarray:
    """Expected people who see the post and could buy, shape (n,)."""
    seen = people_reached(people, creator, day) * can_buy(people, campaigns, creator, campaign)
    return np.asarray(np.maximum(seen, 20.0))


def people_reached(people: Population, creator: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Expected people who see one post of `creator` on `day`, shape (n,)."""
    platform = people.platform[creator]
    size = np.log(people.followers_at(creator, day) / REACH_AT)
    log = np.log(_by_code(REACH_BASE, platform)) + _by_code(REACH_ELASTICITY, platform) * size
    return np.asarray(np.exp(log + REACH_HABIT * people.traits["habit"][creator]))


def can_buy(people: Population, campaigns: Campaigns, creator: np.ndarray, campaign: np.ndarray) -> np.ndarray:
    """Share of the followers who live where the campaign ships; 1 where it ships everywhere or nobody knows."""
    if "country" not in people.audience:
        return np.ones(len(creator))
    share = (people.audience["country"][creator] * campaigns.ships[campaign]).sum(axis=1)
    return np.asarray(np.where(campaigns.ships_everywhere[campaign], 1.0, share))


def brand_capture(brands: Brands, campaigns: Campaigns, campaign: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Shares of caused and of anyway conversions that are attributed to the creator, each of shape (n,)."""
    brand = campaigns.brand[campaign]
    return brands.capture[brand], brands.leak[brand]
