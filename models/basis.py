"""Features as columns of curves: a line and a bend over normal scores, steps for 0/1 features and for being missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats

from models.families import Floats

Ints = npt.NDArray[np.int64]

KNOTS = 33
_OUTERMOST = 0.004
"""Normal scores are cut at this tail probability (±2.65)."""
_RARELY = 0.005
"""A feature missing (or present) in a smaller share of rows gets no missing step."""
_SCALED_AS = 0.05
"""A column that leaves its usual value in a smaller share of rows is scaled as if it were this share: what a handful
of rows say of, say, a track record that hardly anybody has yet must not weigh on all who have one later."""
_FEW_ROWS = 32
KINDS = ("line", "bend", "step", "missing")
"""Kinds of columns; coefficients of a kind share one prior."""


@dataclass(frozen=True)
class Curve:
    """How one feature enters: `knots` and their normal `scores`; or a step between the only two values that were seen
    (`scores` empty; `knots` are their mean over the rows, the lower and the higher), flat beyond them."""

    feature: int
    knots: tuple[float, ...]
    scores: tuple[float, ...]
    missing: bool
    """Whether being missing has a step of its own."""


@dataclass(frozen=True)
class Basis:
    """Columns made from features, each centred over the training rows and scaled over those where it is known."""

    curves: tuple[Curve, ...]
    mean: Floats
    scale: Floats
    """Divisor of each column; 0 marks a constant column, which is left at 0."""

    @classmethod
    def of(cls, X: Floats) -> Basis:
        """Learn the curves' scales from (n, p) training features."""
        curves = tuple(c for j in range(X.shape[1]) if (c := _curve(j, X[:, j])) is not None)
        blank = cls(curves, np.zeros(0), np.zeros(0))
        raw = blank.raw(X)
        if not len(raw):
            return cls(curves, np.zeros(raw.shape[1]), np.zeros(raw.shape[1]))
        known = 1.0 - np.isnan(X[:, blank.features]).mean(axis=0)
        # Where a feature is seldom known, its curve is no steeper for that: missing rows lie in its middle.
        share = np.where(blank.kinds <= KINDS.index("bend"), np.maximum(known, _RARELY), 1.0)
        scale = raw.std(axis=0) / np.sqrt(share) * np.array([_rarity(column) for column in raw.T])
        return cls(curves, raw.mean(axis=0), np.where(scale > 1e-9, scale, 0.0))

    @cached_property
    def layout(self) -> tuple[tuple[int, str], ...]:
        """(feature, kind) of each column."""
        columns: list[tuple[int, str]] = []
        for curve in self.curves:
            columns += [(curve.feature, "line"), (curve.feature, "bend")] if curve.scores else []
            columns += [(curve.feature, "step")] if not curve.scores and curve.knots else []
            columns += [(curve.feature, "missing")] if curve.missing else []
        return tuple(columns)

    @cached_property
    def features(self) -> Ints:
        """The feature each column is made of."""
        return np.array([feature for feature, _ in self.layout], dtype=np.int64)

    @cached_property
    def kinds(self) -> Ints:
        """The kind of each column, as a position in line, bend, step, missing."""
        return np.array([KINDS.index(kind) for _, kind in self.layout], dtype=np.int64)

    def raw(self, X: Floats) -> Floats:
        """Columns before centring, shape (n, columns)."""
        if len(X) <= _FEW_ROWS:
            return self._raw_of_few(X)
        out = np.zeros((len(X), len(self.layout)), order="F")
        at = 0
        for curve in self.curves:
            x = X[:, curve.feature]
            gone = np.isnan(x)
            if curve.scores:
                score = np.where(gone, 0.0, np.interp(np.where(gone, 0.0, x), curve.knots, curve.scores))
                out[:, at] = score
                out[:, at + 1] = np.where(gone, 0.0, score * score - 1.0)
                at += 2
            elif curve.knots:
                middle, lower, higher = curve.knots
                out[:, at] = np.where(gone, 0.0, np.clip(x, lower, higher) - middle)
                at += 1
            if curve.missing:
                out[:, at] = gone
                at += 1
        return out

    def _raw_of_few(self, X: Floats) -> Floats:
        """`raw`, all curves at once: for a row or two the work per curve would be all there is."""
        table = self._table
        x = X[:, table.feature]
        gone = np.isnan(x)
        out = np.zeros((len(X), len(self.layout)))
        known = np.where(gone, 0.0, x)
        # As np.interp: flat beyond the ends, a knot's own score on it, else the line from the knot before.
        place = (table.knots <= known[:, table.bent, None]).sum(axis=2) - 1
        at = np.clip(place, 0, table.last)
        curve = np.arange(len(table.bent))
        left, score = table.knots[curve, at], table.scores[curve, at]
        inside = (place >= 0) & (place < table.last) & (known[:, table.bent] != left)
        score = np.where(inside, table.slopes[curve, at] * (known[:, table.bent] - left) + score, score)
        score = np.where(gone[:, table.bent], 0.0, score)
        out[:, table.line] = score
        out[:, table.line + 1] = np.where(gone[:, table.bent], 0.0, score * score - 1.0)
        step = np.clip(x[:, table.stepped], table.lower, table.higher) - table.middle
        out[:, table.step] = np.where(gone[:, table.stepped], 0.0, step)
        out[:, table.lack] = gone[:, table.lacking]
        return out

    @cached_property
    def _table(self) -> _Table:
        return _Table.of(self.curves)

    def columns(self, X: Floats) -> Floats:
        """Centred and scaled columns, shape (n, columns)."""
        out = self.raw(X)
        out -= self.mean
        out *= np.divide(1.0, self.scale, out=np.zeros_like(self.scale), where=self.scale > 0.0)
        return out

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        curves = [[c.feature, list(c.knots), list(c.scores), c.missing] for c in self.curves]
        return {"curves": curves, "mean": self.mean.tolist(), "scale": self.scale.tolist()}

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> Basis:
        """The basis saved by `to_json`."""
        curves = tuple(Curve(int(f), tuple(k), tuple(s), bool(m)) for f, k, s, m in saved["curves"])
        return cls(curves, np.array(saved["mean"], dtype=np.float64), np.array(saved["scale"], dtype=np.float64))


@dataclass(frozen=True)
class _Table:
    """All curves side by side. `bent`, `stepped`, `lacking`: curves with scores, with a step, with a step for being
    missing; `line`, `step`, `lack`: their first columns."""

    feature: Ints
    bent: Ints
    line: Ints
    knots: Floats
    scores: Floats
    slopes: Floats
    last: Ints
    """The last knot of each bent curve; knots after it are infinite."""
    stepped: Ints
    step: Ints
    middle: Floats
    lower: Floats
    higher: Floats
    lacking: Ints
    lack: Ints

    @classmethod
    def of(cls, curves: tuple[Curve, ...]) -> _Table:
        bent = [(i, c) for i, c in enumerate(curves) if c.scores]
        widest = max((len(c.knots) for _, c in bent), default=1)
        knots, scores = np.full((len(bent), widest), np.inf), np.zeros((len(bent), widest))
        slopes = np.zeros((len(bent), widest))
        for at, (_, c) in enumerate(bent):
            m = len(c.knots)
            knots[at, :m], scores[at, :m] = c.knots, c.scores
            slopes[at, : m - 1] = np.diff(scores[at, :m]) / np.diff(knots[at, :m])
        widths = [2 * bool(c.scores) + bool(not c.scores and c.knots) for c in curves]
        first = np.cumsum([0, *(w + c.missing for w, c in zip(widths, curves, strict=True))])[:-1].astype(np.int64)
        stepped = [i for i, c in enumerate(curves) if not c.scores and c.knots]
        lacking = [i for i, c in enumerate(curves) if c.missing]
        steps = np.array([curves[i].knots for i in stepped], dtype=np.float64).reshape(-1, 3).T

        def ints(values: list[int]) -> Ints:
            return np.array(values, dtype=np.int64)

        return cls(
            feature=ints([c.feature for c in curves]),
            bent=ints([i for i, _ in bent]), line=first[ints([i for i, _ in bent])],
            knots=knots, scores=scores, slopes=slopes, last=ints([len(c.knots) - 1 for _, c in bent]),
            stepped=ints(stepped), step=first[ints(stepped)],
            middle=steps[0], lower=steps[1], higher=steps[2],
            lacking=ints(lacking), lack=first[ints(lacking)] + ints([widths[i] for i in lacking]),
        )  # fmt: skip


def _rarity(column: Floats) -> float:
    """Factor on the scale of a column that seldom leaves its usual value, 1 for others and for constant ones."""
    unusual = 1.0 - np.unique(column, return_counts=True)[1].max() / len(column)
    return float(np.sqrt(_SCALED_AS / unusual)) if 0.0 < unusual < _SCALED_AS else 1.0


def _curve(feature: int, x: Floats) -> Curve | None:
    gone = np.isnan(x)
    share = float(gone.mean()) if len(x) else 1.0
    missing = _RARELY < share < 1.0 - _RARELY
    known = x[~gone]
    different = np.unique(known)
    if len(different) < 2:
        return Curve(feature, (), (), missing) if missing else None
    if len(different) == 2:
        return Curve(feature, (float(known.mean()), *different.tolist()), (), missing)
    knots = np.unique(np.quantile(known, np.linspace(0.0, 1.0, KNOTS)))
    ordered = np.sort(known)
    # Ties share the middle of their ranks.
    rank = (np.searchsorted(ordered, knots, "left") + np.searchsorted(ordered, knots, "right")) / (2.0 * len(known))
    scores = stats.norm.ppf(np.clip(rank, _OUTERMOST, 1.0 - _OUTERMOST))
    return Curve(feature, tuple(knots.tolist()), tuple(scores.tolist()), missing)
