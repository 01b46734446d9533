"""`TextBlob(text).sentiment` for a whole column, equal to it to the last digit and many times faster.

TextBlob builds a named tuple class, a list of sentences and a list of dicts for every text. The same answer needs far
less: cut all texts into chunks at blanks, look every chunk up in a memo of what it does to the running state (most do
nothing), and walk over the few that do something, many texts at once. The lexicon, the emoticons and the expressions
that join them are read from the installed TextBlob, so the two agree by construction; TextBlob itself is the test.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import chain

import numpy as np

from features.comments_chunks import Cut, chunks
from features.comments_textblob_steps import (
    BANG,
    EMOTICON,
    ENDS_MODIFIER,
    ENDS_NEGATION,
    IRONY,
    KNOWN,
    NEGATES,
    PLAIN,
    Effects,
    walk,
)
from features.text import texts_with
from features.textblob_parts import lexicon, pattern

_FEW = 256
"""The texts of most tokens, so many, are walked over one by one: a step that few others take does not pay."""

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


_HINTS = re.compile(r"[:;=>*°<8xX._(E](?:(?<=[:;=>*°<])|(?<=[8xX])\s*[-D)]|(?<=[._])\s*O|(?<=\()\s*!|(?<=E)ND-OF)")
"""What every such text holds somewhere: quick to look for."""


def _plain(word: str) -> int:
    """The flags of a word that means nothing by itself: long ones end what waits for a word."""
    return (ENDS_NEGATION if len(word) > 1 else 0) | (ENDS_MODIFIER if len(word) > 2 else 0)


@cache
def _meaningful() -> dict[str, Effect]:
    """Every lower-case token that does more than end what waits, as TextBlob's `assessments` treats it."""
    special: dict[str, Effect] = {"!": BANG, "(!)": _plain("(!)") | IRONY}
    for (_, score), forms in reversed(pattern.EMOTICONS.items()):  # of two groups with one form, the first counts
        for form in map(str.lower, forms):
            if not form.isalpha() and len(form) <= 5 and form not in pattern.PUNCTUATION:
                special[form] = (_plain(form), score)
    special |= {word: _plain(word) | NEGATES for word in lexicon.negations}
    len(lexicon)  # loads it
    for word, by_tag in lexicon.items():
        polarity, subjectivity, intensity = by_tag[None]
        special[word] = (polarity, subjectivity, intensity, "RB" in by_tag, word.endswith("ly"))
    return special


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


@cache
def _all_effects() -> dict[Effect, int]:
    """Every effect a token may have, with its number; 0 is of those that do nothing."""
    plain = (_plain(word) for word in ("a", "an", "and"))
    return {effect: number for number, effect in enumerate(dict.fromkeys((*plain, *_meaningful().values())))}


@cache
def _effects() -> Effects:
    """The same as arrays."""
    rows = []
    for effect in _all_effects():
        if isinstance(effect, int):
            rows.append((PLAIN, effect, 0.0, 0.0, 0.0, False, False))
        elif len(effect) == 5:
            rows.append((KNOWN, 0, *effect))
        else:
            rows.append((EMOTICON, *effect, 0.0, 0.0, False, False))
    kind, flags, polarity, subjectivity, intensity, modifies, ends_ly = map(np.array, zip(*rows, strict=True))
    return Effects(kind, flags, polarity, subjectivity, intensity, modifies, ends_ly)


@cache
def _numbers() -> tuple[dict[str, int], list[int]]:
    """The number of the effect of each word that means something, and of other words by their length, up to 3."""
    numbers = _all_effects()
    return (
        {word: numbers[effect] for word, effect in _meaningful().items()},
        [numbers[_plain("x" * length)] for length in range(4)],
    )


def _number(token: str) -> int:
    """The number of a token's effect; 0 of one that does nothing, of none at all too."""
    word = token.lower()
    meaningful, others = _numbers()
    found = meaningful.get(word)
    return others[min(len(word), 3)] if found is None else found


def _of_chunks(new: list[str]) -> tuple[list[int], list[int]]:
    """The numbers of each chunk's effects, without those that do nothing, and how many they are."""
    meaningful, others = _numbers()
    nothing, plain = (), [(number,) if number else () for number in others]
    found: list[Sequence[int]] = []
    for chunk in new:
        if chunk.isalnum():
            word = chunk.lower()
            number = meaningful.get(word)
            found.append(plain[min(len(word), 3)] if number is None else (number,) if number else nothing)
        else:
            found.append(_of_marked(chunk))
    return list(chain.from_iterable(found)), list(map(len, found))


def _of_marked(chunk: str) -> tuple[int, ...]:
    """The same of a chunk that is not just letters and digits."""
    if _QUOTE.search(chunk):
        parts = _QUOTE.sub(" ", chunk.replace("n't", " n't")).split()
        return tuple([number for part in parts for number in _of_marked(part)])
    if "." in chunk:
        return _that_do(_tokens(chunk))
    core = chunk.strip(_TRAILING)  # of the marks around the core, only exclamation marks do anything
    if "!" not in chunk:
        number = _number(core)
        return (number,) if number else ()
    before, _, after = chunk.partition(core) if core else (chunk, "", "")
    return _that_do((*"!" * before.count("!"), core, *"!" * after.count("!")))


def _that_do(tokens: Iterable[str]) -> tuple[int, ...]:
    return tuple([number for number in map(_number, tokens) if number])


def _as_textblob_cuts(text: str) -> tuple[int, ...]:
    """A whole text by TextBlob's own tokeniser."""
    return _that_do(" ".join(pattern.find_tokens(text)).split())


def _alone(texts: Sequence[str]) -> dict[int, Sequence[int]]:
    """The effects of texts in which TextBlob might join tokens, by position."""
    return {i: _as_textblob_cuts(texts[i]) for i in texts_with(_HINTS, texts) if _MAY_JOIN.search(texts[i])}


def _cut(texts: Sequence[str], cut: Cut | None, differ: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """The effects of all tokens, by number, and to which text each belongs; those that do nothing are left out."""
    alone = _alone(texts)
    cut = chunks().cut(texts) if cut is None else cut
    table = cut.memory.table("textblob", _of_chunks, _of_chunks)
    if not differ:
        return table.read(cut, alone)
    which, owner = table.read(cut, alone | dict.fromkeys(differ, ()))
    again = cut.memory.cut([texts[i] for i in differ])
    others, place = table.read(again, {k: alone[i] for k, i in enumerate(differ) if i in alone})
    owner = np.concatenate([owner, np.asarray(differ, dtype=np.int64)[place]])
    order = np.argsort(owner, kind="stable")
    return np.concatenate([which, others])[order], owner[order]


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


def _assess(effects: Iterable[Effect]) -> list[list[float]]:
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
        negation = bool(flags & NEGATES) or (negation and not flags & ENDS_NEGATION)
        if negation and modifier and ends_ly:  # "really not good"
            assessed[-1][3], negation = -1.0, False
        else:
            modifier = modifier and not flags & ENDS_MODIFIER
        if assessed or flags is not effect or flags & IRONY:
            _mark(assessed, effect)
    return assessed


def _mark(assessed: list[list[float]], effect: int | Emoticon) -> None:
    """An exclamation mark raises the word before it; an emoticon or "(!)" is assessed by itself."""
    if not isinstance(effect, int):
        assessed.append([effect[1], 1.0, 1.0, 1.0])
    elif effect & BANG and assessed:
        assessed[-1][0] = max(-1.0, min(assessed[-1][0] * 1.25, 1.0))
    elif effect & IRONY:
        assessed.append([0.0, 1.0, 1.0, 1.0])


def means(effects: Iterable[Effect]) -> tuple[float, float]:
    """Mean polarity and subjectivity of a text with these effects."""
    assessed = _assess(effects)
    polarity, subjectivity = 0.0, 0.0
    for p, s, _, sign in assessed:
        polarity += p * -0.5 if sign < 0 else p
        subjectivity += s
    return (polarity / len(assessed), subjectivity / len(assessed)) if assessed else (0.0, 0.0)


def _that_count(which: np.ndarray, owner: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Without the texts that say nothing, and without words that end what waits where nothing can wait any more."""
    e = _effects()
    speaks = np.bincount(owner, weights=e.counts[which], minlength=n) > 0
    kept = speaks[owner]
    which, owner = which[kept], owner[kept]
    inert = e.inert[which]
    idle = np.ones(len(which), dtype=bool)
    idle[1:] = inert[:-1] | (owner[1:] != owner[:-1])
    kept = ~(inert & idle)
    return which[kept], owner[kept]


def polarity_and_subjectivity(texts: Sequence[str], cut: Cut | None = None, differ: Sequence[int] = ()) -> np.ndarray:
    """TextBlob's polarity (-1..1) and subjectivity (0..1) of each text.

    Parameters
    ----------
    texts : the comments as they stand, no missing values among them.
    cut : the texts cut already, where they are.
    differ : positions, ascending, of texts that were not cut as they stand.

    Returns
    -------
    float64, shape (n_texts, 2); equal to `TextBlob(text).sentiment` for every text.

    Source of the rules: textblob/_text.py, adapted by TextBlob from Pattern (De Smedt & Daelemans, JMLR 2012).
    """
    texts = list(texts)
    which, owner = _that_count(*_cut(texts, cut, differ), len(texts))
    length = np.bincount(owner, minlength=len(texts))
    found = np.zeros((len(texts), 2))
    longest = int(np.partition(length, -_FEW)[-_FEW]) if len(length) > _FEW else 0
    short = (length > 0) & (length <= longest)
    found[short] = walk(which[short[owner]], length[short], _effects())
    every = list(_all_effects())
    first = np.cumsum(length) - length
    for i in np.flatnonzero(length > longest).tolist():
        found[i] = means([every[number] for number in which[first[i] : first[i] + length[i]].tolist()])
    return found
