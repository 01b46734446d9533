"""The valence of a comment by rules: lexicon, negation, boosters, emoji, capitals, contrast.

The rules are those of VADER (Hutto & Gilbert, ICWSM 2014) with its constants, kept within clauses, with phrases read
as one word and with emoji, emoticons and slang of our own; all as arithmetic over the whole stream. What a valence
meets at its place (`Scope`) does not depend on the lexicon, so it is worked out once for several lexica.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from features.comments_foreign import FOREIGN_PHRASES
from features.comments_words import PHRASE_VALENCE

if TYPE_CHECKING:
    from features.comments_stream import Stream

_BOOST, _CAPITALS, _STRETCH, _NEGATED, _EXCLAIM = 1.17, 0.733, 0.4, -0.6, 0.35
_REACH = 3
"""Tokens a negation reaches over, within its clause."""
_REACH_BACK = 2
"""Tokens before it that a negation reaches, where it follows the verb."""
_ALPHA = 15.0
_REPEATED_SIGN = 0.25
"""What the second and later of the same emoji in a row add, as a share of the first."""
_BEFORE_CONTRAST, _AFTER_CONTRAST = 0.5, 1.5
_MOSTLY = 0.7
_LONGEST_PHRASE = 6


@dataclass(frozen=True)
class Phrases:
    """A table of phrases as a tree over the ids of their words, in sorted arrays."""

    ids: dict[str, int]
    keys: np.ndarray
    """parent node * number of words + word id, ascending, int64."""
    nodes: np.ndarray
    value: np.ndarray
    """Valence of a node that ends a phrase, NaN otherwise."""

    def step(self, node: np.ndarray, word: np.ndarray) -> np.ndarray:
        """The node after one more word; -1 where no phrase goes on so."""
        key = node * len(self.ids) + word
        at = np.minimum(np.searchsorted(self.keys, key), len(self.keys) - 1)
        return np.where((node >= 0) & (word >= 0) & (self.keys[at] == key), self.nodes[at], -1)


def plant(phrases: dict[str, float]) -> Phrases:
    """The tree of a table of phrases (words separated by blanks)."""
    ids: dict[str, int] = {}
    edges: dict[tuple[int, int], int] = {}
    values = [np.nan]
    for phrase, value in phrases.items():
        node = 0
        for word in phrase.split():
            edge = (node, ids.setdefault(word, len(ids)))
            if edge not in edges:
                edges[edge] = len(values)
                values.append(np.nan)
            node = edges[edge]
        values[node] = value
    keys = np.array([node * len(ids) + word for node, word in edges], dtype=np.int64)
    order = np.argsort(keys)
    return Phrases(ids, keys[order], np.array(list(edges.values()), dtype=np.int64)[order], np.array(values))


@cache
def _phrases() -> Phrases:
    return plant(FOREIGN_PHRASES | PHRASE_VALENCE)


def phrase_words() -> dict[str, int]:
    """The number of each word of the table of phrases."""
    return _phrases().ids


@dataclass(frozen=True)
class Spans:
    """Where phrases stand in a stream: first token, number of tokens, valence."""

    begin: np.ndarray
    length: np.ndarray
    value: np.ndarray


def find_phrases(words: np.ndarray, owner: np.ndarray, table: Phrases) -> Spans:
    """The longest phrase at each place; none begins inside an earlier one. `words`: ids of `table`, -1 for others."""
    begin = np.flatnonzero(words >= 0)
    node = table.step(np.zeros(len(begin), dtype=np.int64), words[begin])
    length, value = np.zeros(len(begin), dtype=np.int64), np.full(len(begin), np.nan)
    for depth in range(1, _LONGEST_PHRASE):
        ends = (node >= 0) & ~np.isnan(table.value[np.maximum(node, 0)])
        length[ends], value[ends] = depth, table.value[node[ends]]
        following = np.minimum(begin + depth, len(words) - 1)
        inside = (begin + depth < len(words)) & (owner[following] == owner[begin])
        node = np.where(inside, table.step(node, words[following]), -1)
    found = length > 0
    begin, length, value = begin[found], length[found], value[found]
    covered = np.maximum.accumulate(np.concatenate([[0], begin + length]))[:-1]
    free = begin >= covered
    return Spans(begin[free], length[free], value[free])


def _last_before(marked: np.ndarray) -> np.ndarray:
    """Position of the last marked token before each token; -1 where none."""
    position = np.where(marked, np.arange(len(marked)), -1)
    return np.concatenate([[-1], np.maximum.accumulate(position)])[:-1]


@dataclass(frozen=True)
class Scope:
    """What a valence meets at each token of a stream; arrays of shape (n_tokens,) unless said otherwise."""

    stream: Stream
    sign: np.ndarray
    """Emoji and emoticons: nothing negates or boosts them."""
    spans: Spans
    inside: np.ndarray
    """Part of a phrase."""
    negated: np.ndarray
    raised: np.ndarray
    """What boosters, capitals and stretched letters add to the size of a valence."""
    factor: np.ndarray
    """Repeated emoji count less, what follows a "but" more."""
    exclaims: np.ndarray
    """What exclamation marks add to the size of the total, shape (n_texts,)."""

    def apply(self, valence: np.ndarray) -> np.ndarray:
        """The valence of each token in its place."""
        size = np.abs(valence) + self.raised * (valence != 0)
        placed = np.sign(valence) * size
        return np.asarray(np.where(self.negated, placed * _NEGATED, placed) * self.factor)

    def with_phrases(self, valence: np.ndarray) -> np.ndarray:
        """Valences with those of phrases in place of their words'; a phrase speaks at its last token."""
        spoken = np.where(self.inside, 0.0, valence)
        spoken[self.spans.begin + self.spans.length - 1] = self.spans.value
        return spoken

    def compound(self, placed: np.ndarray) -> np.ndarray:
        """The total of placed valences per text in -1..1, shape (n_texts,)."""
        total = self.stream.total(placed)
        total = total + np.sign(total) * self.exclaims
        return np.asarray(total / np.sqrt(total * total + _ALPHA))


def _covered(spans: Spans, n: int) -> np.ndarray:
    steps = np.zeros(n + 1, dtype=np.int64)
    np.add.at(steps, spans.begin, 1)
    np.add.at(steps, spans.begin + spans.length, -1)
    return np.asarray(np.cumsum(steps)[:-1] > 0)


def _contrast_factor(s: Stream, contrasts: np.ndarray, place: np.ndarray) -> np.ndarray:
    """What stands before the last "but" of a text counts half, what stands after it half more."""
    last = np.full(len(s.texts), -1, dtype=np.int64)
    np.maximum.at(last, s.owner[contrasts], place[contrasts])
    of_text = last[s.owner]
    return np.where(of_text < 0, 1.0, np.where(place < of_text, _BEFORE_CONTRAST, _AFTER_CONTRAST))


def _unsurpassed(s: Stream, said_no: np.ndarray) -> np.ndarray:
    """A comparative after a word that allows none: "never been happier", "couldn't be better"; bool."""
    allows_none = s.flag("allows_none")
    return np.asarray(s.flag("comparative") & (said_no >= 0) & allows_none[np.maximum(said_no, 0)])


def _loud(s: Stream) -> np.ndarray:
    """Words in capitals where most others are not."""
    capitals = s.take("capitals")
    words = np.maximum(s.count("word"), 1.0)
    return np.asarray((capitals > 0) & (s.total(capitals) < _MOSTLY * words)[s.owner])


def _denied(s: Stream, afterwards: np.ndarray) -> np.ndarray:
    """Where a negation follows within the clause: "gefällt mir nicht", "j'aime pas"; bool."""
    found, open_ = np.zeros(len(s.which), dtype=bool), np.ones(len(s.which), dtype=bool)
    ends = s.flag("ends_clause") | s.flag("contrasts")
    for ahead in range(1, _REACH_BACK + 1):
        same = s.owner[ahead:] == s.owner[:-ahead]
        open_[: len(same)] &= same & ~ends[ahead:]
        open_[len(same) :] = False
        found[: len(same)] |= open_[: len(same)] & afterwards[ahead:]
    return found


def scope(s: Stream, negates: np.ndarray, boost: np.ndarray, afterwards: np.ndarray) -> Scope:
    """What a valence meets at each place of a stream, from which tokens negate (bool) and boost (float).

    `afterwards` are negations that also turn what stands before them (bool).
    """
    place = np.arange(len(s.which))
    sign = s.flag("sign")
    spans = find_phrases(s.take("phrase_word").astype(np.int64), s.owner, _phrases())
    inside = _covered(spans, len(place))
    contrasts = s.flag("contrasts")
    clause = np.maximum(_last_before(s.flag("ends_clause") | contrasts) + 1, s.start[s.owner])
    front = place.copy()
    front[spans.begin + spans.length - 1] = spans.begin
    said_no = _last_before(negates & ~inside)[front]
    denied = _denied(s, afterwards & ~inside)
    raised = _CAPITALS * _loud(s) + _STRETCH * s.take("stretched")
    for back, weight in ((1, 1.0), (2, 0.95), (3, 0.9)):
        at = np.maximum(front - back, 0)
        near = (front - back >= clause) & ~inside[at]
        raised = raised + np.where(near, boost[at] * (weight * _BOOST), 0.0)
    repeated = np.zeros(len(place), dtype=bool)
    repeated[1:] = (s.which[1:] == s.which[:-1]) & (s.owner[1:] == s.owner[:-1]) & sign[1:]
    factor = _contrast_factor(s, contrasts, place) * np.where(repeated, _REPEATED_SIGN, 1.0)
    return Scope(
        stream=s,
        sign=sign,
        spans=spans,
        inside=inside,
        negated=((said_no >= clause) & (front - said_no <= _REACH) & ~_unsurpassed(s, said_no) | denied) & ~sign,
        raised=np.where(sign, 0.0, raised),
        factor=factor,
        exclaims=np.minimum(s.count("exclaims"), 4.0) * _EXCLAIM,
    )
