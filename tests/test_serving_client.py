"""The typed client against a service with a trained model: its answers are those of the service, as classes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from serving.client import ApiError, Client
from serving.operations import SHORTLIST_EXAMPLE
from tests.conftest import Trained
from tests.serving_real import running_real

BRIEF: dict[str, Any] = {**SHORTLIST_EXAMPLE["campaign"], "platform": None}


def test_plans_explanations_and_shortlists(trained_once: Trained, tmp_path: Path) -> None:
    with running_real(trained_once, tmp_path) as (http, one):
        client = Client(str(http.base_url), tries=1)
        candidates = [{"creator_id": one, "fee": 5.0}]
        plan = client.plan(BRIEF, candidates, 500.0, must_have=[one])
        assert [choice.creator_id for choice in plan.chosen] == [one]
        answers: dict[str, tuple[object, dict[str, Any]]] = {
            "/v1/plan": (plan,
                         {"campaign": BRIEF, "candidates": candidates, "budget": 500.0, "must_have": [one]}),
            "/v1/explain": (client.explain(BRIEF, one), {"campaign": BRIEF, "creator_id": one}),
            "/v1/shortlist": (client.shortlist(BRIEF, k=3, fee=20.0), {"campaign": BRIEF, "k": 3, "fee": 20.0}),
        }  # fmt: skip
        for path, (answer, body) in answers.items():
            assert TypeAdapter(type(answer)).validate_json(http.post(path, json=body).content) == answer
        with pytest.raises(ApiError, match="404 unknown-creator"):
            client.explain(BRIEF, "nobody")
