"""A comment column read: TextBlob, sentiment, language, intent, spam."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from features.comments_features import read
from features.comments_model import CommentModel, shipped_model
from features.comments_scores import score

COLUMNS: tuple[str, ...] = (
    "textblob_polarity", "textblob_subjectivity", "sentiment", "language", "understood",
    "p_positive", "p_negative", "p_question", "p_purchase_intent", "p_complaint",
    "p_generic", "p_tag", "p_spam", "p_product", "p_creator", "emoji_only",
)  # fmt: skip
_AT_ONCE = 8192
"""Texts read together: enough for array arithmetic to pay, few enough to stay in the processor's cache."""


def _read_some(texts: Sequence[str], model: CommentModel) -> dict[str, np.ndarray]:
    reading = read(texts)
    found = score(reading, model)
    found["textblob_polarity"], found["textblob_subjectivity"] = reading.textblob[:, 0], reading.textblob[:, 1]
    found["language"] = reading.languages.names
    return found


def read_distinct(
    texts: Sequence[str], model: CommentModel | None = None, progress: Callable[[int], None] | None = None
) -> dict[str, np.ndarray]:
    """The columns of `read_comments` for texts none of which is missing, each array of shape (n_texts,)."""
    weights = shipped_model() if model is None else model
    parts = []
    for first in range(0, max(len(texts), 1), _AT_ONCE):
        parts.append(_read_some(texts[first : first + _AT_ONCE], weights))
        if progress is not None and texts:
            progress(len(parts[-1]["language"]))
    return parts[0] if len(parts) == 1 else {name: np.concatenate([part[name] for part in parts]) for name in COLUMNS}


def read_comments(
    text: pd.Series, *, model: CommentModel | None = None, progress: Callable[[int], None] | None = None
) -> pd.DataFrame:
    """What each comment of a column says. A pure function of each text alone: batches and order change nothing.

    Parameters
    ----------
    text : Series of str, shape (n,); a missing text is read as an empty one.
    model : other weights than those shipped, for judging them on comments they have not seen.
    progress : told how many distinct texts have been read since the last call.

    Returns
    -------
    DataFrame of shape (n, 16), on the index of `text`, columns `COLUMNS`, all float64 but `language`:
    `textblob_polarity` (-1..1) and `textblob_subjectivity` (0..1) as `TextBlob(text).sentiment` gives them;
    `sentiment` (-1..1), missing where the text is not understood; `language` (ISO 639-1, "und" where undetermined);
    `understood` (0 or 1): English, a language of our lists, no words, or emoji that speak; probabilities
    `p_positive` and `p_negative` (praises or criticises product or creator; at most 1 together), `p_question`,
    `p_purchase_intent`, `p_complaint`, `p_generic` (praise that fits any post), `p_tag` (a friend is shown the post),
    `p_spam`, `p_product` (about the product), `p_creator` (about the creator or the post), never missing;
    `emoji_only` (0 or 1).
    """
    codes, distinct = pd.factorize(text.astype("str").fillna(""))
    read_once = read_distinct(distinct.tolist(), model, progress)
    found = {name: read_once[name][codes] for name in COLUMNS}
    found["language"] = pd.array(found["language"], dtype="str")
    return pd.DataFrame(found, index=text.index)
