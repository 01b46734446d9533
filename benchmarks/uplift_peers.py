"""The learners a careful analyst would use instead, on LightGBM, and econml's causal forest in its own environment.

Künzel et al. 2019 (S, T, X), Nie & Wager 2021 (R), Kennedy 2023 (DR), Jaskowski & Jaroszewicz 2012 (class
transformation), Athey, Tibshirani & Wager 2019 (causal forest).
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import lightgbm
import numpy as np
from common import ROOT
from numpy.typing import NDArray

Floats = NDArray[np.float64]
ECONML = Path(os.environ.get("ECONML_PYTHON", ROOT / "var" / "econml" / "bin" / "python"))
_FOLDS = 3


@dataclass(frozen=True)
class Strength:
    """How strongly the peers' trees are regularised."""

    name: str
    rounds: int
    rate: float
    leaves: int
    least_rows: int
    forest_leaf: int
    """Least rows in a leaf of the causal forest."""


STRENGTHS = (
    Strength("strong", rounds=80, rate=0.03, leaves=4, least_rows=400, forest_leaf=400),
    Strength("medium", rounds=100, rate=0.05, leaves=8, least_rows=100, forest_leaf=100),
)


@dataclass(frozen=True)
class Half:
    """Half the people of an experiment: features (n, p), outcome, treated (n,), and the probability of treatment."""

    X: Floats
    outcome: Floats
    treated: Floats
    propensity: float


Function = Callable[[Floats], Floats]


@dataclass(frozen=True)
class Peers:
    """The peers of one strength, learning from one half: each gives the uplift of others, (n,)."""

    strength: Strength
    seed: int
    half: Half

    def _grow(self, X: Floats, y: Floats, weight: Floats | None = None) -> Function:
        s = self.strength
        binary = bool(np.isin(y, (0.0, 1.0)).all()) and 0.0 < y.mean() < 1.0
        settings = {
            "objective": "binary" if binary else "l2", "learning_rate": s.rate, "num_leaves": s.leaves,
            "min_data_in_leaf": s.least_rows, "seed": self.seed, "num_threads": 1, "verbosity": -1,
            "deterministic": True, "force_row_wise": True, "max_bin": 127,
        }  # fmt: skip
        booster = lightgbm.train(settings, lightgbm.Dataset(X, y, weight=weight, params=settings), s.rounds)
        return lambda Z: np.asarray(booster.predict(Z, num_threads=1), dtype=np.float64)

    @cached_property
    def _arms(self) -> tuple[Function, Function]:
        """Models of the treated and of the others."""
        X, y, t = self.half.X, self.half.outcome, self.half.treated == 1
        return self._grow(X[t], y[t]), self._grow(X[~t], y[~t])

    @cached_property
    def _held_out(self) -> tuple[Floats, Floats]:
        """What the arms' models say of everybody, each by models of the folds that did not hold him."""
        X, y, t = self.half.X, self.half.outcome, self.half.treated == 1
        fold = np.random.default_rng(self.seed).integers(_FOLDS, size=len(X))
        out = np.zeros((2, len(X)))
        for f in range(_FOLDS):
            for arm, of in enumerate((t, ~t)):
                rows = of & (fold != f)
                out[arm, fold == f] = self._grow(X[rows], y[rows])(X[fold == f])
        return out[0], out[1]

    def s_learner(self, Z: Floats) -> Floats:
        """One model, with treatment as a feature."""
        told = self._grow(np.column_stack([self.half.X, self.half.treated]), self.half.outcome)
        return told(np.column_stack([Z, np.ones(len(Z))])) - told(np.column_stack([Z, np.zeros(len(Z))]))

    def t_learner(self, Z: Floats) -> Floats:
        """A model of each group."""
        treated, others = self._arms
        return treated(Z) - others(Z)

    def x_learner(self, Z: Floats) -> Floats:
        """Each group's gain against the other group's model, regressed, then averaged by propensity."""
        X, y, t, e = self.half.X, self.half.outcome, self.half.treated == 1, self.half.propensity
        treated, others = self._arms
        by_treated = self._grow(X[t], y[t] - others(X[t]))
        by_others = self._grow(X[~t], treated(X[~t]) - y[~t])
        return (1.0 - e) * by_treated(Z) + e * by_others(Z)

    def r_learner(self, Z: Floats) -> Floats:
        """Residual on residual, the outcome's model cross-fitted."""
        gap, e = self.half.treated - self.half.propensity, self.half.propensity
        of1, of0 = self._held_out
        rest = self.half.outcome - e * of1 - (1.0 - e) * of0
        return self._grow(self.half.X, rest / gap, gap**2)(Z)

    def dr_learner(self, Z: Floats) -> Floats:
        """Doubly robust pseudo-outcome, both groups' models cross-fitted."""
        e, t, y = self.half.propensity, self.half.treated, self.half.outcome
        of1, of0 = self._held_out
        pseudo = of1 - of0 + t * (y - of1) / e - (1.0 - t) * (y - of0) / (1.0 - e)
        return self._grow(self.half.X, pseudo)(Z)

    def class_transformation(self, Z: Floats) -> Floats:
        """Who answers as the treatment would have it; for amounts, the outcome weighted by the treatment's odds."""
        X, y, t, e = self.half.X, self.half.outcome, self.half.treated, self.half.propensity
        if np.isin(y, (0.0, 1.0)).all() and e == 0.5:
            return 2.0 * self._grow(X, y * t + (1.0 - y) * (1.0 - t))(Z) - 1.0
        return self._grow(X, y * (t - e) / (e * (1.0 - e)))(Z)

    def baseline_risk(self, Z: Floats) -> Floats:
        """Who buys most anyway, first."""
        return self._arms[1](Z)


PEERS: dict[str, Callable[[Peers, Floats], Floats]] = {
    "S-learner": Peers.s_learner,
    "T-learner": Peers.t_learner,
    "X-learner": Peers.x_learner,
    "R-learner": Peers.r_learner,
    "DR-learner": Peers.dr_learner,
    "class transformation": Peers.class_transformation,
    "baseline risk": Peers.baseline_risk,
}


def causal_forest(halves: list[tuple[Half, Floats]], strength: Strength, seed: int) -> list[Floats]:
    """econml's CausalForestDML on each half, asked about the rows beside it; needs `ECONML`."""
    with tempfile.TemporaryDirectory() as folder:
        given, told = Path(folder) / "halves.npz", Path(folder) / "uplift.npz"
        arrays: dict[str, Floats] = {}
        for i, (half, Z) in enumerate(halves):
            arrays |= {f"X{i}": half.X, f"y{i}": half.outcome, f"t{i}": half.treated, f"Z{i}": Z}
        np.savez(given, allow_pickle=False, **arrays)
        script = Path(__file__).with_name("econml_forest.py")
        asked = [str(given), str(told), str(strength.forest_leaf), str(seed)]
        command = [str(ECONML), "-W", "ignore", str(script), *asked]
        subprocess.run(command, check=True, env={"PATH": os.environ["PATH"], "OMP_NUM_THREADS": "1"})
        with np.load(told, allow_pickle=False) as found:
            return [np.asarray(found[f"u{i}"], dtype=np.float64) for i in range(len(halves))]
