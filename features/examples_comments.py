"""The comments and people behind the features of comments."""

from __future__ import annotations

from collections import Counter

import numpy as np

from features.asof import View, Visible
from features.commenters import NEAR_DUPLICATE_WORDS, words_alone
from features.example import MOST, Example, strongest, texts_of, time_of
from features.grouped import Floats
from features.sentiment import INTENTS, audience_of, readings

LIKELY = 0.5
"""A comment is shown for what it is at least this likely to be."""


def comment_examples(view: View) -> dict[str, tuple[Example, ...]]:
    """By feature, at most three telling comments or people of the one pairing of `view`; features without any left out.

    Shares over other windows rest on comments of the same kind and have no examples of their own.
    """
    audience = audience_of(view)
    read = readings(audience)
    genuine = read["p_spam"] < LIKELY
    strength = {f"{i}_share": np.where(genuine | (i == "spam"), read[f"p_{i}"], np.nan) for i in INTENTS}
    strength["positive_share"], strength["negative_share"] = (
        np.where((read["understood"] == 1) & genuine, read[name], np.nan) for name in ("p_positive", "p_negative")
    )
    found = {name: _likely(audience, values, "likely") for name, values in strength.items()}
    found["emoji_only_share"] = _likely(audience, read["emoji_only"], "")
    found["understood_share"] = _likely(audience, 1.0 - read["understood"], "not understood")
    found["near_duplicate_share"] = _copies(audience)
    found["creator_reply_rate"] = _answers(view, audience)
    found["repeat_commenter_share"] = _everywhere(audience)
    return {name: some for name, some in found.items() if some}


def _likely(audience: Visible, strength: Floats, note: str) -> tuple[Example, ...]:
    """The comments of greatest strength; where the note is "likely" it tells how likely."""
    texts, times = texts_of(audience, "text"), audience.times("posted_at")
    rows = strongest(strength, times, texts, LIKELY)
    return tuple(
        Example(
            "comment", str(texts[r]), time_of(int(times[r])), f"{strength[r]:.0%} likely" if note == "likely" else note
        )
        for r in rows
    )


def _copies(audience: Visible) -> tuple[Example, ...]:
    """The texts repeated most, in all but marks."""
    texts = texts_of(audience, "text")
    words = [words_alone(text or "") for text in texts]
    often = Counter(w for w in words if w.count(" ") + 1 >= NEAR_DUPLICATE_WORDS)
    first = dict(zip(reversed(words), reversed(texts), strict=True))
    most = sorted(often.items(), key=lambda item: (-item[1], item[0]))[:MOST]
    return tuple(Example("comment", str(first[w]), None, f"{times} times") for w, times in most if times > 1)


def _answers(view: View, audience: Visible) -> tuple[Example, ...]:
    """The creator's newest answers, each with what it answers."""
    own = view.comments.where(view.comments.numbers("is_creator") == 1)
    asked = dict(zip(texts_of(audience, "comment_id"), texts_of(audience, "text"), strict=True))
    times, said = own.times("posted_at"), texts_of(own, "text")
    found = []
    for row in range(len(own) - 1, -1, -1):
        question = asked.get(texts_of(own, "reply_to")[row])
        if question and said[row]:
            found.append(Example("comment", str(said[row]), time_of(int(times[row])), f"answers: {question}"))
        if len(found) == MOST:
            break
    return tuple(found)


def _everywhere(audience: Visible) -> tuple[Example, ...]:
    """Who comments under most posts."""
    author, post = texts_of(audience, "author_id"), texts_of(audience, "post_id")
    pairs = {(a, p) for a, p in zip(author, post, strict=True) if a and p}
    posts = len({p for _, p in pairs})
    seen = Counter(a for a, _ in pairs)
    most = sorted(seen.items(), key=lambda item: (-item[1], item[0]))[:MOST]
    return tuple(
        Example("person", str(who), None, f"under {times} of {posts} commented posts")
        for who, times in most
        if times > 1
    )
