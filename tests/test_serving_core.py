"""The service's core under change and load: swaps, refusals, pinned versions, a bounded queue; the typed client."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any

import pytest

from data.errors import ArtifactError, NoModel, WorkError
from models.registry import ModelInfo
from serving import pinned, watch
from serving.answers import ScoreResponse
from serving.client import ApiError, Client
from serving.config import ServeSettings
from serving.context import Context
from serving.live import Live
from serving.pinned import KEPT, Pinned, VersionNeeded
from serving.problems import Problem
from serving.service import make_service
from serving.watch import Watch
from tests.serving_fakes import BRIEF, INFO, NOW, FakeScorer, catalogue, live, request
from tests.serving_running import running

Located = Callable[[str], AbstractContextManager[Any]]


def found(version: str, load: Callable[[], Any] = FakeScorer) -> Located:
    """A registry that has one version."""

    @contextmanager
    def located(_: str) -> Iterator[tuple[ModelInfo, Callable[[], Any]]]:
        yield replace(INFO, version=version), load

    return located


def broken(error: Exception) -> Located:
    @contextmanager
    def located(_: str) -> Iterator[Any]:
        raise error
        yield

    return located


class Service:
    """What a watch keeps up to date."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.live, self.swaps, self.time = live(), 0, 1_000.0
        self._patch = monkeypatch
        monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://registry.invalid")
        self.watch = Watch(ServeSettings(), lambda: self.live, self._swap, lambda: self.time)

    def _swap(self, made: Live) -> None:
        self.live, self.swaps = made, self.swaps + 1

    def look(self, located: Located) -> None:
        self._patch.setattr(watch, "located", located)
        self.time += 100.0
        self.watch.look()


def test_a_new_champion_takes_over_and_two_in_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    service = Service(monkeypatch)
    for version in ("4", "5", "3"):
        before = service.live
        service.look(found(version))
        assert service.live.info.version == version and service.live is not before
        assert before.answer(request([{"creator_id": "ana"}]), NOW).response.model.version != version
        assert service.live.answer(request([{"creator_id": "ana"}]), NOW).response.model.version == version


@pytest.mark.parametrize("error", [ArtifactError("the files do not match"), ValueError("junk"), MemoryError()])
def test_a_broken_artefact_is_refused_in_sight(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    tries = 0

    def load() -> Any:
        nonlocal tries
        tries += 1
        raise error

    service = Service(monkeypatch)
    for _ in range(3):
        service.look(found("4", load))
    assert service.live.info.version == "3" and tries == 1
    refused = service.live.about().refused
    assert [(one.version, type(error).__name__ in one.why) for one in refused] == [("4", True)]
    service.look(found("5"))
    assert service.live.info.version == "5" and service.live.about().refused == refused


def test_a_model_that_cannot_answer_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Mute(FakeScorer):
        def score(self, *_: Any, **__: Any) -> Any:
            raise KeyError("fit_score")

    service = Service(monkeypatch)
    service.look(found("4", Mute))
    assert service.live.info.version == "3" and service.live.refused[0].version == "4"


def test_free_memory_is_given_back_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    service, times = Service(monkeypatch), []
    monkeypatch.setattr(watch, "give_back", lambda: times.append(service.time))
    monkeypatch.setattr(watch, "located", found("3"))
    for seconds in (30.0, 29.0, 1.0, 59.0, 61.0):
        service.time += seconds
        service.watch.look()
    assert times == [1_060.0, 1_180.0]


def test_a_registry_that_is_gone_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    service = Service(monkeypatch)
    for error in (WorkError("no answer"), NoModel("no champion yet")):
        service.look(broken(error))
    assert service.swaps == 0 and service.live.info.version == "3"
    service.look(found("4"))
    assert service.live.info.version == "4"


def test_the_registry_is_left_alone_between_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    service = Service(monkeypatch)
    service.look(found("3"))
    monkeypatch.setattr(watch, "located", broken(AssertionError("asked again")))
    service.time += 1.0
    service.watch.look()


def test_versions_are_loaded_when_asked_and_few_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    kept, loads = Pinned(), 0

    def load() -> FakeScorer:
        nonlocal loads
        loads += 1
        return FakeScorer()

    def asked(version: str) -> str:
        try:
            return kept.of(version, live()).info.version
        except VersionNeeded as needed:
            kept.load(needed.version, live())
            return kept.of(version, live()).info.version

    for version in ("7", "7", "8", "9", "10", "10"):
        monkeypatch.setattr(pinned, "located", found(version, load))
        assert asked(version) == version
    assert loads == 4 and len(kept._kept) == KEPT
    with pytest.raises(VersionNeeded):
        kept.of("7", live())


def test_a_version_that_is_not_there_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    kept, asks = Pinned(), 0

    @contextmanager
    def located(_: str) -> Iterator[Any]:
        nonlocal asks
        asks += 1
        raise NoModel("no model 99")
        yield

    monkeypatch.setattr(pinned, "located", located)
    with pytest.raises(VersionNeeded):
        kept.of("99", live())
    for attempt in (kept.load, kept.of, kept.of):
        with pytest.raises(Problem) as caught:
            attempt("99", live())
        assert caught.value.status == 404
    for junk in ("../../etc", "x", "٣"):
        with pytest.raises(Problem):
            kept.of(junk, live())
    assert asks == 1


@pytest.mark.proof("Overload", "More requests at once than may wait")
def test_too_many_waiting_are_refused_at_once_and_the_others_answered() -> None:
    async def run() -> tuple[list[int], list[str]]:
        context = Context(lambda: NOW, ServeSettings(most_waiting=3))
        results = await asyncio.gather(*(context.run(int, i) for i in range(10)), return_exceptions=True)
        problems = [one for one in results if isinstance(one, Problem)]
        assert all(one.status == 503 and dict(one.headers)["Retry-After"] for one in problems)
        return [one for one in results if isinstance(one, int)], [one.kind for one in problems]

    answered, refused = asyncio.run(run())
    assert answered == [0, 1, 2] and refused == ["overloaded"] * 7


@pytest.mark.proof("Overload", "Requests that wait behind a slow one")
def test_nobody_waits_longer_than_the_longest_wait() -> None:
    async def run() -> BaseException:
        context = Context(lambda: NOW, ServeSettings(longest_wait=0))
        async with context._turn():
            (waited,) = await asyncio.gather(context.run(lambda: 1), return_exceptions=True)
        assert await context.run(lambda: 2) == 2, "the turn was given back"
        assert isinstance(waited, BaseException)
        return waited

    refused = asyncio.run(run())
    assert isinstance(refused, Problem) and refused.kind == "overloaded"


def test_the_typed_client() -> None:
    with running(make_service(lambda: (ServeSettings(poll_seconds=0), live()))) as http:
        client = Client(str(http.base_url), tries=1)
        answer = client.score(BRIEF, [{"creator_id": "ana", "fee": 100.0}, {"creator_id": "nobody"}], level=0.9)
        raw = http.post("/v1/score", json={"campaign": BRIEF, "candidates": [
            {"creator_id": "ana", "fee": 100.0}, {"creator_id": "nobody"}], "level": 0.9}).content  # fmt: skip
        expected = ScoreResponse.model_validate_json(raw)
        assert answer.results == expected.results and answer.errors[0].code == "unknown_creator"
        assert client.model().model.version == "3"
        with pytest.raises(ApiError) as caught:
            client.score(BRIEF, [])
        assert (caught.value.status, caught.value.kind) == (422, "invalid-body")
        assert caught.value.errors[0]["field"] == "candidates"
        with pytest.raises(ApiError, match="catalogue-not-built"):
            client.shortlist(BRIEF)


def test_requests_under_way_survive_a_swap() -> None:
    context = Context(lambda: NOW)
    with running(make_service(lambda: (ServeSettings(poll_seconds=0), live()), context)) as http:
        seen = set()
        for version in range(3, 40):
            context.swap(Live(FakeScorer(), replace(INFO, version=str(version)), catalogue()))
            answer = http.post("/v1/score", json={"campaign": BRIEF, "candidates": [{"creator_id": "bo"}]})
            assert answer.status_code == 200
            seen.add(answer.json()["model"]["version"])
        assert len(seen) == 37
        text = http.get("/metrics").text
        assert 'creatorlift_model_info{data="simulated",version="39"} 1.0' in text
        assert 'creatorlift_model_info{data="simulated",version="38"} 0.0' in text
