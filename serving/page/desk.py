"""The page's one door to the service: what is live, and scores from the very handler the endpoint calls."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import pandas as pd

from serving.context import Context
from serving.live import Live
from serving.responses import read_model
from serving.schemas import ScoreRequest, ScoreResponse

R = TypeVar("R")


@dataclass(frozen=True)
class Desk:
    """What every step asks of the service."""

    context: Context

    def live(self) -> Live:
        """What answers now; Problem 503 while there is nothing."""
        return self.context.ready()

    def now(self) -> pd.Timestamp:
        """The service's clock."""
        return self.context.now()

    def score(
        self,
        campaign: Mapping[str, Any],
        candidates: Sequence[Mapping[str, Any]],
        *,
        told: bool = False,
        **options: Any,
    ) -> ScoreResponse:
        """As `POST /v1/score`; raises Problem 422 naming every fault of the brief.

        `told`: it counts as an answer of the service (numbers, score log), as a shortlist does and a what-if does not.
        """
        body = {"campaign": campaign, "candidates": list(candidates), **options}
        answered = self.live().answer(read_model(json.dumps(body).encode(), ScoreRequest), self.now())
        if told:
            self.context.metrics.answered(answered.response)
            for tell in self.context.on_answer:
                tell(answered)
        return answered.response

    async def work(self, task: Callable[[], R]) -> R:
        """Do it in the one thread for scoring, after what the endpoint is doing there."""
        return await self.context.run(task)
