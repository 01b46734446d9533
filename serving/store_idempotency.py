"""Writes that carry an `Idempotency-Key`: the first one works, later ones get its answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd
import sqlalchemy as sa

from serving.store import Store
from serving.store_tables import idempotency, micros

KEPT = pd.Timedelta(days=1)
"""How long an answer is kept for repeats."""
ABANDONED = pd.Timedelta(minutes=2)
"""After this long without an answer the first request is taken for dead, and a repeat does the work."""


@dataclass(frozen=True)
class Answer:
    """An answer that is given again to a repeat."""

    status: int
    media_type: str
    body: bytes


Begun = Literal["new", "busy", "other"] | Answer
"""new: do the work · busy: the first request is still at it · other: the key came with another body before."""


def begin(store: Store, owner: str, key: str, digest: str, at: pd.Timestamp) -> Begun:
    """Take a key for a request whose body has this digest; says what to do."""
    c = idempotency.c
    mine = sa.and_(c.owner == owner, c.key == key)
    now = micros(at)
    with store.writing("idempotency") as connection:
        row = connection.execute(sa.select(idempotency).where(mine)).one_or_none()
        stale = row is not None and now - row.begun_at > _micros(KEPT if row.status is not None else ABANDONED)
        if row is not None and not stale:
            if row.digest != digest:
                return "other"
            return "busy" if row.status is None else Answer(row.status, row.media_type, row.body)
        connection.execute(sa.delete(idempotency).where(mine))
        connection.execute(sa.insert(idempotency).values(owner=owner, key=key, digest=digest, begun_at=now))
    return "new"


def finish(store: Store, owner: str, key: str, answer: Answer) -> None:
    """Keep the answer for repeats."""
    values = {"status": answer.status, "media_type": answer.media_type, "body": answer.body}
    _change(store, owner, key, sa.update(idempotency).values(values))


def give_up(store: Store, owner: str, key: str) -> None:
    """Forget a key whose work failed on our side, so that a repeat may try again."""
    _change(store, owner, key, sa.delete(idempotency))


def prune(store: Store, at: pd.Timestamp) -> int:
    """Forget what is older than a day; how many records went."""
    with store.writing("idempotency") as connection:
        old = sa.delete(idempotency).where(idempotency.c.begun_at < micros(at) - _micros(KEPT))
        return connection.execute(old).rowcount


def _change(store: Store, owner: str, key: str, change: sa.Update | sa.Delete) -> None:
    c = idempotency.c
    with store.writing("idempotency") as connection:
        connection.execute(change.where(c.owner == owner, c.key == key, c.status.is_(None)))


def _micros(length: pd.Timedelta) -> int:
    return int(length.value) // 1_000
