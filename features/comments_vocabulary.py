"""Every token met so far with what it says: described once, then looked up.

A process-wide memory of a pure function: what a token says depends on the token alone, so remembering and forgetting
change nothing but speed. It is bounded; when full, a fresh one is begun.
"""

from __future__ import annotations

import threading

import numpy as np

from features.comments_foreign import FOREIGN_BOOSTERS, FOREIGN_NEGATIONS, FOREIGN_VALENCE
from features.comments_language import evidence_slots
from features.comments_lexicon import read_textblob, read_vader
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
    listed,
)

_MOST_REMEMBERED = 120_000
_FOREIGN_BOOST = 0.25
PRONOUNS: dict[str, frozenset[str]] = {
    "first": listed("i i'm im my me mine i've i'd i'll myself"),
    "second": listed("you your u ur you're youre yours ya y'all"),
    "third": listed("he she his her him he's she's they them their"),
    "thing": listed("it its it's this these that those"),
    "asking": listed("what where how when which why who does do is can anyone are did"),
    "us": listed("we us our we're we'd we've"),
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


_BASE = (
    "kind", "word", "sign", "valence", "vader", "textblob", "capitals", "stretched", "ends_clause", "exclaims", "asks",
    "cued", "model_number",
)  # fmt: skip


def _base(token: Token) -> tuple[float, ...]:
    """What every token has, in the order of `_BASE`."""
    form, kind = token.form, token.kind
    sign = kind in (EMOJI, EMOTICON)
    vader = read_vader().get(form, 0.0) if kind == WORD else token.valence
    textblob = read_textblob().get(form, 0.0) if kind == WORD else 0.0
    cued = bool(cued_by(form))
    mixed = kind == WORD and not form.isalpha() and not form.isdigit() and any(map(str.isdigit, form))
    return (
        kind, kind == WORD, sign, token.valence, vader, textblob, token.capitals, token.stretched, token.ends_clause,
        token.exclaims, token.asks, cued, mixed,
    )  # fmt: skip


def _special(form: str) -> dict[str, float]:
    """What a listed word has besides. In a covered language a valence is NaN where the English one counts."""
    row = {
        "slang": SLANG.get(form, np.nan), "boost": BOOSTERS.get(form, 0.0), "phrase_word": phrase_word(form),
    }  # fmt: skip
    row |= {name: float(form in words) for name, words in _SETS.items()}
    for code, rated in FOREIGN_VALENCE.items():
        row[f"valence_{code}"] = rated.get(form, 0.0 if form in _COMMON[code] else np.nan)
    return row


_NOTHING = _special("")
_NO_EVIDENCE = evidence_slots("", 0.0)
COLUMNS: tuple[str, ...] = (*_BASE, *_NO_EVIDENCE, *_NOTHING)
_PLACE = {name: place for place, name in enumerate(COLUMNS)}
_EVIDENCE = slice(len(_BASE), len(_BASE) + len(_NO_EVIDENCE))
_LISTED = slice(_EVIDENCE.stop, len(COLUMNS))
_EMPTY = np.array([*[0.0] * len(_BASE), *_NO_EVIDENCE.values(), *_NOTHING.values()])[:, None]
_SPECIAL = frozenset().union(*_SETS.values(), *_COMMON.values(), *FOREIGN_VALENCE.values(), SLANG, BOOSTERS)
_WEIGHTS = {WORD: 1.0, HASHTAG: 0.3}
_ROOM = 4096


class Vocabulary(dict[str, int]):
    """Token → its row in the table. Looking up an unknown token describes it first."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[str] = []
        self._table = np.repeat(_EMPTY, _ROOM, axis=1)
        self._lock = threading.Lock()

    def __missing__(self, text: str) -> int:
        token = describe(text)
        form = token.form
        base = _base(token)
        spoken = evidence_slots(form.lstrip("#"), _WEIGHTS[token.kind]) if token.kind in _WEIGHTS else {}
        with self._lock:
            number = len(self.forms)
            if number == self._table.shape[1]:
                self._table = np.concatenate([self._table, np.repeat(_EMPTY, number, axis=1)], axis=1)
            row = self._table[:, number]
            row[: len(_BASE)] = base
            if spoken:
                row[_EVIDENCE] = list(spoken.values())
            if form in _SPECIAL or phrase_word(form) >= 0:
                row[_LISTED] = list(_special(form).values())
            self.forms.append(form)
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
