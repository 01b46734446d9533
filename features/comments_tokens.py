"""What kind of token it is, and the one form its spellings share."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from features.comments_emoji import EMOJI_VALENCE, EMOTICON_VALENCE, emoticon_valence
from features.comments_foreign import FOREIGN_VALENCE
from features.comments_lexicon import unstretched, word_valence
from features.comments_stopwords import stopword_weights
from features.comments_topics import TOPICS
from features.comments_words import BOOSTERS, NEGATIONS

(WORD, NUMBER, MENTION, HASHTAG, LINK, VIDEO, MONEY, EMOJI, EMOTICON, MARK) = range(10)
"""A link to a video of the platform itself (`VIDEO`) is talk about it; other links lead away."""
KINDS: dict[str, int] = {
    "number": NUMBER, "mention": MENTION, "hashtag": HASHTAG, "link": LINK, "video": VIDEO,
    "money": MONEY, "emoji": EMOJI, "emoticon": EMOTICON, "mark": MARK,
}  # fmt: skip
"""All but words."""
_UNITS = frozenset({"", "k", "m", "st", "nd", "rd", "th", "x", "s", "am", "pm"})
_CURRENCIES = "$€£¥₹"
_MARKS = '!?.,;:\n"()%'
_FIRST_PICTURE = 0x2000


class Token(NamedTuple):
    """A token by itself."""

    form: str
    """Lower case and unstretched; links, names, numbers and amounts have one form each."""
    kind: int
    valence: float = 0.0
    """In English, -4 to 4; of emoji and emoticons in any language."""
    capitals: bool = False
    stretched: bool = False
    ends_clause: bool = False
    exclaims: int = 0
    asks: int = 0


@cache
def _known() -> dict[str, float]:
    """Every word a stretched word may stand for."""
    words = [*stopword_weights(), *BOOSTERS, *NEGATIONS]
    words += [word for table in (*FOREIGN_VALENCE.values(), *TOPICS.values()) for word in table]
    return dict.fromkeys(words, 0.0) | word_valence()


_THRICE = re.compile(r"(\w)\1\1")


def _end_of_word(text: str, at: int) -> int:
    while at < len(text) and (text[at].isalnum() or text[at] == "_"):
        at += 1
    return at


def plain_spelling(text: str) -> str:
    """A lower-case text with its stretched words spelled as usual."""
    parts, done = [], 0
    stretch = _THRICE.search(text)
    while stretch:
        first, end = stretch.start(), _end_of_word(text, stretch.end())
        while first > done and (text[first - 1].isalnum() or text[first - 1] == "_"):
            first -= 1
        parts += [text[done:first], unstretched(text[first:end], _known())[0]]
        done = end
        stretch = _THRICE.search(text, done)
    return "".join((*parts, text[done:]))


def _link(text: str) -> Token:
    lower = text.lower()
    own = "youtube.com/watch" in lower or "youtu.be/" in lower
    return Token("<video>", VIDEO) if own else Token("<link>", LINK)


def _word(text: str, lower: str) -> Token:
    form, stretched = unstretched(lower, _known())
    loud = len(text) > 1 and text.isupper()
    return Token(form, WORD, word_valence().get(form, 0.0), loud, stretched)


def _address_or_number(text: str) -> Token:
    lower = text.lower()
    if "." in lower or "/" in lower:
        return _link(lower)
    if lower[0].isdigit() and lower.strip("0123456789") in _UNITS:
        return Token("<number>", NUMBER)
    return _word(text, lower)


def _mark(text: str) -> Token:
    form = text if text in ',:"()%' else text[0] if text[0] in "!?" else "."
    return Token(
        form, MARK, ends_clause=form in "!?.,", exclaims=text.count("!"), asks=text.count("?")
    )  # fmt: skip


def _emoticon(text: str) -> Token:
    valence = emoticon_valence(text)
    return Token(":)" if valence > 0 else ":(" if valence < 0 else ":|", EMOTICON, valence)


def _lettered(text: str) -> Token:
    """A token that begins with a letter or digit."""
    lower = text.lower()
    if lower in EMOTICON_VALENCE:
        return _emoticon(text)
    if lower.isalpha():
        return _word(text, lower)
    if ("." in text or ":" in text) and text[:7].lower().startswith(("http:", "https:", "www.")):
        return _link(text)
    return _address_or_number(text)


def _signed(text: str) -> Token:
    """A token that begins with a sign."""
    first = text[0]
    if first in _MARKS and text.strip("!?.") in ("", text) and (len(text) == 1 or first in "!?."):
        return _mark(text)
    if len(text) == 1 and ord(first) > _FIRST_PICTURE and first not in _CURRENCIES:
        return Token(text, EMOJI, EMOJI_VALENCE.get(text, 0.0))
    if first in _CURRENCIES:
        return Token("<money>", MONEY)
    return _emoticon(text) if len(text) > 1 else Token(text, EMOJI, EMOJI_VALENCE.get(text, 0.0))


def describe(text: str) -> Token:
    """What a token of `features.text.tokens` is."""
    first = text[0]
    if first == "@" and len(text) > 1:
        return Token("<name>", MENTION)
    if first == "#" and len(text) > 1:
        form = text.lower()
        return Token(form, HASHTAG, word_valence().get(form[1:], 0.0))
    if first.isalnum() or first == "_":
        return _lettered(text)
    return _signed(text)
