"""All trees of a blend over a whole catalogue: what they give at least and at most whatever a campaign says, and, with
what it says, exactly.

What depends on the creator alone is worked out once: the sum of the trees that see nothing of a campaign, bounds of the
others, and each feature as the number of thresholds below it. The trees that may matter most come first, so that most
creators need not be looked at by all of them.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from models.blend import Blend
from models.families import Floats
from models.tree_shares import TreeShares, added

Mask = npt.NDArray[np.bool_]
Closer = Generator[tuple[Floats, Floats], npt.NDArray[np.int64] | None, None]
Codes = npt.NDArray[Any]
"""Thresholds below a value, plus 1; 0 where it is missing. A byte each, two where a feature has many thresholds."""
BLOCKS = (0.0, 0.2, 0.5, 1.0)
"""Up to which share of a blend's trees each block of them goes; of a blend of few trees all come first, alone."""
_FEW_TREES = 500
ROUNDING = 1e-5
"""Sums kept in single precision, and in another order than LightGBM's, are off by less."""


def _pooled(blend: Blend) -> TreeShares:
    """The trees of all bags as one set, padded to the same number of splits; without the tables of shares."""
    shares = [trees.shares for trees in blend.trees]
    widest = max(one.feature.shape[1] for one in shares)

    def padded(name: str) -> Any:
        return np.concatenate([
            np.pad(getattr(one, name), ((0, 0), (0, widest - one.feature.shape[1]))) for one in shares
        ])  # fmt: skip

    leaf = np.concatenate([np.tile(one.leaf, (1, 2 ** (widest - one.feature.shape[1]))) for one in shares])
    return TreeShares(
        padded("feature"), padded("threshold"), padded("missing_left"), np.zeros((len(leaf), 1, 1)), leaf,
        padded("is_split"), 0.0,
    )  # fmt: skip


def _either(leaf: Floats, open_: Mask) -> tuple[Floats, Floats, Floats]:
    """Of tables (trees, patterns) the least, the middle and the most where the splits `open_` may go either way."""
    low, middle, high = leaf, leaf, leaf
    patterns = np.arange(leaf.shape[1])
    for split in range(open_.shape[1]):
        other, may = patterns ^ (1 << split), open_[:, split, None]
        low = np.where(may, np.minimum(low, low[:, other]), low)
        middle = np.where(may, 0.5 * (middle + middle[:, other]), middle)
        high = np.where(may, np.maximum(high, high[:, other]), high)
    return low, middle, high


@dataclass(frozen=True)
class Forest:
    """The trees of one blend, in blocks; `weight` is what a tree counts for in eta."""

    shares: TreeShares
    weight: float
    depends: Mask
    """Which splits a campaign decides, (trees, splits)."""
    unknown: int
    """A feature that is never told."""

    @classmethod
    def of(cls, blend: Blend, is_dependent: Mask, unknown: int) -> Forest | None:
        """None without trees that count."""
        if not blend.trees or blend.tree_share == 0.0:
            return None
        shares = _pooled(blend)
        depends = is_dependent[shares.feature] & shares.is_split
        low, _, high = _either(shares.leaf, depends)
        # Trees without a campaign come last; of the others, those that may matter most come first.
        order = np.argsort(np.where(depends.any(axis=1), -(high - low).max(axis=1), np.inf), kind="stable")
        some = TreeShares(
            shares.feature[order], shares.threshold[order], shares.missing_left[order], shares.table,
            shares.leaf[order], shares.is_split[order], 0.0,
        )  # fmt: skip
        return cls(some, blend.tree_share / len(blend.trees), depends[order], unknown)

    @cached_property
    def mixed(self) -> int:
        """How many trees see something of a campaign: the first ones."""
        return int(self.depends.any(axis=1).sum())

    @cached_property
    def blocks(self) -> tuple[slice, ...]:
        """The trees that see something of a campaign, block by block."""
        few = len(self.shares.feature) <= _FEW_TREES
        ends = [0, *(self.mixed if few else round(share * self.mixed) for share in BLOCKS)]
        return tuple(slice(a, b) for a, b in pairwise(ends))

    @cached_property
    def edges(self) -> Mapping[int, Floats]:
        """Thresholds of every feature that trees with something of a campaign split on, ascending."""
        first = slice(0, self.mixed)
        real, of, at = self.shares.is_split[first], self.shares.feature[first], self.shares.threshold[first]
        return {int(f): np.unique(at[real & (of == f)]) for f in np.unique(of[real])}

    @cached_property
    def splits(self) -> _Splits:
        """The splits of the trees that see something of a campaign."""
        return _Splits.of(self)

    def codes(self, values: Floats, feature: int) -> Codes:
        """`Codes` of a feature."""
        edges = self.edges[feature]
        kind = np.uint8 if len(edges) < np.iinfo(np.uint8).max - 1 else np.uint16
        found = (np.searchsorted(edges, values, side="left") + 1).astype(kind)
        found[np.isnan(values)] = 0
        return found


@dataclass(frozen=True)
class _Splits:
    """Splits (trees, splits) as comparisons of codes: a row goes left where line `line` of a table of codes is at most
    `most`. The table has a line of each feature of `features` with missing as 0, which goes left, then one of each with
    missing above all, which does not, and a last line above all, for what is no split or is never told."""

    features: tuple[int, ...]
    line: npt.NDArray[np.int64]
    most: npt.NDArray[np.uint16]
    least: Floats
    """What each tree gives at least where the feature that is never told may be anything, (trees, patterns)."""
    open_: npt.NDArray[np.int64]
    """The trees that split on it; `gap` is what they may give more, (open trees, patterns)."""
    gap: Floats

    @classmethod
    def of(cls, forest: Forest) -> _Splits:
        first = slice(0, forest.mixed)
        of, at = forest.shares.feature[first], forest.shares.threshold[first]
        never = forest.shares.is_split[first] & (of == forest.unknown)
        real = forest.shares.is_split[first] & ~never
        features = tuple(f for f in forest.edges if f != forest.unknown)
        line, most = np.full(of.shape, 2 * len(features)), np.zeros(of.shape, dtype=np.uint16)
        for place, feature in enumerate(features):
            here = real & (of == feature)
            line[here] = place + np.where(forest.shares.missing_left[first][here], 0, len(features))
            # Codes count the thresholds below a value, plus 1.
            most[here] = np.searchsorted(forest.edges[feature], at[here]) + 1
        low, _, high = _either(forest.shares.leaf[first], never)
        open_ = np.flatnonzero(never.any(axis=1))
        return cls(features, line, most, low, open_, (high - low)[open_])

    def table(self, codes: Mapping[int, Codes], n: int) -> npt.NDArray[np.uint16]:
        """The table of codes of n rows; those that are the same for all may be given once."""
        count = len(self.features)
        out = np.full((2 * count + 1, n), np.iinfo(np.uint16).max, dtype=np.uint16)
        for place, feature in enumerate(self.features):
            out[place] = codes[feature]
        above = out[count : 2 * count]
        above[:] = out[:count]
        above[above == 0] = np.iinfo(np.uint16).max
        return out

    def sums(self, block: slice, codes: Mapping[int, Codes], n: int) -> Floats:
        """The least and the most the trees of a block give together to n rows of these codes, shape (2, n)."""
        if n > _MANY_ROWS:
            return self._tree_by_tree(block, codes, n)
        table = self.table(codes, n)
        out, trees = np.zeros((2, n)), max(1, _AT_ONCE // max(n, 1))
        width = self.least.shape[1]
        for at in range(block.start, block.stop, trees):
            some = slice(at, min(at + trees, block.stop))
            pattern = np.zeros((some.stop - at, n), dtype=np.uint8)
            for split in range(self.line.shape[1]):
                left = table[self.line[some, split]] <= self.most[some, split, None]
                pattern |= left.view(np.uint8) << np.uint8(split)
            inside = slice(*np.searchsorted(self.open_, [some.start, some.stop]))
            opened = pattern[self.open_[inside] - at]
            out[0] += _looked_up(self.least[some], pattern, width)
            if len(opened):
                out[1] += _looked_up(self.gap[inside], opened, width)
        out[1] += out[0]
        return out

    def _tree_by_tree(self, block: slice, codes: Mapping[int, Codes], n: int) -> Floats:
        """As `sums`: of many rows a tree is work enough, and codes as small as they come stay in the cache."""
        low, more = np.zeros(n), np.zeros(n)
        # Less 1, missing becomes the largest there is.
        plain = [codes[feature] for feature in self.features]
        lines = plain + [one - one.dtype.type(1) for one in plain]
        opened = {tree: at for at, tree in enumerate(self.open_.tolist())}
        for tree in range(block.start, block.stop):
            pattern, base = np.zeros(n, dtype=np.uint8), 0
            for split, (line, most) in enumerate(zip(self.line[tree].tolist(), self.most[tree].tolist(), strict=True)):
                if line == len(lines):
                    continue
                goes = lines[line] <= (most if line < len(self.features) else most - 1)
                if len(goes) == 1:
                    base |= int(goes[0]) << split
                else:
                    pattern |= goes.view(np.uint8) << np.uint8(split)
            pattern |= np.uint8(base)
            low += self.least[tree].take(pattern)
            if tree in opened:
                more += self.gap[opened[tree]].take(pattern)
        return np.stack([low, low + more])


_MANY_ROWS = 4_096
_AT_ONCE = 65_536
"""Values looked up at once: they stay in the processor's cache."""


def _looked_up(tables: Floats, pattern: npt.NDArray[np.uint8], width: int) -> Floats:
    """Every tree's entry (trees, patterns) for each row's pattern (trees, rows), added up; shape (rows,)."""
    place = np.add(pattern, (np.arange(len(tables)) * width)[:, None], dtype=np.intp)
    found = tables.reshape(-1).take(place)
    return np.asarray(found[0] if len(found) == 1 else np.add.reduce(found, axis=0))


@dataclass(frozen=True)
class Grove:
    """A forest over n creators. `own`: sum of the trees that see nothing of a campaign; `low`, `high` (blocks + 1, n):
    bounds of the sum from a block on; `middle` (n,) between them; `codes` of the creators' own features."""

    forest: Forest
    own: Floats
    low: npt.NDArray[np.float32]
    middle: npt.NDArray[np.float32]
    high: npt.NDArray[np.float32]
    codes: Mapping[int, Codes]

    @classmethod
    def of(cls, forest: Forest, X: Floats, is_dependent: Mask) -> Grove:
        """Of creators with features X (n, features), of which those that a campaign decides are not read."""
        patterns = forest.shares.patterns(X)
        m, n = forest.mixed, len(X)
        leaf = forest.shares.leaf
        own = added(patterns[m:], leaf[m:, :, None])[:, 0]
        tables = np.stack(_either(leaf, forest.depends), axis=2)
        sums = [added(patterns[block], tables[block]) for block in forest.blocks]
        bounds = np.zeros((len(sums) + 1, n, 3))
        for at in range(len(sums) - 1, -1, -1):
            bounds[at] = bounds[at + 1] + sums[at]
        low, middle, high = (np.ascontiguousarray(bounds[:, :, i], dtype=np.float32) for i in range(3))
        codes = {f: forest.codes(X[:, f], f) for f in forest.edges if not is_dependent[f]}
        return cls(forest, own, low, middle[0].copy(), high, codes)

    @classmethod
    def joined(cls, parts: Sequence[Grove]) -> Grove | None:
        """Several lots of creators, one after another; None of none."""
        if not parts:
            return None
        codes = {f: np.concatenate([part.codes[f] for part in parts]) for f in parts[0].codes}
        low, high = (np.concatenate([getattr(part, name) for part in parts], axis=1) for name in ("low", "high"))
        own, middle = (np.concatenate([getattr(part, name) for part in parts]) for name in ("own", "middle"))
        return cls(parts[0].forest, own, low, middle, high, codes)

    def bounds(self, rows: slice | npt.NDArray[np.int64]) -> tuple[Floats, Floats, Floats]:
        """The least, the middle and the most the trees add to eta, whatever a campaign says; (rows,) each."""
        w, own = self.forest.weight, self.own[rows]
        low, middle, high = (w * (own + part[rows]) for part in (self.low[0], self.middle, self.high[0]))
        return low - ROUNDING, middle, high + ROUNDING

    def closer(self, rows: npt.NDArray[np.int64], told: Mapping[int, Codes]) -> Closer:
        """After each block of trees the least and the most they add to eta, ever closer. `told`: codes of what a
        campaign decides, (rows,) or (1,) where it is the same for all. `send` an array of positions: only those rows
        are looked at from there on."""
        w, splits = self.forest.weight, self.forest.splits
        codes = {f: c[rows] for f, c in self.codes.items()} | dict(told)
        sums, left = np.repeat(self.own[None, rows], 2, axis=0), rows
        for at, block in enumerate(self.forest.blocks):
            sums += splits.sums(block, codes, len(left))
            low, high = (bound[at + 1, left] for bound in (self.low, self.high))
            kept = yield w * (sums[0] + low) - ROUNDING, w * (sums[1] + high) + ROUNDING
            if kept is not None:
                left, sums = left[kept], sums[:, kept]
                codes = {f: c if len(c) == 1 else c[kept] for f, c in codes.items()}
