"""What may be asked of the page's callbacks, looked at before Dash sees it: Dash answers what is malformed with 500."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.problems import Problem
from serving.responses import read_body, respond

_CALL = "/_dash-update-component"
_SCRIPTS = "/_dash-component-suites/"
_MOST_BYTES = 150 * 2**20
"""Of a call; it may hold a file of candidates as base64."""
Callbacks = Callable[[], Mapping[str, Mapping[str, Any]]]


class Asked:
    """Dash's application behind the checks. `callbacks`: its map of callbacks by output."""

    def __init__(self, app: ASGIApp, callbacks: Callbacks) -> None:
        self._app = app
        self._callbacks = callbacks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"].startswith(_SCRIPTS):
            await self._app(scope, receive, _not_found_for_failed(send))
            return
        if scope["path"] != _CALL or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        try:
            body = await read_body(Request(scope, receive), _MOST_BYTES)
            _check(body, self._callbacks())
        except Problem as problem:
            await respond(problem)(scope, receive, send)
            return
        await self._app(scope, _again(body, receive), send)


def _check(body: bytes, callbacks: Mapping[str, Mapping[str, Any]]) -> None:
    """Raise Problem 400 for what no page of ours sends."""
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError):
        raise _no_call("it is no JSON") from None
    output = asked.get("output") if isinstance(asked, dict) else None
    known = callbacks.get(output) if isinstance(output, str) else None
    if known is None or "callback" not in known:
        raise _no_call("`output` names no callback of this page")
    for name, declared in (("inputs", known["inputs"]), ("state", known["state"])):
        if not _fits(asked.get(name, []), declared):
            raise _no_call(f"`{name}` is not what this callback takes")
    if not _is_texts(asked.get("changedPropIds", [])) or not isinstance(asked.get("outputs", []), list | dict):
        raise _no_call("`changedPropIds` or `outputs` is malformed")


def _fits(given: Any, declared: Sequence[Mapping[str, Any]]) -> bool:
    """One property for each that is declared; of a pattern, a list of them."""
    if not isinstance(given, list) or len(given) != len(declared):
        return False
    for one, wanted in zip(given, declared, strict=True):
        parts = one if isinstance(one, list) else [one]
        if not all(isinstance(p, dict) and p.get("property") == wanted["property"] and "id" in p for p in parts):
            return False
        if not isinstance(one, list) and one["id"] != wanted["id"] and not str(wanted["id"]).startswith("{"):
            return False
    return True


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _no_call(why: str) -> Problem:
    return Problem(400, "not-a-callback", "This is no request of the page", f"The page does not ask like this: {why}.")


def _again(body: bytes, receive: Receive) -> Receive:
    """The body once more, then whatever comes."""
    told = False

    async def heard() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return heard


def _not_found_for_failed(send: Send) -> Send:
    """A script's address is all that was asked with: where Dash fails over it, there is no such script."""
    failed = False

    async def said(message: Message) -> None:
        nonlocal failed
        if message["type"] == "http.response.start" and message["status"] >= 500:
            failed = True
            answer = respond(
                Problem(404, "unknown-path", "There is nothing at this path", "The page has no such script.")
            )
            await send({"type": "http.response.start", "status": 404, "headers": answer.raw_headers})
            await send({"type": "http.response.body", "body": answer.body})
        elif not failed:
            await send(message)

    return said
