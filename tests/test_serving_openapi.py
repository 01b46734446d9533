"""The OpenAPI document: complete, resolvable, and as last published in docs/openapi.json."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from serving.openapi import EXAMPLE, document
from serving.schemas import ScoreRequest

SNAPSHOT = Path(__file__).parent.parent / "docs" / "openapi.json"


def parts(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from parts(value)
    elif isinstance(node, list):
        for value in node:
            yield from parts(value)


def test_the_published_document_is_the_current_one() -> None:
    # To publish a change: python -m serving.openapi > docs/openapi.json, and read the difference.
    assert json.loads(SNAPSHOT.read_text("utf-8")) == document()


def test_every_reference_resolves_and_none_is_unused() -> None:
    made = document()
    named = {f"#/components/schemas/{name}" for name in made["components"]["schemas"]}
    used = {part["$ref"] for part in parts(made) if isinstance(part.get("$ref"), str)}
    assert used == named


def test_the_example_is_a_request() -> None:
    ScoreRequest.model_validate_json(json.dumps(EXAMPLE))


def test_fields_have_units_and_examples() -> None:
    fields = document()["components"]["schemas"]["Campaign"]["properties"]
    assert fields["order_value"]["description"] == "a number of at least 0 [money per conversion]"
    assert fields["order_value"]["examples"] == [95.0]
    assert fields["goal"]["enum"] == ["sales", "leads", "signups", "traffic", "awareness", "followers"]
    assert all(field.get("description") for field in fields.values())


def test_answers_hold_numbers_or_null_and_nothing_else_is_allowed_in_requests() -> None:
    schemas = document()["components"]["schemas"]
    assert schemas["ScoreRequest"]["additionalProperties"] is False
    assert schemas["ScoreRequest"]["required"] == ["campaign", "candidates"]
    assert set(schemas["ScoreResult"]["required"]) == set(schemas["ScoreResult"]["properties"])
    assert {"type": "null"} in schemas["ScoreResult"]["properties"]["roi"]["anyOf"]


def test_a_compressed_body_is_among_the_answers_of_whatever_reads_json() -> None:
    told = {path: methods["post"] for path, methods in document()["paths"].items() if "post" in methods}
    reads_json = {path: "application/json" in post["requestBody"]["content"] for path, post in told.items()}
    assert {path: "415" in post["responses"] for path, post in told.items()} == reads_json
    assert sum(reads_json.values()) == 5
