"""Outcomes in the store: one row per version, none ever changed or removed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd
import sqlalchemy as sa

from serving.store import Store
from serving.store_tables import micros, outcomes, time_of

Change = Literal["created", "unchanged", "corrected"]
_AT_ONCE = 500
"""Ids per query: databases limit how many values one may carry."""


@dataclass(frozen=True)
class Stored:
    """One version of an outcome: `row` has the columns of the collaborations table, times as ISO text."""

    collaboration_id: str
    version: int
    row: Mapping[str, Any]
    recorded_at: pd.Timestamp
    recorded_by: str
    request_id: str | None


def record(
    store: Store, rows: Sequence[Mapping[str, Any]], *, at: pd.Timestamp, by: str, request_id: str | None = None
) -> list[tuple[Change, int]]:
    """Keep checked rows, in their order; what became of each, and its version. All are kept or none is.

    A row equal to what holds for its `collaboration_id` changes nothing; a different one becomes the next version.
    """
    texts = [json.dumps(dict(row), sort_keys=True, ensure_ascii=False) for row in rows]
    done: list[tuple[Change, int]] = []
    new: list[dict[str, Any]] = []
    with store.writing("outcomes") as connection:
        held = _newest(connection, [row["collaboration_id"] for row in rows])
        for row, text in zip(rows, texts, strict=True):
            name, digest = row["collaboration_id"], hashlib.sha256(text.encode()).hexdigest()
            version, before = held.get(name, (0, ""))
            if digest == before:
                done.append(("unchanged", version))
                continue
            held[name] = (version + 1, digest)
            done.append(("corrected" if version else "created", version + 1))
            new.append(
                {
                    "collaboration_id": name, "version": version + 1, "creator_id": row["creator_id"],
                    "campaign_id": row["campaign_id"], "test_id": row.get("test_id"), "row": text, "digest": digest,
                    "recorded_at": micros(at), "recorded_by": by, "request_id": request_id,
                }
            )  # fmt: skip
        if new:
            connection.execute(sa.insert(outcomes), new)
    return done


def _newest(connection: sa.Connection, names: Sequence[str]) -> dict[str, tuple[int, str]]:
    """Version and digest of what holds for each of these ids that is known."""
    found: dict[str, tuple[int, str]] = {}
    c = outcomes.c
    for ids in _portions(dict.fromkeys(names)):
        # Ascending, so that the last version of an id is the one that stays.
        query = (
            sa.select(c.collaboration_id, c.version, c.digest).where(c.collaboration_id.in_(ids)).order_by(c.version)
        )
        found |= {name: (version, digest) for name, version, digest in connection.execute(query)}
    return found


def _portions(names: Iterable[str]) -> list[list[str]]:
    every = list(names)
    return [every[i : i + _AT_ONCE] for i in range(0, len(every), _AT_ONCE)]


def history_of(store: Store, collaboration_id: str) -> list[Stored]:
    """Every version of one outcome, the first first; empty when it is unknown."""
    query = sa.select(outcomes).where(outcomes.c.collaboration_id == collaboration_id).order_by(outcomes.c.version)
    with store.reading() as connection:
        return [_stored(row) for row in connection.execute(query)]


def current(store: Store) -> list[Stored]:
    """What holds now for every outcome, by id."""
    newer = outcomes.alias()
    latest = sa.select(sa.func.max(newer.c.version)).where(newer.c.collaboration_id == outcomes.c.collaboration_id)
    query = sa.select(outcomes).where(outcomes.c.version == latest.scalar_subquery())
    with store.reading() as connection:
        return [_stored(row) for row in connection.execute(query.order_by(outcomes.c.collaboration_id))]


def of_tests(store: Store, test_ids: Iterable[str], *, but: Iterable[str]) -> list[Stored]:
    """What holds now of these tests, except the collaborations in `but`."""
    wanted, left_out = list(dict.fromkeys(test_ids)), set(but)
    names: set[str] = set()
    with store.reading() as connection:
        for ids in _portions(wanted):
            query = sa.select(outcomes.c.collaboration_id).where(outcomes.c.test_id.in_(ids)).distinct()
            names |= set(connection.execute(query).scalars())
        newest: dict[str, Stored] = {}
        for ids in _portions(sorted(names - left_out)):
            versions = sa.select(outcomes).where(outcomes.c.collaboration_id.in_(ids)).order_by(outcomes.c.version)
            newest |= {row.collaboration_id: _stored(row) for row in connection.execute(versions)}
    return [stored for stored in newest.values() if stored.row.get("test_id") in set(wanted)]


def _stored(row: sa.Row[Any]) -> Stored:
    return Stored(
        row.collaboration_id, row.version, json.loads(row.row), time_of(row.recorded_at), row.recorded_by,
        row.request_id,
    )  # fmt: skip
