"""econml's CausalForestDML on halves of experiments; runs in an environment of its own (`make econml`).

Usage: python econml_forest.py HALVES.npz UPLIFT.npz LEAST_ROWS_IN_A_LEAF SEED
Arrays in: X0, y0, t0 to learn from, Z0 to tell about, X1, ... Arrays out: u0, u1, ... Nothing but arrays is exchanged.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np


def main(given: str, told: str, leaf: str, seed: str) -> None:
    """Fit a forest to every half and write what it says of the rows beside it."""
    # Not installed where the rest of the project is; see the module's first line.
    from econml.dml import CausalForestDML  # type: ignore[import-not-found, unused-ignore]  # an environment of its own
    from lightgbm import LGBMRegressor
    from sklearn.dummy import DummyClassifier

    out: dict[str, Any] = {}
    with np.load(given, allow_pickle=False) as halves:
        for i in range(len(halves.files) // 4):
            outcome = LGBMRegressor(
                n_estimators=60, learning_rate=0.05, num_leaves=8, min_child_samples=200, n_jobs=1, verbose=-1
            )
            forest = CausalForestDML(
                # Treatment was by lot: its probability is the share treated.
                model_y=outcome, model_t=DummyClassifier(), discrete_treatment=True, cv=3, n_estimators=200,
                min_samples_leaf=int(leaf), max_samples=0.45, n_jobs=1, random_state=int(seed) + i,
            )  # fmt: skip
            forest.fit(halves[f"y{i}"], halves[f"t{i}"].astype(int), X=halves[f"X{i}"])
            out[f"u{i}"] = forest.effect(halves[f"Z{i}"]).ravel()
    np.savez(told, allow_pickle=False, **out)


if __name__ == "__main__":
    main(*sys.argv[1:])
