"""Writing the score log beside the work: a bounded queue and one thread, so that no answer waits for it or fails by it.

When the queue is full, or the store away, rows are dropped and counted; the answers themselves were given.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from data.errors import CreatorLiftError
from serving.problems import Problem
from serving.store import Store
from serving.store_scores import Entry, prune_scores, write_scores

log = logging.getLogger("creatorlift.score_log")
_EVERY_SECONDS = 1.0
_PRUNE_EVERY_SECONDS = 600.0
_ROWS_AT_ONCE = 500
"""Rows per transaction: small, so that other writers and the threads that score get their turn."""
_PAUSE_SECONDS = 0.005
_CLOSING_SECONDS = 5.0


@dataclass(frozen=True)
class LogLimits:
    """How much is waiting at most, and how much is kept; `most_rows` 0 keeps no log, `most_features` 0 no features."""

    most_waiting: int = 50_000
    most_rows: int = 1_000_000
    days: int = 365
    most_features: int = 100_000


@dataclass
class LogCounts:
    """Candidates' rows since the start."""

    written: int = 0
    dropped: int = 0


class ScoreLog:
    """The log of one process. `put` is called by the threads that answer."""

    def __init__(
        self,
        store: Callable[[], Store],
        now: Callable[[], pd.Timestamp],
        limits: LogLimits | None = None,
        count: Callable[[str, int], None] | None = None,
    ) -> None:
        """`store` is asked for each time something is written; `count` hears of rows `written` and `dropped`."""
        self.counts = LogCounts()
        self._count = count or _uncounted
        self._limits = limits or LogLimits()
        self._store = store
        self._now = now
        self._lock = threading.Lock()
        self._waiting: list[Entry] = []
        self._rows = 0
        self._unpruned = 0
        """Rows whose features were written since the log was pruned."""
        self._wake = threading.Event()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="score-log", daemon=True)
        self._thread.start()

    def put(self, answer: Entry) -> None:
        """Take an answer, or count it as dropped. Never waits for the store, never raises."""
        rows = answer.rows
        with self._lock:
            full = self._closing or self._rows + rows > self._limits.most_waiting
            if not full:
                self._waiting.append(answer)
                self._rows += rows
        if full:
            self._drop(rows)

    def close(self) -> None:
        """Write what is waiting, for at most five seconds, and stop."""
        with self._lock:
            self._closing = True
        self._wake.set()
        self._thread.join(_CLOSING_SECONDS)

    def _run(self) -> None:
        pruned_at = time.monotonic()
        while not self._closing:
            self._wake.wait(_EVERY_SECONDS)
            self._flush()
            if time.monotonic() - pruned_at > _PRUNE_EVERY_SECONDS or self._unpruned > self._limits.most_features // 4:
                pruned_at = time.monotonic()
                self._prune()
        self._flush()

    def _flush(self) -> None:
        while True:
            with self._lock:
                some = self._waiting[: self._portion()]
                del self._waiting[: len(some)]
            if not some:
                return
            rows = sum(answer.rows for answer in some)
            try:
                write_scores(self._store(), some)
            except Exception as error:
                # Whatever it is, a log must not end the thread that writes it.
                log.warning("%d rows of the score log are lost: %s", rows, _words(error))
                self._drop(rows)
            else:
                self.counts.written += rows
                self._unpruned += sum(answer.rows for answer in some if answer.features is not None)
                self._count("written", rows)
            with self._lock:
                self._rows -= rows
            time.sleep(_PAUSE_SECONDS)

    def _drop(self, rows: int) -> None:
        self.counts.dropped += rows
        self._count("dropped", rows)

    def _portion(self) -> int:
        """How many waiting answers make up one transaction; at least one, if there is any."""
        rows = 0
        for place, answer in enumerate(self._waiting):
            rows += answer.rows
            if rows > _ROWS_AT_ONCE:
                return max(place, 1)
        return len(self._waiting)

    def _prune(self) -> None:
        self._unpruned = 0
        try:
            prune_scores(
                self._store(),
                most_rows=self._limits.most_rows,
                before=self._now() - pd.Timedelta(days=self._limits.days),
                most_features=self._limits.most_features,
            )
        except Exception as error:
            # Whatever it is, rows go on being written.
            log.warning("the score log was not pruned: %s", _words(error))


def _uncounted(what: str, rows: int) -> None:
    """Nobody counts."""


def _words(error: Exception) -> str:
    return str(error) if isinstance(error, CreatorLiftError | Problem) else type(error).__name__
