"""The registry asked in a process of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.errors import NoModel, WorkError
from serving.locate import Asking, asked, located


def test_what_the_registry_says_comes_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/none.db")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()  # a folder of the user's that is called like a package of ours
    (tmp_path / "data" / "__init__.py").write_text("raise RuntimeError", "utf-8")
    with Asking("champion", tmp_path) as asking, pytest.raises(NoModel, match="no model registry at"):
        asking.answer()
    assert not (tmp_path / "none.db").exists()


def test_a_crash_of_the_child_is_told_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("serving.locate._ROOT", tmp_path)
    (tmp_path / "serving").mkdir()
    (tmp_path / "serving" / "__init__.py").touch()
    (tmp_path / "serving" / "locate.py").write_text("raise SystemError('broken\\nat once')", "utf-8")
    with Asking("champion", tmp_path) as asking, pytest.raises(WorkError, match=r"could not be asked: at once$"):
        asking.answer()


def test_leaving_early_ends_the_child(tmp_path: Path) -> None:
    with Asking("champion", tmp_path) as asking:
        pass
    assert asking._process.poll() is not None


def test_the_registry_is_asked_while_something_else_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/none.db")
    with asked("champion") as answer, pytest.raises(NoModel, match="no model registry at"):
        answer()  # until here nothing was waited for, and nothing raised
    with asked("champion"), pytest.raises(NoModel), located("champion"):
        pass
