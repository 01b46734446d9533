"""What stands before every request, whoever answers it: request ids, keys, limits, one deadline.

Plain ASGI, a handful of microseconds: nothing is copied, no task is made, no query is run while keys are fresh.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Protocol

import anyio.to_thread
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving import request_id
from serving.access import ANYONE, KeyRing, permit
from serving.limits import Limits, Taken
from serving.page.refused import refusal_page, wants_page
from serving.problems import MEDIA_TYPE, Problem

log = logging.getLogger("creatorlift.gate")
OWNER = "creatorlift.owner"
"""In the request's scope: the id of the key it is answered for; `local` without one."""
LOCAL = "local"
Headers = list[tuple[bytes, bytes]]


class Rules(Protocol):
    """What the gate needs to know; may change while the service runs."""

    ring: KeyRing
    limits: Limits | None
    per_minute: int
    seconds: float
    origins: tuple[str, ...]
    """Web origins whose pages may call; none: CORS is off."""


_SENT = ("Authorization", "X-API-Key", "Content-Type", "Idempotency-Key", "X-Request-ID")
_SHOWN = ("RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-ID", "Idempotency-Replayed", "Content-Disposition")


class Gate:
    """Our rules around an application."""

    def __init__(
        self,
        app: ASGIApp,
        rules: Callable[[], Rules | None],
        denied: Callable[[int], None],
        closed: Callable[[], Problem],
    ) -> None:
        """`rules` may be None for a while, and `closed` says why then; `denied` hears of statuses the gate gave."""
        self._app = app
        self._rules = rules
        self._denied = denied
        self._closed = closed
        self._shared: tuple[tuple[str, ...], ASGIApp] = ((), self._guarded)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or say why not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        rules = self._rules()
        if rules is None or not rules.origins:
            await self._guarded(scope, receive, send)
            return
        if self._shared[0] != rules.origins:
            # Outside the keys: a browser asks whether it may send one before it does.
            cors = CORSMiddleware(
                self._guarded, rules.origins, ("GET", "POST"), allow_headers=_SENT, expose_headers=_SHOWN
            )
            self._shared = (rules.origins, cors)
        await self._shared[1](scope, receive, send)

    async def _guarded(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        extra: Headers = [(request_id.HEADER, request_id.begin(headers.get(request_id.HEADER), scope["path"]))]
        rules = self._rules()
        if rules is None:
            # Nobody can be told apart yet: only what anyone may ask is passed on.
            if scope["path"] in ANYONE:
                await self._app(scope, receive, _with_headers(send, extra))
            else:
                await _answer(send, self._closed(), extra, scope)
            return
        try:
            extra += await self._let_in(rules, scope, headers)
        except Problem as problem:
            self._denied(problem.status)
            await _answer(send, problem, extra, scope)
            return
        await _Timed(self._app, extra, rules.seconds, self._denied).run(scope, receive, send)

    async def _let_in(self, rules: Rules, scope: Scope, headers: dict[bytes, bytes]) -> Headers:
        """Headers that tell the caller's limit, if there is one; Problem when the request is not let in."""
        if not rules.ring.is_fresh:
            await anyio.to_thread.run_sync(rules.ring.refresh)
        key = permit(rules.ring, scope, headers)
        scope[OWNER] = LOCAL if key is None else key.key_id
        if key is None or rules.limits is None or not (key.per_minute or rules.per_minute):
            return []
        taken = rules.limits.take(key.number, key.per_minute or rules.per_minute)
        if taken.retry_after:
            raise _too_many(taken)
        return taken.headers()


def _too_many(taken: Taken) -> Problem:
    detail = f"This key may make {taken.quota:,} requests a minute. Ask again in {taken.retry_after} seconds."
    headers = tuple((name.decode(), value.decode()) for name, value in taken.headers())
    return Problem(429, "too-many-requests", "Too many requests", detail, headers=headers)


class _Timed:
    """One request under a deadline.

    A thread cannot be stopped, so the deadline answers in place of the work, and what the work says later is dropped.
    """

    def __init__(self, app: ASGIApp, extra: Headers, seconds: float, denied: Callable[[int], None]) -> None:
        self._app = app
        self._extra = extra
        self._seconds = seconds
        self._denied = denied
        self._read = False
        self._begun = False
        self._over = False

    async def run(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer within the time, or say that it was not."""

        async def heard() -> Message:
            message = await receive()
            if message["type"] != "http.request" or not message.get("more_body"):
                self._read = True
            return message

        async def said(message: Message) -> None:
            if self._over:
                return
            if message["type"] == "http.response.start":
                self._begun = True
                message["headers"] = [*message.get("headers", ()), *self._extra]
            await send(message)

        def late() -> None:
            if not self._begun:
                self._over = True
                self._task = loop.create_task(self._say_late(send))

        loop = asyncio.get_running_loop()
        timer = loop.call_later(self._seconds, late)
        try:
            await self._app(scope, heard, said)
        finally:
            timer.cancel()

    async def _say_late(self, send: Send) -> None:
        if self._read:
            detail = f"The answer took longer than {self._seconds:g} seconds. Ask for fewer candidates, or again later."
            headers = (("Retry-After", "5"), ("Connection", "close"))
            problem = Problem(503, "too-slow", "The service did not finish in time", detail, headers=headers)
            log.warning("no answer within %g seconds", self._seconds)
        else:
            detail = f"The body was not there within {self._seconds:g} seconds."
            problem = Problem(
                408, "body-too-slow", "The body took too long", detail, headers=(("Connection", "close"),)
            )
        self._denied(problem.status)
        await _answer(send, problem, self._extra)


def _with_headers(send: Send, extra: Headers) -> Send:
    async def said(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *extra]
        await send(message)

    return said


async def _answer(send: Send, problem: Problem, extra: Headers, scope: Scope | None = None) -> None:
    seen = scope is not None and wants_page(scope["method"], scope["path"], dict(scope["headers"]))
    kind, body = ("text/html; charset=utf-8", refusal_page(problem)) if seen else (MEDIA_TYPE, problem.body())
    own = [(name.lower().encode(), value.encode("latin-1")) for name, value in problem.headers]
    plain = [(b"content-type", kind.encode()), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": problem.status, "headers": [*plain, *own, *extra]})
    await send({"type": "http.response.body", "body": body})
