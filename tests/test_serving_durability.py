"""What was acknowledged is kept, once, whatever dies: the writer, or the database; and no key is ever in a log."""

from __future__ import annotations

import logging
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from serving.memory_config import MemorySettings
from serving.store import open_store
from serving.store_keys import create_key, revoke_key
from serving.store_outcomes import current, history_of
from serving.store_scores import read_scores
from tests.proofs import Tried
from tests.serving_fakes import NOW
from tests.serving_running import running_memory
from tests.store_servers import running_postgres, stopped
from tests.test_serving_api import assert_problem, body
from tests.test_serving_outcomes import outcome

ROOT = Path(__file__).parent.parent
_WRITE = """
import sys, pandas as pd
from sqlalchemy.engine import make_url
from serving.store import open_store
from serving.store_outcomes import record
store, start = open_store(make_url(sys.argv[1])), int(sys.argv[2])
at = pd.Timestamp("2025-06-01", tz="UTC")
for number in range(start, start + 10_000):
    row = {"collaboration_id": f"d{number // 2}", "campaign_id": "c", "creator_id": "a",
           "agreed_at": "2025-04-01T00:00:00Z", "fee": number}
    print(number, record(store, [row], at=at, by="me")[0][1], flush=True)
"""
"""Writes each outcome, then its correction, and says so after each."""


def kill_writers(url: URL, times: int, seed: int) -> str:
    """Kill a writer in the middle of its work, so many times; then look whether anything it said is missing."""
    rng = random.Random(seed)  # noqa: S311 - when to kill, no secret
    said: dict[int, int] = {}
    for _ in range(times):
        start = max(said, default=-1) + 1
        command = [sys.executable, "-c", _WRITE, url.render_as_string(hide_password=False), str(start)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            lines = [writer.stdout.readline()]
            time.sleep(rng.uniform(0.0, 0.4))
            writer.send_signal(signal.SIGKILL)
            lines += writer.stdout.read().splitlines()
        said |= {int(line.split()[0]): int(line.split()[1]) for line in lines if len(line.split()) == 2}
    store = open_store(url)
    held = {stored.collaboration_id: history_of(store, stored.collaboration_id) for stored in current(store)}
    store.close()
    fees = {int(version.row["fee"]): version.version for versions in held.values() for version in versions}
    # Nothing that was said is missing, and nothing is there twice: a write that was not said may be there, once.
    assert {number: fees.get(number) for number in said} == said
    assert len(fees) == sum(len(versions) for versions in held.values())
    assert all([v.version for v in versions] == list(range(1, len(versions) + 1)) for versions in held.values())
    assert len(said) >= times
    return f"{len(said):,} acknowledged writes: 0 lost, 0 doubled, every history without a gap"


def test_no_acknowledged_outcome_is_lost_or_doubled_when_its_writer_is_killed(store_at: URL) -> None:
    kill_writers(store_at, 2, seed=1)


@pytest.mark.soak
@pytest.mark.proof("Killed", "`kill -9` of a process that writes outcomes and corrections, on SQLite and on PostgreSQL")
def test_nor_in_two_hundred_kills(store_at: URL, tried: Tried) -> None:
    told = kill_writers(store_at, 200, seed=2)
    tried(200, f"{store_at.get_backend_name()}: {told}")


@pytest.mark.proof("The database away", "PostgreSQL stopped and started under a running service")
def test_a_database_that_goes_and_comes_back_needs_no_restart(tmp_path: Path) -> None:
    with running_postgres() as server:
        settings = MemorySettings(url=server, state=tmp_path / "state", job_workers=0)
        with running_memory(settings) as (client, _):
            assert client.post("/v1/outcomes", json={"outcomes": [outcome("d1")]}).json()["created"] == 1
            with stopped(server):
                answer = client.post("/v1/outcomes", json={"outcomes": [outcome("d2")]})
                assert_problem(answer, 503, "store-unavailable")
                assert answer.headers["retry-after"] == "5"
                assert client.post("/v1/score", json=body()).status_code == 200
                assert client.get("/readyz").status_code == 200
            assert client.post("/v1/outcomes", json={"outcomes": [outcome("d2")]}).json()["created"] == 1
            assert client.post("/v1/score", json=body({"creator_id": "bo"})).status_code == 200
        store = open_store(server)
        assert [stored.collaboration_id for stored in current(store)] == ["d1", "d2"]
        assert "bo" in read_scores(store)["creator_id"].tolist()
        store.close()


@pytest.mark.proof(
    "The database away", "SQLite's file taken away, a folder or junk in its place, and the file put back"
)
def test_a_file_that_is_taken_away_and_put_back(tmp_path: Path, tried: Tried) -> None:
    state = tmp_path / "state"
    url = URL.create("sqlite", database=str(state / "memory.db"))
    with running_memory(MemorySettings(url=url, state=state, job_workers=0)) as (client, _):

        def send(name: str, status: int) -> None:
            answer = client.post("/v1/outcomes", json={"outcomes": [outcome(name)]})
            assert answer.status_code == status, answer.text
            if status == 503:
                assert_problem(answer, 503, "store-unavailable")
            assert client.post("/v1/score", json=body()).status_code == client.get("/readyz").status_code == 200

        send("d1", 200)
        away = tmp_path / "away"
        shutil.copytree(state, away)
        for file in state.glob("memory.db*"):
            file.unlink()
        send("d2", 503)
        (state / "memory.db").mkdir()
        send("d3", 503)
        (state / "memory.db").rmdir()
        (state / "memory.db").write_bytes(b"no database" * 1_000)
        send("d4", 503)
        for file in away.glob("memory.db*"):
            shutil.copy(file, state)
        send("d5", 200)
        send("d2", 200)
    store = open_store(url)
    assert [stored.collaboration_id for stored in current(store)] == ["d1", "d2", "d5"]
    store.close()
    tried(3, "outcomes 503 and not kept, scores went on; without a restart the file is used again, nothing lost")


@pytest.mark.proof("The database away", "PostgreSQL away at the start")
def test_a_service_begun_while_its_database_is_away_keeps_nobody_waiting_for_a_restart(tmp_path: Path) -> None:
    with running_postgres() as server:
        settings = MemorySettings(url=server, state=tmp_path / "state", job_workers=0)
        with stopped(server):
            running = running_memory(settings)
            client, _ = running.__enter__()
            assert client.post("/v1/score", json=body()).status_code == 503
            assert client.get("/livez").status_code == 200
        try:
            until = time.monotonic() + 20
            while (status := client.post("/v1/score", json=body()).status_code) == 503 and time.monotonic() < until:
                time.sleep(0.2)
            assert status == 200
        finally:
            running.__exit__(None, None, None)


@pytest.mark.proof(
    "Keys", "A good, a revoked and a wrong key in headers and addresses, then looked for in every log line and file"
)
def test_a_key_is_in_no_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    url = URL.create("sqlite", database=str(tmp_path / "state" / "memory.db"))
    store = open_store(url)
    good, revoked = (create_key(store, "shop", ["score"], at=NOW, by="ada")[1] for _ in range(2))
    revoke_key(store, revoked, at=NOW)
    store.close()
    wrong = good[:-6] + "AAAAAA"
    with (
        caplog.at_level(logging.DEBUG),
        running_memory(MemorySettings(url=url, state=tmp_path / "state")) as (client, _),
    ):
        for token, status in ((good, 200), (revoked, 401), (wrong, 401)):
            for headers in ({"Authorization": f"Bearer {token}"}, {"X-API-Key": token}):
                assert client.post("/v1/score", json=body(), headers=headers).status_code == status
                assert client.post("/v1/outcomes", json={}, headers=headers).status_code in (401, 403)
                answer = client.get(f"/v1/nothing?key={token}", headers=headers)
                assert token not in answer.text
    lines = [r.getMessage() + str(r.exc_text or "") for r in caplog.records if not r.name.startswith("httpx")]
    for token in (good, revoked, wrong):
        assert not any(token in line or token.split("_", 2)[2] in line for line in lines)
    files = [path.read_bytes() for path in (tmp_path / "state").rglob("*") if path.is_file()]
    assert not any(token.split("_", 2)[2].encode() in data for data in files for token in (good, revoked))
