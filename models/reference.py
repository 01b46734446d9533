"""Fits what is learned across creators, from what was known before a time: here the engagement of peers.

The peer curve is piecewise linear in log10 followers, with as many knots as the creators carry: one curve for all, a
deviation for each platform, and within it one for each niche, shrunk towards the wider group (partial pooling: Gelman &
Hill 2007, chapter 12; penalised bends: Eilers & Marx, Statistical Science 1996). It is fitted by ranks, so that what
is left over has no rank correlation with size and outliers do not bend it (Wilcoxon scores: Jaeckel 1972; Hettmans-
perger & McKean 2011). A creator with few posts counts less.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from scipy.stats import rankdata

from data.history import History, pairings_frame
from features import grouped
from features.asof import View
from features.engagement import engagement_of
from features.peers import ANY, PUBLISHED_NOISE, PeerCurve, group_name, log_rate
from features.reference import Reference
from features.words import Strings, equal
from models.text_space import fit_text_space

FEWEST_CREATORS = 50
"""Below this many creators with known engagement the published curve is better than a fitted one."""
KNOT_CREATORS, KNOT_DECADES = 40, 0.1
"""Between two knots lie at least this many creators and this much of log10 followers."""
PLATFORM_SD, NICHE_SD = 1.0, 0.3
"""How far platforms, and niches of a platform, may be expected to lie from the wider group (ln)."""
BEND_SD = 1.0
"""How much the slope of such a deviation changes over a decade of followers (ln per decade)."""
ROUNDS = 40

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def fit_reference(history: History, as_of: pd.Timestamp, seed: int = 0) -> Reference:
    """Everything that features need of other creators, from what was visible strictly before `as_of`.

    A part is None where too few creators tell it: `peers` below `FEWEST_CREATORS` with known engagement, `text_space`
    where `models.text_space` says so. `seed`: for the text space, which draws.
    """
    return Reference(fit_peers(history, as_of), fit_text_space(history, as_of, seed))


def fit_peers(history: History, as_of: pd.Timestamp) -> PeerCurve | None:
    """The engagement of peers as of a time; None below `FEWEST_CREATORS` creators with followers and liked posts."""
    ids = history["creators"]["creator_id"].drop_duplicates().reset_index(drop=True)
    asked = pd.DataFrame({"creator_id": ids, "campaign_id": ids, "as_of": as_of})
    view = View(history, pairings_frame(asked))
    rate, posts = log_rate(view)
    known = np.flatnonzero(~np.isnan(rate))
    if len(known) < FEWEST_CREATORS:
        return None
    platform, niche = (view.profile_text(c).take(pa.array(known)) for c in ("platform", "category"))
    size = np.log10(view.follower_count[known])
    peers = _Peers(size, rate[known], posts[known], _knots(size))
    return _fit(peers, platform, group_name(platform, niche), _variance_within(view))


def _variance_within(view: View) -> float:
    """Variance of ln engagement between posts of one creator, pooled; NaN where nobody has two posts."""
    posts = view.posts.where(view.posts.known("counts_visible_at"))
    pair, values = grouped.present(posts.pair, np.log(engagement_of(posts) + 0.5))
    freedom = np.maximum(grouped.count(pair, view.n) - 1.0, 0.0)
    squares = np.nan_to_num(grouped.deviation(pair, values, view.n) ** 2) * freedom
    return float(np.sum(squares) / np.sum(freedom)) if np.any(freedom) else float("nan")


def _knots(size: Floats) -> Floats:
    """Sizes from the smallest to the largest, `KNOT_CREATORS` and `KNOT_DECADES` or more apart."""
    ordered = np.sort(size)
    knots, at = [ordered[0]], 0
    while True:
        at = max(at + KNOT_CREATORS, int(np.searchsorted(ordered, knots[-1] + KNOT_DECADES)))
        if at >= len(ordered) - KNOT_CREATORS:
            break
        knots.append(ordered[at])
    return np.array([*knots, max(ordered[-1], knots[-1] + KNOT_DECADES)])


@dataclass(frozen=True)
class _Peers:
    """Creators: log10 followers, ln engagement rate and the posts it rests on, shape (n,); and the knots."""

    size: Floats
    rate: Floats
    posts: Floats
    knots: Floats

    def place(self) -> tuple[Ints, Floats]:
        """The knot at or before each creator, and how far on the way to the next one it is (0 to 1)."""
        at = np.clip(np.searchsorted(self.knots, self.size, side="right") - 1, 0, len(self.knots) - 2)
        return at, (self.size - self.knots[at]) / (self.knots[at + 1] - self.knots[at])


def _fit(peers: _Peers, platform: Strings, niche: Strings, within: float) -> PeerCurve:
    """Backfitting: in every round each level moves to where the rank scores of what is left over balance."""
    levels = [_Level(peers, names, far) for names, far in ((None, None), (platform, PLATFORM_SD), (niche, NICHE_SD))]
    spread, noise = float(np.std(peers.rate)), PUBLISHED_NOISE
    for _ in range(ROUNDS):
        weight = peers.posts / (peers.posts + noise)
        for level in levels:
            left = peers.rate - sum((other.fitted for other in levels), np.zeros(len(peers.rate)))
            middle = float(np.median(left))
            spread = max(1.4826 * float(np.median(np.abs(left - middle))), 1e-6)
            # Ranks say nothing of the level of all; the median does.
            level.move(_scores(left) * spread + middle, weight / weight.mean(), spread)
        noise = _noise(within, spread, peers.posts)
    return PeerCurve(
        tuple(map(float, peers.knots)), MappingProxyType(_curves(levels)),
        spread / float(np.sqrt(1.0 + noise * np.mean(1.0 / peers.posts))), noise,
    )  # fmt: skip


def _scores(left: Floats) -> Floats:
    """Wilcoxon scores: ranks made to mean 0 and variance 1."""
    return np.asarray(np.sqrt(12.0) * (rankdata(left) / (len(left) + 1.0) - 0.5))


def _noise(within: float, spread: float, posts: Floats) -> float:
    """Variance between posts over variance between creators, from the spread of all, which holds both."""
    if not within > 0:
        return PUBLISHED_NOISE
    between = max(spread**2 - within * float(np.mean(1.0 / posts)), 0.1 * spread**2)
    return float(np.clip(within / between, 0.01, 10.0))


class _Level:
    """Curves of one level of groups (all creators, platforms or niches), as deviations from the level above."""

    def __init__(self, peers: _Peers, names: Strings | None, far: float | None) -> None:
        self.far, self.knots = far, peers.knots
        self.at, self.share = peers.place()
        self.members: dict[str, Ints] = {ANY: np.arange(len(peers.size))} if names is None else {
            name: np.flatnonzero(equal(names, name))
            for name in sorted(names.drop_null().unique().to_pylist())
        }  # fmt: skip
        start = float(np.median(peers.rate)) if names is None else 0.0
        self.values = {name: np.full(len(self.knots), start) for name in self.members}
        self.fitted = np.full(len(peers.size), start)

    def move(self, step: Floats, weight: Floats, spread: float) -> None:
        """Refit each group's curve to its own values plus `step`, shrunk as this level is."""
        penalty = spread**2 * self._penalty()
        for name, rows in self.members.items():
            at, share, own = self.at[rows], self.share[rows], weight[rows]
            target = self.fitted[rows] + step[rows]
            values = np.linalg.solve(_products(at, share, own, len(self.knots)) + penalty,
                                     _projected(at, share, own * target, len(self.knots)))  # fmt: skip
            self.values[name] = values
            self.fitted[rows] = values[at] * (1.0 - share) + values[at + 1] * share

    def _penalty(self) -> Floats:
        """Shrinks the values to 0 and their bends to none; next to nothing for the curve of all."""
        count = len(self.knots)
        if self.far is None:
            return np.eye(count) * 1e-6
        bends = np.zeros((count - 2, count))
        gaps = np.diff(self.knots)
        for j in range(count - 2):
            slopes = np.array([1.0 / gaps[j], -1.0 / gaps[j] - 1.0 / gaps[j + 1], 1.0 / gaps[j + 1]])
            bends[j, j : j + 3] = slopes / (BEND_SD * np.sqrt((gaps[j] + gaps[j + 1]) / 2.0))
        return np.asarray(bends.T @ bends + np.eye(count) / self.far**2 / count)


def _products(at: Ints, share: Floats, weight: Floats, count: int) -> Floats:
    """Weighted products of the interpolation weights of every two knots, shape (count, count)."""
    left, right, both = (
        np.bincount(at, weights=weight * part, minlength=count)
        for part in ((1.0 - share) ** 2, share**2, share * (1.0 - share))
    )
    out = np.diag(left + np.append(0.0, right[:-1]))
    off = both[:-1]
    return np.asarray(out + np.diag(off, 1) + np.diag(off, -1))


def _projected(at: Ints, share: Floats, values: Floats, count: int) -> Floats:
    """Values summed into the knots by the interpolation weights, shape (count,)."""
    left = np.bincount(at, weights=values * (1.0 - share), minlength=count)
    right = np.bincount(at, weights=values * share, minlength=count)
    return np.asarray(left + np.append(0.0, right[:-1]))


def _curves(levels: list[_Level]) -> dict[str, tuple[float, ...]]:
    """Whole curves by group: the deviations added up from the widest in."""
    (everyone, platforms, niches), widest = levels, levels[0].values[ANY]
    curves = {ANY: everyone.values[ANY]}
    curves |= {name: widest + own for name, own in platforms.values.items()}
    for name, own in niches.values.items():
        curves[name] = curves[name.partition("/")[0]] + own
    return {name: tuple(map(float, values)) for name, values in curves.items()}
