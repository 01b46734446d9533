"""One job in a process of its own, at low priority: what a file holds can neither slow the service nor take it down.

    python -P -m serving.job_worker JOB HOLDER

It needs the service's environment. It says every few seconds that it is still at it, and finishes by itself when the
service that began it is gone; put back when it is asked to stop.
"""

from __future__ import annotations

import logging
import os
import resource
import signal
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from data.clock import utc_now
from data.errors import CandidateError, CreatorLiftError, InputError
from data.sources import load_history
from models.registry import load_scorer
from serving import store_jobs
from serving.answers import ScoreResponse
from serving.catalogue import Catalogue
from serving.files import read_candidates, read_request, write_response
from serving.handler import score_each
from serving.job_files import RESULTS, job_folder, refuse_bomb, refuse_rows, without_paths
from serving.logs import set_up
from serving.memory_config import MemorySettings
from serving.schemas import LongScoreRequest, ScoreRequest
from serving.store import Store, open_store
from serving.store_jobs import Job
from serving.store_scores import Entry, write_scores

log = logging.getLogger("creatorlift.jobs")
_BEAT_SECONDS = 3.0
_NICE = 10
_MOST_EXCEL_ROWS = 1_048_575
_LOGGED_AT_ONCE = 2_000
_MOST_ERRORS = 50


def run_job(store: Store, settings: MemorySettings, job: Job, workspace: Path | None) -> dict[str, Any]:
    """Score the job's file and write its results; what came of it, for `store_jobs.finish`.

    Raises InputError for a faulty file, with its user's name for it, and WorkError when the work failed.
    """
    folder = job_folder(settings.state, job.job_id)
    path = folder / job.task["file"]
    try:
        refuse_bomb(path, settings.job_rows)
        candidates = read_candidates(path)
        refuse_rows(path, len(candidates), settings.job_rows)
    except InputError as error:
        raise CandidateError(without_paths(error.faults, path, job.file_name)) from error
    request = read_request(LongScoreRequest, job.task["campaign"], candidates, job.task["options"], Path("brief"))
    answered = answer(request, workspace, job.task["options"]["model_version"], now=job.created_at)
    response = answered.response
    forms = [form for form in RESULTS if form != "xlsx" or len(candidates) <= _MOST_EXCEL_ROWS]
    for form in forms:
        write_response(response, folder / f"result.{form}")
    if settings.score_log_rows:
        _log(store, job, request, answered, settings.score_log_features)
    return {"forms": forms, "scored": len(response.results), "refused": len(response.errors)}


@dataclass(frozen=True)
class AnsweredJob:
    """The answer to a whole file, and the training cut of the model behind it."""

    response: ScoreResponse
    model_as_of: str | None
    features: np.ndarray | None = None


def answer(request: ScoreRequest, workspace: Path | None, version: str, *, now: pd.Timestamp) -> AnsweredJob:
    """Score with a version of the registry and the creators of a workspace; raises as `serving.files.score_files`."""
    scorer, info = load_scorer(version)
    catalogue = None if workspace is None else Catalogue.of(load_history(workspace))
    (told,) = score_each([request], scorer, info, catalogue, now=now)
    return AnsweredJob(told.response, scorer.info.get("as_of"), told.features)


def _log(store: Store, job: Job, request: ScoreRequest, answered: AnsweredJob, most_features: int) -> None:
    """Put what was answered into the score log, as the endpoint does; a log that fails costs no job."""
    at, response = utc_now(), answered.response
    for start in range(0, max(len(response.results), 1), _LOGGED_AT_ONCE):
        part = response.model_copy(
            update={
                "results": response.results[start : start + _LOGGED_AT_ONCE],
                "errors": response.errors if start == 0 else [],
            }
        )
        seen = None
        if answered.features is not None and len(response.results) - start <= most_features:
            # No more than are kept, so that a large file does not fill the disk before the log is pruned.
            seen = answered.features[start : start + _LOGGED_AT_ONCE]
        entry = Entry(job.job_id, "/v1/jobs", at, request.campaign, part, answered.model_as_of, seen)
        try:
            write_scores(store, [entry])
        except CreatorLiftError as error:
            log.warning("job %s is not in the score log: %s", job.job_id, error)
            return


def _told(error: Exception) -> dict[str, Any]:
    """Why a job failed, in words for its user."""
    if isinstance(error, InputError):
        shown = error.faults[:_MOST_ERRORS]
        faults = [{"field": f.where, "got": f.got, "allowed": f.allowed} for f in shown]
        count = len(error.faults)
        return {"message": f"{count} fault{'s' if count != 1 else ''} in the file or the brief", "errors": faults}
    if isinstance(error, CreatorLiftError):
        return {"message": str(error)}
    if isinstance(error, MemoryError):
        return {"message": "it needs more memory than a job may have; split the file"}
    return {"message": "the service failed; its log has the cause"}


def main(argv: Sequence[str]) -> int:
    """Work on one job that `holder` has claimed."""
    job_id, holder = argv
    os.nice(_NICE)
    set_up()
    settings = MemorySettings.from_env(os.environ)
    if settings.job_memory:
        resource.setrlimit(resource.RLIMIT_AS, (settings.job_memory, settings.job_memory))
    store = open_store(settings.url)
    job = store_jobs.job_of(store, job_id)
    if job is None or not store_jobs.beat(store, job_id, holder, at=utc_now()):
        return 0
    threading.Thread(target=_beat, args=(store, job_id, holder), daemon=True).start()
    signal.signal(signal.SIGTERM, lambda *_: _put_back(store, job_id, holder))
    told = os.environ.get("CREATORLIFT_WORKSPACE")
    try:
        outcome: dict[str, Any] = run_job(store, settings, job, Path(told) if told else None)
        status: store_jobs.Ended = "done"
    except Exception as error:
        # Whatever it is, the job must be told as failed, not left running.
        if not isinstance(error, CreatorLiftError | MemoryError):
            log.exception("job %s failed", job_id)
        outcome, status = _told(error), "failed"
    store_jobs.finish(store, job_id, holder, status, outcome, at=utc_now())
    return 0


def _beat(store: Store, job_id: str, holder: str) -> None:
    stop = threading.Event()
    while not stop.wait(_BEAT_SECONDS):
        try:
            mine = store_jobs.beat(store, job_id, holder, at=utc_now())
        except CreatorLiftError as error:
            log.warning("%s", error)
            continue
        if not mine:
            # Somebody else has it, since this process was silent for too long.
            os._exit(1)


def _put_back(store: Store, job_id: str, holder: str) -> None:
    try:
        store_jobs.release(store, job_id, holder)
    finally:
        os._exit(1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
