"""Curves and trees together, as one model to ask and to save; `models.crossfit` fits it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from models.additive import Additive
from models.boosting import Trees
from models.families import Floats
from models.tree_shares import added

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Blend:
    """eta(x) = (1 - tree_share) * curves(x) + tree_share * (level + mean of trees(x))."""

    n_features: int
    level: float
    """What is common to all rows."""
    curves: Additive | None
    trees: tuple[Trees, ...]
    tree_share: float

    def _joined(self, curves: Floats | None, trees: Sequence[Floats], n: int) -> Floats:
        """eta from that of the curves and of each of the trees, shape (n,)."""
        total = np.zeros(n)
        if curves is not None:
            total += (1.0 - self.tree_share) * (curves - self.level)
        for values in trees:
            total += (self.tree_share / len(self.trees)) * values
        return self.level + total

    def predict(self, X: Floats) -> Floats:
        """eta, shape (n,), without any offset."""
        curves = None if self.curves is None else self.curves.predict(self.curves.basis.columns(X))
        return self._joined(curves, [trees.predict(X) for trees in self.trees], len(X))

    def sums(self, X: Floats, group: Ints, n_groups: int) -> tuple[Floats, float]:
        """What each group of features adds, shape (n, n_groups), and what is common to all: together `predict`.

        `group` (p,) names the group of each feature. Curves add their own values, trees their TreeSHAP values.
        """
        return Look(self, X).sums(group, n_groups)

    def variance(self, X: Floats) -> Floats:
        """The model's own variance of eta, shape (n,)."""
        return np.zeros(len(X)) if self.curves is None else self.curves.variance(self.curves.basis.columns(X))

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values, the trees apart."""
        return {
            "n_features": self.n_features,
            "level": self.level,
            "curves": None if self.curves is None else self.curves.to_json(),
            "tree_share": self.tree_share,
        }

    @classmethod
    def from_json(cls, saved: Mapping[str, Any], trees: tuple[str, ...]) -> Blend:
        """The blend saved by `to_json`, with the texts of its trees."""
        return cls(
            n_features=int(saved["n_features"]),
            level=float(saved["level"]),
            curves=None if saved["curves"] is None else Additive.from_json(saved["curves"]),
            trees=tuple(Trees(text) for text in trees),
            tree_share=float(saved["tree_share"]),
        )


class Look:
    """One look at the features of n rows: eta, shares and variance of a blend, their common work done once.

    Bit for bit what `predict`, `sums` and `variance` give; trees are looked up in their tables.
    """

    def __init__(self, blend: Blend, X: Floats) -> None:
        self._blend = blend
        self._X = X

    @cached_property
    def _columns(self) -> Floats:
        assert self._blend.curves is not None  # noqa: S101 - asked where there are curves
        return self._blend.curves.basis.columns(self._X)

    @cached_property
    def _patterns(self) -> tuple[npt.NDArray[np.uint8], ...]:
        return tuple(trees.shares.patterns(self._X) for trees in self._blend.trees)

    @cached_property
    def eta(self) -> Floats:
        """Shape (n,), without any offset."""
        blend = self._blend
        curves = None if blend.curves is None else blend.curves.predict(self._columns)
        found = [added(p, t.shares.leaf[:, :, None])[:, 0] for p, t in zip(self._patterns, blend.trees, strict=True)]
        return blend._joined(curves, found, len(self._X))

    def sums(self, group: Ints, n_groups: int) -> tuple[Floats, float]:
        """As `Blend.sums`."""
        blend = self._blend
        total, common = np.zeros((len(self._X), n_groups)), 0.0
        if blend.curves is not None:
            total += (1.0 - blend.tree_share) * blend.curves.sums(self._columns, group, n_groups)
            common += (1.0 - blend.tree_share) * (blend.curves.base - blend.level)
        for patterns, trees in zip(self._patterns, blend.trees, strict=True):
            shares = added(patterns, trees.shares.grouped(group, n_groups))
            total += (blend.tree_share / len(blend.trees)) * shares
            common += (blend.tree_share / len(blend.trees)) * trees.shares.base
        return total, blend.level + common

    @cached_property
    def variance(self) -> Floats:
        """Of eta, shape (n,)."""
        return np.zeros(len(self._X)) if self._blend.curves is None else self._blend.curves.variance(self._columns)
