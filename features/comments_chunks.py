"""Many texts cut at blanks in one go, each stretch between blanks looked up in a memory of the numbers it stands for.

A process-wide memory of a pure function: what a chunk stands for depends on the chunk alone, so forgetting changes
nothing but speed. Working on all texts together keeps the interpreter out of everything but one look-up per chunk.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from itertools import chain, repeat

import numpy as np

from features.text import BETWEEN

_ALONE, BREAK = "\x01", "\x02"
"""What stands in place of a text that is not to be cut at blanks, and in place of a line break."""
_UNMARKED = str.maketrans({BETWEEN: "\x7f", BREAK: "\x7f"})
"""A text that holds a mark itself keeps a sign as meaningless in its place."""


def put(values: np.ndarray, first: int, new: np.ndarray, axis: int = 0) -> np.ndarray:
    """An array with new values from a place on, made longer where they do not fit."""
    end = first + new.shape[axis]
    if end > values.shape[axis]:
        room = list(values.shape)
        room[axis] = end
        values = np.concatenate([values, np.zeros(room, dtype=values.dtype)], axis=axis)
    values[(slice(None),) * axis + (slice(first, end),)] = new
    return values


class Numbered(dict[str, int]):
    """Text → its number, counted from 0 as texts are met. Many are looked up, and unknown ones added, together."""

    longest: int | None = None
    """Longer ones are not remembered: their number is `unremembered`."""
    unremembered = -1

    def __init__(self, first: Sequence[str] = ()) -> None:
        super().__init__({text: number for number, text in enumerate(first)})
        self._lock = threading.RLock()
        self._new: list[str] = []
        """The latest ones, of which nothing is known yet."""

    def __missing__(self, text: str) -> int:
        return int(self.numbers([text])[0])

    def numbers(self, texts: Sequence[str]) -> np.ndarray:
        """The number of each text, int64."""
        found = np.fromiter(map(self.get, texts, repeat(-1)), dtype=np.int64, count=len(texts))
        absent = np.flatnonzero(found < 0).tolist()
        if absent:
            unknown = [texts[i] for i in absent]
            with self._lock:
                new = [text for text in dict.fromkeys(unknown) if text not in self]
                if self.longest is not None:
                    new = [text for text in new if len(text) <= self.longest]
                self._new += new
                self.update(zip(new, range(len(self), len(self) + len(new)), strict=True))
            found[absent] = [self.get(text, self.unremembered) for text in unknown]
        return found


class Chunks(Numbered):
    """Chunk → its place in a table of what chunks stand for. Looking up an unknown chunk works it out first."""

    longest = 40
    unremembered = 1
    _gap = 0

    def __init__(self, numbers_of: Callable[[list[str]], list[Sequence[int]]], line_breaks: bool = False) -> None:
        """`numbers_of`: what each of some chunks stands for; with `line_breaks` each break is a chunk, `BREAK`."""
        super().__init__((BETWEEN, _ALONE))
        self._numbers_of = numbers_of
        self._line_breaks = line_breaks
        self._first, self._length, self._flat = (np.zeros(2, dtype=np.int64) for _ in range(3))
        self._filled = 0

    def _table(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Where the numbers of each place begin, how many they are, and all numbers."""
        with self._lock:
            if self._new:
                numbers = self._numbers_of(self._new)
                length = np.array(list(map(len, numbers)), dtype=np.int64)
                flat = np.array(list(chain.from_iterable(numbers)), dtype=np.int64)
                first = self._filled + np.cumsum(length) - length
                known = len(self) - len(self._new)
                self._first, self._length = put(self._first, known, first), put(self._length, known, length)
                self._flat = put(self._flat, self._filled, flat)
                self._filled += len(flat)
                self._new = []
            return self._first, self._length, self._flat

    def _split(self, texts: Sequence[str]) -> list[str]:
        """Every chunk of every text, a mark between two texts."""
        between = f" {BETWEEN} "
        joined = between.join(texts)
        if joined.count(BETWEEN) >= len(texts) or BREAK in joined:
            joined = between.join([text.translate(_UNMARKED) for text in texts])
        if self._line_breaks:
            joined = joined.replace("\n", f" {BREAK} ")
        return joined.split()

    def read(self, texts: Sequence[str], alone: Mapping[int, Sequence[int]]) -> tuple[np.ndarray, np.ndarray]:
        """What the chunks of some texts stand for, one text after the other, and to which text each number belongs.

        Parameters
        ----------
        texts : shape (n,).
        alone : the numbers of texts that are not to be cut at blanks, by position.

        Returns
        -------
        numbers and owner (position of the text, ascending), both int64 of shape (n_numbers,).
        """
        if not len(texts):
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        if alone:
            texts = list(texts)
            for i in alone:
                texts[i] = _ALONE
        chunks = self._split(texts)
        places = self.numbers(chunks)
        owner = np.cumsum(places == self._gap)
        start, lengths, flat = self._table()
        length = lengths[places]
        apart: dict[int, Sequence[int]] = {}
        for at in np.flatnonzero(places == self.unremembered).tolist():
            numbers = alone.get(int(owner[at]))
            apart[at] = self._numbers_of([chunks[at]])[0] if numbers is None else numbers
            length[at] = len(apart[at])
        ends = np.cumsum(length)
        total = int(ends[-1]) if len(ends) else 0
        found = flat.take(np.repeat(start[places] - ends + length, length) + np.arange(total), mode="clip")
        for at, numbers in apart.items():
            found[ends[at] - length[at] : ends[at]] = numbers
        return found, np.repeat(owner, length)
