"""Bodies meant to do harm, over HTTP to every operation of a real service: read or refused in words, never a 5xx."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import Trained
from tests.proofs import Tried
from tests.serving_real import examples, running_real

HOSTILE = "Hostile bodies"
PATHS = ("/v1/score", "/v1/shortlist", "/v1/explain", "/v1/plan", "/v1/outcomes")
NUMBERS = ("1e400", "-1e400", "9" * 1_000, "9" * 5_000, "NaN", "-Infinity", "1e-400", "0.1e9999999999", "-0", "01",
           "1E+2", "0x10", "1_000", "+1", ".5")  # fmt: skip


@pytest.fixture(scope="module")
def service(
    trained_once: Trained, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[httpx.Client, dict[str, Any]]]:
    """A client, and a good body for each path."""
    with running_real(trained_once, tmp_path_factory.mktemp("hostile")) as (client, creator_id):
        client.timeout = httpx.Timeout(120)
        yield client, examples(creator_id)


def answered(answer: httpx.Response, allowed: tuple[int, ...]) -> httpx.Response:
    """An answer with one of these statuses; a refusal says as RFC 9457 has it what is wrong, and for a field where."""
    assert answer.status_code in allowed, answer.text[:500]
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert problem["status"] == answer.status_code and problem["detail"] and problem["title"]
        if answer.status_code == 422:
            assert problem["errors"] and all(all(fault.values()) for fault in problem["errors"])
        assert len(answer.content) < 100_000
    return answer


BROKEN: dict[str, Callable[[str], bytes]] = {
    "nothing": lambda _: b"",
    "blanks": lambda _: b" \n\t ",
    "a zero byte": lambda _: b"\x00",
    "UTF-16": lambda text: text.encode("utf-16"),
    "UTF-16 without a mark": lambda text: text.encode("utf-16-le"),
    "UTF-32": lambda text: text.encode("utf-32"),
    "a byte order mark": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "Latin-1": lambda text: text.replace("Northpeak", "Nørd").replace("deal-17", "dæl").encode("latin-1"),
    "gzip": lambda text: gzip.compress(text.encode()),
    "200,000 open lists": lambda _: b"[" * 200_000,
    "200,000 open objects": lambda _: b'{"a":' * 200_000,
    "100,000 closed lists": lambda _: b'{"campaign":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "half a character": lambda text: text.replace("Northpeak", "\\ud800").replace("deal-17", "\\ud800").encode(),
    "raw half a character": lambda text: text[:-1].encode() + b',"\xed\xa0\x80":1}',
    "something after it": lambda text: text.encode() + b"x",
    "twice": lambda text: text.encode() * 2,
    "single quotes": lambda text: text.replace('"', "'").encode(),
    "a comment": lambda text: b"/* */" + text.encode(),
    "cut off": lambda text: text[: len(text) // 2].encode(),
}
SHAPES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "a list": lambda _: [],
    "a text": lambda _: "x",
    "true": lambda _: True,
    "null": lambda _: None,
    "a number": lambda _: 3,
    "an empty object": lambda _: {},
    "every field null": lambda body: dict.fromkeys(body),
    "every field a list": lambda body: {name: [[]] for name in body},
    "every field nested 150 deep": lambda body: dict.fromkeys(body, nested(150)),
    "a name of two megabytes": lambda body: body | {"k" * 2_000_000: 1},
    "a hundred thousand unknown fields": lambda body: body | {f"k{i}": 1 for i in range(100_000)},
    "a name of control characters": lambda body: body | {"\x00\x1f\u202e": 1},
}


def nested(depth: int) -> Any:
    made: Any = []
    for _ in range(depth):
        made = [made]
    return made


@pytest.mark.proof(HOSTILE, "No JSON, wrong encodings, half characters, 200,000 levels, compressed: every POST, 400")
@pytest.mark.parametrize("path", PATHS)
def test_what_is_no_json(service: tuple[httpx.Client, dict[str, Any]], path: str, tried: Tried) -> None:
    client, good = service
    for spoil in BROKEN.values():
        answered(client.post(path, content=spoil(json.dumps(good[path]))), (400, 415))
    tried(len(BROKEN), "refused in words each")


@pytest.mark.proof(HOSTILE, "JSON of another shape, megabyte names, 100,000 unknown fields: every POST, 422")
@pytest.mark.parametrize("path", PATHS)
def test_another_shape(service: tuple[httpx.Client, dict[str, Any]], path: str, tried: Tried) -> None:
    client, good = service
    for reshape in SHAPES.values():
        answer = answered(client.post(path, content=json.dumps(reshape(good[path]))), (200, 422))
        # A faulty item of a list is told in its place.
        assert answer.status_code == 422 or (path == "/v1/outcomes" and answer.json()["failed"] == 1)
    tried(len(SHAPES), "every fault told by field, what came, what is allowed")


@pytest.mark.proof(HOSTILE, "Numbers from 1e400 to 5,000 digits, NaN and Infinity, as money and as a level")
@pytest.mark.parametrize("path", PATHS)
def test_numbers(service: tuple[httpx.Client, dict[str, Any]], path: str, tried: Tried) -> None:
    client, good = service
    text = json.dumps(good[path])
    spots = [
        spot for spot in ('"order_value": 95.0', '"fee": 450.0', '"fee": 300.0', '"budget": 1000.0') if spot in text
    ]
    for spot in spots:
        for number in NUMBERS:
            spoilt = text.replace(spot, f"{spot.partition(':')[0]}: {number}")
            answer = answered(client.post(path, content=spoilt.encode()), (200, 400, 422))
            assert answer.status_code != 200 or not {"NaN", "Infinity"} & set(re.findall(r"\w+", answer.text))
    tried(len(spots) * len(NUMBERS), "read where a number can hold it, else refused by field")


@pytest.mark.proof(HOSTILE, "Text of three megabytes and control characters where a name belongs")
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("text", ["x" * 3_000_000, "a\x00b", "\x1fcampaign", "\u202e", " ", ""])
def test_texts(service: tuple[httpx.Client, dict[str, Any]], path: str, text: str) -> None:
    client, good = service
    sent = json.dumps(good[path]).replace('"Northpeak"', json.dumps(text)).replace('"deal-17"', json.dumps(text))
    answer = answered(client.post(path, content=sent.encode()), (200, 422))
    assert len(answer.content) < 200_000
    if path == "/v1/outcomes" and text != "\u202e":
        assert answer.json()["failed"] == 1


@pytest.mark.proof(
    HOSTILE, "A million candidates or outcomes, faulty ones by the hundred, half a million unknown fields"
)
def test_so_many_that_they_are_only_counted(service: tuple[httpx.Client, dict[str, Any]], tried: Tried) -> None:
    client, good = service
    for path, name in (("/v1/score", "candidates"), ("/v1/plan", "candidates"), ("/v1/outcomes", "outcomes")):
        answer = answered(client.post(path, content=json.dumps(good[path] | {name: [None] * 1_000_000})), (422,))
        assert [(e["field"], e["got"]) for e in answer.json()["errors"]] == [(name, "1000000 items")]
    items: list[Any] = [None, "x", [], {}, {f"k{i}": 1 for i in range(1_500)}]
    for item in items:
        answer = answered(client.post("/v1/score", json=good["/v1/score"] | {"candidates": [item] * 500}), (200,))
        assert len(answer.json()["errors"]) == 500 and len(answer.content) < 400_000
        told = answered(client.post("/v1/outcomes", json={"outcomes": [item] * 500}), (200,)).json()
        assert told["failed"] == 500
    answer = answered(client.post("/v1/score", json=good["/v1/score"] | {f"k{i}": 1 for i in range(500_000)}), (422,))
    assert answer.json()["errors"] == [
        {"field": "body", "got": "500,000 faults", "allowed": "what /openapi.json says of it"}
    ]
    tried(14, "counted and refused; a faulty item never fails the others")


@pytest.mark.proof(HOSTILE, "Repeated names, other content types, no content type")
def test_what_is_read_all_the_same(service: tuple[httpx.Client, dict[str, Any]], tried: Tried) -> None:
    client, good = service
    for path in PATHS:
        raw = json.dumps(good[path])
        twice = raw[:-1] + "," + raw[1:]
        answered(client.post(path, content=twice.encode()), (200,))
        for kind in ("text/xml", "application/x-www-form-urlencoded", "multipart/form-data", "x", ""):
            answered(client.post(path, content=raw.encode(), headers={"Content-Type": kind}), (200,))
    tried(len(PATHS) * 6, "the last one counts; the body is read as JSON whatever its type says")


def test_afterwards_it_answers_as_before(service: tuple[httpx.Client, dict[str, Any]], tmp_path: Path) -> None:
    client, good = service
    assert client.get("/readyz").status_code == 200
    for path in PATHS:
        assert client.post(path, json=good[path]).status_code == 200
