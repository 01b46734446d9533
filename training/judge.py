"""Fit the model and every named rule on what a fold knew, and let them predict what came after."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from models.baseline import BASELINES
from models.scorer import CreatorScorer
from models.training_set import LABEL_COLUMNS, TrainingSet
from training.config import TrainSettings
from training.dataset import Material, context_of, groups_of, terms_of
from training.evaluate import MODEL, Judged
from training.folds import Fold

Progress = Callable[[int, int], None]
_DEAL_FACTS = (
    "collaboration_id", "creator_id", "campaign_id", "as_of", "known_at", *LABEL_COLUMNS, "attributed_revenue",
    "fee", "commission_rate", "product_cost", "handling_cost", "order_value", "gross_margin", "return_rate",
)  # fmt: skip


def judge_folds(
    material: Material, folds: Sequence[Fold], settings: TrainSettings, progress: Progress | None = None
) -> Judged | None:
    """The test rows of all folds with the predictions of each fold's own model and rules; None without a fold."""
    parts = []
    for number, fold in enumerate(folds):
        parts.append(_judge(material, fold, settings))
        if progress is not None:
            progress(number + 1, len(folds))
    if not parts:
        return None
    return Judged(
        labels=pd.concat([p.labels for p in parts], ignore_index=True),
        predictions={name: np.concatenate([p.predictions[name] for p in parts]) for name in parts[0].predictions},
        scores=pd.concat([p.scores for p in parts], ignore_index=True),
        level=settings.level,
    )


def _judge(material: Material, fold: Fold, settings: TrainSettings) -> Judged:
    known = material.fold(fold)
    asked = material.whole.take(fold.test)
    scorer = CreatorScorer.fit(known, seed=settings.seed)
    scores = scorer.score_features(asked.X, context_of(asked.deals), terms_of(asked.deals), level=settings.level)
    predictions = {MODEL: scores["log_lift"].to_numpy()} | rule_predictions(known, asked.X)
    facts = asked.deals[list(_DEAL_FACTS)].join(groups_of(asked.X, asked.deals, known.priors))
    return Judged(facts, predictions, scores.reset_index(drop=True), settings.level)


def rule_predictions(known: TrainingSet, X: pd.DataFrame) -> dict[str, np.ndarray]:
    """Log lift of each named rule, fitted on the labels among `known`, for the rows of `X`; arrays of shape (n,)."""
    labelled = known.take(np.flatnonzero(known.is_label))
    counts = labelled.deals[list(LABEL_COLUMNS)]
    return {
        name: np.asarray(make().fit(labelled.X, counts).predict(X), dtype=np.float64)
        for name, make in BASELINES.items()
    }
