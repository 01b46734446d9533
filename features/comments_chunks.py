"""Many texts cut at blanks in one go, and memories of what each stretch between blanks stands for.

Process-wide memories of pure functions: what a chunk stands for depends on the chunk alone, so forgetting changes
nothing but speed. Working on all texts together keeps the interpreter out of everything but one look-up per chunk, and
several readers of the same texts share that look-up.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, islice

import numpy as np

from features.text import BETWEEN

_LONG, BREAK = "\x01", "\x02"
"""What stands in place of a chunk too long to be remembered, and in place of a line break."""
_UNMARKED = str.maketrans({BETWEEN: "\x7f", BREAK: "\x7f"})
"""A text that holds a mark itself keeps a sign as meaningless in its place."""
_LONGEST = 40
_MOST_REMEMBERED = 400_000
"""Chunks kept before the memory starts anew: about 80 MB."""

NumbersOf = Callable[[list[str]], tuple[Sequence[int], Sequence[int]]]
"""From some chunks the numbers they stand for, one chunk after the other, and how many each has."""


def put(values: np.ndarray, first: int, new: np.ndarray, axis: int = 0) -> np.ndarray:
    """An array with new values from a place on; where they do not fit it is made longer, with room for more."""
    end = first + new.shape[axis]
    if end > values.shape[axis]:
        room = list(values.shape)
        room[axis] = end - room[axis] + room[axis] // 4
        values = np.concatenate([values, np.zeros(room, dtype=values.dtype)], axis=axis)
    values[(slice(None),) * axis + (slice(first, end),)] = new
    return values


class Numbered(defaultdict[str, int]):
    """Text → its number, counted from 0 as texts are met: to ask for one is to add it."""

    def __init__(self, first: Sequence[str] = ()) -> None:
        super().__init__(count(len(first)).__next__, {text: number for number, text in enumerate(first)})
        self.lock = threading.RLock()

    def numbers(self, texts: Sequence[str]) -> np.ndarray:
        """The number of each text, int64."""
        with self.lock:
            return np.fromiter(map(self.__getitem__, texts), dtype=np.int64, count=len(texts))

    def since(self, number: int) -> list[str]:
        """The texts of a number and all later ones, in order."""
        with self.lock:
            return list(islice(reversed(self), len(self) - number))[::-1]


@dataclass(frozen=True)
class Cut:
    """Some texts, cut at blanks; arrays of shape (n_chunks,), the marks between the texts included."""

    memory: Chunks
    chunks: list[str]
    places: np.ndarray
    """Number of each chunk in the memory."""
    owner: np.ndarray
    """To which text each belongs, ascending."""


class Chunks(Numbered):
    """Chunk → its number, and tables of what chunks stand for."""

    gap, long = 0, 1

    def __init__(self) -> None:
        super().__init__((BETWEEN, _LONG))
        self._tables: dict[str, tuple[object, Table]] = {}

    def _split(self, texts: Sequence[str]) -> list[str]:
        """Every chunk of every text, a mark between two texts."""
        between = f" {BETWEEN} "
        joined = between.join(texts)
        if joined.count(BETWEEN) >= len(texts) or BREAK in joined:
            joined = between.join([text.translate(_UNMARKED) for text in texts])
        return joined.replace("\n", f" {BREAK} ").split()

    def cut(self, texts: Sequence[str]) -> Cut:
        """The chunks of some texts; each line break is a chunk, `BREAK`."""
        chunks = self._split(texts) if texts else []
        short = chunks
        if max(map(len, chunks), default=0) > _LONGEST:
            short = [chunk if len(chunk) <= _LONGEST else _LONG for chunk in chunks]
        places = self.numbers(short)
        return Cut(self, chunks, places, np.cumsum(places == self.gap))

    def table(self, name: str, about: object, numbers_of: NumbersOf) -> Table:
        """The table of a name; a new one if the last was made about another thing."""
        with self.lock:
            known, table = self._tables.get(name, (None, None))
            if table is None or known is not about:
                table = Table(self, numbers_of)
                self._tables[name] = (about, table)
            return table


class Table:
    """The numbers that each chunk of a memory stands for, worked out for all new ones together when asked for."""

    def __init__(self, memory: Chunks, numbers_of: NumbersOf) -> None:
        self._memory = memory
        self._numbers_of = numbers_of
        self._first, self._length, self._flat = (np.zeros(2, dtype=np.int64) for _ in range(3))
        self._known, self._filled = 2, 0
        """Marks stand for nothing."""

    def _settled(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Where the numbers of each chunk begin, how many they are, and all numbers."""
        with self._memory.lock:
            new = self._memory.since(self._known)
            if new:
                numbers, many = self._numbers_of(new)
                length, flat = np.asarray(many, dtype=np.int64), np.asarray(numbers, dtype=np.int64)
                first = self._filled + np.cumsum(length) - length
                self._first, self._length = put(self._first, self._known, first), put(self._length, self._known, length)
                self._flat = put(self._flat, self._filled, flat)
                self._known, self._filled = self._known + len(new), self._filled + len(flat)
            return self._first, self._length, self._flat

    def read(self, cut: Cut, alone: Mapping[int, Sequence[int]]) -> tuple[np.ndarray, np.ndarray]:
        """What the chunks of some texts stand for, one text after the other, and to which text each number belongs.

        `alone` holds the numbers of texts that mean something else than their chunks, by position.

        Returns
        -------
        numbers and owner (position of the text, ascending), both int64 of shape (n_numbers,).
        """
        start, lengths, flat = self._settled()
        length = lengths[cut.places]
        apart = self._long(cut)
        if alone:
            ends = np.append(np.flatnonzero(cut.places == cut.memory.gap), len(cut.places))
            for i, numbers in alone.items():
                first, end = int(ends[i - 1]) + 1 if i else 0, int(ends[i])
                length[first:end] = 0
                apart = {at: found for at, found in apart.items() if not first <= at < end}
                if numbers:
                    apart[first] = numbers
        for at, numbers in apart.items():
            length[at] = len(numbers)
        after = np.cumsum(length)
        total = int(after[-1]) if len(after) else 0
        found = flat.take(np.repeat(start[cut.places] - after + length, length) + np.arange(total), mode="clip")
        for at, numbers in apart.items():
            found[after[at] - length[at] : after[at]] = numbers
        return found, np.repeat(cut.owner, length)

    def _long(self, cut: Cut) -> dict[int, Sequence[int]]:
        """The numbers of chunks too long to be remembered, by position."""
        at = np.flatnonzero(cut.places == cut.memory.long).tolist()
        numbers, many = self._numbers_of([cut.chunks[i] for i in at]) if at else ((), ())
        ends = np.cumsum(many, dtype=np.int64)
        return {i: numbers[end - n : end] for i, n, end in zip(at, many, ends, strict=True)}


_current = Chunks()


def chunks() -> Chunks:
    """The memory in use; a fresh one when the last is full."""
    global _current
    if len(_current) > _MOST_REMEMBERED:
        _current = Chunks()
    return _current
