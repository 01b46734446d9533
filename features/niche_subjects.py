"""What a brief and a creator are about, subject by subject, and how well the two meet.

A *match* compares probabilities: for each subject, how much likelier the creator is to be about it than the average
creator, averaged over what the brief is about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from features.grouped import Floats
from features.niche_function_words import FUNCTION_WORDS
from features.niche_reading import Counts, Reading, as_texts
from features.niche_text import Splitter, fold, stem, tokens, words_of
from features.niche_topics import N_TOPICS, plain_splitter, topic_mass, topics_of
from features.text_space import TextSpace, log_softmax

COMMENT_SHARE = 0.5
"""Weight of a lexicon word in comments, the creator's answers included, against one in captions, bio and handle."""
PLAIN_MASS = np.full(N_TOPICS, 0.3)
"""Lexicon evidence per subject that a creator is given before any word is read, where no space was fitted."""
LEXICON_SHARE = 0.15
"""Weight of the plain lexicon beside a fitted space: it holds where the space knows few of a creator's words."""
CATEGORY_SHARE = 2.0
"""How much more a word of a campaign's category tells of its subject than a word of its brief."""
SPACE_SHARE = 0.5
BRIEF_PRIOR = 0.3
BRIEF_POWER = 2.0
"""How a brief's subjects are read: evidence given to all before a word is, part of the fitted space, sharpening."""
_STOP_WORDS = words_of(
    "about after also and any are because been but can could each every for from get give had has have her here him "
    "his how into its just like look looking looks make makes many more most much need needs new not now off one "
    "only other our out over own people same share she should show some such than that the their them then there "
    "these they this those through time too use used using very want wants was way well were what when where which "
    "while who whose why will with without would you your creator creators influencer influencers content post "
    "posts brand brands campaign product products launch launching love loves made who's it's we're collection "
    "range day days year years week real und der die das mit für fur ein eine ist von auf les des une pour avec "
    "dans est que con para por una los las del como mas nos vos per che non sono della het een voor van met dla "
    "oraz jest ile ve bir için icin yang dan untuk"
)


def creator_mass(reading: Reading) -> Floats:
    """Lexicon evidence per creator in own words and, counting less, in comments; shape (n, N_TOPICS)."""
    own, answers, comments = (reading.counts[name].mass for name in ("caption", "reply", "comment"))
    return own + COMMENT_SHARE * (answers + comments)


def log_lift(reading: Reading, space: TextSpace | None) -> Floats:
    """Log of how much likelier each subject is than for the average creator; shape (n, N_TOPICS).

    0 where nothing is read of a creator. Without a fitted space from the lexicon alone.
    """
    mass = creator_mass(reading)
    plain = PLAIN_MASS if space is None else space.mass
    added = mass + plain
    lexicon: Floats = np.log(added / _total(added)[:, None]) - np.log(plain / plain.sum())
    if space is None:
        return lexicon
    return space.log_lift(reading.counts) + LEXICON_SHARE * lexicon


def _total(rows: Floats) -> Floats:
    out = np.zeros(len(rows))
    for column in range(rows.shape[1]):
        out = out + rows[:, column]
    return out


@dataclass(frozen=True, eq=False)
class Brief:
    """A brief as the niche features read it; equal only to itself."""

    topics: Floats
    """Share of each subject, shape (N_TOPICS,), adding up to 1."""
    main: int
    """Position of the leading subject; -1 where no word told one."""
    words: frozenset[str]
    """Stems of the words that carry its meaning."""
    keys: frozenset[str]
    """Stems of the keywords, or, where none are given, of those words that speak of its subjects."""
    terms: tuple[str, ...]
    """Every term, for the fitted space."""


@lru_cache(maxsize=4096)
def read_brief(brief: object, keywords: object, category: object, space: TextSpace | None) -> Brief:
    """A brief from its texts, any of which may be missing (not a `str`)."""
    splitter = plain_splitter() if space is None else space.splitter
    said, listed, named = (_terms(text, splitter) for text in (brief, keywords, category))
    mass = topic_mass(t for t in (*said, *listed) if t not in FUNCTION_WORDS) + CATEGORY_SHARE * topic_mass(named)
    told = mass.sum() > 0
    plain = PLAIN_MASS if space is None else space.mass
    logs = np.log(mass + BRIEF_PRIOR * plain / plain.sum())
    terms = (*said, *listed, *named)
    if space is not None:
        fitted = space.fields["caption"].weigh(_counted(terms))
        told = told or bool(fitted.nnz)
        logs = logs + SPACE_SHARE * log_softmax(np.asarray(fitted @ space.fields["caption"].topics))[0]
    topics = np.exp(log_softmax(BRIEF_POWER * logs))
    words = _meaning(terms)
    keys = _meaning((*listed, *named)) if listed else frozenset(w for w in words if topics_of(w)) | _meaning(named)
    return Brief(topics, int(topics.argmax()) if told else -1, words, keys, terms)


def _terms(text: object, splitter: Splitter) -> list[str]:
    if not isinstance(text, str):
        return []
    return [term for token in tokens(fold(text)) for term in splitter.terms(token)]


def _counted(terms: Sequence[str]) -> Counts:
    return Counts.of_texts(as_texts([terms]).in_order())


def _meaning(terms: Sequence[str]) -> frozenset[str]:
    """Stems of the words of some terms, stop words and single letters left out."""
    return frozenset(stem(t) for t in terms if len(t) > 2 and t[0] not in "#@" and t not in _STOP_WORDS)


@lru_cache(maxsize=4096)
def direction(brief: Brief, space: TextSpace) -> Floats:
    """Where a brief points in the space, shape (dimensions,); NaN where the space knows none of its terms."""
    out: Floats = space.directions_of(_counted(brief.terms))[0]
    return out


def match(topics: Floats, log_lifts: Floats) -> Floats:
    """How much likelier than the average creator each is to be about what the brief is; shape (n,), 1 = as likely.

    `topics`: shares of subjects, shape (n, N_TOPICS). `log_lifts`: as `log_lift` gives them, same shape.
    """
    return _total(topics * np.exp(log_lifts))


def creator_match(reading: Reading, topics: Floats, space: TextSpace | None) -> Floats:
    """`match` of each creator with its brief's subjects (shape (n, N_TOPICS)), as x / (1 + x); shape (n,).

    0.5: as likely as anybody. NaN where no text of the creator can be read.
    """
    times = match(topics, log_lift(reading, space))
    return np.where(reading.something, times / (1.0 + times), np.nan)
