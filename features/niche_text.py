"""Captions, hashtags, bios and briefs as comparable terms: folded, in one script, hashtags taken apart.

Everything here is a pure function of one text and of the words a `Splitter` knows.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from features.text import EMOJI, clean

_TOKEN = re.compile(rf"https?:/+\S+|www\.\S+|#\w+|@\w[\w.]*|[^\W_]+(?:'[^\W_]+)?|{EMOJI}")
_ASCII_WORD = re.compile("[a-zA-Z0-9]+(?:'[a-zA-Z0-9]+)?")
"""What `_TOKEN` finds in an ASCII text without #, @ and links, several times faster."""
_LINK = re.compile(r"https?:/|www\.")
_ACCENT = re.compile("[\u0300-\u036f]")
_PLAIN = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ё": "е"})
_FOREIGN = re.compile("[\u00c0-\u052f\u1e00-\u1fff]")
"""Letters that may carry an accent or be mistaken for Latin ones."""
_BORROWED = re.compile(r"[a-z][\u0370-\u04ff]|[\u0370-\u04ff][a-z]")
_MIXED = re.compile(r"\w*(?:[a-z][\u0370-\u04ff]|[\u0370-\u04ff][a-z])\w*")
_ALIKE = str.maketrans("аеорсухкмтвнігјѕԁαορντικυεη", "aeopcyxkmtbhirjsdaopvtikuen")
"""Cyrillic and Greek letters to the Latin ones they are mistaken for."""
_UNSPACED = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]{2,}")
"""Runs of scripts written without blanks: Thai, Japanese, Chinese."""
_ELONGATED = re.compile(r"(.)\1{2,}")
_SPLIT_NAME = re.compile(r"[\W\d_]+")

LONGEST_TAG = 64
_COVERED = 0.8
"""A hashtag counts as taken apart when words make up at least this share of its letters."""
_UNKNOWN_LETTER = -6.0
_KNOWN_WORD = -9.0
"""Log probability of a word no fitted space has counted, and of a letter in no word."""


def fold(text: str) -> str:
    """A text in lower case without accents, fancy letters or letters borrowed from another script to look alike."""
    if text.isascii() and "&" not in text and "<" not in text:
        return text.lower()
    text = clean(text).casefold()
    if text.isascii() or not _FOREIGN.search(text):
        return text
    text = unicodedata.normalize("NFC", _ACCENT.sub("", unicodedata.normalize("NFD", text))).translate(_PLAIN)
    return _MIXED.sub(lambda found: found[0].translate(_ALIKE), text) if _BORROWED.search(text) else text


def words_of(listed: str) -> frozenset[str]:
    """A written list of words, blanks between them, each folded."""
    return frozenset(fold(listed).split())


_COMMON = words_of(
    "the a of and in on at to for with my your our is it this that be by day days daily life lover lovers love gram "
    "insta blog blogger bloggers vlog goals inspo inspiration addict time girl girls boy boys man men woman women "
    "world club community nation routine tutorial motivation lifestyle share week weekend monday sunday every best "
    "new good happy real big little all more"
)


def tokens(folded: str) -> list[str]:
    """Words, #tags, @names and emoji of a folded text, in order, links left out."""
    linked = "http" in folded or "www." in folded
    if folded.isascii() and not linked and "#" not in folded and "@" not in folded:
        return _ASCII_WORD.findall(folded)
    found: list[str] = _TOKEN.findall(folded)
    return [t for t in found if not _LINK.match(t)] if linked else found


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """A word without an English or Romance plural, so that "shoes" and "shoe" are one. Rough by design."""
    word = word.removesuffix("'s")
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def shortened(word: str) -> str:
    """A word with letters drawn out ("cuuuute") written once."""
    return _ELONGATED.sub(r"\1", word)


@dataclass(frozen=True, eq=False)
class Splitter:
    """Takes hashtags and names apart into the words it knows (a unigram model and the best path through it)."""

    log_probability: Mapping[str, float]
    starts: frozenset[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        beginnings = {word[:n] for word in self.log_probability for n in range(1, len(word) + 1)}
        object.__setattr__(self, "starts", frozenset(beginnings))

    @classmethod
    def of(cls, words: Iterable[str], counted: Mapping[str, float]) -> Splitter:
        """Knows `words` and, with their log probability, those of `counted`; below three letters only common ones."""
        known = dict.fromkeys((w for w in words if len(w) > 2 and w.isalpha()), _KNOWN_WORD)
        known.update((w, p) for w, p in counted.items() if len(w) > 2 and w.isalpha())
        known.update(dict.fromkeys(_COMMON, _KNOWN_WORD + 2))
        return cls(known)

    def split(self, name: str) -> list[str]:
        """The words `name` (folded, without its mark) is made of, in order; none where words do not cover it.

        >>> Splitter.of(["shoes"], {}).split("shoeslover")
        ['shoes', 'lover']
        """
        return list(_split(self, name[:LONGEST_TAG]))

    def best_path(self, name: str) -> list[str]:
        """The likeliest words inside `name`, in order, letters of no word left out."""
        known, starts, n = self.log_probability, self.starts, len(name)
        best = [0.0] + [-1e9] * n
        word: list[str] = [""] * (n + 1)
        for i in range(n):
            here = best[i]
            if here + _UNKNOWN_LETTER > best[i + 1]:
                best[i + 1], word[i + 1] = here + _UNKNOWN_LETTER, ""
            for j in range(i + 1, n + 1):
                piece = name[i:j]
                if piece not in starts:
                    break
                if piece in known and here + known[piece] > best[j]:
                    best[j], word[j] = here + known[piece], piece
        out = []
        while n:
            if word[n]:
                out.append(word[n])
            n -= len(word[n]) or 1
        return out[::-1]

    def terms(self, token: str) -> list[str]:
        """What a token counts as: itself, and the words inside a #tag; runs of unspaced script as pairs of letters."""
        if token[0] == "#":
            inner = token[1:]
            pairs = _pairs(inner)
            return [token, *(pairs or (w for w in self.split(inner) if len(w) > 1))]
        return [token] if token.isascii() else _pairs(token) or [token]

    def name_words(self, handle: str) -> list[str]:
        """The words inside an account's handle, as far as words cover its parts."""
        parts = (part for part in _SPLIT_NAME.split(fold(handle)) if len(part) > 2)
        return [w for part in parts for w in self.split(part) if len(w) > 2 and w in self.log_probability]


@lru_cache(maxsize=100_000)
def _split(splitter: Splitter, name: str) -> tuple[str, ...]:
    if name in splitter.log_probability or len(name) < 4:
        return (name,)
    words = splitter.best_path(name)
    return tuple(words) if sum(map(len, words)) >= _COVERED * len(name) else ()


def _pairs(token: str) -> list[str]:
    if token.isascii():
        return []
    runs = _UNSPACED.findall(token)
    return [run[i : i + 2] for run in runs for i in range(len(run) - 1)]
