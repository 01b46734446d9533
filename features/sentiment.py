"""What the comments say of a creator: intent before sentiment.

Shares are means of the probabilities that `features.comments` gives each comment. The creator's own comments do not
count. A comment not understood is missing, never neutral.
"""

from __future__ import annotations

import numpy as np

from features import grouped
from features.asof import View, Visible
from features.comments import read_distinct
from features.feature import Feature
from features.grouped import Floats, Mask
from features.words import codes, joined, missing

RECENT_DAYS = 180.0
INTENTS = ("question", "purchase_intent", "complaint", "generic", "tag", "spam", "product", "creator")
SHRUNK = {"question": 0.08, "purchase_intent": 0.03, "complaint": 0.03, "product": 0.10}
"""Rare and telling intents, with the share assumed before any comment is read."""
SHRUNK_WEIGHT = 20.0
"""Comments that the assumed share is worth."""
CONTRAST_WEIGHT = 10.0
"""Comments on sponsored posts that "no difference to the organic ones" is worth."""
MIXED = 0.25
"""A comment is mixed when it is this likely positive and this likely negative."""

_NONE = "no visible comment of others"
_NONE_180D = "no visible comment of others in 180 days"
_NOT_READ = "no visible comment was understood"
_INTENT = "stated intent before polarity: the comments worth most (where can I buy this?) have polarity 0"
_POSITIVITY = "positivity is an inverted U: Leung et al., J. Marketing 2022"
_PRODUCT = "product-centred comments, not their number, go with sales: Chang & Wu 2024"


def _f(
    name: str, unit: str, low: float | None, high: float | None, missing: str, text: str, source: str = ""
) -> Feature:
    return Feature(name, "sentiment", unit, low, high, missing, text, source)


def _share(name: str, missing: str, text: str, source: str = "") -> Feature:
    return _f(name, "share", 0, 1, missing, text, source)


_INTENT_WORDS = {
    "question": "asks something", "purchase_intent": "wants or bought it", "complaint": "complains",
    "generic": "is generic praise", "tag": "tags a friend", "spam": "is spam or a scam",
    "product": "is about the product", "creator": "is about the creator",
}  # fmt: skip

FEATURES: tuple[Feature, ...] = (
    _f("n_comments", "comments", 0, None, "never", "visible comments of others: the weight behind the shares"),
    _f("n_comments_180d", "comments", 0, None, "never", "of them, of the last 180 days"),
    _f("comments_per_post", "comments per post", 0, None, "no post was visible", "comments at hand per visible post"),
    _f("textblob_polarity", "-1 to 1", -1, 1, _NONE, "mean TextBlob polarity", _POSITIVITY),
    _f("textblob_subjectivity", "0 to 1", 0, 1, _NONE, "mean TextBlob subjectivity"),
    _share("textblob_zero_share", _NONE, "comments whose TextBlob polarity is exactly 0"),
    _share("understood_share", _NONE, "comments that were understood"),
    _f("sentiment_mean", "-1 to 1", -1, 1, _NOT_READ, "mean corrected sentiment of the understood", _POSITIVITY),
    _f("sentiment_mean_180d", "-1 to 1", -1, 1, "no comment of 180 days was understood", "the same over 180 days"),
    _f("sentiment_spread", "standard deviation", 0, None, "fewer than two comments were understood",
       "how far the understood comments differ"),
    _share("positive_share", _NOT_READ, "positive, of the understood", _POSITIVITY),
    _share("negative_share", _NOT_READ, "negative, of the understood"),
    _share("mixed_share", _NOT_READ, "likely positive and likely negative at once, of the understood"),
    *(_share(f"{i}_share", _NONE, f"comment {_INTENT_WORDS[i]}", _PRODUCT if i == "product" else _INTENT)
      for i in INTENTS),
    *(_share(f"{i}_share_180d", _NONE_180D, f"comment of 180 days {_INTENT_WORDS[i]}") for i in INTENTS),
    *(_share(f"{i}_share_shrunk", "never", f"comment {_INTENT_WORDS[i]}: {SHRUNK[i]:g} counted as twenty comments")
      for i in SHRUNK),
    _share("emoji_only_share", _NONE, "comments of emoji alone", "real conversations are not just generic emoji"),
    _f("sponsored_sentiment_difference", "difference of means", -2, 2,
       "no understood comment on a sponsored or on an organic post",
       "sentiment on sponsored less organic posts, shrunk to 0 by ten comments",
       "sponsorship burns reputation: Cheng & Zhang, Management Science 2025"),
    _f("sponsored_intent_difference", "difference of shares", -1, 1,
       "no comment on a sponsored or on an organic post",
       "purchase intent on sponsored less organic posts, shrunk to 0 by ten comments", _INTENT),
)  # fmt: skip


def sentiment_features(view: View) -> dict[str, Floats]:
    """Every feature of `FEATURES`, each float64 of shape (n_pairings,), NaN = missing as the catalogue says.

    Each distinct text among the visible comments is read once; no other is read.
    """
    audience = audience_of(view)
    read = readings(audience)
    return {
        **_volume(view, audience),
        **_tone(audience, read),
        **_intents(audience, read),
        **_contrast(view, audience, read),
    }


def audience_of(view: View) -> Visible:
    """The visible comments of others: all but those the creator is known to have written."""
    return view.comments.where(view.comments.numbers("is_creator") != 1)


def readings(comments: Visible) -> dict[str, Floats]:
    """The reading of each visible comment, every number column of shape (m,)."""
    texts, place = comments.distinct("text")
    read = read_distinct(texts.to_pylist())
    return {name: values[place] for name, values in read.items() if name != "language"}


def _volume(view: View, audience: Visible) -> dict[str, Floats]:
    n = view.n
    count = audience.count()
    answers = (~missing(audience.texts("reply_to"))).astype(np.float64)
    return {
        "n_comments": count,
        "n_comments_180d": audience.where(audience.within("posted_at", RECENT_DAYS)).count(),
        "comments_per_post": grouped.ratio(count, view.posts.count()),
        "thread_share": grouped.mean(audience.pair, answers, n),
    }


def _tone(audience: Visible, read: dict[str, Floats]) -> dict[str, Floats]:
    pair, n = audience.pair, audience.n
    last = audience.within("posted_at", RECENT_DAYS)
    understood = read["understood"] == 1

    def of_understood(values: Floats, also: Mask | None = None) -> Floats:
        kept = understood if also is None else understood & also
        return grouped.mean(pair[kept], values[kept], n)

    mixed = (read["p_positive"] >= MIXED) & (read["p_negative"] >= MIXED)
    return {
        "textblob_polarity": grouped.mean(pair, read["textblob_polarity"], n),
        "textblob_subjectivity": grouped.mean(pair, read["textblob_subjectivity"], n),
        "textblob_zero_share": grouped.mean(pair, (read["textblob_polarity"] == 0).astype(np.float64), n),
        "understood_share": grouped.mean(pair, read["understood"], n),
        "emoji_only_share": grouped.mean(pair, read["emoji_only"], n),
        "sentiment_mean": of_understood(read["sentiment"]),
        "sentiment_mean_180d": of_understood(read["sentiment"], last),
        "sentiment_spread": grouped.deviation(pair[understood], read["sentiment"][understood], n),
        "positive_share": of_understood(read["p_positive"]),
        "negative_share": of_understood(read["p_negative"]),
        "mixed_share": of_understood(mixed.astype(np.float64)),
    }


def _intents(audience: Visible, read: dict[str, Floats]) -> dict[str, Floats]:
    pair, n = audience.pair, audience.n
    last = audience.within("posted_at", RECENT_DAYS)
    count = audience.count()
    out: dict[str, Floats] = {}
    for intent in INTENTS:
        probability = read[f"p_{intent}"]
        out[f"{intent}_share"] = grouped.mean(pair, probability, n)
        out[f"{intent}_share_180d"] = grouped.mean(pair[last], probability[last], n)
        if intent in SHRUNK:
            seen = grouped.total(pair, probability, n)
            out[f"{intent}_share_shrunk"] = (seen + SHRUNK_WEIGHT * SHRUNK[intent]) / (count + SHRUNK_WEIGHT)
    return out


def _contrast(view: View, audience: Visible, read: dict[str, Floats]) -> dict[str, Floats]:
    """Comments on posts told to be sponsored against those on posts told to be organic."""
    posts = view.posts
    both = codes(joined(posts.texts("post_id"), audience.texts("post_id")))
    place = grouped.match(audience.pair, both[len(posts) :], posts.pair, both[: len(posts)])
    flag = np.append(posts.numbers("sponsored"), np.nan)[place]
    sentiment = np.where(read["understood"] == 1, read["sentiment"], np.nan)
    return {
        "sponsored_sentiment_difference": _difference(audience, sentiment, flag),
        "sponsored_intent_difference": _difference(audience, read["p_purchase_intent"], flag),
    }


def _difference(audience: Visible, values: Floats, flag: Floats) -> Floats:
    sides = []
    for value in (1.0, 0.0):
        pair, kept = grouped.present(audience.pair[flag == value], values[flag == value])
        sides.append((grouped.mean(pair, kept, audience.n), grouped.count(pair, audience.n)))
    (paid, n_paid), (organic, n_organic) = sides
    fewer = np.minimum(n_paid, n_organic)
    return np.asarray((paid - organic) * (fewer / (fewer + CONTRAST_WEIGHT)))
