"""How the page's files travel: packed once, kept in memory, and told to stay in the browser; answers packed quickly.

The names of scripts and styles carry their version, so a browser need never ask for one twice.
"""

from __future__ import annotations

import gzip
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any

import anyio.to_thread
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FILES = ("/assets/", "/_dash-component-suites/", "/_favicon.ico")
_STAYS = b"public, max-age=31536000, immutable"
_FOUND = 200
_MOST_KEPT = 200
_SMALL = 600
_QUICK = 3
"""Answers are packed once and sent once: most of the size goes in a fifth of the time of the tightest level."""


@dataclass(frozen=True)
class _File:
    status: int
    kind: bytes
    plain: bytes
    packed: bytes | None


class Delivery:
    """In front of the page's application; holds what every visitor gets alike, nothing of any of them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._answers = GZipMiddleware(app, minimum_size=_SMALL, compresslevel=_QUICK)
        self._files: MutableMapping[str, _File] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "GET" and scope["path"].startswith(FILES):
            await _send(await self._file(scope, receive), scope, send)
        else:
            await self._answers(scope, receive, send)

    async def _file(self, scope: Scope, receive: Receive) -> _File:
        """The file of a request, asked of the application the first time."""
        # The version is in the path, or for our own assets in the query.
        name = f"{scope['path']}?{scope['query_string'].decode('latin-1')}"
        if name not in self._files:
            status, kind, body = await _asked(self._app, scope, receive)
            found = _File(status, kind, body, await anyio.to_thread.run_sync(_packed, body))
            if status != _FOUND or len(self._files) >= _MOST_KEPT:
                return found
            self._files[name] = found
        return self._files[name]


def _packed(body: bytes) -> bytes | None:
    packed = gzip.compress(body, 9, mtime=0) if len(body) >= _SMALL else body
    return packed if len(packed) < len(body) else None


async def _asked(app: ASGIApp, scope: Scope, receive: Receive) -> tuple[int, bytes, bytes]:
    """Status, content type and body of the application's own answer, unpacked."""
    told: dict[str, Any] = {"status": 500, "kind": b"application/octet-stream", "body": []}

    async def keep(message: Message) -> None:
        if message["type"] == "http.response.start":
            told["status"] = message["status"]
            told["kind"] = dict(message["headers"]).get(b"content-type", told["kind"])
        elif message["type"] == "http.response.body":
            told["body"].append(message.get("body", b""))

    headers = [(k, v) for k, v in scope["headers"] if k not in (b"accept-encoding", b"if-none-match")]
    await app({**scope, "headers": headers}, receive, keep)
    return told["status"], told["kind"], b"".join(told["body"])


async def _send(found: _File, scope: Scope, send: Send) -> None:
    accepts = dict(scope["headers"]).get(b"accept-encoding", b"")
    packed = found.packed if b"gzip" in accepts else None
    body = found.plain if packed is None else packed
    headers = [
        (b"content-type", found.kind), (b"content-length", str(len(body)).encode()), (b"vary", b"Accept-Encoding"),
        (b"cache-control", _STAYS if found.status == _FOUND else b"no-store"),
        *([] if packed is None else [(b"content-encoding", b"gzip")]),
    ]  # fmt: skip
    await send({"type": "http.response.start", "status": found.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
