"""Runs under an interpreter that has econml; reads train.npz and asked.npz of a folder, writes out.npz.

Needs nothing of this project. Prints the seconds of each learner as its last line.
"""

import json
import sys
import time
import warnings
from importlib import import_module
from pathlib import Path
from typing import Any

_WITHOUT_WEIGHTS = ("econml S-learner", "econml T-learner", "econml X-learner")
"""Their `fit` takes none."""


def learners() -> dict[str, Any]:
    """Each with a strong regularisation: small leaves overfit tests of few conversions."""
    from lightgbm import LGBMRegressor
    from sklearn.dummy import DummyClassifier

    # By name, since the project itself has no econml for its checks to look into.
    dml, dr, meta = (import_module(f"econml.{part}") for part in ("dml", "dr", "metalearners"))

    def trees(rounds: int = 80) -> Any:
        return LGBMRegressor(
            n_estimators=rounds, learning_rate=0.05, num_leaves=5, min_child_samples=40, reg_lambda=20.0,
            colsample_bytree=0.4, subsample=0.8, subsample_freq=1, random_state=0, n_jobs=1, verbosity=-1,
        )  # fmt: skip

    # Each test has one row of each arm: the chance of treatment is a half by construction.
    even = DummyClassifier(strategy="prior")
    return {
        "econml S-learner": meta.SLearner(overall_model=trees()),
        "econml T-learner": meta.TLearner(models=trees()),
        "econml X-learner": meta.XLearner(models=trees(), propensity_model=even),
        "econml DR-learner": dr.DRLearner(
            model_propensity=even, model_regression=trees(), model_final=trees(), cv=5, random_state=0
        ),
        "econml causal forest": dml.CausalForestDML(
            model_y=trees(), model_t=even, discrete_treatment=True, n_estimators=400, min_samples_leaf=50,
            max_samples=0.4, max_features=0.4, cv=5, n_jobs=1, random_state=0,
        ),
    }  # fmt: skip


def main(folder: Path) -> None:
    """Fit every learner on the arms and ask it about every view."""
    import numpy as np

    warnings.filterwarnings("ignore")
    train, asked = np.load(folder / "train.npz"), np.load(folder / "asked.npz")
    middle = np.nan_to_num(np.nanmedian(train["X"], axis=0))

    def filled(X: Any) -> Any:
        return np.where(np.isnan(X), middle, X)

    X, y, t, w = filled(train["X"]), train["y"], train["t"].astype(int), train["w"]
    out: dict[str, Any] = {}
    seconds: dict[str, float] = {}
    for name, learner in learners().items():
        started = time.perf_counter()
        if name in _WITHOUT_WEIGHTS:
            learner.fit(y, t, X=X)
        else:
            learner.fit(y, t, X=X, sample_weight=w, groups=train["test"])
        for view in asked.files:
            out[f"{name}|{view}"] = np.asarray(learner.effect(filled(asked[view]))).ravel()
        seconds[name] = time.perf_counter() - started
    np.savez(folder / "out.npz", **out)
    sys.stdout.write(json.dumps(seconds) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
