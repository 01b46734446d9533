"""Outcomes over HTTP, in SQLite and PostgreSQL: what is acknowledged is kept, once, whatever is sent again."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy.engine import URL

from serving import routes_outcomes
from serving.memory_config import MemorySettings
from serving.outcomes import MOST_OUTCOMES, record_outcomes
from serving.store import open_store
from serving.store_outcomes import current
from serving.store_scores import read_scores
from tests.serving_running import running_memory
from tests.test_serving_api import assert_problem, body
from tests.test_serving_outcomes import HOLDOUT, outcome


@pytest.fixture
def settings(store_at: URL, tmp_path: Path) -> MemorySettings:
    return MemorySettings(url=store_at, state=tmp_path / "state")


@pytest.fixture
def client(settings: MemorySettings) -> Iterator[httpx.Client]:
    with running_memory(settings) as (found, _):
        yield found


def post(client: httpx.Client, *rows: Any, key: str | None = None, **more: Any) -> httpx.Response:
    headers = {"X-Request-ID": "mine"} | ({"Idempotency-Key": key} if key else {})
    return client.post("/v1/outcomes", json={"outcomes": list(rows), **more}, headers=headers)


def test_outcomes_are_kept_with_their_history(client: httpx.Client) -> None:
    assert post(client, outcome("a/b", **HOLDOUT), outcome(fee=-1)).json()["results"][0]["status"] == "created"
    told = post(client, outcome("a/b", **HOLDOUT | {"exposed": 9_100}))
    assert told.status_code == 200 and told.headers["x-request-id"] == "mine"
    assert told.json()["results"] == [
        {"index": 0, "collaboration_id": "a/b", "status": "corrected", "version": 2, "errors": []}
    ]
    found = client.get("/v1/outcomes/a/b").json()
    assert [(v["version"], v["row"]["exposed"], v["recorded_by"], v["request_id"]) for v in found["versions"]] == [
        (1, 9_000, "local", "mine"), (2, 9_100, "local", "mine"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["nobody", "%00", "x" * 300, "%F0%9F", "..%2F..%2Fetc"])
def test_an_outcome_nobody_sent(client: httpx.Client, name: str) -> None:
    assert_problem(client.get(f"/v1/outcomes/{name}"), 404, "unknown-outcome")


@pytest.mark.parametrize(
    ("raw", "status", "kind"),
    [
        (b"nope", 400, "not-json"),
        (b"{}", 422, "invalid-body"),
        (b'{"outcomes": []}', 422, "invalid-body"),
        (b'{"outcomes": {}}', 422, "invalid-body"),
        (b'{"outcomes": [{}], "x": 1}', 422, "invalid-body"),
        (b'{"outcomes": [' + b"{}," * MOST_OUTCOMES + b"{}]}", 422, "invalid-body"),
    ],
)
def test_a_body_that_is_wrong(client: httpx.Client, raw: bytes, status: int, kind: str) -> None:
    assert_problem(client.post("/v1/outcomes", content=raw), status, kind)


def test_a_repeat_with_its_key_gets_the_first_answer(client: httpx.Client) -> None:
    first = post(client, outcome(), key="k1")
    again = post(client, outcome(), key="k1")
    assert first.json()["created"] == again.json()["created"] == 1
    assert "idempotency-replayed" not in first.headers and again.headers["idempotency-replayed"] == "true"
    assert_problem(post(client, outcome(fee=7), key="k1"), 422, "idempotency-key-reused")
    assert post(client, outcome(), key='"k2"').json()["unchanged"] == 1
    assert_problem(post(client, outcome(), key="k" * 201), 400, "idempotency-key-invalid")
    assert len(client.get("/v1/outcomes/d1").json()["versions"]) == 1


def test_a_faulty_body_does_not_use_the_key_up(client: httpx.Client) -> None:
    assert_problem(post(client, outcome(), key="k", x=1), 422, "invalid-body")
    assert post(client, outcome(), key="k").json()["created"] == 1


def test_of_equal_requests_at_once_one_does_the_work(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch, settings: MemorySettings
) -> None:
    entered, go_on = threading.Event(), threading.Event()

    def slow(*arguments: Any, **more: Any) -> Any:
        entered.set()
        assert go_on.wait(20)
        return record_outcomes(*arguments, **more)

    monkeypatch.setattr(routes_outcomes, "record_outcomes", slow)
    first: list[httpx.Response] = []
    thread = threading.Thread(target=lambda: first.append(post(client, outcome(), key="k")))
    thread.start()
    assert entered.wait(20)
    with httpx.Client(base_url=client.base_url) as other:
        busy = post(other, outcome(), key="k")
    go_on.set()
    thread.join()
    assert_problem(busy, 409, "idempotency-key-busy")
    assert busy.headers["retry-after"] == "1"
    assert first[0].json()["created"] == 1 and post(client, outcome(), key="k").json() == first[0].json()


def test_what_was_acknowledged_is_there_after_a_restart(settings: MemorySettings) -> None:
    for number in range(3):
        with running_memory(settings) as (client, _):
            assert post(client, outcome(f"d{number}")).json()["created"] == 1
    store = open_store(settings.url)
    assert [stored.collaboration_id for stored in current(store)] == ["d0", "d1", "d2"]
    store.close()


def test_scores_are_logged_under_the_request_id(settings: MemorySettings) -> None:
    with running_memory(settings) as (client, _):
        answer = client.post(
            "/v1/score", json=body({"creator_id": "ana"}, {"creator_id": "x"}), headers={"X-Request-ID": "q"}
        )
        assert answer.headers["x-request-id"] == "q"
    store = open_store(settings.url)
    logged = read_scores(store)
    store.close()
    assert logged[["request_id", "creator_id", "path", "model_version"]].to_numpy().tolist() == [
        ["q", "ana", "/v1/score", "3"]
    ]
    assert logged["fit_score"].tolist() == [answer.json()["results"][0]["fit"]["score"]]
