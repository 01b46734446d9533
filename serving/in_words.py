"""Errors of applications that are not ours (the page's server, BentoML's own) as problem details, as all others are."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.problems import MEDIA_TYPE, Problem
from serving.responses import problem_of_status, respond


class InWords:
    """Another application; what it says with an error status is said in our way."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        problem: Problem | None = None

        async def said(message: Message) -> None:
            nonlocal problem
            if message["type"] == "http.response.start" and message["status"] >= 400:
                headers = {name.decode().lower(): value.decode("latin-1") for name, value in message["headers"]}
                if headers.get("content-type") != MEDIA_TYPE:
                    kept = {name: headers[name] for name in ("allow", "retry-after") if name in headers}
                    problem = problem_of_status(message["status"], kept)
            if problem is None:
                await send(message)

        try:
            await self._app(scope, receive, said)
        finally:
            if problem is not None:
                await respond(problem)(scope, receive, send)
