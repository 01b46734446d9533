"""The posts, deals and follower counts behind the features of niche and engagement."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from features import grouped
from features.asof import View, days_between
from features.engagement import YEAR, engagement_of
from features.example import MOST, Example, texts_of, time_of
from features.grouped import Mask
from features.niche_reading import Reading, read_creators
from features.niche_signs import CONTROVERSIAL, DISCLOSED, PROFANE, SCAM, Brand, brands
from features.niche_subjects import Brief, direction, read_brief
from features.niche_text import stem
from features.niche_topics import plain_splitter
from features.text_space import TextSpace, dot

_DAYS_180 = 180.0


class _Posts:
    """The visible posts of one pairing with what was read of them."""

    def __init__(self, view: View, space: TextSpace | None) -> None:
        self.view, self.space = view, space
        self.reading: Reading = read_creators(view, plain_splitter() if space is None else space.splitter)
        self.posts = view.posts
        self.captions = texts_of(self.posts, "caption")
        self.times = self.posts.times("posted_at")
        self.engagement = np.where(self.posts.known("counts_visible_at"), engagement_of(self.posts), np.nan)
        self.signs = self.reading.captions.signs[self.reading.post]
        self.sponsored = self.posts.numbers("sponsored") == 1

    def brief(self) -> Brief:
        said = (self.view.campaign_text(name)[0].as_py() for name in ("brief", "keywords", "category"))
        return read_brief(*said, self.space)

    def shown(self, rows: Iterable[int], note: Callable[[int], str]) -> tuple[Example, ...]:
        return tuple(
            Example("post", self.captions[row] or "(no caption)", time_of(int(self.times[row])), note(row))
            for row in rows
        )

    def newest(self, kept: Mask, note: str = "") -> tuple[Example, ...]:
        rows = np.flatnonzero(kept)[::-1][:MOST].tolist()
        return self.shown(rows, lambda row: note or self._marks(row))

    def _marks(self, row: int) -> str:
        brand = self.posts.texts("brand")[row].as_py()
        marked = ["sponsored" if self.sponsored[row] else "", f"brand {brand}" if brand else ""]
        return ", ".join(filter(None, marked))


def post_examples(view: View, space: TextSpace | None) -> dict[str, tuple[Example, ...]]:
    """By feature, at most three telling posts of the one pairing of `view`; features without any are left out."""
    posts = _Posts(view, space)
    found = {**_liked(posts), **_signs(posts), **_named(posts), **_on_brief(posts), **_course(posts)}
    return {name: some for name, some in found.items() if some}


def _liked(posts: _Posts) -> dict[str, tuple[Example, ...]]:
    """The best and the weakest post by engagement."""
    known = np.flatnonzero(~np.isnan(posts.engagement))
    order = known[np.argsort(-posts.engagement[known], kind="stable")].tolist()
    ends = dict.fromkeys([*order[:1], *order[-1:]])
    return {
        "engagement_rate_by_followers": posts.shown(
            ends,
            lambda row: f"{posts.engagement[row]:,.0f} likes and comments, {'best' if row == order[0] else 'weakest'}",
        )
    }


def _signs(posts: _Posts) -> dict[str, tuple[Example, ...]]:
    told = (posts.signs & DISCLOSED) > 0
    return {
        "sponsored_share": posts.newest(posts.sponsored),
        "disclosure_rate": posts.newest(posts.sponsored & ~told, "sponsored, and the caption does not say so"),
        "disclosed_post_share": posts.newest(told, "tells of advertising"),
        "profanity_post_share": posts.newest((posts.signs & PROFANE) > 0, "a swear word"),
        "scam_post_share": posts.newest((posts.signs & SCAM) > 0, "a phrase of scams"),
        "controversy_post_share": posts.newest((posts.signs & CONTROVERSIAL) > 0, "a controversy"),
    }


def _named(posts: _Posts) -> dict[str, tuple[Example, ...]]:
    brand, rivals = (posts.view.campaign_text(name)[0].as_py() for name in ("brand", "competitors"))
    ours = _naming(posts, [found] if brand and (found := Brand.of(brand)) else [])
    theirs = _naming(posts, brands(rivals))
    paid = posts.sponsored | ((posts.signs & DISCLOSED) > 0)
    lately = posts.posts.within("posted_at", _DAYS_180)
    return {
        "n_brand_mentions_organic": posts.newest(ours & ~paid, "names the brand, not marked as paid"),
        "n_brand_mentions_paid": posts.newest(ours & paid, "names the brand, paid"),
        "n_competitor_paid_180d": posts.newest(theirs & paid & lately, "advertises a competitor"),
        "n_competitor_organic_180d": posts.newest(theirs & ~paid & lately, "names a competitor, unpaid"),
    }


def _naming(posts: _Posts, wanted: Iterable[Brand]) -> Mask:
    names = [found.key if name and (found := Brand.of(name)) else None for name in texts_of(posts.posts, "brand")]
    spaced = [posts.reading.captions.spaced[text] for text in posts.reading.post]
    listed = list(wanted)
    hits = [
        any(key == brand.key or brand.named_in(text) for brand in listed)
        for key, text in zip(names, spaced, strict=True)
    ]
    return np.array(hits, dtype=bool)


def _on_brief(posts: _Posts) -> dict[str, tuple[Example, ...]]:
    brief = posts.brief()
    terms, reading = posts.reading.terms, posts.reading
    keyed = [
        {stem(terms.words[w].removeprefix("#")) for w in terms.word[terms.start[t] : terms.start[t + 1]]} & brief.keys
        for t in reading.post
    ]
    found = {"keyword_post_share": posts.shown(
        np.flatnonzero(np.array([bool(k) for k in keyed], dtype=bool))[::-1][:MOST].tolist(),
        lambda row: "says " + ", ".join(sorted(keyed[row])[:4]),
    )}  # fmt: skip
    if posts.space is not None and len(reading.post):
        close = dot(
            posts.space.directions_of(reading.caption_counts)[reading.post],
            np.tile(direction(brief, posts.space), (len(reading.post), 1)),
        )
        rows = [row for row in np.argsort(-np.nan_to_num(close, nan=-2.0), kind="stable").tolist() if close[row] > 0]
        found["brief_cosine_best_post"] = posts.shown(rows[:1], lambda row: f"cosine {close[row]:.2f}")
    return found


def _course(posts: _Posts) -> dict[str, tuple[Example, ...]]:
    """The latest post, and the days between which followers jumped most."""
    last = np.arange(len(posts.posts)) == len(posts.posts) - 1
    return {"days_since_post": posts.newest(last), "growth_spike": _jump(posts.view)}


def _jump(view: View) -> tuple[Example, ...]:
    year = view.followers.where(view.followers.within("observed_at", YEAR))
    size, times = year.numbers("followers"), year.times("observed_at")
    _, gain = grouped.steps(year.pair, np.log(np.maximum(size, 1.0)))
    if not len(gain) or np.isnan(gain).all():
        return ()
    gap = np.maximum(days_between(times[1:], times[:-1]), 1.0)
    row = int(np.nanargmax(gain / gap))
    text = f"from {size[row]:,.0f} to {size[row + 1]:,.0f} followers in {gap[row]:.0f} days"
    return (Example("follower count", text, time_of(int(times[row + 1]))),)
