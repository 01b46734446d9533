"""The OpenAPI document, made from the request and answer models: units, ranges and examples are written once."""

from __future__ import annotations

import json
import sys
from functools import cache
from importlib.metadata import version
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from serving.operation import GATE_PROBLEMS, JSON_PROBLEMS, PROBLEMS, Operation
from serving.operations import EXAMPLE as EXAMPLE
from serving.operations import OPERATIONS
from serving.problems import MEDIA_TYPE, ProblemBody

_REF = "#/components/schemas/{model}"
_KEYS = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "an API key"},
    "header": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "the same key"},
}
_TEXT = {"text/plain": {"schema": {"type": "string"}}}


@cache
def document() -> dict[str, Any]:
    """The document as plain data; the same object each time."""
    inputs: list[tuple[str, JsonSchemaMode, TypeAdapter[Any]]] = [
        ("problem", "serialization", TypeAdapter(ProblemBody))
    ]
    for operation in OPERATIONS:
        if operation.request is not None:
            inputs.append((f"{operation.name} request", "validation", TypeAdapter(operation.request)))
        if operation.answer is not None:
            inputs.append((f"{operation.name} answer", "serialization", TypeAdapter(operation.answer)))
    made, shared = TypeAdapter.json_schemas(inputs, ref_template=_REF)
    schemas = shared["$defs"]
    schemas["Problem"] = schemas.pop("ProblemBody")
    paths: dict[str, Any] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _operation(
            operation, {key: schema for (key, _), schema in made.items()}
        )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "CreatorLift",
            "version": version("creatorlift"),
            "summary": "Conversion lift, fit and ROI of a creator for a campaign, before you pay",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": _KEYS},
    }


def _operation(operation: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    content = _TEXT if operation.content is None else dict(operation.content)
    if operation.answer is not None:
        content = {"application/json": {"schema": schemas[f"{operation.name} answer"]}}
    out: dict[str, Any] = {"operationId": operation.name, "summary": operation.summary}
    if operation.description:
        out["description"] = operation.description
    if operation.parameters:
        out["parameters"] = [dict(parameter) for parameter in operation.parameters]
    if operation.request is not None:
        asked: dict[str, Any] = {"schema": schemas[f"{operation.name} request"]}
        asked |= {"example": operation.example} if operation.example is not None else {}
        out["requestBody"] = {"required": True, "content": {"application/json": asked}}
    if operation.body is not None:
        out["requestBody"] = {"required": True, "content": dict(operation.body)}
    reads_json = operation.request is not None
    problems = {**dict.fromkeys(JSON_PROBLEMS if reads_json else ()), **operation.problems}
    if operation.needs_key:
        problems = {**GATE_PROBLEMS, **{s: w for s, w in problems.items() if w is not None or s not in GATE_PROBLEMS}}
        out["security"] = [{"bearer": []}, {"header": []}, {}]
    good = {operation.status: {"description": operation.answered, "content": content}}
    out["responses"] = good | {
        str(status): _problem(words or PROBLEMS[status]) for status, words in sorted(problems.items())
    }
    return out


def _problem(text: str) -> dict[str, Any]:
    return {"description": text, "content": {MEDIA_TYPE: {"schema": {"$ref": _REF.format(model="Problem")}}}}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(document(), indent=1, ensure_ascii=False) + "\n")
