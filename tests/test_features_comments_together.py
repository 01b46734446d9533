"""Many comments worked on as one against each by itself: cleaning, cutting, TextBlob's walk, the memory of chunks."""

from __future__ import annotations

import re
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textblob import TextBlob
from textblob import _text as pattern

from features import comments_chunks, comments_textblob, comments_vocabulary
from features.comments import read_comments
from features.comments_chunks import BREAK, Chunks
from features.comments_stream import stream
from features.comments_textblob import polarity_and_subjectivity
from features.comments_tokens import describe, plain_spelling
from features.comments_vocabulary import Vocabulary, unlisted
from features.text import clean, cleaned, texts_with, tokens

ODD = [
    "", " ", "\n", "a\nb", "\x00", "a \x00 b", "\x01", "\x02 \n", "costs $ 20\nor €5", "it`s", "it`s ❤️", "don’t “go”",
    "&amp;", "a <3",
    "𝓵𝓸𝓿𝓮", "аррle", "n't", "isn't it?!", "ba\u200bd", "x" * 100, "good" * 30, ". . .", "! ! !", ": )", "> : ( no",
    "very very not really good!!!", "@ana.b @ana. @.a @_ #tag #", "😍😍 😍️", "so. good...great!", "8 - D", "o . O",
    "END-OF-SENTENCE",
]  # fmt: skip
PIECE = st.one_of(
    st.sampled_from([
        *ODD, "good", "bad", "not", "really", "very", "extremely", "never", "terrible", "a", "an", "the", "!", "(!)",
        ":)", ":(", "quite", "hardly", "no", "😊", "loooove", "$20", "\u2028", "\x85", "\x1c",
    ]),
    st.text(max_size=5),
)  # fmt: skip
TEXT = st.lists(PIECE, max_size=14).map(" ".join)
TEXTS = st.lists(TEXT, max_size=6)


@given(TEXTS)
@settings(max_examples=150, deadline=None)
def test_cleaning_together_is_cleaning_each(texts: list[str]) -> None:
    everything = [*texts, *ODD]
    assert cleaned(everything) == [clean(text) for text in everything]
    assert cleaned(texts) == [clean(text) for text in texts]


@given(TEXTS)
@settings(max_examples=100, deadline=None)
def test_cutting_together_is_cutting_each(texts: list[str]) -> None:
    everything = [*texts, *ODD]
    s = stream(everything)
    for i, text in enumerate(everything):
        expected = ["@name" if token[0] == "@" else token for token in tokens(clean(text))]
        assert s.which[s.owner == i].tolist() == [s.vocabulary[token] for token in expected], text
    filled = np.flatnonzero(np.diff(np.append(s.start, len(s.which))))
    assert (s.owner[s.start[filled]] == filled).all()


def test_words_before_marks_are_cut_alike() -> None:
    words = [
        "xd",
        "XD",
        "d",
        "o",
        "lol",
        "com",
        "8",
        "a1",
        "www",
        "http",
        "tt",
        "3",
        "é",
        "oO",
        "@a",
        "@_b",
        "@",
        "",
        "😍",
    ]
    chunks = [word + "".join(marks) for word in words for n in range(4) for marks in product("!?.,", repeat=n)]
    s = stream(chunks)
    for i, chunk in enumerate(chunks):
        expected = ["@name" if token[0] == "@" else token for token in tokens(chunk)]
        assert s.which[s.owner == i].tolist() == [s.vocabulary[token] for token in expected], chunk


@given(TEXTS)
@settings(max_examples=100, deadline=None)
def test_a_walk_over_many_texts_is_textblobs_own(texts: list[str]) -> None:
    everything = [*texts, *ODD]
    expected = [tuple(TextBlob(text).sentiment) for text in everything]
    np.testing.assert_array_equal(polarity_and_subjectivity(everything), expected)


def test_long_and_short_walks_meet(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many steps are taken together, the result is the same."""
    texts = ["not very good! really bad :( never terrible " * n for n in range(1, 9)]
    expected = [tuple(TextBlob(text).sentiment) for text in texts]
    for few in (1, 3, 6, 1000):
        monkeypatch.setattr(comments_textblob, "_FEW", few)
        np.testing.assert_array_equal(polarity_and_subjectivity(texts), expected)


def test_every_joined_emoticon_is_hinted_at() -> None:
    forms = {form for group in pattern.EMOTICONS.values() for form in group if len(form) > 1} - {"<3"}
    for form in (*forms, *map(" ".join, forms), "< 3", "(!)", "( ! )", pattern.EOS):
        assert comments_textblob._HINTS.search(form), form


@given(st.lists(st.text(alphabet="abx\x00 ", max_size=6), max_size=8))
def test_texts_that_hold_an_expression(texts: list[str]) -> None:
    expression = re.compile("x|ab")
    assert texts_with(expression, texts) == [i for i, text in enumerate(texts) if expression.search(text)]


@pytest.mark.parametrize(
    ("text", "plain"),
    [("sooo goood, yesss!", "so good, yes!"), ("_aaa_ 1000", "_a_ 10"), ("lovee", "lovee"), ("", ""),
     ("wooow.cooool", "wow.cool")],
)  # fmt: skip
def test_stretched_words_are_spelled_plainly(text: str, plain: str) -> None:
    assert plain_spelling(text) == plain


def test_chunks_remember_and_grow() -> None:
    asked: list[str] = []

    def numbers(chunks: list[str]) -> tuple[list[int], list[int]]:
        asked.extend(chunks)
        digits = [[0 if digit == BREAK else int(digit) for digit in chunk] for chunk in chunks]
        return [digit for found in digits for digit in found], list(map(len, digits))

    memory = Chunks()
    for _ in range(2):
        cut = memory.cut(["12 3", "", "4 5", "1\n2", "9" * 50, "12"])
        found, owner = memory.table("digits", numbers, numbers).read(cut, {2: (7, 8), 4: ()})
        assert found.tolist() == [1, 2, 3, 7, 8, 1, 0, 2, 1, 2]
        assert owner.tolist() == [0, 0, 0, 2, 2, 3, 3, 3, 5, 5]
        found, owner = memory.table("digits", numbers, numbers).read(cut, {})
        assert found.tolist() == [1, 2, 3, 4, 5, 1, 0, 2, *[9] * 50, 1, 2]
        assert owner.tolist() == [0, 0, 0, 2, 2, 3, 3, 3, *[4] * 50, 5, 5]
    assert asked.count("12") == 1
    assert asked.count("9" * 50) == 4  # too long to be remembered
    found, owner = memory.table("digits", numbers, numbers).read(memory.cut([]), {})
    assert len(found) == len(owner) == 0


def test_forgetting_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"love this {i} so much, where did you get it? @user{i} 😍" for i in range(30)]
    before = [stream([text]).vocabulary.forms[n] for text in texts for n in stream([text]).which]
    monkeypatch.setattr(comments_vocabulary, "_MOST_REMEMBERED", 5)
    monkeypatch.setattr(comments_chunks, "_MOST_REMEMBERED", 3)
    after = [s.vocabulary.forms[n] for s in (stream([text]) for text in texts) for n in s.which]
    assert before == after
    np.testing.assert_array_equal(polarity_and_subjectivity(texts), [tuple(TextBlob(t).sentiment) for t in texts])


@given(TEXTS)
@settings(max_examples=60, deadline=None)
def test_sentiment_of_texts_cut_before(texts: list[str]) -> None:
    """Texts are cut once, cleaned; TextBlob's numbers are those of the texts as they stand."""
    everything = [*texts, *ODD, "<br :) >", "so &#103;ood"]
    read = read_comments(pd.Series(everything))
    expected = [tuple(TextBlob(text).sentiment) for text in everything]
    np.testing.assert_array_equal(read[["textblob_polarity", "textblob_subjectivity"]], expected)


@pytest.mark.parametrize("mark", ["", "#"])
def test_what_is_on_no_list_is_told_by_its_kind(mark: str) -> None:
    """Words that share the row of the first of their kind have what a description of each gives."""
    endings = ["", "ing", "ung", "zione", "mente", "ção", "lerin", "eux"]
    words = [
        mark + case(stem + ending)
        for stem in ("xqw", "fl", "bkrzo", "subscribxy", "loooq", "unfoll", "don")
        for ending in endings
        for case in (str.lower, str.upper, str.title)
    ] + [
        mark + word for word in ("love", "SICK", "xD", "Refund", "bonjour", "never", "a", "Q", "unfollowxx", "_a", "a1")
    ]
    together, alone = Vocabulary(), Vocabulary()
    alone_rows = [alone._row(describe(word)) for word in words]
    rows = together._describe(words)
    assert together.forms == [describe(word).form for word in words]
    assert len(set(rows)) == len(set(alone_rows))
    assert len(dict.fromkeys(zip(rows, alone_rows, strict=True))) == len(set(rows))
    assert sum(unlisted(word) is not None for word in words) > 60
