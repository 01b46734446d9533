"""How the page travels: the very first visitor, files packed once, answers packed quickly."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from serving.context import Context
from serving.page.brief import FIELDS
from serving.page.delivery import Delivery
from serving.page.desk import Desk
from serving.page.first_sight import first_sight, waiting_page
from serving.page.mount import LazyPage
from tests.serving_fakes import NOW, live


def ask(app: ASGIApp, path: str, method: str = "GET", **headers: str) -> httpx.Response:
    """One request to an application, without a server."""

    async def asked() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as client:
            return await client.request(method, path, headers={k.replace("_", "-"): v for k, v in headers.items()})

    return asyncio.run(asked())


SCRIPT = b"let a = 1;\n" * 500


@pytest.fixture
def page() -> LazyPage:
    context = Context(lambda: NOW)
    context.live = live()
    return LazyPage(Desk(context))


def test_the_first_visitor_reads_the_first_step_while_the_page_is_built(page: LazyPage) -> None:
    first = ask(page, "/")
    assert first.status_code == 200 and first.headers["cache-control"] == "no-store"
    assert first.content == waiting_page() and "location.reload()" in first.text
    # What its script asks for builds the page; the next visitor gets it whole.
    asked = ask(page, "/_dash-dependencies")
    assert asked.status_code == 200 and any("plan-answer.data" in json.dumps(one) for one in asked.json())
    then = ask(page, "/")
    assert "_dash-config" in then.text and first_sight() in then.text
    # The later steps are in it, and no text of theirs can end the script they stand in.
    later = then.text.split('id="cl-later">')[1].split("</script>")[0]
    assert set(json.loads(later)) == {"candidates", "shortlist", "over", "plan", "after", "model"}
    # The grid's script is known by name, and comes when a grid does.
    assert "dash_ag_grid" not in "".join(part.split(">")[0] for part in then.text.split("<script src=")[1:])
    assert 'data-src="/app/_dash-component-suites/dash_ag_grid/' in then.text


def test_every_field_stands_in_the_first_sight() -> None:
    shown = first_sight()
    assert all(f">{field.label}" in shown for field in FIELDS)
    assert "<input" not in shown  # nothing can be typed that would be lost


def test_files_are_packed_once_and_stay_in_the_browser() -> None:
    asked: list[str] = []

    def file(request: Request) -> Response:
        asked.append(request.url.path)
        if "missing" in request.url.path:
            return Response("no", 404)
        return Response(SCRIPT, media_type="text/javascript", headers={"etag": "x"})

    app = Delivery(Starlette(routes=[Route("/assets/{name}", file)]))
    for accepts in ("gzip", "gzip", "identity"):
        answer = ask(app, "/assets/page.js?m=1", accept_encoding=accepts, if_none_match="x")
        assert answer.status_code == 200 and answer.content == SCRIPT
        assert answer.headers["content-type"].startswith("text/javascript")
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert (answer.headers.get("content-encoding") == "gzip") is (accepts == "gzip")
        assert int(answer.headers["content-length"]) < len(SCRIPT) or accepts == "identity"
    assert asked == ["/assets/page.js"]
    ask(app, "/assets/page.js?m=2")
    assert len(asked) == 2, "another version is another file"
    for _ in range(2):
        assert ask(app, "/assets/missing.js").status_code == 404
    assert len(asked) == 4, "what is not there is not kept"


def test_answers_are_packed_and_never_kept() -> None:
    told: list[Any] = []

    def answer(_: Request) -> Response:
        told.append({"rows": [len(told)] * 2000})
        return JSONResponse(told[-1])

    app = Delivery(Starlette(routes=[Route("/_dash-update-component", answer, methods=["POST"])]))
    for place in range(2):
        found = ask(app, "/_dash-update-component", "POST", accept_encoding="gzip")
        assert found.headers["content-encoding"] == "gzip" and "cache-control" not in found.headers
        assert found.json() == told[place]
    assert len(told) == 2
