"""The operations on what the service remembers: outcomes and jobs."""

from __future__ import annotations

from typing import Any

from serving import idempotency
from serving.operation import Operation
from serving.outcomes import OUTCOMES_PATH, OutcomeHistory, OutcomesRequest, OutcomesResponse

OUTCOMES_EXAMPLE: dict[str, Any] = {
    "outcomes": [
        {
            "collaboration_id": "deal-17", "campaign_id": "spring-25", "creator_id": "cr_00001",
            "agreed_at": "2025-03-15T09:00:00Z", "ended_at": "2025-04-30T00:00:00Z", "fee": 450.0,
            "measure": "holdout", "exposed": 9000, "exposed_conversions": 60, "holdout": 3000,
            "holdout_conversions": 15,
        }
    ]
}  # fmt: skip
MEMORY: tuple[Operation, ...] = (
    Operation(
        "post", OUTCOMES_PATH, "outcomes", "Keep outcomes of collaborations",
        "What became of each row; a faulty row is told and keeps nobody else out.", OutcomesResponse, OutcomesRequest,
        OUTCOMES_EXAMPLE,
        "Rows of the collaborations table. Idempotent by `collaboration_id`: an equal row changes nothing, a different "
        "one becomes a new version, and the old one is kept.",
        {400: None, 409: idempotency.PROBLEM_WORDS[409], 413: None, 422: None, 503: None},
        parameters=(idempotency.PARAMETER,),
    ),
    Operation(
        "get", OUTCOMES_PATH + "/{collaboration_id}", "outcome", "Every version of one outcome",
        "The versions, the first first.",        OutcomeHistory, problems={404: None, 503: None},
        parameters=(
            {"name": "collaboration_id", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}},
        ),
    ),
)  # fmt: skip
"""Operations of `serving.routes_outcomes`."""
