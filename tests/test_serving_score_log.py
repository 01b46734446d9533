"""The score log: what was answered is there to read, and no answer ever waits for it or fails by it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa

from data.errors import WorkError
from models.creators import FEATURE_NAMES
from serving import score_log, store_scores
from serving.memory_command import export_features
from serving.score_log import LogLimits, ScoreLog
from serving.store import Store, StoreUnavailable
from serving.store_scores import (
    Entry,
    prune_scores,
    read_briefs,
    read_features,
    read_requests,
    read_scores,
    write_scores,
)
from serving.store_tables import score_briefs, score_features, score_requests, scores
from tests.serving_fakes import NOW, live, request


def entry(*candidates: Any, at: pd.Timestamp = NOW, request_id: str = "r1", **campaign: Any) -> Entry:
    asked = request(list(candidates) or [{"creator_id": "ana", "fee": 100.0}], campaign)
    response = live().answer(asked, NOW).response
    return Entry(request_id, "/v1/score", at, asked.campaign, response, "2025-05-01T00:00:00+00:00")


def test_what_was_answered_is_there_to_read(store: Store) -> None:
    told = entry({"creator_id": "bo", "fee": 100.0}, {"creator_id": "ana"}, {"creator_id": "x"}, {"creator_id": "y"})
    write_scores(store, [told, entry(request_id="r2", brand="Ridgeline")])
    found = read_scores(store)
    assert found["request_id"].tolist() == ["r1", "r1", "r2"]
    assert found["creator_id"].tolist()[:2] == [r.creator_id for r in told.response.results]
    for place, result in enumerate(told.response.results):
        logged = found.iloc[place]
        assert logged["fit_score"] == result.fit.score and logged["lift_low"] == result.lift.low
        assert logged["incremental_high"] == result.incremental_conversions.high
        assert logged["support"] == result.support.level
        assert np.isnan(logged["roi_expected"]) if result.roi is None else logged["roi_expected"] == result.roi.expected
    assert (found["answered_at"] == NOW).all() and (found["model_as_of"] == pd.Timestamp("2025-05-01", tz="UTC")).all()
    requests = read_requests(store)
    assert requests["refused"].tolist() == [{"unknown_creator": 2}, {}]
    briefs = read_briefs(store)
    assert [briefs[digest]["brand"] for digest in requests["brief"]] == ["Northpeak", "Ridgeline"]


def test_a_brief_is_kept_once(store: Store) -> None:
    for _ in range(3):
        write_scores(store, [entry(), entry()])
    assert len(read_briefs(store)) == 1 and len(read_scores(store)) == 6


def test_reading_since_a_time(store: Store) -> None:
    later = NOW + pd.Timedelta(days=2)
    write_scores(store, [entry(), entry(at=later, request_id="r2")])
    assert read_scores(store, since=NOW + pd.Timedelta(days=1))["request_id"].tolist() == ["r2"]
    assert read_requests(store, since=later + pd.Timedelta(days=1)).empty


def test_an_empty_log_has_its_columns(store: Store) -> None:
    assert len(read_scores(store)) == 0 and {"creator_id", "answered_at", "model_version"} <= set(read_scores(store))


def test_the_oldest_go_first(store: Store) -> None:
    for number in range(10):
        write_scores(store, [entry(at=NOW + pd.Timedelta(days=number), request_id=f"r{number}", brand=f"b{number}")])
    assert prune_scores(store, most_rows=100, before=NOW + pd.Timedelta(days=3), most_features=0) == 3
    assert prune_scores(store, most_rows=4, before=NOW, most_features=0) == 3
    assert read_scores(store)["request_id"].tolist() == ["r6", "r7", "r8", "r9"]
    assert sorted(brief["brand"] for brief in read_briefs(store).values()) == ["b6", "b7", "b8", "b9"]
    assert prune_scores(store, most_rows=0, before=NOW, most_features=0) == 4
    with store.reading() as connection:
        assert all(connection.execute(sa.select(t)).all() == [] for t in (scores, score_requests, score_briefs))


def seen(rows: int, seed: int = 0) -> np.ndarray:
    """Features as they come: many missing, many whole numbers."""
    values = np.random.default_rng(seed).normal(size=(rows, len(FEATURE_NAMES)))
    values[:, ::3] = np.nan
    values[:, 1::3] = np.round(values[:, 1::3])
    values[:, 2] = -0.0
    return values


def test_what_was_scored_with_comes_out_again_bit_for_bit(store: Store, tmp_path: Path) -> None:
    two = [{"creator_id": "bo", "fee": 100.0}, {"creator_id": "ana"}]
    told, more, values = entry(*two), entry(*two, request_id="r2", at=NOW + pd.Timedelta(days=2)), seen(4)
    without = entry(request_id="r3")
    write_scores(store, [replace(told, features=values[:2]), without, replace(more, features=values[2:])])
    found = read_features(store)
    assert found["request_id"].tolist() == ["r1", "r1", "r2", "r2"]
    assert found["creator_id"].tolist()[:2] == [r.creator_id for r in told.response.results]
    assert found["fit_score"].tolist()[:2] == [r.fit.score for r in told.response.results]
    assert found[list(FEATURE_NAMES)].to_numpy().tobytes() == values.tobytes()
    later = read_features(store, since=NOW + pd.Timedelta(days=1))
    assert later["request_id"].tolist() == ["r2", "r2"]
    assert export_features(store, tmp_path / "seen.parquet", None) == {"candidates": 4}
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "seen.parquet"), found, check_dtype=False)
    # Only the newest answers keep theirs, each whole, and with its answer every one goes.
    prune_scores(store, most_rows=100, before=NOW, most_features=3)
    assert read_features(store)["request_id"].tolist() == ["r2", "r2"] and len(read_scores(store)) == 5
    prune_scores(store, most_rows=0, before=NOW, most_features=3)
    with store.reading() as connection:
        assert connection.execute(sa.select(score_features)).all() == []
    with pytest.raises(WorkError, match="SCORE_LOG_FEATURES"):
        export_features(store, tmp_path / "none.csv", None)


def test_features_do_not_pile_up_between_two_prunings(sqlite_store: Store) -> None:
    log = ScoreLog(lambda: sqlite_store, lambda: NOW, LogLimits(most_features=40))
    for _ in range(30):
        for _ in range(10):
            log.put(replace(ENTRY, features=seen(1)))
        wait_for(lambda: log.counts.written % 10 == 0)
    log.close()
    assert log.counts.written == 300
    assert len(read_features(sqlite_store)) <= 40 + 300 // 2


def wait_for(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.01)


def test_answers_are_written_beside_the_work_and_the_last_ones_at_the_end(sqlite_store: Store) -> None:
    log = ScoreLog(lambda: sqlite_store, lambda: NOW)
    for _ in range(700):
        log.put(ENTRY)
    log.close()
    assert len(read_scores(sqlite_store)) == log.counts.written == 700 and log.counts.dropped == 0
    log.put(ENTRY)
    assert log.counts.dropped == 1


ENTRY = entry()


def test_a_full_queue_drops_and_counts_and_never_waits(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = threading.Event()
    monkeypatch.setattr(score_log, "write_scores", lambda *_: blocked.wait(20))
    log = ScoreLog(lambda: sqlite_store, lambda: NOW, LogLimits(most_waiting=10))
    started = time.monotonic()
    for _ in range(50):
        log.put(ENTRY)
    assert time.monotonic() - started < 5
    assert log.counts.dropped == 40
    blocked.set()
    log.close()


@pytest.mark.proof("The database away", "Scores while the store is away")
def test_a_store_that_is_away_costs_the_rows_and_nothing_else(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = True

    def write(*arguments: Any) -> None:
        if away:
            raise StoreUnavailable("the store does not answer")
        store_scores.write_scores(*arguments)

    monkeypatch.setattr(score_log, "write_scores", write)
    monkeypatch.setattr(score_log, "_EVERY_SECONDS", 0.02)
    log = ScoreLog(lambda: sqlite_store, lambda: NOW)
    log.put(ENTRY)
    wait_for(lambda: log.counts.dropped == 1)
    away = False
    log.put(ENTRY)
    wait_for(lambda: log.counts.written == 1)
    log.close()
    assert len(read_scores(sqlite_store)) == 1


def test_the_log_prunes_itself(sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(score_log, "_EVERY_SECONDS", 0.02)
    monkeypatch.setattr(score_log, "_PRUNE_EVERY_SECONDS", 0.0)
    log = ScoreLog(lambda: sqlite_store, lambda: NOW, LogLimits(most_rows=3))
    for _ in range(8):
        log.put(ENTRY)
    wait_for(lambda: log.counts.written == 8 and len(read_scores(sqlite_store)) == 3)
    log.close()
