"""What a job is asked and what is told of it; how one is taken in."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
from pydantic import BaseModel, Field

from data.errors import Fault, InputError, shorten
from data.writing import iso
from serving.files import json_value, parse_brief
from serving.job_files import RESULTS, input_ending, job_folder
from serving.problems import FaultBody, Problem, invalid_body, unknown_version
from serving.responses import read_model
from serving.schemas import ScoreRequest
from serving.store import Store
from serving.store_jobs import Job, Status, add_job

JOBS_PATH = "/v1/jobs"
OPTIONS = ("as_of", "level", "rank_by", "explain", "abstain", "model_version")
_LONGEST_NAME = 200


class JobResponse(BaseModel):
    """One job."""

    job_id: str
    status: Status
    file_name: str
    model_version: str
    as_of: Annotated[str, Field(description="the time of its question, fixed when it was taken in")]
    created_at: str
    started_at: str | None
    finished_at: str | None
    attempts: Annotated[int, Field(description="how often it was begun; a service that stopped meanwhile begins anew")]
    scored: Annotated[int | None, Field(description="candidates with a score, once done")]
    refused: Annotated[int | None, Field(description="candidates without one")]
    message: Annotated[str | None, Field(description="why it failed")]
    errors: Annotated[list[FaultBody], Field(description="what is wrong with its file, when that is why")]
    results: Annotated[dict[str, str], Field(description="where each form of the result is, once done")]


@dataclass(frozen=True)
class Upload:
    """What came with a request: a file that lies in the state folder already, and the fields beside it."""

    part: Path
    """The uploaded file, to be moved into the job's folder."""
    file_name: str
    digest: str
    """SHA-256 of the file."""
    brief: str
    brief_ending: str
    options: Mapping[str, str] = field(default_factory=dict)


def describe(job: Job) -> JobResponse:
    """A job as it is told."""
    done, options = job.status == "done", job.task["options"]
    forms = [form for form in RESULTS if done and form in job.outcome.get("forms", ())]

    def text(time: pd.Timestamp | None) -> str | None:
        return None if time is None else iso(time)

    return JobResponse(
        job_id=job.job_id, status=job.status, file_name=job.file_name, model_version=options["model_version"],
        as_of=options["as_of"], created_at=iso(job.created_at), started_at=text(job.started_at),
        finished_at=text(job.finished_at), attempts=job.attempts, scored=job.outcome.get("scored"),
        refused=job.outcome.get("refused"), message=job.outcome.get("message"),
        errors=[FaultBody(**fault) for fault in job.outcome.get("errors", ())],
        results={form: f"{JOBS_PATH}/{job.job_id}/result?format={form}" for form in forms},
    )  # fmt: skip


def task_of(upload: Upload, *, version: str, now: pd.Timestamp) -> dict[str, Any]:
    """What the job is to do: the brief, the options with their time and version fixed, and which file.

    Raises Problem 422 naming every fault of the brief and the options, 404 for a version that is not live.
    """
    try:
        campaign = parse_brief(upload.brief, upload.brief_ending, Path("brief"))
        ending = input_ending(upload.file_name)
    except InputError as error:
        raise invalid_body(error.faults) from error
    asked = {name: _value(name, text) for name, text in upload.options.items()}
    try:
        body = json.dumps({"campaign": campaign, "candidates": [{"creator_id": "any"}], **asked}, default=json_value)
    except (TypeError, ValueError, RecursionError) as error:
        fault = Fault("brief", shorten(str(error)), "names, text, numbers, dates and lists")
        raise invalid_body([fault]) from error
    checked = read_model(body.encode(), ScoreRequest)
    if checked.model_version not in (None, version):
        raise unknown_version(str(checked.model_version), version)
    as_of = iso(now) if checked.as_of is None else checked.as_of.isoformat()
    return {
        "campaign": json.loads(body)["campaign"], "options": asked | {"as_of": as_of, "model_version": version},
        "file": f"{upload.digest}.{ending}", "asked": _digest(upload),
    }  # fmt: skip


def _digest(upload: Upload) -> str:
    """What tells one upload from another."""
    sent = json.dumps(
        [upload.digest, upload.file_name, upload.brief, upload.brief_ending, sorted(upload.options.items())]
    )
    return hashlib.sha256(sent.encode("utf-8", "surrogatepass")).hexdigest()


def _value(name: str, text: str) -> Any:
    """A form's text as JSON has it; what cannot be is left for the schema to refuse by name."""
    if name == "level":
        try:
            return float(text)
        except ValueError:
            return text
    return {"true": True, "false": False}.get(text, text) if name in ("explain", "abstain") else text


def take_in(
    store: Store,
    state: Path,
    upload: Upload,
    task: Mapping[str, Any],
    *,
    owner: str,
    key: str | None,
    now: pd.Timestamp,
) -> tuple[Job, bool]:
    """Queue the job; the job, and whether it is new: the same `Idempotency-Key` and upload give the same job.

    Raises Problem 422 when the key came with another upload before.
    """
    job_id = secrets.token_hex(12) if key is None else hashlib.sha256(f"{owner}\0{key}".encode()).hexdigest()[:24]
    folder = job_folder(state, job_id)
    folder.mkdir(parents=True, exist_ok=True)
    # Named by its content, so that two uploads under one key cannot take each other's place.
    upload.part.replace(folder / task["file"])
    shown = "".join(char if char.isprintable() else "?" for char in upload.file_name)[:_LONGEST_NAME]
    job, new = add_job(store, job_id, owner, task, shown, at=now)
    if job.task["asked"] != task["asked"]:
        detail = "This Idempotency-Key came with another upload before. Use a new key for another job."
        raise Problem(422, "idempotency-key-reused", "The Idempotency-Key belongs to another upload", detail)
    return job, new
