"""A hand-written lexicon: what each of some two dozen subjects is talked about in, in a dozen languages and emoji.

It needs no data, so a first creator and a first brief are understood; what creators write then widens it
(`features.text_space`). Written for this project from common knowledge.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path

import numpy as np

from features.grouped import Floats
from features.niche_text import Splitter, fold, shortened, stem

_FILE = Path(__file__).with_name("niche_topics.json")
_EMOJI_FROM = 0x2500
_NO_SIGN = {"\ufe0f", "\u200d"}
_SHORTEST_START = 3


@cache
def _topics() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(_FILE.read_text("utf-8"))
    return found


TOPICS: tuple[str, ...] = tuple(_topics())
"""The subjects, in the order of every array over subjects."""
N_TOPICS = len(TOPICS)


@cache
def _entries() -> tuple[dict[str, tuple[int, ...]], dict[str, tuple[int, ...]]]:
    """Whole words and beginnings of words, each with the subjects they speak of."""
    whole: dict[str, set[int]] = {}
    starts: dict[str, set[int]] = {}
    for topic, by_language in enumerate(_topics().values()):
        for language, listed in by_language.items():
            if language == "emoji":
                for sign in set(listed) - _NO_SIGN:
                    if ord(sign) > _EMOJI_FROM:
                        whole.setdefault(sign, set()).add(topic)
                continue
            for entry in listed.split():
                for part in fold(entry.rstrip("*")).split("-"):
                    if len(part) > 1:
                        (starts if entry.endswith("*") else whole).setdefault(part, set()).add(topic)
    return _frozen(whole), _frozen(starts)


def _frozen(entries: dict[str, set[int]]) -> dict[str, tuple[int, ...]]:
    return {word: tuple(sorted(topics)) for word, topics in entries.items()}


def lexicon_words() -> Iterable[str]:
    """Every whole word and beginning of the lexicon, folded."""
    whole, starts = _entries()
    return (*whole, *starts)


@cache
def plain_splitter() -> Splitter:
    """Takes hashtags apart by the words of the lexicon alone."""
    return Splitter.of(lexicon_words(), {})


@lru_cache(maxsize=200_000)
def topics_of(term: str) -> tuple[int, ...]:
    """The subjects a folded term speaks of, as positions in `TOPICS`; none for most words, tags and names.

    Whole words first, then the longest listed beginning; then the same without plural, and without drawn-out letters.
    """
    if term[0] in "#@":
        return ()
    for form in dict.fromkeys((term, stem(term), shortened(term))):
        found = _listed(form)
        if found:
            return found
    return _inflected(term)


def _listed(term: str) -> tuple[int, ...]:
    whole, starts = _entries()
    if term in whole:
        return whole[term]
    for n in range(min(len(term), _longest_start()), _SHORTEST_START - 1, -1):
        if term[:n] in starts:
            return starts[term[:n]]
    return ()


@cache
def _longest_start() -> int:
    return max(map(len, _entries()[1]))


def _inflected(term: str) -> tuple[int, ...]:
    """Korean words carry particles behind them, Arabic ones an article before them."""
    whole, _ = _entries()
    if "\uac00" <= term[0] <= "\ud7af":
        return next((whole[term[:n]] for n in range(len(term) - 1, 1, -1) if term[:n] in whole), ())
    return whole.get(term[2:], ()) if term.startswith("ال") else ()


def topic_mass(terms: Iterable[str]) -> Floats:
    """Evidence for each subject in some terms, a repeated term counting 1 + ln(times); shape (N_TOPICS,)."""
    out = np.zeros(N_TOPICS)
    for term, times in sorted(Counter(terms).items()):
        for topic in topics_of(term):
            out[topic] += (1.0 + np.log(times)) / len(topics_of(term))
    return out
