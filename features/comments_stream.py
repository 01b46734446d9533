"""Many comments as one stream of tokens.

The stream is what makes the reading fast. Whatever depends on a single token is looked up; whatever depends on
neighbours is array arithmetic over the whole stream. A text's result never depends on another text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from features.comments_chunks import Cut, chunks
from features.comments_vocabulary import COUNTED, Vocabulary, vocabulary
from features.text import cleaned, texts_with

_COUNTED = {name: place for place, name in enumerate(COUNTED)}
_AMOUNT = re.compile("[$€£¥₹]")
"""The only sign in whose token a blank may stand."""


def by_text(columns: np.ndarray, owner: np.ndarray, n: int, width: int) -> sparse.csr_array:
    """How often each text has each thing, shape (n, width), from ascending owners; a product adds in their order."""
    ends = np.cumsum(np.bincount(owner, minlength=n))
    return sparse.csr_array((np.ones(len(columns)), columns, np.append(0, ends)), shape=(n, width))


@dataclass(frozen=True)
class Stream:
    """The tokens of n texts, one after the other."""

    texts: list[str]
    """The cleaned texts."""
    cut: Cut
    """The same, cut at blanks."""
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
        """The sum of a column of `COUNTED` over each text, float64, shape (n_texts,)."""
        return np.asarray(self._counts[_COUNTED[name]])

    @cached_property
    def _counts(self) -> np.ndarray:
        """Every such sum at once: texts by meanings times meanings by columns; shape (n_counted, n_texts)."""
        table = self.vocabulary.counted()
        return np.ascontiguousarray((by_text(self.meaning, self.owner, len(self.texts), len(table)) @ table).T)


def stream(raw: Sequence[str]) -> Stream:
    """Clean and cut texts and look their tokens up."""
    known = vocabulary()
    texts = cleaned(raw)
    alone = {i: known.cut(texts[i]) for i in texts_with(_AMOUNT, texts)}
    cut = chunks().cut(texts)
    which, owner = known.of_chunks(cut.memory).read(cut, alone)
    counts = np.bincount(owner, minlength=len(texts))
    return Stream(texts, cut, known, which, known.meanings(which), owner, np.cumsum(counts) - counts)
