"""Bytes meant to do harm, at a real socket: lengths, chunks, methods, paths, slow senders."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator

import httpx
import pytest
from sqlalchemy.engine import URL

from serving import connection
from serving.memory_config import MemorySettings
from tests.proofs import Tried
from tests.serving_fakes import live
from tests.serving_real import exchange
from tests.serving_running import running_memory
from tests.test_serving_api import body

HTTP = "Hostile HTTP"
SCORE = json.dumps(body()).encode()
SLOW = 0.4
"""Seconds that the tests' service waits for a head; for a body it waits one."""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("http")
    url = URL.create("sqlite", database=str(folder / "memory.db"))
    settings = MemorySettings(url=url, state=folder, job_workers=0, seconds=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection, "HEAD_SECONDS", SLOW)
        with running_memory(settings, live) as (found, _):
            yield found


def head(line: str, *headers: str, close: bool = True) -> bytes:
    lines = [line, "Host: localhost", *headers, *(["Connection: close"] if close else [])]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def said(client: httpx.Client, data: bytes) -> tuple[int, str, bytes]:
    """Status, media type and body of the one answer to these bytes."""
    assert client.base_url.port is not None
    start, _, rest = exchange(client.base_url.port, data).partition(b"\r\n\r\n")
    lines = start.decode("latin-1").split("\r\n")
    kinds = [line.partition(":")[2].strip() for line in lines if line.lower().startswith("content-type")]
    return int(lines[0].split()[1]), kinds[0] if kinds else "", rest


POST = "POST /v1/score HTTP/1.1"
KEEP = "POST /v1/outcomes HTTP/1.1"
LENGTH = f"Content-Length: {len(SCORE)}"
CHUNK = b"%x\r\n%b\r\n0\r\n\r\n" % (len(SCORE), SCORE)
REQUESTS: dict[str, tuple[bytes, int]] = {
    "a chunked body without a length": (head(POST, "Transfer-Encoding: chunked") + CHUNK, 200),
    "a chunk of no size": (head(POST, "Transfer-Encoding: chunked") + b"zz\r\nabc\r\n0\r\n\r\n", 400),
    "a chunk of endless size": (head(POST, "Transfer-Encoding: chunked") + b"f" * 18 + b"\r\nabc\r\n", 400),
    "chunked and a length": (head(POST, "Transfer-Encoding: chunked", "Content-Length: 5") + CHUNK, 400),
    "two lengths": (head(POST, "Content-Length: 5", "Content-Length: 6") + SCORE, 400),
    "a negative length": (head(POST, "Content-Length: -5") + SCORE, 400),
    "a length in words": (head(POST, "Content-Length: five") + SCORE, 400),
    "a length of 23 digits": (head(POST, "Content-Length: " + "9" * 23) + SCORE, 400),
    "a length that is too large": (head(POST, "Content-Length: 999999999") + SCORE, 413),
    "no body and no length": (head(POST), 400),
    "HTTP/1.0": (head("POST /v1/score HTTP/1.0", LENGTH) + SCORE, 200),
    "no Host": (f"{POST}\r\nConnection: close\r\n{LENGTH}\r\n\r\n".encode() + SCORE, 401),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "HTTP/9.9": (head("GET /livez HTTP/9.9"), 400),
    "a TLS greeting": (bytes.fromhex("16030100c8010000c40303") + bytes(190), 400),
    "bytes of any kind": (bytes(range(256)), 400),
    "a name of zero bytes": (head("GET /v1/model HTTP/1.1", "X-A: a\x00b"), 400),
    "a method in small letters": (head("post /v1/score HTTP/1.1"), 400),
    "a method nobody knows": (head("BREW /v1/score HTTP/1.1"), 400),
    **{f"{method} where POST belongs": (head(f"{method} /v1/score HTTP/1.1"), 405)
       for method in ("GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE")},
    "a method by another header": (head("GET /v1/score HTTP/1.1", "X-HTTP-Method-Override: POST"), 405),
    "an upgrade to WebSocket": (head("GET /v1/model HTTP/1.1", "Upgrade: websocket", "Sec-WebSocket-Version: 13"), 200),
    "a header of 70,000 bytes": (head("GET /v1/model HTTP/1.1", "X-A: " + "a" * 70_000), 431),
    "a header of a megabyte that never ends": (b"GET / HTTP/1.1\r\nX: " + b"a" * 1_000_000, 431),
    "ten thousand headers": (head("GET /v1/model HTTP/1.1", *(f"X-{i}: aaaaaa" for i in range(10_000))), 431),
    "an address of 8,000 bytes": (head(f"GET /v1/{'a' * 8_000} HTTP/1.1"), 404),
    "an address of 70,000 bytes": (head(f"GET /v1/{'a' * 70_000} HTTP/1.1"), 400),
    "bytes that are no text in an address": (head("GET /v1/\xff\xfe HTTP/1.1"), 400),
    "a key that is no text": (head("GET /v1/model HTTP/1.1", "Authorization: Bearer \xff\xfe"), 401),
    "a request id that is no text": (head("GET /v1/model HTTP/1.1", "X-Request-ID: \xff\xfe"), 200),
    "an Idempotency-Key that is no text": (head(KEEP, "Idempotency-Key: \xff", "Content-Length: 2") + b"{}", 400),
    "an Idempotency-Key of 5,000 bytes": (head(KEEP, "Idempotency-Key: " + "k" * 5_000), 400),
}  # fmt: skip


@pytest.mark.proof(
    HTTP, "Lengths that lie, chunks, versions, methods, WebSocket, TLS, headers and addresses without end"
)
@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_that_is_none(client: httpx.Client, name: str, tried: Tried) -> None:
    data, status = REQUESTS[name]
    found, kind, text = said(client, data)
    assert found == status, text
    if status >= 400:
        assert kind == "application/problem+json" and json.loads(text)["status"] == status
    assert client.get("/livez").status_code == 200
    tried(1, "answered in words with the right status each, and the connection closed")


PLACES = (
    "/v1/../v1/model", "//v1/model", "/v1/model%00", "/v1/%2e%2e/model", "/..%2f..%2fetc/passwd", "/etc/passwd",
    "/v1/outcomes/..%2f..%2fetc%2fpasswd", "/v1/outcomes/%ff%fe", "/v1/outcomes/%00",
    "/v1/outcomes/" + "%F0%9F%98%80" * 500,
    "/v1/jobs/..%2f..%2fetc", "/v1/jobs/%ff/result", "/v1/jobs/a/result?format=../../x", "/v1/jobs/%2e%2e", "*",
    "/appendix", "/app../", "/v1/\u00e9",
)  # fmt: skip


@pytest.mark.proof(HTTP, "Path tricks in addresses and ids: `..`, `%2f`, `%00`, broken UTF-8, emoji")
@pytest.mark.parametrize("place", PLACES)
def test_paths_lead_nowhere(client: httpx.Client, place: str, tried: Tried) -> None:
    status, kind, text = said(client, head(f"GET {place} HTTP/1.1"))
    assert status in (400, 404) and kind == "application/problem+json", text
    assert b"root:" not in text
    tried(1, "404 each")


@pytest.mark.proof(HTTP, "Slow senders: a head or a body that never comes, byte by byte, or blank lines for ever")
@pytest.mark.parametrize(
    ("start", "drip", "status"),
    [(b"", b"", 0), (b"GET /livez HTTP/1.1\r\n", b"X-A: a\r\n", 408), (b"G", b"", 408), (b"", b"\r\n", 0),
     (head(POST, "Content-Length: 1000"), b" ", 408),
     (head(POST, "Transfer-Encoding: chunked"), b"1\r\n \r\n", 408)],
)  # fmt: skip
def test_slow_senders_are_cut_off(client: httpx.Client, start: bytes, drip: bytes, status: int, tried: Tried) -> None:
    heard, began = b"", time.monotonic()
    assert client.base_url.port is not None
    with socket.create_connection(("127.0.0.1", client.base_url.port), timeout=10) as slow:
        slow.sendall(start)
        slow.settimeout(0.05)
        while time.monotonic() - began < 40:
            try:
                part = slow.recv(65_536)
                heard += part
                if not part:
                    break
            except TimeoutError:
                if drip:
                    slow.sendall(drip)
            except ConnectionError:
                break
    assert time.monotonic() - began < 30, "it was let wait"
    if status:
        assert f" {status} ".encode() in heard.partition(b"\r\n")[0] and b"application/problem+json" in heard
    else:
        assert heard == b""
    tried(1, "cut off in time: 408, or closed where nothing was asked")


@pytest.mark.proof(HTTP, "Two hundred connections that say nothing, and one that asks")
def test_idle_connections_keep_nobody_out(client: httpx.Client, tried: Tried) -> None:
    assert client.base_url.port is not None
    idle = [socket.create_connection(("127.0.0.1", client.base_url.port)) for _ in range(200)]
    try:
        for one in idle:
            one.sendall(b"POST /v1/score HTTP/1.1\r\nX-A: ")
        assert client.post("/v1/score", json=body()).status_code == 200
    finally:
        for one in idle:
            one.close()
    tried(200, "the one is answered")


@pytest.mark.proof(HTTP, "A caller who leaves in the middle of a request, or of five at once")
@pytest.mark.parametrize("data", [head(POST, "Content-Length: 1000") + b"{", b"".join(
    head(POST, LENGTH, close=False) + SCORE for _ in range(5))])  # fmt: skip
def test_a_caller_who_leaves(client: httpx.Client, data: bytes, caplog: pytest.LogCaptureFixture, tried: Tried) -> None:
    assert client.base_url.port is not None
    for _ in range(10):
        with socket.create_connection(("127.0.0.1", client.base_url.port)) as gone:
            gone.sendall(data)
    assert client.post("/v1/score", json=body()).status_code == 200
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
    tried(10, "no error of ours, the next is answered")


def test_requests_one_behind_the_other_are_answered_in_order(client: httpx.Client) -> None:
    ids = [f"order-{number}" for number in range(5)]
    asked = [head(POST, LENGTH, f"X-Request-ID: {one}", close=one == ids[-1]) + SCORE
             for one in ids]  # fmt: skip
    assert client.base_url.port is not None
    heard = exchange(client.base_url.port, b"".join(asked))
    assert [line for line in heard.split(b"\r\n") if line.startswith(b"x-request-id")] == [
        f"x-request-id: {one}".encode() for one in ids
    ]


def test_a_connection_is_kept_between_requests(client: httpx.Client) -> None:
    # Longer than a head may take: only a head that has begun is waited for so briefly.
    client.get("/livez")
    time.sleep(SLOW * 2)
    assert client.get("/livez").status_code == 200
