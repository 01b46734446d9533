"""The operations of the API as plain declarations; `serving.openapi` makes the document of them."""

from __future__ import annotations

from typing import Any

from serving.answers import ModelResponse, ScoreResponse, ShortlistResponse
from serving.explain_schemas import ExplainRequest, ExplainResponse
from serving.operation import PROBLEMS as PROBLEMS
from serving.operation import Operation as Operation
from serving.operations_memory import MEMORY
from serving.plan_schemas import PlanRequest, PlanResponse
from serving.schemas import ScoreRequest
from serving.shortlist_request import ShortlistRequest

EXAMPLE: dict[str, Any] = {
    "campaign": {
        "campaign_id": "spring-25", "brand": "Northpeak", "category": "fitness", "goal": "sales",
        "brief": "Trail running shoes for beginners, light and grippy", "keywords": ["trail running", "shoes"],
        "platform": "instagram", "starts_on": "2025-04-01", "ends_on": "2025-04-30", "currency": "USD",
        "order_value": 95.0, "gross_margin": 0.45, "return_rate": 0.08, "ships_to": ["US", "CA"],
        "handling_cost": 40.0, "target_audience": {"age": {"18-24": 0.4, "25-34": 0.5}},
    },
    "candidates": [
        {
            "creator": {"creator_id": "lena", "platform": "instagram", "followers": 18400, "country": "US"},
            "posts": [
                {
                    "posted_at": "2025-03-01T18:00:00Z", "caption": "Sunday long run #trailrunning", "likes": 930,
                    "comments_count": 41,
                    "comments": [{"posted_at": "2025-03-02T08:10:00Z", "text": "Where can I buy these?"}],
                }
            ],
            "audience": {"age": {"18-24": 0.45, "25-34": 0.35}},
            "fee": 450.0,
        }
    ],
    "as_of": "2025-03-15T00:00:00Z",
}  # fmt: skip
SHORTLIST_EXAMPLE: dict[str, Any] = {
    "campaign": EXAMPLE["campaign"], "k": 20, "fee": 300.0, "rank_by": "profit",
    "filters": {"countries": ["US", "CA"], "followers_min": 5000, "without_flags": ["unsafe_content"]},
}  # fmt: skip
CORE: tuple[Operation, ...] = (
    Operation(
        "post", "/v1/score", "score", "Score 1 to 1,000 candidates for one brief",
        "Results in rank order, and the candidates that got none.", ScoreResponse, ScoreRequest, EXAMPLE,
        "Fit, lift and ROI of each candidate, with intervals at `level`, ranked. Money is in the campaign's currency. "
        "A faulty candidate is listed in `errors` and never fails the others.",
        {404: "The request pins a model version that is not there.", 503: None},
    ),
    Operation(
        "post", "/v1/shortlist", "shortlist", "The best creators of the whole catalogue for one brief",
        "The best in rank order, as of the time the catalogue's creators were built ahead.", ShortlistResponse,
        ShortlistRequest, SHORTLIST_EXAMPLE,
        "Every creator that passes the filters is looked over quickly, the first are scored as /v1/score does, and the "
        "best `k` of them are answered.",
        {404: "There is no catalogue here, or no such model version.",
         503: "No model is loaded, the catalogue is not built yet, or the service is busy; see `Retry-After`."},
    ),
    Operation(
        "post", "/v1/explain", "explain", "One creator of the catalogue for one brief",
        "The score without a fee with its reasons, and every feature beside its peers, with examples.",
        ExplainResponse, ExplainRequest, {"campaign": EXAMPLE["campaign"], "creator_id": "c000001"},
        "Peers are the creators of the same platform with the nearest number of followers.",
        {404: "There is no catalogue here, no such creator, or no such model version.", 503: None},
    ),
    Operation("get", "/v1/model", "model", "What is live and how good it was shown to be", "The live model.",
              ModelResponse, problems={503: None}),
    Operation("get", "/livez", "livez", "Is the process alive", "Alive.", needs_key=False),
    Operation("get", "/readyz", "readyz", "Can it answer", "Ready.", problems={503: None},
              needs_key=False),
    Operation("get", "/metrics", "metrics", "Prometheus metrics", "Exposition text."),
)  # fmt: skip
_PLAN = Operation(
    "post", "/v1/plan", "plan", "Choose a set of creators under a budget",
    "The chosen, what they bring together, and how that compares.", PlanResponse, PlanRequest,
    {**EXAMPLE, "budget": 1000.0},
    "The set with the best expected (or safe) outcome that the budget pays for. People whom several chosen creators "
    "reach are counted once; costs include handling. Every candidate needs a fee. How far the plan may lie from the "
    "best possible one is told in `proof`.",
    {404: "The request pins a model version that is not served here.", 503: None},
)  # fmt: skip
OPERATIONS: tuple[Operation, ...] = (*CORE, _PLAN, *MEMORY)
"""All operations of the service; parts add theirs here."""
