"""A creator's portrait: every feature, true to the builder and to the peers, with real comments and posts behind it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from data.errors import UsageError
from data.history import History
from data.synthetic import Market
from features.build import build_features
from features.catalog import BY_NAME, CATALOG, NAMES
from features.example import MOST, Example
from features.labels import LABELS, said
from models import portrait as portraits
from models.portrait import Line, Portrait, peers_of, portrait

AS_OF = pd.Timestamp("2025-11-15", tz="UTC")


@pytest.fixture(scope="module")
def history(market: Market) -> History:
    return History.of(market.tables)


@pytest.fixture(scope="module")
def creator(history: History) -> str:
    """The creator with most comments."""
    return str(history["comments"]["creator_id"].value_counts().index[0])


@pytest.fixture(scope="module")
def campaign(history: History) -> str:
    return str(history["campaigns"]["campaign_id"].iloc[0])


@pytest.fixture(scope="module")
def shown(history: History, creator: str, campaign: str) -> Portrait:
    return portrait(history, creator, campaign, AS_OF)


def lines_of(shown: Portrait) -> dict[str, Line]:
    return {line.name: line for family in shown.families for line in family.lines}


def test_every_feature_has_a_name_of_its_own_and_can_be_said() -> None:
    assert [f.name for f in CATALOG if f.name not in LABELS] == []
    assert len({LABELS[name] for name in NAMES}) == len(NAMES)
    assert all(said(f, value)[0] for f in CATALOG for value in (0.0, 0.3, 1.0, 4.0))


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("log_followers", 4.5, ("31,623", "people")),
        ("sponsored_share", 0.0, ("0%", "")),
        ("engagement_rate_by_followers", 0.0345, ("3.5%", "of followers")),
        ("growth_30d", np.log(1.25), ("+25%", "per 30 days")),
        ("growth_drop", np.log(1.05), ("-4.8%", "per day")),
        ("verified", 1.0, ("yes", "")),
        ("n_posts", 1.0, ("1", "post")),
        ("creator_reply_minutes", 150.0, ("2 hours", "")),
    ],
)
def test_values_are_said_as_people_say_them(name: str, value: float, words: tuple[str, str]) -> None:
    assert said(BY_NAME[name], value) == words


def test_values_are_those_of_the_builder_and_missing_says_why(
    history: History, creator: str, campaign: str, shown: Portrait
) -> None:
    asked = pd.DataFrame({"creator_id": [creator], "campaign_id": campaign, "as_of": [AS_OF]})
    built = build_features(history, asked).iloc[0]
    lines = lines_of(shown)
    assert set(lines) == set(NAMES)
    for name, line in lines.items():
        if np.isnan(built[name]):
            assert (line.value, line.said, line.percentile, line.missing) == (None, "", None, BY_NAME[name].missing)
        else:
            assert (line.value, line.missing) == (built[name], "")
            assert line.said


def test_peers_are_the_nearest_of_the_platform(history: History, creator: str) -> None:
    profile = history["creators"].sort_values("visible_at").drop_duplicates("creator_id", keep="last")
    profile = profile[profile["visible_at"] < AS_OF].set_index("creator_id")
    counts = history["followers"][history["followers"]["visible_at"] < AS_OF].sort_values("observed_at")
    size = counts.drop_duplicates("creator_id", keep="last").set_index("creator_id")["followers"]
    size = size.reindex(profile.index).fillna(profile["followers"])
    away = (np.log(size) - np.log(size[creator])).abs()[profile["platform"] == profile.loc[creator, "platform"]]
    wanted = away.drop(creator).sort_index().sort_values(kind="stable").index[:9].tolist()
    assert peers_of(history, creator, AS_OF, most=9) == wanted


def test_percentiles_count_the_peers_below(history: History, creator: str, campaign: str) -> None:
    rng = np.random.default_rng(0)
    peers = pd.DataFrame(rng.integers(0, 4, (40, len(NAMES))).astype(float), columns=list(NAMES))
    peers.loc[:24, "n_posts"] = np.nan
    peers.loc[:, "verified"] = 1.0
    shown = lines_of(portrait(history, creator, campaign, AS_OF, peers=peers))
    line = shown["n_comments_180d"]
    assert line.value is not None
    column = peers["n_comments_180d"]
    assert line.percentile == np.mean(column < line.value) + 0.5 * np.mean(column == line.value)
    assert shown["n_posts"].peers == 15 < portraits.FEWEST_PEERS
    assert shown["n_posts"].percentile is None
    assert shown["verified"].value is None or shown["verified"].percentile is None or shown["verified"].value == 0.0


def test_examples_are_visible_and_what_they_are_shown_for(history: History, creator: str, shown: Portrait) -> None:
    seen = {
        name: frame[(frame["creator_id"] == creator) & (frame["visible_at"] < AS_OF)]
        for name, frame in history.tables.items()
        if name in ("posts", "comments")
    }
    examples = {name: line.examples for name, line in lines_of(shown).items() if line.examples}
    assert {"question_share", "engagement_rate_by_followers", "days_since_post"} <= set(examples)
    assert all(len(some) <= MOST for some in examples.values())
    said_of = {"comment": set(seen["comments"]["text"]), "post": {*seen["posts"]["caption"].dropna(), "(no caption)"}}
    for some in examples.values():
        assert {e.text for e in some if e.kind == "comment"} <= said_of["comment"]
        assert {e.text for e in some if e.kind == "post"} <= said_of["post"]
        assert all(e.at is None or e.at < AS_OF for e in some)
    assert any("?" in e.text for e in examples["question_share"])
    last = seen["posts"].sort_values("posted_at").iloc[-1]
    assert examples["days_since_post"][0].text == last["caption"]


def test_the_brand_is_found_in_captions_and_keywords_are_told() -> None:
    made = {
        "creators": pd.DataFrame({"creator_id": ["a"], "platform": ["instagram"], "followers": [1000]}),
        "posts": pd.DataFrame({
            "post_id": ["1", "2", "3"], "creator_id": "a", "posted_at": ["2025-01-01T00:00Z", "2025-01-02T00:00Z",
                                                                     "2025-01-03T00:00Z"],
            "caption": ["my #northpeak shoes", "running again", "Fleetfoot sent me these #ad"],
            "likes": [10, 20, 30],
        }),
        "campaigns": pd.DataFrame({
            "campaign_id": ["k"], "brand": ["Northpeak"], "category": ["apparel"], "brief": ["shoes to run in"],
            "keywords": ["running"], "competitors": ["Fleetfoot"], "goal": ["sales"], "starts_on": ["2025-02-01"],
            "ends_on": ["2025-03-01"], "currency": ["EUR"], "order_value": [1.0], "gross_margin": [0.5],
        }),
    }  # fmt: skip
    lines = lines_of(portrait(History.of(made), "a", "k", pd.Timestamp("2025-02-01", tz="UTC")))

    def texts(name: str) -> list[str]:
        return [example.text for example in lines[name].examples]

    assert texts("n_brand_mentions_organic") == ["my #northpeak shoes"]
    assert texts("n_competitor_paid_180d") == ["Fleetfoot sent me these #ad"]
    assert texts("keyword_post_share") == ["running again"]
    assert lines["keyword_post_share"].examples[0].note == "says running"
    assert texts("engagement_rate_by_followers") == ["Fleetfoot sent me these #ad", "my #northpeak shoes"]
    assert lines["n_posts"].percentile is None


def test_the_future_changes_nothing(history: History, creator: str, campaign: str, shown: Portrait) -> None:
    before = portrait(history.up_to(AS_OF), creator, campaign, AS_OF)
    assert before == shown


@pytest.mark.parametrize(("who", "what"), [("nobody", None), (None, "nothing")])
def test_an_unknown_creator_or_campaign_is_told(
    history: History, creator: str, campaign: str, who: str | None, what: str | None
) -> None:
    with pytest.raises(UsageError, match=who or what):
        portrait(history, who or creator, what or campaign, AS_OF)


def test_examples_say_a_text_once(shown: Portrait) -> None:
    def distinct(some: tuple[Example, ...]) -> bool:
        return len({e.text for e in some}) == len(some)

    assert all(distinct(line.examples) for line in lines_of(shown).values() if line.examples[:1] and
               line.examples[0].kind == "comment" and line.name != "creator_reply_rate")  # fmt: skip
