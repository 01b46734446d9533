"""`POST /v1/jobs`, `GET /v1/jobs/{job_id}` and `GET /v1/jobs/{job_id}/result`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from data.errors import Fault
from serving import idempotency
from serving.answers import json_bytes
from serving.context import Context
from serving.gate import LOCAL, OWNER
from serving.job_files import RESULTS, job_folder
from serving.job_upload import read_upload, removed_unless_done
from serving.jobs import JOBS_PATH, Upload, describe, take_in, task_of
from serving.problems import Problem, invalid_body
from serving.responses import JSON
from serving.store_jobs import Job, job_of, unfinished
from serving.working import counted

_TAKEN_IN = 202
_MOST_UNFINISHED = 100
"""Jobs of one key that are queued or running."""


def routes(context: Context) -> list[BaseRoute]:
    """Jobs in, how far they are, and their results."""
    memory = context.memory

    def queued(upload: Upload, owner: str, key: str | None) -> tuple[Job, bool]:
        version, store = context.ready().info.version, memory.store()
        with removed_unless_done(upload.part):
            task = task_of(upload, version=version, now=context.now())
            if unfinished(store, owner) >= _MOST_UNFINISHED:
                detail = f"{_MOST_UNFINISHED} jobs of this key are not finished; wait until some are."
                raise Problem(429, "too-many-jobs", "Too many jobs", detail, headers=(("Retry-After", "60"),))
            return take_in(store, memory.settings.state, upload, task, owner=owner, key=key, now=context.now())

    async def post(request: Request) -> Response:
        with counted(context, JOBS_PATH) as told:
            context.ready()
            key = idempotency.read_key(request.headers.get(idempotency.HEADER))
            upload = await read_upload(request, memory.settings.state, memory.settings.job_bytes)
            job, new = await memory.run(queued, upload, request.scope.get(OWNER, LOCAL), key)
            told.append(_TAKEN_IN)
        memory.wake_jobs()
        headers = {"Location": f"{JOBS_PATH}/{job.job_id}"} | ({} if new else {idempotency.REPLAYED: "true"})
        return Response(json_bytes(describe(job)), _TAKEN_IN, media_type=JSON, headers=headers)

    def found(job_id: str, owner: str) -> Job:
        job = job_of(memory.store(), job_id) if job_id.isascii() and job_id.isalnum() else None
        if job is None or job.owner != owner:
            raise Problem(404, "unknown-job", "There is no such job", "No job of this key has this id.")
        return job

    async def get(request: Request) -> Response:
        job = await memory.run(found, request.path_params["job_id"], request.scope.get(OWNER, LOCAL))
        return Response(json_bytes(describe(job)), media_type=JSON)

    async def result(request: Request) -> Response:
        job = await memory.run(found, request.path_params["job_id"], request.scope.get(OWNER, LOCAL))
        form = request.query_params.get("format", "csv")
        path = _result(job, form, lambda: job_folder(memory.settings.state, job.job_id))
        return FileResponse(path, media_type=RESULTS[form], filename=f"creatorlift-{job.job_id}.{form}")

    return [
        Route(JOBS_PATH, post, methods=["POST"]),
        Route(JOBS_PATH + "/{job_id}", get, methods=["GET"]),
        Route(JOBS_PATH + "/{job_id}/result", result, methods=["GET"]),
    ]


def _result(job: Job, form: str, folder: Callable[[], Path]) -> Path:
    """The file of a result; a Problem saying why there is none."""
    if form not in RESULTS:
        raise invalid_body([Fault("format", form[:40], ", ".join(RESULTS))])
    if job.status in ("queued", "running"):
        detail = f"The job is {job.status}; ask {JOBS_PATH}/{job.job_id} until it is done."
        raise Problem(409, "job-unfinished", "The job is not finished", detail, headers=(("Retry-After", "2"),))
    if job.status == "failed":
        faults = [Fault(fault["field"], fault["got"], fault["allowed"]) for fault in job.outcome.get("errors", ())]
        raise Problem(409, "job-failed", "The job failed", str(job.outcome.get("message")), tuple(faults))
    path = folder() / f"result.{form}"
    if job.status == "expired" or not path.is_file():
        if job.status == "done" and form not in job.outcome.get("forms", ()):
            detail = f"This result does not fit into .{form}; take another form."
            raise Problem(404, "no-such-form", "The result has no such form", detail)
        raise Problem(410, "job-expired", "The result is gone", "Results are kept for some days; send the job again.")
    return path
