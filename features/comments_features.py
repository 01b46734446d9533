"""What the small linear model sees of a comment: some hundred named numbers, each a pure function of its text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from features.comments_foreign import FOREIGN_BOOSTERS, FOREIGN_NEGATIONS, FOREIGN_VALENCE
from features.comments_language import NAMES, Languages, identify
from features.comments_lexicon import read_vader
from features.comments_match import GROUPS, match
from features.comments_stopwords import STOPWORDS
from features.comments_stream import (
    EMOJI,
    EMOTICON,
    HASHTAG,
    LINK,
    MARK,
    MENTION,
    MONEY,
    NUMBER,
    WORD,
    Stream,
    stream,
)
from features.comments_textblob import polarity_and_subjectivity
from features.comments_topics import TOPICS
from features.comments_valence import Scope, scope
from features.comments_words import FIRST_PERSON, SLANG, SLANG_AFTER

_KINDS = {
    "number": NUMBER, "mention": MENTION, "hashtag": HASHTAG, "link": LINK,
    "money": MONEY, "emoji": EMOJI, "emoticon": EMOTICON, "mark": MARK,
}  # fmt: skip
_PRONOUNS = {
    "first": frozenset("i i'm im my me mine i've i'd i'll myself".split()),
    "second": frozenset("you your u ur you're youre yours ya y'all".split()),
    "third": frozenset("he she his her him he's she's they them their".split()),
    "thing": frozenset("it its it's this these that those".split()),
    "asking": frozenset("what where how when which why who does do is can anyone are did".split()),
    "us": frozenset("we us our we're we'd we've".split()),
}
_SLANG_WORDS = 6
_FOREIGN_BOOST = 0.25


@dataclass(frozen=True)
class Reading:
    """A stream and what was found in it, for the scores that are read off directly; arrays of shape (n_texts,)."""

    stream: Stream
    languages: Languages
    textblob: np.ndarray
    """Polarity and subjectivity, shape (n_texts, 2)."""
    words: np.ndarray
    """Number of words."""
    patterns: dict[str, np.ndarray]
    """Rules fulfilled, by group of `comments_match.GROUPS`."""
    compound: np.ndarray
    """Valence by rules, -1..1."""
    valued: np.ndarray
    """Words, phrases and signs that have a valence."""
    matrix: np.ndarray
    """The numbers of the model, shape (n_texts, n_features), in the order of `names`."""
    names: tuple[str, ...]


def _among(s: Stream, words: frozenset[str]) -> np.ndarray:
    """Whether each token of the stream is one of some words, bool."""
    return np.array([token.form in words for token in s.tokens], dtype=bool)[s.which]


def _valence(s: Stream, languages: Languages, words: np.ndarray) -> np.ndarray:
    """Each token's valence in the language of its text; short slang praise by its own list."""
    kind = s.take("kind")
    sign = (kind == EMOJI) | (kind == EMOTICON)
    english = s.take("valence")
    personal = s.total(_among(s, FIRST_PERSON) * 1.0) > 0
    slangy = ((words <= _SLANG_WORDS) & ~personal)[s.owner] & _praised(s, words)
    slang = np.array([SLANG.get(token.form, np.nan) for token in s.tokens])[s.which]
    valence = np.where(slangy & ~np.isnan(slang), slang, english)
    number = languages.number[s.owner]
    readable = languages.covered | (languages.number == NAMES.index("und"))
    valence = np.where(sign | readable[s.owner], valence, 0.0)
    for code, rated in FOREIGN_VALENCE.items():
        here = (number == NAMES.index(code)) & ~sign
        if here.any():
            common = _common(code)
            own = [rated.get(t.form, 0.0 if t.form in common else np.nan) for t in s.tokens]
            there = np.array(own)[s.which]
            valence = np.where(here & ~np.isnan(there), there, valence)
    return valence


def _praised(s: Stream, words: np.ndarray) -> np.ndarray:
    """Tokens that are all that is said, or follow a word that leads up to praise."""
    leads = np.zeros(len(s.which), dtype=bool)
    leads[1:] = _among(s, SLANG_AFTER)[:-1] & (s.owner[1:] == s.owner[:-1])
    return np.asarray(leads | (words == 1)[s.owner])


@cache
def _common(code: str) -> frozenset[str]:
    return frozenset(STOPWORDS[code].split())


def _scope(s: Stream, languages: Languages) -> Scope:
    """The scope of a stream, with the negations and boosters of each text's language."""
    negates, boost = s.take("negates") > 0, s.take("boost")
    number = languages.number[s.owner]
    for code, words in FOREIGN_NEGATIONS.items():
        here = number == NAMES.index(code)
        if here.any():
            negates = np.where(here, _among(s, words), negates)
            boost = np.where(here, _among(s, FOREIGN_BOOSTERS[code]) * _FOREIGN_BOOST, boost)
    return scope(s, negates, boost)


def _extremes(s: Stream, placed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    high, low = np.zeros(len(s.texts)), np.zeros(len(s.texts))
    np.maximum.at(high, s.owner, placed)
    np.minimum.at(low, s.owner, placed)
    return high / 4, low / 4


def _bounded(total: np.ndarray) -> np.ndarray:
    return np.asarray(total / np.sqrt(total * total + 4.0))


def _of_lexicon(prefix: str, where: Scope, placed: np.ndarray, words: np.ndarray) -> dict[str, np.ndarray]:
    s = where.stream
    good, bad = s.total(np.maximum(placed, 0.0)), s.total(np.maximum(-placed, 0.0))
    high, low = _extremes(s, placed)
    return {
        f"{prefix}_compound": where.compound(placed),
        f"{prefix}_good": _bounded(good),
        f"{prefix}_bad": _bounded(bad),
        f"{prefix}_mean": (good - bad) / words,
        f"{prefix}_high": high,
        f"{prefix}_low": low,
    }


def _of_shape(s: Stream, where: Scope, words: np.ndarray) -> dict[str, np.ndarray]:
    kind = s.take("kind")
    asks = np.minimum(s.total(s.take("asks")), 3.0)
    shape = {
        "negations": np.minimum(s.total(s.take("negates")), 3.0),
        "negated": np.minimum(s.total(where.negated * 1.0), 3.0),
        "exclaims": np.minimum(s.total(s.take("exclaims")), 4.0),
        "asks": asks,
        "asks_any": (asks > 0) * 1.0,
        "words_log": np.log1p(words),
        "one_over_words": 1.0 / words,
        "capitals": s.total(s.take("capitals")) / words,
        "stretched": s.total(s.take("stretched")) / words,
    }
    shape |= {f"n_{name}": np.log1p(s.total((kind == number) * 1.0)) for name, number in _KINDS.items()}
    shape |= {f"says_{name}": np.minimum(s.total(_among(s, said) * 1.0), 3.0) for name, said in _PRONOUNS.items()}
    return shape


def _of_topics(s: Stream, words: np.ndarray) -> dict[str, np.ndarray]:
    found: dict[str, np.ndarray] = {}
    for name, listed in TOPICS.items():
        count = s.total(_among(s, listed) * 1.0)
        found |= {f"{name}_n": np.minimum(count, 4.0), f"{name}_any": (count > 0) * 1.0, f"{name}_share": count / words}
    product, media, brand = found["product_any"], found["media_any"], found["brand_any"]
    mixed = [any(c.isdigit() for c in t.form) and any(c.isalpha() for c in t.form) for t in s.tokens]
    found["model_number"] = np.minimum(s.total(np.array(mixed, dtype=bool)[s.which] * 1.0), 3.0)
    found["product_alone"] = product * (1 - media)
    found["media_alone"] = media * (1 - product)
    found["no_topic"] = (1 - product) * (1 - media) * (1 - brand)
    return found


def read(texts: Sequence[str]) -> Reading:
    """Clean, cut and describe some texts, and lay out what the model sees of them."""
    s = stream(texts)
    languages = identify(s)
    textblob = polarity_and_subjectivity(texts)
    words = s.total((s.take("kind") == WORD) * 1.0)
    per = np.maximum(words, 1.0)
    where = _scope(s, languages)
    spoken = where.with_phrases(_valence(s, languages, words))
    placed = where.apply(spoken)
    rated = read_vader()
    vader = where.apply(np.array([rated.get(t.form, 0.0) if t.kind == WORD else t.valence for t in s.tokens])[s.which])
    counts = match(s)
    patterns = {name: counts[:, i] for i, name in enumerate(GROUPS)}
    columns = _of_lexicon("all", where, placed, per) | _of_lexicon("vader", where, vader, per)
    columns |= {"signs": _bounded(s.total(np.where(where.sign, placed, 0.0)))}
    columns |= {"textblob_polarity": textblob[:, 0], "textblob_subjectivity": textblob[:, 1]}
    columns |= _of_shape(s, where, per) | _of_topics(s, per)
    columns |= {f"pattern_{name}": np.minimum(count, 2.0) for name, count in patterns.items()}
    columns |= {"english": (languages.number == 0) * 1.0}
    return Reading(
        stream=s,
        languages=languages,
        textblob=textblob,
        words=words,
        patterns=patterns,
        compound=columns["all_compound"],
        valued=s.total((spoken != 0) * 1.0),
        matrix=np.stack(list(columns.values()), axis=1),
        names=tuple(columns),
    )
