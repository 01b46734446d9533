"""A bento built from a copy of the project runs alone: from an empty folder, without registry, project or copy."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from models.registry import load_scorer
from serving.live import Live
from serving.operations import EXAMPLE
from serving.schemas import ScoreRequest
from tests.conftest import Trained
from tests.proofs import Tried
from tests.serving_fakes import NOW

ROOT = Path(__file__).parent.parent
PARTS = (
    "cli.py",
    "pyproject.toml",
    "requirements.lock",
    "README.md",
    "data",
    "features",
    "models",
    "training",
    "serving",
)
_WITHOUT_PROJECT = """
import sys
# An editable install would lend the bento our own code.
sys.meta_path[:] = [finder for finder in sys.meta_path if "editable" not in repr(finder)]
"""
READY_SECONDS = 180


def built(trained: Trained, folder: Path) -> dict[str, str]:
    """Build a bento as `make bento` does, then remove what it was built from; the environment it can be served in."""
    copy, home, site = folder / "copy", folder / "bentoml", folder / "site"
    copy.mkdir()
    site.mkdir()
    for name in PARTS:
        copied = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copied(ROOT / name, copy / name)
    (site / "sitecustomize.py").write_text(_WITHOUT_PROJECT)
    plain = {
        name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW", "CREATORLIFT", "PYTHON"))
    }
    plain |= {"BENTOML_HOME": str(home), "BENTOML_DO_NOT_TRACK": "True", "PYTHONPATH": str(site),
              "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])}  # fmt: skip
    packing = plain | {"MLFLOW_TRACKING_URI": trained.uri, "PYTHONPATH": str(copy)}
    subprocess.run([sys.executable, "-P", "-m", "serving.packed", "champion"], cwd=copy, env=packing, check=True)
    building = plain | {"PYTHONPATH": f"{site}{os.pathsep}{copy}"}
    subprocess.run([sys.executable, "-P", "-m", "bentoml", "build"], cwd=copy, env=building, check=True)
    shutil.rmtree(copy)
    return plain


@pytest.mark.soak
@pytest.mark.proof(
    "Alone", "A bento, served from an empty folder without registry, network address or the project's code"
)
def test_a_bento_runs_alone(trained: Trained, tmp_path: Path, tried: Tried) -> None:
    environment, empty = built(trained, tmp_path), tmp_path / "empty"
    empty.mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-P", "-m", "bentoml", "serve", "creatorlift:latest", "--port", str(port)]
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=empty, env=environment, stderr=log, stdout=log, start_new_session=True)
    try:
        began = time.monotonic()
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            while not ready(client):
                assert process.poll() is None and time.monotonic() - began < READY_SECONDS, (
                    tmp_path / "log"
                ).read_text()
                time.sleep(0.5)
            told = client.post("/v1/score", json=EXAMPLE)
            assert told.status_code == 200, told.text
            assert client.post("/v1/score", json={}).headers["content-type"] == "application/problem+json"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(60)
    scorer, info = load_scorer("champion")
    expected = Live(scorer, info, None).answer(ScoreRequest.model_validate(EXAMPLE), NOW).response
    assert told.json()["results"] == expected.model_dump(mode="json")["results"]
    tried(1, "the same scores to the last bit as from the registry's model")


def ready(client: httpx.Client) -> bool:
    try:
        return client.get("/readyz").status_code == 200
    except httpx.HTTPError:
        return False
