"""One MLflow run: settings, digest, commit, figures, plots and the report; finished, failed or killed, never half."""

from __future__ import annotations

import math
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import unquote, urlsplit

from data.errors import CreatorLiftError
from models import registry

EXPERIMENT = "creatorlift"
_LONGEST_VALUE = 6000


@dataclass(frozen=True)
class Run:
    """An open run; everything is written at once, so what was logged survives an interruption."""

    run_id: str

    def params(self, values: Mapping[str, object]) -> None:
        """Log settings; each value as text."""
        with registry.client() as mlflow:
            for key, value in values.items():
                mlflow.log_param(self.run_id, key, str(value)[:_LONGEST_VALUE])

    def metrics(self, values: Mapping[str, float]) -> None:
        """Log figures; NaN means "could not be measured" and is left out."""
        from mlflow.entities import Metric

        with registry.client() as mlflow:
            # A fixed time and step: a figure belongs to the run, not to a moment in it.
            entries = [Metric(key, float(value), 0, 0) for key, value in values.items() if not math.isnan(value)]
            for start in range(0, len(entries), 1000):
                mlflow.log_batch(self.run_id, metrics=entries[start : start + 1000])

    def tags(self, values: Mapping[str, str]) -> None:
        """Add facts to the run."""
        with registry.client() as mlflow:
            for key, value in values.items():
                mlflow.set_tag(self.run_id, key, value)

    def files(self, contents: Mapping[str, bytes]) -> None:
        """Log files by path inside the run's artefacts, e.g. `plots/lift_by_decile.png`."""
        with tempfile.TemporaryDirectory() as folder, registry.client() as mlflow:
            for name, content in contents.items():
                path = Path(folder) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            mlflow.log_artifacts(self.run_id, folder)


@contextmanager
def open_run(name: str, parent: Run | None = None) -> Iterator[Run]:
    """An MLflow run that ends as FINISHED, FAILED (an error) or KILLED (interrupted by Ctrl-C or SIGTERM).

    With a `parent` it is nested in that run. The registry is not touched here. A process killed outright (SIGKILL,
    power) leaves its run as RUNNING.
    """
    with registry.client() as mlflow:
        tags = {"mlflow.parentRunId": parent.run_id} if parent else {}
        run = mlflow.create_run(_experiment(mlflow), run_name=name, tags=tags)
    run_id: str = run.info.run_id
    status = "FAILED"
    try:
        with _sigterm_as_interrupt():
            yield Run(run_id)
        status = "FINISHED"
    except KeyboardInterrupt:
        status = "KILLED"
        raise
    except CreatorLiftError as error:
        with registry.client() as mlflow:
            mlflow.set_tag(run_id, "error", str(error)[:_LONGEST_VALUE])
        raise
    finally:
        with registry.client() as mlflow:
            mlflow.set_terminated(run_id, status)


def _experiment(mlflow: Any) -> str:
    """Our experiment's id; made when absent.

    An experiment's artefact folder is fixed when it is made. Where the database has been moved since, a further
    experiment (`creatorlift-2`, …) is made with the folder beside the database as it lies now.
    """
    wanted = registry.artifact_root(registry.tracking_uri())
    for number in range(1, 1000):
        name = EXPERIMENT if number == 1 else f"{EXPERIMENT}-{number}"
        found = mlflow.get_experiment_by_name(name)
        if found is None:
            return str(mlflow.create_experiment(name, artifact_location=wanted))
        if found.lifecycle_stage == "active" and (wanted is None or _same_place(found.artifact_location, wanted)):
            return str(found.experiment_id)
    raise AssertionError("a thousand experiments")


def _same_place(one: str, other: str) -> bool:
    return unquote(urlsplit(one).path).rstrip("/") == unquote(urlsplit(other).path).rstrip("/")


@contextmanager
def _sigterm_as_interrupt() -> Iterator[None]:
    """A polite stop from outside counts as Ctrl-C, so that the run is marked and temporary files go."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def git_commit(folder: Path) -> str | None:
    """The commit `folder` is at, `+changes` when files differ from it; None outside a repository or without git."""
    try:
        commit = _git(folder, "rev-parse", "HEAD")
        dirty = _git(folder, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.SubprocessError):
        return None
    return commit + ("+changes" if dirty else "")


def _git(folder: Path, *words: str) -> str:
    done = subprocess.run(  # noqa: S603 - fixed words, no shell
        ["git", "-C", str(folder), *words],  # noqa: S607 - git is wherever PATH has it
        check=True,
        capture_output=True,
        text=True,
        timeout=20,
    )
    return done.stdout.strip()
