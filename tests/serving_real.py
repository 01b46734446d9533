"""The whole service on a real model: trained once per session, its creators built ahead, with a memory of its own."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pandas as pd
import pytest
from sqlalchemy.engine import URL

from data.sources import load_history
from models.creators import Creators
from models.registry import load_scorer
from serving.catalogue import Catalogue
from serving.config import ServeSettings
from serving.live import Live
from serving.memory_config import MemorySettings
from serving.operations import OPERATIONS
from tests.conftest import Trained
from tests.serving_running import running_memory

BUILT_AT = pd.Timestamp("2026-03-01T00:00:00Z").as_unit("us")


def real_live(trained: Trained) -> Live:
    """The trained model with the workspace's creators built ahead."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", trained.uri)
        scorer, info = load_scorer()
    history = load_history(trained.workspace)
    return Live(scorer, info, Catalogue.of(history, Creators.of(history, BUILT_AT, scorer.reference)))


@contextmanager
def running_real(trained: Trained, folder: Path, body_mib: int = 32) -> Iterator[tuple[httpx.Client, str]]:
    """A client of the service, and the id of one of its creators; jobs are taken in and left to others."""
    live = real_live(trained)
    assert live.catalogue is not None and live.catalogue.built is not None
    url = URL.create("sqlite", database=str(folder / "state" / "memory.db"))
    memory = MemorySettings(url=url, state=folder / "state", job_workers=0)
    serve = ServeSettings(max_body_bytes=body_mib * 2**20)
    with running_memory(memory, lambda: live, serve) as (client, _):
        yield client, live.catalogue.built.names(np.arange(1))[0]


def examples(creator_id: str) -> dict[str, dict[str, Any]]:
    """Path → the example of every operation that takes a JSON body, about a creator that is there."""
    made = {}
    for operation in OPERATIONS:
        if operation.example is not None:
            made[operation.path] = json.loads(json.dumps(operation.example).replace("c000001", creator_id))
    return made


def exchange(port: int, data: bytes, seconds: float = 5.0) -> bytes:
    """What the service says to these bytes before it closes, or falls silent for so long (`TimeoutError` then)."""
    heard = b""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection:
        try:
            connection.sendall(data)
            while part := connection.recv(65_536):
                heard += part
        except ConnectionError:
            return heard
    return heard
