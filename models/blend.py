"""Curves and trees together, as one model to ask and to save; `models.crossfit` fits it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from models.additive import Additive
from models.boosting import Trees
from models.families import Floats

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

    def predict(self, X: Floats) -> Floats:
        """eta, shape (n,), without any offset."""
        total = np.zeros(len(X))
        if self.curves is not None:
            total += (1.0 - self.tree_share) * (self.curves.predict(self.curves.basis.columns(X)) - self.level)
        for trees in self.trees:
            total += (self.tree_share / len(self.trees)) * trees.predict(X)
        return self.level + total

    def sums(self, X: Floats, group: Ints, n_groups: int) -> tuple[Floats, float]:
        """What each group of features adds, shape (n, n_groups), and what is common to all: together `predict`.

        `group` (p,) names the group of each feature. Curves add their own values, trees their TreeSHAP values.
        """
        total, common = np.zeros((len(X), n_groups)), 0.0
        if self.curves is not None:
            total += (1.0 - self.tree_share) * self.curves.sums(self.curves.basis.columns(X), group, n_groups)
            common += (1.0 - self.tree_share) * (self.curves.base - self.level)
        for trees in self.trees:
            total += (self.tree_share / len(self.trees)) * trees.shares.sums(X, group, n_groups)
            common += (self.tree_share / len(self.trees)) * trees.shares.base
        return total, self.level + common

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
