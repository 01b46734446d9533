"""The small linear model of comments: named numbers and word pairs in, one score per head out.

Its weights are plain numbers in `comments_weights.json`, written by `training.comment_model`;
docs/comment_model_card.md says what they were learned from.
Scoring is sums in a fixed order, so a text scores the same alone and in any batch.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from scipy.special import expit

from features.comments_features import Reading
from features.comments_stream import Stream, by_text
from features.comments_vocabulary import Vocabulary

HEADS: tuple[str, ...] = ("positive", "negative", "neither", "tone", "product", "creator", "spam")
"""positive, negative, neither: an opinion on product or creator; tone: good or bad feeling of any kind; the others:
what the comment is about, and whether it is spam."""
OPINION = slice(0, 3)
FORMAT = 1
WEIGHTS = Path(__file__).with_name("comments_weights.json")


@dataclass
class Terms:
    """Single tokens and pairs of neighbours, by their forms ("love", "not good"), with their rarity."""

    terms: tuple[str, ...]
    """Sorted; a blank separates the two of a pair."""
    idf: np.ndarray
    """ln((1 + texts) / (1 + texts with the term)) + 1, shape (n_terms,)."""
    unseen: float
    """The same of a term no text had."""
    _ids: dict[str, int] = field(init=False, repr=False)
    _single: np.ndarray = field(init=False, repr=False)
    _keys: np.ndarray = field(init=False, repr=False)
    _pair: np.ndarray = field(init=False, repr=False)
    _looked_up: tuple[Vocabulary | None, np.ndarray] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        words = dict.fromkeys(word for term in self.terms for word in term.split(" "))
        self._ids = {word: number for number, word in enumerate(words)}
        self._single = np.full(len(words) + 1, -1, dtype=np.int64)  # the last is for words of no term
        pairs: dict[int, int] = {}
        for number, term in enumerate(self.terms):
            one, _, two = term.partition(" ")
            if two:
                pairs[self._ids[one] * len(words) + self._ids[two]] = number
            else:
                self._single[self._ids[one]] = number
        self._keys = np.array(sorted(pairs), dtype=np.int64)
        self._pair = np.array([pairs[key] for key in self._keys.tolist()], dtype=np.int64)
        self._looked_up = (None, np.zeros(0, dtype=np.int64))

    def _word_ids(self, known: Vocabulary) -> np.ndarray:
        """The number of each token of a vocabulary among the words of the terms, -1 for others."""
        of, ids = self._looked_up
        if of is not known:
            ids = np.zeros(0, dtype=np.int64)
        if len(ids) < len(known.forms):
            new = [self._ids.get(form, -1) for form in known.forms[len(ids) :]]
            ids = np.concatenate([ids, np.array(new, dtype=np.int64)])
            self._looked_up = (known, ids)
        return ids

    def singles(self, reading: Reading) -> tuple[np.ndarray, np.ndarray]:
        """Owner and term of every token; term -1 where it is none of ours.

        A word that a negation turns around ("don't love this") counts only in the pair with what stands before it.
        """
        s = reading.stream
        return s.owner, np.where(reading.negated, -1, self._single[self._word_ids(s.vocabulary)[s.which]])

    def pairs(self, reading: Reading) -> tuple[np.ndarray, np.ndarray]:
        """Owner and term of every pair of neighbours; term -1 where it is none of ours."""
        s = reading.stream
        word = self._word_ids(s.vocabulary)[s.which]
        first = np.flatnonzero(s.owner[1:] == s.owner[:-1])
        term = np.full(len(first), -1, dtype=np.int64)
        left, right = word[first], word[first + 1]
        likely = np.flatnonzero((left >= 0) & (right >= 0) & ~reading.negated[first])
        if len(self._keys):
            key = left[likely] * len(self._ids) + right[likely]
            at = np.minimum(np.searchsorted(self._keys, key), len(self._keys) - 1)
            term[likely] = np.where(self._keys[at] == key, self._pair[at], -1)
        return s.owner[first], term

    def find(self, reading: Reading) -> tuple[np.ndarray, np.ndarray]:
        """Owner and term of every single token, then of every pair; term -1 where it is none of ours."""
        owners, terms = zip(self.singles(reading), self.pairs(reading), strict=True)
        return np.concatenate(owners), np.concatenate(terms)

    def norm(self, s: Stream, owner: np.ndarray, term: np.ndarray) -> np.ndarray:
        """The length of each text's vector of rarities, terms that are not ours included, shape (n_texts,); not 0."""
        rarity = np.append(self.idf, self.unseen)[term]
        squares = np.bincount(owner, weights=rarity * rarity, minlength=len(s.texts))
        return np.sqrt(np.maximum(squares, 1.0))


@dataclass(frozen=True)
class CommentModel:
    """Weights of every head over the named numbers of a reading and over the terms."""

    names: tuple[str, ...]
    centre: np.ndarray
    scale: np.ndarray
    terms: Terms
    dense: np.ndarray
    """Shape (n_names, n_heads), for the standardised numbers."""
    sparse: np.ndarray
    """Shape (n_terms, n_heads), for rarity over norm."""
    intercept: np.ndarray
    calibration: Mapping[str, Sequence[float]]
    """Slope and offset of each head's probability; for the opinion one slope and three offsets."""
    about: Mapping[str, Any] = field(default_factory=dict)
    """What it was trained on, for a reader."""

    @cached_property
    def _by_number(self) -> tuple[np.ndarray, np.ndarray]:
        """What a number as it is adds to each head, and what all add where they are 0."""
        weights = self.dense / self.scale[:, None]
        return weights, self.intercept - self.centre @ weights

    @cached_property
    def _by_term(self) -> np.ndarray:
        """What each term adds to each head before it is divided by the norm, and to the square of the norm; the last
        row is of terms that are not ours; shape (n_terms + 1, n_heads + 1)."""
        idf = self.terms.idf[:, None]
        unseen = np.append(np.zeros(len(HEADS)), self.terms.unseen**2)
        return np.concatenate([np.hstack([self.sparse * idf, idf * idf]), unseen[None]])

    def scores(self, reading: Reading) -> np.ndarray:
        """The score of each head, uncalibrated log odds, float64, shape (n_texts, n_heads)."""
        n, width = reading.matrix.shape
        weights, constant = self._by_number
        every = (reading.matrix.ravel(), np.tile(np.arange(width), n), np.arange(0, n * width + 1, width))
        by_number = sparse.csr_array(every, shape=(n, width)) @ weights  # adds in one order, whatever the batch
        by_term = np.zeros((n, len(HEADS) + 1))
        for owner, term in (self.terms.singles(reading), self.terms.pairs(reading)):
            last = len(self._by_term) - 1
            by_term += by_text(np.where(term < 0, last, term), owner, n, last + 1) @ self._by_term
        norm = np.sqrt(np.maximum(by_term[:, -1:], 1.0))
        return np.asarray(constant + by_number + by_term[:, :-1] / norm)

    def probability(self, reading: Reading, head: str) -> np.ndarray:
        """The calibrated probability of a head that is not part of the opinion, shape (n_texts,)."""
        slope, offset = self.calibration[head]
        return sigmoid(slope * self.scores(reading)[:, HEADS.index(head)] + offset)

    def to_json(self) -> dict[str, Any]:
        """Plain numbers, rounded as they are shipped."""
        return {
            "format": FORMAT,
            "about": dict(self.about),
            "heads": list(HEADS),
            "numbers": {
                name: [_short(self.centre[i]), _short(self.scale[i]), *map(_short, self.dense[i])]
                for i, name in enumerate(self.names)
            },
            "intercept": list(map(_short, self.intercept)),
            "unseen": _short(self.terms.unseen),
            "terms": {
                term: [_short(self.terms.idf[i]), *map(_short, self.sparse[i])]
                for i, term in enumerate(self.terms.terms)
            },
            "calibration": {name: list(map(_short, values)) for name, values in self.calibration.items()},
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> CommentModel:
        """The model of `to_json`."""
        numbers = np.array(list(stored["numbers"].values()), dtype=np.float64)
        terms = np.array(list(stored["terms"].values()), dtype=np.float64).reshape(-1, 1 + len(HEADS))
        return cls(
            names=tuple(stored["numbers"]),
            centre=numbers[:, 0],
            scale=numbers[:, 1],
            terms=Terms(tuple(stored["terms"]), terms[:, 0], float(stored["unseen"])),
            dense=numbers[:, 2:],
            sparse=terms[:, 1:],
            intercept=np.array(stored["intercept"], dtype=np.float64),
            calibration=dict(stored["calibration"]),
            about=dict(stored["about"]),
        )


def _short(value: float) -> float:
    """Four significant digits: what matters of a weight. Whole numbers stay short."""
    rounded = float(f"{value:.4g}")
    return int(rounded) if rounded.is_integer() else rounded


def sigmoid(z: np.ndarray) -> np.ndarray:
    """The probability of log odds."""
    return np.asarray(expit(z))


@cache
def shipped_model() -> CommentModel:
    """The model in this package."""
    return CommentModel.from_json(json.loads(WEIGHTS.read_text(encoding="utf-8")))
