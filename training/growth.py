"""How much data it takes: the last test window, predicted by models that had learned from fewer and fewer tests."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from models.lift_and_orders import learn
from models.lift_of_deals import predict_lift
from training import metrics
from training.config import TrainSettings
from training.dataset import Material
from training.folds import Fold
from training.judge import rule_predictions
from training.outcomes import Outcomes

SIZES = (30, 100, 300, 1_000, 3_000)
_MOST = 0.75
"""A size is shown when it is at most this share of the tests there are."""
Progress = Callable[[int, int], None]


def growth_table(
    material: Material, fold: Fold, settings: TrainSettings, progress: Progress | None = None
) -> pd.DataFrame:
    """Deviance on the window's labels by number of lift tests learned from, the newest ones known before it.

    Columns: n, vs_constant (relative to a constant lift learned from every test; below 0 is better) with its 95 %
    interval as vs_constant_low and vs_constant_high, from resampling campaigns. The last row is the whole fold.
    """
    known, asked = material.fold(fold), material.whole.take(fold.test)
    tests = np.flatnonzero(known.is_label)
    sizes = [*(size for size in SIZES if size <= _MOST * len(tests)), len(tests)]
    outcomes = metrics.saturated(Outcomes.of(asked.deals))
    constant = metrics.row_losses(rule_predictions(known, asked.X)["constant lift"], outcomes)
    campaigns = asked.deals["campaign_id"].to_numpy()
    rows = []
    for done, size in enumerate(sizes):
        first = tests[-size] if size < len(tests) else 0
        fewer = known.take(np.arange(first, len(known.X)))
        model = learn(fewer, settings.seed, settings.lift).lift
        predicted = predict_lift(model, asked.X, asked.deals["goal"], known.priors)
        losses = np.column_stack([metrics.row_losses(predicted, outcomes), constant])
        again = metrics.resample(losses, campaigns, draws=settings.bootstrap, seed=settings.seed)
        rows.append((size, *again.interval(lambda sums: sums[:, 0] / sums[:, 1] - 1.0)))
        if progress is not None:
            progress(done + 1, len(sizes))
    return pd.DataFrame(rows, columns=["n", "vs_constant", "vs_constant_low", "vs_constant_high"])
