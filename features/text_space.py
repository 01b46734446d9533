"""A text space, frozen: what words say of a creator's subjects, as learned from what creators write and are told.

Three sums over a creator's terms, each a fitted table looked up word by word: evidence for every subject of the
lexicon (from captions, from own answers, from others' comments), and a direction of meaning per word for captions.
Fitted by `models.text_space`; nothing here learns. Every result depends on one creator's terms alone.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import scipy.sparse as sp

from data.errors import ArtifactError
from features import grouped
from features.grouped import Floats, Ints
from features.niche_reading import FIELDS, Counts
from features.niche_text import Splitter
from features.niche_topics import N_TOPICS, TOPICS, lexicon_words

_PLAIN_TABLES = ("bias", "prior", "mass", "directions", "centre", "spelling")
_STORED = "<f2"
"""Tables are stored as half floats: the noise of a fitted weight is far larger."""


@dataclass(frozen=True)
class Vocabulary:
    """The terms of one field and what each weighs: `idf` shape (terms,), `topics` shape (terms, N_TOPICS)."""

    terms: tuple[str, ...]
    """Ascending."""
    idf: Floats
    topics: Floats

    @cached_property
    def place(self) -> dict[str, int]:
        """Position of each term."""
        return {term: i for i, term in enumerate(self.terms)}

    def weigh(self, counts: Counts) -> Any:
        """Owners as rows of (1 + ln times) × idf of the terms known here, each row of length 1; CSR, (n, terms).

        An owner without a known term has an empty row.
        """
        known, n = self.place, counts.n
        column = np.array([known.get(term, -1) for term in counts.terms], dtype=np.int64)[counts.term]
        kept = column >= 0
        owner, column = counts.owner[kept], column[kept]
        weight = (1.0 + np.log(counts.times[kept])) * self.idf[column]
        length = np.sqrt(np.bincount(owner, weights=weight * weight, minlength=n))
        starts = np.append(0, np.cumsum(np.bincount(owner, minlength=n)))
        return sp.csr_matrix((weight / length[owner], column, starts), shape=(n, len(self.terms)))


@dataclass(frozen=True, eq=False)
class TextSpace:
    """Fitted tables of the niche features; equal only to itself.

    `fields`: a vocabulary per field of `features.niche_reading.FIELDS`. `bias`, `prior`: shape (N_TOPICS,), log odds
    of a subject for a creator of whom nothing is read, and the mean log probability over creators. `mass`: shape
    (N_TOPICS,), mean evidence of the lexicon per creator. `directions`: shape (caption terms, dimensions).
    `centre`: shape (dimensions,), the mean post. `spelling`: shape (caption terms,), log probability of a term as a
    word inside a hashtag; NaN where it is none.
    """

    fields: Mapping[str, Vocabulary]
    bias: Floats
    prior: Floats
    mass: Floats
    directions: Floats
    centre: Floats
    spelling: Floats

    @cached_property
    def splitter(self) -> Splitter:
        """Takes hashtags apart by the words of captions and of the lexicon."""
        spelled = zip(self.fields["caption"].terms, self.spelling.tolist(), strict=True)
        return Splitter.of(lexicon_words(), {term: p for term, p in spelled if p == p})

    def log_lift(self, counts: Mapping[str, Counts]) -> Floats:
        """Log of how much likelier each subject is than for the average creator; shape (n, N_TOPICS).

        0 for an owner of whom no known term was read.
        """
        n = counts["caption"].n
        total = np.zeros((n, N_TOPICS))
        read = np.zeros(n, dtype=bool)
        for name, vocabulary in self.fields.items():
            rows = vocabulary.weigh(counts[name])
            total = total + rows @ vocabulary.topics
            read |= np.diff(rows.indptr) > 0
        return np.where(read[:, None], log_softmax(total + self.bias) - self.prior, 0.0)

    def directions_of(self, counts: Counts) -> Floats:
        """Direction of meaning of each owner, away from the mean post, of length 1; shape (n, dimensions).

        NaN where no term is known.
        """
        return unit(unit(self.fields["caption"].weigh(counts) @ self.directions) - self.centre)

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "topics": list(TOPICS),
            "fields": {
                name: {"terms": list(v.terms), "idf": _packed(v.idf), "topics": _packed(v.topics)}
                for name, v in self.fields.items()
            },
            **{name: _packed(getattr(self, name)) for name in _PLAIN_TABLES},
        }

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> TextSpace:
        """The space saved by `to_json`; ArtifactError when it is of other subjects or cannot be read."""
        if saved.get("topics") != list(TOPICS):
            raise ArtifactError(f"the text space was fitted on subjects {saved.get('topics')}, this code has {TOPICS}")
        try:
            fields = {
                name: Vocabulary(tuple(v["terms"]), _unpacked(v["idf"]), _unpacked(v["topics"]))
                for name, v in ((name, saved["fields"][name]) for name in FIELDS)
            }
            plain = {name: _unpacked(saved[name]) for name in _PLAIN_TABLES}
        except (KeyError, TypeError, ValueError, binascii.Error) as error:
            raise ArtifactError(f"the text space cannot be read: {error!r}") from error
        return cls(fields, **plain)._checked()

    def _checked(self) -> TextSpace:
        captions = len(self.fields["caption"].terms)
        shapes: dict[str, tuple[int, ...]] = dict.fromkeys(("bias", "prior", "mass"), (N_TOPICS,))
        shapes |= {"directions": (captions, len(self.centre)), "centre": (len(self.centre),), "spelling": (captions,)}
        got = {name: getattr(self, name).shape for name in shapes}
        for name, v in self.fields.items():
            shapes |= {f"{name} idf": (len(v.terms),), f"{name} topics": (len(v.terms), N_TOPICS)}
            got |= {f"{name} idf": v.idf.shape, f"{name} topics": v.topics.shape}
        wrong = [
            f"{name} has shape {got[name]} instead of {shapes[name]}" for name in shapes if got[name] != shapes[name]
        ]
        if wrong:
            raise ArtifactError("the text space is damaged: " + "; ".join(wrong))
        return self


def log_softmax(scores: Floats) -> Floats:
    """Log probabilities along the last axis, each row for itself."""
    away = scores - scores.max(axis=-1, keepdims=True)
    out: Floats = away - np.log(np.exp(away).sum(axis=-1, keepdims=True))
    return out


def unit(rows: Floats) -> Floats:
    """Rows scaled to length 1, shape kept; NaN for a row of zeros (nothing known) or of NaN."""
    length = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    out: Floats = rows / np.where(length > 0, length, np.nan)[:, None]
    return out


def stored(values: Floats) -> Floats:
    """Values as a saved space gives them back."""
    return np.asarray(values.astype(_STORED), dtype=np.float64)


def _packed(values: Floats) -> dict[str, Any]:
    return {"shape": list(values.shape), "base64": base64.b64encode(values.astype(_STORED).tobytes()).decode("ascii")}


def _unpacked(saved: Mapping[str, Any]) -> Floats:
    raw = np.frombuffer(base64.b64decode(saved["base64"], validate=True), dtype=_STORED)
    return np.asarray(raw.reshape(saved["shape"]), dtype=np.float64)


def dot(a: Floats, b: Floats) -> Floats:
    """Inner product of equal rows, shape (n,); each row for itself."""
    out: Floats = np.einsum("ij,ij->i", a, b)
    return out


def summed(owner: Ints, rows: Floats, n: int) -> Floats:
    """Sum of the rows of each owner (ascending), in their given order, rows with a NaN left out; shape (n, columns)."""
    kept = ~np.isnan(rows[:, 0]) if rows.shape[1] else np.zeros(len(rows), dtype=bool)
    owner, rows = owner[kept], rows[kept]
    starts = np.append(0, np.cumsum(grouped.count(owner, n).astype(np.int64)))
    chooser = sp.csr_matrix((np.ones(len(owner)), np.arange(len(owner)), starts), shape=(n, len(owner)))
    return np.asarray(chooser @ rows)
