"""Small questions that wait for their turn, answered together: one look at many takes little longer than one at one.

Nothing is held back for company: while one lot is being answered the next gathers by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Generic, TypeVar

Q = TypeVar("Q")
A = TypeVar("A")
MOST = 64
"""Candidates of one lot: their answers take some milliseconds, for which a probe may have to wait."""
Waiting = tuple[Q, "asyncio.Future[A]"]


class Together(Generic[Q, A]):
    """Asked by coroutines of one event loop, and answering in it, a lot at a time."""

    def __init__(
        self, turn: asyncio.Lock, answer: Callable[[Sequence[Q]], Sequence[A]], size: Callable[[Q], int]
    ) -> None:
        """`answer` answers some questions, each as if alone, while it holds the `turn`: as many as have `MOST` of
        `size` together, or one."""
        self._turn = turn
        self._answer = answer
        self._size = size
        self._waiting: list[Waiting[Q, A]] = []
        self._answering: asyncio.Task[None] | None = None

    async def ask(self, question: Q) -> A:
        """The answer; raises what answering this question raises."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[A] = loop.create_future()
        self._waiting.append((question, future))
        if self._answering is None:
            self._answering = loop.create_task(self._answer_all())
        return await future

    async def _answer_all(self) -> None:
        try:
            while self._waiting:
                # Whoever was answered has its say first, and whoever has just come in is in time.
                await asyncio.sleep(0)
                async with self._turn:
                    self._answer_some(self._lot())
        finally:
            self._answering = None

    def _lot(self) -> list[Waiting[Q, A]]:
        """Takes the next questions out of the line; one whose asker has given up is not answered."""
        line = [one for one in self._waiting if not one[1].done()]
        sizes = accumulate(self._size(question) for question, _ in line)
        lot = max(sum(size <= MOST for size in sizes), 1)
        self._waiting = line[lot:]
        return line[:lot]

    def _answer_some(self, some: Sequence[Waiting[Q, A]]) -> None:
        try:
            for (_, future), answer in zip(some, self._answer([question for question, _ in some]), strict=True):
                future.set_result(answer)
        except Exception as error:
            # Whatever it is, it is told to whom it concerns; the others are answered.
            if len(some) == 1:
                some[0][1].set_exception(error)
                return
            # One of them is at fault, and only its asker is to know.
            for one in some:
                self._answer_some([one])
