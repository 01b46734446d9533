"""Who may ask: keys, scopes, limits, deadlines and request ids, at the gate before every request."""

from __future__ import annotations

import asyncio
import base64
import logging
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any

import httpx
import pandas as pd
import pytest
from sqlalchemy.engine import URL
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from data.errors import NoModel, WorkError
from serving import access, request_id
from serving.access import KeyRing, is_loopback, require_key_beyond_loopback, scope_for
from serving.gate import OWNER, Gate
from serving.limits import Limits
from serving.live import Live
from serving.logs import Lines
from serving.memory import GateRules
from serving.memory_config import MemorySettings
from serving.problems import Problem, not_ready
from serving.store import Store, StoreUnavailable
from serving.store_keys import all_keys, create_key, revoke_key
from tests.serving_fakes import NOW
from tests.serving_running import running_memory
from tests.test_serving_api import assert_problem

HERE, ELSEWHERE = "127.0.0.1", "10.1.2.3"
TOLD = {"owner": "local"}


def closed() -> Problem:
    return not_ready("it has not started")


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class World:
    """A gate around an application that tells whom it answers."""

    def __init__(self, store: Store, folder: Path, *, per_minute: int = 0, origins: tuple[str, ...] = ()) -> None:
        self.store, self.clock, self.denied = store, Clock(), list[int]()
        self.available = True
        self.ring = KeyRing(self._opened, self.clock)
        self.limits = Limits(folder / "limits.bin", self.clock)
        rules = GateRules(self.ring, self.limits, per_minute, 5.0, origins)
        self.gate = Gate(Starlette(routes=[Route("/{path:path}", self._tell, methods=["GET", "POST"])]), lambda: rules,
                         self.denied.append, closed)  # fmt: skip

    def _opened(self) -> Store:
        if not self.available:
            raise StoreUnavailable("the store does not answer")
        return self.store

    async def _tell(self, request: Request) -> Response:
        return JSONResponse({"owner": request.scope.get(OWNER), "id": request_id.current()})

    def key(self, *scopes: str, per_minute: int | None = None) -> str:
        token = create_key(self.store, "shop", scopes or ("score",), at=NOW, by="ada", per_minute=per_minute)[1]
        self.clock.now += access.FRESH_SECONDS
        return token

    def ask(
        self, path: str = "/v1/score", client: str = HERE, host: str = "localhost:3000", **headers: str
    ) -> httpx.Response:
        return self.ask_all([(path, client, host, headers)])[0]

    def ask_all(self, asked: Iterable[tuple[str, str, str, dict[str, str]]]) -> list[httpx.Response]:
        async def every() -> list[httpx.Response]:
            found = []
            for path, client, host, headers in asked:
                transport = httpx.ASGITransport(self.gate, client=(client, 5))
                async with httpx.AsyncClient(transport=transport, base_url="http://x") as one:
                    sent = {"Host": host} | {name.replace("_", "-"): value for name, value in headers.items()}
                    found.append(await one.get(path, headers=sent))
            return found

        return asyncio.run(every())


@pytest.fixture
def world(sqlite_store: Store, tmp_path: Path) -> World:
    return World(sqlite_store, tmp_path)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("client", ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:3000", "127.0.0.1:3000", "[::1]:3000"])
def test_without_keys_programs_on_this_machine_are_answered(world: World, client: str, host: str) -> None:
    assert world.ask(client=client, host=host).json()["owner"] == "local"


@pytest.mark.proof("Keys", "No key at all, from elsewhere or by another host name")
@pytest.mark.parametrize(
    ("client", "host"),
    [(ELSEWHERE, "localhost"), ("::ffff:10.0.0.1", "localhost"), (HERE, "evil.example"),
     (HERE, "localhost.evil.example"), (HERE, ""), ("testclient", "localhost"), ("", "localhost")],
)  # fmt: skip
def test_without_keys_nobody_else_is(world: World, client: str, host: str) -> None:
    problem = assert_problem(world.ask(client=client, host=host), 401, "key-missing")
    assert "keys create" in problem["detail"] and world.denied == [401]


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/healthz", "/openapi.json"])
def test_probes_and_the_description_need_no_key(world: World, path: str) -> None:
    world.key()
    assert world.ask(path, client=ELSEWHERE).status_code == 200


@pytest.mark.parametrize("path", ["/metrics", "/", "/v1/model", "/v1/score", "/app/", "/livez/", "/LIVEZ"])
def test_everything_else_does(world: World, path: str) -> None:
    world.key()
    assert world.ask(path, client=ELSEWHERE).status_code == 401


@pytest.mark.proof("Keys", "A revoked key, and whether revoking the last one opens the service again")
def test_once_there_is_a_key_this_machine_needs_one_too_and_revoking_does_not_open_it_again(world: World) -> None:
    assert world.ask().status_code == 200
    token = world.key()
    assert_problem(world.ask(), 401, "key-missing")
    assert world.ask(**bearer(token)).status_code == 200
    revoke_key(world.store, token, at=NOW)
    world.clock.now += access.FRESH_SECONDS
    assert_problem(world.ask(**bearer(token)), 401, "key-missing")
    assert_problem(world.ask(), 401, "key-missing")


@pytest.mark.parametrize(
    "write",
    [
        lambda token: {"Authorization": f"Bearer {token}"},
        lambda token: {"authorization": f"bearer  {token} "},
        lambda token: {"X_API_Key": token},
    ],
)
def test_a_key_is_taken_from_either_header(world: World, write: Callable[[str], dict[str, str]]) -> None:
    token = world.key()
    found = world.ask(client=ELSEWHERE, host="api.example", **write(token))
    assert found.json()["owner"] == all_keys(world.store)[0].key_id


@pytest.mark.proof("Keys", "Keys cut, lengthened, changed by a letter, empty or made up")
@pytest.mark.parametrize(
    "change",
    [
        lambda token: token[:-1],
        lambda token: token + "A",
        lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"),
        lambda token: token.upper(),
        lambda _: "",
        lambda _: "clk_000000000000_" + "a" * 43,
    ],
)
def test_a_wrong_key_is_refused_also_where_none_would_do(world: World, change: Callable[[str], str]) -> None:
    token = world.key()
    problem = assert_problem(world.ask(**bearer(change(token))), 401, "key-missing")
    assert token not in str(problem) and token.split("_", 2)[2] not in str(problem)


def test_a_browser_may_send_a_key_as_password_to_the_page_and_only_there(world: World) -> None:
    token = world.key()
    basic = {"Authorization": "Basic " + base64.b64encode(f"me:{token}".encode()).decode()}
    assert world.ask("/app/", client=ELSEWHERE, **basic).status_code == 200
    assert world.ask("/v1/score", client=ELSEWHERE, **basic).status_code == 401
    assert world.ask("/app/", client=ELSEWHERE, Authorization="Basic ???").status_code == 401
    assert world.ask("/app/", client=ELSEWHERE).headers["www-authenticate"].startswith("Basic ")
    assert world.ask("/v1/score", client=ELSEWHERE).headers["www-authenticate"] == "Bearer"


@pytest.mark.proof("Keys", "A key of another scope, on every kind of path")
@pytest.mark.parametrize(
    ("path", "scopes", "status"),
    [("/v1/score", ["score"], 200), ("/v1/score", ["outcomes"], 403), ("/v1/outcomes", ["score"], 403),
     ("/v1/outcomes/d1", ["score"], 403), ("/v1/outcomes", ["outcomes"], 200), ("/v1/jobs", ["score"], 200),
     ("/v1/plan", ["outcomes"], 403), ("/app/", ["outcomes"], 403), ("/metrics", ["outcomes"], 200),
     ("/v1/outcomes", ["admin"], 200), ("/v1/score", ["admin"], 200), ("/v1/outcomes", ["score", "outcomes"], 200)],
)  # fmt: skip
def test_scopes(world: World, path: str, scopes: list[str], status: int) -> None:
    answer = world.ask(path, client=ELSEWHERE, **bearer(world.key(*scopes)))
    assert answer.status_code == status
    if status == 403:
        assert f"`{scope_for(path)}`" in assert_problem(answer, 403, "scope-missing")["detail"]


def test_a_new_key_and_a_revoked_one_are_known_within_seconds(world: World) -> None:
    world.key()
    world.ask()
    token = create_key(world.store, "late", ["score"], at=NOW, by="ada")[1]
    assert world.ask(**bearer(token)).status_code == 401
    world.clock.now += access.FRESH_SECONDS
    assert world.ask(**bearer(token)).status_code == 200


@pytest.mark.proof("Keys", "A good key while the store of keys is away")
def test_while_the_store_is_away_the_last_known_keys_count_for_a_while(world: World) -> None:
    token = world.key()
    assert world.ask(**bearer(token)).status_code == 200
    world.available = False
    world.clock.now += access.STALE_SECONDS - 1
    assert world.ask(**bearer(token)).status_code == 200
    world.clock.now += 2
    answer = world.ask(**bearer(token))
    assert_problem(answer, 503, "store-unavailable")
    assert answer.headers["retry-after"] == "5" and world.ask("/livez").status_code == 200
    world.available = True
    world.clock.now += access.FRESH_SECONDS
    assert world.ask(**bearer(token)).status_code == 200


def test_keys_are_not_read_at_every_request(world: World) -> None:
    token = world.key()
    world.ask(**bearer(token))
    world.available = False
    assert {a.status_code for a in world.ask_all([("/v1/score", ELSEWHERE, "x", bearer(token))] * 20)} == {200}


@pytest.mark.proof("Keys", "A key that leaked: more requests than it may make")
def test_a_key_may_make_so_many_requests_a_minute(world: World) -> None:
    token = world.key(per_minute=3)
    answers = [world.ask(**bearer(token)) for _ in range(4)]
    assert [a.status_code for a in answers] == [200, 200, 200, 429]
    assert [a.headers["ratelimit"] for a in answers] == [
        '"minute";r=2;t=20', '"minute";r=1;t=40', '"minute";r=0;t=60', '"minute";r=0;t=60',
    ]  # fmt: skip
    assert {a.headers["ratelimit-policy"] for a in answers} == {'"minute";q=3;w=60'}
    assert "20 seconds" in assert_problem(answers[3], 429, "too-many-requests")["detail"]
    assert answers[3].headers["retry-after"] == "20"
    world.clock.now += 20
    assert [world.ask(**bearer(token)).status_code for _ in range(2)] == [200, 429]
    world.clock.now += 60
    assert [world.ask(**bearer(token)).status_code for _ in range(4)] == [200, 200, 200, 429]


def test_limits_are_each_keys_own_and_the_services_where_a_key_has_none(sqlite_store: Store, tmp_path: Path) -> None:
    world = World(sqlite_store, tmp_path, per_minute=1)
    first, second = world.key(), world.key(per_minute=2)
    assert [world.ask(**bearer(first)).status_code for _ in range(2)] == [200, 429]
    assert [world.ask(**bearer(second)).status_code for _ in range(3)] == [200, 200, 429]
    assert world.ask("/livez").status_code == 200


def test_workers_share_a_limit(tmp_path: Path) -> None:
    clock = Clock()
    workers = [Limits(tmp_path / "limits.bin", clock) for _ in range(3)]
    taken = [workers[n % 3].take(7, 10) for n in range(12)]
    assert [t.retry_after > 0 for t in taken] == [False] * 10 + [True] * 2
    clock.now -= 900  # the machine was started anew, and its clock with it
    assert workers[0].take(7, 10).remaining == 9


def test_a_limit_is_kept_exactly_over_time(tmp_path: Path) -> None:
    clock = Clock()
    limits = Limits(tmp_path / "limits.bin", clock)
    passed = 0
    for _ in range(6_000):
        passed += limits.take(1, 60).retry_after == 0
        clock.now += 0.1
    assert passed == 60 + 599 or passed == 60 + 600


def test_request_ids_are_taken_or_made_and_are_in_every_answer(world: World) -> None:
    assert world.ask(X_Request_ID="order-7.a:b").json()["id"] == "order-7.a:b"
    for wrong in ("", "a b", "x" * 101, "a\tb", "a,b"):
        answer = world.ask(X_Request_ID=wrong)
        assert answer.json()["id"] == answer.headers["x-request-id"] not in ("", wrong)
    made = {world.ask().headers["x-request-id"] for _ in range(5)}
    assert len(made) == 5
    assert world.ask(client=ELSEWHERE, X_Request_ID="denied").headers["x-request-id"] == "denied"


def asgi(gate: Gate, messages: list[Any], path: str = "/v1/score") -> list[dict[str, Any]]:
    """What a gate sends for one request whose messages come as told; a float is a wait."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        while messages and isinstance(messages[0], float):
            await asyncio.sleep(messages.pop(0))
        if not messages:
            await asyncio.Event().wait()
        return messages.pop(0)  # type: ignore[no-any-return]  # messages are plain dicts

    async def send(message: Any) -> None:
        sent.append(message)

    async def run() -> None:
        scope = {
            "type": "http",
            "path": path,
            "headers": [(b"host", b"localhost")],
            "client": (HERE, 1),
            "method": "POST",
        }
        task = asyncio.create_task(gate(scope, receive, send))
        await asyncio.wait({task}, timeout=1.5)
        task.cancel()

    asyncio.run(run())
    return sent


def timed(world: World, work: Callable[[Any, Any], Awaitable[None]], seconds: float) -> Gate:
    async def app(_: Any, receive: Any, send: Any) -> None:
        await work(receive, send)

    rules = GateRules(world.ring, None, 0, seconds)
    return Gate(app, lambda: rules, world.denied.append, closed)


async def answer(send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"late", "more_body": False})


def test_web_pages_of_other_origins_are_let_in_only_where_set(sqlite_store: Store, tmp_path: Path) -> None:
    asks = {"Origin": "https://shop.example", "Access_Control_Request_Method": "POST",
            "Access_Control_Request_Headers": "Authorization, Idempotency-Key"}  # fmt: skip

    def preflight(world: World, **headers: str) -> httpx.Response:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(world.gate, client=(ELSEWHERE, 5))
            async with httpx.AsyncClient(transport=transport, base_url="http://x") as one:
                return await one.options("/v1/score", headers={n.replace("_", "-"): v for n, v in headers.items()})

        return asyncio.run(send())

    closed = World(sqlite_store, tmp_path)
    token = closed.key()
    assert preflight(closed, **asks).status_code == 401
    assert "access-control-allow-origin" not in closed.ask(Origin="https://shop.example", **bearer(token)).headers
    opened = World(sqlite_store, tmp_path, origins=("https://shop.example",))
    answer = preflight(opened, **asks)
    assert answer.status_code == 200 and answer.headers["access-control-allow-origin"] == "https://shop.example"
    assert preflight(opened, **asks | {"Origin": "https://evil.example"}).status_code == 400
    given = opened.ask(Origin="https://shop.example", **bearer(token)).headers
    assert given["access-control-allow-origin"] == "https://shop.example" and given["vary"] == "Origin"
    assert "access-control-allow-credentials" not in given
    refused = opened.ask(client=ELSEWHERE, Origin="https://shop.example")
    assert refused.status_code == 401 and refused.headers["access-control-allow-origin"] == "https://shop.example"


def test_a_body_that_does_not_come_is_408(world: World) -> None:
    async def work(receive: Any, send: Any) -> None:
        while (await receive()).get("more_body"):
            pass
        await answer(send)

    part = {"type": "http.request", "body": b"x", "more_body": True}
    sent = asgi(timed(world, work, 0.2), [part, 0.1, part, 0.3, part])
    assert [m.get("status") for m in sent] == [408, None]
    assert (b"connection", b"close") in sent[0]["headers"] and world.denied == [408]


def test_work_that_does_not_end_is_503_and_what_it_says_later_is_dropped(world: World) -> None:
    async def work(receive: Any, send: Any) -> None:
        await receive()
        await asyncio.sleep(0.4)
        await answer(send)

    sent = asgi(timed(world, work, 0.1), [{"type": "http.request", "body": b"", "more_body": False}])
    assert [m.get("status") for m in sent] == [503, None]
    assert (b"retry-after", b"5") in sent[0]["headers"] and b"too-slow" in sent[1]["body"]


def test_an_answer_that_has_begun_is_let_finish(world: World) -> None:
    async def work(receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await asyncio.sleep(0.3)
        await send({"type": "http.response.body", "body": b"all of it", "more_body": False})

    sent = asgi(timed(world, work, 0.1), [])
    assert [m.get("status") for m in sent] == [200, None] and sent[1]["body"] == b"all of it"


EARLY = [
    ("/livez", 200),
    ("/openapi.json", 200),
    *((p, 503) for p in ("/v1/outcomes", "/v1/score", "/metrics", "/app/")),
]


@pytest.mark.parametrize(("path", "status"), EARLY)
def test_before_the_start_nothing_passes_but_probes(world: World, path: str, status: int) -> None:
    world.gate._rules = lambda: None
    answer = world.ask(path, X_Request_ID="early")
    assert answer.status_code == status and answer.headers["x-request-id"] == "early"
    if status == 503:
        assert "it has not started" in assert_problem(answer, 503, "not-ready")["detail"]


def test_a_service_without_a_model_keeps_nothing_for_anyone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    url = URL.create("sqlite", database=str(tmp_path / "state" / "memory.db"))

    def load() -> Live:
        raise NoModel("no champion yet")

    with running_memory(MemorySettings(url=url, state=tmp_path / "state"), load) as (client, context):
        for answer in (client.post("/v1/outcomes", json={"outcomes": [{}]}), client.get("/v1/outcomes/d1")):
            assert "no champion yet" in assert_problem(answer, 503, "not-ready")["detail"]
        with pytest.raises(Problem):
            context.memory.store()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.proof("Keys", "Keys and passwords within lines that libraries log")
def test_secrets_are_masked_in_log_lines(world: World) -> None:
    token = world.key()
    record = logging.LogRecord(
        "creatorlift", logging.ERROR, "f", 1, "key %s at %s", (token, "postgresql://me:pw@db/x"), None
    )
    line = Lines().format(record)
    assert token not in line and "pw" not in line and all_keys(world.store)[0].key_id in line and "me:***@db" in line


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.0.0.2"])
def test_loopback_needs_no_key(host: str) -> None:
    require_key_beyond_loopback(host, lambda: pytest.fail("nobody asked"))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "api.example", ""])  # noqa: S104
def test_any_other_address_needs_one(sqlite_store: Store, host: str) -> None:
    with pytest.raises(WorkError, match="keys create"):
        require_key_beyond_loopback(host, lambda: all_keys(sqlite_store))
    key, _ = create_key(sqlite_store, "shop", ["score"], at=NOW, by="ada")
    require_key_beyond_loopback(host, lambda: all_keys(sqlite_store))
    revoke_key(sqlite_store, key.key_id, at=NOW + pd.Timedelta(1, "h"))
    with pytest.raises(WorkError, match="no key is set up"):
        require_key_beyond_loopback(host, lambda: all_keys(sqlite_store))


@pytest.mark.parametrize(
    ("address", "local"), [("127.0.0.1", True), ("::1", True), ("fe80::1%eth0", False), ("x", False)]
)
def test_loopback_addresses(address: str, local: bool) -> None:
    assert is_loopback(address) is local
