"""The operations on what the service remembers: outcomes and jobs."""

from __future__ import annotations

from typing import Any

from serving import idempotency
from serving.job_files import INPUTS, RESULTS
from serving.jobs import JOBS_PATH, OPTIONS, JobResponse
from serving.operation import Operation
from serving.outcomes import OUTCOMES_PATH, OutcomeHistory, OutcomesRequest, OutcomesResponse

OUTCOMES_EXAMPLE: dict[str, Any] = {
    "outcomes": [
        {
            "collaboration_id": "deal-17", "campaign_id": "spring-25", "creator_id": "c000001",
            "agreed_at": "2025-03-15T09:00:00Z", "ended_at": "2025-04-30T00:00:00Z", "fee": 450.0,
            "measure": "holdout", "exposed": 9000, "exposed_conversions": 60, "holdout": 3000,
            "holdout_conversions": 15,
        }
    ]
}  # fmt: skip
_JOB_ID = {"name": "job_id", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
_BINARY = {"type": "string", "contentMediaType": "application/octet-stream"}
_FORM = {
    "type": "object",
    "required": ["file", "brief"],
    "additionalProperties": False,
    "properties": {
        "file": _BINARY | {"description": "candidates: " + ", ".join("." + ending for ending in INPUTS)},
        "brief": {"type": "string", "description": "the campaign as JSON, or a file ending in .json, .yaml or .toml"},
        **{name: {"type": "string", "description": "as in a score request"} for name in OPTIONS},
    },
}
_MEMORY_503 = "No model is loaded, or the service's memory is away; see `Retry-After`."

MEMORY: tuple[Operation, ...] = (
    Operation(
        "post", OUTCOMES_PATH, "outcomes", "Keep outcomes of collaborations",
        "What became of each row; a faulty row is told and keeps nobody else out.", OutcomesResponse, OutcomesRequest,
        OUTCOMES_EXAMPLE,
        "Rows of the collaborations table. Idempotent by `collaboration_id`: an equal row changes nothing, a different "
        "one becomes a new version, and the old one is kept.",
        {409: idempotency.PROBLEM_WORDS[409], 503: None},
        parameters=(idempotency.PARAMETER,),
    ),
    Operation(
        "get", OUTCOMES_PATH + "/{collaboration_id}", "outcome", "Every version of one outcome",
        "The versions, the first first.",        OutcomeHistory, problems={404: None, 503: None},
        parameters=(
            {"name": "collaboration_id", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}},
        ),
    ),
    Operation(
        "post", JOBS_PATH, "job", "Score a file too large for one request", "The job, queued.", JobResponse,
        description="A form with a file of candidates and a brief. Poll the job at `Location`, then download its "
        "result. The scores are those of a score request with the job's `as_of` and `model_version`.",
        problems={400: "The body is no form.", 404: "The form asks for a model version that is not live.",
                  413: None, 422: None, 503: _MEMORY_503, 507: "The upload cannot be kept."},
        parameters=(idempotency.PARAMETER,), status="202", body={"multipart/form-data": {"schema": _FORM}},
    ),
    Operation(
        "get", JOBS_PATH + "/{job_id}", "job_status", "How far a job is", "The job.", JobResponse,
        problems={404: None, 503: None}, parameters=(_JOB_ID,),
    ),
    Operation(
        "get", JOBS_PATH + "/{job_id}/result", "job_result", "The result of a job", "The file.",
        problems={404: None, 409: "The job is not finished, or failed.", 410: "The result is gone.", 422: None,
                  503: None},
        parameters=(
            _JOB_ID,
            {"name": "format", "in": "query", "required": False, "schema": {"enum": list(RESULTS), "default": "csv"}},
        ),
        content={form.partition(";")[0]: {"schema": _BINARY} for form in RESULTS.values()},
    ),
)  # fmt: skip
"""Operations of `serving.routes_outcomes` and `serving.routes_jobs`."""
