"""Does a creator speak of what a brief is about: in captions, hashtags and bio, and to people interested in it?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from features import grouped
from features.asof import View
from features.feature import Feature
from features.grouped import Floats, Ints, Mask
from features.niche_mentions import MENTION_FEATURES, mention_features
from features.niche_reading import Reading, read_creators
from features.niche_subjects import Brief, creator_match, direction, read_brief
from features.niche_text import fold, stem, tokens
from features.niche_topics import N_TOPICS, plain_splitter, topic_mass
from features.text_space import TextSpace, dot, summed, unit
from features.words import equal, take

_UNREAD = "nothing to read of the creator, or the brief's words tell no subject"
_NO_SPACE = _UNREAD + ", or no text space was fitted"
_NO_POSTS = "no post with known words, or the brief has none, or no text space was fitted"
_FIT = "fit of creator and brand, an inverted U: Leung et al., J. Marketing 2022"
_RECENT_DAYS = 180.0


def _f(
    name: str, unit: str, low: float | None, high: float | None, missing: str, text: str, source: str = ""
) -> Feature:
    return Feature(name, "niche", unit, low, high, missing, text, source)


NICHE_FEATURES: tuple[Feature, ...] = (
    _f("niche_match", "x / (1 + x)", 0, 1, _NO_SPACE,
       "x: how much likelier the creator is to be about the brief's subjects than the average creator", _FIT),
    _f("niche_match_lexicon", "x / (1 + x)", 0, 1, _UNREAD, "the same by the written lexicon alone", _FIT),
    _f("brief_cosine", "cosine", -1, 1, _NO_POSTS, "meaning of the brief against the mean of the creator's posts",
       "latent semantic analysis: Deerwester et al., JASIS 1990"),
    _f("brief_cosine_best_post", "cosine", -1, 1, _NO_POSTS, "the same against the nearest post"),
    _f("brief_cosine_180d", "cosine", -1, 1, _NO_POSTS, "the same against the mean post of 180 days"),
    _f("keyword_post_share", "share", 0, 1, "no post with a caption, or the brief has no keyword",
       "posts with one of the brief's keywords (its telling words where no keyword is given)"),
    _f("keyword_hashtag_share", "share", 0, 1, "no hashtag, or the brief has no keyword",
       "hashtags that are, or are made of, a keyword"),
    _f("brief_word_share", "share", 0, 1, "no caption or bio, or the brief has no word of meaning",
       "the brief's words that the creator has used"),
    _f("bio_match", "cosine", 0, 1, "the bio or the brief tells no subject",
       "subjects of the bio and of the brief, by the lexicon"),
    _f("category_subject_match", "cosine", 0, 1, "the creator's category or the brief tells no subject",
       "subjects of the creator's category and the brief, by the lexicon"),
    _f("interest_match", "cosine", 0, 1, "the audience's interests are unknown or tell no subject",
       "subjects of the audience's interests and of the brief, by the lexicon", _FIT),
    _f("topic_entropy", "share of the most possible", 0, 1, "the creator's own words tell no subject",
       "spread of own words over subjects: 0 one subject, 1 all alike"),
    _f("hashtag_concentration", "share", 0, 1, "no hashtag", "chance that two hashtag uses are of the same hashtag"),
    _f("on_topic_post_share", "share", 0, 1, "no post tells a subject, or the brief tells none",
       "posts whose leading subject is the brief's, of those that tell one"),
    _f("n_words_read", "words", 0, None, "never",
       "words and hashtags of captions, bio and handle, words inside hashtags too: what the above rests on"),
    *MENTION_FEATURES,
)  # fmt: skip


@dataclass(frozen=True)
class _Briefs:
    """The distinct briefs of a view: each pairing's `place` among `briefs`, -1 where its campaign is unknown."""

    place: Ints
    briefs: Sequence[Brief]

    @classmethod
    def of(cls, view: View, space: TextSpace | None) -> _Briefs:
        rows, place = np.unique(view.campaign, return_inverse=True)
        texts = [take(view.campaigns.texts(name), rows).to_pylist() for name in ("brief", "keywords", "category")]
        return cls(
            np.where(view.campaign >= 0, place, -1), [read_brief(*said, space) for said in zip(*texts, strict=True)]
        )

    def spread(self, of: Callable[[Brief], Floats], width: int) -> Floats:
        """A row of numbers per brief, given to its pairings; NaN where there is no brief. Shape (n, width)."""
        rows = [of(brief) for brief in self.briefs]
        return np.array([*rows, np.full(width, np.nan)], dtype=np.float64).reshape(-1, width)[self.place]

    def topics(self) -> Floats:
        """Shares of subjects, shape (n, N_TOPICS); NaN where the brief tells none."""
        return self.spread(lambda b: b.topics if b.main >= 0 else np.full(N_TOPICS, np.nan), N_TOPICS)

    def main(self) -> Ints:
        """Leading subject per pairing, shape (n,); -1 where there is none."""
        return np.array([*(brief.main for brief in self.briefs), -1], dtype=np.int64)[self.place]

    def sizes(self, of: Callable[[Brief], frozenset[str]]) -> Floats:
        """How many words per pairing, shape (n,); 0 without a brief."""
        return self.spread(lambda brief: np.array([len(of(brief))]), 1)[:, 0] if self.briefs else np.zeros(0)


def niche_features(view: View, space: TextSpace | None) -> dict[str, Floats]:
    """Every feature of `NICHE_FEATURES`, each float64 of shape (n_pairings,), NaN = missing as the catalogue says.

    `space` None: what needs no fitting is there, `niche_match` and the cosines are missing.
    """
    reading = read_creators(view, plain_splitter() if space is None else space.splitter)
    plain, briefs = _Briefs.of(view, None), _Briefs.of(view, space)
    missing = np.full(view.n, np.nan)
    fitted = dict.fromkeys(("niche_match", "brief_cosine", "brief_cosine_best_post", "brief_cosine_180d"), missing)
    if space is not None:
        fitted = {"niche_match": creator_match(reading, briefs.topics(), space), **_cosines(reading, briefs, space)}
    return {
        **fitted,
        "niche_match_lexicon": creator_match(reading, plain.topics(), None),
        **_keywords(reading, briefs),
        "bio_match": _cosine(reading.bio.mass, plain.topics()),
        "category_subject_match": _cosine(_category_mass(view), plain.topics()),
        "interest_match": _cosine(_interest_mass(view), plain.topics()),
        "topic_entropy": _entropy(reading.counts["caption"].mass),
        "on_topic_post_share": _on_topic(reading, plain.main()),
        "n_words_read": reading.counts["caption"].words,
        **mention_features(view, reading),
    }


def _cosines(reading: Reading, briefs: _Briefs, space: TextSpace) -> dict[str, Floats]:
    posts, n = reading.posts, reading.n
    captions = space.directions_of(reading.caption_counts)[reading.post]
    wanted = briefs.spread(lambda brief: direction(brief, space), len(space.centre))
    recent = posts.within("posted_at", _RECENT_DAYS)
    return {
        "brief_cosine": dot(unit(summed(posts.pair, captions, n)), wanted),
        "brief_cosine_best_post": grouped.largest(*grouped.present(posts.pair, dot(captions, wanted[posts.pair])), n),
        "brief_cosine_180d": dot(unit(summed(posts.pair[recent], captions[recent], n)), wanted),
    }


@dataclass(frozen=True)
class _Wanted:
    """Which stems each brief asks for, as sorted numbers brief × (number of stems) + stem."""

    keys: Ints
    stem: Ints
    """Stem of each term."""
    n_stems: int

    @classmethod
    def of(cls, terms: Sequence[str], asked: Sequence[frozenset[str]]) -> _Wanted:
        stems = [stem(term.removeprefix("#")) for term in terms]
        number = {word: i for i, word in enumerate(dict.fromkeys(stems))}
        n = max(len(number), 1)
        keys = [brief * n + number[word] for brief, words in enumerate(asked) for word in words if word in number]
        return cls(np.sort(np.array(keys, dtype=np.int64)), np.array([number[s] for s in stems], dtype=np.int64), n)

    def hit(self, brief: Ints, term: Ints) -> Mask:
        """Whether each term's stem is asked for by its brief (-1: none)."""
        code = np.where(brief >= 0, brief * self.n_stems + self.stem[term], -1)
        place = np.minimum(np.searchsorted(self.keys, code), max(len(self.keys) - 1, 0))
        return self.keys[place] == code if len(self.keys) else np.zeros(len(code), dtype=bool)


def _keywords(reading: Reading, briefs: _Briefs) -> dict[str, Floats]:
    keyed = briefs.sizes(lambda brief: brief.keys) > 0
    return {
        "keyword_post_share": np.where(keyed, _keyword_posts(reading, briefs), np.nan),
        "brief_word_share": _words_used(reading, briefs),
        **_hashtags(reading, briefs, keyed),
    }


def _keyword_posts(reading: Reading, briefs: _Briefs) -> Floats:
    posts, n = reading.posts, reading.n
    keys = _Wanted.of(reading.terms.words, [brief.keys for brief in briefs.briefs])
    row, term = reading.terms.of_rows(np.arange(len(posts)), reading.post)
    hits = np.bincount(row, weights=keys.hit(briefs.place[posts.pair[row]], term), minlength=len(posts))
    with_text = np.diff(reading.terms.start)[reading.post] > 0
    return grouped.ratio(posts.where(hits > 0).count(), grouped.count(posts.pair[with_text], n))


def _words_used(reading: Reading, briefs: _Briefs) -> Floats:
    own = reading.counts["caption"]
    words = _Wanted.of(own.terms, [brief.words for brief in briefs.briefs])
    used = words.hit(briefs.place[own.owner], own.term)
    owner, _, _ = grouped.distinct(own.owner[used], words.stem[own.term[used]])
    wanted = briefs.sizes(lambda brief: brief.words)
    something = grouped.count(own.owner, own.n) > 0
    return np.where(something, grouped.ratio(grouped.count(owner, own.n), wanted), np.nan)


def _hashtags(reading: Reading, briefs: _Briefs, keyed: Mask) -> dict[str, Floats]:
    posts, n, texts = reading.posts, reading.n, reading.captions.texts
    row, token = texts.of_rows(np.arange(len(posts)), reading.post)
    is_tag = np.array([word[0] == "#" for word in texts.words], dtype=bool)[token]
    pair, token = posts.pair[row[is_tag]], token[is_tag]
    keys = _Wanted.of(reading.inside.words, [brief.keys for brief in briefs.briefs])
    use, term = reading.inside.of_rows(np.arange(len(token)), token)
    hits = np.bincount(use, weights=keys.hit(briefs.place[pair[use]], term), minlength=len(token))
    uses = grouped.count(pair, n)
    owner, _, times = grouped.distinct(pair, token)
    return {
        "keyword_hashtag_share": np.where(keyed, grouped.ratio(grouped.count(pair[hits > 0], n), uses), np.nan),
        # Whole numbers below 2^53 add up exactly in any order.
        "hashtag_concentration": grouped.ratio(
            grouped.total(owner, (times * times).astype(np.float64), n), uses * uses
        ),
    }


def _cosine(mass: Floats, topics: Floats) -> Floats:
    """Cosine of two rows of subjects; NaN where either tells none."""
    return dot(unit(mass), unit(topics))


def _category_mass(view: View) -> Floats:
    names = view.profile_text("category").to_pylist()
    known = {name: topic_mass(tokens(fold(name))) for name in set(names) if name is not None}
    return np.array([known.get(name, np.zeros(N_TOPICS)) for name in names]).reshape(-1, N_TOPICS)


def _interest_mass(view: View) -> Floats:
    """Subjects of the audience's latest known interests, each by its share."""
    seen = view.audience.where(equal(view.audience.texts("dimension"), "interest"))
    if not len(seen):
        return np.zeros((view.n, N_TOPICS))
    seen = seen.where(seen.at_latest("observed_at"))
    names = seen.texts("bucket").dictionary_encode()
    known = np.array([topic_mass(tokens(fold(name))) for name in names.dictionary.to_pylist()]).reshape(-1, N_TOPICS)
    code = np.asarray(names.indices.to_numpy(zero_copy_only=False), dtype=np.int64)
    return summed(seen.pair, seen.numbers("share")[:, None] * known[code], view.n)


def _entropy(mass: Floats) -> Floats:
    total, spread = np.zeros(len(mass)), np.zeros(len(mass))
    for topic in range(N_TOPICS):
        total = total + mass[:, topic]
    share = mass / np.where(total > 0, total, np.nan)[:, None]
    for topic in range(N_TOPICS):
        spread = spread - share[:, topic] * np.log(np.where(share[:, topic] > 0, share[:, topic], 1.0))
    return np.asarray(np.clip(spread / np.log(N_TOPICS), 0.0, 1.0))


def _on_topic(reading: Reading, main: Ints) -> Floats:
    mass = reading.caption_counts.mass[reading.post]
    leading = mass.max(axis=1, initial=0.0)
    pair = reading.posts.pair
    told = (leading > 0) & (main[pair] >= 0)
    on = told & (mass[np.arange(len(mass)), main[pair]] == leading)
    return grouped.ratio(grouped.count(pair[on], reading.n), grouped.count(pair[told], reading.n))
