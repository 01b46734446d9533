"""The language of a comment: common words, telling letters and scripts, added up over its tokens.

Meant for short texts: a few words decide, and where nothing speaks for any language the answer is "und"
(undetermined), not a guess.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from features.comments_foreign import COVERED, FOREIGN_VALENCE
from features.comments_lexicon import read_vader
from features.comments_stopwords import ENDINGS, LANGUAGES, LETTERS, SCRIPTS, TELLING, stopword_weights
from features.comments_topics import BRAND, MEASURES, TOPICS
from features.comments_words import BOOSTERS, NEGATIONS, SLANG, WORD_VALENCE

if TYPE_CHECKING:
    from features.comments_stream import Stream

UNDETERMINED = "und"
NAMES: tuple[str, ...] = (*LANGUAGES, UNDETERMINED)
_NUMBER = {code: number for number, code in enumerate(LANGUAGES)}
_LEXICON_WORD, _TOPIC_WORD, _FOREIGN_WORD = 0.45, 0.4, 0.8
_ENDING, _LETTER, _SCRIPT_LETTER = 0.2, 0.7, 0.5
_ENOUGH = 0.34
"""Less evidence than this is no evidence: one word shared by three languages."""
_SLOTS = 4
SLOT_NAMES: tuple[str, ...] = tuple(f"{part}_{i}" for i in range(_SLOTS) for part in ("language", "language_weight"))
NO_SLOTS = (0.0,) * (2 * _SLOTS)
_LONG, _LONGEST_ENDING = 5, 6
_SINGLE_LETTER = 0.3
"""What a single Latin letter says for a language other than English, at most: it may be a name or part of a link."""
_UNDERSTOOD = np.isin(np.array(NAMES), ["en", *COVERED])


@cache
def _word_evidence() -> dict[str, dict[str, float]]:
    """word → language → weight, from the stopwords and the sentiment lists."""
    english = {*read_vader(), *WORD_VALENCE, *SLANG, *BOOSTERS, *NEGATIONS, *BRAND, *MEASURES}
    evidence: dict[str, dict[str, float]] = {word: {"en": _LEXICON_WORD} for word in english}
    for code, words in FOREIGN_VALENCE.items():
        sharers = {w: sum(w in other for other in FOREIGN_VALENCE.values()) for w in words}
        for word in words:
            evidence.setdefault(word, {})[code] = (_LEXICON_WORD if word in english else _FOREIGN_WORD) / sharers[word]
    for word in [word for topic in TOPICS.values() for word in topic if word not in evidence]:
        evidence[word] = {"en": _TOPIC_WORD}
    for word, weights in stopword_weights().items():
        entry = evidence.setdefault(word, {})
        for code, weight in weights.items():
            entry[code] = max(weight, entry.get(code, 0.0))
    for letter in [word for word in evidence if len(word) == 1 and word.isascii()]:
        evidence[letter] = {code: w if code == "en" else min(w, _SINGLE_LETTER) for code, w in evidence[letter].items()}
    return evidence


@cache
def _of_letter(letter: str) -> tuple[tuple[str, ...], str | None, tuple[str, ...]]:
    """What one letter says: languages that use it, the language of its script, languages it alone tells."""
    code = ord(letter)
    script = next((language for first, last, language in SCRIPTS if first <= code <= last), None)
    return (
        tuple(language for language, letters in LETTERS.items() if letter in letters),
        script,
        tuple(language for language, letters in TELLING.items() if letter in letters),
    )


def _of_letters(form: str, found: dict[str, float]) -> None:
    """Add what letters beyond ASCII say: those of one language, and scripts that are not Latin."""
    using: set[str] = set()
    telling: set[str] = set()
    scripts: dict[str, float] = {}
    for letter in form:
        if letter > "\x7f":
            used, script, told = _of_letter(letter)
            using.update(used)
            telling.update(told)
            if script:
                scripts[script] = scripts.get(script, 0.0) + _SCRIPT_LETTER
    for code in using:
        found[code] = found.get(code, 0.0) + _LETTER
    for code in telling:
        scripts[code] = sum(scripts.values()) + _SCRIPT_LETTER
    if "ja" in scripts and "zh" in scripts:
        scripts["ja"] += scripts.pop("zh")
    for code, weight in scripts.items():
        found[code] = found.get(code, 0.0) + weight


@cache
def _endings() -> dict[str, tuple[str, ...]]:
    """ending → the languages that list it."""
    ends = {end for listed in ENDINGS.values() for end in listed}
    return {end: tuple(code for code, listed in ENDINGS.items() if end in listed) for end in ends}


@cache
def _tails() -> frozenset[str]:
    """The last two letters of every ending: most words are told by them to have none."""
    return frozenset(end[-2:] for end in _endings())


def telling_ending(form: str) -> str:
    """The longest ending of a word in letters of ASCII that languages list; "" where none is, or the word is short."""
    return _ending(form) if len(form) >= _LONG else ""


def telling_words() -> Collection[str]:
    """The words that speak for a language as they are."""
    return _word_evidence().keys()


def _ending(form: str) -> str:
    if form[-2:] in _tails():
        for length in range(min(_LONGEST_ENDING, len(form) - 2), 1, -1):
            if form[-length:] in _endings():
                return form[-length:]
    return ""


def _of_ending(form: str) -> dict[str, float]:
    """The longest listed ending speaks a little for its languages."""
    codes = _endings().get(_ending(form), ())
    return {code: _ENDING / len(codes) for code in codes}


def evidence(form: str) -> dict[str, float]:
    """How much one word says for each language; empty where it says nothing."""
    found = _word_evidence().get(form, {})
    if form.isascii():
        return found or (_of_ending(form) if len(form) >= _LONG else {})
    found = dict(found)
    _of_letters(form, found)
    return found or _of_ending(form)


@dataclass(frozen=True)
class Languages:
    """Per text, shape (n_texts,)."""

    number: np.ndarray
    """Position in `NAMES`, int64."""
    wordless: np.ndarray
    """No word to be understood: emoji, names, numbers and marks only, or nothing at all; bool."""

    @property
    def names(self) -> np.ndarray:
        """ISO 639-1 codes, "und" where undetermined; object array."""
        return np.asarray(np.array(NAMES, dtype=object)[self.number])

    @property
    def covered(self) -> np.ndarray:
        """Whether the language has a sentiment lexicon here, bool."""
        return np.asarray(_UNDERSTOOD[self.number])


def evidence_slots(form: str, weight: float) -> tuple[float, ...]:
    """The same in a fixed number of columns (`SLOT_NAMES`), strongest first: number in `LANGUAGES` and weight."""
    found = evidence(form)
    if not found:
        return NO_SLOTS
    strongest = sorted(found.items(), key=lambda item: -item[1])[:_SLOTS]
    slots = tuple(part for code, value in strongest for part in (_NUMBER[code], weight * value))
    return slots + NO_SLOTS[len(slots) :]


def identify(s: Stream) -> Languages:
    """The language each text of a stream is most likely in."""
    n, size = len(s.texts), len(LANGUAGES)
    scores = np.zeros(n * size)
    for slot in range(_SLOTS):
        weight = s.take(f"language_weight_{slot}")
        at = np.flatnonzero(weight)
        cell = s.owner[at] * size + s.take(f"language_{slot}")[at].astype(np.int64)
        scores += np.bincount(cell, weights=weight[at], minlength=n * size)
    by_text = scores.reshape(n, size)
    best = by_text.argmax(axis=1) if n else np.zeros(0, dtype=np.int64)
    sure = by_text.max(axis=1, initial=0.0) >= _ENOUGH
    return Languages(np.where(sure, best, size), s.count("word") == 0)
