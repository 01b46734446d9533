"""The service over HTTP: the BentoML application with our routes in front, under our server."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import httpx
import pytest

from data.errors import Fault, NoModel, UsageError, WorkError
from models.creators import Reference
from serving.config import ServeSettings
from serving.context import Context
from serving.live import Live
from serving.service import make_service
from tests.serving_fakes import BRIEF, NOW, inline, live
from tests.serving_running import running

MIB = 1024 * 1024


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    settings = ServeSettings(max_body_bytes=MIB)
    with running(make_service(lambda: (settings, live()))) as found:
        yield found


def body(*candidates: Any, **more: Any) -> dict[str, Any]:
    return {"campaign": BRIEF, "candidates": list(candidates) or [{"creator_id": "ana", "fee": 100}], **more}


def assert_problem(answer: httpx.Response, status: int, kind: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert problem["type"] == f"urn:creatorlift:problem:{kind}" and problem["status"] == status
    assert problem["title"] and problem["detail"]
    assert all(set(fault) == {"field", "got", "allowed"} for fault in problem.get("errors", []))
    return problem


def test_scoring(client: httpx.Client) -> None:
    answer = client.post("/v1/score", json=body({"creator_id": "ana", "fee": 100}, {"creator_id": "x"}, inline()))
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/json"
    found = answer.json()
    assert [r["creator_id"] for r in found["results"]] == ["ana", "ana"]
    assert [e["code"] for e in found["errors"]] == ["unknown_creator"]
    assert found["model"] == {
        "name": "creatorlift", "version": "3", "trained_at": "2025-05-01T00:00:00Z", "data": "simulated",
    }  # fmt: skip
    assert found["as_of"].endswith("Z")


def test_the_live_model(client: httpx.Client) -> None:
    found = client.get("/v1/model").json()
    assert found["model"]["version"] == "3" and found["aliases"] == ["champion"]
    assert found["catalogue"] == {"creators": 4, "newest_fact_at": "2025-05-05T10:00:00Z", "as_of": None}
    assert found["info"] == {"n_collaborations": 12}


@pytest.mark.parametrize("path", ["/livez", "/healthz", "/readyz"])
def test_health(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 200


def test_metrics_count_what_was_answered(client: httpx.Client) -> None:
    def value(name: str) -> float:
        lines = client.get("/metrics").text.splitlines()
        return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(f"creatorlift_{name}"))

    before = value('scored_total{support="in",version="3"}'), value('refused_total{code="unknown_creator"}')
    client.post("/v1/score", json=body({"creator_id": "ana"}, {"creator_id": "bo"}, {"creator_id": "x"}))
    client.post("/v1/score", content=b"nope")
    after = value('scored_total{support="in",version="3"}'), value('refused_total{code="unknown_creator"}')
    assert (after[0] - before[0], after[1] - before[1]) == (2, 1)
    assert value('requests_total{path="/v1/score",status="400"}') >= 1
    assert value('model_info{data="simulated",version="3"}') == 1


@pytest.mark.parametrize(
    "raw", [b"", b"nope", b"{", b"\xff\xfe", b"[" * 5_000, b'{"campaign": "\\ud800"}', b'{"a": ' + b"9" * 10_000 + b"}"]
)
def test_what_is_no_json_is_400(client: httpx.Client, raw: bytes) -> None:
    assert_problem(client.post("/v1/score", content=raw), 400, "not-json")


@pytest.mark.parametrize("raw", ["null", "3", '"x"', "[]", "{}", "[{}]", '{"campaign": NaN, "candidates": 1e999}'])
def test_json_of_another_shape_is_422(client: httpx.Client, raw: str) -> None:
    assert assert_problem(client.post("/v1/score", content=raw), 422, "invalid-body")["errors"]


def test_a_faulty_body_names_every_field(client: httpx.Client) -> None:
    sent = body() | {"campaign": BRIEF | {"order_value": None, "gross_margin": 45}, "level": float("nan")}
    problem = assert_problem(client.post("/v1/score", content=json.dumps(sent)), 422, "invalid-body")
    assert problem["errors"] == [
        {"field": "campaign.order_value", "got": "null", "allowed": "a number of at least 0 [money per conversion]"},
        {"field": "campaign.gross_margin", "got": "45", "allowed": "a share from 0 to 1 (0.45, not 45)"},
        {"field": "level", "got": "nan", "allowed": "level of all intervals, from 0.05 to 0.99"},
    ]
    assert problem["detail"].startswith("3 faults in the body")


def test_many_faults_are_counted_and_cut(client: httpx.Client) -> None:
    sent = body() | {f"field{i}": 1 for i in range(500)}
    problem = assert_problem(client.post("/v1/score", json=sent), 422, "invalid-body")
    assert len(problem["errors"]) == 200 and problem["detail"].startswith("500 faults")


def test_a_repeated_key_of_the_body_is_no_failure(client: httpx.Client) -> None:
    text = json.dumps(body())[:-1] + ', "level": 0.5, "level": 0.9}'
    assert client.post("/v1/score", content=text).json()["level"] == 0.9


@pytest.mark.parametrize("sent_at_once", [True, False])
def test_too_large_a_body_is_413(client: httpx.Client, sent_at_once: bool) -> None:
    parts = [b" " * 100_000] * 20
    content = b"".join(parts) if sent_at_once else iter(parts)
    assert_problem(client.post("/v1/score", content=content), 413, "body-too-large")
    assert client.get("/livez").status_code == 200


def test_paths_methods_and_versions_that_are_not_there(client: httpx.Client) -> None:
    assert_problem(client.get("/v1/nothing"), 404, "unknown-path")
    refused = client.get("/v1/score")
    assert_problem(refused, 405, "wrong-method")
    assert "POST" in refused.headers["allow"]
    problem = assert_problem(client.post("/v1/score", json=body(model_version="2")), 404, "unknown-model-version")
    assert problem["errors"][0]["field"] == "model_version"


def test_bentoml_shows_the_api_on_its_page(client: httpx.Client) -> None:
    page = client.get("/")
    assert page.status_code == 200 and "html" in page.headers["content-type"]
    assert client.get("/docs.json").json() == client.get("/openapi.json").json()


def test_without_a_model_the_service_lives_and_says_why_it_is_not_ready() -> None:
    def load() -> tuple[ServeSettings, Live]:
        raise NoModel("no champion yet: 1 trained, none promoted; run `creatorlift promote`")

    with running(make_service(load)) as client:
        assert client.get("/livez").status_code == 200
        for answer in (client.get("/readyz"), client.get("/v1/model"), client.post("/v1/score", json=body())):
            assert "creatorlift promote" in assert_problem(answer, 503, "not-ready")["detail"]
            assert answer.headers["retry-after"] == "5"


def test_parts_start_hear_every_answer_and_stop() -> None:
    told: list[Any] = []
    context = Context(lambda: NOW)
    context.at_start.append(lambda: told.append(context.settings.max_body_bytes))
    context.on_answer.append(lambda answered: told.append([r.creator_id for r in answered.response.results]))
    context.at_stop.append(lambda: told.append("stopped"))
    with running(make_service(lambda: (ServeSettings(max_body_bytes=MIB), live()), context)) as client:
        assert client.post("/v1/score", json=body({"creator_id": "bo"})).status_code == 200
        assert told == [MIB, ["bo"]]
    assert told == [MIB, ["bo"], "stopped"]


def test_a_part_that_cannot_start_is_told_at_readyz() -> None:
    def broken() -> None:
        raise WorkError("the database at sqlite:///x is read-only")

    context = Context(lambda: NOW)
    context.at_start.append(broken)
    with running(make_service(lambda: (ServeSettings(), live()), context)) as client:
        assert "read-only" in assert_problem(client.get("/readyz"), 503, "not-ready")["detail"]


def raising(error: Exception) -> Live:
    class Broken:
        info: Mapping[str, Any] = MappingProxyType({})
        reference = Reference()

        def score(self, *_: Any, **__: Any) -> Any:
            raise error

        score_rows = score

    return Live(Broken(), live().info, live().catalogue)


def test_a_failure_of_ours_is_a_problem_without_its_inside() -> None:
    with running(make_service(lambda: (ServeSettings(), raising(RuntimeError("secret inside"))))) as client:
        answer = client.post("/v1/score", json=body())
        assert "secret" not in answer.text
        assert_problem(answer, 500, "internal")
        assert client.get("/readyz").status_code == 200


def test_an_input_refused_further_in_is_the_callers() -> None:
    fault = Fault("level", "0.02", "0.05 to 0.99")
    with running(make_service(lambda: (ServeSettings(), raising(UsageError(fault))))) as client:
        problem = assert_problem(client.post("/v1/score", json=body()), 422, "invalid-body")
        assert problem["errors"] == [{"field": "level", "got": "0.02", "allowed": "0.05 to 0.99"}]
