"""Every token met so far with what it says: described once, then looked up.

A process-wide memory of a pure function: what a token says depends on the token alone, so remembering and forgetting
change nothing but speed. It is bounded; when full, a fresh one is begun.
"""

from __future__ import annotations

import threading

import numpy as np

from features.comments_foreign import FOREIGN_BOOSTERS, FOREIGN_NEGATIONS, FOREIGN_VALENCE
from features.comments_language import evidence_slots
from features.comments_lexicon import read_vader
from features.comments_match import cued_by
from features.comments_stopwords import STOPWORDS
from features.comments_tokens import EMOJI, EMOTICON, HASHTAG, WORD, Token, describe
from features.comments_topics import TOPICS
from features.comments_valence import phrase_word
from features.comments_words import (
    BOOSTERS,
    CONTRAST,
    FIRST_PERSON,
    FRIEND,
    GENERIC,
    NEGATIONS,
    REPLY,
    SLANG,
    SLANG_AFTER,
)

_MOST_REMEMBERED = 120_000
_FOREIGN_BOOST = 0.25
PRONOUNS: dict[str, frozenset[str]] = {
    "first": frozenset("i i'm im my me mine i've i'd i'll myself".split()),
    "second": frozenset("you your u ur you're youre yours ya y'all".split()),
    "third": frozenset("he she his her him he's she's they them their".split()),
    "thing": frozenset("it its it's this these that those".split()),
    "asking": frozenset("what where how when which why who does do is can anyone are did".split()),
    "us": frozenset("we us our we're we'd we've".split()),
}
_SETS: dict[str, frozenset[str]] = {
    "negates": NEGATIONS, "contrasts": CONTRAST, "personal": FIRST_PERSON, "leads": SLANG_AFTER,
    "generic": GENERIC, "friend": FRIEND, "reply": REPLY,
    **{f"topic_{name}": words for name, words in TOPICS.items()},
    **{f"says_{name}": words for name, words in PRONOUNS.items()},
    **{f"negates_{code}": words for code, words in FOREIGN_NEGATIONS.items()},
    **{f"boosts_{code}": words for code, words in FOREIGN_BOOSTERS.items()},
}  # fmt: skip
_COMMON = {code: frozenset(STOPWORDS[code].split()) for code in FOREIGN_VALENCE}


def _foreign(form: str) -> dict[str, float]:
    """A word's valence in each covered language: NaN where English decides, 0 for that language's common words."""
    return {
        f"valence_{code}": rated.get(form, 0.0 if form in _COMMON[code] else np.nan)
        for code, rated in FOREIGN_VALENCE.items()
    }


def _row(token: Token) -> dict[str, float]:
    """All numbers of one token, by column."""
    form, kind = token.form, token.kind
    sign = kind in (EMOJI, EMOTICON)
    row = {
        "kind": kind, "word": kind == WORD, "sign": sign,
        "valence": token.valence, "slang": SLANG.get(form, np.nan),
        "vader": read_vader().get(form, 0.0) if kind == WORD else token.valence,
        "boost": BOOSTERS.get(form, 0.0), "capitals": token.capitals, "stretched": token.stretched,
        "ends_clause": token.ends_clause, "exclaims": token.exclaims, "asks": token.asks,
        "phrase_word": phrase_word(form), "cued": bool(cued_by(form)),
        "model_number": any(c.isdigit() for c in form) and any(c.isalpha() for c in form),
    }  # fmt: skip
    row |= {name: form in words for name, words in _SETS.items()}
    row |= _foreign(form)
    row |= evidence_slots(form.lstrip("#"), 1.0 if kind == WORD else 0.3 if kind == HASHTAG else 0.0)
    return row


COLUMNS: tuple[str, ...] = tuple(_row(describe("word")))
_PLACE = {name: place for place, name in enumerate(COLUMNS)}


class Vocabulary(dict[str, int]):
    """Token → its row in the table. Looking up an unknown token describes it first."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[str] = []
        self._table = np.zeros((len(COLUMNS), 4096))
        self._lock = threading.Lock()

    def __missing__(self, text: str) -> int:
        token = describe(text)
        values = list(_row(token).values())
        with self._lock:
            number = len(self.forms)
            if number == self._table.shape[1]:
                self._table = np.concatenate([self._table, np.zeros_like(self._table)], axis=1)
            self._table[:, number] = values
            self.forms.append(token.form)
            self[text] = number
        return number

    def column(self, name: str) -> np.ndarray:
        """One number of every token, float64, shape (n_rows or more,)."""
        return np.asarray(self._table[_PLACE[name]])


_current = Vocabulary()


def vocabulary() -> Vocabulary:
    """The vocabulary in use; a fresh one when the last is full."""
    global _current
    if len(_current) > _MOST_REMEMBERED:
        _current = Vocabulary()
    return _current


