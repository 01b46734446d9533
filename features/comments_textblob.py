"""`TextBlob(text).sentiment` for a whole column, equal to it to the last digit and many times faster.

TextBlob builds a named tuple class, a list of sentences and a list of dicts for every text. The same answer needs far
less: cut the text into chunks at blanks, look every chunk up in a memo of what it does to the running state (most do
nothing), and walk over the few that do something. The lexicon, the emoticons and the expressions that join them are
read from the installed TextBlob, so the two agree by construction; TextBlob itself is the test.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

import numpy as np
from textblob import _text as pattern
from textblob.en import sentiment as lexicon

_MOST_REMEMBERED = 400_000
"""Chunks kept in the memo before it starts anew: about 60 MB."""

_NEGATES, _ENDS_NEGATION, _ENDS_MODIFIER, _BANG, _IRONY = 1, 2, 4, 8, 16

_TRAILING = pattern.PUNCTUATION
_LEADING = pattern.PUNCTUATION.replace(".", "")
_QUOTE = re.compile("[“”‘’'\"]")

Known = tuple[float, float, float, bool, bool]
"""A word of the lexicon: polarity, subjectivity, intensity, may modify the next word, ends in "ly"."""
Emoticon = tuple[int, float]
"""What its letters do to the state, and its polarity."""
Effect = int | Known | Emoticon
"""What one token does to the running state; plain numbers are words outside the lexicon."""


def _joinable(emoticon: str) -> str:
    """The parts of an emoticon as they may stand in a raw text; one that ends in a letter ends a word."""
    parts = r"\s*".join(re.escape(letter) for letter in emoticon)
    return parts + (r"(?![a-mo-zA-Z0-9])" if emoticon[-1].isalnum() else "")


_MAY_JOIN = re.compile(
    "|".join(
        [_joinable(e) for forms in pattern.EMOTICONS.values() for e in sorted(forms) if len(e) > 1 and e != "<3"]
        + [r"<\s+3", r"\(\s*!\s*\)", pattern.EOS]
    )
)
"""Texts in which TextBlob might join tokens into an emoticon or "(!)": only these (1 in 90) need its own tokeniser."""


def _plain(word: str) -> int:
    """The flags of a word that means nothing by itself: long ones end what waits for a word."""
    return (_ENDS_NEGATION if len(word) > 1 else 0) | (_ENDS_MODIFIER if len(word) > 2 else 0)


@cache
def _meaningful() -> dict[str, Effect]:
    """Every lower-case token that does more than end what waits, as TextBlob's `assessments` treats it."""
    special: dict[str, Effect] = {"!": _BANG, "(!)": _plain("(!)") | _IRONY}
    for (_, score), forms in reversed(pattern.EMOTICONS.items()):  # of two groups with one form, the first counts
        for form in map(str.lower, forms):
            if not form.isalpha() and len(form) <= 5 and form not in pattern.PUNCTUATION:
                special[form] = (_plain(form), score)
    special |= {word: _plain(word) | _NEGATES for word in lexicon.negations}
    len(lexicon)  # loads it
    for word, by_tag in lexicon.items():
        polarity, subjectivity, intensity = by_tag[None]
        special[word] = (polarity, subjectivity, intensity, "RB" in by_tag, word.endswith("ly"))
    return special


def _effect(token: str) -> Effect:
    word = token.lower()
    found = _meaningful().get(word)
    return _plain(word) if found is None else found


def _abbreviation(chunk: str) -> bool:
    return chunk in pattern.ABBREVIATIONS or any(
        rule.match(chunk) for rule in (pattern.RE_ABBR1, pattern.RE_ABBR2, pattern.RE_ABBR3)
    )


def _tokens(chunk: str) -> list[str]:
    """A chunk without blanks or quotes, cut as TextBlob cuts it: punctuation off both ends, abbreviations whole."""
    core = chunk.lstrip(_LEADING)
    tokens, tail = list(chunk[: len(chunk) - len(core)]), []
    while core and core[-1] in _TRAILING:
        if core[-1] != ".":
            tail.append(core[-1])
            core = core[:-1]
        if core.endswith("..."):
            tail.append("...")
            core = core[:-3].rstrip(".")
        if core.endswith("."):
            if _abbreviation(core):
                break
            tail.append(".")
            core = core[:-1]
    return [*tokens, *([core] if core else []), *reversed(tail)]


class _Memo(dict[str, tuple[Effect, ...]]):
    """What each chunk does, worked out when first met. A pure function of the chunk: forgetting changes nothing."""

    def __missing__(self, chunk: str) -> tuple[Effect, ...]:
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        if chunk.isalnum():
            found: tuple[Effect, ...] = (_effect(chunk),)
        elif "." in chunk:
            found = tuple(effect for effect in map(_effect, _tokens(chunk)) if effect)
        else:
            found = self._between_marks(chunk)
        self[chunk] = found
        return found

    @staticmethod
    def _between_marks(chunk: str) -> tuple[Effect, ...]:
        """Without full stops: of the marks around the core, only exclamation marks do anything."""
        core = chunk.strip(_TRAILING)
        if not core:
            return (_BANG,) * chunk.count("!")
        before, _, after = chunk.partition(core)
        effect = _effect(core)
        return (_BANG,) * before.count("!") + ((effect,) if effect else ()) + (_BANG,) * after.count("!")


_memo = _Memo()


def _effects(text: str) -> list[Effect]:
    """The effects of a text's tokens in order; tokens without any are left out."""
    if _MAY_JOIN.search(text):
        return [effect for effect in map(_effect, " ".join(pattern.find_tokens(text)).split()) if effect]
    if _QUOTE.search(text):
        text = _QUOTE.sub(" ", text.replace("n't", " n't"))
    memo = _memo
    return [effect for chunk in text.split() for effect in memo[chunk]]


def _known(assessed: list[list[float]], effect: Known, modified: bool, negated: bool) -> None:
    """Assess a word of the lexicon: raised by a waiting modifier, turned by a waiting negation."""
    polarity, subjectivity, intensity = effect[:3]
    if modified:
        last = assessed[-1]
        last[0] = max(-1.0, min(polarity * last[2], 1.0))
        last[1] = max(-1.0, min(subjectivity * last[2], 1.0))
        last[2] = intensity
    else:
        last = [polarity, subjectivity, intensity, 1.0]
        assessed.append(last)
    if negated:
        last[2] = 1.0 / last[2]
        last[3] = -1.0


def _assess(effects: list[Effect]) -> list[list[float]]:
    """One [polarity, subjectivity, intensity, sign] per assessed word, emoticon or ironic mark."""
    assessed: list[list[float]] = []
    modifier = ends_ly = negation = False
    for effect in effects:
        if isinstance(effect, int):
            flags = effect
        elif len(effect) == 5:
            _known(assessed, effect, modifier, negation)
            modifier, ends_ly, negation = effect[3], effect[4], False
            continue
        else:
            flags = effect[0]
        negation = bool(flags & _NEGATES) or (negation and not flags & _ENDS_NEGATION)
        if negation and modifier and ends_ly:  # "really not good"
            assessed[-1][3], negation = -1.0, False
        else:
            modifier = modifier and not flags & _ENDS_MODIFIER
        if assessed or flags is not effect or flags & _IRONY:
            _mark(assessed, effect)
    return assessed


def _mark(assessed: list[list[float]], effect: int | Emoticon) -> None:
    """An exclamation mark raises the word before it; an emoticon or "(!)" is assessed by itself."""
    if not isinstance(effect, int):
        assessed.append([effect[1], 1.0, 1.0, 1.0])
    elif effect & _BANG and assessed:
        assessed[-1][0] = max(-1.0, min(assessed[-1][0] * 1.25, 1.0))
    elif effect & _IRONY:
        assessed.append([0.0, 1.0, 1.0, 1.0])


def _means(effects: list[Effect]) -> tuple[float, float]:
    for effect in effects:
        if type(effect) is not int or effect & _IRONY:
            break
    else:
        return 0.0, 0.0
    polarity, subjectivity = 0.0, 0.0
    assessed = _assess(effects)
    for p, s, _, sign in assessed:
        polarity += p * -0.5 if sign < 0 else p
        subjectivity += s
    return polarity / len(assessed), subjectivity / len(assessed)


def polarity_and_subjectivity(texts: Iterable[str]) -> np.ndarray:
    """TextBlob's polarity (-1..1) and subjectivity (0..1) of each text.

    Parameters
    ----------
    texts : the comments as they stand, no missing values among them.

    Returns
    -------
    float64, shape (n_texts, 2); equal to `TextBlob(text).sentiment` for every text.

    Source of the rules: textblob/_text.py, adapted by TextBlob from Pattern (De Smedt & Daelemans, JMLR 2012).
    """
    flat: list[float] = []
    for text in texts:
        flat += _means(_effects(text))
    return np.array(flat, dtype=np.float64).reshape(-1, 2)
