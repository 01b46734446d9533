"""Plans of creators built ahead: the bits of the tables."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from data.sources import load_history
from models.creators import Creators
from models.registry import load_scorer
from serving.catalogue import Catalogue
from serving.operations import SHORTLIST_EXAMPLE
from serving.plan_schemas import PlanRequest
from serving.planning import plan
from tests.conftest import Trained

NOW = pd.Timestamp("2026-03-01T00:00:00Z").as_unit("us")


def test_a_plan_of_creators_built_ahead_is_that_of_the_tables(
    trained: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    scorer, info = load_scorer()
    history = load_history(trained.workspace)
    built = Creators.of(history, NOW, scorer.reference)
    offered = [{"creator_id": one, "fee": 1.0 + n} for n, one in enumerate(built.names(np.arange(30)))]
    body = {
        "campaign": {**SHORTLIST_EXAMPLE["campaign"], "platform": None}, "candidates": offered, "budget": 400.0,
        "must_have": [offered[0]["creator_id"], offered[3]["creator_id"]],
    }  # fmt: skip
    request = PlanRequest.model_validate_json(json.dumps(body))
    from_tables = plan(request, scorer, info, Catalogue.of(history), now=NOW)
    ahead = Catalogue.of(history, built)
    # The tables are not read again: what was built answers.
    monkeypatch.setattr(type(scorer), "score", None)
    from_built = plan(request, scorer, info, ahead, now=NOW)
    assert from_built == from_tables and len(from_built.chosen) >= 2
    # Asked as of no time, the creators built ahead answer as of theirs, as they do for scores.
    assert plan(request, scorer, info, ahead, now=NOW + pd.Timedelta(days=9)) == from_built
