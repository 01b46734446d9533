"""The lift model as a scorer uses it: which features it may see, its prior by goal, and what it learns from deals."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.priors import Priors
from features.catalog import LIFT_NAMES, NAMES
from models.families import Floats
from models.lift import LiftModel
from models.lift_settings import LiftSettings
from models.readings import Readings
from models.training_set import LABEL_COLUMNS, TrainingSet

FOR_LIFT = np.isin(NAMES, LIFT_NAMES)
"""Which columns of the catalogue the lift model may see."""


def fit_lift(
    known: TrainingSet, seen: pd.DataFrame, seed: int, settings: LiftSettings, readings: Readings | None = None
) -> LiftModel:
    """The lift model from measured deals, and from rows of `readings`, which come after these. `seen`: what it sees of
    each deal, a row each. `models.lift_and_orders.learn` is the whole that a scorer learns."""
    labels = np.flatnonzero(known.is_label)
    tests, rows = lift_tests(known, labels), labels
    if readings is not None:
        prior = prior_log_lift(known.deals["goal"], known.priors)
        tests = tests.astype({"test_id": object}).assign(reading=False)
        tests = pd.concat([tests, readings.tests(prior)], ignore_index=True)
        rows = np.concatenate([labels, readings.rows])
    prior_sd = float(np.mean([p.sd for p in known.priors.lift.values()]))
    model = LiftModel(known.priors.lift["sales"].median, prior_sd, rates=False, seed=seed, settings=settings)
    groups = known.deals["creator_id"].iloc[rows].tolist()
    return model.fit(seen.iloc[rows], tests, groups=groups)


def predict_lift(model: LiftModel, X: pd.DataFrame, goal: Iterable[str], priors: Priors) -> Floats:
    """Log lift by a model of `fit_lift` or `learn`, shape (n,); `X` has the catalogue's columns."""
    return model.predict(masked(X, FOR_LIFT), prior_log_lift(goal, priors))


def lift_tests(known: TrainingSet, labels: npt.NDArray[np.intp]) -> pd.DataFrame:
    """The lift tests of the deals at these positions, as `LiftModel.fit` takes them."""
    deals = known.deals.iloc[labels]
    return deals[[*LABEL_COLUMNS, "test_id"]].assign(prior=prior_log_lift(deals["goal"], known.priors))


def prior_log_lift(goal: Iterable[str], priors: Priors) -> Floats:
    """Published median log lift of each goal, shape (n,)."""
    return np.array([priors.lift[str(g)].median for g in goal], dtype=np.float64)


def masked(X: pd.DataFrame, allowed: npt.NDArray[np.bool_]) -> pd.DataFrame:
    """X with the features a model may not use emptied, so that its columns stay those of the catalogue."""
    return pd.DataFrame(only(X.to_numpy(dtype=np.float64), allowed), index=X.index, columns=X.columns, copy=False)


def only(values: Floats, allowed: npt.NDArray[np.bool_]) -> Floats:
    """The same of an array."""
    return np.where(allowed, values, np.nan)
