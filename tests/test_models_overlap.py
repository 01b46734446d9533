"""Shared people: nearer in country and niche is more; shared commenters say more than beliefs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from data.history import History
from data.population import load_population
from models.overlap import shared_people

AS_OF = pd.Timestamp("2025-06-01", tz="UTC")
IDS = ["a", "b", "c", "d"]
EXPOSED = np.array([10_000.0, 8_000.0, 8_000.0, 8_000.0])


def history(common: int = 0, at: str = "2025-05-01") -> History:
    """b is like a; c lives elsewhere; d has another niche. a and c share `common` of 100 commenters each."""
    creators = pd.DataFrame(
        {"creator_id": IDS, "platform": "instagram", "category": ["food", "food", "food", "travel"],
         "country": ["DE", "DE", "BR", "DE"]}
    )  # fmt: skip
    authors = {name: [f"{name}{i}" for i in range(100)] for name in IDS}
    authors["c"][:common] = authors["a"][:common]
    comments = pd.DataFrame(
        [
            {"comment_id": f"{name}/{author}", "post_id": f"p{name}", "creator_id": name, "author_id": author,
             "text": "nice", "posted_at": f"{at}T00:00:00Z"}
            for name, some in authors.items() for author in some
        ]
    )  # fmt: skip
    return History.of({"creators": creators, "comments": comments})


def test_like_audiences_share_more() -> None:
    people = shared_people(history(), IDS, EXPOSED, AS_OF)
    assert np.array_equal(people, people.T) and np.array_equal(np.diag(people), np.zeros(4))
    assert people[0, 1] > people[0, 3] > people[0, 2] >= 0.0
    germans = load_population().users("instagram", "DE")
    # 10,000 and 8,000 Germans of the same niche, one in nine, who follow independently; no commenter is shared
    believed = 9 * 10_000 * 8_000 / germans
    assert people[0, 1] == pytest.approx(1.0 / (1.0 / believed + (100 / 10_000) * (100 / 8_000)))


def test_shared_commenters_are_seen_and_bounded() -> None:
    few, many = (shared_people(history(n), IDS, EXPOSED, AS_OF) for n in (2, 60))
    none = shared_people(history(), IDS, EXPOSED, AS_OF)
    assert none[0, 2] < few[0, 2] < many[0, 2] <= 0.95 * 8_000
    assert few[0, 1] == none[0, 1]


def test_comments_after_the_question_are_not_seen() -> None:
    later = shared_people(history(60, at="2025-06-02"), IDS, EXPOSED, AS_OF)
    assert later[0, 2] < 1.0


def test_an_audience_by_country_goes_before_the_creators_own() -> None:
    base = history()
    audience = pd.DataFrame(
        {"creator_id": "b", "observed_at": "2025-01-01T00:00:00Z", "dimension": "country", "bucket": ["DE", "FR"],
         "share": [0.5, 0.5]}
    )  # fmt: skip
    spread = shared_people(base.plus({"audience": audience}), IDS, EXPOSED, AS_OF)
    assert spread[0, 1] == pytest.approx(0.5 * shared_people(base, IDS, EXPOSED, AS_OF)[0, 1], rel=0.05)
