"""A plan request to a plan: whom it may choose from, what it tells, and how its rules are refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from data.errors import BriefError, NoModel, UsageError
from serving import pinned
from serving.command_plan import COLUMNS, niche_rule, plan_page, plan_table
from serving.config import ServeSettings
from serving.files import read_request
from serving.live import Live
from serving.plan_schemas import PlanRequest, PlanResponse
from serving.planning import plan
from serving.problems import Problem
from serving.responses import read_model
from serving.service import make_service
from tests.serving_fakes import BRIEF, INFO, NOW, FakeScorer, catalogue, inline
from tests.serving_running import running
from tests.test_serving_core import broken, found


class Scorer(FakeScorer):
    """With a baseline rate that is known to a tenth."""

    def score(self, *args: Any, **options: Any) -> pd.DataFrame:
        scores = super().score(*args, **options)
        rates = {f"baseline_rate_{end}": rate for end, rate in (("expected", 0.01), ("low", 0.009), ("high", 0.011))}
        return scores.assign(**rates)


def ask(candidates: list[Any], budget: float = 5_000.0, **more: Any) -> PlanResponse:
    body = {"campaign": BRIEF, "candidates": candidates, "budget": budget, **more}
    request = read_model(json.dumps(body).encode(), PlanRequest)
    return plan(request, Scorer(), INFO, catalogue(), now=NOW)


CANDIDATES = [{"creator_id": "ana", "fee": 100}, {"creator_id": "bo", "fee": 900}, inline("zoe") | {"fee": 2_000}]


def test_the_best_set_is_told_with_what_it_is_compared_with() -> None:
    told = ask(CANDIDATES)
    # ana: 1,000 people x 1 % x 45 = 450; bo: 2,250; zoe: 315 for 2,000
    assert [choice.creator_id for choice in told.chosen] == ["bo", "ana"]
    assert [(left.creator_id, left.reason) for left in told.not_chosen] == [("zoe", "only_costs")]
    assert told.totals.cost == 1_000.0
    assert told.totals.exposed == pytest.approx(6_000.0, rel=0.01)
    profit = told.totals.profit
    assert None not in (profit.low, profit.high)
    assert profit.expected == pytest.approx(1_700.0, rel=0.01)
    assert sum(choice.profit for choice in told.chosen) == pytest.approx(profit.expected)
    assert told.one_large_creator is not None and told.one_large_creator.creator_id == "bo"
    assert told.proof.gap == pytest.approx(0.0, abs=1e-3)
    assert [point.budget for point in told.curve] == [5_000 * share for share in (0.25, 0.5, 0.75, 1, 1.25, 1.5, 2)]
    assert told.chosen[1].untried  # ana's past collaboration was never measured
    assert not told.errors


def test_rules_are_kept() -> None:
    assert [c.creator_id for c in ask(CANDIDATES, must_have=["zoe"], never=["bo"]).chosen] == ["ana", "zoe"]
    assert [c.creator_id for c in ask(CANDIDATES, budget=150.0).chosen] == ["ana"]
    assert len(ask(CANDIDATES, min_creators=3, mode="safe").chosen) == 3
    assert [c.creator_id for c in ask(CANDIDATES, max_creators=1, maximise="conversions").chosen] == ["bo"]


def test_candidates_that_cannot_be_hired_are_told() -> None:
    told = ask([*CANDIDATES, {"creator_id": "ana", "fee": 1}, {"creator_id": "bo"}, {"creator_id": "who", "fee": 1}])
    assert [(e.index, e.code) for e in told.errors] == [
        (3, "repeated_candidate"), (4, "no_fee"), (5, "unknown_creator")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"must_have": ["nobody"]}, "can be scored and has a fee"),
        ({"niches": {"food": {"min": 1}}}, "a category no candidate has"),
        ({"min_creators": 3, "budget": 200.0}, "looser rules"),
    ],
)
def test_rules_nobody_can_keep(more: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        ask(CANDIDATES, **more)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"budget": 0}, "budget"), ({"mode": "bold"}, "mode"), ({"niches": {"a": {"min": 3, "max": 1}}}, "niches.a"),
        ({"min_creators": 3, "max_creators": 1}, "body"), ({"explore_share": 2}, "explore_share"),
    ],
)  # fmt: skip
def test_a_faulty_body_is_refused_with_its_field(more: dict[str, Any], field: str) -> None:
    with pytest.raises(Problem) as caught:
        ask(CANDIDATES, **more)
    assert caught.value.status == 422
    assert [fault.where for fault in caught.value.faults] == [field]


def test_nobody_to_plan_with() -> None:
    with pytest.raises(UsageError, match="first fault: fee"):
        ask([{"creator_id": "ana"}])


def test_the_table_has_a_row_per_candidate() -> None:
    table = plan_table(ask([*CANDIDATES, {"creator_id": "bo"}]))
    assert list(table.columns) == list(COLUMNS)
    assert table["creator_id"].tolist() == ["bo", "ana", "zoe", "bo"]
    assert table["chosen"].tolist() == [True, True, False, False]
    assert table["why_not"].tolist()[2] == "costs more than it brings"


def test_the_page_names_the_chosen_and_the_comparison() -> None:
    from rich.console import Console

    console = Console(width=110)
    with console.capture() as caught:
        console.print(plan_page(ask(CANDIDATES)))
    text = caught.get()
    assert "2 of 3 creators for 5,000 USD" in text and "simulated data" in text
    assert "bo alone" in text and "No other permitted set is better." in text


def test_niche_rules_of_the_command_line() -> None:
    assert niche_rule("food:1:3") == ("food", {"min": 1, "max": 3})
    assert niche_rule("a:b::3") == ("a:b", {"max": 3})
    for text in ("food", "food::", ":1:2", "food:x:2"):
        with pytest.raises(UsageError, match="NAME:MIN:MAX"):
            niche_rule(text)


def test_brief_errors_name_the_option(tmp_path: Path) -> None:
    with pytest.raises(BriefError, match="--budget"):
        read_request(PlanRequest, BRIEF, [{"creator_id": "ana", "fee": 10}], {"budget": -1.0}, tmp_path / "b.json")


def test_a_plan_is_made_with_the_version_it_pins(monkeypatch: pytest.MonkeyPatch) -> None:
    load = lambda: (ServeSettings(poll_seconds=0), Live(Scorer(), INFO, catalogue()))  # noqa: E731
    with running(make_service(load)) as http:
        monkeypatch.setattr(pinned, "located", found("7", Scorer))
        body = {"campaign": BRIEF, "candidates": [{"creator_id": "ana", "fee": 100}], "budget": 500}
        versions = [http.post("/v1/plan", json=body | more).json()["model"]["version"]
                    for more in ({}, {"model_version": "7"}, {"model_version": "3"})]  # fmt: skip
        assert versions == ["3", "7", "3"]
        monkeypatch.setattr(pinned, "located", broken(NoModel("no model 8")))
        assert http.post("/v1/plan", json=body | {"model_version": "8"}).status_code == 404
