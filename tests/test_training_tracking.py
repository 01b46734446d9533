"""One run: what it holds, how it ends, and where it goes after a move."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from data.errors import NotEnoughData
from models import registry
from training import tracking


def run_info(run_id: str) -> tuple[str, dict[str, str], dict[str, float], dict[str, str]]:
    with registry.client() as mlflow:
        run = mlflow.get_run(run_id)
    return run.info.status, run.data.params, run.data.metrics, run.data.tags


def test_a_run_keeps_all_that_was_logged(registry_home: Path) -> None:
    with tracking.open_run("x") as run:
        run.params({"seed": 7, "as_of": None})
        run.metrics({"a": 0.5, "unknown": float("nan"), **{f"m{i}": float(i) for i in range(1500)}})
        run.tags({"data": "own"})
        run.files({"report.html": b"<p>", "plots/a.png": b"png"})
    status, params, metrics, tags = run_info(run.run_id)
    assert status == "FINISHED"
    assert params == {"seed": "7", "as_of": "None"}
    assert metrics["a"] == 0.5 and "unknown" not in metrics and len(metrics) == 1501
    assert tags["data"] == "own"
    artefacts = registry_home / "mlartifacts" / run.run_id / "artifacts"
    assert (artefacts / "report.html").read_bytes() == b"<p>"
    assert (artefacts / "plots" / "a.png").read_bytes() == b"png"


@pytest.mark.parametrize(
    ("error", "status", "told"),
    [
        (KeyboardInterrupt(), "KILLED", None),
        (NotEnoughData("no label"), "FAILED", "no label"),
        (ZeroDivisionError(), "FAILED", None),
    ],
)
def test_a_run_that_did_not_end_well_says_so(
    registry_home: Path, error: BaseException, status: str, told: str | None
) -> None:
    with pytest.raises(type(error)), tracking.open_run("x") as run:
        raise error
    found = run_info(run.run_id)
    assert found[0] == status and found[3].get("error") == told


def test_a_polite_stop_from_outside_counts_as_an_interruption(registry_home: Path) -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt), tracking.open_run("x") as run:
        os.kill(os.getpid(), signal.SIGTERM)
        signal.pause()
    assert run_info(run.run_id)[0] == "KILLED"
    assert signal.getsignal(signal.SIGTERM) == before


def test_after_a_move_new_runs_lie_in_the_new_place(
    registry_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tracking.open_run("before") as run:
        run.files({"a": b"1"})
    shutil.move(registry_home, tmp_path / "new")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/new/mlflow.db")
    for name in ("after", "again"):
        with tracking.open_run(name) as run:
            run.files({"a": b"2"})
        assert (tmp_path / "new" / "mlartifacts" / run.run_id / "artifacts" / "a").exists()
    assert not registry_home.exists()
    with registry.client() as mlflow:
        assert {e.name for e in mlflow.search_experiments()} == {"Default", "creatorlift", "creatorlift-2"}


def test_the_commit_of_a_repository_and_of_none(tmp_path: Path) -> None:
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    assert tracking.git_commit(tmp_path) is None
    here = ["git", "-C", str(tmp_path), "-c", "user.name=t", "-c", "user.email=t@example.org"]
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / "a").write_text("1", encoding="utf-8")
    subprocess.run([*here, "add", "a"], check=True)
    subprocess.run([*here, "commit", "-q", "-m", "a"], check=True)
    commit = tracking.git_commit(tmp_path)
    assert commit is not None and len(commit) == 40
    (tmp_path / "a").write_text("2", encoding="utf-8")
    assert tracking.git_commit(tmp_path) == commit + "+changes"


def test_without_git_there_is_no_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert tracking.git_commit(Path(__file__).parent) is None
