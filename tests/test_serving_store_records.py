"""What the store keeps, in SQLite and in PostgreSQL alike: outcomes, keys, idempotency records and jobs."""

from __future__ import annotations

import threading
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa

from data.errors import UsageError
from serving import store_idempotency, store_jobs, store_outcomes
from serving.store import Store
from serving.store_idempotency import Answer
from serving.store_keys import SCOPES, all_keys, create_key, is_its, parts_of, revoke_key
from serving.store_outcomes import current, history_of, of_tests, record
from serving.store_tables import api_keys, idempotency
from tests.serving_fakes import NOW

LATER = NOW + pd.Timedelta(hours=1)


def row(collaboration_id: str = "d1", **more: Any) -> dict[str, Any]:
    return {"collaboration_id": collaboration_id, "creator_id": "ana", "campaign_id": "old", "fee": 100.0, **more}


def test_an_outcome_is_created_then_unchanged_then_corrected_and_nothing_is_lost(store: Store) -> None:
    assert record(store, [row(), row("d2")], at=NOW, by="ada", request_id="r1") == [("created", 1), ("created", 1)]
    assert record(store, [row()], at=LATER, by="bob") == [("unchanged", 1)]
    assert record(store, [row(fee=120.0), row("d3")], at=LATER, by="bob") == [("corrected", 2), ("created", 1)]
    versions = history_of(store, "d1")
    assert [(v.version, v.row["fee"], v.recorded_by, v.request_id) for v in versions] == [
        (1, 100.0, "ada", "r1"), (2, 120.0, "bob", None),
    ]  # fmt: skip
    assert [v.recorded_at for v in versions] == [NOW, LATER]
    assert [(v.collaboration_id, v.version) for v in current(store)] == [("d1", 2), ("d2", 1), ("d3", 1)]
    assert history_of(store, "nobody") == []


def test_a_row_changed_back_is_a_version_of_its_own(store: Store) -> None:
    for fee in (1.0, 2.0, 1.0):
        record(store, [row(fee=fee)], at=NOW, by="ada")
    assert [v.row["fee"] for v in history_of(store, "d1")] == [1.0, 2.0, 1.0]


def test_the_same_outcomes_from_several_threads_are_kept_once(store: Store) -> None:
    told: list[tuple[str, int]] = []
    start = threading.Barrier(5)

    def send() -> None:
        start.wait()
        told.extend(record(store, [row(f"d{i}") for i in range(20)], at=NOW, by="ada"))

    threads = [threading.Thread(target=send) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [change for change, _ in told].count("created") == 20
    assert len(current(store)) == 20 and all(v.version == 1 for v in current(store))


def test_more_ids_than_a_query_may_carry(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_outcomes, "_AT_ONCE", 7)
    rows = [row(f"d{i:03}", test_id=f"t{i % 30}") for i in range(60)]
    assert {change for change, _ in record(store, rows, at=NOW, by="ada")} == {"created"}
    assert {change for change, _ in record(store, rows, at=NOW, by="ada")} == {"unchanged"}
    found = of_tests(store, [f"t{i}" for i in range(20)], but=["d000", "d031"])
    wanted = {r["collaboration_id"] for r in rows if int(r["test_id"][1:]) < 20}
    assert {v.collaboration_id for v in found} == wanted - {"d000", "d031"}


def test_a_key_is_kept_as_a_digest_and_found_again(store: Store) -> None:
    key, token = create_key(store, "shop", ["score", "outcomes"], at=NOW, by="ada", per_minute=60)
    parts = parts_of(token)
    assert parts is not None and parts[0] == key.key_id and is_its(key, parts[1])
    assert key.allows("score") and key.allows("outcomes") and not key.allows("admin")
    assert (key.name, key.per_minute, key.created_at, key.revoked_at) == ("shop", 60, NOW, None)
    with store.reading() as connection:
        held = [str(value) for value in connection.execute(sa.select(api_keys)).one()]
    assert not any(token.rpartition("_")[2] in value for value in held)


def test_an_admin_key_may_do_everything(store: Store) -> None:
    key, _ = create_key(store, "ops", ["admin"], at=NOW, by="ada")
    assert all(key.allows(scope) for scope in SCOPES)


def test_no_two_keys_are_alike(store: Store) -> None:
    tokens = {create_key(store, "n", ["score"], at=NOW, by="ada")[1] for _ in range(20)}
    assert len(tokens) == len(all_keys(store)) == 20


def test_revoking_ends_a_key_for_good_and_keeps_its_row(store: Store) -> None:
    key, token = create_key(store, "shop", ["score"], at=NOW, by="ada")
    assert revoke_key(store, key.key_id, at=LATER).revoked_at == LATER
    assert revoke_key(store, token, at=LATER + pd.Timedelta(hours=1)).revoked_at == LATER
    assert [k.key_id for k in all_keys(store)] == [key.key_id]
    with pytest.raises(UsageError, match="keys list"):
        revoke_key(store, "0123456789ab", at=LATER)


@pytest.mark.parametrize(("name", "scopes"), [("shop", []), ("shop", ["scores"]), (" ", ["score"])])
def test_a_key_that_cannot_be_is_refused(store: Store, name: str, scopes: list[str]) -> None:
    with pytest.raises(UsageError):
        create_key(store, name, scopes, at=NOW, by="ada")
    assert all_keys(store) == []


@pytest.mark.parametrize(
    "token", ["", "clk_", "clk_0123456789ab_", "Bearer x", "clk_0123456789ab_" + "a" * 5_000, "ключ"]
)
def test_what_is_no_key_is_known_by_its_shape(token: str) -> None:
    assert parts_of(token) is None


def test_a_repeat_gets_the_first_answer(store: Store) -> None:
    assert store_idempotency.begin(store, "ana", "k", "body", NOW) == "new"
    assert store_idempotency.begin(store, "ana", "k", "body", NOW) == "busy"
    assert store_idempotency.begin(store, "ana", "k", "another", NOW) == "other"
    assert store_idempotency.begin(store, "bob", "k", "another", NOW) == "new"
    answer = Answer(200, "application/json", b'{"a": 1}')
    store_idempotency.finish(store, "ana", "k", answer)
    assert store_idempotency.begin(store, "ana", "k", "body", LATER) == answer
    assert store_idempotency.begin(store, "ana", "k", "another", LATER) == "other"


def test_work_that_failed_or_was_abandoned_may_be_tried_again(store: Store) -> None:
    store_idempotency.begin(store, "ana", "k", "body", NOW)
    store_idempotency.give_up(store, "ana", "k")
    assert store_idempotency.begin(store, "ana", "k", "body", NOW) == "new"
    much_later = NOW + store_idempotency.ABANDONED + pd.Timedelta(seconds=1)
    assert store_idempotency.begin(store, "ana", "k", "body", much_later) == "new"


def test_answers_are_kept_for_a_day(store: Store) -> None:
    store_idempotency.begin(store, "ana", "k", "body", NOW)
    store_idempotency.finish(store, "ana", "k", Answer(200, "t", b""))
    assert store_idempotency.prune(store, NOW + store_idempotency.KEPT) == 0
    next_day = NOW + store_idempotency.KEPT + pd.Timedelta(seconds=1)
    assert store_idempotency.begin(store, "ana", "k", "other body", next_day) == "new"
    assert store_idempotency.prune(store, next_day + store_idempotency.KEPT + pd.Timedelta(seconds=1)) == 1
    with store.reading() as connection:
        assert connection.execute(sa.select(idempotency)).all() == []


def test_one_of_many_equal_requests_does_the_work(store: Store) -> None:
    start, found = threading.Barrier(6), []

    def send() -> None:
        start.wait()
        found.append(store_idempotency.begin(store, "ana", "k", "body", NOW))

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(str(f) for f in found) == ["busy"] * 5 + ["new"]


def test_jobs_are_worked_on_in_turn_and_only_so_many_at_once(store: Store) -> None:
    for number in range(3):
        job, new = store_jobs.add_job(store, f"j{number}", "ana", {"n": number}, "my file.csv", at=NOW)
        assert new and job.status == "queued" and job.task == {"n": number}
    assert store_jobs.add_job(store, "j0", "ana", {}, "other", at=LATER)[1] is False
    assert store_jobs.unfinished(store) == store_jobs.unfinished(store, "ana") == 3
    assert store_jobs.unfinished(store, "bob") == 0
    taken = [store_jobs.claim(store, f"h{n}", most=2, at=NOW) for n in range(3)]
    assert [job and job.job_id for job in taken] == ["j0", "j1", None]
    assert store_jobs.finish(store, "j0", "h0", "done", {"rows": 7}, at=LATER)
    done = store_jobs.job_of(store, "j0")
    assert done is not None and done.status == "done" and done.outcome == {"rows": 7} and done.finished_at == LATER
    third = store_jobs.claim(store, "h3", most=2, at=NOW)
    assert third is not None and third.job_id == "j2"


def test_a_job_whose_process_fell_silent_is_queued_again_three_times_at_most(store: Store) -> None:
    store_jobs.add_job(store, "j", "ana", {}, "f", at=NOW)
    now = NOW
    for attempt in range(1, store_jobs.MOST_ATTEMPTS + 1):
        job = store_jobs.claim(store, f"h{attempt}", most=1, at=now)
        assert job is not None and job.attempts == attempt
        assert store_jobs.beat(store, "j", f"h{attempt}", at=now + store_jobs.SILENT)
        now += store_jobs.SILENT * 2
        assert store_jobs.claim(store, "x", most=1, at=now) is None
        now += pd.Timedelta(seconds=1)
    assert store_jobs.claim(store, "late", most=1, at=now) is None
    job = store_jobs.job_of(store, "j")
    assert job is not None and job.status == "failed" and "without a word" in job.outcome["message"]


def test_a_process_that_lost_its_job_can_no_longer_change_it(store: Store) -> None:
    store_jobs.add_job(store, "j", "ana", {}, "f", at=NOW)
    store_jobs.claim(store, "first", most=1, at=NOW)
    later = NOW + store_jobs.SILENT + pd.Timedelta(seconds=1)
    assert store_jobs.claim(store, "second", most=1, at=later) is not None
    assert not store_jobs.beat(store, "j", "first", at=later)
    assert not store_jobs.finish(store, "j", "first", "done", {}, at=later)
    assert store_jobs.finish(store, "j", "second", "failed", {"message": "no"}, at=later)


def test_a_job_put_back_does_not_count_as_an_attempt(store: Store) -> None:
    store_jobs.add_job(store, "j", "ana", {}, "f", at=NOW)
    for _ in range(5):
        job = store_jobs.claim(store, "h", most=1, at=NOW)
        assert job is not None and job.attempts == 1
        assert store_jobs.release(store, "j", "h")


def test_finished_jobs_expire(store: Store) -> None:
    for name in ("old", "new", "running"):
        store_jobs.add_job(store, name, "ana", {}, "f", at=NOW)
        store_jobs.claim(store, name, most=9, at=NOW)
    store_jobs.finish(store, "old", "old", "done", {}, at=NOW)
    store_jobs.finish(store, "new", "new", "failed", {}, at=LATER)
    assert store_jobs.expire(store, before=LATER) == ["old"]
    assert store_jobs.expire(store, before=LATER) == []
    statuses = {name: job.status for name in ("old", "new", "running") if (job := store_jobs.job_of(store, name))}
    assert statuses == {"old": "expired", "new": "failed", "running": "running"}
