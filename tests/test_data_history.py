"""What is visible when."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from data.errors import TableError
from data.history import ALWAYS, COUNT_COLUMNS, OUTCOME_COLUMNS, History, pairings_frame


def at(text: str) -> pd.Timestamp:
    return pd.Timestamp(text, tz="UTC")


def rows(**columns: list[Any]) -> pd.DataFrame:
    return pd.DataFrame(columns)


CREATORS = rows(
    creator_id=["c1", "c1", "c2"],
    platform=["tiktok"] * 3,
    followers=[1, 2, 3],
    known_at=[None, "2025-02-01T00:00Z", None],
)
POSTS = rows(
    post_id=["p1", "p2", "p3"],
    creator_id=["c1", "c1", "c2"],
    posted_at=["2025-01-01T00:00Z", "2025-01-10T00:00Z", "2025-01-20T00:00Z"],
    likes=[1, 2, 3],
    counts_known_at=[None, "2025-01-11T00:00Z", None],
    known_at=[None, None, "2025-03-01T00:00Z"],
)
CAMPAIGNS = rows(
    campaign_id=["k1", "k2"], brand=["b", "b"], category=["x", "x"], brief=["", ""], goal=["sales", "leads"],
    starts_on=["2025-01-01"] * 2, ends_on=["2025-02-01"] * 2, currency=["EUR"] * 2, order_value=[10, 10],
    gross_margin=[0.5, 1],
)  # fmt: skip
DEALS = rows(
    collaboration_id=["d1", "d2", "d3", "d4"],
    campaign_id=["k1", "k1", "k1", "gone"],
    creator_id=["c1"] * 4,
    agreed_at=["2025-01-05T00:00Z"] * 4,
    ended_at=[None, "2025-01-20T00:00Z", None, None],
    outcome_known_at=[None, None, "2025-01-25T00:00Z", None],
    fee=[1.0] * 4,
    measure=["holdout"] * 4,
    exposed=[100] * 4,
    clicks=[5] * 4,
)


@pytest.fixture
def history() -> History:
    return History.of({"creators": CREATORS, "posts": POSTS, "campaigns": CAMPAIGNS, "collaborations": DEALS})


def test_visible_is_after_it_happened_and_was_known(history: History) -> None:
    assert history["creators"]["visible_at"].tolist() == [ALWAYS, at("2025-02-01"), ALWAYS]
    assert history["posts"]["visible_at"].tolist() == [at("2025-01-01"), at("2025-01-10"), at("2025-03-01")]
    assert history["campaigns"]["visible_at"].tolist() == [ALWAYS, ALWAYS]


def test_counts_are_final_after_seven_days_unless_they_were_read(history: History) -> None:
    assert history["posts"]["counts_visible_at"].tolist() == [at("2025-01-08"), at("2025-01-11"), at("2025-03-01")]


def test_an_outcome_is_known_thirty_days_after_the_end_unless_told(history: History) -> None:
    known = history["collaborations"]["outcome_visible_at"].tolist()
    assert known == [at("2025-03-03"), at("2025-02-19"), at("2025-01-25"), at("2025-02-04")]


def test_up_to_is_strictly_before(history: History) -> None:
    assert history.up_to(at("2025-01-10"))["posts"]["post_id"].tolist() == ["p1"]
    assert history.up_to(at("2025-01-10") + pd.Timedelta("1us"))["posts"]["post_id"].tolist() == ["p1", "p2"]


def test_up_to_empties_what_nobody_could_know(history: History) -> None:
    cut = history.up_to(at("2025-02-01"))
    assert cut["posts"].set_index("post_id")["likes"].to_dict() == {"p1": 1, "p2": 2}
    assert history.up_to(at("2025-01-11"))["posts"][list(COUNT_COLUMNS)].notna().sum().sum() == 1
    deals = cut["collaborations"].set_index("collaboration_id")
    assert deals["measure"].notna().to_dict() == {"d1": False, "d2": False, "d3": True, "d4": False}
    assert deals.loc["d1", list(OUTCOME_COLUMNS)].isna().all()
    assert deals["fee"].notna().all()


def test_plus_appends_and_recomputes(history: History) -> None:
    more = history.plus(
        {
            "posts": POSTS.assign(post_id=["q1", "q2", "q3"]),
            "campaigns": CAMPAIGNS.iloc[:1].assign(campaign_id="gone", ends_on="2025-06-01"),
        }
    )
    assert more["posts"]["post_id"].tolist() == ["p1", "p2", "p3", "q1", "q2", "q3"]
    assert more["collaborations"]["outcome_visible_at"].tolist()[3] == at("2025-07-01")
    assert history["posts"]["post_id"].tolist() == ["p1", "p2", "p3"]


def test_of_creators_keeps_campaigns(history: History) -> None:
    part = history.of_creators(["c2"])
    assert part["posts"]["post_id"].tolist() == ["p3"]
    assert len(part["collaborations"]) == 0
    assert len(part["campaigns"]) == 2


def test_the_newest_fact(history: History) -> None:
    assert history.newest_fact_at() == at("2025-03-01")
    assert pd.isna(History.of({}).newest_fact_at())


def test_an_unknown_table_and_every_unreadable_value_are_told() -> None:
    with pytest.raises(TableError, match="unknown table name"):
        History.of({"post": POSTS})
    with pytest.raises(TableError) as error:
        History.of({"posts": POSTS.assign(likes="many"), "creators": CREATORS.drop(columns="platform")})
    assert len(error.value.faults) == 4


def test_pairings_keep_their_index_and_other_columns() -> None:
    raw = rows(
        creator_id=["c1", 2], campaign_id=["k", "k"], as_of=["2025-01-01T00:00Z", "2025-01-01T01:00+01:00"], fee=[1, 2]
    )
    raw.index = pd.Index([5, 5])
    made = pairings_frame(raw)
    assert made.index.tolist() == [5, 5]
    assert made["creator_id"].tolist() == ["c1", "2"]
    assert made["as_of"].tolist() == [at("2025-01-01")] * 2
    assert made["fee"].tolist() == [1, 2]


def test_a_pairing_without_zone_or_id_is_a_fault() -> None:
    raw = rows(creator_id=["c1", ""], as_of=["2025-01-01T00:00Z", "2025-01-01"])
    with pytest.raises(TableError) as error:
        pairings_frame(raw)
    assert [f.where for f in error.value.faults] == [
        "pairings, column creator_id, row 2", "pairings, column campaign_id", "pairings, column as_of, row 2",
    ]  # fmt: skip


@pytest.mark.parametrize("changed", [{}, {"creator_id": " "}, {"campaign_id": None}, {"as_of": pd.NaT}])
def test_pairings_typed_already_are_looked_at_all_the_same(changed: dict[str, Any]) -> None:
    typed = pairings_frame(rows(creator_id=["c1"] * 2, campaign_id=["k"] * 2, as_of=[at("2025-01-01")] * 2))
    for name, value in changed.items():
        typed.loc[1, name] = value
    if not changed:
        pd.testing.assert_frame_equal(pairings_frame(typed), typed)
        return
    with pytest.raises(TableError) as error:
        pairings_frame(typed)
    assert [f.where for f in error.value.faults] == [f"pairings, column {name}, row 2" for name in changed]
