"""What the endpoint accepts, and how it words what it does not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import pandas as pd
import pytest
from pydantic import BaseModel, ValidationError

from data import schemas as tables
from data.check import check_workspace
from serving import rows
from serving.problems import faults_of
from serving.schemas import Campaign, Candidate, FaultyCandidate, LongScoreRequest, ScoreRequest
from tests.serving_fakes import BRIEF, inline


def faults(campaign: dict[str, Any], **more: Any) -> dict[str, tuple[str, str]]:
    """Field → (got, allowed) of a body that is refused."""
    body = {"campaign": campaign, "candidates": [{"creator_id": "a"}], **more}
    with pytest.raises(ValidationError) as caught:
        ScoreRequest.model_validate_json(json.dumps(body))
    return {fault.where: (fault.got, fault.allowed) for fault in faults_of(caught.value, ScoreRequest)}


def read(candidate: object) -> Candidate | FaultyCandidate:
    body = {"campaign": BRIEF, "candidates": [candidate]}
    return ScoreRequest.model_validate_json(json.dumps(body)).read_candidates()[0]


def item_faults(candidate: object) -> dict[str, str]:
    item = read(candidate)
    assert isinstance(item, FaultyCandidate)
    return {fault.where: fault.allowed for fault in item.faults}


@pytest.mark.parametrize(
    ("model", "table"),
    [
        (rows.CreatorRow, "creators"), (rows.PostRow, "posts"), (rows.CommentRow, "comments"),
        (rows.FollowersRow, "followers"), (rows.AudienceRow, "audience"), (Campaign, "campaigns"),
    ],
)  # fmt: skip
def test_every_column_of_a_table_can_be_sent(model: type[BaseModel], table: str) -> None:
    from_the_place = {"posts": {"creator_id"}, "comments": {"creator_id", "post_id"}}
    columns = {c.name for c in tables.TABLES[table].columns}
    implied = from_the_place.get(table, {"creator_id"} if table in ("followers", "audience") else set())
    assert columns - implied <= set(model.model_fields)


@pytest.mark.parametrize(
    ("literal", "choices"),
    [
        (rows.Platform, tables.PLATFORMS), (rows.MediaType, tables.MEDIA_TYPES), (rows.Goal, tables.GOALS),
        (rows.Dimension, tables.DIMENSIONS),
    ],
)  # fmt: skip
def test_choices_are_those_of_the_tables(literal: object, choices: tuple[str, ...]) -> None:
    assert get_args(literal) == choices


def test_a_brief_without_economics_names_each_missing_field() -> None:
    bare = {key: value for key, value in BRIEF.items() if key not in ("order_value", "gross_margin", "currency")}
    found = faults(bare)
    assert found == {
        "campaign.currency": ("nothing", "a three-letter currency code, e.g. EUR"),
        "campaign.order_value": ("nothing", "a number of at least 0 [money per conversion]"),
        "campaign.gross_margin": ("nothing", "a share from 0 to 1 (0.45, not 45)"),
    }


def test_every_fault_of_a_brief_is_named_at_once() -> None:
    wrong = {
        "goal": "fame", "gross_margin": 45, "starts_on": "2025-07-01", "ends_on": "2025-06-01", "order_valu": 3,
        "ships_to": "US,Canada", "target_audience": {"age": {"18-24": 45}, "shoe size": {"42": 0.1}}, "safety": 1,
        "return_rate": "8 %", "handling_cost": True,
    }  # fmt: skip
    found = faults(BRIEF | wrong, as_of="2025-06-01T00:00:00", level=80, rank_by="fame", candidatez=[])
    assert set(found) == {
        "campaign.goal", "campaign.gross_margin", "campaign.ends_on", "campaign.order_valu", "campaign.ships_to[1]",
        "campaign.target_audience.age.18-24", "campaign.target_audience.shoe size", "campaign.safety",
        "campaign.return_rate", "campaign.handling_cost", "as_of", "level", "rank_by", "candidatez",
    }  # fmt: skip
    assert found["campaign.ends_on"] == ("'2025-06-01'", "a date on or after starts_on, 2025-07-01")
    assert found["campaign.order_valu"][1].startswith("order_value? Known fields: ")
    assert found["as_of"][0] == "'2025-06-01T00:00:00'" and "with its zone" in found["as_of"][1]


@pytest.mark.parametrize("time", [1_700_000_000, "1700000000", "2025-06-01", "0001-01-01T00:00:00+14:00", "soon"])
def test_a_time_is_text_with_a_zone(time: object) -> None:
    assert "as_of" in faults(BRIEF, as_of=time)


def test_lists_may_be_comma_text_and_nulls_are_missing() -> None:
    brief = BRIEF | {"keywords": "trail, shoes ,", "ships_to": ["US"], "platform": None, "known_at": None}
    campaign = Campaign.model_validate_json(json.dumps(brief))
    assert campaign.keywords == ["trail", "shoes"]
    assert (campaign.ships_to, campaign.platform, campaign.campaign_id) == (["US"], None, "spring")
    assert (campaign.target_roi, campaign.safety) == (0.0, 0.8)


def test_options_have_their_defaults() -> None:
    body = {"campaign": BRIEF, "candidates": [{"creator_id": "a"}]}
    request = ScoreRequest.model_validate_json(json.dumps(body))
    assert (request.as_of, request.level, request.rank_by, request.explain, request.abstain, request.model_version) == (
        None, 0.8, "profit", False, False, None,
    )  # fmt: skip


@pytest.mark.parametrize(("count", "words"), [(0, "at least 1 item"), (1001, "at most 1000 items")])
def test_one_to_a_thousand_candidates(count: int, words: str) -> None:
    found = faults(BRIEF, candidates=[{"creator_id": "a"}] * count)
    assert found == {"candidates": (f"{count} items", words)}


def test_a_file_may_hold_more_than_a_thousand() -> None:
    body = {"campaign": BRIEF, "candidates": [{"creator_id": "a"}] * 1001}
    assert len(LongScoreRequest.model_validate_json(json.dumps(body)).read_candidates()) == 1001


def test_a_faulty_candidate_does_not_fail_the_body() -> None:
    assert item_faults({"creator_id": "a", "fee": -1}) == {"fee": "a number of at least 0 [money]"}
    assert item_faults("a") == {"candidate": "a JSON object"}
    assert item_faults({"creator_id": "a", "fees": 1})["fees"].startswith("fee? Known fields: creator_id")
    assert "inline record" in item_faults({"fee": 3})["candidate"]
    assert "`creator`" in item_faults({"creator_id": "a", "posts": []})["candidate"]
    assert (
        "the same id"
        in item_faults({"creator_id": "a", "creator": {"creator_id": "b", "platform": "tiktok"}})["candidate"]
    )


def test_every_fault_of_an_inline_record_is_named() -> None:
    record = inline(audience={"age": {"18-24": 45}}, followers=[{"observed_at": "2025-01-01T00:00:00Z"}])
    record["creator"]["platform"] = "myspace"
    record["posts"][1] |= {"posted_at": "2025-05-01", "likes": 1.5}
    record["posts"][1]["comments"][0].pop("text")
    assert set(item_faults(record)) == {
        "creator.platform", "posts[1].posted_at", "posts[1].likes", "posts[1].comments[0].text", "audience[0].share",
        "followers[0].followers",
    }  # fmt: skip


def test_inline_rows_keep_quiet_about_unknown_columns() -> None:
    record = inline()
    record["creator"]["manager"] = "x"
    record["posts"][0]["music"] = {"any": ["thing"]}
    assert isinstance(read(record), Candidate)


def test_an_audience_may_be_rows_or_nested() -> None:
    nested = read(inline(audience={"age": {"18-24": 0.4}, "gender": {"female": 0.7}}))
    as_rows = read(
        inline(
            audience=[
                {"dimension": "age", "bucket": "18-24", "share": 0.4},
                {"dimension": "gender", "bucket": "female", "share": 0.7},
            ]
        )
    )
    assert isinstance(nested, Candidate) and isinstance(as_rows, Candidate)
    assert nested.audience == as_rows.audience
    assert set(item_faults(inline(audience={"age": 0.4}))) == {"audience[0].bucket"}


@pytest.mark.parametrize(
    ("audience", "words"),
    [
        ({"age": {"18–24": 0.4}}, "for age: one of 13-17"), ({"country": {"USA": 0.4}}, "two-letter country code"),
        ({"gender": {"women": 0.4}}, "for gender"), ({"city": {"Lyon": 0.4}}, "Lyon, FR"),
        ({"age": {"18-24": 0.6, "25-34": 0.6}}, "here age 1.2"),
    ],
)  # fmt: skip
def test_buckets_are_written_as_in_the_tables(audience: dict[str, Any], words: str) -> None:
    assert words in faults(BRIEF | {"target_audience": audience})["campaign.target_audience"][1]
    assert words in " ".join(item_faults(inline(audience=audience)).values())


def test_a_bucket_is_refused_here_when_check_refuses_it(tmp_path: Path) -> None:
    tried = [
        ("age", "18-24"), ("age", "18-25"), ("age", "65+"), ("gender", "female"), ("gender", "f"), ("country", "us"),
        ("country", "US"), ("language", "EN"), ("language", "en"), ("city", "Lyon"), ("city", "Lyon, FR"),
        ("interest", "trail running"), ("age", "18-24 "), ("interest", " "),
    ]  # fmt: skip
    frame = pd.DataFrame(tried, columns=["dimension", "bucket"])
    stamps = [f"2025-01-{day + 1:02}T00:00:00Z" for day in range(len(tried))]
    frame.assign(creator_id="a", share=0.1, observed_at=stamps).to_csv(tmp_path / "audience.csv", index=False)
    pd.DataFrame({"creator_id": ["a"], "platform": ["other"]}).to_csv(tmp_path / "creators.csv", index=False)
    refused = {f.where.rpartition("row ")[2] for f in check_workspace(tmp_path) if "audience" in f.where}
    for row, (dimension, bucket) in enumerate(tried, start=1):
        item = read(inline(audience=[{"dimension": dimension, "bucket": bucket, "share": 0.1}]))
        assert isinstance(item, FaultyCandidate) == (str(row) in refused), (dimension, bucket)


def test_interests_may_overlap() -> None:
    assert isinstance(read(inline(audience={"interest": {"running": 0.9, "food": 0.8}})), Candidate)
