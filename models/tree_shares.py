"""What each feature adds in small trees, exactly and fast: TreeSHAP worked out once per tree, then looked up.

The path-dependent SHAP values of a tree (Lundberg et al. 2020, "From local explanations to global understanding")
depend on a row only through which of the tree's splits it satisfies. A tree of six leaves has five splits, so 32
possible rows: their values are tabled when a model is loaded, and a row is one look-up per tree.
"""

from __future__ import annotations

from collections.abc import Sequence
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
        for at, tree in enumerate(trees):
            m = len(tree.feature)
            is_split[at, :m] = True
            feature[at, :m], threshold[at, :m], missing_left[at, :m] = tree.feature, tree.threshold, tree.missing_left
        table, leaf, means = _shapley(trees, _first_splits(feature, is_split))
        return cls(feature, threshold, missing_left, table, leaf, is_split, float(sum(means.tolist())))

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


_TABLED_AT_ONCE = 16_384
"""Pairs of a pattern and known features worked out at once, for each node: they stay in the processor's cache."""
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


def _first_splits(feature: Ints, is_split: npt.NDArray[np.bool_]) -> Ints:
    """For each split of each tree the first one of the same feature, (trees, splits): those two are one player."""
    same = (feature[:, :, None] == feature[:, None, :]) & is_split[:, :, None] & is_split[:, None, :]
    return np.asarray(same.argmax(axis=2), dtype=np.int64)


@dataclass(frozen=True)
class _Nodes:
    """Trees padded to the same number of splits. A node is a split's number, or that number of splits + a leaf's.

    `left`, `right`, `share` of the training rows that went left: (trees, splits); `leaf_value`: (trees, splits + 1).
    A split that only fills up has leaf 0 on both sides.
    """

    left: Ints
    right: Ints
    share: Floats
    leaf_value: Floats

    @classmethod
    def of(cls, trees: Sequence[_Tree], width: int) -> _Nodes:
        left, right = np.full((len(trees), width), width), np.full((len(trees), width), width)
        share, leaf_value = np.ones((len(trees), width)), np.zeros((len(trees), width + 1))
        for at, tree in enumerate(trees):
            m = len(tree.feature)
            leaf_value[at, : len(tree.leaf_value)] = tree.leaf_value
            for out, child in ((left, tree.left), (right, tree.right)):
                out[at, :m] = np.where(child >= 0, child, width - 1 - child)
            weight = np.concatenate([tree.internal_count, np.zeros(width - m), tree.leaf_count])
            if m:
                lefts, rights = weight[left[at, :m]], weight[right[at, :m]]
                share[at, :m] = lefts / np.maximum(lefts + rights, 1e-300)
        return cls(left, right, share, leaf_value)

    def values(self, some: slice, player: Ints) -> Floats:
        """Expected output of some trees by pattern and known features, shape (trees, 2^splits, 2^splits)."""
        n, width = self.left[some].shape
        bits = (np.arange(2**width)[:, None] >> np.arange(width)) & 1 == 1
        value, tree = np.empty((n, 2 * width + 1, 2**width, 2**width)), np.arange(n)
        value[:, width:] = self.leaf_value[some, :, None, None]
        # A split's children have higher numbers.
        for split in range(width - 1, -1, -1):
            low, high = (value[tree, child[some, split]] for child in (self.left, self.right))
            share = self.share[some, split, None, None]
            known = bits[:, player[some, split]].T[:, None, :]
            goes = np.where(bits[None, :, split, None], low, high)
            value[:, split] = np.where(known, goes, share * low + (1.0 - share) * high)
        return np.asarray(value[:, 0])


def _shapley(trees: Sequence[_Tree], player: Ints) -> tuple[Floats, Floats, Floats]:
    """Shapley values by tree and pattern of splits (bit s set: split s goes left), shape (trees, 2^splits, splits),
    what the trees give for each pattern, (trees, 2^splits), and their means, (trees,).

    `player`: as `_first_splits`; a split that is not the first of its feature adds nothing.
    """
    n, width = player.shape
    nodes, coalitions = _Nodes.of(trees, width), np.arange(2**width)
    sizes = ((coalitions[:, None] >> np.arange(width)) & 1).sum(axis=1)
    weights = np.array([factorial(s) * factorial(width - s - 1) / factorial(width) for s in range(width)])
    out, leaf, mean = np.zeros((n, 2**width, width)), np.zeros((n, 2**width)), np.zeros(n)
    at_once = max(1, _TABLED_AT_ONCE // 4**width)
    for at in range(0, n, at_once):
        some = slice(at, at + at_once)
        values = nodes.values(some, player)
        for split in range(width):
            without = coalitions[(coalitions >> split) & 1 == 0]
            gain = values[:, :, without | (1 << split)] - values[:, :, without]
            out[some, :, split] = (gain * weights[sizes[without]]).sum(axis=2)
        # Every split known: no mean is taken, so these are the leaves as they stand.
        leaf[some], mean[some] = values[:, :, -1], values[:, 0, 0]
    return out, leaf, mean
