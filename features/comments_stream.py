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
from features.text import clean, tokens

_BLANK_COUNTS = re.compile(r"[\n$€£¥₹]")
_LONGEST_REMEMBERED = 40


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


def _cut(text: str, known: Vocabulary) -> tuple[int, ...]:
    """The numbers of a text's tokens."""
    return tuple([known[token if token[0] != "@" else "@name"] for token in tokens(text)])


def _numbers(text: str, known: Vocabulary) -> list[int]:
    """The same, from the memory of what stands between blanks: no token but a line break or an amount holds a blank."""
    if _BLANK_COUNTS.search(text):
        return list(_cut(text, known))
    chunks = known.chunks
    found: list[int] = []
    for chunk in text.split():
        numbers = chunks.get(chunk)
        if numbers is None:
            plain = chunk.isascii() and chunk.isalnum()  # one token, for sure
            numbers = (known[chunk],) if plain else _cut(chunk, known)
            if len(chunk) <= _LONGEST_REMEMBERED:
                chunks[chunk] = numbers
        found += numbers
    return found


def stream(raw: Sequence[str]) -> Stream:
    """Clean and cut texts and look their tokens up."""
    known = vocabulary()
    texts = [clean(text) for text in raw]
    counts = np.empty(len(texts), dtype=np.int64)
    flat: list[int] = []
    for i, text in enumerate(texts):
        found = _numbers(text, known)
        counts[i] = len(found)
        flat += found
    which = np.array(flat, dtype=np.int64)
    owner = np.repeat(np.arange(len(texts)), counts)
    return Stream(texts, known, which, known.meanings(which), owner, np.cumsum(counts) - counts)
