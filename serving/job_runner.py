"""Begins jobs beside the service, so many at once, each in a process of its own; and forgets old ones."""

from __future__ import annotations

import logging
import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from data.errors import CreatorLiftError
from serving import store_idempotency, store_jobs
from serving.job_files import jobs_folder, remove_job
from serving.memory_config import MemorySettings
from serving.problems import Problem
from serving.store import Store

log = logging.getLogger("creatorlift.jobs")
_ROOT = Path(__file__).parent.parent
_LOOK_SECONDS = 5.0
_WATCH_SECONDS = 0.2
_CLEAN_SECONDS = 300.0
_STOP_SECONDS = 10.0
_STRAY_HOURS = 24


@dataclass
class _Begun:
    job_id: str
    holder: str
    process: subprocess.Popen[bytes]


class JobRunner:
    """Begins what is queued; `wake` says that something was."""

    def __init__(
        self,
        store: Callable[[], Store],
        settings: MemorySettings,
        now: Callable[[], pd.Timestamp],
        environment: Mapping[str, str],
    ) -> None:
        """`environment`: what a job needs of the service's own: workspace, registry, store."""
        self._store, self._settings, self._now = store, settings, now
        self._environment = {**os.environ, **environment, "PYTHONPATH": _path()}
        self._begun: list[_Begun] = []
        self._wake = threading.Event()
        self._stopping = False
        self._cleaned_at = -_CLEAN_SECONDS
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Look at once."""
        self._wake.set()

    def stop(self) -> None:
        """Begin nothing more; jobs under way are put back, for whoever serves next."""
        self._stopping = True
        self._wake.set()
        self._thread.join(_STOP_SECONDS)
        for begun in self._begun:
            begun.process.terminate()
        for begun in self._begun:
            try:
                begun.process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                begun.process.kill()
                begun.process.wait()

    def _run(self) -> None:
        while not self._stopping:
            self._wake.wait(_WATCH_SECONDS if self._begun else _LOOK_SECONDS)
            self._wake.clear()
            try:
                self._step()
            except (CreatorLiftError, Problem) as error:
                log.warning("jobs wait: %s", error)
            except Exception:
                # Whatever it is, jobs must go on once it is over.
                log.exception("jobs wait")

    def _step(self) -> None:
        store = self._store()
        for begun in [b for b in self._begun if b.process.poll() is not None]:
            self._begun.remove(begun)
            store_jobs.lost(store, begun.job_id, begun.holder, at=self._now())
        while not self._stopping:
            holder = secrets.token_hex(8)
            job = store_jobs.claim(store, holder, most=self._settings.job_workers, at=self._now())
            if job is None:
                break
            # -P: a folder called `data` where the service stands is not ours. A session of its own: Ctrl-C is for us.
            command = [sys.executable, "-P", "-m", "serving.job_worker", job.job_id, holder]
            process = subprocess.Popen(  # noqa: S603 - our own module, arguments as a list
                command, env=self._environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                start_new_session=True,
            )  # fmt: skip
            self._begun.append(_Begun(job.job_id, holder, process))
        if time.monotonic() - self._cleaned_at > _CLEAN_SECONDS:
            self._cleaned_at = time.monotonic()
            self.clean()

    def clean(self) -> None:
        """Let results and idempotency records go whose time is over, and files that belong to no job."""
        store, now = self._store(), self._now()
        store_idempotency.prune(store, now)
        while gone := store_jobs.expire(store, before=now - pd.Timedelta(hours=self._settings.job_hours)):
            for job_id in gone:
                remove_job(self._settings.state, job_id)
        folder = jobs_folder(self._settings.state)
        for path in folder.iterdir() if folder.is_dir() else ():
            old = now.timestamp() - path.stat().st_mtime > _STRAY_HOURS * 3_600
            if old and (not path.name.isalnum() or _is_stray(store, path.name)):
                remove_stray(path)


def _is_stray(store: Store, job_id: str) -> bool:
    job = store_jobs.job_of(store, job_id)
    return job is None or job.status == "expired"


def remove_stray(path: Path) -> None:
    """Remove a file or folder of the jobs' folder."""
    if path.is_dir():
        remove_job(path.parent.parent, path.name)
    else:
        path.unlink(missing_ok=True)


def _path() -> str:
    return os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH")]))
