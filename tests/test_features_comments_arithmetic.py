"""The fast reading of many comments against plain loops over one: languages, patterns, valence, the linear model."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.comments_features import read
from features.comments_language import NAMES
from features.comments_match import GROUPS, Rule, _to_try, rules
from features.comments_model import shipped_model
from features.comments_words import NEGATIONS, PHRASE_VALENCE, SLANG
from tests import oracle_reading as oracle

COMMENTS = [
    "This isn’t great, but the color is AMAZING!!!",
    "never been so happy with a purchase 😍😍😍",
    "no me gusta nada :( pero el color es muy bonito",
    "das ist nicht schön, aber sehr lecker",
    "where can I buy this? I need this in my life",
    "I'm not buying this. Total waste of money",
    "this is sick!! sooo fire",
    "check out my channel https://youtu.be/x and sub4sub",
    "@maria.b @joe take my money",
    "très déçue, jamais reçu ma commande",
    "これどこで買えますか？ 欲しい",
    "",
    "!!! ... ?",
    "I am not really very happy at all, however can't complain",
]
PIECES = st.sampled_from(
    [
        *sorted(NEGATIONS)[:12], *sorted(PHRASE_VALENCE)[:40], *sorted(SLANG)[:6], "very", "so", "but", "pero", "aber",
        "muy", "nicht", "linda", "schön", "good", "GREAT", "loooove", "bad", ".", ",", "!", "!!", "😍", "👎", ":(",
        ":)", "this is", "the", "i", "où", "dónde", "buy", "link", "@ana", "#ad", "$20", "2gb", "und",
        "que", "isn't", "isn’t",
    ]
)  # fmt: skip
TEXTS = st.lists(st.one_of(PIECES, st.text(max_size=6)), max_size=12).map(" ".join)


@given(st.lists(TEXTS, min_size=1, max_size=5))
@settings(max_examples=60, deadline=None)
def test_valence_and_language_equal_plain_loops(texts: list[str]) -> None:
    reading = read([*texts, *COMMENTS])
    for i, text in enumerate([*texts, *COMMENTS]):
        assert NAMES[reading.languages.number[i]] == oracle.language(oracle.described(text)), text
        assert reading.compound[i] == pytest.approx(oracle.compound(text), abs=1e-9), text


@given(TEXTS)
@settings(max_examples=40, deadline=None)
def test_trying_rules_by_cue_finds_what_trying_them_all_finds(text: str) -> None:
    texts = [text, *COMMENTS]
    reading = read(texts)
    for i, one in enumerate(texts):
        expected = oracle.patterns(one)
        for name in GROUPS:
            found = reading.patterns[name][i]
            if name == "purchase":  # a refused one counts a quarter
                assert expected[name] / 4 <= found <= expected[name], one
            else:
                assert found == expected[name], one


@pytest.mark.parametrize("rule", [rule for rule in rules() if rule.also], ids=lambda rule: rule.cues[0])
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_no_find_is_without_the_words_that_must_be_said_too(rule: Rule, data: st.DataObject) -> None:
    """What an expression finds, with whatever may stand around it, is tried wherever one of the cues is said."""
    letters = st.characters(codec="ascii", exclude_categories=["Cc"])
    found = data.draw(st.from_regex(re.compile(rule.source), fullmatch=True, alphabet=letters)).lower()
    end = data.draw(st.sampled_from(["", " now", "!", ".", ".com/x", "-x", "'s", "@x.com", "😍", ", ok", "/me", " \n"]))
    text = data.draw(st.sampled_from(["", "wow ", "(", "omg!! "])) + found + end
    reading = read([text])
    said = {reading.stream.vocabulary.forms[number] for number in reading.stream.which}
    if re.search(rf"(?<![\w'])(?:{rule.source})", text) and said & set(rule.cues):
        assert rules().index(rule) in _to_try(reading.stream)[1], text


@given(st.lists(TEXTS, min_size=1, max_size=4))
@settings(max_examples=30, deadline=None)
def test_the_model_is_a_sum_over_numbers_and_terms(texts: list[str]) -> None:
    model = shipped_model()
    everything = [*texts, *COMMENTS]
    reading = read(everything)
    fast = model.scores(reading)
    s = reading.stream
    assert model.names == reading.names
    for i in range(len(everything)):
        own = np.flatnonzero(s.owner == i)
        forms = [s.vocabulary.forms[row] for row in s.which[own]]
        numbers = dict(zip(reading.names, reading.matrix[i], strict=True))
        slow = oracle.scores(model, numbers, forms, list(reading.negated[own]))
        np.testing.assert_allclose(fast[i], slow, atol=1e-9)
