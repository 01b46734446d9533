"""A request to an answer, with a scorer whose numbers show which rows reached it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import TypeAdapter

from serving.answers import ScoreResponse, json_bytes
from serving.handler import rank_order, score
from serving.problems import Problem
from tests.serving_fakes import INFO, NOW, FakeScorer, catalogue, inline, request


def ask(candidates: list[Any], campaign: dict[str, Any] | None = None, **more: Any) -> ScoreResponse:
    return score(request(candidates, campaign, **more), FakeScorer(), INFO, catalogue(), now=NOW)


def codes(response: ScoreResponse) -> list[tuple[int, str | None, str]]:
    return [(error.index, error.creator_id, error.code) for error in response.errors]


def test_catalogue_creators_are_scored_from_the_rows_of_the_workspace() -> None:
    response = ask([{"creator_id": "ana", "fee": 100}, {"creator_id": "bo", "fee": 100}])
    assert [(r.creator_id, r.rank) for r in response.results] == [("bo", 1), ("ana", 2)]
    bo, ana = response.results
    assert (ana.lift.expected, ana.fit.parts.sentiment, ana.exposed.expected) == (0.03, 2.0, 1_000.0)
    assert (bo.lift.expected, bo.fit.parts.sentiment) == (0.02, 1.0)
    # 5,000 people × 1 % × 90 × 0.5: the request's own campaign, not the stored one of the past collaboration
    assert (bo.break_even_fee, bo.profit.expected, bo.cost.fee) == (2_250.0, 2_150.0, 100.0)
    assert bo.roi is not None and (bo.roi.expected, bo.roi.probability_positive) == (21.5, 1.0)
    assert response.model.version == "3" and response.model.trained_at == "2025-05-01T00:00:00Z"
    assert (response.campaign_id, response.currency, response.as_of) == ("spring", "USD", "2025-06-01T12:00:00Z")


def test_an_inline_record_stands_for_itself() -> None:
    scorer = FakeScorer()
    asked = [inline("ana", posts=1), {"creator_id": "ana"}, inline(None, posts=4), inline("ana", posts=0)]
    response = score(request(asked), scorer, INFO, catalogue(), now=NOW)
    lifts = {(r.creator_id, r.lift.expected, r.fit.parts.sentiment, r.exposed.expected) for r in response.results}
    assert lifts == {
        ("ana", 0.01, 1.0, 700.0), ("ana", 0.03, 2.0, 1_000.0), ("inline-2", 0.04, 4.0, 700.0),
        ("ana", 0.0, 0.0, 700.0),
    }  # fmt: skip
    history, pairings, _ = scorer.asked[0]
    assert pairings.index.tolist() == [0, 1, 2, 3]
    assert history["posts"]["post_id"].is_unique and history["comments"]["comment_id"].is_unique
    assert set(history["creators"]["creator_id"]) == set(pairings["creator_id"])


def test_a_record_counts_only_what_was_visible_before_as_of() -> None:
    early = ask([inline(posts=3)], as_of="2025-05-11T00:00:00Z").results[0]
    assert early.lift.expected == 0.01  # the post of the 10th; that of the 11th is not strictly before
    assert early.fit.parts.sentiment == 1.0


def test_an_audience_without_a_time_counts_as_seen_just_before_the_question() -> None:
    undated = inline(audience={"age": {"18-24": 0.4, "25-34": 0.5}})
    later = inline(
        audience=[{"dimension": "age", "bucket": "18-24", "share": 0.4, "observed_at": "2025-07-01T00:00:00Z"}]
    )
    response = ask([undated, later])
    assert sorted(r.baseline_rate.expected for r in response.results) == [0.0, 0.9]


def test_repeated_candidates_are_answered_each() -> None:
    response = ask([{"creator_id": "ana", "fee": 200}, {"creator_id": "ana", "fee": 100}, {"creator_id": "ana"}])
    assert [(r.rank, r.cost.fee) for r in response.results] == [(1, 100.0), (2, 200.0), (3, None)]


def test_without_a_fee_there_is_a_break_even_fee_and_no_roi() -> None:
    result = ask([{"creator_id": "ana"}]).results[0]
    assert (result.roi, result.profit.expected, result.cost.expected, result.break_even_fee) == (
        None,
        None,
        None,
        450.0,
    )


def test_free_candidates_have_profit_and_no_roi() -> None:
    result = ask([{"creator_id": "ana", "fee": 0}]).results[0]
    assert (result.roi, result.profit.expected) == (None, 450.0)


def test_a_faulty_candidate_never_fails_the_others() -> None:
    repeated = inline(posts=2)
    repeated["posts"][0]["post_id"] = repeated["posts"][1]["post_id"] = "same"
    asked = [
        {"creator_id": "nobody"}, {"creator_id": "ana", "fee": -5}, {"creator_id": "cy"}, {"creator_id": "ana"}, None,
        inline("new", platform="tiktok"), repeated,
    ]  # fmt: skip
    response = ask(asked, {"platform": "instagram"})
    assert [r.creator_id for r in response.results] == ["ana"]
    assert codes(response) == [
        (0, "nobody", "unknown_creator"), (1, "ana", "invalid_candidate"), (2, "cy", "wrong_platform"),
        (4, None, "invalid_candidate"), (5, "new", "wrong_platform"), (6, "ana", "invalid_candidate"),
    ]  # fmt: skip
    messages = {error.index: error.message for error in response.errors}
    assert messages[1] == "fee: got -5; allowed: a number of at least 0 [money]"
    assert "tiktok" in messages[2] and "instagram" in messages[2]
    assert messages[6] == "posts, post_id: got same 2 times; allowed: each key once in a record"


def test_a_batch_of_faulty_candidates_is_an_answer_too() -> None:
    response = ask([{"creator_id": "nobody"}])
    assert response.results == [] and len(response.errors) == 1


def test_many_faults_of_one_record_are_counted() -> None:
    record = inline(posts=0)
    record["posts"] = [{"posted_at": "x"}] * 50
    message = ask([record]).errors[0].message
    assert message.count("posted_at") == 20 and message.endswith("and 30 more faults")


def test_without_a_workspace_only_inline_records_are_scored() -> None:
    response = score(request([{"creator_id": "ana"}, inline("ana")]), FakeScorer(), INFO, None, now=NOW)
    assert [r.creator_id for r in response.results] == ["ana"]
    assert codes(response) == [(0, "ana", "no_catalogue")]


def test_abstaining_leaves_out_what_the_model_has_not_seen() -> None:
    asked = [{"creator_id": "dee"}, {"creator_id": "cy"}, {"creator_id": "ana"}]
    assert [r.support.level for r in ask(asked, rank_by="fit").results] == ["in", "out", "edge"]
    response = ask(asked, abstain=True)
    assert sorted(r.creator_id for r in response.results) == ["ana", "cy"]
    assert codes(response) == [(0, "dee", "abstained")]
    assert response.errors[0].message == "outside what the model has seen: platform youtube is rare"


def test_reasons_are_given_when_asked() -> None:
    assert ask([{"creator_id": "ana"}]).results[0].reasons == []
    assert ask([{"creator_id": "ana"}], explain=True).results[0].reasons[0]["incremental_conversions"] == 1.0


def test_a_pinned_version_must_be_the_live_one() -> None:
    assert ask([{"creator_id": "ana"}], model_version=3).model.version == "3"
    with pytest.raises(Problem) as caught:
        ask([{"creator_id": "ana"}], model_version="2")
    assert caught.value.status == 404 and caught.value.faults[0].where == "model_version"


def test_terms_and_campaign_reach_the_scorer() -> None:
    scorer = FakeScorer()
    campaign = {"keywords": ["trail", "shoes"], "target_audience": {"age": {"18-24": 0.4}}, "return_rate": 0.1}
    terms = {"fee": 10, "commission_rate": 0.1, "product_cost": 5, "expected_exposed": 400}
    asked = [{"creator_id": "ana", **terms}, {"creator_id": "bo"}]
    score(request(asked, campaign), scorer, INFO, catalogue(), now=NOW)
    history, pairings, given = scorer.asked[0]
    assert given.loc[0].to_dict() == terms and given.loc[1].isna().all()
    row = history["campaigns"].set_index("campaign_id").loc[pairings["campaign_id"].iloc[0]]
    assert (row["keywords"], row["return_rate"], row["starts_on"]) == (
        "trail,shoes",
        0.1,
        pd.Timestamp("2025-06-10", tz="UTC"),
    )
    assert history["campaign_audience"][["bucket", "share"]].to_numpy().tolist() == [["18-24", 0.4]]
    assert set(history["campaigns"]["campaign_id"]) == {"old", pairings["campaign_id"].iloc[0]}


def test_a_request_cannot_borrow_the_id_of_a_stored_campaign() -> None:
    response = ask([{"creator_id": "ana"}], {"campaign_id": "old"})
    assert response.campaign_id == "old" and response.results[0].break_even_fee == 450.0


@pytest.mark.parametrize(
    ("rank_by", "expected"),
    [("profit", [1, 0, 3, 2, 4]), ("roi", [0, 1, 3, 2, 4]), ("fit", [2, 0, 1, 3, 4])],
)
def test_ranking(rank_by: Any, expected: Sequence[int]) -> None:
    scores = pd.DataFrame(
        {
            "profit_expected": [5.0, 9.0, np.nan, np.nan, np.nan],
            "roi_expected": [2.0, 1.0, np.nan, np.nan, np.nan],
            "fit_score": [60.0, 50.0, 90.0, 50.0, np.nan],
            "break_even_fee": [10.0, 10.0, 20.0, 30.0, np.nan],
        },
        index=[7, 8, 9, 10, 11],
    )
    assert rank_order(scores, rank_by).tolist() == list(expected)


def test_the_answer_is_what_the_schema_says() -> None:
    response = ask(
        [{"creator_id": "ana", "fee": 3}, {"creator_id": "bo"}, {"creator_id": "nobody"}, inline()], explain=True
    )
    text = json_bytes(response)
    assert b"NaN" not in text and b"Infinity" not in text
    read = TypeAdapter(ScoreResponse).validate_json(text, strict=True)
    assert read == response
    assert set(json.loads(text)) == {"campaign_id", "currency", "model", "as_of", "level", "results", "errors"}


def test_candidates_alone_and_in_a_batch_get_the_same_answer() -> None:
    asked = [{"creator_id": "ana", "fee": 3}, inline("x", posts=3, fee=7), {"creator_id": "bo", "fee": 1}]
    together = {r.creator_id: r for r in ask(asked).results}
    for candidate in asked:
        alone = ask([candidate]).results[0]
        batched = together[alone.creator_id]
        batched.rank = 1
        assert alone == batched
