"""Many comments as one stream of tokens.

The stream is what makes the reading fast. Whatever depends on a single token is looked up; whatever depends on
neighbours is array arithmetic over the whole stream. A text's result never depends on another text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from features.comments_vocabulary import Vocabulary, vocabulary
from features.text import cleaned, texts_with

_AMOUNT = re.compile("[$€£¥₹]")
"""The only sign in whose token a blank may stand."""


@dataclass(frozen=True)
class Stream:
    """The tokens of n texts, one after the other."""

    texts: list[str]
    """The cleaned texts."""
    vocabulary: Vocabulary
    which: np.ndarray
    """Number of each token in the vocabulary, int64, shape (n_tokens,)."""
    meaning: np.ndarray
    """Row of each token in the table of meanings, int64, shape (n_tokens,)."""
    owner: np.ndarray
    """Which text a token belongs to, int64, ascending, shape (n_tokens,)."""
    start: np.ndarray
    """Position of each text's first token, int64, shape (n_texts,)."""

    def take(self, name: str) -> np.ndarray:
        """A number of every token, by column of the vocabulary, float64, shape (n_tokens,)."""
        return np.asarray(self.vocabulary.column(name)[self.meaning])

    def flag(self, name: str) -> np.ndarray:
        """A yes-or-no column, bool, shape (n_tokens,)."""
        return self.take(name) > 0

    def total(self, values: np.ndarray) -> np.ndarray:
        """The sum of a value per token over each text, float64, shape (n_texts,)."""
        return np.bincount(self.owner, weights=values, minlength=len(self.texts))

    def count(self, name: str) -> np.ndarray:
        """The sum of a column over each text, float64, shape (n_texts,)."""
        return self.total(self.take(name))


def stream(raw: Sequence[str]) -> Stream:
    """Clean and cut texts and look their tokens up."""
    known = vocabulary()
    texts = cleaned(raw)
    alone = {i: known.cut(texts[i]) for i in texts_with(_AMOUNT, texts)}
    which, owner = known.chunks.read(texts, alone)
    counts = np.bincount(owner, minlength=len(texts))
    return Stream(texts, known, which, known.meanings(which), owner, np.cumsum(counts) - counts)
