"""The whole service as its users run it: killed, promoted under load, rolled back, its registry taken away."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy.engine import URL

from data.sources import read_tables
from models.registry import set_alias
from serving.store import open_store
from serving.store_outcomes import current, history_of
from tests.conftest import PROMOTED_AT, TRAINED_WITH, Trained
from tests.proofs import Tried
from tests.serving_fakes import BRIEF
from tests.test_serving_outcomes import outcome
from training.gate import promote
from training.pipeline import train

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.soak
READY_SECONDS = 180


@pytest.fixture
def home(trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A registry of three versions, of which the first answers; at MLFLOW_TRACKING_URI while the test runs."""
    home = tmp_path / "registry"
    shutil.copytree(Path(trained.uri.removeprefix("sqlite:///")).parent, home)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{home}/mlflow.db")
    for _ in range(2):
        train(trained.workspace, TRAINED_WITH)
    return home


def started(workspace: Path, state: Path) -> subprocess.Popen[str]:
    """`creatorlift serve` on a free port, with a memory of its own."""
    environment = os.environ | {
        "PYTHONPATH": str(ROOT), "CREATORLIFT_STATE": str(state), "CREATORLIFT_POLL_SECONDS": "1",
        "CREATORLIFT_CATALOGUE": str(state / "catalogue"), "OPENBLAS_NUM_THREADS": "1",
    }  # fmt: skip
    command = [sys.executable, "-m", "cli", "serve", str(workspace), "--port", "0"]
    with (state.parent / "serve.log").open("a") as log:
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=log, text=True)


@contextmanager
def serving(workspace: Path, state: Path) -> Iterator[tuple[httpx.Client, subprocess.Popen[str]]]:
    """A client of a service that is ready."""
    process = started(workspace, state)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert "answers at" in line, (state.parent / "serve.log").read_text()
        with httpx.Client(base_url=line.split("answers at ")[1].split()[0], timeout=60) as client:
            yield client, process
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)


def command(*words: str) -> str:
    """What a command of ours prints; it must end well."""
    done = subprocess.run(
        [sys.executable, "-m", "cli", *words], cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def until(what: Callable[[], bool], seconds: float = 120) -> float:
    """Wait until something holds; the seconds it took."""
    began = time.monotonic()
    while not what():
        assert time.monotonic() - began < seconds
        time.sleep(0.1)
    return time.monotonic() - began


class Load:
    """Callers that ask for scores one after the other; which status and version each answer had."""

    def __init__(self, client: httpx.Client, creator_id: str) -> None:
        self.statuses: Counter[int] = Counter()
        self.versions: Counter[str] = Counter()
        self._client, self._body = client, {"campaign": BRIEF, "candidates": [{"creator_id": creator_id}]}
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._ask) for _ in range(4)]

    def _ask(self) -> None:
        with httpx.Client(base_url=self._client.base_url, timeout=60) as client:
            while not self._over.wait(0.02):
                answer = client.post("/v1/score", json=self._body)
                self.statuses[answer.status_code] += 1
                if answer.status_code == 200:
                    self.versions[answer.json()["model"]["version"]] += 1

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()


def version_of(client: httpx.Client) -> str:
    return str(client.get("/v1/model").json()["model"]["version"])


@pytest.mark.proof(
    "Models under load", "Two promotions in a row, a rollback by one command, a broken artefact, the registry gone"
)
def test_models_change_under_load(home: Path, workspace: Path, tmp_path: Path, tried: Tried) -> None:
    creator_id = str(read_tables(workspace, ["creators"])["creators"]["creator_id"].iloc[0])
    with serving(workspace, tmp_path / "state") as (client, _), Load(client, creator_id) as load:
        assert version_of(client) == "1"
        for version in ("2", "3"):
            promote(version, by="the tests", reason="in a row", at=PROMOTED_AT, force=True)
        until(lambda: version_of(client) == "3")
        command("rollback", "--reason", "it sold less", "--by", "the tests")
        took = until(lambda: version_of(client) == "2")
        # A broken artefact: somebody gives the alias to a version whose files are damaged, past the gate.
        hurt = [
            file for file in (home / "mlartifacts").rglob("*") if file.is_file() and file.suffix in (".json", ".txt")
        ]
        broken = damaged(home, "1", hurt)
        set_alias("champion", "1")
        until(lambda: [one["version"] for one in client.get("/v1/model").json()["refused"]] == ["1"])
        assert version_of(client) == "2" and 'model_refused{version="1"} 1.0' in client.get("/metrics").text
        # The registry goes, and comes back with another champion.
        (home / "mlflow.db").rename(home / "away.db")
        time.sleep(4)
        assert client.get("/readyz").status_code == 200 and version_of(client) == "2"
        (home / "away.db").rename(home / "mlflow.db")
        promote("3", by="the tests", reason="again", at=PROMOTED_AT, force=True)
        until(lambda: version_of(client) == "3")
    assert set(load.statuses) == {200} and set(load.versions) == {"1", "2", "3"}, load.statuses
    tried(
        load.statuses[200],
        f"{load.statuses[200]:,} requests meanwhile, 0 failed; the rollback answered after {took:.0f} s; the broken "
        f"one ({broken} files damaged) was refused in `/v1/model` and `/metrics`",
    )


def damaged(home: Path, version: str, files: list[Path]) -> int:
    """Cut the files of one version short; how many."""
    from models.registry import fetch, resolve

    folder = fetch(resolve(version), home)
    mine = [file for file in files if folder in file.parents]
    for file in mine:
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    return len(mine)


@pytest.mark.proof("Models under load", "A service started while its registry is gone, or holds nothing")
def test_without_a_registry_it_does_not_start_and_says_why(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tried: Tried
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/nowhere/mlflow.db")
    process = started(workspace, tmp_path / "state")
    process.communicate(timeout=READY_SECONDS)
    assert process.returncode == 1
    told = (tmp_path / "serve.log").read_text()
    assert "no model registry" in told and "Traceback" not in told and len(told.splitlines()) == 1
    tried(1, "it ends with 1 and one line that says what to run")


@pytest.mark.proof("Killed", "`kill -9` of the whole service while two callers send it outcomes, and its start anew")
def test_kill_9_of_the_service_while_it_takes_outcomes(trained: Trained, tmp_path: Path, tried: Tried) -> None:
    said: dict[str, int] = {}
    rng, state, times = random.Random(5), tmp_path / "state", 5  # noqa: S311 - when to kill, no secret
    lock = threading.Lock()

    def send(url: httpx.URL, caller: int, first: int) -> None:
        with httpx.Client(base_url=url, timeout=30) as client:
            for number in range(first, first + 100_000):
                row = outcome(f"c{caller}-{number // 2}", fee=number)
                try:
                    answer = client.post("/v1/outcomes", json={"outcomes": [row]})
                except httpx.HTTPError:
                    return
                assert answer.status_code == 200, answer.text
                with lock:
                    said[f"{caller} {number}"] = answer.json()["results"][0]["version"]

    for _ in range(times):
        before = len(said)
        with serving(trained.workspace, state) as (client, process):
            firsts = [
                1 + max((int(key.split()[1]) for key in said if key.startswith(f"{c} ")), default=-1) for c in (0, 1)
            ]
            callers = [threading.Thread(target=send, args=(client.base_url, c, firsts[c])) for c in (0, 1)]
            for caller in callers:
                caller.start()
            until(lambda than=before: len(said) > than, 60)  # type: ignore[misc]  # a lambda with a default has no type
            time.sleep(rng.uniform(0.0, 1.5))
            process.kill()
            for caller in callers:
                caller.join()
    store = open_store(URL.create("sqlite", database=str(state / "memory.db")))
    held = {one.collaboration_id: history_of(store, one.collaboration_id) for one in current(store)}
    store.close()
    kept = Counter((name, int(version.row["fee"])) for name, versions in held.items() for version in versions)
    assert all(kept[(f"c{key.split()[0]}-{int(key.split()[1]) // 2}", int(key.split()[1]))] == 1 for key in said)
    assert max(kept.values()) == 1
    assert all([v.version for v in versions] == list(range(1, len(versions) + 1)) for versions in held.values())
    tried(times, f"{len(said):,} acknowledged writes: 0 lost, 0 doubled")
