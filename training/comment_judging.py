"""How well comments are read that were labelled by hand: precision and recall of intents, wrong signs of feeling."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from data.errors import Fault, TableError
from data.sources import read_rows

INTENTS = ("question", "purchase_intent", "complaint", "generic", "tag", "spam", "product", "creator")
COLUMNS = ("set", "language", "sentiment", "labels", "text")
_LIKELY, _NEUTRAL = 0.5, 0.05


def read_hand_labels(path: Path) -> pd.DataFrame:
    """The columns `COLUMNS`; `sentiment` -1, 0 or 1, `labels` the intents of a comment, `~` before one that may be
    read either way. Raises TableError for a missing column."""
    frame = read_rows(path)
    missing = [name for name in COLUMNS if name not in frame.columns]
    if missing:
        raise TableError(
            [Fault(f"{path.name}, column {name}", "no such column", "a column of labels") for name in missing]
        )
    return frame.assign(sentiment=frame["sentiment"].astype(int), labels=frame["labels"].fillna(""))


def intents(labelled: pd.DataFrame, read: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """By intent: how many comments have it, and precision and recall of a probability above one half."""
    found = {}
    labels = labelled["labels"].str.split()
    for name in INTENTS:
        said = (read[f"p_{name}"] > _LIKELY).to_numpy()
        has = np.array([name in row for row in labels])
        either = np.array([f"~{name}" in row for row in labels])
        hits = int((said & has).sum())
        found[name] = {
            "n": int(has.sum()),
            "precision": round(hits / max(int((said & ~either).sum()), 1), 3),
            "recall": round(hits / max(int(has.sum()), 1), 3),
        }
    return found


def wrong_signs(labelled: pd.DataFrame, score: np.ndarray) -> dict[str, float]:
    """Of the comments with a feeling: the share given the opposite one, and the share given the opposite or none.

    `score` is -1..1 with missing for not understood; within 0.05 of 0 counts as no feeling.
    """
    feeling = labelled["sentiment"].to_numpy()
    score = np.nan_to_num(np.asarray(score, dtype=np.float64))
    said = np.where(np.abs(score) > _NEUTRAL, np.sign(score), 0.0)[feeling != 0]
    feeling = feeling[feeling != 0]
    return {
        "opposite": round(float((said == -feeling).mean()), 3),
        "opposite_or_none": round(float((said != feeling).mean()), 3),
    }
