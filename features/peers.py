"""Engagement against peers: what accounts of like size, platform and niche get, read off a saved curve.

The curve is fitted in `models.reference` and saved with the model; here it is only interpolated, so nothing a pairing
is asked together with can change its answer. Without a fitted curve the published one stands in (`data.priors`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from data.errors import ArtifactError
from data.priors import load_priors
from data.schemas import PLATFORMS
from features import grouped
from features.asof import View, Visible
from features.engagement import engagement_of, recent
from features.feature import Feature
from features.grouped import Floats
from features.words import Strings, equal, fold, positions_in, strings, with_slash

ANY = "any"
"""Name of the curve over all platforms and niches."""
PUBLISHED_NOISE = 0.4
"""`PeerCurve.noise` where no curve was fitted: posts of one account vary by about 0.5 in ln, accounts by about 0.8."""

_SOURCE = "engagement falls with size, so it is judged against peers of like size, platform and niche: Markerly 2016"

FEATURES: tuple[Feature, ...] = (
    Feature("engagement_vs_peers", "engagement", "ln ratio", None, None,
            "followers unknown, or no visible post with known likes",
            "engagement by followers over what peers of like size, platform and niche get", _SOURCE),
    Feature("engagement_vs_peers_shrunk", "engagement", "ln ratio", None, None,
            "followers unknown, or no visible post with known likes",
            "the same, shrunk to 0 when it rests on few posts", _SOURCE, for_reach=True),
)  # fmt: skip


@dataclass(frozen=True)
class PeerCurve:
    """ln of the engagement rate by followers that peers get, as a function of log10 followers.

    `knots`: log10 followers, ascending; beyond the ends the curve is flat. `curves`: values at the knots by group:
    `any`, a platform, or platform/niche (niche in lower case), each already pooled towards the wider group. `spread`:
    standard deviation (ln) of creators about their curve. `noise`: variance between posts of one creator over
    `spread` squared, so that a residual resting on m posts deserves the weight m / (m + noise).
    """

    knots: tuple[float, ...]
    curves: Mapping[str, tuple[float, ...]]
    spread: float
    noise: float

    def expected(self, log_followers: Floats, platform: Strings, niche: Strings) -> Floats:
        """ln of the rate expected, shape of `log_followers`; NaN where that is. Unknown groups use the wider one."""
        knots, table = np.array(self.knots), np.array(list(self.curves.values()))
        group = self._group(platform, niche)
        place = np.clip(np.searchsorted(knots, log_followers, side="right") - 1, 0, len(knots) - 2)
        share = np.clip((log_followers - knots[place]) / (knots[place + 1] - knots[place]), 0.0, 1.0)
        left = table[group, place]
        return np.asarray(left + (table[group, place + 1] - left) * share)

    def _group(self, platform: Strings, niche: Strings) -> grouped.Ints:
        names = strings(list(self.curves))
        narrow = positions_in(group_name(platform, niche), names)
        wide = positions_in(platform, names)
        return np.where(narrow >= 0, narrow, np.where(wide >= 0, wide, list(self.curves).index(ANY)))

    def to_json(self) -> dict[str, Any]:
        """As plain numbers and words."""
        curves = {name: list(values) for name, values in self.curves.items()}
        return {"knots": list(self.knots), "curves": curves, "spread": self.spread, "noise": self.noise}

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> PeerCurve:
        """The curve saved by `to_json`; ArtifactError when it is no such curve."""
        try:
            curves = {str(name): tuple(map(float, values)) for name, values in saved["curves"].items()}
            knots = tuple(map(float, saved["knots"]))
            made = cls(knots, MappingProxyType(curves), float(saved["spread"]), float(saved["noise"]))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ArtifactError(f"the saved peer curve cannot be read: {error!r}") from error
        if ANY not in curves or len(knots) < 2 or any(len(values) != len(knots) for values in curves.values()):
            raise ArtifactError(f"the saved peer curve needs two knots, a curve '{ANY}' and a value at every knot")
        return made


def group_name(platform: Strings, niche: Strings) -> Strings:
    """platform/niche, the niche in lower case; missing where either is."""
    return with_slash(platform, fold(niche))


def peer_features(view: View, curve: PeerCurve | None) -> dict[str, Floats]:
    """Every feature of `FEATURES`, each float64 of shape (n_pairings,), NaN = missing as the catalogue says."""
    rate, posts = log_rate(view)
    noise = PUBLISHED_NOISE if curve is None else curve.noise
    residual = rate - _expected(view, curve)
    return {"engagement_vs_peers": residual, "engagement_vs_peers_shrunk": residual * (posts / (posts + noise))}


def log_rate(view: View) -> tuple[Floats, Floats]:
    """ln of (median engagement of the latest posts + 0.5) per follower, and how many posts it rests on; shape (n,).

    NaN where followers are unknown or none, or no post has known likes. The half keeps an account nobody likes finite.
    """
    posts = _liked(view.counted)
    followers = np.where(view.follower_count > 0, view.follower_count, np.nan)
    middle = grouped.median(posts.pair, engagement_of(posts), posts.n)
    return np.asarray(np.log(middle + 0.5) - np.log(followers)), posts.count()


def _liked(counted: Visible) -> Visible:
    latest = recent(counted)
    return latest.where(~np.isnan(latest.numbers("likes")))


def _expected(view: View, curve: PeerCurve | None) -> Floats:
    followers = np.where(view.follower_count > 0, view.follower_count, np.nan)
    platform = view.profile_text("platform")
    if curve is not None:
        return curve.expected(np.asarray(np.log10(followers)), platform, view.profile_text("category"))
    published = load_priors().engagement
    out: Floats = np.asarray(published["other"].log_rate(followers))
    for name in PLATFORMS:
        out = np.where(equal(platform, name), published[name].log_rate(followers), out)
    return out
