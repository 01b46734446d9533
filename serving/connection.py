"""A connection of the HTTP server with limits of ours: the head of a request is short and comes soon.

uvicorn waits for a head for ever, reads one of any length, and answers what is no HTTP as plain text.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from serving.problems import MEDIA_TYPE, Problem

MOST_HEAD = 64 * 1024
"""Bytes of all headers of a request together."""
HEAD_SECONDS = 20.0
"""How long a connection may stay without a whole head before its first request, or once one has begun."""
_CLOSE = (("Connection", "close"),)
_NO_HTTP = Problem(
    400, "not-http", "This is no HTTP request", "The request cannot be read as HTTP/1.1.", headers=_CLOSE
)
_TOO_LONG = Problem(
    431, "headers-too-large", "The headers are too large", f"All headers together may have {MOST_HEAD:,} bytes.",
    headers=_CLOSE,
)  # fmt: skip
_TOO_SLOW = Problem(
    408, "headers-too-slow", "The headers took too long", f"They were not there within {HEAD_SECONDS:g} seconds.",
    headers=_CLOSE,
)  # fmt: skip


class Connection(HttpToolsProtocol):
    """One connection of a client."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._in_head = False
        self._head_size = 0
        self._timer: asyncio.TimerHandle | None = None
        self._why = _NO_HTTP
        self._running: RequestResponseCycle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._timer = self.loop.call_later(HEAD_SECONDS, self._late)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        if self._running is not None:
            # uvicorn tells the newest of several requests alone; an older one would write to a closed connection.
            self._running.disconnected = True
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._in_head:
            self._head_size += len(data)
            if self._head_size > MOST_HEAD:
                self._refuse(_TOO_LONG)
                return
        if self._timer is None and (self._in_head or self._waits()):
            self._timer = self.loop.call_later(HEAD_SECONDS, self._late)

    def on_message_begin(self) -> None:
        self._in_head, self._head_size = True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._stop_timer()
        if sum(len(name) + len(value) for name, value in self.headers) > MOST_HEAD:
            self._why = _TOO_LONG
            raise ValueError  # how a callback tells the parser to go no further
        super().on_headers_complete()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._running = cycle
        super()._start_asgi_task(cycle, app)

    def send_400_response(self, msg: str) -> None:
        """Say what is wrong and close, unless an answer is on its way already."""
        if self.transport.is_closing():
            return
        if self.cycle is None or self.cycle.response_complete or not self.cycle.response_started:
            body = self._why.body()
            lines = [STATUS_LINE[self._why.status]]
            lines += [name + b": " + value + b"\r\n" for name, value in self.server_state.default_headers]
            lines.append(b"content-type: %b\r\ncontent-length: %d\r\n" % (MEDIA_TYPE.encode(), len(body)))
            self.transport.write(b"".join([*lines, b"connection: close\r\n\r\n", body]))
        self.transport.close()

    def _refuse(self, problem: Problem) -> None:
        self._why = problem
        self.send_400_response(problem.title)

    def _waits(self) -> bool:
        """Whether no request is under way and nothing else would ever close the connection."""
        return self.timeout_keep_alive_task is None and (self.cycle is None or self.cycle.response_complete)

    def _late(self) -> None:
        self._timer = None
        if self._in_head:
            self._refuse(_TOO_SLOW)
        elif not self.transport.is_closing():
            self.transport.close()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
