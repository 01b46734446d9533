"""The challenger and the champion on labels that neither of them learned from."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.errors import NoModel, WorkError
from data.history import History
from models import registry
from models.training_set import DataKind
from training import metrics
from training.config import TrainSettings
from training.evaluate import MODEL, Judged

FEWEST = 30


def against_champion(
    history: History, judged: Judged | None, kind: DataKind, settings: TrainSettings
) -> tuple[dict[str, float], str]:
    """Figures of the comparison, and a sentence for the report.

    The champion is asked about the test labels agreed after its own training cut; the challenger's answers are those
    of its fold models. Figures: `champion.deviance` (challenger's minus champion's, relative to the champion's; below
    0 the challenger is better) with `_low` and `_high`, and `champion.n_test`. Empty when there is no champion, it
    learned from the other kind of data, cannot be loaded by this code, or fewer than 30 such labels exist.
    """
    if judged is None:
        return {}, ""
    try:
        info = registry.resolve(registry.CHAMPION)
    except NoModel:
        return {}, "Not compared: there is no champion yet."
    try:
        if info.data != kind:
            return {}, f"Not compared: champion version {info.version} learned from {info.data} data."
        scorer, _ = registry.load_scorer(info.version)
    except WorkError as error:
        return {}, f"Not compared: {error}."
    cut = pd.Timestamp(info.tags["cut"]) if "cut" in info.tags else None
    rows = np.flatnonzero((judged.labels["as_of"] >= cut).to_numpy()) if cut is not None else np.zeros(0, dtype=int)
    if len(rows) < FEWEST:
        return {}, (
            f"Not compared on new labels: {len(rows)} test labels were agreed after champion version {info.version} "
            f"was trained, fewer than {FEWEST}. The gate compares the two reports instead."
        )
    asked = judged.labels.iloc[rows].reset_index(drop=True)
    before = scorer.predict_features(scorer.features(history, asked))["log_lift"].to_numpy()
    return _compare(judged, rows, before, settings, info.version)


def _compare(
    judged: Judged, rows: np.ndarray, before: np.ndarray, settings: TrainSettings, version: str
) -> tuple[dict[str, float], str]:
    out = judged.outcomes.take(rows)
    ours, theirs = metrics.row_losses(judged.predictions[MODEL][rows], out), metrics.row_losses(before, out)
    groups = judged.labels["campaign_id"].to_numpy()[rows]
    again = metrics.resample(np.column_stack([ours, theirs]), groups, draws=settings.bootstrap, seed=settings.seed)
    figure, low, high = again.interval(lambda s: s[:, 0] / s[:, 1] - 1.0)
    told = (
        f"On {len(rows)} test labels agreed after champion version {version} was trained, the challenger's deviance "
        f"differs by {figure:+.1%} ({low:+.1%} to {high:+.1%}; below 0 the challenger is better)."
    )
    found = {"champion.deviance": figure, "champion.deviance_low": low, "champion.deviance_high": high}
    return {**found, "champion.n_test": float(len(rows))}, told
