"""Jobs in the store: who holds one, how far it is, and what came of it.

A job goes queued → running → done or failed, and later expired. Whoever works on it says so every few seconds; when
that stops, the job is queued again, three times at most.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

import pandas as pd
import sqlalchemy as sa

from serving.store import Store
from serving.store_tables import jobs, micros, time_of

Status = Literal["queued", "running", "done", "failed", "expired"]
Ended = Literal["done", "failed"]
SILENT = pd.Timedelta(seconds=30)
"""A running job not heard of for this long has lost its process."""
MOST_ATTEMPTS = 3
_UNKNOWN_END = {"message": f"the process working on it ended {MOST_ATTEMPTS} times without a word"}


@dataclass(frozen=True)
class Job:
    """One job. `task` is what to do, `outcome` what came of it."""

    job_id: str
    owner: str
    status: Status
    task: Mapping[str, Any]
    file_name: str
    """As the user named it: for showing, never a path."""
    created_at: pd.Timestamp
    started_at: pd.Timestamp | None
    finished_at: pd.Timestamp | None
    attempts: int
    outcome: Mapping[str, Any] = field(default_factory=dict)


def add_job(
    store: Store, job_id: str, owner: str, task: Mapping[str, Any], file_name: str, *, at: pd.Timestamp
) -> tuple[Job, bool]:
    """Queue a job, unless there is one of that id; the job, and whether it is new."""
    row = {
        "job_id": job_id, "owner": owner, "status": "queued", "task": json.dumps(dict(task)), "file_name": file_name,
        "created_at": micros(at), "attempts": 0,
    }  # fmt: skip
    with store.writing("jobs") as connection:
        found = _one(connection, job_id)
        if found is not None:
            return found, False
        connection.execute(sa.insert(jobs).values(row))
        return cast(Job, _one(connection, job_id)), True


def job_of(store: Store, job_id: str) -> Job | None:
    """The job of that id, or None."""
    with store.reading() as connection:
        return _one(connection, job_id)


def unfinished(store: Store, owner: str | None = None) -> int:
    """How many jobs are queued or running, of one owner or of all."""
    query = sa.select(sa.func.count()).select_from(jobs).where(jobs.c.status.in_(("queued", "running")))
    with store.reading() as connection:
        return int(connection.execute(query if owner is None else query.where(jobs.c.owner == owner)).scalar_one())


def claim(store: Store, holder: str, *, most: int, at: pd.Timestamp) -> Job | None:
    """Take the oldest queued job for `holder`, unless `most` are running already; None when there is nothing to do."""
    now = micros(at)
    with store.writing("jobs") as connection:
        _requeue_silent(connection, now)
        running = sa.select(sa.func.count()).select_from(jobs).where(jobs.c.status == "running")
        if connection.execute(running).scalar_one() >= most:
            return None
        oldest = sa.select(jobs.c.job_id).where(jobs.c.status == "queued").order_by(jobs.c.created_at, jobs.c.job_id)
        job_id = connection.execute(oldest.limit(1)).scalar_one_or_none()
        if job_id is None:
            return None
        taken = {"status": "running", "holder": holder, "started_at": now, "beat_at": now}
        change = sa.update(jobs).where(jobs.c.job_id == job_id)
        connection.execute(change.values(**taken, attempts=jobs.c.attempts + 1))
        return _one(connection, job_id)


def _requeue_silent(connection: sa.Connection, now: int) -> None:
    silent = jobs.c.beat_at < now - int(SILENT.value) // 1_000
    _requeue(connection, sa.and_(jobs.c.status == "running", silent), now)


def _requeue(connection: sa.Connection, which: sa.ColumnElement[bool], now: int) -> int:
    """Queue these running jobs again, or fail them when they had their attempts; how many there were."""
    failed = {"status": "failed", "holder": None, "finished_at": now, "outcome": json.dumps(_UNKNOWN_END)}
    over = sa.update(jobs).where(which, jobs.c.attempts >= MOST_ATTEMPTS).values(failed)
    again = sa.update(jobs).where(which).values(status="queued", holder=None)
    return connection.execute(over).rowcount + connection.execute(again).rowcount


def beat(store: Store, job_id: str, holder: str, *, at: pd.Timestamp) -> bool:
    """Say that `holder` is still at it; False when the job is no longer its own."""
    return _by_holder(store, job_id, holder, {"beat_at": micros(at)})


def release(store: Store, job_id: str, holder: str) -> bool:
    """Put a job back that `holder` was asked to stop working on; the attempt does not count."""
    values = {"status": "queued", "holder": None, "attempts": jobs.c.attempts - 1}
    return _by_holder(store, job_id, holder, values)


def lost(store: Store, job_id: str, holder: str, *, at: pd.Timestamp) -> bool:
    """Say that the holder's process has ended; False when it had finished the job, or put it back, before."""
    with store.writing("jobs") as connection:
        mine = sa.and_(jobs.c.job_id == job_id, jobs.c.holder == holder, jobs.c.status == "running")
        return _requeue(connection, mine, micros(at)) > 0


def finish(
    store: Store, job_id: str, holder: str, status: Ended, outcome: Mapping[str, Any],
    *, at: pd.Timestamp,
) -> bool:  # fmt: skip
    """Say what came of it; False, and nothing changes, when the job is no longer the holder's."""
    values = {"status": status, "holder": None, "finished_at": micros(at), "outcome": json.dumps(dict(outcome))}
    return _by_holder(store, job_id, holder, values)


def expire(store: Store, *, before: pd.Timestamp, most: int = 100) -> list[str]:
    """Mark jobs that finished before a time as expired; their ids, so that their files can go."""
    old = sa.and_(jobs.c.status.in_(("done", "failed")), jobs.c.finished_at < micros(before))
    with store.writing("jobs") as connection:
        ids = list(connection.execute(sa.select(jobs.c.job_id).where(old).limit(most)).scalars())
        connection.execute(sa.update(jobs).where(jobs.c.job_id.in_(ids)).values(status="expired"))
    return ids


def _by_holder(store: Store, job_id: str, holder: str, values: Mapping[str, Any]) -> bool:
    with store.writing("jobs") as connection:
        mine = sa.and_(jobs.c.job_id == job_id, jobs.c.holder == holder, jobs.c.status == "running")
        return connection.execute(sa.update(jobs).where(mine).values(dict(values))).rowcount == 1


def _one(connection: sa.Connection, job_id: str) -> Job | None:
    row = connection.execute(sa.select(jobs).where(jobs.c.job_id == job_id)).one_or_none()
    if row is None:
        return None

    def time(value: int | None) -> pd.Timestamp | None:
        return None if value is None else time_of(value)

    return Job(
        row.job_id, row.owner, cast(Status, row.status), json.loads(row.task), row.file_name, time_of(row.created_at),
        time(row.started_at), time(row.finished_at), row.attempts, json.loads(row.outcome or "{}"),
    )  # fmt: skip
