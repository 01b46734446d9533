"""Which of the pattern rules a text fulfils: each rule is tried only where one of its cue words is said."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from features.comments_patterns import COMPLAINT, QUESTION
from features.comments_patterns_purchase import PURCHASE
from features.comments_patterns_spam import SPAM
from features.comments_tokens import plain_spelling

if TYPE_CHECKING:
    from features.comments_stream import Stream

GROUPS: tuple[str, ...] = ("purchase", "complaint", "question", *SPAM)
_ANYWHERE = "*"
"""The cue of expressions for scripts that set no blanks between words."""
_REFUSED = re.compile(
    r"(?:\b(?:don't|dont|not|never|won't|wont|wouldn't|didn't|no|nicht|non|pas|n[aã]o) (?:\w+ ){0,2})$"
)
_FIRST_UNSPACED = 0x590
_START = re.compile(r"(?<!\[)\^")
_NO_ASCII_WORD = "[^a-z0-9_']"
_NO_WORD = rf"{_NO_ASCII_WORD}(?<!\w)"
"""What stands before a word. As the first thing of an expression a sign is searched for several times faster than the
same as a condition on what stands before it: hence the blank before every text."""
_LETTER_BEYOND = re.compile(r"[^\x00-\x7f](?<=\w)")


@dataclass(frozen=True)
class Rule:
    """One line of a pattern table."""

    group: int
    cues: tuple[str, ...]
    also: tuple[str, ...]
    """Of these one must be said too, where there are any: words that every find holds, rarer than the cues."""
    source: str
    """The expression as written, `~` spelled out; found at the beginning of a word, or anywhere (`spaced` False)."""
    spaced: bool
    expression: re.Pattern[str]
    """The same for a text with a blank put before it, the sign before the word included."""
    ascii: re.Pattern[str]
    """The same for a text without letters beyond ASCII."""


def _entries(table: str) -> list[tuple[str, str]]:
    """Cues and expression of each rule of a table; lines before "=>" and lines that begin with "|" go on with it."""
    entries: list[tuple[str, str]] = []
    cues = ""
    for line in filter(None, map(str.strip, table.splitlines())):
        before, arrow, expression = line.partition("=> ")
        if arrow:
            entries.append((cues + before, expression))
            cues = ""
        elif line.startswith("|"):
            entries[-1] = (entries[-1][0], entries[-1][1] + line)
        else:
            cues += line + " "
    return entries


def _rules(table: str, group: int) -> list[Rule]:
    rules = []
    for cues, expression in _entries(table):
        first, _, second = cues.partition(" & ")
        words = tuple(first.split())
        source = expression.replace("~", r"(?:\S+ ){0,3}")
        spaced = words != (_ANYWHERE,)
        begun = _START.sub(r"(?<=\\A )", source)
        anywhere, plain = (re.compile(f"{lead if spaced else ''}(?:{begun})") for lead in (_NO_WORD, _NO_ASCII_WORD))
        rules.append(Rule(group, words, tuple(second.split()), source, spaced, anywhere, plain))
    return rules


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule of every group, in order."""
    tables = [PURCHASE, COMPLAINT, QUESTION, *SPAM.values()]
    return tuple(rule for group, table in enumerate(tables) for rule in _rules(table, group))


@cache
def _cue_table() -> tuple[dict[str, tuple[int, ...]], tuple[tuple[str, int], ...], tuple[int, ...]]:
    """Rules by whole cue word, by beginning of a word, and those for unspaced scripts.

    Number of rules + number of a rule stands for the words that must be said too.
    """
    whole: dict[str, tuple[int, ...]] = {}
    beginnings: list[tuple[str, int]] = []
    unspaced = []
    cues = [*(rule.cues for rule in rules()), *(rule.also for rule in rules())]
    for number, words in enumerate(cues):
        for cue in words:
            if cue == _ANYWHERE:
                unspaced.append(number)
            elif cue.endswith("*"):
                beginnings.append((cue[:-1], number))
            else:
                whole[cue] = (*whole.get(cue, ()), number)
    return whole, tuple(beginnings), tuple(unspaced)


@lru_cache(maxsize=200_000)
def cued_by(form: str) -> tuple[int, ...]:
    """The rules a word is a cue of."""
    whole, beginnings, unspaced = _cue_table()
    found = whole.get(form, ())
    if form.startswith(_beginnings()):
        found += tuple(number for start, number in beginnings if form.startswith(start))
    if form[:1].isalpha() and ord(form[0]) >= _FIRST_UNSPACED:
        found += unspaced
    return found


def cue_words() -> Collection[str]:
    """The words that are cues as they are."""
    return _cue_table()[0].keys()


def begins_cue(form: str) -> bool:
    """Whether a word begins as cues do of which any ending counts."""
    return form.startswith(_beginnings())


@cache
def _beginnings() -> tuple[str, ...]:
    return tuple(start for start, _ in _cue_table()[1])


def _fulfilled(rule: Rule, text: str, plain: bool) -> float:
    """1 where the expression is found, 0.25 where a refusal stands before it ("not buying this"), else 0.

    `text` begins with a blank of ours; `plain`: it has no letters beyond ASCII.
    """
    match = (rule.ascii if plain else rule.expression).search(text)
    if match is None:
        return 0.0
    if rule.group == 0 and _REFUSED.search(text, 0, match.start() + rule.spaced):
        return 0.25
    return 1.0


def _to_try(s: Stream) -> tuple[list[int], list[int]]:
    """Each text with each rule of whose cues it holds one: position of the text, ascending, and number of the rule."""
    which = s.take("cues").astype(np.int64)
    at = np.flatnonzero(which)
    first, length, rule = s.vocabulary.cues()
    which = which[at]
    many = length[which]
    ends = np.cumsum(many)
    total = int(ends[-1]) if len(ends) else 0
    place = np.repeat(first[which] - ends + many, many) + np.arange(total)
    n = len(rules())
    met = np.unique(np.repeat(s.owner[at], many) * (2 * n) + rule[place])
    owner, number = np.divmod(met, 2 * n)
    asks_more = np.array([bool(rule.also) for rule in rules()] + [False] * n)[number]
    kept = number < n
    kept[asks_more] = np.isin(met[asks_more] + n, met, assume_unique=True)
    return owner[kept].tolist(), number[kept].tolist()


def match(s: Stream) -> np.ndarray:
    """How many rules of each group each text fulfils, float64, shape (n_texts, n_groups)."""
    all_rules = rules()
    found = np.zeros((len(s.texts), len(GROUPS)))
    stretched = (s.count("stretched") > 0).tolist()
    last, text, plain = -1, "", True
    for owner, number in zip(*_to_try(s), strict=True):
        if owner != last:
            last, text = owner, s.texts[owner].lower()
            if stretched[owner]:
                text = plain_spelling(text)
            text = f" {text}"
            plain = text.isascii() or not _LETTER_BEYOND.search(text)
        value = _fulfilled(all_rules[number], text, plain)
        if value:
            found[owner, all_rules[number].group] += value
    return found
