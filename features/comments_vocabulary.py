"""Every token met so far with what it says: described once, then looked up.

A process-wide memory of a pure function: what a token says depends on the token alone, so remembering and forgetting
change nothing but speed. It is bounded; when full, a fresh one is begun.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import numpy as np

from features.comments_chunks import BREAK, Chunks, Numbered, Table, put
from features.comments_emoji import EMOTICON_VALENCE
from features.comments_foreign import FOREIGN_BOOSTERS, FOREIGN_NEGATIONS, FOREIGN_VALENCE
from features.comments_foreign_more import STEMS, stem_valence
from features.comments_language import NO_SLOTS, SLOT_NAMES, evidence_slots, telling_ending, telling_words
from features.comments_lexicon import read_textblob, read_vader, word_valence
from features.comments_match import begins_cue, cue_words, cued_by
from features.comments_stopwords import STOPWORDS
from features.comments_tokens import EMOJI, EMOTICON, HASHTAG, KINDS, WORD, Token, describe
from features.comments_topics import TOPICS
from features.comments_valence import phrase_words
from features.comments_words import (
    ALLOWS_NONE,
    BOOSTERS,
    COMPARATIVE,
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
from features.text import tokens

_MOST_REMEMBERED = 250_000
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
    "allows_none": ALLOWS_NONE, "comparative": COMPARATIVE, "generic": GENERIC, "friend": FRIEND, "reply": REPLY,
    **{f"topic_{name}": words for name, words in TOPICS.items()},
    **{f"says_{name}": words for name, words in PRONOUNS.items()},
    **{f"negates_{code}": words for code, words in FOREIGN_NEGATIONS.items()},
    **{f"boosts_{code}": words for code, words in FOREIGN_BOOSTERS.items()},
}  # fmt: skip
_COMMON = {code: frozenset(STOPWORDS.get(code, "").split()) for code in FOREIGN_VALENCE}


_LASTING = (
    "kind", "word", "sign", "valence", "vader", "textblob", "cues", "model_number", "speaks",
    *(f"is_{name}" for name in KINDS), *SLOT_NAMES,
)  # fmt: skip
"""What a form has however it is spelled."""
_SPELLED = ("capitals", "stretched", "ends_clause", "exclaims", "asks")
"""What depends on the spelling."""


_UNRATED = (0.0, 0.0)
_IS_KIND = [tuple(float(kind == number) for number in KINDS.values()) for kind in range(1 + max(KINDS.values()))]
_FIRST_STEM = "\u0370"
_THRICE = re.compile(r"(\w)\1\1")


@cache
def _lexica() -> dict[str, tuple[float, float]]:
    """What VADER and TextBlob say of a word that either rates."""
    vader, textblob = read_vader(), read_textblob()
    return {word: (vader.get(word, 0.0), textblob.get(word, 0.0)) for word in (*vader, *textblob)}


def _lasting(token: Token, cues: int) -> tuple[float, ...]:
    """What every token has, in the order of `_LASTING`; `cues`: the number of its list of rules, see `cues`."""
    form, kind = token.form, token.kind
    vader, textblob = _lexica().get(form, _UNRATED) if kind == WORD else (token.valence, 0.0)
    mixed = kind == WORD and not form.isalpha() and not form.isdigit() and any(map(str.isdigit, form))
    weight = _WEIGHTS.get(kind, 0.0)
    spoken = evidence_slots(form.lstrip("#"), weight) if weight else NO_SLOTS
    sign = kind in (EMOJI, EMOTICON)
    return (
        kind, kind == WORD, sign, token.valence, vader, textblob, cues, mixed,
        sign and token.valence != 0, *_IS_KIND[kind], *spoken,
    )  # fmt: skip


_RATED = (
    "slang", "boost", "phrase_word", *_SETS, *(f"valence_{code}" for code in FOREIGN_VALENCE),
)  # fmt: skip
COLUMNS: tuple[str, ...] = (*_LASTING, *_SPELLED, *_RATED)
COUNTED: tuple[str, ...] = (
    "word", "sign", "speaks", "capitals", "stretched", "exclaims", "asks", "model_number",
    "negates", "personal", "friend", "reply",
    *(f"is_{name}" for name in KINDS), *(f"topic_{name}" for name in TOPICS), *(f"says_{name}" for name in PRONOUNS),
)  # fmt: skip
"""What is added up over each text."""
_PLACE = {name: place for place, name in enumerate(COLUMNS)}
_COUNTED_PLACES = [_PLACE[name] for name in COUNTED]
_NOTHING = np.array([
    np.nan if name == "slang" or name.startswith("valence_") else -1.0 if name == "phrase_word" else 0.0
    for name in COLUMNS
])  # fmt: skip
"""In a covered language a valence is NaN where the English one counts."""


@cache
def _listed() -> dict[str, dict[int, float]]:
    """What a listed word has besides: column → value."""
    found: dict[str, dict[int, float]] = {}
    for name, words in _SETS.items():
        for word in words:
            found.setdefault(word, {})[_PLACE[name]] = 1.0
    for code, rated in FOREIGN_VALENCE.items():
        for word, value in (dict.fromkeys(_COMMON[code], 0.0) | rated).items():
            found.setdefault(word, {})[_PLACE[f"valence_{code}"]] = value
    for name, values in (("slang", SLANG), ("boost", BOOSTERS), ("phrase_word", phrase_words())):
        for word, value in values.items():
            found.setdefault(word, {})[_PLACE[name]] = value
    return found


def _besides(form: str) -> dict[int, float]:
    """What the lists and, beyond Latin letters, the stems say of a word: column → value."""
    found = _listed().get(form, {})
    if form[:1] < _FIRST_STEM or not form[:1].isalpha():
        return found
    stems = {_PLACE[f"valence_{code}"]: stem_valence(code, form) for code in STEMS}
    return {place: value for place, value in stems.items() if value is not None} | found


@cache
def _every_listed() -> frozenset[str]:
    """Every word that some list says something of."""
    return frozenset().union(EMOTICON_VALENCE, word_valence(), _lexica(), _listed(), cue_words(), telling_words())


Unlisted = tuple[bool, bool, str]
"""Hashtag, in capitals, its telling ending."""


def unlisted(token: str) -> Unlisted | None:
    """What tells all there is to tell of a token of ASCII letters that is on no list; None for any other token."""
    tag = token[0] == "#"
    word = token[1:] if tag else token
    if not (word.isascii() and word.isalpha()):
        return None
    form = word.lower()
    if form in _every_listed() or _THRICE.search(form) or (not tag and begins_cue(form)):
        return None
    return tag, not tag and len(word) > 1 and word.isupper(), telling_ending(form)


_WEIGHTS = {WORD: 1.0, HASHTAG: 0.3}
_Form = tuple[tuple[float, ...], str]
"""What a form has, and the form itself where the lists or stems may say more of it."""


class Vocabulary(Numbered):
    """Token → its number. Looking up an unknown token describes it first.

    Most words mean nothing by themselves, so many tokens share one row of the table of meanings: it stays small.
    New tokens and rows are put in the arrays together, when these are next asked for.
    """

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[str] = []
        """What each token is, by number; those not asked for by `meanings` yet are not there."""
        self._forms_met: dict[tuple[str, int, float], int] = {}
        self._form_numbers: dict[_Form, int] = {}
        self._rows: dict[tuple[int, tuple[float, ...]], int] = {}
        self._unlisted: dict[Unlisted | None, int] = {}
        self._new_rows: list[tuple[_Form, tuple[float, ...]]] = []
        self._form_of: list[_Form] = []
        self._cues: dict[tuple[int, ...], int] = {(): 0}
        self._cue_table = (np.zeros(1, dtype=np.int64),) * 3
        self._columns = np.zeros((len(COLUMNS), 1))
        self._counted = np.zeros((1, len(COUNTED)))
        self._meaning_of = np.zeros(1, dtype=np.int64)

    def of_chunks(self, memory: Chunks) -> Table:
        """The tokens of each chunk of a memory."""
        return memory.table("tokens", self, self._cut_chunks)

    def _describe(self, texts: list[str]) -> list[int]:
        """The row of each of some new tokens in the table of meanings; new rows are noted."""
        found = []
        for text in texts:
            like = unlisted(text)
            row = self._unlisted.get(like)
            if like is None or row is None:
                token = describe(text)
                row = self._row(token)
                if like is not None:
                    self._unlisted[like] = row
                self.forms.append(token.form)
            else:
                self.forms.append(text.lower())
            found.append(row)
        return found

    def _row(self, token: Token) -> int:
        form = self._forms_met.get(token[:3])
        if form is None:
            form = self._forms_met[token[:3]] = self._form(token)
        key = (form, token[3:])
        row = self._rows.get(key)
        if row is None:
            row = self._rows[key] = len(self._rows)
            self._new_rows.append((self._form_of[form], key[1]))
        return row

    def _form(self, token: Token) -> int:
        form = token.form
        cues = self._cues.setdefault(cued_by(form), len(self._cues))
        own: _Form = (_lasting(token, cues), form if form in _listed() or form[:1] >= _FIRST_STEM else "")
        number = self._form_numbers.setdefault(own, len(self._form_of))
        if number == len(self._form_of):
            self._form_of.append(own)
        return number

    def cut(self, text: str) -> list[int]:
        """The numbers of the tokens of a cleaned text."""
        return [self[token if token[0] != "@" else "@name"] for token in tokens(text)]

    def _cut_chunks(self, chunks: list[str]) -> tuple[Sequence[int], Sequence[int]]:
        """The numbers of the tokens of some chunks, and how many each has; the commonest kinds of them without a look
        at every sign."""
        flat: list[str] = []
        ends = []
        for chunk in chunks:
            core = chunk.rstrip("!?.,")
            if core.isalnum() and core.isascii() and core != "www":  # one token, for sure
                marks = chunk[len(core) :]
                if not marks:
                    flat.append(core)
                elif marks == "," or not marks.strip(".") or not marks.strip("!?"):
                    flat += (core, marks)
                else:
                    flat += tokens(chunk)
            elif chunk[0] == "@" and chunk[1:].replace("_", "a").isalnum():
                flat.append("@name")
            elif chunk == BREAK:
                flat.append("\n")
            else:
                flat += [token if token[0] != "@" else "@name" for token in tokens(chunk)]
            ends.append(len(flat))
        return self.numbers(flat).tolist(), np.diff(ends, prepend=0).tolist()

    def _settle(self) -> None:
        """Put what is new in the arrays."""
        with self.lock:
            before = len(self.forms)
            if before == len(self):
                return
            meaning = np.array(self._describe(self.since(before)), dtype=np.int64)
            new = self._new_rows
            if new:
                rows = np.tile(_NOTHING, (len(new), 1))
                rows[:, : len(_LASTING) + len(_SPELLED)] = [(*form[0], *spelled) for form, spelled in new]
                for row, ((_, form), _) in zip(rows, new, strict=True):
                    for place, value in _besides(form).items() if form else ():
                        row[place] = value
                first = len(self._rows) - len(new)
                self._columns = put(self._columns, first, rows.T, axis=1)
                self._counted = put(self._counted, first, rows[:, _COUNTED_PLACES])
            self._meaning_of = put(self._meaning_of, before, meaning)
            self._new_rows = []

    def meanings(self, tokens: np.ndarray) -> np.ndarray:
        """The row of the table of each token, from their numbers."""
        self._settle()
        return np.asarray(self._meaning_of[tokens])

    def column(self, name: str) -> np.ndarray:
        """One number of every meaning, float64, shape (n_meanings or more,)."""
        return np.asarray(self._columns[_PLACE[name]])

    def cues(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The lists of rules that the column "cues" numbers: where each begins, its length, and all rules."""
        with self.lock:
            if len(self._cue_table[0]) < len(self._cues):
                length = np.array([len(rules) for rules in self._cues], dtype=np.int64)
                rules = np.array([rule for rules in self._cues for rule in rules], dtype=np.int64)
                self._cue_table = (np.cumsum(length) - length, length, rules)
            return self._cue_table

    def counted(self) -> np.ndarray:
        """The columns `COUNTED` of every meaning, float64, shape (n_meanings or more, n_counted)."""
        return self._counted


_current = Vocabulary()


def vocabulary() -> Vocabulary:
    """The vocabulary in use; a fresh one when the last is full."""
    global _current
    if len(_current) > _MOST_REMEMBERED:
        _current = Vocabulary()
    return _current
