"""Bodies in and answers out, and every error as problem details, whichever route it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from data.errors import InputError
from serving.problems import (
    MEDIA_TYPE,
    Problem,
    compressed,
    faults_of,
    invalid_body,
    is_broken_json,
    not_json,
    too_large,
)

M = TypeVar("M", bound=BaseModel)
JSON = "application/json"
_CLIENT_GONE = 499
_GZIP = b"\x1f\x8b"
_HTTP_WORDS = {
    404: ("unknown-path", "There is nothing at this path", "See /openapi.json for what there is."),
    405: ("wrong-method", "This path does not take that method", "The `Allow` header names those it takes."),
}


async def read_body(request: Request, limit: int) -> bytes:
    """The whole body; Problem 413 as soon as it is longer than `limit` bytes, whatever its header said."""
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


def read_model(body: bytes, model: type[M]) -> M:
    """A body as this model; raises Problem 400 when it is no JSON and 422 naming every fault."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        broken = is_broken_json(error)
        if broken and body.startswith(_GZIP):
            raise compressed() from None
        raise not_json(broken) if broken else invalid_body(faults_of(error, model)) from None


def respond(problem: Problem) -> Response:
    """A problem as an answer. Middleware, which stands outside the handlers below, sends its problems with this."""
    return Response(problem.body(), problem.status, headers=dict(problem.headers), media_type=MEDIA_TYPE)


async def _as_problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)  # noqa: S101 - Starlette's own dispatch
    return respond(error)


async def _as_invalid(_: Request, error: Exception) -> Response:
    # Nothing should pass the schema and be refused further in; if it is, it is still the caller's to put right.
    assert isinstance(error, InputError)  # noqa: S101 - Starlette's own dispatch
    return respond(invalid_body(error.faults))


def problem_of_status(status: int, headers: Mapping[str, str], otherwise: str = "") -> Problem:
    """A bare HTTP error in our words; `otherwise` where we have none for it."""
    if status >= 500:
        return _our_fault(status)
    words = otherwise or HTTPStatus(status).phrase
    kind, title, detail = _HTTP_WORDS.get(status, ("http", words, words))
    return Problem(status, kind, title, detail, headers=tuple(headers.items()))


def _our_fault(status: int = 500) -> Problem:
    detail = "This is our fault; the server's log has the cause."
    return Problem(status, "internal", "The service failed", detail, headers=(("Connection", "close"),))


async def _as_http_problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - Starlette's own dispatch
    return respond(problem_of_status(error.status_code, error.headers or {}, error.detail))


async def _gone(_: Request, __: Exception) -> Response:
    return Response(status_code=_CLIENT_GONE)


async def _as_our_fault(_: Request, __: Exception) -> Response:
    # Starlette raises the error again after this answer, so that the server logs it with its traceback, and the
    # server then drops the connection: the answer says so.
    return respond(_our_fault())


HANDLERS: Mapping[Any, Any] = {
    Problem: _as_problem,
    InputError: _as_invalid,
    HTTPException: _as_http_problem,
    ClientDisconnect: _gone,
    Exception: _as_our_fault,
}
"""What becomes of an exception that a route raises."""
