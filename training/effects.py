"""Effect curves of the main features, next to what the literature found of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats

from features.catalog import BY_NAME, LIFT_NAMES, NAMES
from models.effects import effect_curve, grid_of
from models.lift_of_deals import prior_log_lift
from models.scorer import CreatorScorer
from models.training_set import TrainingSet

Shape = Literal["U", "inverted U", "rising", "falling", "flat", "not clear"]
LEVEL = 0.8
_ROWS = 300
"""Training rows that a curve is averaged over."""
_SURE = 1.2816
"""Standard errors that a difference must have before a shape is called: 80 %."""


@dataclass(frozen=True)
class Finding:
    """What is published about a feature."""

    shape: Shape
    label: str
    """What the feature is, in a few words."""
    source: str


_LEUNG = "Leung et al. 2022, doi 10.1177/00222429221102889"
_GUIDES = "practitioners' guides"
LITERATURE: Mapping[str, Finding] = MappingProxyType(
    {
        "sponsored_share": Finding(
            "U", "share of sponsored posts", "endorsement rate (W7125935315); Evans et al. 2022"
        ),
        "posts_per_week_90d": Finding("inverted U", "posts per week, 90 days", _LEUNG),
        "positive_share": Finding("inverted U", "positive comments", _LEUNG),
        "niche_match": Finding("inverted U", "fit of content and brief", _LEUNG),
        "audience_overlap": Finding("rising", "audience that the brief wants", _GUIDES),
        "purchase_intent_share_shrunk": Finding(
            "rising", "comments that want to buy", "product-centred: Chang & Wu 2024, doi 10.1108/IMDS-05-2022-0303"
        ),
        "complaint_share_shrunk": Finding("falling", "comments that complain", _GUIDES),
        "creator_reply_rate": Finding("rising", "comments the creator answers", _GUIDES),
        "pod_share": Finding("falling", "comments from engagement pods", "Weerasinghe et al. 2020"),
        "engagement_vs_peers_shrunk": Finding(
            "rising", "engagement against peers of like size", "Beichert et al. 2024, doi 10.1177/00222429231217471"
        ),
        "n_collaborations_with_brand": Finding("falling", "earlier deals with the brand", "Evans et al. 2022"),
        "spam_share": Finding("falling", "comments that are spam", _GUIDES),
    }
)
"""The features whose curves a report shows, in its order."""


@dataclass(frozen=True)
class Effect:
    """One feature's curve: columns value, effect, low, high (relative change of 1 + lift, %)."""

    feature: str
    curve: pd.DataFrame
    found: Shape
    published: Finding

    @property
    def title(self) -> str:
        """What the feature is."""
        return self.published.label

    @property
    def unit(self) -> str:
        """The feature's unit."""
        return BY_NAME[self.feature].unit


def effects(scorer: CreatorScorer, known: TrainingSet) -> list[Effect]:
    """Curves of the features of `LITERATURE`, over labelled training rows; those never known are left out."""
    labels = np.flatnonzero(known.is_label)
    if not len(labels):
        return []
    some = labels[np.unique(np.linspace(0, len(labels) - 1, min(_ROWS, len(labels))).astype(int))]
    hidden = ~np.isin(NAMES, LIFT_NAMES)
    X = known.X.iloc[some].mask(np.broadcast_to(hidden, (len(some), len(NAMES))))
    prior = prior_log_lift(known.deals["goal"].iloc[some], known.priors)
    made = []
    for name, published in LITERATURE.items():
        grid = grid_of(known.X[name].iloc[labels].to_numpy(dtype=np.float64))
        if len(grid) < 2:
            continue
        raw = effect_curve(scorer.lift, X, name, prior, grid)
        made.append(Effect(name, _as_percent(raw), shape_of(raw), published))
    return made


def _as_percent(raw: pd.DataFrame) -> pd.DataFrame:
    half = float(stats.norm.ppf(0.5 + LEVEL / 2.0)) * raw["sd"]
    ends = {"effect": raw["effect"], "low": raw["effect"] - half, "high": raw["effect"] + half}
    return pd.DataFrame({"value": raw["value"], **{name: 100.0 * np.expm1(line) for name, line in ends.items()}})


def shape_of(curve: pd.DataFrame) -> Shape:
    """What a curve looks like, by its two ends and its middle: a difference counts from 80 % sureness on.

    `curve` has columns effect and sd, in the order of the values. `flat` where the whole curve moves less than 1 % of
    conversions; `not clear` where it moves more but no difference is sure.
    """
    effect, sd = curve["effect"].to_numpy(), curve["sd"].to_numpy()
    if np.ptp(effect) < 0.01:
        return "flat"
    top, bottom, last = int(np.argmax(effect)), int(np.argmin(effect)), len(effect) - 1

    def above(one: int, other: int) -> bool:
        # The doubts of two points of one curve go together; taking them apart is careful.
        return bool(effect[one] - effect[other] > _SURE * np.hypot(sd[one], sd[other]) / np.sqrt(2.0))

    if 0 < top < last and above(top, 0) and above(top, last):
        return "inverted U"
    if 0 < bottom < last and above(0, bottom) and above(last, bottom):
        return "U"
    if above(last, 0):
        return "rising"
    return "falling" if above(0, last) else "not clear"


def effects_table(found: list[Effect]) -> pd.DataFrame:
    """One row per curve: feature, what it is, how far it moves conversions (%), shapes found and published, source."""
    rows = [
        (e.feature, e.title, float(np.ptp(e.curve["effect"])), e.found, e.published.shape, e.published.source)
        for e in found
    ]
    return pd.DataFrame(rows, columns=["feature", "what it is", "moves by, %", "found", "published", "source"])
