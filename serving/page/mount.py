"""The page as an application to mount, built when somebody first asks for it.

Dash and its components take a second to import; a platform's endpoint should not wait for a page it never opens. The
first visitor sees the first step at once, and the page itself as soon as it is built.
"""

from __future__ import annotations

import anyio
import anyio.to_thread
from starlette.types import ASGIApp, Receive, Scope, Send

from serving.gate import LOCAL, OWNER
from serving.page.desk import CALLER, Desk
from serving.page.first_sight import waiting_page
from serving.page.refused import refusal_page, wants_page
from serving.problems import MEDIA_TYPE, Problem


class LazyPage:
    """Builds the app in a thread at the first request; while there is no model, it answers 503 in words."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._app: ASGIApp | None = None
        self._building = anyio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        try:
            self._desk.live()
        except Problem as problem:
            await _refuse(problem, scope, send)
            return
        # Dash compares whole paths, so it is given its own, as if it stood alone.
        CALLER.set(scope.get(OWNER, LOCAL))
        own = scope["path"].removeprefix(scope.get("root_path", "")) or "/"
        if self._app is None and own == "/" and scope["method"] == "GET":
            await _send(200, [(b"content-type", b"text/html; charset=utf-8"), (b"cache-control", b"no-store")],
                        waiting_page(), send)  # fmt: skip
            return
        await (await self._built())({**scope, "path": own, "root_path": ""}, receive, send)

    async def _built(self) -> ASGIApp:
        if self._app is None:
            async with self._building:
                if self._app is None:
                    self._app = await anyio.to_thread.run_sync(self._build)
        return self._app

    def _build(self) -> ASGIApp:
        from serving.page.app import build_app

        return build_app(self._desk)


async def _refuse(problem: Problem, scope: Scope, send: Send) -> None:
    seen = wants_page(scope["method"], scope["path"], dict(scope["headers"]))
    kind, body = (b"text/html; charset=utf-8", refusal_page(problem)) if seen else (MEDIA_TYPE.encode(), problem.body())
    headers = [(b"content-type", kind), *((k.encode(), v.encode()) for k, v in problem.headers)]
    await _send(problem.status, headers, body, send)


async def _send(status: int, headers: list[tuple[bytes, bytes]], body: bytes, send: Send) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
