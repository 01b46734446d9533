"""Learners of a library (econml), run by an interpreter of its own, since they need other versions than the project.

They are given what an analyst would give them: one row per arm of each test, outcome ln(rate), weight the information
of that arm (conversions plus a half), the arm as the treatment, so that the effect they estimate is the log lift.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from uplift_peers import ECONML

from features.catalog import LIFT_NAMES
from models.families import Floats
from models.training_set import LABEL_COLUMNS
from quality.markets import Prepared


def peer() -> str | None:
    """The interpreter that `make econml` sets up; None where it was not run."""
    return str(ECONML) if ECONML.is_file() else None


LIBRARY = ("econml S-learner", "econml T-learner", "econml X-learner", "econml DR-learner", "econml causal forest")
_WORKER = Path(__file__).with_name("library_worker.py")
_LEAST_ROWS = 100


def predictions(prepared: Prepared, peer: str, seconds: dict[str, float]) -> dict[str, dict[str, Floats]]:
    """{learner: {view: log lift}}; nothing where there are fewer than 100 counted tests. Adds their seconds."""
    arms = _arms(prepared)
    if len(arms) < 2 * _LEAST_ROWS:
        return {}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        np.savez(folder / "train.npz", **{name: arms[name].to_numpy() for name in ("y", "t", "w", "test")},
                 X=arms[list(LIFT_NAMES)].to_numpy())  # fmt: skip
        asked = {view: a.X[list(LIFT_NAMES)].to_numpy() for view, a in prepared.views.items()}
        np.savez(folder / "asked.npz", **asked)
        started = time.perf_counter()
        done = subprocess.run([peer, str(_WORKER), str(folder)], capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"the library's worker failed: {done.stderr[-2000:]}")
        seconds["library"] = time.perf_counter() - started
        seconds |= json.loads(done.stdout.splitlines()[-1])
        with np.load(folder / "out.npz") as found:
            return {name: {view: found[f"{name}|{view}"] for view in asked} for name in LIBRARY}


def _arms(prepared: Prepared) -> pd.DataFrame:
    labels = np.flatnonzero(prepared.known.is_label)
    counts = prepared.known.deals[list(LABEL_COLUMNS)].iloc[labels].reset_index(drop=True)
    X = prepared.known.X[list(LIFT_NAMES)].iloc[labels].reset_index(drop=True)
    told = counts["exposed"].notna().to_numpy() & counts["holdout"].notna().to_numpy()
    X, counts = X[told].reset_index(drop=True), counts[told].reset_index(drop=True)
    parts = []
    for arm, people, events in ((1, "exposed", "exposed_conversions"), (0, "holdout", "holdout_conversions")):
        rate = np.log((counts[events] + 0.5) / counts[people])
        parts.append(X.assign(y=rate, t=arm, w=counts[events] + 0.5, test=np.arange(len(X))))
    return pd.concat(parts, ignore_index=True)
