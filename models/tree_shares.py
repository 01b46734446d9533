"""What each feature adds in small trees, exactly and fast: TreeSHAP worked out once per tree, then looked up.

The path-dependent SHAP values of a tree (Lundberg et al. 2020, "From local explanations to global understanding")
depend on a row only through which of the tree's splits it satisfies. A tree of six leaves has five splits, so 32
possible rows: their values are tabled when a model is loaded, and a row is one look-up per tree.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import factorial

import numpy as np
import numpy.typing as npt

from models.families import Floats

Ints = npt.NDArray[np.int64]

_NAN_IS_MISSING = 2
"""LightGBM's missing type for NaN, in bits 2 and 3 of a split's `decision_type`; bit 1: missing goes left."""
_GOES_LEFT = 2
_MOST_SPLITS = 8


@dataclass(frozen=True)
class _Tree:
    """One tree as LightGBM writes it; leaf j is child -j - 1."""

    feature: Ints
    threshold: Floats
    decision: Ints
    left: Ints
    right: Ints
    leaf_value: Floats
    leaf_count: Floats
    internal_count: Floats

    @classmethod
    def of(cls, block: str) -> _Tree:
        fields = dict(line.split("=", 1) for line in block.splitlines() if "=" in line)

        def numbers(name: str) -> Floats:
            return np.array([float(v) for v in fields.get(name, "").split()], dtype=np.float64)

        return cls(
            feature=numbers("split_feature").astype(np.int64),
            threshold=numbers("threshold"),
            decision=numbers("decision_type").astype(np.int64),
            left=numbers("left_child").astype(np.int64),
            right=numbers("right_child").astype(np.int64),
            leaf_value=numbers("leaf_value"),
            leaf_count=numbers("leaf_count"),
            internal_count=numbers("internal_count"),
        )

    @property
    def missing_left(self) -> npt.NDArray[np.bool_]:
        """Where each split sends a missing value. Where LightGBM saw none in training, it reads one as 0."""
        as_nan = (self.decision >> 2) & 3 == _NAN_IS_MISSING
        return np.where(as_nan, self.decision & _GOES_LEFT > 0, self.threshold >= 0.0)

    def weight(self, node: int) -> float:
        """Training rows that reached a node or leaf."""
        return float(self.internal_count[node] if node >= 0 else self.leaf_count[-node - 1])


@dataclass(frozen=True)
class TreeShares:
    """Tables of all trees of one model, padded to the same number of splits.

    `feature`, `threshold`, `missing_left`: (trees, splits). `table`: (trees, patterns, splits): what the feature
    of each split adds, counted at its first split. `leaf`: (trees, patterns): what the tree gives. `base`: mean over
    training rows of all trees together.
    """

    feature: Ints
    threshold: Floats
    missing_left: npt.NDArray[np.bool_]
    table: Floats
    leaf: Floats
    is_split: npt.NDArray[np.bool_]
    """Which splits are real, and not there to fill up; (trees, splits)."""
    base: float

    @classmethod
    def of(cls, text: str) -> TreeShares:
        """From LightGBM's text form; ValueError for trees of more than eight splits: their tables would be large."""
        blocks = text.split("end of trees", 1)[0].split("\nTree=")[1:]
        trees = [_Tree.of(block) for block in blocks]
        splits = max((len(t.feature) for t in trees), default=0)
        if splits > _MOST_SPLITS:
            raise ValueError(f"a tree of {splits} splits; at most {_MOST_SPLITS} can be tabled")
        shape = (len(trees), max(splits, 1))
        feature, threshold = np.zeros(shape, dtype=np.int64), np.zeros(shape)
        missing_left, is_split = np.zeros(shape, dtype=np.bool_), np.zeros(shape, dtype=np.bool_)
        table, leaf, base = np.zeros((len(trees), 2 ** shape[1], shape[1])), np.zeros((len(trees), 2 ** shape[1])), 0.0
        for at, tree in enumerate(trees):
            m = len(tree.feature)
            is_split[at, :m] = True
            feature[at, :m], threshold[at, :m], missing_left[at, :m] = tree.feature, tree.threshold, tree.missing_left
            if m:
                table[at], leaf[at], mean = _shapley(tree, shape[1])
                base += mean
            else:
                leaf[at] = tree.leaf_value[0]
                base += float(tree.leaf_value[0])
        return cls(feature, threshold, missing_left, table, leaf, is_split, base)

    def grouped(self, group: Ints, n_groups: int) -> Floats:
        """What each group of features adds, by tree and pattern: (trees, patterns, n_groups); `group` is (p,)."""
        key = (group.tobytes(), n_groups)
        if key not in self._grouped:
            table = np.zeros((*self.table.shape[:2], n_groups))
            trees = np.arange(len(self.feature))
            for split in range(self.feature.shape[1]):
                table[trees, :, group[self.feature[:, split]]] += self.table[:, :, split]
            if n_groups > _MANY_GROUPS:
                return table
            self._grouped[key] = table
        return self._grouped[key]

    @cached_property
    def _grouped(self) -> dict[tuple[bytes, int], Floats]:
        """Tables by grouping, for the few groupings that are asked again and again."""
        return {}

    def sums(self, X: Floats, group: Ints, n_groups: int) -> Floats:
        """Contributions summed by group of features, shape (n, n_groups). `group`: the group of each feature, (p,)."""
        return added(self.patterns(X), self.grouped(group, n_groups))

    def patterns(self, X: Floats) -> npt.NDArray[np.uint8]:
        """Which splits of each tree each row of (n, p) satisfies, as bits: shape (trees, n)."""
        by_feature = np.ascontiguousarray(X.T)
        gone = np.isnan(by_feature)
        out = np.zeros((len(self.feature), len(X)), dtype=np.uint8)
        rows = max(1, _AT_ONCE // max(len(X), 1))
        for at in range(0, len(out), rows):
            some = slice(at, at + rows)
            for split in range(self.feature.shape[1]):
                of = self.feature[some, split]
                # A missing value compares as false, so it goes left only where it is sent there.
                left = by_feature[of] <= self.threshold[some, split, None]
                left |= gone[of] & self.missing_left[some, split, None]
                out[some] |= left.view(np.uint8) << np.uint8(split)
        return out


_MANY_GROUPS = 16
"""A table of more groups than this is not kept."""
_AT_ONCE = 16_384
"""Values compared at once: they stay in the processor's cache."""


_ROWS_AT_ONCE = 128
"""Rows looked up at once: what is added up stays in the processor's cache."""


def added(patterns: npt.NDArray[np.uint8], table: Floats) -> Floats:
    """Look up every tree's row of `table` (trees, patterns, columns) and add them up, shape (n, columns).

    One tree after another, as LightGBM does, so that a row's bits do not depend on the batch.
    """
    trees, n = patterns.shape
    columns = table.shape[2]
    flat, first = table.reshape(-1, columns), (np.arange(trees) * table.shape[1])[:, None]
    out = np.zeros((n, columns))
    for at in range(0, n, _ROWS_AT_ONCE):
        some = slice(at, min(at + _ROWS_AT_ONCE, n))
        values = flat.take(first + patterns[:, some], axis=0)
        if values.shape[1] * columns > 1:
            # numpy adds in pairs only along the axis that is contiguous in memory, and this one is not.
            out[some] = np.add.reduce(values, axis=0)
        else:
            out[some] = np.cumsum(values, axis=0)[-1:] if trees else 0.0
    return out


def _shapley(tree: _Tree, width: int) -> tuple[Floats, Floats, float]:
    """Shapley values by pattern of splits (bit s set: split s goes left), shape (2^width, width), what the tree gives
    for each pattern, and the mean."""
    players, player = np.unique(tree.feature, return_inverse=True)
    count = len(players)
    patterns, coalitions = np.arange(2**width), np.arange(2**count)

    def value(node: int) -> Floats:
        """Expected tree output by pattern and known features, shape (patterns or 1, coalitions or 1)."""
        if node < 0:
            return np.full((1, 1), tree.leaf_value[-node - 1])
        left, right = int(tree.left[node]), int(tree.right[node])
        low, high = value(left), value(right)
        share = tree.weight(left) / max(tree.weight(left) + tree.weight(right), 1e-300)
        goes_left = ((patterns >> node) & 1 == 1)[:, None]
        known = ((coalitions >> player[node]) & 1 == 1)[None, :]
        return np.where(known, np.where(goes_left, low, high), share * low + (1.0 - share) * high)

    values = np.broadcast_to(value(0), (len(patterns), len(coalitions)))
    out = np.zeros((len(patterns), width))
    sizes = np.array([bin(c).count("1") for c in coalitions])
    for p in range(count):
        without = coalitions[(coalitions >> p) & 1 == 0]
        size = sizes[without]
        weight = np.array([factorial(s) * factorial(count - s - 1) / factorial(count) for s in size.tolist()])
        gain = values[:, without | (1 << p)] - values[:, without]
        out[:, int(np.flatnonzero(player == p)[0])] = (gain * weight).sum(axis=1)
    # Every split known: no mean is taken, so these are the leaves as they stand.
    return out, values[:, -1].copy(), float(values[0, 0])
