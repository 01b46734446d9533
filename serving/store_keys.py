"""API keys: made once, shown once, kept as a digest.

A key is `clk_<id>_<secret>`. The id (public, in logs) finds the row; the secret has 256 random bits, so one SHA-256 is
as good as a slow hash, and a look-up costs microseconds.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd
import sqlalchemy as sa

from data.errors import Fault, UsageError
from serving.store import Store
from serving.store_tables import api_keys, micros, time_of

SCOPES = ("score", "outcomes", "admin")
"""score: everything that answers from the model; outcomes: writing and reading outcomes; admin: both, and the rest."""
_PREFIX = "clk"
_ID_BYTES = 6
_SECRET_BYTES = 32
_SHAPE = re.compile(rf"{_PREFIX}_([0-9a-f]{{{2 * _ID_BYTES}}})_([A-Za-z0-9_-]{{40,60}})")


@dataclass(frozen=True)
class Key:
    """A key as it is known to the service; its secret is not."""

    number: int
    key_id: str
    name: str
    digest: str
    scopes: frozenset[str]
    per_minute: int | None
    """Requests a minute; None: the service's own limit."""
    created_at: pd.Timestamp
    created_by: str
    revoked_at: pd.Timestamp | None

    def allows(self, scope: str) -> bool:
        """Whether it may do what needs this scope."""
        return scope in self.scopes or "admin" in self.scopes


def parts_of(token: str) -> tuple[str, str] | None:
    """Id and digest of a key as sent; None when it has not the shape of one."""
    found = _SHAPE.fullmatch(token)
    return (found[1], _digest(found[2])) if found else None


def is_its(key: Key, digest: str) -> bool:
    """Whether the digest is the key's, in a time that tells nothing."""
    return hmac.compare_digest(key.digest, digest)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def create_key(
    store: Store, name: str, scopes: Iterable[str], *, at: pd.Timestamp, by: str, per_minute: int | None = None
) -> tuple[Key, str]:
    """Make a key; the second value is the key itself, which nobody can be shown again.

    Raises UsageError when a scope is unknown, there is none, or the name is empty.
    """
    wanted = list(dict.fromkeys(scopes))
    faults = [Fault("scope", scope or "nothing", ", ".join(SCOPES)) for scope in wanted if scope not in SCOPES]
    if not wanted:
        faults.append(Fault("scope", "nothing", ", ".join(SCOPES)))
    if not name.strip():
        faults.append(Fault("name", "nothing", "who or what the key is for"))
    if faults:
        raise UsageError(faults)
    key_id, secret = secrets.token_hex(_ID_BYTES), secrets.token_urlsafe(_SECRET_BYTES)
    row = {
        "key_id": key_id, "name": name.strip(), "digest": _digest(secret), "scopes": ",".join(wanted),
        "per_minute": per_minute, "created_at": micros(at), "created_by": by,
    }  # fmt: skip
    with store.writing("keys") as connection:
        connection.execute(sa.insert(api_keys).values(row))
    made = next(key for key in all_keys(store) if key.key_id == key_id)
    return made, f"{_PREFIX}_{key_id}_{secret}"


def all_keys(store: Store) -> list[Key]:
    """Every key ever made, revoked ones too, the oldest first."""
    with store.reading() as connection:
        rows = connection.execute(sa.select(api_keys).order_by(api_keys.c.number)).all()
    return [
        Key(
            row.number, row.key_id, row.name, row.digest, frozenset(row.scopes.split(",")), row.per_minute,
            time_of(row.created_at), row.created_by, None if row.revoked_at is None else time_of(row.revoked_at),
        )
        for row in rows
    ]  # fmt: skip


def revoke_key(store: Store, key_id: str, *, at: pd.Timestamp) -> Key:
    """End a key, named by its id (or by the whole key); ending it again changes nothing.

    Raises UsageError when there is none of that id.
    """
    parts = parts_of(key_id.strip())
    wanted = parts[0] if parts else key_id.strip()
    with store.writing("keys") as connection:
        connection.execute(
            sa.update(api_keys)
            .where(api_keys.c.key_id == wanted, api_keys.c.revoked_at.is_(None))
            .values(revoked_at=micros(at))
        )
    for key in all_keys(store):
        if key.key_id == wanted:
            return key
    raise UsageError(Fault("key", wanted[: 2 * _ID_BYTES], "the id of a key, as in `creatorlift keys list`"))
