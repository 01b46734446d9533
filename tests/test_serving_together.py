"""Small questions that wait are answered together, each as if alone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from serving.config import ServeSettings
from serving.context import Context
from serving.problems import Problem
from serving.together import MOST, Together
from tests.serving_fakes import NOW, live, request


def halves(lots: list[list[int]]) -> Together[int, int]:
    """Answers a number with its half; odd ones are at fault."""

    def answer(asked: Sequence[int]) -> list[int]:
        lots.append(list(asked))
        if any(one % 2 for one in asked):
            raise ValueError(f"odd: {[one for one in asked if one % 2]}")
        return [one // 2 for one in asked]

    return Together(asyncio.Lock(), answer, lambda one: one)


def test_those_that_wait_are_answered_in_one_lot_and_in_their_order() -> None:
    lots: list[list[int]] = []

    async def run() -> list[int]:
        together = halves(lots)
        first = await asyncio.gather(*(together.ask(one) for one in (2, 8, 4)))
        return [*first, await together.ask(6)]

    assert asyncio.run(run()) == [1, 4, 2, 3]
    assert lots == [[2, 8, 4], [6]]


def test_a_lot_holds_so_many_candidates_or_one_question() -> None:
    lots: list[list[int]] = []

    async def run() -> list[int]:
        together = halves(lots)
        return await asyncio.gather(*(together.ask(one) for one in (MOST - 4, 4, 2, MOST + 2, 2)))

    assert asyncio.run(run()) == [MOST // 2 - 2, 2, 1, MOST // 2 + 1, 1]
    assert lots == [[MOST - 4, 4], [2], [MOST + 2], [2]]


def test_one_at_fault_fails_alone() -> None:
    async def run() -> list[int | BaseException]:
        together = halves([])
        return await asyncio.gather(*(together.ask(one) for one in (2, 3, 4, 5)), return_exceptions=True)

    two, three, four, five = asyncio.run(run())
    assert (two, four) == (1, 2)
    assert str(three) == "odd: [3]" and str(five) == "odd: [5]"


def test_nobody_is_answered_who_has_given_up_and_the_turn_is_waited_for() -> None:
    lots: list[list[int]] = []

    async def run() -> int:
        together = halves(lots)
        async with together._turn:
            asked = [asyncio.create_task(together.ask(one)) for one in (2, 4, 6)]
            await asyncio.sleep(0.01)
            assert not lots
            asked[1].cancel()
            await asyncio.sleep(0)
        await asked[2]
        return asked[0].result()

    assert asyncio.run(run()) == 1
    assert lots == [[2, 6]]


def test_too_many_are_refused_and_a_slow_turn_is_not_waited_for() -> None:
    here = live()

    async def many() -> list[object]:
        context = Context(lambda: NOW, ServeSettings(most_waiting=3))
        asked = (context.answer(here, request([{"creator_id": "ana"}])) for _ in range(5))
        return await asyncio.gather(*asked, return_exceptions=True)

    answers = asyncio.run(many())
    assert [isinstance(one, Problem) for one in answers] == [False] * 3 + [True] * 2

    async def slow() -> None:
        context = Context(lambda: NOW, ServeSettings(longest_wait=0))
        async with context._turn():
            with pytest.raises(Problem) as caught:
                await context.answer(here, request([{"creator_id": "ana"}]))
        assert caught.value.kind == "overloaded"

    asyncio.run(slow())
