"""What everybody else says of the judged pairings of one market: own opponents, and a library's learners."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pandas as pd

from features.catalog import LIFT_NAMES, NAMES
from models.training_set import LABEL_COLUMNS, TrainingSet
from quality import library
from quality.markets import Prepared
from quality.opponents import OPPONENTS, RULES, Learner, arms_of


def lift_tests(known: TrainingSet) -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray]:
    """Features that the lift may hang on and counts of the measured deals, and their positions among all."""
    labels = np.flatnonzero(known.is_label)
    X = known.X[list(LIFT_NAMES)].iloc[labels].reset_index(drop=True)
    return X, known.deals[list(LABEL_COLUMNS)].iloc[labels].reset_index(drop=True), labels


def opposed(prepared: Prepared) -> tuple[pd.DataFrame, dict[str, Any]]:
    """`view` and `pred <name>` (log lift) of every own opponent, learned from the same tests; their seconds."""
    X, counts, labels = lift_tests(prepared.known)
    full = prepared.known.X.iloc[labels].reset_index(drop=True)
    views = {name: pd.DataFrame({"view": [name] * len(asked.X)}) for name, asked in prepared.views.items()}
    seconds = {}
    arms = arms_of(X, counts)
    for name, make in OPPONENTS.items():
        started = time.process_time()
        opponent = make()
        if isinstance(opponent, Learner):
            opponent.fit(X, counts, arms)
        else:
            opponent.fit(full if name in RULES else X, counts)
        for view, asked in prepared.views.items():
            told = opponent.predict(asked.X[list(NAMES if name in RULES else LIFT_NAMES)])
            views[view][f"pred {name}"] = np.asarray(told)
        seconds[name] = time.process_time() - started
    return pd.concat(list(views.values()), ignore_index=True), {"seconds": seconds}


def by_library(prepared: Prepared, peer: str) -> tuple[pd.DataFrame, dict[str, Any]]:
    """`view` and `pred <name>` (log lift) of the library's learners, run by the interpreter `peer`; their seconds."""
    seconds: dict[str, float] = {}
    views = {name: pd.DataFrame({"view": [name] * len(asked.X)}) for name, asked in prepared.views.items()}
    for name, found in library.predictions(prepared, peer, seconds).items():
        for view, values in found.items():
            views[view][f"pred {name}"] = values
    return pd.concat(list(views.values()), ignore_index=True), {"seconds": seconds}
