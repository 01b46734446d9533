"""The later steps: plan, after the campaign, the model tab, and who may do what."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from dash import no_update

from data.errors import UsageError, WorkError
from models.registry import ModelInfo
from serving.access import KeyRing
from serving.context import Context
from serving.memory import GateRules
from serving.page import model_tab
from serving.page.after import deals_of, outcome_row, record, rows_of, within
from serving.page.after_calls import Calls as AfterCalls
from serving.page.after_view import result_view, said_view
from serving.page.desk import CALLER, Desk
from serving.page.plan_calls import Calls as PlanCalls
from serving.page.plan_calls import prepared
from serving.page.plan_view import chosen_rows
from serving.page.sheets import read_upload
from serving.page.shortlist import asked_of, entry_id, plain, rows
from serving.problems import Problem
from serving.store import open_store, store_url
from serving.store_keys import create_key
from tests.serving_fakes import BRIEF, NOW, FakeScorer, live
from tests.test_page_creator import text_of
from tests.test_page_intake import upload
from tests.test_page_shortlist import ENTRIES


class Planned(FakeScorer):
    """The fake with rates that a planner can take the logarithm of."""

    def score(self, *args: Any, **options: Any) -> pd.DataFrame:
        rates = {"baseline_rate_expected": 0.01, "baseline_rate_low": 0.008, "baseline_rate_high": 0.012}
        return super().score(*args, **options).assign(**rates)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("CREATORLIFT_STATE", str(tmp_path / "state"))
    context = Context(lambda: NOW)
    store = open_store(store_url({"CREATORLIFT_STATE": str(tmp_path / "state")}))
    monkeypatch.setattr(context.memory, "_store", store)
    monkeypatch.setattr(context.memory, "_rules", GateRules(KeyRing(lambda: store), None, 0, 60.0))
    context.live = live(Planned())
    yield Desk(context)
    store.close()


def answer_of(desk: Desk) -> dict[str, Any]:
    return plain(desk.score(BRIEF, [e["item"] for e in ENTRIES])) | {"campaign": BRIEF}


def ask_of(answer: dict[str, Any], budget: float, rules: dict[str, list[str]]) -> dict[str, Any]:
    """As the browser makes it of the shortlist."""
    items = {entry_id(entry): entry["item"] for entry in ENTRIES}
    listed = [{name: row[name] for name in ("creator_id", "name", "about")} | {"item": items[row["creator_id"]]}
              for row in rows(answer, ENTRIES)]  # fmt: skip
    return {"campaign": BRIEF, "as_of": answer["as_of"], "budget": budget, "mode": "expected", "aim": "profit",
            "rules": rules, "listed": listed}  # fmt: skip


def predicted_of(answer: dict[str, Any]) -> dict[str, tuple[float, float, float]]:
    """Lift and its range by creator, as the browser sends it along."""
    return {r["creator_id"]: (r["lift"]["expected"], r["lift"]["low"], r["lift"]["high"]) for r in answer["results"]}


def test_a_plan_is_the_endpoints_and_keeps_to_locks(desk: Desk) -> None:
    answer = answer_of(desk)
    calls, rules = PlanCalls(desk), {"must": ["ana"], "never": ["bo", "gone"]}
    found = calls.planned(ask_of(answer, 5_000, rules))
    booked = {row["creator_id"]: row for row in found["chosen"]}
    assert booked["ana"]["why"] == "you locked it" and ("you left it out", ["bo"]) in found["left"]
    assert "Expected extra orders" in str(found["result"]) and "of 5,000 USD" in str(found["result"])
    assert "alone" in str(found["more"]) and "1 candidate without a fee left out" in str(found["more"])
    direct = desk.plan(
        BRIEF, [e["item"] for e in ENTRIES], budget=5000.0, must_have=["ana"], never=["bo"], as_of=answer["as_of"]
    )
    assert [(r["creator_id"], r["profit"]) for r in found["chosen"]] == [
        (r["creator_id"], r["profit"]) for r in direct["chosen"]
    ]
    # Ranges are those of the score while nobody else reaches the same people.
    alone = next(r for r in direct["chosen"] if r["overlap"] == 0)
    row, score = booked[alone["creator_id"]], alone["score"]
    for name, told in (("orders", score["incremental_conversions"]), ("profit", score["profit"])):
        assert (row[f"{name}_low"], row[f"{name}_high"]) == pytest.approx((told["low"], told["high"]))
    half = chosen_rows({"chosen": [alone | {"overlap": 0.5}]})[0]
    paid = alone["cost"]
    assert half["profit_high"] == pytest.approx((score["profit"]["high"] + paid) / 2 - paid)
    assert sorted(name for _, names in found["left"] for name in names) == sorted(
        r["creator_id"] for r in direct["not_chosen"]
    )
    # All of it can be sent, and nothing is worked out while nobody asks.
    assert json.loads(json.dumps(found))["budget"] == 5_000
    assert calls.planned(None) is no_update and calls.curves(None) is None


def test_another_budget_is_planned_from_what_was_scored(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    answer, calls, scorer, asked = answer_of(desk), PlanCalls(desk), Planned(), []

    def score(*args: Any, **options: Any) -> pd.DataFrame:
        asked.append(1)
        return scorer.score(*args, **options)

    monkeypatch.setattr(desk.live().scorer, "score", score, raising=False)
    rules: dict[str, list[str]] = {"must": [], "never": []}
    small, large = (calls.planned(ask_of(answer, budget, rules)) for budget in (200, 5_000))
    assert len(asked) == 1 and small["result"] != large["result"]
    # The curve comes after the set, and is no reason to score again either.
    assert "per 100" in str(calls.curves(ask_of(answer, 5_000, rules))) and len(asked) == 1
    # Somebody else's question, however alike, is another question; so is the same one to another model.
    other = ask_of(answer, 5_000, rules) | {"campaign": BRIEF | {"brief": "Something else"}}
    calls.planned(other)
    assert len(asked) == 2
    desk.context.live = replace(desk.live())
    assert calls.planned(ask_of(answer, 5_000, rules)) == large and len(asked) == 3


def test_a_plan_that_cannot_be_says_so(desk: Desk) -> None:
    found = PlanCalls(desk).planned(ask_of(answer_of(desk), 1, {"must": ["ana"], "never": []}))
    assert set(found) == {"problem"} and "must-have" in found["problem"]["text"]


def test_the_budget_begins_at_the_briefs(desk: Desk) -> None:
    asked = asked_of(answer_of(desk)) | {"costs": 306.0}
    asked |= {"campaign": BRIEF}
    _, shown, most, step, start, currency, columns, started = prepared(asked, {"budget": 120}, None, None, False)
    assert (shown, start, currency, started) == ({}, 120, "USD", 120) and most >= 306 and step >= 1
    assert columns[0]["headerName"] == "Creator" and columns[3]["headerName"] == "Cost, USD"
    assert "pinned" not in columns[0]
    assert prepared(asked, {"budget": 120}, None, None, True)[6][0]["pinned"] == "left"
    # What was set by hand outlives another scoring, not another brief.
    assert prepared(asked, {"budget": 120}, 120, 250, None)[4] == 250
    assert prepared(asked, {"budget": 150}, 120, 250, None)[4] == 150
    assert prepared(None, {}, None, None, None)[1] == {"display": "none"}


TOLD = {"agreed_at": "2025-05-01", "posted_at": "2025-05-02", "ended_at": "2025-05-20", "fee": 100, "exposed": 1000,
        "exposed_conversions": 40, "holdout": 500, "holdout_conversions": 16}  # fmt: skip


def test_an_outcome_is_kept_and_compared_with_what_was_predicted(desk: Desk) -> None:
    answer = answer_of(desk)
    fees = {entry_id(entry): entry["item"].get("fee") for entry in ENTRIES}
    calls, ids = AfterCalls(desk), [{"type": "outcome", "name": name} for name in TOLD]
    said, kept = calls.save(1, "ana", list(TOLD.values()), ids, fees, answer)
    assert text_of(said) == "1 saved." and kept["creator_id"] == "ana"
    assert text_of(calls.save(2, "ana", list(TOLD.values()), ids, fees, answer)[0]) == "1 already known."
    # An empty fee is the one asked.
    without = {**TOLD, "fee": None}
    assert text_of(calls.save(3, "ana", list(without.values()), ids, fees, answer)[0]) == "1 corrected."
    deals = deals_of(desk, answer["campaign_id"], predicted_of(answer))
    assert len(deals) == 1 and deals[0].measured[0] == pytest.approx(0.25)
    assert deals[0].predicted == predicted_of(answer)["ana"] and within(deals) == 1
    assert "1 of 1 measured lifts agree" in text_of(result_view(deals, {"ana": "Ana"}, None))
    # Another brief's outcomes are not shown.
    assert deals_of(desk, "other", predicted_of(answer)) == []
    ask = {"campaign": BRIEF, "campaign_id": answer["campaign_id"], "names": {"ana": "Ana"},
           "predicted": predicted_of(answer), "creator_id": None, "posted_at": None, "item": None}  # fmt: skip
    assert "1 of 1 measured lifts agree" in text_of(calls.compared(ask)) and calls.compared(None) is no_update


def test_a_wrong_outcome_is_told_field_by_field(desk: Desk) -> None:
    row = outcome_row("spring", "ana", TOLD | {"exposed_conversions": 5000})
    told = record(desk, [row, outcome_row("spring", "bo", TOLD)])
    assert [r.status for r in told.results] == ["error", "created"]
    assert "1 saved, 1 not saved" in text_of(said_view(told)).lower() and "exposed conversions" in text_of(
        said_view(told)
    )


def test_without_a_holdout_an_outcome_is_attributed_only() -> None:
    row = outcome_row("spring", "ana", {"posted_at": "2025-05-02", "attributed_conversions": 7, "exposed": None})
    assert row["measure"] == "attributed" and row["agreed_at"] == "2025-05-02T00:00:00Z" and "exposed" not in row


def test_a_file_of_outcomes(desk: Desk) -> None:
    text = ("creator_id,agreed_at,fee,measure,lift_estimate,lift_se,note\nana,2025-05-01T00:00:00Z,10,geo,0.3,0.1,x\n"
            "bo,nonsense,10,geo,0.3,0.1,y\n")  # fmt: skip
    rows = rows_of(read_upload(upload(text), "outcomes.csv"), "spring")
    assert [row["collaboration_id"] for row in rows] == ["spring/ana", "spring/bo"] and "note" not in rows[0]
    assert [r.status for r in record(desk, rows).results] == ["created", "error"]
    said, _, cleared = AfterCalls(desk).upload(upload(text), "outcomes.csv", {"campaign_id": "spring"})
    assert "already known" in text_of(said) and cleared is None


@pytest.mark.parametrize(("scopes", "may"), [(["score"], []), (["score", "outcomes"], ["outcomes"]),
                                             (["admin"], ["outcomes", "admin"])])  # fmt: skip
def test_keys_may_do_what_their_scopes_say(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, scopes: list[str], may: list[str]
) -> None:
    made = create_key(desk.store(), name="a key", scopes=scopes, at=NOW, by="the tests")
    ring = KeyRing(desk.store)
    ring.refresh()
    monkeypatch.setattr(desk.context.memory, "_rules", GateRules(ring, None, 0, 60.0))
    desk.require("admin")  # without a key, this machine may
    token = CALLER.set(made[0].key_id)
    try:
        for scope in ("outcomes", "admin"):
            if scope in may:
                desk.require(scope)
            else:
                with pytest.raises(Problem):
                    desk.require(scope)
        if "outcomes" not in may:
            with pytest.raises(Problem):
                record(desk, [outcome_row("spring", "ana", TOLD)])
    finally:
        CALLER.reset(token)


def test_the_model_tab() -> None:
    version = ModelInfo("creatorlift", "4", NOW, "simulated", "run", (), tags={"git_commit": "0123456789"})
    champion = replace(version, version="3", aliases=("champion",))
    tags = {"promotion.000001": '{"action": "promote", "before": null, "after": "2", "by": "eva", "reason": "first", '
            '"at": "2025-05-01T09:00:00+00:00", "forced": false, "number": 1, "failed_rules": []}',
            "promotion.000002": '{"action": "promote", "before": "2", "after": "3", "by": "eva", "reason": "better", '
            '"at": "2025-05-02T09:00:00+00:00", "forced": true, "number": 2, "failed_rules": ["x"]}'}  # fmt: skip
    log = model_tab.acts(tags)
    assert [act.after for act in log] == ["3", "2"] and log[0].forced
    shown = text_of(model_tab.versions_view([version, champion], log, "3"))
    assert (
        "Promote" in shown
        and "Roll back" in shown
        and "promote 2 → 3 by eva: better (forced)" in shown
        and "live here" in shown
    )
    info = {"n_measured": 12, "n_collaborations": 20, "census": {"labels": 12},
            "out_of_time": {"skill": 0.3, "skill_low": 0.1, "skill_high": 0.5, "coverage_80": 0.81, "n_test": 7,
                            "bias": -0.01}}  # fmt: skip
    shown = text_of(model_tab.live_view("3", "simulated", info, None))
    assert "simulated demo market" in shown and "10% to 50%" in shown
    assert "not evaluated" in text_of(model_tab.live_view("3", "own", {}, None))


def test_a_promotion_needs_a_reason_and_says_why_it_failed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="reason first"):
        model_tab.command(["promote"], "me", "  ")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/none.db")
    with pytest.raises(WorkError, match="no model registry"):
        model_tab.command(["promote", "--model", "1"], "me", "because")
