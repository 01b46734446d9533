"""One operation of the API as a plain declaration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

PROBLEMS: Mapping[int, str] = {
    400: "The body is not JSON.",
    404: "There is nothing of this name.",
    413: "The body is too large.",
    415: "The body is compressed; send it as it is.",
    422: "The body does not fit the schema; `errors` lists every fault.",
    503: "No model is loaded; `detail` says why. Ask again after `Retry-After` seconds.",
}
"""What a status means, where an operation does not word it itself."""
JSON_PROBLEMS = (400, 413, 415, 422)
"""What every operation may answer that reads a JSON body."""
GATE_PROBLEMS: Mapping[int, str] = {
    401: "A key is needed: without one, only programs on the service's own machine are answered.",
    403: "The key lacks the scope that this needs.",
    408: "The body was not there in time.",
    429: "The key made more requests than it may; `Retry-After` says when to ask again.",
    503: "No model is loaded, the service's memory is away, or the answer took too long; see `Retry-After`.",
}
"""What every operation may answer that needs a key."""


@dataclass(frozen=True)
class Operation:
    """One method of one path. `answer` and `request` are pydantic models or anything a TypeAdapter takes."""

    method: str
    path: str
    name: str
    """`operationId`, unique."""
    summary: str
    answered: str
    """What a good answer holds."""
    answer: Any = None
    """None: plain text."""
    request: Any = None
    example: Mapping[str, Any] | None = None
    description: str = ""
    problems: Mapping[int, str | None] = field(default_factory=dict)
    """Status → words, beside `JSON_PROBLEMS` and `GATE_PROBLEMS`; None takes those of `PROBLEMS`."""
    parameters: tuple[Mapping[str, Any], ...] = ()
    """OpenAPI parameter objects (path, query, header)."""
    status: str = "200"
    body: Mapping[str, Any] | None = None
    """The request body's `content`, where it is not JSON."""
    content: Mapping[str, Any] | None = None
    """The good answer's `content`, where it is not JSON."""
    needs_key: bool = True
    """Whether the gate asks for a key, where there are keys."""
