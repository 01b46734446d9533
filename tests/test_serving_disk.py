"""A full disk: what was acknowledged stays, what cannot be kept is refused in words, scores are given all the same."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy.engine import URL

from serving.store import open_store
from serving.store_outcomes import current, history_of
from tests.proofs import Tried
from tests.serving_fakes import BRIEF
from tests.test_serving_api import assert_problem, body
from tests.test_serving_outcomes import outcome

ROOT = Path(__file__).parent.parent
_SERVE = """
import sys
from pathlib import Path
from sqlalchemy.engine import URL
from serving.memory_config import MemorySettings
from tests.serving_running import running_memory
state = Path(sys.argv[1])
url = URL.create("sqlite", database=str(state / "memory.db"))
settings = MemorySettings(url=url, state=state, job_workers=0)
with running_memory(settings) as (client, _):
    print(client.base_url, flush=True)
    for line in sys.stdin:
        if line.strip() == "fill":
            try:
                with (state / "filler").open("wb", buffering=0) as filler:
                    while filler.write(bytes(4096)) == 4096:
                        pass
            except OSError:
                pass
        elif line.strip() == "free":
            (state / "filler").unlink()
        elif line.strip() == "copy":
            import shutil
            for file in state.glob("memory.db*"):
                shutil.copy(file, sys.argv[2])
        print("done", flush=True)
"""
"""A service whose state lies on a small disk; it fills the disk, frees it and copies its memory when told to."""


class Small:
    """A service on a disk of two megabytes."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None and process.stdin is not None
        self._in, self._out = process.stdin, process.stdout
        self.client = httpx.Client(base_url=self._out.readline().strip(), timeout=30)

    def tell(self, what: str) -> None:
        print(what, file=self._in, flush=True)
        assert self._out.readline() == "done\n"


@contextmanager
def small_disk(folder: Path, copies: Path) -> Iterator[Small]:
    """The disk is mounted for this process alone and is gone with it; skips where nobody may mount one."""
    asked = ["unshare", "--mount"] if os.getuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
    if shutil.which("unshare") is None or subprocess.run([*asked, "true"], capture_output=True, check=False).returncode:
        pytest.skip("a small disk cannot be mounted here")
    script = 'mount -t tmpfs -o size=2m tmpfs "$1" && shift && exec "$@"'
    command = [*asked, "sh", "-c", script, "sh", str(folder), sys.executable, "-c", _SERVE, str(folder), str(copies)]
    with subprocess.Popen(
        command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True,
    ) as process:  # fmt: skip
        small = Small(process)
        try:
            yield small
        finally:
            small.client.close()
            process.communicate(timeout=60)


@pytest.mark.proof(
    "Disk full", "The disk of the service's memory fills while outcomes, scores and uploads come, and is freed"
)
def test_a_full_disk(tmp_path: Path, tried: Tried) -> None:
    folder, copies = tmp_path / "small", tmp_path / "copies"
    folder.mkdir()
    copies.mkdir()
    kept, refused = [], 0
    with small_disk(folder, copies) as small:
        client = small.client

        def send(number: int) -> None:
            nonlocal refused
            answer = client.post("/v1/outcomes", json={"outcomes": [outcome(f"d{number}", fee=number)]})
            if answer.status_code == 200:
                kept.append(number)
            else:
                refused += 1
                assert_problem(answer, 503, "store-unavailable")
                assert answer.headers["retry-after"]

        for number in range(5):
            send(number)
        small.tell("fill")
        for number in range(5, 50):
            send(number)
        assert refused > 20
        assert client.post("/v1/score", json=body()).status_code == 200
        assert client.get("/readyz").status_code == client.get("/livez").status_code == 200
        rows = b"creator_id,fee\n" + b"ana,1\n" * 20_000
        form = {"brief": json.dumps(BRIEF)}
        answer = client.post("/v1/jobs", files={"file": ("c.csv", rows)}, data=form)
        assert answer.headers["retry-after"] and assert_problem(answer, 507, "no-room")
        small.tell("free")
        for number in range(50, 55):
            send(number)
        assert kept[-5:] == list(range(50, 55))
        assert client.post("/v1/jobs", files={"file": ("c.csv", rows)}, data=form).status_code == 202
        small.tell("copy")
    store = open_store(URL.create("sqlite", database=str(copies / "memory.db")))
    held = [(one.collaboration_id, len(history_of(store, one.collaboration_id))) for one in current(store)]
    store.close()
    assert sorted(held) == sorted((f"d{number}", 1) for number in kept)
    tried(1, f"{len(kept)} outcomes acknowledged, all kept once; {refused} refused with 503, 0 of them kept; an upload "
             "507; scores went on")  # fmt: skip
