"""Several sums of curves at once for many creators: each feature is looked up in one table, in place of every model's.

Between two neighbouring edges every curve is a polynomial of degree two, taken as a straight line here; by how much a
sum may be off for that is worked out exactly and kept beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from models.basis import Basis, Curve
from models.families import Floats

Ints = npt.NDArray[np.int64]
_PARTS = 8
"""Cells between two neighbouring knots: their lines are off by a few ten-thousandths of a log lift."""


@dataclass(frozen=True)
class CurveSum:
    """A weighted sum of curves. `squared`: not the columns are summed, but at least their squares."""

    basis: Basis
    weights: Floats
    names: Ints
    """The features in the catalogue that the features of `basis` are, shape (features of the basis,)."""
    squared: bool = False

    def of_feature(self, feature: int) -> tuple[Curve, _Alone] | None:
        """Its curve of a feature of the catalogue, and the sum of that alone."""
        for curve in self.basis.curves:
            if self.names[curve.feature] == feature:
                at = np.flatnonzero(self.basis.features == curve.feature)
                alone = Basis((_first(curve),), self.basis.mean[at], self.basis.scale[at])
                return curve, _Alone(alone, self.weights[at], self.squared)
        return None

    def own(self, X: Floats, is_own: npt.NDArray[np.bool_]) -> Floats:
        """The part of the features marked in the catalogue, shape (n,); `X` has the columns of `basis`."""
        out = np.zeros(len(X))
        columns = self.basis.columns(X)
        for j in np.flatnonzero(is_own[self.names[self.basis.features]]):
            out += self.weights[j] * (columns[:, j] ** 2 if self.squared else columns[:, j])
        return out


def _first(curve: Curve) -> Curve:
    return Curve(0, curve.knots, curve.scores, curve.missing)


@dataclass(frozen=True)
class _Alone:
    basis: Basis
    weights: Floats
    squared: bool

    def at(self, x: Floats) -> Floats:
        columns = self.basis.columns(x[:, None])
        # Of squares every column is kept apart: each has its largest at one of two neighbouring edges.
        return np.asarray(columns**2 * self.weights if self.squared else (columns @ self.weights)[:, None])


@dataclass(frozen=True)
class _Table:
    """One feature: a column for each cell between neighbouring `edges` and a last one for missing. `left` (sums, cells)
    are the sums at the cell's left edge, and `slope` their slopes."""

    place: int
    edges: Floats
    left: Floats
    slope: Floats
    off: Floats
    """By how much each sum may be off."""

    def add(self, x: Floats, out: Floats) -> None:
        """Add the feature's part of every sum to `out` (sums, n)."""
        gone = np.isnan(x)
        known = np.clip(np.where(gone, self.edges[0], x), self.edges[0], self.edges[-1])
        cell = np.searchsorted(self.edges[1:-1], known, side="right")
        known -= self.edges.take(cell)
        cell[gone] = self.left.shape[1] - 1
        for s, (has_left, has_slope) in enumerate(self._used):
            if has_left:
                out[s] += self.left[s].take(cell)
            if has_slope:
                part = self.slope[s].take(cell)
                part *= known
                out[s] += part

    @cached_property
    def _used(self) -> tuple[tuple[bool, bool], ...]:
        return tuple((bool(a.any()), bool(b.any())) for a, b in zip(self.left, self.slope, strict=True))

    @property
    def ends(self) -> tuple[Floats, Floats]:
        """The least and the most the feature adds to each sum, whatever it is; (sums,) each."""
        right = self.left + self.slope * np.append(np.diff(self.edges), 0.0)
        return np.minimum(self.left, right).min(axis=1), np.maximum(self.left, right).max(axis=1)


@dataclass(frozen=True)
class CurveSums:
    """Several sums over features a campaign decides, given by their places; one of them may be left unknown."""

    tables: tuple[_Table, ...]
    low: Floats
    """What the unknown feature and straight lines take off at most, shape (sums,); at most 0."""
    high: Floats

    @classmethod
    def of(cls, sums: Sequence[CurveSum], features: Sequence[int], unknown: int) -> CurveSums:
        """`features`: of the catalogue, in their places; `unknown`: the one that is never told."""
        tables = [made for place, f in enumerate(features) if (made := _table(sums, place, f)) is not None]
        off = np.sum([one.off for one in tables], axis=0) if tables else np.zeros(len(sums))
        low, high = -off, off.copy()
        for one in tables:
            if features[one.place] == unknown:
                least, most = one.ends
                low, high = low + least, high + most
        return cls(tuple(one for one in tables if features[one.place] != unknown), low, high)

    def totals(self, X: Floats) -> Floats:
        """The sums of creators whose features are X (n, places), shape (sums, n)."""
        out, same = np.zeros((len(self.low), len(X))), np.zeros((len(self.low), 1))
        for one in self.tables:
            x = np.ascontiguousarray(X[:, one.place])
            # Much is the same for all, by the campaign or for want of something: looked up once.
            if len(x) and (np.isnan(x).all() if np.isnan(x[0]) else (x == x[0]).all()):
                one.add(x[:1], same)
            else:
                one.add(x, out)
        return np.asarray(out + same)


def _table(sums: Sequence[CurveSum], place: int, feature: int) -> _Table | None:
    found = [one.of_feature(feature) for one in sums]
    edges = _edges([one[0] for one in found if one is not None])
    if edges is None:
        return None
    left, slope, off = np.zeros((len(sums), len(edges))), np.zeros((len(sums), len(edges))), np.zeros(len(sums))
    middle = 0.5 * (edges[1:] + edges[:-1])
    for s, one in enumerate(found):
        if one is None:
            continue
        at, between = one[1].at(edges), one[1].at(middle)
        left[s, -1] = one[1].at(np.array([np.nan])).sum()
        if sums[s].squared:
            left[s, :-1] = np.maximum(at[1:], at[:-1]).sum(axis=1)
            continue
        left[s, :-1] = at[:-1, 0]
        slope[s, :-1] = np.diff(at[:, 0]) / np.diff(edges)
        off[s] = np.max(np.abs(between - 0.5 * (at[1:] + at[:-1])), initial=0.0)
    return _Table(place, edges, left, slope, off)


def _edges(curves: Sequence[Curve]) -> Floats | None:
    """Where some curve bends, ascending: every one of them is smooth and rises or falls all the way in between."""
    if not curves:
        return None
    knots = np.unique([knot for curve in curves for knot in _bends(curve)] or [0.0])
    if len(knots) == 1:
        return np.append(knots, knots + 1.0)
    parts = knots[:-1, None] + np.diff(knots)[:, None] * (np.arange(_PARTS) / _PARTS)
    return np.unique(np.append(parts, knots[-1]))


def _bends(curve: Curve) -> Iterator[float]:
    if not curve.scores:
        yield from curve.knots[1:]
        return
    yield from curve.knots
    for i in range(len(curve.knots) - 1):
        left, right = curve.scores[i], curve.scores[i + 1]
        if left < 0.0 < right:
            # The bend turns where the score is 0.
            yield curve.knots[i] - left * (curve.knots[i + 1] - curve.knots[i]) / (right - left)
