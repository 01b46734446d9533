"""The OpenAPI document, made from the request and answer models: units, ranges and examples are written once."""

from __future__ import annotations

import json
import sys
from functools import cache
from importlib.metadata import version
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from serving.answers import ModelResponse, ScoreResponse
from serving.problems import MEDIA_TYPE, ProblemBody
from serving.schemas import ScoreRequest

_REF = "#/components/schemas/{model}"
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


def _problem(text: str) -> dict[str, Any]:
    return {"description": text, "content": {MEDIA_TYPE: {"schema": {"$ref": _REF.format(model="Problem")}}}}


def _answer(text: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": text, "content": {"application/json": {"schema": schema}}}


def _plain(text: str) -> dict[str, Any]:
    return {"description": text, "content": {"text/plain": {"schema": {"type": "string"}}}}


@cache
def document() -> dict[str, Any]:
    """The document as plain data; the same object each time."""
    inputs: list[tuple[str, JsonSchemaMode, TypeAdapter[Any]]] = [
        ("request", "validation", TypeAdapter(ScoreRequest)),
        ("answer", "serialization", TypeAdapter(ScoreResponse)),
        ("model", "serialization", TypeAdapter(ModelResponse)),
        ("problem", "serialization", TypeAdapter(ProblemBody)),
    ]
    made, shared = TypeAdapter.json_schemas(inputs, ref_template=_REF)
    schemas = shared["$defs"]
    of = {key: made[key, mode] for key, mode, _ in inputs}
    schemas["Problem"] = schemas.pop("ProblemBody")
    not_ready = _problem("No model is loaded; `detail` says why. Ask again after `Retry-After` seconds.")
    score = {
        "operationId": "score",
        "summary": "Score 1 to 1,000 candidates for one brief",
        "description": "Fit, lift and ROI of each candidate, with intervals at `level`, ranked. Money is in the "
        "campaign's currency. A faulty candidate is listed in `errors` and never fails the others.",
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": of["request"], "example": EXAMPLE}},
        },
        "responses": {
            "200": _answer("Results in rank order, and the candidates that got none.", of["answer"]),
            "400": _problem("The body is not JSON."),
            "404": _problem("The request pins a model version that is not served here."),
            "413": _problem("The body is too large."),
            "422": _problem("The body does not fit the schema; `errors` lists every fault."),
            "503": not_ready,
        },
    }
    about = {"operationId": "model", "summary": "What is live and how good it was shown to be",
             "responses": {"200": _answer("The live model.", of["model"]), "503": not_ready}}  # fmt: skip
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "CreatorLift",
            "version": version("creatorlift"),
            "summary": "Conversion lift, fit and ROI of a creator for a campaign, before you pay",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": {
            "/v1/score": {"post": score},
            "/v1/model": {"get": about},
            "/livez": {"get": _probe("livez", "Is the process alive", {"200": _plain("Alive.")})},
            "/readyz": {"get": _probe("readyz", "Can it answer", {"200": _plain("Ready."), "503": not_ready})},
            "/metrics": {"get": _probe("metrics", "Prometheus metrics", {"200": _plain("Exposition text.")})},
        },
        "components": {"schemas": schemas},
    }


def _probe(name: str, summary: str, responses: dict[str, Any]) -> dict[str, Any]:
    return {"operationId": name, "summary": summary, "responses": responses}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(document(), indent=1, ensure_ascii=False) + "\n")
