"""The comment reader's arithmetic once more, one comment and one token at a time: the judge of the fast version."""

from __future__ import annotations

import math
import re
from collections import Counter
from functools import cache

import numpy as np

from features.comments_foreign import (
    COVERED,
    FOREIGN_BOOSTERS,
    FOREIGN_NEGATIONS,
    FOREIGN_PHRASES,
    FOREIGN_VALENCE,
    NEGATION_FOLLOWS,
)
from features.comments_foreign_more import stem_valence
from features.comments_language import evidence
from features.comments_match import GROUPS, Rule, rules
from features.comments_model import HEADS, CommentModel
from features.comments_stopwords import LANGUAGES, STOPWORDS
from features.comments_tokens import EMOJI, EMOTICON, HASHTAG, WORD, Token, describe, plain_spelling
from features.comments_words import (
    ALLOWS_NONE,
    BOOSTERS,
    COMPARATIVE,
    CONTRAST,
    FIRST_PERSON,
    NEGATIONS,
    PHRASE_VALENCE,
    SLANG,
    SLANG_AFTER,
)
from features.text import clean, tokens

_PHRASES = FOREIGN_PHRASES | PHRASE_VALENCE
_WEIGHTS = {WORD: 1.0, HASHTAG: 0.3}


def described(text: str) -> list[Token]:
    return [describe(token if token[0] != "@" else "@name") for token in tokens(clean(text))]


def language(found: list[Token]) -> str:
    score: dict[str, float] = dict.fromkeys(LANGUAGES, 0.0)
    for token in found:
        if token.kind in _WEIGHTS:
            for code, weight in sorted(evidence(token.form.lstrip("#")).items(), key=lambda item: -item[1])[:4]:
                score[code] += _WEIGHTS[token.kind] * weight
    best = max((score[code] for code in LANGUAGES), default=0.0)
    return next(code for code in LANGUAGES if score[code] == best) if best >= 0.34 else "und"


def patterns(text: str) -> dict[str, int]:
    """How many rules of each group are fulfilled; purchase rules that are refused count a quarter, so they are
    left to the caller."""
    plain = clean(text).lower()
    if any(token.stretched for token in described(text)):
        plain = plain_spelling(plain)
    forms = {token.form for token in described(text)}
    counts = dict.fromkeys(GROUPS, 0)
    for rule in rules():
        if any(_is_cue(cue, form) for cue in rule.cues for form in forms) and _found(rule, plain):
            counts[GROUPS[rule.group]] += 1
    return counts


def _found(rule: Rule, plain: str) -> bool:
    """The expression as it is written, at the beginning of a word."""
    return _written(rule).search(plain) is not None


@cache
def _written(rule: Rule) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w'])(?:{rule.source})" if rule.spaced else rule.source)


def _is_cue(cue: str, form: str) -> bool:
    if cue == "*":
        return form[:1].isalpha() and ord(form[0]) >= 0x590
    return form.startswith(cue[:-1]) if cue.endswith("*") else form == cue


def _phrases(forms: list[str]) -> list[tuple[int, int, float]]:
    """First token, length and valence of the longest phrase at each place, from left to right."""
    found, i = [], 0
    while i < len(forms):
        for n in (5, 4, 3, 2, 1):
            phrase = " ".join(forms[i : i + n])
            if phrase in _PHRASES and i + n <= len(forms):
                found.append((i, n, _PHRASES[phrase]))
                i += n
                break
        else:
            i += 1
    return found


@cache
def _common(code: str) -> frozenset[str]:
    return frozenset(STOPWORDS.get(code, "").split())


def _word_valence(token: Token, code: str, slang: bool) -> float:
    if token.kind in (EMOJI, EMOTICON):
        return token.valence
    own = FOREIGN_VALENCE.get(code, {})
    if token.form in own:
        return own[token.form]
    if code in COVERED and token.form in _common(code):
        return 0.0
    stem = stem_valence(code, token.form) if token.form[:1] >= "\u0370" and token.form[:1].isalpha() else None
    if stem is not None:
        return stem
    if code not in (*COVERED, "en", "und"):
        return 0.0
    return SLANG[token.form] if slang else token.valence


def _valences(found: list[Token], code: str) -> list[float]:
    words = sum(token.kind == WORD for token in found)
    personal = any(token.form in FIRST_PERSON for token in found)
    values = []
    for i, token in enumerate(found):
        led = words == 1 or (i > 0 and found[i - 1].form in SLANG_AFTER)
        slang = token.form in SLANG and words <= 6 and not personal and led
        values.append(_word_valence(token, code, slang))
    return values


def _turned(found: list[Token], inside: list[bool], i: int, front: int, clause: int, code: str) -> bool:
    """Whether a negation turns the word at `i` (of a phrase that begins at `front`)."""
    negations = FOREIGN_NEGATIONS.get(code, NEGATIONS)
    no = next((j for j in range(front - 1, -1, -1) if found[j].form in negations and not inside[j]), -1)
    if no >= clause and front - no <= 3 and not (found[i].form in COMPARATIVE and found[no].form in ALLOWS_NONE):
        return True
    for j in range(i + 1, min(i + 3, len(found))):
        if found[j].ends_clause or found[j].form in CONTRAST:
            return False
        if code in NEGATION_FOLLOWS and found[j].form in negations and not inside[j]:
            return True
    return False


def compound(text: str) -> float:
    """The valence of a comment by rules, as VADER reads it, with our lists."""
    found = described(text)
    code = language(found)
    forms = [token.form for token in found]
    boosters = dict.fromkeys(FOREIGN_BOOSTERS[code], 0.25) if code in FOREIGN_BOOSTERS else BOOSTERS
    values, front, inside = _valences(found, code), list(range(len(found))), [False] * len(found)
    for begin, n, value in _phrases(forms):
        values[begin : begin + n] = [0.0] * (n - 1) + [value]
        inside[begin : begin + n] = [True] * n
        front[begin + n - 1] = begin
    capitals = sum(token.capitals for token in found)
    loud = capitals < 0.7 * max(sum(token.kind == WORD for token in found), 1)
    contrast = max((i for i, form in enumerate(forms) if form in CONTRAST), default=-1)
    total = 0.0
    for i, (token, value) in enumerate(zip(found, values, strict=True)):
        sign = token.kind in (EMOJI, EMOTICON)
        clause = next((j + 1 for j in range(i - 1, -1, -1) if found[j].ends_clause or forms[j] in CONTRAST), 0)
        size = abs(value)
        if value and not sign:
            size += 0.733 * (token.capitals and loud) + 0.4 * token.stretched
            for back, weight in ((1, 1.0), (2, 0.95), (3, 0.9)):
                at = front[i] - back
                if at >= clause and not inside[at]:
                    size += boosters.get(forms[at], 0.0) * weight * 1.17
        placed = math.copysign(size, value) if value else 0.0
        if not sign and _turned(found, inside, i, front[i], clause, code):
            placed *= -0.6
        if contrast >= 0:
            placed *= 0.5 if i < contrast else 1.5
        if sign and i and forms[i] == forms[i - 1] and token == found[i - 1]:
            placed *= 0.25
        total += placed
    exclaims = min(sum(token.exclaims for token in found), 4) * 0.35
    total += math.copysign(exclaims, total) if total else 0.0
    return total / math.sqrt(total * total + 15.0)


def scores(model: CommentModel, numbers: dict[str, float], forms: list[str], negated: list[bool]) -> np.ndarray:
    """The model's heads for one comment: a sum over named numbers and over the terms by rarity and length."""
    terms = {term: i for i, term in enumerate(model.terms.terms)}
    said: Counter[str] = Counter()
    for i, form in enumerate(forms):
        if not negated[i]:
            said[form if form in terms else ""] += 1
        else:
            said[""] += 1
    for (one, turned), two in zip(zip(forms, negated, strict=True), forms[1:], strict=False):
        pair = f"{one} {two}"
        said[pair if pair in terms and not turned else ""] += 1
    squares = said[""] * model.terms.unseen**2
    squares += sum(n * model.terms.idf[terms[term]] ** 2 for term, n in said.items() if term)
    norm = math.sqrt(max(squares, 1.0))
    total = model.intercept.copy()
    for i, name in enumerate(model.names):
        total += (numbers[name] - model.centre[i]) / model.scale[i] * model.dense[i]
    for term, n in said.items():
        if term:
            total += n * model.terms.idf[terms[term]] / norm * model.sparse[terms[term]]
    assert total.shape == (len(HEADS),)
    return np.asarray(total)
