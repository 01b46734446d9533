"""What one service remembers, put together: the store, the score log, the keys, and the rules at the gate.

Scores are given without the store: where PostgreSQL is away, they are not logged, and what needs the store answers 503
until it is back.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import anyio
import anyio.to_thread

from serving import logs, request_id
from serving.access import KeyRing
from serving.job_runner import JobRunner
from serving.limits import Limits
from serving.memory_config import MemorySettings
from serving.problems import Problem, not_ready
from serving.score_log import LogLimits, ScoreLog
from serving.store import Store, StoreUnavailable, open_store
from serving.store_scores import Entry

if TYPE_CHECKING:
    from serving.context import Context
    from serving.live import Answered

P = ParamSpec("P")
R = TypeVar("R")
log = logging.getLogger("creatorlift.memory")
_TRY_AGAIN_SECONDS = 2.0
_THREADS = 4


@dataclass
class GateRules:
    """What the gate goes by; see `serving.gate.Rules`."""

    ring: KeyRing
    limits: Limits | None
    per_minute: int
    seconds: float
    origins: tuple[str, ...] = ()


class Memory:
    """Made with the context; open from its start to its stop."""

    def __init__(self, context: Context, settings: MemorySettings | None = None) -> None:
        self._context = context
        self._given = settings
        self.settings = settings or MemorySettings()
        self._store: Store | None = None
        self._tried_at = -_TRY_AGAIN_SECONDS
        self._opening = threading.Lock()
        self._log: ScoreLog | None = None
        self._jobs: JobRunner | None = None
        self._rules: GateRules | None = None
        self._limiter = anyio.CapacityLimiter(_THREADS)
        context.at_start.append(self.start)
        context.at_stop.append(self.stop)
        context.on_answer.append(self.remember)

    def start(self) -> None:
        """Open the store and begin to log. Raises ConfigError, and StoreUnavailable where SQLite's file is no good."""
        logs.set_up()
        settings = self.settings = self._given or MemorySettings.from_env(os.environ)
        try:
            self._store = open_store(settings.url)
        except StoreUnavailable as error:
            if settings.url.get_backend_name() == "sqlite":
                raise
            log.warning("%s; scores are given, but not logged", error)
        ring, limits = KeyRing(self.store), Limits(settings.state / "limits.bin")
        self._rules = GateRules(ring, limits, settings.per_minute, settings.seconds, settings.origins)
        ring.refresh()
        if settings.score_log_rows:
            kept = LogLimits(most_rows=settings.score_log_rows, days=settings.score_log_days,
                             most_features=settings.score_log_features)  # fmt: skip
            self._log = ScoreLog(self.store, self._context.now, kept, self._context.metrics.logged)

        if settings.job_workers:
            self._jobs = JobRunner(self.store, settings, self._context.now, self._for_jobs())

    def _for_jobs(self) -> dict[str, str]:
        """What a job's process must know of this one, besides what it inherits."""
        workspace = self._context.settings.workspace
        return self.settings.to_env() | {"CREATORLIFT_WORKSPACE": "" if workspace is None else str(workspace.resolve())}

    def wake_jobs(self) -> None:
        """Say that a job was queued."""
        if self._jobs is not None:
            self._jobs.wake()

    def stop(self) -> None:
        """Write what is waiting, put jobs back, and close."""
        if self._jobs is not None:
            self._jobs.stop()
        if self._log is not None:
            self._log.close()
        if self._rules is not None and self._rules.limits is not None:
            self._rules.limits.close()
        self._rules = None
        if self._store is not None:
            self._store.close()

    def store(self) -> Store:
        """The open store; Problem 503 while it cannot be reached, or the service has not started."""
        if self._rules is None:
            raise unavailable()
        if self._store is None:
            with self._opening:
                self._open()
        if self._store is None:
            raise unavailable()
        return self._store

    def _open(self) -> None:
        if self._store is not None or time.monotonic() - self._tried_at < _TRY_AGAIN_SECONDS:
            return
        try:
            self._store = open_store(self.settings.url)
        except StoreUnavailable as error:
            log.warning("%s", error)
        self._tried_at = time.monotonic()

    async def run(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """`work` in one of a few threads for the store; what the store cannot do becomes Problem 503."""
        try:
            return await anyio.to_thread.run_sync(lambda: work(*args, **kwargs), limiter=self._limiter)
        except StoreUnavailable as error:
            log.warning("%s", error)
            raise unavailable() from error

    def rules(self) -> GateRules | None:
        """The rules at the gate; None before the start, and where it failed."""
        return self._rules

    def why_closed(self) -> Problem:
        """Why the gate is closed while there are no rules."""
        return not_ready(self._context.why_not)

    def denied(self, status: int) -> None:
        """Count a request that was not let in."""
        self._context.metrics.denied(status)

    def remember(self, answered: Answered) -> None:
        """Hand an answer to the score log."""
        if self._log is None:
            return
        live, response = self._context.live, answered.response
        same = live is not None and live.info.version == response.model.version
        cut = live.scorer.info.get("as_of") if live is not None and same else None
        entry = Entry(
            request_id.current(), request_id.current_path(), self._context.now(), answered.request.campaign, response,
            cut, answered.features if self.settings.score_log_features else None,
        )  # fmt: skip
        self._log.put(entry)


def unavailable() -> Problem:
    """503: the store does not answer; the log has the cause."""
    detail = "The service's memory does not answer just now; nothing was kept. Try again."
    headers = (("Retry-After", "5"),)
    return Problem(503, "store-unavailable", "The service's memory does not answer", detail, headers=headers)
