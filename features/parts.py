"""A large question cut by creators into parts that can be answered one by one, or by several processes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from data.history import History
from features.asof import Asked
from features.grouped import Floats, Ints
from features.reference import Reference
from features.words import positions_in, strings

Task = Callable[["Part", Reference], Floats]
"""From a part to numbers, a row for each of its pairings. For several processes: a function of a module."""


@dataclass(frozen=True)
class Part:
    """Some pairings with the tables of their creators; campaigns and such are whole."""

    rows: Ints
    """Positions of the pairings in the question."""
    pairings: pd.DataFrame
    tables: MappingProxyType[str, pd.DataFrame]

    def __reduce__(self) -> tuple[Callable[..., Part], tuple[Ints, pd.DataFrame, dict[str, pd.DataFrame]]]:
        return _part, (self.rows, self.pairings, dict(self.tables))


def _part(rows: Ints, pairings: pd.DataFrame, tables: dict[str, pd.DataFrame]) -> Part:
    return Part(rows, pairings, MappingProxyType(tables))


def parts_of(history: History, pairings: pd.DataFrame, rows_at_once: int) -> Iterator[Part]:
    """The question creator by creator, about `rows_at_once` posts, comments and pairings at a time.

    `pairings`: typed (see `data.history.pairings_frame`). What is small enough comes as one part, uncut.
    """
    if len(history["posts"]) + len(history["comments"]) + len(pairings) <= rows_at_once:
        everything = MappingProxyType(dict(history.tables))
        yield Part(np.arange(len(pairings)), pairings.reset_index(drop=True), everything)
        return
    asked = Asked.of(pairings)
    tables = {name: _by_owner(frame, asked) for name, frame in history.tables.items() if "creator_id" in frame}
    posts, comments = (np.bincount(tables[name][0], minlength=len(asked.ids)) for name in ("posts", "comments"))
    size = 1 + posts + comments
    order = np.argsort(asked.position, kind="stable")
    part = np.cumsum(size[asked.position[order]]) // rows_at_once
    for rows in np.split(order, np.flatnonzero(np.diff(part)) + 1):
        first, last = asked.position[rows[0]], asked.position[rows[-1]]
        cut = {
            name: history[name].take(at[np.searchsorted(owner, first) : np.searchsorted(owner, last, side="right")])
            for name, (owner, at) in tables.items()
        }
        mine = {**history.tables, **{n: f.reset_index(drop=True) for n, f in cut.items()}}
        yield Part(rows, pairings.take(rows).reset_index(drop=True), MappingProxyType(mine))


def _by_owner(frame: pd.DataFrame, asked: Asked) -> tuple[Ints, Ints]:
    """The owner of each row that has one among the asked, ascending, and the positions of those rows."""
    owner = positions_in(strings(frame["creator_id"]), asked.ids)
    rows = np.flatnonzero(owner >= 0)
    rows = rows[np.argsort(owner[rows], kind="stable")]
    return owner[rows], rows


def done_parts(task: Task, parts: Iterator[Part], reference: Reference, workers: int) -> Iterator[tuple[Ints, Floats]]:
    """The rows of each part with what `task` makes of it, in order.

    Several processes are started afresh (a copy of this one might hold another thread's locks), each told the
    reference once; parts are cut as they are needed, so that no more than two for each process are held.
    """
    if workers <= 1:
        for part in parts:
            yield part.rows, task(part, reference)
        return
    waiting: deque[tuple[Ints, Future[Floats]]] = deque()
    with ProcessPoolExecutor(workers, get_context("spawn"), _remember, (reference.to_json(),)) as pool:
        for part in parts:
            waiting.append((part.rows, pool.submit(_work, task, part)))
            if len(waiting) > workers:
                rows, made = waiting.popleft()
                yield rows, made.result()
        while waiting:
            rows, made = waiting.popleft()
            yield rows, made.result()


_told: list[Reference] = []
"""The reference of a worker process."""


def _remember(saved: Mapping[str, Any]) -> None:
    _told[:] = [Reference.from_json(saved)]


def _work(task: Task, part: Part) -> Floats:
    return task(part, _told[0])
