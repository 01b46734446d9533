"""The comment reader: TextBlob to the last digit, and a sound row for every text."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textblob import TextBlob

from features.comments import COLUMNS, read_comments

PROBABILITIES = [name for name in COLUMNS if name.startswith("p_")]
WORDS = st.sampled_from(
    [
        "not",
        "very",
        "great",
        "isn't",
        "isn’t",
        "bad",
        "!",
        ":)",
        ":-(",
        "good",
        "no",
        "extremely",
        "😍",
        "ok",
        "worst",
        ".",
    ]
)


@given(st.lists(st.one_of(WORDS, st.text(max_size=12)), max_size=10).map(" ".join))
@settings(max_examples=200, deadline=None)
def test_textblob_is_matched_to_the_last_digit(text: str) -> None:
    read = read_comments(pd.Series([text])).iloc[0]
    expected = TextBlob(text).sentiment
    assert read["textblob_polarity"] == pytest.approx(expected.polarity, abs=1e-12)
    assert read["textblob_subjectivity"] == pytest.approx(expected.subjectivity, abs=1e-12)


@given(st.lists(st.one_of(st.none(), st.text(max_size=30)), min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_any_text_gives_a_sound_row_alone_and_in_a_batch(texts: list[str | None]) -> None:
    column = pd.Series(texts, dtype="str", index=range(5, 5 + len(texts)))
    read = read_comments(column)
    assert tuple(read.columns) == COLUMNS
    assert read.index.equals(column.index)
    assert read[PROBABILITIES].notna().all().all()
    assert ((read[PROBABILITIES] >= 0) & (read[PROBABILITIES] <= 1)).all().all()
    assert (read["sentiment"].isna() == (read["understood"] == 0)).all()
    alone = pd.concat([read_comments(column.iloc[[i]]) for i in range(len(column))])
    pd.testing.assert_frame_equal(alone, read, check_exact=True)


READ_RIGHT = [
    ("This isn't great", "negative"),
    ("This isn’t great", "negative"),
    ("This is not great", "negative"),
    ("🔥🔥🔥", "positive"),
    ("😍😍", "positive"),
    ("❤️", "positive"),
    ("Where can I buy this?", "p_purchase_intent"),
    ("Do you ship to Canada?", "p_purchase_intent"),
    ("just ordered mine!!", "p_purchase_intent"),
    ("I'm obsessed, need this now", "p_purchase_intent"),
    ("I'm obsessed, need this now", "positive"),
    ("this is sick!!", "positive"),
    ("killing it!", "positive"),
    ("so cheap looking", "negative"),
    ("Scam. Never arrived.", "p_complaint"),
    ("Scam. Never arrived.", "negative"),
    ("broke in 2 days", "p_complaint"),
    ("broke in 2 days", "negative"),
    ("wow amazing pic dear check my profile", "p_spam"),
    ("¡Me encanta! Es precioso", "positive"),
    ("¿Dónde lo puedo comprar?", "p_purchase_intent"),
    ("Das ist wunderschön", "positive"),
    ("Wo kann man das kaufen?", "p_question"),
]
"""What TextBlob or VADER get wrong in the field, and the right reading."""


@pytest.mark.parametrize(("text", "right"), READ_RIGHT)
@pytest.mark.parametrize("dressed", [False, True])
def test_what_the_known_tools_misread(text: str, right: str, dressed: bool) -> None:
    if dressed:  # a byte-order mark, an entity for the apostrophe, invisible joiners between words
        text = "\ufeff" + text.replace("'", "&#39;").replace(" ", " \u200b")
    read = read_comments(pd.Series([text])).iloc[0]
    if right in ("positive", "negative"):
        sign = 1 if right == "positive" else -1
        assert sign * read["sentiment"] > 0.2
        assert sign * (read["p_positive"] - read["p_negative"]) > 0
    else:
        assert read[right] > 0.5


@pytest.mark.parametrize(
    "unit",
    ["a", "not ", "!", "😍", ":)", "<", "<a href='", "<a href=", "&", "^.^", "where can i buy ", "my ", "a@", "@", "-_",
     "(dot) com", "free ", "1,", "e\u0301", "т", "my my where ", "$1", "http://"],
)  # fmt: skip
def test_long_text_is_read_in_linear_steps(unit: str) -> None:
    """100,000 characters of what expressions could stumble on: a bad one would not end."""
    read = read_comments(pd.Series([unit * (100_000 // len(unit))])).iloc[0]
    assert np.isfinite(read[PROBABILITIES].astype(float)).all()


@pytest.mark.parametrize(
    ("text", "high"),
    [
        ("Where can I buy this?", "p_purchase_intent"),
        ("Where can I buy this?", "p_question"),
        ("Total scam, it broke after a week", "p_complaint"),
        ("Nice pic", "p_generic"),
        ("@maria.b look", "p_tag"),
        ("check out my channel", "p_spam"),
    ],
)
def test_intents(text: str, high: str) -> None:
    read = read_comments(pd.Series([text, "the weather in the mountains was calm that day"]))
    assert read[high].iloc[0] > 0.5 > read[high].iloc[1]


@pytest.mark.parametrize(
    "text",
    ["it's not so bad, spring is just around the corner", "I WANT THIS SO BAD!!!", "Nothing like the low country!",
     "that oh shit moment", "this is not useless", "it was never garbage"],
)  # fmt: skip
def test_what_only_looks_like_a_complaint(text: str) -> None:
    assert read_comments(pd.Series([text]))["p_complaint"].iloc[0] < 0.3


@pytest.mark.parametrize(
    ("text", "language"),
    [("Sony s tablet", "en"), ("watch?v=abc and more", "en"), ("¿y el precio?", "es"), ("o que é", "pt"),
     ("Menos mal, sí", "es"), ("Cooles T-Shirt!", "de")],
)  # fmt: skip
def test_single_letters_tell_no_language(text: str, language: str) -> None:
    assert read_comments(pd.Series([text]))["language"].iloc[0] == language
