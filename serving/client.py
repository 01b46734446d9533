"""A small typed client of the service: plain values in, the answer's own classes out, standard library alone.

client = Client("http://127.0.0.1:3000", key="…")
answer = client.score(campaign, [{"creator_id": "c000001", "fee": 450.0}])
answer.results[0].fit.score
"""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import TypeAdapter

from serving.answers import ModelResponse, ScoreResponse, ShortlistResponse
from serving.explain_schemas import ExplainResponse
from serving.plan_schemas import PlanResponse

Answer = TypeVar("Answer")
Json = Mapping[str, Any]
_BUSY = 503
_MOST_WAIT = 30.0


@dataclass(eq=False)
class ApiError(Exception):
    """The service refused: its problem details (RFC 9457)."""

    status: int
    kind: str
    """Last part of the problem's type; never changes for the same cause."""
    detail: str
    errors: tuple[Mapping[str, str], ...] = ()
    """The faults: `field`, `got`, `allowed`."""

    def __str__(self) -> str:
        return f"{self.status} {self.kind}: {self.detail}"


@dataclass(frozen=True)
class Client:
    """One service. `tries`: how often a busy service (503) is asked, each time after the pause that it names."""

    url: str = "http://127.0.0.1:3000"
    key: str | None = None
    seconds: float = 60.0
    tries: int = 3

    def score(self, campaign: Json, candidates: Sequence[Json], **options: Any) -> ScoreResponse:
        """Scores of 1 to 1,000 candidates; `options`: as_of, level, rank_by, explain, abstain, model_version."""
        return self._post("/v1/score", {"campaign": campaign, "candidates": list(candidates), **options}, ScoreResponse)

    def shortlist(self, campaign: Json, k: int = 20, **options: Any) -> ShortlistResponse:
        """The best `k` of the catalogue; `options`: filters, fee, fees, level, rank_by, explain, abstain."""
        return self._post("/v1/shortlist", {"campaign": campaign, "k": k, **options}, ShortlistResponse)

    def plan(self, campaign: Json, candidates: Sequence[Json], budget: float, **options: Any) -> PlanResponse:
        """The best set under a budget, each candidate with its `fee`; `options`: mode, maximise, must_have, never,
        niches, explore_share, min_creators, max_creators, as_of, level, abstain, model_version."""
        body = {"campaign": campaign, "candidates": list(candidates), "budget": budget, **options}
        return self._post("/v1/plan", body, PlanResponse)

    def explain(self, campaign: Json, creator_id: str, **options: Any) -> ExplainResponse:
        """One creator of the catalogue beside its peers; `options`: as_of and what else `/v1/explain` takes."""
        return self._post("/v1/explain", {"campaign": campaign, "creator_id": creator_id, **options}, ExplainResponse)

    def model(self) -> ModelResponse:
        """What is live and how good it was shown to be."""
        return TypeAdapter(ModelResponse).validate_json(self._ask("GET", "/v1/model", None))

    def outcomes(self, rows: Sequence[Json], idempotency_key: str | None = None) -> dict[str, Any]:
        """Send outcomes of collaborations, rows of that table; the same row twice changes nothing."""
        more = {} if idempotency_key is None else {"Idempotency-Key": idempotency_key}
        told: dict[str, Any] = json.loads(self._ask("POST", "/v1/outcomes", {"outcomes": list(rows)}, more))
        return told

    def _post(self, path: str, body: Json, answer: type[Answer]) -> Answer:
        return TypeAdapter(answer).validate_json(self._ask("POST", path, body))

    def _ask(self, method: str, path: str, body: Json | None, more: Mapping[str, str] | None = None) -> bytes:
        headers = {"Content-Type": "application/json", **(more or {})}
        if self.key is not None:
            headers["Authorization"] = f"Bearer {self.key}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url.rstrip("/") + path, data, headers, method=method)  # noqa: S310
        for left in reversed(range(max(self.tries, 1))):
            try:
                with urllib.request.urlopen(request, timeout=self.seconds) as answer:  # noqa: S310 - the caller's address
                    return bytes(answer.read())
            except urllib.error.HTTPError as error:
                if error.code != _BUSY or not left:
                    raise _problem(error) from None
                time.sleep(min(float(error.headers.get("Retry-After") or 1), _MOST_WAIT))
        raise AssertionError("unreachable: the last try returns or raises")


def _problem(error: urllib.error.HTTPError) -> ApiError:
    raw = error.read()
    try:
        told = json.loads(raw)
        kind = str(told["type"]).rpartition(":")[2]
        return ApiError(error.code, kind, str(told["detail"]), tuple(told.get("errors", ())))
    except (ValueError, KeyError, TypeError):
        return ApiError(error.code, "http", raw[:200].decode("utf-8", "replace"))
