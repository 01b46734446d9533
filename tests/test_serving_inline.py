"""The short way from validated rows to typed tables gives what the general way gives."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from data.history import ALWAYS, History
from data.schemas import TABLES
from serving.inline import Rows, frame_of, no_rows
from serving.rows import AudienceRow, CommentRow, CreatorRow, FollowersRow, PostRow, Row
from serving.schemas import Campaign
from tests.serving_fakes import BRIEF, NOW, inline, request

OWN = {"creator_id": "c", "post_id": "p"}
ROWS: dict[str, tuple[type[Row], list[dict[str, Any]]]] = {
    "creators": (CreatorRow, [
        {"platform": "instagram", "followers": 5, "verified": True, "bio": ""},
        {"platform": "tiktok", "handle": "é🙂", "country": "US", "known_at": "2025-01-01T01:00:00+01:00"},
    ]),
    "posts": (PostRow, [
        {"post_id": "1", "posted_at": "2025-01-01T00:00:00Z", "likes": 3, "sponsored": False},
        {"post_id": "2", "posted_at": "2025-01-01T00:00:00.123456Z", "counts_known_at": "2025-02-01T00:00:00Z"},
        {"post_id": "3", "posted_at": "2025-01-03T00:00:00Z", "known_at": "2025-03-01T00:00:00Z", "views": 9},
        {"post_id": "4", "posted_at": "2025-01-03T00:00:00Z", "known_at": "2025-01-01T00:00:00Z",
         "counts_known_at": "2025-01-02T00:00:00Z", "media_type": "reel", "caption": "a\nb"},
    ]),
    "comments": (CommentRow, [
        {"comment_id": "1", "text": "", "posted_at": "2025-01-01T00:00:00Z"},
        {"comment_id": "2", "text": "x", "posted_at": "2025-01-01T00:00:00-05:30", "is_creator": True, "likes": 2},
    ]),
    "followers": (FollowersRow, [
        {"observed_at": "2025-01-01T00:00:00Z", "followers": 12},
        {"observed_at": "2025-01-02T00:00:00Z", "followers": 13, "known_at": "2025-01-05T00:00:00Z"},
    ]),
    "audience": (AudienceRow, [
        {"observed_at": "2025-01-01T00:00:00Z", "dimension": "age", "bucket": "18-24", "share": 0.25},
    ]),
}  # fmt: skip


@pytest.mark.parametrize("table", ROWS)
def test_a_table_equals_the_general_path(table: str) -> None:
    model, raw = ROWS[table]
    ids = {name: value for name, value in OWN.items() if TABLES[table].column(name) and name not in raw[0]}
    rows = Rows([model.model_validate(row) for row in raw], {name: [one] * len(raw) for name, one in ids.items()})
    fast = frame_of(table, rows)
    slow = History.of({table: pd.DataFrame([row | ids for row in raw])})[table]
    pd.testing.assert_frame_equal(fast, slow)


def test_a_campaign_equals_the_general_path() -> None:
    raw = BRIEF | {"known_at": None, "keywords": "a,b"}
    more = {"campaign_id": "x", "keywords": "a,b", "competitors": None, "ships_to": None}
    fast = frame_of("campaigns", Rows([Campaign.model_validate(raw)], {name: [one] for name, one in more.items()}))
    slow = History.of({"campaigns": pd.DataFrame([raw | {"campaign_id": "x"}])})["campaigns"]
    pd.testing.assert_frame_equal(fast, slow)


def test_empty_tables_are_typed() -> None:
    for name in TABLES:
        pd.testing.assert_frame_equal(no_rows()[name], History.of({})[name])


def test_a_request_gives_a_whole_history() -> None:
    from serving.inputs import questions
    from serving.schemas import Candidate

    asked = request([inline(posts=2, audience={"age": {"18-24": 0.1}})], {"target_audience": {"age": {"18-24": 0.4}}})
    candidate = asked.read_candidates()[0]
    assert isinstance(candidate, Candidate)
    history = questions(asked.campaign, [(0, candidate)], None, NOW).history
    for name in TABLES:
        assert history[name].dtypes.to_dict() == History.of({})[name].dtypes.to_dict()
    assert (history["audience"]["observed_at"] == NOW - pd.Timedelta(1, "us")).all()
    assert (history["creators"]["visible_at"] == ALWAYS).all()
