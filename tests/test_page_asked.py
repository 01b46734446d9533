"""Requests to the page that no page sends: refused in words, never a failure of ours."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy.engine import URL

from serving.memory_config import MemorySettings
from tests.proofs import Tried
from tests.serving_running import running_memory
from tests.test_serving_api import assert_problem

CALL = "/app/_dash-update-component"
GOOD: dict[str, Any] = {
    "output": "brief-list.children", "outputs": {"id": "brief-list", "property": "children"}, "changedPropIds": [],
    "inputs": [{"id": "brief-names", "property": "data", "value": ["spring"]}], "state": [],
}  # fmt: skip
CALLS: list[Any] = [
    None, [], {}, 3, "x", GOOD | {"output": "step.value"}, {"output": 3},
    {"output": "nothing.here", "inputs": []}, {"output": ["x"]},
    GOOD | {"inputs": None}, GOOD | {"inputs": []}, GOOD | {"inputs": GOOD["inputs"] * 2}, GOOD | {"inputs": [3]},
    GOOD | {"inputs": [[3]]}, GOOD | {"inputs": [{"id": "x"}]}, GOOD | {"state": {}}, GOOD | {"state": [None]},
    GOOD | {"changedPropIds": 3}, GOOD | {"changedPropIds": [{}]}, GOOD | {"outputs": 1},
]  # fmt: skip


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("page")
    url = URL.create("sqlite", database=str(folder / "memory.db"))
    with running_memory(MemorySettings(url=url, state=folder, job_workers=0)) as (found, _):
        yield found


@pytest.mark.proof("Hostile HTTP", "Calls of the page's own callbacks that no page makes")
def test_a_call_that_no_page_makes(client: httpx.Client, tried: Tried) -> None:
    raw = [json.dumps(call).encode() for call in CALLS]
    raw += [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"output": ' + b"9" * 5_000 + b"}"]
    for body in raw:
        answer = client.post(CALL, content=body, headers={"Content-Type": "application/json"})
        assert_problem(answer, 400, "not-a-callback")
    tried(len(raw), "400 in words each")


def test_what_the_page_does_send_is_answered(client: httpx.Client) -> None:
    assert client.post(CALL, json=GOOD).status_code == 200


@pytest.mark.proof("Hostile HTTP", "Addresses of the page's scripts that are not there, or lead out of their folder")
@pytest.mark.parametrize(
    "place", ["dash/..%2f..%2fdash.py", "nothing/x.js", "dash/nothing.js", "dash/%00", "dash_ag_grid/../../x", ""]
)
def test_scripts_that_are_not_there(client: httpx.Client, place: str, tried: Tried) -> None:
    answer = client.get(f"/app/_dash-component-suites/{place}")
    assert answer.status_code == 404 and b"import" not in answer.content
    tried(1, "404 each")
