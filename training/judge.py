"""Fit the model and every named rule on what a fold knew, and let them predict what came after."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.baseline import BASELINES
from models.finished import after_campaign
from models.scorer import CreatorScorer
from models.training_set import LABEL_COLUMNS, TrainingSet
from training.config import TrainSettings
from training.dataset import Material, context_of, groups_of, terms_of
from training.evaluate import CONSTANT, MODEL, Judged
from training.folds import Fold

Progress = Callable[[int, int], None]
_DEAL_FACTS = (
    "collaboration_id", "creator_id", "campaign_id", "as_of", "known_at", *LABEL_COLUMNS, "attributed_revenue",
    "fee", "commission_rate", "product_cost", "handling_cost", "order_value", "gross_margin", "return_rate",
)  # fmt: skip


BEFORE = "before the campaign"
"""Name of the prediction made before, among those made after the campaign."""


@dataclass(frozen=True)
class Modes:
    """The test rows judged before the campaign, and those with attributed orders also after it; None without rows."""

    before: Judged | None
    after: Judged | None


def judge_folds(
    material: Material, folds: Sequence[Fold], settings: TrainSettings, progress: Progress | None = None
) -> Modes:
    """The test rows of all folds with the predictions of each fold's own model and rules."""
    before, after = [], []
    for number, fold in enumerate(folds):
        known, asked = material.fold(fold), material.whole.take(fold.test)
        scorer = CreatorScorer.fit(known, seed=settings.seed, settings=settings.lift)
        before.append(_judge(scorer, known, asked, settings))
        after += _judge_after(scorer, asked, before[-1])
        if progress is not None:
            progress(number + 1, len(folds))
    return Modes(_joined(before), _joined(after))


def _joined(parts: Sequence[Judged]) -> Judged | None:
    if not parts:
        return None
    return Judged(
        labels=pd.concat([p.labels for p in parts], ignore_index=True),
        predictions={name: np.concatenate([p.predictions[name] for p in parts]) for name in parts[0].predictions},
        scores=pd.concat([p.scores for p in parts], ignore_index=True),
        level=parts[0].level,
    )


def _judge_after(scorer: CreatorScorer, asked: TrainingSet, before: Judged) -> list[Judged]:
    """The rows whose attributed orders are known, by the estimate after the campaign; none without such a model."""
    rows = np.flatnonzero(asked.deals["attributed_conversions"].notna().to_numpy())
    if scorer.after is None or not len(rows):
        return []
    told = after_campaign(scorer, asked.X.iloc[rows], asked.deals.iloc[rows], before.level)
    told = told.reset_index(drop=True)
    scores = before.scores.iloc[rows].reset_index(drop=True)
    for end in ("low", "high"):
        scores[f"lift_{end}"] = np.expm1(told[f"log_lift_after_{end}"])
    # Reach is known now, so the money promised before says nothing about this mode.
    scores[["roi_expected", "roi_probability_positive"]] = np.nan
    predictions = {name: values[rows] for name, values in before.predictions.items() if name == CONSTANT}
    predictions = {MODEL: told["log_lift_after"].to_numpy(), BEFORE: before.predictions[MODEL][rows], **predictions}
    return [Judged(before.labels.iloc[rows].reset_index(drop=True), predictions, scores, before.level)]


def _judge(scorer: CreatorScorer, known: TrainingSet, asked: TrainingSet, settings: TrainSettings) -> Judged:
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
