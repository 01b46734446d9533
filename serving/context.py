"""What every route of the service shares: the model and catalogue that answer, the clock, the numbers, one worker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from functools import cached_property
from typing import ParamSpec, TypeVar

import anyio.to_thread
import pandas as pd

from serving.config import ServeSettings
from serving.live import Answered, Live
from serving.memory import Memory
from serving.metrics import Metrics
from serving.pinned import Pinned
from serving.problems import not_ready, overloaded
from serving.schemas import ScoreRequest
from serving.together import Together
from serving.watch import Watch

P = ParamSpec("P")
R = TypeVar("R")


class Context:
    """Made before the service has loaded anything; routes keep it and ask it when a request comes."""

    def __init__(self, now: Callable[[], pd.Timestamp], settings: ServeSettings | None = None) -> None:
        self.now = now
        """The one clock of the service."""
        self.settings = settings or ServeSettings()
        self.live: Live | None = None
        """What answers; replaced whole, never changed."""
        self.why_not = "The service has not started yet."
        """Why nothing can be answered, while `live` is None."""
        self.at_start: list[Callable[[], None]] = []
        """Called in order once `settings` are known, before the first request; CreatorLiftError means "not ready"."""
        self.at_stop: list[Callable[[], None]] = []
        """Called in order when the service stops."""
        self.on_answer: list[Callable[[Answered], None]] = []
        """Called with every answer of scores, in the worker; must be quick and must not raise."""
        self.memory = Memory(self)
        """What the service remembers: outcomes, score log, keys, jobs."""
        self._one_at_a_time = asyncio.Lock()
        self._together = Together(self._one_at_a_time, self._answer_each, lambda asked: len(asked[1].candidates))
        self._waiting = 0
        self._pinned = Pinned()

    @cached_property
    def metrics(self) -> Metrics:
        """Made when first used: by then a worker knows whether it shares its numbers."""
        return Metrics()

    def ready(self) -> Live:
        """What answers; Problem 503 while there is nothing."""
        if self.live is None:
            raise not_ready(self.why_not)
        return self.live

    def of_version(self, version: str | None) -> Live:
        """What answers with a version of the model: the live one, or another that was loaded.

        Problem 404 when there is no such version, 503 while nothing is live; VersionNeeded when it must be loaded.
        """
        live = self.ready()
        return live if version is None or version == live.info.version else self._pinned.of(version, live)

    async def load_version(self, version: str) -> None:
        """Load a version beside what answers, holding nobody up; raises as `Pinned.load`."""
        await anyio.to_thread.run_sync(self._pinned.load, version, self.ready())

    async def run(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """`work` in the one thread for work, so that probes are answered while a large batch is being scored.

        Raises Problem 503 when too many wait already, or this one has waited for too long.
        """
        async with self._turn():
            return await anyio.to_thread.run_sync(lambda: work(*args, **kwargs))

    async def answer(self, live: Live, request: ScoreRequest) -> Answered:
        """As `live.answer`, here and together with whatever else waits; for a request that `handler.is_quick`.

        Raises as `run`.
        """
        with self._waits():
            try:
                async with asyncio.timeout(self.settings.longest_wait):
                    return await self._together.ask((live, request))
            except TimeoutError:
                raise overloaded(self.settings.longest_wait) from None

    def _answer_each(self, asked: Sequence[tuple[Live, ScoreRequest]]) -> list[Answered]:
        """Each answered by its own model and catalogue, one look for all of a model's."""
        now = self.now()
        by_model: dict[tuple[int, int], list[int]] = {}
        for at, (live, _) in enumerate(asked):
            by_model.setdefault((id(live.scorer), id(live.catalogue)), []).append(at)
        found: dict[int, Answered] = {}
        for places in by_model.values():
            live = asked[places[0]][0]
            found |= zip(places, live.answer_each([asked[at][1] for at in places], now), strict=True)
        return [found[at] for at in range(len(asked))]

    @contextmanager
    def _waits(self) -> Iterator[None]:
        if self._waiting >= self.settings.most_waiting:
            raise overloaded(1)
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        with self._waits():
            # Lets every request that has come in be counted before the first of them is worked on.
            await asyncio.sleep(0)
            try:
                async with asyncio.timeout(self.settings.longest_wait):
                    await self._one_at_a_time.acquire()
            except TimeoutError:
                raise overloaded(self.settings.longest_wait) from None
        try:
            yield
        finally:
            self._one_at_a_time.release()

    def start(self, settings: ServeSettings, live: Live) -> None:
        """Begin to answer with `live`; raises what a function of `at_start` raises, and answers nothing then."""
        self.settings = settings
        for begin in self.at_start:
            begin()
        self.swap(live)
        if settings.poll_seconds:
            watch = Watch(settings, lambda: self.live, self.swap)
            self.at_stop.append(watch.stop)
            watch.start()

    def swap(self, live: Live) -> None:
        """Answer with `live` from the next request on; requests under way keep what they began with."""
        self.metrics.model(live.info.version, live.info.data, [one.version for one in live.refused])
        self.live = live

    def stop(self) -> None:
        """Stop in good order."""
        for end in self.at_stop:
            end()
