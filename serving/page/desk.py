"""The page's one door to the service: what is live, and scores from the very handler the endpoint calls."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from serving.api import read_request
from serving.live import Live
from serving.schemas import ScoreResponse


@dataclass(frozen=True)
class Desk:
    """`live` gives what answers now and raises Problem 503 while there is nothing; `now` is the service's clock."""

    live: Callable[[], Live]
    now: Callable[[], pd.Timestamp]

    def score(
        self, campaign: Mapping[str, Any], candidates: Sequence[Mapping[str, Any]], **options: Any
    ) -> ScoreResponse:
        """As `POST /v1/score`; raises Problem 422 naming every fault of the brief."""
        body = {"campaign": campaign, "candidates": list(candidates), **options}
        return self.live().answer(read_request(json.dumps(body).encode()), self.now())
