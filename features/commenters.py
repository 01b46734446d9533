"""Who writes the comments: whether the creator answers, who repeats whom, and who turns up under every post."""

from __future__ import annotations

import re

import numpy as np

from features import grouped
from features.asof import View, Visible, days_between
from features.feature import Feature
from features.grouped import Floats, Ints, Mask
from features.sentiment import audience_of
from features.words import codes, joined, strings

NEAR_DUPLICATE_WORDS = 3
"""Shorter comments repeat each other by nature."""
POD_POSTS = 3
"""Who turns up everywhere can be told from this many commented posts."""

_WORD = re.compile(r"[^\W_]+")
_ASCII_WORD = re.compile("[a-z0-9]+")
_NONE = "no visible comment of others"
_POD = "pods comment on each other's posts: Weerasinghe et al., WWW 2020, classifiers with AUC 0.91 and 0.94"


def _f(name: str, unit: str, missing: str, text: str, source: str = "") -> Feature:
    return Feature(name, "sentiment", unit, 0, 1 if unit == "share" else None, missing, text, source)


FEATURES: tuple[Feature, ...] = (
    _f("creator_reply_rate", "share", "no comment says who wrote it", "comments the creator answered"),
    _f("creator_reply_minutes", "minutes", "no answered comment", "median time to the creator's first answer"),
    _f("thread_share", "share", _NONE, "comments that answer another comment"),
    _f("comment_words", "words", _NONE, "mean words per comment"),
    _f("unique_text_share", "share", _NONE, "distinct texts per comment"),
    _f("near_duplicate_share", "share", _NONE, "comments of three words or more repeated in all but marks"),
    _f("n_commenters", "people", "no comment tells its author", "distinct authors"),
    _f("repeat_commenter_share", "share", "authors unknown, or fewer than two commented posts",
           "comments by authors seen on two posts or more", _POD),
    _f("pod_share", "share", "authors unknown, or fewer than three commented posts",
           "comments by authors seen on at least half of the commented posts", _POD),
)  # fmt: skip


def commenter_features(view: View) -> dict[str, Floats]:
    """Every feature of `FEATURES`, each float64 of shape (n_pairings,), NaN = missing as the catalogue says."""
    audience = audience_of(view)
    own = view.comments.where(view.comments.numbers("is_creator") == 1)
    return {**_replies(view.comments, audience, own), **_repetition(audience), **_commenters(audience)}


def words_alone(text: str) -> str:
    """Its runs of letters and digits in lower case, with one blank between: what near-copies of a text share."""
    return " ".join((_ASCII_WORD if text.isascii() else _WORD).findall(text.lower()))


def _replies(everyone: Visible, audience: Visible, own: Visible) -> dict[str, Floats]:
    """An answer is a comment of the creator that names the comment it answers; the first one tells the speed."""
    n = audience.n
    both = codes(joined(audience.texts("comment_id"), own.texts("reply_to")))
    answer = grouped.match(audience.pair, both[: len(audience)], own.pair, both[len(audience) :])
    answered = answer >= 0
    minutes = 1440.0 * days_between(own.times("posted_at")[answer[answered]], audience.times("posted_at")[answered])
    told = grouped.total(everyone.pair, (~np.isnan(everyone.numbers("is_creator"))).astype(np.float64), n) > 0
    rate = grouped.mean(audience.pair, answered.astype(np.float64), n)
    return {
        "creator_reply_rate": np.where(told, rate, np.nan),
        "creator_reply_minutes": grouped.median(audience.pair[answered], np.maximum(minutes, 0.0), n),
    }


def _repetition(audience: Visible) -> dict[str, Floats]:
    count = audience.count()
    texts, text = audience.distinct("text")
    pair, _, _ = grouped.distinct(audience.pair, text)
    words = [words_alone(known) for known in texts.to_pylist()]
    length = np.array([known.count(" ") + 1 if known else 0 for known in words], dtype=np.float64)[text]
    long = length >= NEAR_DUPLICATE_WORDS
    twin, _, times = grouped.distinct(audience.pair[long], codes(strings(words))[text[long]])
    repeated = grouped.total(twin, np.where(times > 1, times, 0).astype(np.float64), audience.n)
    return {
        "comment_words": grouped.mean(audience.pair, length, audience.n),
        "unique_text_share": grouped.ratio(grouped.count(pair, audience.n), count),
        "near_duplicate_share": grouped.ratio(repeated, count),
    }


def _commenters(audience: Visible) -> dict[str, Floats]:
    n = audience.n
    author, post = audience.codes("author_id"), audience.codes("post_id")
    told = (author >= 0) & (post >= 0)
    pair, author, post = audience.pair[told], author[told], post[told]
    commented = grouped.count(grouped.distinct(pair, post)[0], n)
    who, comments, posts = _posts_of_authors(pair, author, post)
    total = grouped.total(who, comments, n)
    everywhere = 2.0 * posts >= commented[who]

    def share(kept: Mask, at_least: int) -> Floats:
        part = grouped.total(who[kept], comments[kept], n)
        return np.where(commented >= at_least, grouped.ratio(part, total), np.nan)

    return {
        "n_commenters": np.where(total > 0, grouped.count(who, n), np.nan),
        "repeat_commenter_share": share(posts >= 2, 2),
        "pod_share": share(everywhere, POD_POSTS),
    }


def _posts_of_authors(pair: Ints, author: Ints, post: Ints) -> tuple[Ints, Floats, Floats]:
    """Each author of each pairing once, ascending by pairing: the pairing, the comments, and the distinct posts."""
    if not len(pair):
        return pair, np.zeros(0), np.zeros(0)
    width = int(author.max()) + 1
    people, who, comments = np.unique(pair * width + author, return_inverse=True, return_counts=True)
    posts = np.bincount(grouped.distinct(who, post)[0], minlength=len(people))
    return people // width, comments.astype(np.float64), posts.astype(np.float64)
