"""Many comments as one stream of tokens: every token described once, however often it is said.

The stream is what makes the reading fast. Whatever depends on a single token is looked up per distinct token; whatever
depends on neighbours is array arithmetic over the whole stream. A text's result never depends on another text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from features.comments_emoji import EMOJI_VALENCE, emoticon_valence
from features.comments_lexicon import unstretched, word_valence
from features.comments_stopwords import stopword_weights
from features.comments_words import BOOSTERS, CONTRAST, NEGATIONS, PHRASE_VALENCE
from features.text import clean, tokens

(WORD, NUMBER, MENTION, HASHTAG, LINK, MONEY, EMOJI, EMOTICON, MARK) = range(9)
"""What kind of token it is."""


@dataclass(frozen=True, slots=True)
class Token:
    """What one token says by itself."""

    form: str
    """Lower case, unstretched; links, names, numbers and amounts each have one form."""
    kind: int
    valence: float
    """English valence, -4 to 4; emoji and emoticons in any language."""
    boost: float
    negates: bool
    contrasts: bool
    ends_clause: bool
    capitals: bool
    stretched: bool
    exclaims: int
    asks: int


def _plain(form: str, kind: int, valence: float = 0.0) -> Token:
    return Token(form, kind, valence, 0.0, False, False, False, False, False, 0, 0)


@cache
def _known() -> dict[str, float]:
    """Every word a stretched word may stand for."""
    common: dict[str, float] = dict.fromkeys(stopword_weights(), 0.0)
    return common | dict.fromkeys([*BOOSTERS, *NEGATIONS], 0.0) | word_valence()


def _word(text: str) -> Token:
    lower = text.lower()
    if "." in lower or "/" in lower:
        return _plain("<link>", LINK)
    if text[0].isdigit() and lower.strip("0123456789") in ("", "k", "m", "st", "nd", "rd", "th", "x", "s", "am", "pm"):
        return _plain("<number>", NUMBER)
    form, stretched = unstretched(lower, _known())
    return Token(
        form=form,
        kind=WORD,
        valence=word_valence().get(form, 0.0),
        boost=BOOSTERS.get(form, 0.0),
        negates=form in NEGATIONS,
        contrasts=form in CONTRAST,
        ends_clause=False,
        capitals=len(text) > 1 and text.isupper(),
        stretched=stretched,
        exclaims=0,
        asks=0,
    )


def _mark(text: str) -> Token:
    form = text if text in ",:\"()" else "!" if text[0] == "!" else "?" if text[0] == "?" else "."
    ends = text[0] in "!?.;\n"
    return Token(form, MARK, 0.0, 0.0, False, False, ends or text == ",", False, False, text.count("!"), text.count("?"))


def describe(text: str) -> Token:
    """What a token of `features.text.tokens` says."""
    first = text[0]
    if first.isalnum() or first == "_":
        if text in EMOJI_VALENCE or (not text.isalnum() and emoticon_valence(text)) or text.lower() in ("xd", "xdd"):
            return _plain(":)" if emoticon_valence(text) > 0 else ":(", EMOTICON, emoticon_valence(text))
        if text.startswith(("http:", "https:", "www.")):
            return _plain("<link>", LINK)
        return _word(text)
    if len(text) > 1 and first in "@#" :
        return _plain("<name>", MENTION) if first == "@" else _plain(text.lower(), HASHTAG, word_valence().get(text[1:].lower(), 0.0))
    if first in "!?.,;\n\"()%" and (len(text) == 1 or text[1] in "!?."):
        return _mark(text)
    if first in "$€£¥₹":
        return _plain("<money>", MONEY)
    if len(text) == 1 and ord(first) > 0x2000:
        return _plain(text, EMOJI, EMOJI_VALENCE.get(text, 0.0))
    valence = emoticon_valence(text)
    if valence or len(text) > 1:
        return _plain(":)" if valence > 0 else ":(" if valence < 0 else ":|", EMOTICON, valence)
    return _mark(text)


class _Memo(dict[str, Token]):
    def __missing__(self, text: str) -> Token:
        if len(self) >= 300_000:
            self.clear()
        self[text] = described = describe(text)
        return described


_memo = _Memo()


@dataclass(frozen=True)
class Stream:
    """The tokens of n texts, one after the other."""

    texts: list[str]
    """The cleaned texts."""
    tokens: list[Token]
    """The distinct tokens."""
    which: np.ndarray
    """Position in `tokens`, int64, shape (n_tokens,)."""
    owner: np.ndarray
    """Which text a token belongs to, int64, ascending, shape (n_tokens,)."""
    count: np.ndarray
    """Tokens per text, int64, shape (n_texts,)."""
    start: np.ndarray
    """Position of each text's first token, int64, shape (n_texts,)."""

    def take(self, attribute: str) -> np.ndarray:
        """An attribute of every token of the stream, float64."""
        return np.array([getattr(t, attribute) for t in self.tokens], dtype=np.float64)[self.which]

    def total(self, values: np.ndarray) -> np.ndarray:
        """The sum of a value per token over each text, float64, shape (n_texts,)."""
        return np.bincount(self.owner, weights=values, minlength=len(self.texts))


def stream(raw: Sequence[str]) -> Stream:
    """Clean and cut texts, and describe their tokens."""
    texts = [clean(text) for text in raw]
    seen: dict[str, int] = {}
    counts = np.empty(len(texts), dtype=np.int64)
    flat: list[int] = []
    for i, text in enumerate(texts):
        found = tokens(text)
        counts[i] = len(found)
        flat += [seen.setdefault(token, len(seen)) for token in found]
    which = np.array(flat, dtype=np.int64)
    owner = np.repeat(np.arange(len(texts)), counts)
    return Stream(texts, [_memo[token] for token in seen], which, owner, counts, np.cumsum(counts) - counts)
