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


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("page")
    url = URL.create("sqlite", database=str(folder / "memory.db"))
    with running_memory(MemorySettings(url=url, state=folder, job_workers=0)) as (found, _):
        yield found


def calls(client: httpx.Client) -> list[dict[str, Any]]:
    """A call of every callback that the service answers, as the page would make it, with nothing in its values."""
    made = []
    for told in client.get("/app/_dash-dependencies").json():
        if told["clientside_function"] is None and "{" not in told["output"]:
            parts = {
                name: [[] if "{" in one["id"] else {**one, "value": None} for one in told[name]]
                for name in ("inputs", "state")
            }
            names = [name.rpartition(".") for name in told["output"].strip(".").split("...")]
            outputs = [{"id": name, "property": rest.partition("@")[0]} for name, _, rest in names]
            several = told["output"].startswith("..")
            made.append(
                {"output": told["output"], "outputs": outputs if several else outputs[0], "changedPropIds": [], **parts}
            )
    return made


@pytest.mark.proof("Hostile HTTP", "Calls of the page's own callbacks that no page makes")
def test_a_call_that_no_page_makes(client: httpx.Client, tried: Tried) -> None:
    good = next(call for call in calls(client) if call["inputs"] and call["state"])
    inputs, state = good["inputs"], good["state"]
    wrong: list[Any] = [
        None, [], {}, 3, "x", {"output": 3}, {"output": "nothing.here", "inputs": []}, {"output": ["x"]},
        good | {"output": "step.value"}, good | {"inputs": None}, good | {"inputs": []}, good | {"inputs": inputs * 2},
        good | {"inputs": [3] * len(inputs)}, good | {"inputs": [[3]] * len(inputs)}, good | {"state": {}},
        good | {"state": [{"id": "x"}] * len(state)}, good | {"state": [None] * len(state)},
        good | {"changedPropIds": 3}, good | {"changedPropIds": [{}]}, good | {"outputs": 1},
    ]  # fmt: skip
    raw = [json.dumps(call).encode() for call in wrong]
    raw += [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"output": ' + b"9" * 5_000 + b"}"]
    for body in raw:
        answer = client.post(CALL, content=body, headers={"Content-Type": "application/json"})
        assert_problem(answer, 400, "not-a-callback")
    tried(len(raw), "400 in words each")


def test_what_the_page_does_send_is_let_through(client: httpx.Client) -> None:
    statuses = [client.post(CALL, json=call).status_code for call in calls(client)]
    assert 400 not in statuses and statuses.count(200) > 10


@pytest.mark.proof("Hostile HTTP", "Addresses of the page's scripts that are not there, or lead out of their folder")
@pytest.mark.parametrize(
    "place", ["dash/..%2f..%2fdash.py", "nothing/x.js", "dash/nothing.js", "dash/%00", "dash_ag_grid/../../x", ""]
)
def test_scripts_that_are_not_there(client: httpx.Client, place: str, tried: Tried) -> None:
    answer = client.get(f"/app/_dash-component-suites/{place}")
    assert answer.status_code == 404 and b"import" not in answer.content
    tried(1, "404 each")


@pytest.mark.proof("Hostile HTTP", "Addresses below the page that are not there, and methods they do not take")
@pytest.mark.parametrize(
    ("method", "place", "status"),
    [("GET", "nothing", 404), ("GET", "assets/nothing.js", 404), ("GET", "..%2fsecret", 404),
     ("PUT", "_dash-layout", 405), ("DELETE", "_dash-update-component", 405)],
)  # fmt: skip
def test_what_is_not_below_the_page(client: httpx.Client, method: str, place: str, status: int, tried: Tried) -> None:
    answer = client.request(method, f"/app/{place}")
    assert_problem(answer, status, {404: "unknown-path", 405: "wrong-method"}[status])
    tried(1, "404 or 405 in words each")


@pytest.mark.proof("Hostile HTTP", "The page's own calls with values that no page has")
@pytest.mark.parametrize("value", [7, "x", [[]], {"a": []}, [1, {"b": None}], -1e308, True])
def test_impossible_values_cost_no_failure(client: httpx.Client, value: Any, tried: Tried) -> None:
    asked = calls(client)
    for call in asked:
        for name in ("inputs", "state"):
            call[name] = [one if isinstance(one, list) else {**one, "value": value} for one in call[name]]
        answer = client.post(CALL, json=call)
        assert answer.status_code < 500, (call["output"], answer.text)
    tried(len(asked), "no 5xx, and the page says in words that it failed")
