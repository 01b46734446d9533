"""The HTTP side: routes, bodies, and every error as problem details. What is answered comes from `serving.live`.

The body is parsed straight into the request model and the work is done in one thread of its own, so that probes are
answered while a large batch is being scored.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from functools import cached_property

import anyio
import anyio.to_thread
import pandas as pd
from pydantic import ValidationError
from pydantic_core import to_json
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from data.errors import InputError
from serving import openapi
from serving.answers import json_bytes
from serving.config import ServeSettings
from serving.live import Live
from serving.metrics import Metrics
from serving.problems import (
    MEDIA_TYPE,
    Problem,
    faults_of,
    invalid_body,
    is_broken_json,
    not_json,
    not_ready,
    too_large,
)
from serving.schemas import ScoreRequest

JSON = "application/json"
_CLIENT_GONE = 499
_HTTP_WORDS = {
    404: ("unknown-path", "There is nothing at this path", "See /openapi.json for what there is."),
    405: ("wrong-method", "This path does not take that method", "The `Allow` header names those it takes."),
}


def read_request(body: bytes) -> ScoreRequest:
    """The request in a body; raises Problem 400 when it is no JSON and 422 naming every fault."""
    try:
        return ScoreRequest.model_validate_json(body)
    except ValidationError as error:
        broken = is_broken_json(error)
        raise not_json(broken) if broken else invalid_body(faults_of(error, ScoreRequest)) from None


class Api:
    """The routes, and what they answer with: `live`, or why there is nothing to answer with yet."""

    def __init__(self, now: Callable[[], pd.Timestamp]) -> None:
        self.live: Live | None = None
        self.why_not = "The service has not started yet."
        self.max_body_bytes = ServeSettings.max_body_bytes
        self._now = now
        self._one_at_a_time = anyio.CapacityLimiter(1)
        self.app = self._application()

    @cached_property
    def metrics(self) -> Metrics:
        """Made when first used: by then a worker knows whether it shares its numbers."""
        return Metrics()

    def _ready(self) -> Live:
        if self.live is None:
            raise not_ready(self.why_not)
        return self.live

    def _scored(self, body: bytes) -> bytes:
        response = self._ready().answer(read_request(body), self._now())
        self.metrics.answered(response)
        return json_bytes(response)

    async def _score(self, request: Request) -> Response:
        body = await _body(request, self.max_body_bytes)
        started = time.perf_counter()
        status = 500
        try:
            answer = await anyio.to_thread.run_sync(self._scored, body, limiter=self._one_at_a_time)
            status = 200
        except Problem as problem:
            status = problem.status
            raise
        finally:
            self.metrics.request("/v1/score", status, time.perf_counter() - started)
        return Response(answer, media_type=JSON)

    async def _model(self, _: Request) -> Response:
        return Response(json_bytes(self._ready().about()), media_type=JSON)

    async def _readyz(self, _: Request) -> Response:
        self._ready()
        return Response(b"ready\n", media_type="text/plain")

    async def _metrics(self, _: Request) -> Response:
        text, media_type = await anyio.to_thread.run_sync(self.metrics.text)
        return Response(text, headers={"content-type": media_type})

    def _application(self) -> Starlette:
        def get(path: str, endpoint: Callable[[Request], Awaitable[Response]]) -> Route:
            return Route(path, endpoint, methods=["GET"])

        return Starlette(
            routes=[
                Route("/v1/score", self._score, methods=["POST"]),
                get("/v1/model", self._model),
                get("/livez", _livez),
                get("/healthz", _livez),
                get("/readyz", self._readyz),
                get("/metrics", self._metrics),
                get("/openapi.json", _document),
                get("/docs.json", _document),
            ],
            exception_handlers={
                Problem: _as_problem,
                InputError: _as_invalid,
                HTTPException: _as_http_problem,
                ClientDisconnect: _gone,
                Exception: _as_our_fault,
            },
        )


async def _livez(_: Request) -> Response:
    return Response(b"alive\n", media_type="text/plain")


async def _document(_: Request) -> Response:
    return Response(to_json(openapi.document()), media_type=JSON)


async def _body(request: Request, limit: int) -> bytes:
    """The whole body; Problem 413 as soon as it is longer than `limit`, whatever its header said."""
    said = request.headers.get("content-length", "0")
    if said.isdigit() and int(said) > limit:
        raise too_large(limit)
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise too_large(limit)
        parts.append(part)
    return b"".join(parts)


def _respond(problem: Problem) -> Response:
    return Response(problem.body(), problem.status, headers=dict(problem.headers), media_type=MEDIA_TYPE)


async def _as_problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)  # noqa: S101 - Starlette's own dispatch
    return _respond(error)


async def _as_invalid(_: Request, error: Exception) -> Response:
    # Nothing should pass the schema and be refused further in; if it is, it is still the caller's to put right.
    assert isinstance(error, InputError)  # noqa: S101 - Starlette's own dispatch
    return _respond(invalid_body(error.faults))


async def _as_http_problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - Starlette's own dispatch
    kind, title, detail = _HTTP_WORDS.get(error.status_code, ("http", error.detail, error.detail))
    return _respond(Problem(error.status_code, kind, title, detail, headers=tuple((error.headers or {}).items())))


async def _gone(_: Request, __: Exception) -> Response:
    return Response(status_code=_CLIENT_GONE)


async def _as_our_fault(_: Request, __: Exception) -> Response:
    # Starlette raises the error again after this answer, so that the server logs it with its traceback, and the
    # server then drops the connection: the answer says so.
    detail = "This is our fault; the server's log has the cause."
    return _respond(Problem(500, "internal", "The service failed", detail, headers=(("Connection", "close"),)))
