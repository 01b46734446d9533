"""Which items carry a word, for every word: looked up on disk as in memory, since it is a few plain arrays."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from features.grouped import Floats, Ints

_LONGEST = 200
_KEPT = 160


def as_key(word: str) -> bytes:
    """A word as it is stored: UTF-8, a very long one as its beginning and a digest of the whole."""
    raw = word.encode()
    if len(raw) <= _LONGEST:
        return raw
    return raw[:_KEPT] + hashlib.blake2b(raw, digest_size=20).hexdigest().encode()


@dataclass(frozen=True, eq=False)
class Postings:
    """`words` ascending (bytes); word `i` is carried by `item[start[i] : start[i + 1]]`, ascending.

    `value`: what each item carries of the word, such as a share; empty where nothing is.
    """

    words: np.ndarray
    start: Ints
    item: np.ndarray
    value: Floats

    def range_of(self, word: str) -> slice:
        """Where the items of a word are; an empty range where none has it."""
        key = np.bytes_(as_key(word))
        at = int(np.searchsorted(self.words, key))
        if at == len(self.words) or self.words[at] != key:
            return slice(0, 0)
        return slice(int(self.start[at]), int(self.start[at + 1]))

    def of(self, word: str) -> np.ndarray:
        """Items that carry a word, ascending; none where it is unknown."""
        return self.item[self.range_of(word)]

    def beginning(self, prefix: str) -> np.ndarray:
        """Items that carry a word beginning so (at least those), ascending, each once."""
        raw = prefix.encode()[:_KEPT]
        first, last = (int(np.searchsorted(self.words, np.bytes_(edge))) for edge in (raw, raw + b"\xff"))
        return np.unique(self.item[int(self.start[first]) : int(self.start[last])])


class Collector:
    """Postings in the making: words and their items, part after part."""

    def __init__(self) -> None:
        self._number: dict[str, int] = {}
        self._parts: list[tuple[Ints, Ints, Floats]] = []

    def add(self, words: Sequence[str], word: Ints, item: Ints, value: Floats | None = None) -> None:
        """Item `item[i]` carries `words[word[i]]`; repeats count once (the first value)."""
        named = np.array([self._number.setdefault(w, len(self._number)) for w in words], dtype=np.int64)
        values = np.zeros(0) if value is None else value
        self._parts.append((named[word] if len(word) else np.zeros(0, np.int64), item, values))

    def postings(self) -> Postings:
        """Everything added."""
        word, item = (np.concatenate([p[i] for p in self._parts] or [np.zeros(0, np.int64)]) for i in (0, 1))
        value = np.concatenate([p[2] for p in self._parts] or [np.zeros(0)])
        keys = np.array([as_key(w) for w in self._number] or [b""], dtype="S")[: len(self._number)]
        order = np.argsort(keys, kind="stable")
        place = np.zeros(len(keys), dtype=np.int64)
        place[order] = np.arange(len(keys))
        both = place[word] * (int(item.max(initial=0)) + 1) + item
        _, first = np.unique(both, return_index=True)
        start = np.append(0, np.cumsum(np.bincount(place[word[first]], minlength=len(keys))))
        return Postings(keys[order], start, item[first].astype(np.int32), value[first] if len(value) else value)


def texts_as_bytes(texts: Iterable[str | None]) -> np.ndarray:
    """Short texts as an array of bytes: empty means missing, one blank an empty text."""
    return np.array([b"" if t is None else (as_key(t) or b" ") for t in texts] or [b""], dtype="S")


def text_as_bytes(text: str | None) -> bytes:
    """As `texts_as_bytes`, for one."""
    return b"" if text is None else (as_key(text) or b" ")


def saved_arrays(name: str, postings: Postings) -> Mapping[str, np.ndarray]:
    """The arrays of postings by file name."""
    return {f"{name}.{part}": getattr(postings, part) for part in ("words", "start", "item", "value")}
