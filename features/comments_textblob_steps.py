"""TextBlob's walk over the words of a text, taken by many texts at once: step k handles the k-th token of each.

What a walk carries from token to token is little: whether a modifier, an adverb in "ly" or a negation waits, and the
last assessment, which may still change. The arithmetic is TextBlob's own, in its order, so the results are equal bit
for bit; `comments_textblob.means` is the same walk over one text.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

NEGATES, ENDS_NEGATION, ENDS_MODIFIER, BANG, IRONY = 1, 2, 4, 8, 16
PLAIN, KNOWN, EMOTICON = 0, 1, 2
_INERT = ENDS_NEGATION | ENDS_MODIFIER
"""Plain words of three letters or more: after one of them another changes nothing."""


@dataclass(frozen=True)
class Effects:
    """What each kind of token does to the walk; arrays of shape (n_effects,)."""

    kind: np.ndarray
    """PLAIN, KNOWN (a word of the lexicon) or EMOTICON."""
    flags: np.ndarray
    polarity: np.ndarray
    subjectivity: np.ndarray
    intensity: np.ndarray
    modifies: np.ndarray
    """Of known words: may modify the next one, bool."""
    ends_ly: np.ndarray

    @property
    def counts(self) -> np.ndarray:
        """Whether a text with this token has anything to assess, bool."""
        return np.asarray((self.kind != PLAIN) | (self.flags & IRONY > 0))

    @property
    def inert(self) -> np.ndarray:
        """Whether the token only ends what waits, bool."""
        return np.asarray((self.kind == PLAIN) & (self.flags == _INERT))


class _Walks:
    """The walks of n texts, so far."""

    def __init__(self, n: int) -> None:
        self.modifier, self.ends_ly, self.negation = (np.zeros(n, dtype=bool) for _ in range(3))
        self.total = np.zeros((2, n))
        """Polarity and subjectivity of all assessments but the last."""
        self.assessed = np.zeros(n)
        self.polarity, self.subjectivity, self.intensity, self.sign = (np.zeros(n) for _ in range(4))
        """The last assessment."""

    def _add(self, at: np.ndarray, polarity: np.ndarray, subjectivity: np.ndarray, intensity: np.ndarray) -> None:
        self.close(at)
        self.assessed[at] += 1
        self.polarity[at], self.subjectivity[at], self.intensity[at] = polarity, subjectivity, intensity
        self.sign[at] = 1.0

    def close(self, at: np.ndarray) -> None:
        """Count the last assessment of some texts, if there is one, in their totals."""
        at = at[self.assessed[at] > 0]
        polarity = self.polarity[at]
        self.total[0, at] += np.where(self.sign[at] < 0, polarity * -0.5, polarity)
        self.total[1, at] += self.subjectivity[at]

    def known(self, at: np.ndarray, which: np.ndarray, e: Effects) -> None:
        """Words of the lexicon: raised by a waiting modifier, turned by a waiting negation."""
        modified = self.modifier[at]
        old, new = at[modified], at[~modified]
        of_old, of_new = which[modified], which[~modified]
        raised = self.intensity[old]
        self.polarity[old] = np.maximum(-1.0, np.minimum(e.polarity[of_old] * raised, 1.0))
        self.subjectivity[old] = np.maximum(-1.0, np.minimum(e.subjectivity[of_old] * raised, 1.0))
        self.intensity[old] = e.intensity[of_old]
        self._add(new, e.polarity[of_new], e.subjectivity[of_new], e.intensity[of_new])
        turned = at[self.negation[at]]
        self.intensity[turned] = 1.0 / self.intensity[turned]
        self.sign[turned] = -1.0
        self.modifier[at], self.ends_ly[at], self.negation[at] = e.modifies[which], e.ends_ly[which], False

    def others(self, at: np.ndarray, which: np.ndarray, e: Effects) -> None:
        """Plain words, marks and emoticons."""
        flags = e.flags[which]
        negation = (flags & NEGATES > 0) | (self.negation[at] & (flags & ENDS_NEGATION == 0))
        strong = negation & self.modifier[at] & self.ends_ly[at]  # "really not good"
        self.sign[at[strong]] = -1.0
        self.negation[at] = negation & ~strong
        self.modifier[at] &= strong | (flags & ENDS_MODIFIER == 0)
        raised = at[(flags & BANG > 0) & (self.assessed[at] > 0)]
        self.polarity[raised] = np.maximum(-1.0, np.minimum(self.polarity[raised] * 1.25, 1.0))
        said = (e.kind[which] == EMOTICON) | (flags & IRONY > 0)
        if said.any():
            one = np.ones(int(said.sum()))
            self._add(at[said], e.polarity[which[said]], one, one)


def walk(which: np.ndarray, length: np.ndarray, e: Effects) -> np.ndarray:
    """Mean polarity and subjectivity of each text's assessments.

    Parameters
    ----------
    which : positions in `e` of the tokens, text after text, int64, shape (n_tokens,).
    length : tokens of each text, shape (n_texts,); every text has something to assess.

    Returns
    -------
    float64, shape (n_texts, 2).
    """
    n = len(length)
    order = np.argsort(-length, kind="stable")
    first, longest = (np.cumsum(length) - length)[order], length[order]
    walks, whole = _Walks(n), np.arange(n)
    for step in range(int(longest[0]) if n else 0):
        going_on = whole[: np.searchsorted(-longest, -step)]
        token = which[first[going_on] + step]
        known = e.kind[token] == KNOWN
        walks.known(going_on[known], token[known], e)
        walks.others(going_on[~known], token[~known], e)
    walks.close(whole)
    means = np.empty((n, 2))
    means[order] = (walks.total / walks.assessed).T
    return means
