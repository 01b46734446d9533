"""The comment reader: TextBlob to the last digit, and a sound row for every text."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textblob import TextBlob

from data.errors import TableError
from features.comments import COLUMNS, read_comments
from features.comments_file import read_comment_file

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
@settings(max_examples=300, deadline=None)
def test_textblob_is_matched_to_the_last_digit(text: str) -> None:
    read = read_comments(pd.Series([text])).iloc[0]
    expected = TextBlob(text).sentiment
    assert read["textblob_polarity"] == pytest.approx(expected.polarity, abs=1e-12)
    assert read["textblob_subjectivity"] == pytest.approx(expected.subjectivity, abs=1e-12)


@given(st.lists(st.one_of(st.none(), st.text(max_size=30)), min_size=1, max_size=8))
@settings(max_examples=100, deadline=None)
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


def test_a_file_keeps_its_rows_and_columns(tmp_path: Path) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_bytes('id,text,language\n1,sch\u00f6n!,de\n2,,\n3,"a, b",en\n'.encode("latin-1"))
    assert read_comment_file(source, out) == 3
    written = pd.read_csv(out, dtype={"id": str})
    assert list(written["id"]) == ["1", "2", "3"]
    assert written["text"].iloc[0] == "sch\u00f6n!"
    assert written["source_language"].iloc[0] == "de"
    assert set(COLUMNS) <= set(written.columns)
    assert np.isfinite(written["textblob_polarity"]).all()


def test_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("id,body\n1,hello\n")
    with pytest.raises(TableError, match=r"column text.*one of id, body"):
        read_comment_file(source, tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()
