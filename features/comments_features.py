"""What the small linear model sees of a comment: some hundred named numbers, each a pure function of its text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from features.comments_foreign import COVERED, NEGATION_FOLLOWS
from features.comments_language import NAMES, UNDETERMINED, Languages, identify
from features.comments_match import GROUPS, match
from features.comments_stream import Stream, stream
from features.comments_textblob import polarity_and_subjectivity
from features.comments_tokens import KINDS
from features.comments_topics import TOPICS
from features.comments_valence import Scope, scope
from features.comments_vocabulary import PRONOUNS

_SLANG_WORDS = 6
_FOREIGN_BOOST = 0.25
_PRAISE = 2.2
"""Words of at least this valence praise by themselves."""


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
    negated: np.ndarray
    """Which tokens are words whose valence a negation turns, bool, shape (n_tokens,)."""
    praising: np.ndarray
    """Words of praise that could stand under any post, and in other languages the small words between them."""
    contested: np.ndarray
    """Whether a word means the opposite of what the open lexica say ("this is sick"), bool."""
    matrix: np.ndarray
    """The numbers of the model, shape (n_texts, n_features), in the order of `names`."""
    names: tuple[str, ...]


def _valence(s: Stream, languages: Languages, words: np.ndarray) -> np.ndarray:
    """Each token's valence in the language of its text; short slang praise by its own list."""
    sign = s.flag("sign")
    slangy = ((words <= _SLANG_WORDS) & (s.count("personal") == 0))[s.owner] & _praised(s, words)
    slang = s.take("slang")
    valence = np.where(slangy & ~np.isnan(slang), slang, s.take("valence"))
    number = languages.number[s.owner]
    readable = languages.covered | (languages.number == NAMES.index(UNDETERMINED))
    valence = np.where(sign | readable[s.owner], valence, 0.0)
    for code, at in _spoken_in(number):
        own = s.vocabulary.column(f"valence_{code}")[s.meaning[at]]
        valence[at] = np.where(sign[at] | np.isnan(own), valence[at], own)
    return valence


def _spoken_in(number: np.ndarray) -> list[tuple[str, np.ndarray]]:
    """Each language with a list of ours, with the places of its tokens, from the language of each token's text."""
    present = np.bincount(number, minlength=len(NAMES))
    numbers = [(code, NAMES.index(code)) for code in COVERED]
    return [(code, np.flatnonzero(number == k)) for code, k in numbers if present[k]]


def _praised(s: Stream, words: np.ndarray) -> np.ndarray:
    """Tokens that are all that is said, or follow a word that leads up to praise."""
    leads = np.zeros(len(s.which), dtype=bool)
    leads[1:] = s.flag("leads")[:-1] & (s.owner[1:] == s.owner[:-1])
    return np.asarray(leads | (words == 1)[s.owner])


def _scope(s: Stream, languages: Languages) -> Scope:
    """The scope of a stream, with the negations and boosters of each text's language."""
    negates, boost = s.flag("negates"), s.take("boost")
    afterwards = np.zeros(len(negates), dtype=bool)
    for code, at in _spoken_in(languages.number[s.owner]):
        rows = s.meaning[at]
        negates[at] = s.vocabulary.column(f"negates_{code}")[rows] > 0
        boost[at] = s.vocabulary.column(f"boosts_{code}")[rows] * _FOREIGN_BOOST
        if code in NEGATION_FOLLOWS:
            afterwards[at] = negates[at]
    return scope(s, negates, boost, afterwards)


def _turned(s: Stream, where: Scope, spoken: np.ndarray) -> np.ndarray:
    """Words and phrases whose valence here is of the other sign than that of their words in VADER or TextBlob, bool."""
    plain = s.take("vader") + s.take("textblob")
    of_span = np.concatenate([[0.0], np.cumsum(where.inside * plain)])
    begin, end = where.spans.begin, where.spans.begin + where.spans.length
    plain[end - 1] = np.rint(100 * (of_span[end] - of_span[begin])) / 100
    return np.asarray((spoken * plain < 0) & (np.abs(spoken) > 1))


def _extremes(s: Stream, placed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    high, low = np.zeros(len(s.texts)), np.zeros(len(s.texts))
    np.maximum.at(high, s.owner, placed)
    np.minimum.at(low, s.owner, placed)
    return high / 4, low / 4


def _praising(s: Stream, languages: Languages, spoken: np.ndarray) -> np.ndarray:
    """How many words praise or go with praise, shape (n_texts,)."""
    thing = s.flag("topic_product") | s.flag("topic_brand") | s.flag("topic_owning")
    praises = s.flag("generic") | ((spoken >= _PRAISE) & s.flag("word") & ~thing)
    for code, at in _spoken_in(languages.number[s.owner]):
        rows = s.meaning[at]
        small = (s.vocabulary.column(f"valence_{code}")[rows] == 0) | (s.vocabulary.column(f"boosts_{code}")[rows] > 0)
        praises[at] |= small
    return s.total(praises * 1.0)


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
    asks = np.minimum(s.count("asks"), 3.0)
    shape = {
        "negations": np.minimum(s.count("negates"), 3.0),
        "negated": np.minimum(s.total(where.negated * 1.0), 3.0),
        "exclaims": np.minimum(s.count("exclaims"), 4.0),
        "asks": asks,
        "asks_any": (asks > 0) * 1.0,
        "words_log": np.log1p(words),
        "one_over_words": 1.0 / words,
        "capitals": s.count("capitals") / words,
        "stretched": s.count("stretched") / words,
    }
    shape |= {f"n_{name}": np.log1p(s.count(f"is_{name}")) for name in KINDS}
    shape |= {f"says_{name}": np.minimum(s.count(f"says_{name}"), 3.0) for name in PRONOUNS}
    return shape


def _of_topics(s: Stream, words: np.ndarray) -> dict[str, np.ndarray]:
    found: dict[str, np.ndarray] = {}
    for name in TOPICS:
        count = s.count(f"topic_{name}")
        found |= {f"{name}_n": np.minimum(count, 4.0), f"{name}_any": (count > 0) * 1.0, f"{name}_share": count / words}
    product, media, brand = found["product_any"], found["media_any"], found["brand_any"]
    found["model_number"] = np.minimum(s.count("model_number"), 3.0)
    found["product_alone"] = product * (1 - media)
    found["media_alone"] = media * (1 - product)
    found["no_topic"] = (1 - product) * (1 - media) * (1 - brand)
    return found


def read(texts: Sequence[str]) -> Reading:
    """Clean, cut and describe some texts, and lay out what the model sees of them."""
    s = stream(texts)
    languages = identify(s)
    cleaned = [i for i, (raw, clean) in enumerate(zip(texts, s.texts, strict=True)) if raw != clean]
    textblob = polarity_and_subjectivity(texts, s.cut, cleaned)
    words = s.count("word")
    per = np.maximum(words, 1.0)
    where = _scope(s, languages)
    spoken = where.with_phrases(_valence(s, languages, words))
    placed = where.apply(spoken)
    vader = where.apply(s.take("vader"))
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
        negated=where.negated & (spoken != 0),
        praising=_praising(s, languages, spoken),
        contested=s.total(_turned(s, where, spoken) * 1.0) > 0,
        matrix=np.stack(list(columns.values()), axis=1),
        names=tuple(columns),
    )
