"""The page's one door to the service: what is live, and scores from the very handler the endpoint calls."""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pandas as pd

from serving.answers import json_bytes
from serving.context import Context
from serving.gate import LOCAL
from serving.live import Live
from serving.plan_schemas import PlanRequest
from serving.planning import Offered, offered, planned
from serving.problems import Problem
from serving.responses import read_model
from serving.schemas import ScoreRequest, ScoreResponse
from serving.store import Store

R = TypeVar("R")
CALLER: ContextVar[str] = ContextVar("caller", default=LOCAL)
"""Id of the key the request at hand is answered for."""


class Recent:
    """The last few questions' scored candidates, by the whole question: a budget is moved many times in a row.

    What somebody else asked is found by nobody who does not ask the very same; a miss is worked out again.
    """

    def __init__(self, most: int = 4) -> None:
        self._most = most
        self._kept: OrderedDict[bytes, tuple[Live, Offered]] = OrderedDict()

    def of(self, live: Live, question: str, make: Callable[[], Offered]) -> Offered:
        """What `make` made for the same question to the same model, or makes now."""
        key = hashlib.sha256(question.encode()).digest()
        kept = self._kept.get(key)
        if kept is None or kept[0] is not live:
            kept = (live, make())
        self._kept[key] = kept
        self._kept.move_to_end(key)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return kept[1]


@dataclass(frozen=True)
class Desk:
    """What every step asks of the service."""

    context: Context
    _recent: Recent = field(default_factory=Recent)

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

    def plan(
        self, campaign: Mapping[str, Any], candidates: Sequence[Mapping[str, Any]], *, as_of: str,
        curve: bool = True, **rules: Any,
    ) -> dict[str, Any]:  # fmt: skip
        """As `POST /v1/plan`, as plain JSON values; raises Problem 422, or UsageError where the rules leave no set.

        Another budget or rule for the same candidates is answered from what was scored for the last one.
        """
        question = {"campaign": campaign, "candidates": list(candidates), "as_of": as_of}
        request = read_model(json.dumps({**question, **rules}).encode(), PlanRequest)
        live = self.live()
        found = self._recent.of(
            live, json.dumps(question, sort_keys=True),
            lambda: offered(request, live.scorer, live.info, live.catalogue, now=self.now()),
        )  # fmt: skip
        answer = planned(request, found, live.info, curve=curve)
        plain: dict[str, Any] = json.loads(json_bytes(answer))
        return plain

    def caller(self) -> str:
        """Who asks: the id of the key, or `local` without one."""
        return CALLER.get()

    def may(self, scope: str) -> bool:
        """Whether the caller's key has the scope; without any key this machine may do everything."""
        caller, rules = self.caller(), self.context.memory.rules()
        key = None if caller == LOCAL or rules is None else rules.ring.by_id(caller)
        return caller == LOCAL or (key is not None and key.allows(scope))

    def require(self, scope: str) -> None:
        """Problem 403 unless the caller may."""
        if not self.may(scope):
            raise Problem(
                403, "scope-missing", "This key may not do that", f"This needs a key with the scope `{scope}`."
            )

    def store(self) -> Store:
        """What the service remembers; Problem 503 while it cannot be reached."""
        return self.context.memory.store()

    async def work(self, task: Callable[[], R]) -> R:
        """Do it in the one thread for scoring, after what the endpoint is doing there."""
        return await self.context.run(task)
