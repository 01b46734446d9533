"""A fast first look over a whole catalogue: the trees, curves and money of every creator for one brief, nearly exactly.

What depends on the creator alone is worked out once for a model and kept: the sum of all trees and curves that see
nothing of a campaign, and, for the other trees, each feature as the number of thresholds below it (a byte). A brief
then costs a few look-ups per creator. Three things are rougher than in `CreatorScorer.score_rows`, so the first are
scored again by it: two bags of trees stand for all, the nearest post is read off the mean post, and the model's own
doubt is that of no campaign.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from features.catalog import NAMES
from features.pairing import DEPENDENT, Likely, campaign_features, likely, nearest_post
from models.additive import bent
from models.basis import Basis
from models.blend import Blend, Look
from models.creators import Asked, Creators
from models.families import Floats
from models.lift_of_deals import FOR_LIFT, only, prior_log_lift
from models.scorer import _FOR_REACH, Context, CreatorScorer, _published_reach
from models.tree_shares import TreeShares

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[Any]
"""Whole numbers of one byte, of two where a feature has many thresholds."""

CHUNK = 16_384
"""Creators at a time: their codes fit the processor's cache."""
_BAGS = 2
"""Bags of trees looked at of each blend; they differ by chance alone."""
_THREADS = 2
_SAMPLE, _BRIEFS = 200, 20
_NEAREST, _MEAN = DEPENDENT.index("brief_cosine_best_post"), DEPENDENT.index("brief_cosine")
_IS_DEPENDENT = np.isin(NAMES, DEPENDENT)


@dataclass(frozen=True)
class _Trees:
    """The trees of one model that see something of the campaign; the others are summed up ahead."""

    shares: TreeShares
    features: Ints
    """Creator-only features these trees split on: rows of the codes."""

    @classmethod
    def of(cls, shares: TreeShares) -> _Trees:
        mixed = _mixed(shares)
        used = np.unique(shares.feature[mixed][_real(shares)[mixed]])
        return cls(shares, used[~_IS_DEPENDENT[used]])

    @cached_property
    def edges(self) -> Mapping[int, Floats]:
        """Thresholds of every feature, ascending."""
        real = _real(self.shares)
        return {
            int(f): np.unique(self.shares.threshold[real & (self.shares.feature == f)])
            for f in np.unique(self.shares.feature[real])
        }

    @cached_property
    def _type(self) -> type[np.unsignedinteger[Any]]:
        most = max((len(edges) for edges in self.edges.values()), default=0)
        return np.uint8 if most < np.iinfo(np.uint8).max - 1 else np.uint16

    def codes(self, values: Floats, feature: int) -> Codes:
        """1 + thresholds below each value; 0 where it is missing."""
        found = (np.searchsorted(self.edges[feature], values, side="left") + 1).astype(self._type)
        found[np.isnan(values)] = 0
        return found

    def plain(self, X: Floats) -> Floats:
        """Sum of the trees that see nothing of a campaign, shape (n,)."""
        patterns = self.shares.patterns(X)
        out = np.zeros(len(X))
        for tree in np.flatnonzero(~_mixed(self.shares)):
            out += self.shares.leaf[tree].take(patterns[tree])
        return out

    def rest(self, codes: Mapping[int, Codes], told: Mapping[int, float]) -> Floats:
        """Sum of the other trees. `codes`: by feature; `told`: features that are the same for all."""
        n = len(next(iter(codes.values())))
        out, less = np.zeros(n), {f: c - self._type(1) for f, c in codes.items()}
        real = _real(self.shares)
        for tree in np.flatnonzero(_mixed(self.shares)):
            leaf, pattern = self.shares.leaf[tree], None
            base = 0
            for split in np.flatnonzero(real[tree]).tolist():
                feature = int(self.shares.feature[tree, split])
                edge, to_left = self.shares.threshold[tree, split], self.shares.missing_left[tree, split]
                if feature in told:
                    value = told[feature]
                    base |= int(bool(to_left) if np.isnan(value) else bool(value <= edge)) << split
                    continue
                place = self._place[feature, float(edge)]
                # A missing value is 0 in `codes`, so below every edge, and the largest number in `less`.
                left = codes[feature] <= place + 1 if to_left else less[feature] <= place
                bit = left.view(np.uint8) << np.uint8(split)
                pattern = bit if pattern is None else np.bitwise_or(pattern, bit, out=pattern)
            out += leaf[base] if pattern is None else leaf.take(pattern | np.uint8(base))
        return out

    @cached_property
    def _place(self) -> Mapping[tuple[int, float], int]:
        return {(f, float(edge)): at for f, edges in self.edges.items() for at, edge in enumerate(edges)}


def _real(shares: TreeShares) -> npt.NDArray[np.bool_]:
    """Which splits are real: a padded one changes nothing, so its pattern bit is kept at 0."""
    return shares.is_split


def _mixed(shares: TreeShares) -> npt.NDArray[np.bool_]:
    """Which trees split on something the campaign decides."""
    return np.asarray((_IS_DEPENDENT[shares.feature] & shares.is_split).any(axis=1))


@dataclass(frozen=True)
class _Part:
    """One blend over the catalogue: `trees` sums, `curves` sums of creator-only features (n,), codes by feature."""

    blend: Blend
    trees: tuple[_Trees, ...]
    tree_sums: tuple[Floats, ...]
    codes: tuple[Mapping[int, Codes], ...]
    curve_sum: Floats
    dependent: Basis | None
    coefficients: Floats

    @classmethod
    def of(cls, blend: Blend, X: Floats) -> _Part:
        trees = tuple(_Trees.of(t.shares) for t in blend.trees[:_BAGS])
        codes = tuple({int(f): t.codes(X[:, f], int(f)) for f in t.features} for t in trees)
        sums, basis, weights = np.zeros(len(X)), None, np.zeros(0)
        if blend.curves is not None:
            whole = blend.curves.basis
            theirs = _IS_DEPENDENT[whole.features]
            weights = blend.curves.coefficients[theirs]
            columns = whole.columns(X)
            for j in np.flatnonzero(~theirs & (blend.curves.coefficients != 0.0)):
                sums += blend.curves.coefficients[j] * columns[:, j]
            kept = tuple(curve for curve in whole.curves if _IS_DEPENDENT[curve.feature])
            basis = Basis(kept, whole.mean[theirs], whole.scale[theirs])
        return cls(blend, trees, tuple(t.plain(X) for t in trees), codes, sums, basis, weights)

    def eta(self, rows: slice, X: Floats, told: Mapping[int, float]) -> Floats:
        """eta of creators `rows`, whose features that a campaign decides are in `X` (others are not read)."""
        found = []
        for trees, sums, codes in zip(self.trees, self.tree_sums, self.codes, strict=True):
            here = {f: c[rows] for f, c in codes.items()}
            here |= {f: trees.codes(X[:, f], f) for f in trees.edges if _IS_DEPENDENT[f] and f not in told}
            found.append(sums[rows] + trees.rest(here, told))
        curves = None
        if self.blend.curves is not None and self.dependent is not None:
            columns = self.dependent.columns(X)
            total = self.curve_sum[rows] + columns @ self.coefficients
            curves = self.blend.curves.intercept + bent(total, self.blend.curves.bend) - self.blend.curves.middle
        if found:
            # The others stand for the bags that were not looked at.
            mean = np.mean(found, axis=0)
            found += [mean] * (len(self.blend.trees) - len(found))
        return self.blend._joined(curves, found, len(X))


@dataclass(frozen=True)
class Screen:
    """A catalogue seen by one model, ready for any brief."""

    creators: Creators
    scorer: CreatorScorer
    lift: _Part
    rate: _Part
    reach: _Part
    lift_variance: Floats
    """The model's own, without a campaign, shape (n,)."""
    likely: Likely
    nearest: tuple[float, float]
    """How the nearest post follows from the mean post: level and slope."""

    @classmethod
    def of(cls, creators: Creators, scorer: CreatorScorer) -> Screen:
        """Look at every creator once, in chunks."""
        seen = []
        variance = []
        for at in range(0, max(len(creators), 1), CHUNK):
            X = np.array(creators.side.X[at : at + CHUNK])
            for_lift = only(X, FOR_LIFT)
            seen.append((
                _Part.of(scorer.lift.blend_, for_lift), _Part.of(scorer.rates.blend, for_lift),
                _Part.of(scorer.reach.blend, only(X, _FOR_REACH)),
            ))  # fmt: skip
            variance.append(Look(scorer.lift.blend_, for_lift).variance)
        lift, rate, reach = (_joined_parts([part[i] for part in seen]) for i in range(3))
        return cls(
            creators,
            scorer,
            lift,
            rate,
            reach,
            np.concatenate(variance),
            likely(creators.side),
            _nearest_line(creators),
        )

    def look(self, asked: Asked, about: Context) -> dict[str, Floats]:
        """`log_lift`, `fit` (grows with the fit score) and `value` (expected gross profit before any cost) of every
        creator, each (n,). `about`: the campaign, for one row."""
        X, told = campaign_features(self.creators.side, asked, self.likely)
        level, slope = self.nearest
        X[:, _NEAREST] = level + slope * X[:, _MEAN]
        n = len(self.creators)
        out = {name: np.empty(n) for name in ("log_lift", "fit", "value")}
        rates = self.scorer.rates.predict(np.full((1, len(NAMES)), np.nan), about.brand[:1], about.goal[:1],
                                          about.money["baseline_rate"][:1])  # fmt: skip
        bare = float(Look(self.scorer.rates.blend, np.full((1, len(NAMES)), np.nan)).eta[0])
        prior = prior_log_lift(about.goal[:1], self.scorer.priors)
        benchmark = float(self.scorer.benchmark.log_lift(about.goal[:1])[0])
        worth = float(about.money["order_value"][0] * about.money["gross_margin"][0])
        returned = float(about.money["return_rate"][0])
        worth *= 1.0 - (0.0 if np.isnan(returned) else returned)

        def chunk(at: int) -> None:
            rows = slice(at, min(at + CHUNK, n))
            here = np.full((rows.stop - at, len(NAMES)), np.nan)
            here[:, _IS_DEPENDENT] = X[rows]
            full = np.array(self.creators.side.X[rows])
            full[:, _IS_DEPENDENT] = X[rows]
            lift = self.lift.eta(rows, only(here, FOR_LIFT), _allowed(told, FOR_LIFT))
            log_lift = self.scorer.lift.common_.predict(np.repeat(prior, len(lift))) + lift
            spread = self.scorer.lift.spread_
            variance = self.lift_variance[rows] + self.scorer.lift.common_.variance(np.repeat(prior, len(lift)))
            unchosen = self.scorer.selection.unchosen(full)
            sd = np.sqrt(spread.sd(log_lift, variance) ** 2 + (self.scorer.selection.doubt * unchosen) ** 2)
            log_lift = log_lift - self.scorer.selection.lead * unchosen
            rate_eta = self.rate.eta(rows, only(here, FOR_LIFT), _allowed(told, FOR_LIFT)) - bare
            own = rates.unless_chosen(self.scorer.rates.lead, unchosen)
            rate = np.exp(own.log_mean + rate_eta + 0.5 * own.log_sd**2)
            reach = np.log(_published_reach(full, self.scorer.priors))
            if self.scorer.reach.blend.n_features:
                reach = reach + self.reach.eta(rows, only(here, _FOR_REACH), _allowed(told, _FOR_REACH))
            exposed = np.exp(reach + 0.5 * self.scorer.reach.spread**2)
            out["log_lift"][rows] = log_lift
            out["fit"][rows] = (log_lift - benchmark) / sd
            out["value"][rows] = exposed * rate * np.expm1(log_lift + 0.5 * sd**2) * worth

        with ThreadPoolExecutor(_THREADS) as pool:
            list(pool.map(chunk, range(0, n, CHUNK)))
        return out


def _nearest_line(creators: Creators) -> tuple[float, float]:
    """Least squares over some creators and, in place of briefs, the mean posts of some others."""
    side, n = creators.side, len(creators)
    if not n or not side.mean.shape[1]:
        return 0.0, 1.0
    rows = np.unique(np.linspace(0, n - 1, _SAMPLE).astype(np.int64))
    means = np.asarray(side.mean[rows])
    found = [(means @ brief, nearest_post(side, rows, brief[None, :])) for brief in means[:_BRIEFS]]
    x, y = (np.concatenate([pair[i] for pair in found]) for i in (0, 1))
    known = ~(np.isnan(x) | np.isnan(y))
    if known.sum() < 3 or np.ptp(x[known]) < 1e-9:
        return 0.0, 1.0
    slope, level = np.polyfit(x[known], y[known], 1)
    return float(level), float(slope)


def _allowed(told: Mapping[int, float], allowed: npt.NDArray[np.bool_]) -> dict[int, float]:
    """The same for all, emptied where a model may not use it."""
    return {f: value if allowed[f] else np.nan for f, value in told.items()}


def _joined_parts(parts: list[_Part]) -> _Part:
    first = parts[0]
    trees = range(len(first.trees))
    return _Part(
        first.blend, first.trees,
        tuple(np.concatenate([p.tree_sums[t] for p in parts]) for t in trees),
        tuple({f: np.concatenate([p.codes[t][f] for p in parts]) for f in first.codes[t]} for t in trees),
        np.concatenate([p.curve_sum for p in parts]), first.dependent, first.coefficients,
    )  # fmt: skip
