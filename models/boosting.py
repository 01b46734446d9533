"""Gradient-boosted trees as plain text: the one way this project trains, saves and asks LightGBM.

One thread, row-wise, seeded: the same data give the same trees, and a row's prediction is the same bits alone as in
any batch. What is kept is LightGBM's text form, which holds every number exactly; trees are always asked through a
booster read back from it, so a saved model and a fresh one cannot differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import lightgbm
import numpy as np
import numpy.typing as npt

from models.tree_shares import TreeShares

Floats = npt.NDArray[np.float64]

_FIXED: dict[str, Any] = {
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "verbosity": -1,
    "boost_from_average": False,
    "feature_pre_filter": False,
}


@dataclass(frozen=True)
class Growth:
    """How trees are grown: few leaves, slow steps and a strong ridge, since outcomes of deals are mostly noise."""

    learning_rate: float = 0.05
    leaves: int = 6
    ridge: float = 10.0
    """Added to the curvature in each leaf: as many units of information at value 0 as this."""
    least_information: float = 3.0
    """A leaf holds at least this much curvature (for counts: k p (1 - p))."""
    columns: float = 0.3
    """Share of the features that each tree may use."""
    bins: int = 31
    rows: float = 1.0
    """Share of the rows that each tree sees, drawn anew for each."""
    forest: bool = False
    """Trees beside each other instead of one after another: their mean is the prediction, none corrects another."""

    def parameters(self, objective: str, seed: int) -> dict[str, Any]:
        """As LightGBM wants them."""
        told = _FIXED | {
            "objective": objective,
            "learning_rate": self.learning_rate,
            "num_leaves": self.leaves,
            "lambda_l2": self.ridge,
            "min_sum_hessian_in_leaf": self.least_information,
            "min_data_in_leaf": 1,
            "feature_fraction": self.columns,
            "max_bin": self.bins,
            "seed": seed,
        }
        if self.rows < 1.0:
            told |= {"bagging_fraction": self.rows, "bagging_freq": 1}
        return told | {"boosting": "rf"} if self.forest else told


@dataclass(frozen=True)
class Trees:
    """Boosted trees in LightGBM's text form. Predictions are raw scores: the sum over trees, without any offset."""

    text: str

    @cached_property
    def _booster(self) -> Any:
        return lightgbm.Booster(model_str=self.text)

    @cached_property
    def n_features(self) -> int:
        """How many columns the trees were grown on."""
        return int(self._booster.num_feature())

    @cached_property
    def rounds(self) -> int:
        """How many trees there are."""
        return int(self._booster.num_trees())

    def predict(self, X: Floats) -> Floats:
        """Sum over all trees, shape (n,)."""
        return np.asarray(self._booster.predict(X, raw_score=True, num_threads=1), dtype=np.float64)

    @cached_property
    def shares(self) -> TreeShares:
        """TreeSHAP values of these trees, tabled."""
        return TreeShares.of(self.text)


class Growing:
    """Trees for `label` given `X` (n, p) that can be asked and grown further, beginning from the raw scores `start`.

    `objective`: `cross_entropy` (labels from 0 to 1), `poisson` or `l2`. NaN in `X` is missing, and may go either way.
    """

    def __init__(
        self,
        X: Floats,
        label: Floats,
        *,
        objective: str,
        growth: Growth,
        seed: int,
        weight: Floats | None = None,
        start: Floats | None = None,
    ) -> None:
        parameters = growth.parameters(objective, seed)
        data = lightgbm.Dataset(X, label=label, weight=weight, init_score=start, params=parameters)
        self._booster = lightgbm.Booster(parameters, data)
        self._full_grown = False

    def _grow_to(self, rounds: int) -> int:
        """How many trees there are after growing to `rounds`, or as far as there is something to split."""
        while not self._full_grown and self._booster.current_iteration() < rounds:
            # LightGBM says so when no split is left that is worth its price.
            self._full_grown = bool(self._booster.update())
        grown = int(self._booster.current_iteration())
        # Without any split LightGBM writes one tree that is a constant.
        return 0 if self._full_grown and grown == 1 else grown

    def between(self, X: Floats, first: int, last: int) -> Floats:
        """Sum of the trees from number `first` up to but without `last` for other rows, shape (n,)."""
        last = min(last, self._grow_to(last))
        if first >= last:
            return np.zeros(len(X))
        some = {"start_iteration": first, "num_iteration": last - first}
        return np.asarray(self._booster.predict(X, raw_score=True, num_threads=1, **some), dtype=np.float64)

    def settle(self, rounds: int, X: Floats, label: Floats, weight: Floats) -> None:
        """Grow to `rounds` and give every leaf the weighted mean of other rows' labels, shape (n,).

        So no leaf holds what its split looked for ("honest" trees: Athey & Imbens 2016). A leaf that none of them
        reaches is given the mean of all. For trees of a forest, whose leaves are means.
        """
        if self._grow_to(rounds) == 0:
            return
        sizes = [tree["num_leaves"] for tree in self._booster.dump_model()["tree_info"]]
        leaves = np.asarray(self._booster.predict(X, pred_leaf=True, num_threads=1), dtype=np.int64)
        everybody = float(np.average(label, weights=weight))
        for tree, leaf in enumerate(leaves.reshape(len(X), -1).T):
            of = np.bincount(leaf, weights=weight)
            total = np.bincount(leaf, weights=weight * label)
            for number in range(sizes[tree]):
                reached = number < len(of) and of[number] > 0.0
                value = float(total[number] / of[number]) if reached else everybody
                self._booster.set_leaf_output(tree, number, value)

    def trees(self, rounds: int) -> Trees | None:
        """The first `rounds` trees (fewer where nothing is left to split); None when that is none."""
        if min(rounds, self._grow_to(rounds)) == 0:
            return None
        return Trees(self._booster.model_to_string(num_iteration=rounds))


def grow(
    X: Floats,
    label: Floats,
    *,
    objective: str,
    rounds: int,
    growth: Growth,
    seed: int,
    weight: Floats | None = None,
    start: Floats | None = None,
) -> Trees | None:
    """A given number of trees; see `Growing`."""
    growing = Growing(X, label, objective=objective, growth=growth, seed=seed, weight=weight, start=start)
    return growing.trees(rounds)
