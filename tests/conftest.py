"""Fixtures shared by all tests: a tiny simulated market, its workspace, and a model trained on it and promoted."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from sqlalchemy.engine import URL

from tests.proofs import pytest_runtest_makereport as pytest_runtest_makereport
from tests.proofs import tried as tried
from training.config import TrainSettings

if TYPE_CHECKING:
    from data.synthetic import Market
    from serving.store import Store
    from training.gate import GateReport
    from training.pipeline import TrainResult

TRAINED_WITH = TrainSettings(folds=1, bootstrap=50)
PROMOTED_AT = pd.Timestamp("2026-01-02T09:00:00Z")


@dataclass(frozen=True)
class Trained:
    """A registry (at `uri`, set as MLFLOW_TRACKING_URI while a test runs) with one version, promoted."""

    uri: str
    workspace: Path
    result: TrainResult
    gate: GateReport


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that need the trained model run in one worker, so that it is trained once; so for PostgreSQL's server."""
    for item in items:
        if "trained_once" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("trained"))
        elif any(
            isinstance(value, str) and value == "postgresql"
            for value in getattr(getattr(item, "callspec", None), "params", {}).values()
        ):
            item.add_marker(pytest.mark.xdist_group("postgres"))


@pytest.fixture(autouse=True)
def no_registry_in_the_project(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that names no registry of its own must not write `mlflow.db` into the project."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path_factory.getbasetemp()}/unnamed/mlflow.db")
    monkeypatch.delenv("MLFLOW_DEFAULT_ARTIFACT_ROOT", raising=False)


@pytest.fixture(scope="session", autouse=True)
def no_memory_in_the_project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A service that a test starts must not remember anything in the project; some run for a whole module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CREATORLIFT_STATE", f"{tmp_path_factory.getbasetemp()}/unnamed/state")
        patch.delenv("CREATORLIFT_STORE_URL", raising=False)
        yield


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An MLflow database with its tables and nothing in them; making one takes seconds, copying it does not."""
    from models.registry import client

    file = tmp_path_factory.mktemp("database") / "mlflow.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{file}")
        with client():
            pass
    return file


@pytest.fixture
def registry_home(database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an empty registry, at MLFLOW_TRACKING_URI while the test runs."""
    home = tmp_path / "home"
    home.mkdir()
    shutil.copy(database, home / "mlflow.db")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{home}/mlflow.db")
    return home


@pytest.fixture(scope="session")
def market() -> Market:
    """A tiny simulated market: 120 creators, 260 collaborations."""
    from data.synthetic import MarketConfig, simulate_market

    return simulate_market(
        MarketConfig(creators=120, collaborations=260, seed=11, posts_per_creator=6.0, comments_per_creator=10.0)
    )


@pytest.fixture(scope="session")
def workspace(market: Market, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The market's tables in a folder; do not change them."""
    from data.synthetic import write_market

    folder = tmp_path_factory.mktemp("market") / "ws"
    write_market(market, folder)
    return folder


@pytest.fixture(scope="session")
def trained_once(workspace: Path, database: Path, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """Trained and promoted once per session; use `trained`, which also sets the address."""
    from training.gate import promote
    from training.pipeline import train

    home = tmp_path_factory.mktemp("registry")
    shutil.copy(database, home / "mlflow.db")
    uri = f"sqlite:///{home}/mlflow.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", uri)
        patch.delenv("MLFLOW_DEFAULT_ARTIFACT_ROOT", raising=False)
        result = train(workspace, TRAINED_WITH)
        gate = promote(by="the tests", reason="first model", at=PROMOTED_AT, force=True)
    return Trained(uri, workspace, result, gate)


@pytest.fixture
def trained(trained_once: Trained, monkeypatch: pytest.MonkeyPatch) -> Trained:
    """A registry with a champion, at MLFLOW_TRACKING_URI while the test runs. Shared: add no versions to it."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", trained_once.uri)
    return trained_once


@pytest.fixture(scope="session")
def postgres() -> Iterator[URL]:
    """A PostgreSQL server of the tests' own; skips where its programs are not installed."""
    from tests.store_servers import running_postgres

    with running_postgres() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def store_at(request: pytest.FixtureRequest, tmp_path: Path) -> URL:
    """The address of an empty store, in turn in SQLite and in PostgreSQL."""
    if request.param == "sqlite":
        return URL.create("sqlite", database=str(tmp_path / "state" / "memory.db"))
    from tests.store_servers import new_database

    return new_database(request.getfixturevalue("postgres"))


@pytest.fixture
def store(store_at: URL) -> Iterator[Store]:
    """An open store with its tables, in turn in SQLite and in PostgreSQL."""
    from serving.store import open_store

    opened = open_store(store_at)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[Store]:
    """An open store in SQLite, for tests of what does not depend on the database."""
    from serving.store import open_store

    opened = open_store(URL.create("sqlite", database=str(tmp_path / "state" / "memory.db")))
    yield opened
    opened.close()
