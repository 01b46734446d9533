"""The service's memory from the command line: the same store as the service, by the same settings."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from data.errors import WorkError
from data.writing import write_rows
from serving.access import require_key_beyond_loopback
from serving.memory_config import MemorySettings
from serving.store import Store, open_store, store_url
from serving.store_keys import Key, all_keys
from serving.store_scores import read_features


@contextmanager
def opened() -> Iterator[Store]:
    """The store at `CREATORLIFT_STORE_URL` or in `CREATORLIFT_STATE`, brought to this version.

    Raises ConfigError for an address that cannot be, and WorkError when it cannot be reached.
    """
    store = open_store(store_url(os.environ))
    try:
        yield store
    finally:
        store.close()


def require_access(host: str) -> None:
    """Before a service is started: raise ConfigError for settings that cannot be, and WorkError when others could
    reach it while there is no key."""
    MemorySettings.from_env(os.environ)

    def keys() -> list[Key]:
        with opened() as store:
            return all_keys(store)

    require_key_beyond_loopback(host, keys)


def export_features(store: Store, path: Path, since: pd.Timestamp | None) -> dict[str, int]:
    """Write what candidates were scored with, as far as it is kept, to a file; how many there are.

    Raises UsageError for an ending that `write_rows` does not know, and WorkError when nothing is kept.
    """
    found = read_features(store, since)
    require_some(len(found), "the score log holds no features (see CREATORLIFT_SCORE_LOG_FEATURES)")
    write_rows(found, path)
    return {"candidates": len(found)}


def where() -> str:
    """The store's address, for people; without its password."""
    return store_url(os.environ).render_as_string(hide_password=True)


def require_some(found: object, nothing: str) -> None:
    """Raise WorkError in these words when there is nothing to show."""
    if not found:
        raise WorkError(nothing)
