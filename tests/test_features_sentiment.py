"""What the comments say, with a reading of single comments that is known in advance."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from data.history import History
from features import sentiment
from features.build import build_features
from features.comments import COLUMNS
from tests.histories import START

DAY = pd.Timedelta(days=1)
AS_OF = START + 400 * DAY


@pytest.fixture
def plain_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    """A comment reads as the number it holds: its sentiment; "?" is not understood; "buy" wants to buy."""

    def read(texts: list[str]) -> dict[str, np.ndarray]:
        text = pd.Series(texts, dtype="str")
        out = pd.DataFrame(0.0, index=text.index, columns=[name for name in COLUMNS if name != "language"])
        value = pd.to_numeric(text, errors="coerce")
        out["understood"] = (text != "?").astype(float)
        out["sentiment"] = value.fillna(0.0).where(text != "?")
        out["textblob_polarity"] = value.fillna(0.0)
        out["p_positive"], out["p_negative"] = (value > 0).astype(float), (value < 0).astype(float)
        out["p_purchase_intent"] = (text == "buy").astype(float)
        return {name: out[name].to_numpy() for name in out}

    monkeypatch.setattr(sentiment, "read_distinct", read)


def made(comments: list[dict[str, object]], posts: list[dict[str, object]] | None = None) -> pd.Series:
    rows = pd.DataFrame(comments)
    rows = rows.assign(
        comment_id=[f"m{i}" for i in range(len(rows))], creator_id="c", posted_at=AS_OF - rows.pop("age") * DAY
    )
    tables = {"comments": rows.assign(post_id=rows.get("post_id", "p"))}
    if posts:
        tables["posts"] = pd.DataFrame(posts).assign(creator_id="c", posted_at=START)
    asked = pd.DataFrame({"creator_id": ["c"], "campaign_id": ["k"], "as_of": [AS_OF]})
    return build_features(History.of(tables), asked).iloc[0]


@pytest.mark.usefixtures("plain_reading")
def test_what_is_not_understood_is_missing_not_neutral() -> None:
    row = made([{"text": t, "age": a} for t, a in (("0.5", 10), ("-0.5", 300), ("1", 20), ("?", 10))])
    assert row["n_comments"] == 4
    assert row["n_comments_180d"] == 3
    assert row["understood_share"] == 0.75
    assert row["sentiment_mean"] == pytest.approx(1 / 3)
    assert row["sentiment_mean_180d"] == 0.75
    assert row["positive_share"] == pytest.approx(2 / 3)
    assert row["negative_share"] == pytest.approx(1 / 3)
    assert row["textblob_zero_share"] == 0.25


@pytest.mark.usefixtures("plain_reading")
def test_few_comments_are_shrunk_to_what_was_assumed() -> None:
    row = made([{"text": "buy", "age": 1}, {"text": "0", "age": 1}])
    assert row["purchase_intent_share"] == 0.5
    assert row["purchase_intent_share_shrunk"] == pytest.approx((1 + 20 * 0.03) / 22)


@pytest.mark.usefixtures("plain_reading")
def test_sponsored_against_organic() -> None:
    posts: list[dict[str, object]] = [
        {"post_id": "ad", "sponsored": True},
        {"post_id": "own", "sponsored": False},
        {"post_id": "?"},
    ]
    comments: list[dict[str, object]] = [
        {"text": "-1", "age": 1, "post_id": "ad"}, {"text": "0", "age": 1, "post_id": "ad"},
        {"text": "1", "age": 1, "post_id": "own"}, {"text": "1", "age": 1, "post_id": "?"},
        {"text": "1", "age": 1, "post_id": "nobody's"},
    ]  # fmt: skip
    row = made(comments, posts)
    assert row["sponsored_sentiment_difference"] == pytest.approx((-0.5 - 1) * 1 / 11)
    assert row["comments_per_post"] == pytest.approx(5 / 3)


def test_replies_are_answers_not_audience() -> None:
    row = made([
        {"text": "where can I buy it?", "age": 10.0, "is_creator": False},
        {"text": "nice", "age": 10.0, "is_creator": False},
        {"text": "in my shop", "age": 9.5, "is_creator": True, "reply_to": "m0"},
        {"text": "as I said", "age": 1.0, "is_creator": True, "reply_to": "m0"},
    ])  # fmt: skip
    assert row["n_comments"] == 2
    assert row["creator_reply_rate"] == 0.5
    assert row["creator_reply_minutes"] == pytest.approx(720)


def test_reply_rate_is_unknown_when_nothing_tells_the_creator_apart() -> None:
    assert np.isnan(made([{"text": "nice", "age": 1}])["creator_reply_rate"])
    assert made([{"text": "nice", "age": 1, "is_creator": False}])["creator_reply_rate"] == 0


def test_repeats_and_people() -> None:
    texts = ["Love this so much!", "love  this so MUCH", "love this so much", "wow", "wow", "where is it from"]
    authors = ["a", "b", "a", "a", "c", None]
    on = ["p1", "p1", "p2", "p3", "p3", "p3"]
    row = made(
        [{"text": t, "age": 1, "author_id": w, "post_id": p} for t, w, p in zip(texts, authors, on, strict=True)]
    )
    assert row["unique_text_share"] == pytest.approx(5 / 6)
    assert row["near_duplicate_share"] == pytest.approx(3 / 6)
    assert row["n_commenters"] == 3
    assert row["repeat_commenter_share"] == pytest.approx(3 / 5)
    assert row["pod_share"] == pytest.approx(3 / 5)


def test_no_comments_is_a_value_of_its_own() -> None:
    asked = pd.DataFrame({"creator_id": ["c"], "campaign_id": ["k"], "as_of": [AS_OF]})
    row = build_features(History.of({}), asked).iloc[0]
    assert row["n_comments"] == 0
    assert np.isnan(row["sentiment_mean"])
    assert row["complaint_share_shrunk"] == 0.03
