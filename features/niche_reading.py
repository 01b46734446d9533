"""The texts of creators as counted terms per pairing: captions, what the creator answers, what others comment.

Terms are numbered by their alphabetical rank, so that the terms of one pairing stand in the same order in any company
and sums over them give the same bits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from features import grouped
from features.asof import View, Visible
from features.grouped import Floats, Ints, Mask
from features.niche_signs import TRIGGER, signs_of, signs_of_phrases, spaced
from features.niche_text import Splitter, fold, tokens
from features.niche_topics import N_TOPICS, topics_of
from features.words import codes, strings

FIELDS = ("caption", "reply", "comment")
"""Captions with bio and handle · the creator's own comments · the comments of others."""
COMMENTS_READ = 100
"""The newest comments of a pairing that are read: bounds work, and says enough of an audience."""


def _flat(sizes: Ints, starts: Ints) -> Ints:
    """Positions start, start + 1, ..., start + size - 1 of each group, one after another."""
    ends = np.cumsum(sizes)
    first = np.repeat(ends - sizes - starts, sizes)
    return np.asarray(np.arange(len(first)) - first, dtype=np.int64)


@dataclass(frozen=True)
class Texts:
    """Words of some texts, text by text: text `i` has `word[start[i] : start[i + 1]]`, as positions in `words`."""

    words: tuple[str, ...]
    """Distinct words: tokens as they stand, in any order, or terms, ascending."""
    word: Ints
    start: Ints

    def __len__(self) -> int:
        return len(self.start) - 1

    def of_rows(self, owner: Ints, text: Ints) -> tuple[Ints, Ints]:
        """For rows that belong to `owner` and are text `text`: the owner of each word, and the word."""
        sizes = self.start[text + 1] - self.start[text]
        return np.repeat(owner, sizes), self.word[_flat(sizes, self.start[text])]

    def replaced(self, by: Texts) -> Texts:
        """Each word replaced by the words of text number `word` of `by`."""
        sizes = np.diff(by.start)[self.word]
        upto = np.append(0, np.cumsum(sizes))
        return Texts(by.words, by.word[_flat(sizes, by.start[self.word])], upto[self.start])

    def in_order(self) -> Texts:
        """The same with `words` ascending."""
        order = sorted(range(len(self.words)), key=self.words.__getitem__)
        place = np.zeros(len(order), np.int64)
        place[order] = np.arange(len(order))
        return Texts(tuple(self.words[i] for i in order), place[self.word], self.start)


def as_texts(listed: Iterable[Sequence[str]]) -> Texts:
    """Texts from the words of each."""
    flat: list[str] = []
    ends = [0]
    for words in listed:  # one list at a time: a hundred thousand of them at once keep the garbage collector busy
        flat += words
        ends.append(len(flat))
    encoded = strings(flat).dictionary_encode()
    return Texts(tuple(encoded.dictionary.to_pylist()), codes(encoded), np.array(ends, np.int64))


def terms_of(tokens_read: Texts, splitter: Splitter) -> Texts:
    """What each distinct token counts as, terms ascending: text `i` is token `i`."""
    expanded = [(t,) if t[0] != "#" and t.isascii() else splitter.terms(t) for t in tokens_read.words]
    return as_texts(expanded).in_order()


def read_texts(values: Iterable[object]) -> Texts:
    """The tokens of some texts; a missing text has none."""
    return as_texts(tokens(fold(text)) if isinstance(text, str) else () for text in values)


@dataclass(frozen=True)
class Captions:
    """Captions as tokens, with the signs they carry and in the form that `features.niche_signs.Brand` reads."""

    texts: Texts
    signs: Ints
    spaced: tuple[str, ...]

    @classmethod
    def read(cls, values: Iterable[object]) -> Captions:
        """From caption texts; a missing one is empty."""
        signs: list[int] = []
        forms: list[str] = []

        def read() -> Iterator[list[str]]:
            for text in values:
                folded = fold(text) if isinstance(text, str) else ""
                words = tokens(folded)
                signs.append(_signs(words, folded))
                forms.append(spaced(words))
                yield words

        return cls(as_texts(read()), np.array(signs, np.int64), tuple(forms))


def _signs(parts: list[str], folded: str) -> int:
    found = 0
    for part in parts:
        found |= signs_of(part)
    return found | signs_of_phrases(folded) if found & TRIGGER else found


@dataclass(frozen=True)
class Counts:
    """How often each term occurs with each owner: rows ascending by (owner, term), as positions in `terms`."""

    terms: tuple[str, ...]
    """Distinct terms, ascending."""
    owner: Ints
    term: Ints
    times: Ints
    n: int
    """How many owners there are; some may have no term."""

    @property
    def words(self) -> Floats:
        """Words of each owner, shape (n,)."""
        return grouped.total(self.owner, self.times.astype(np.float64), self.n)

    @cached_property
    def mass(self) -> Floats:
        """Evidence of the lexicon for each subject, a term counting 1 + ln(times); shape (n, N_TOPICS)."""
        found = [topics_of(term) for term in self.terms]
        sizes = np.array([len(topics) for topics in found], dtype=np.int64)
        topic = np.array([topic for topics in found for topic in topics], dtype=np.int64)
        some = sizes[self.term] > 0
        owner, term = self.owner[some], self.term[some]
        each = sizes[term]
        cell = np.repeat(owner, each) * N_TOPICS + topic[_flat(each, (np.cumsum(sizes) - sizes)[term])]
        evidence = np.repeat((1.0 + np.log(self.times[some])) / each, each)
        found_mass = np.bincount(cell, weights=evidence, minlength=self.n * N_TOPICS)
        return np.asarray(found_mass.reshape(self.n, N_TOPICS), dtype=np.float64)

    @classmethod
    def of(cls, parts: Sequence[tuple[Texts, Ints, Ints]], n: int) -> Counts:
        """Counted over sources, each of texts in order and rows that tell which text (third) is whose (second)."""
        if len(parts) == 1:
            texts, owner, text = parts[0]
            return cls(texts.words, *grouped.distinct(*texts.of_rows(owner, text)), n)
        terms = sorted({term for texts, _, _ in parts for term in texts.words})
        place = {term: i for i, term in enumerate(terms)}
        owners, found = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        for texts, owner, text in parts:
            renumbered = np.array([place[term] for term in texts.words], np.int64)
            owner_of_word, word = texts.of_rows(owner, text)
            owners.append(owner_of_word)
            found.append(renumbered[word])
        return cls(tuple(terms), *grouped.distinct(np.concatenate(owners), np.concatenate(found)), n)

    @classmethod
    def of_texts(cls, texts: Texts) -> Counts:
        """Each text its own owner."""
        everything = np.arange(len(texts))
        return cls.of([(texts, everything, everything)], len(texts))


@dataclass(frozen=True)
class Raw:
    """The texts that the pairings of a view may read, as tokens. `captions`, `said`: each distinct text read once."""

    n: int
    posts: Visible
    post: Ints
    """Position in `captions` of each visible post."""
    captions: Captions
    comments: Visible
    comment: Ints
    """Position in `said` of each visible comment."""
    said: Texts
    bios: Texts
    """One text per pairing."""
    handles: tuple[object, ...]

    @classmethod
    def of(cls, view: View) -> Raw:
        """Everything read, hashtags not yet taken apart."""
        comments = view.comments
        comments = comments.where(grouped.from_end(comments.pair, view.n) < COMMENTS_READ)
        captions, post = view.posts.distinct("caption")
        said, comment = comments.distinct("text")
        bios = read_texts(view.profile_text("bio").to_pylist())
        handles = tuple(view.profile_text("handle").to_pylist())
        return cls(
            view.n, view.posts, post, Captions.read(captions.to_pylist()), comments, comment,
            read_texts(said.to_pylist()), bios, handles,
        )  # fmt: skip


@dataclass(frozen=True)
class Reading:
    """What the pairings of a view read of their creators, as terms."""

    n: int
    posts: Visible
    post: Ints
    """Position in `captions` and `terms` of each visible post."""
    captions: Captions
    inside: Texts
    """What each distinct token of the captions counts as: text `i` is token `captions.texts.words[i]`."""
    terms: Texts
    """Terms of each caption."""
    bio: Counts
    counts: Mapping[str, Counts]
    """By field of `FIELDS`, per pairing."""

    @property
    def something(self) -> Mask:
        """Of which pairings any text can be read, shape (n,)."""
        read = sum((grouped.count(counted.owner, self.n) for counted in self.counts.values()), np.zeros(self.n))
        return np.asarray(read > 0)

    @cached_property
    def caption_counts(self) -> Counts:
        """The terms of each distinct caption."""
        return Counts.of_texts(self.terms)

    @classmethod
    def of(cls, raw: Raw, splitter: Splitter) -> Reading:
        """Tokens counted as terms per pairing."""
        inside = terms_of(raw.captions.texts, splitter)
        terms = raw.captions.texts.replaced(inside)
        bios, said = (texts.replaced(terms_of(texts, splitter)) for texts in (raw.bios, raw.said))
        handles = as_texts(splitter.name_words(name) if isinstance(name, str) else () for name in raw.handles)
        everyone = np.arange(raw.n)
        own = [(terms, raw.posts.pair, raw.post), (bios, everyone, everyone), (handles, everyone, everyone)]
        counts = {"caption": Counts.of(own, raw.n)}
        by_creator: Mask = np.asarray(raw.comments.numbers("is_creator") == 1)
        for name, mask in (("reply", by_creator), ("comment", ~by_creator)):
            counts[name] = Counts.of([(said, raw.comments.pair[mask], raw.comment[mask])], raw.n)
        return cls(raw.n, raw.posts, raw.post, raw.captions, inside, terms, Counts.of_texts(bios), counts)


def read_creators(view: View, splitter: Splitter) -> Reading:
    """Captions, bios, handles and comments of every pairing of `view`."""
    return Reading.of(Raw.of(view), splitter)
