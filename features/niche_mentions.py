"""Brands a creator names, competitors promoted lately, advertising told, captions no brand would stand beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from features import grouped
from features.asof import View, Visible
from features.feature import Feature
from features.grouped import Floats, Ints, Mask
from features.niche_reading import Reading
from features.niche_signs import CONTROVERSIAL, DISCLOSED, PROFANE, SCAM, Brand, brands
from features.words import positions_in, take

_NEVER = np.iinfo(np.int64).max
_NO_BRAND = "the campaign is unknown"
_NO_COMPETITORS = "the campaign is unknown or names no competitors"
_NO_TEXT = "no post with a caption"
_ORGANIC = "would plausibly buy it: a fan before being paid, Breves et al., J. Advertising Research 2019"
_RIVAL = "endorsing several brands costs credibility: Tripp, Jensen & Carlson, J. Consumer Research 1994"


def _f(name: str, unit: str, high: float | None, missing: str, text: str, source: str = "") -> Feature:
    return Feature(name, "niche", unit, 0, high, missing, text, source)


MENTION_FEATURES: tuple[Feature, ...] = (
    _f("n_brand_mentions_organic", "posts", None, _NO_BRAND,
       "posts naming the brand unpaid, before its first payment seen", _ORGANIC),
    _f("n_brand_mentions_organic_90d", "posts", None, _NO_BRAND, "the same in 90 days", _ORGANIC),
    _f("n_brand_mentions_paid", "posts", None, _NO_BRAND, "posts naming the brand, marked or told as advertising"),
    _f("n_competitor_paid_90d", "posts", None, _NO_COMPETITORS,
       "advertising posts naming a competitor in 90 days", _RIVAL),
    _f("n_competitor_paid_180d", "posts", None, _NO_COMPETITORS, "the same in 180 days", _RIVAL),
    _f("n_competitor_organic_90d", "posts", None, _NO_COMPETITORS, "unpaid posts naming a competitor in 90 days"),
    _f("n_competitor_organic_180d", "posts", None, _NO_COMPETITORS, "the same in 180 days"),
    _f("n_competitor_collaborations_180d", "collaborations", None, _NO_COMPETITORS,
       "agreed with a competitor in 180 days", _RIVAL),
    _f("disclosure_rate", "share", 1, "no post marked as sponsored",
       "sponsored posts whose caption says so (#ad, paid partnership and the like, in a dozen languages)",
       "a duty of advertising law: US Federal Trade Commission, Endorsement Guides, 16 CFR 255"),
    _f("disclosed_post_share", "share", 1, _NO_TEXT, "captions that tell of advertising"),
    _f("profanity_post_share", "share", 1, _NO_TEXT, "captions with a swear word or slur"),
    _f("scam_post_share", "share", 1, _NO_TEXT, "captions with the phrases of scams, such as guaranteed profit"),
    _f("controversy_post_share", "share", 1, _NO_TEXT,
       "captions on politics' sorest points, hatred, drugs, gambling or pornography"),
)  # fmt: skip


@dataclass(frozen=True)
class _Asked:
    """By pairing: its campaign's place among `brand` and `rivals`, -1 where unknown."""

    place: Ints
    brand: Sequence[tuple[Brand, ...]]
    rivals: Sequence[tuple[Brand, ...]]

    @classmethod
    def of(cls, view: View) -> _Asked:
        rows, place = np.unique(view.campaign, return_inverse=True)
        names, listed = (take(view.campaigns.texts(c), rows).to_pylist() for c in ("brand", "competitors"))
        single = [(found,) if name and (found := Brand.of(name)) else () for name in names]
        return cls(np.where(view.campaign >= 0, place, -1), single, [brands(text) for text in listed])


def mention_features(view: View, reading: Reading) -> dict[str, Floats]:
    """Every feature of `MENTION_FEATURES`, each float64 of shape (n_pairings,), NaN = missing as the catalogue says."""
    asked = _Asked.of(view)
    posts = reading.posts
    signs = reading.captions.signs[reading.post]
    sponsored = posts.numbers("sponsored") == 1
    disclosed = (signs & DISCLOSED) > 0
    paid = sponsored | disclosed
    ours, theirs = (_named(reading, asked.place, listed) for listed in (asked.brand, asked.rivals))
    free = ours & ~paid & (posts.times("posted_at") < _first_paid(view, asked, posts, ours & paid)[posts.pair])
    brand_known = asked.place >= 0
    rivals_known = np.array([bool(r) for r in asked.rivals] + [False])[asked.place]
    with_text = np.diff(reading.captions.texts.start)[reading.post] > 0

    def count(mask: Mask, told: Mask, days: float | None = None) -> Floats:
        kept = mask if days is None else mask & posts.within("posted_at", days)
        return np.where(told, posts.where(kept).count(), np.nan)

    def share(mask: Mask, of: Mask) -> Floats:
        return grouped.ratio(posts.where(mask & of).count(), posts.where(of).count())

    return {
        "n_brand_mentions_organic": count(free, brand_known),
        "n_brand_mentions_organic_90d": count(free, brand_known, 90),
        "n_brand_mentions_paid": count(ours & paid, brand_known),
        "n_competitor_paid_90d": count(theirs & paid, rivals_known, 90),
        "n_competitor_paid_180d": count(theirs & paid, rivals_known, 180),
        "n_competitor_organic_90d": count(theirs & ~paid, rivals_known, 90),
        "n_competitor_organic_180d": count(theirs & ~paid, rivals_known, 180),
        "n_competitor_collaborations_180d": _rival_deals(view, asked, rivals_known),
        "disclosure_rate": share(disclosed, sponsored),
        "disclosed_post_share": share(disclosed, with_text),
        "profanity_post_share": share((signs & PROFANE) > 0, with_text),
        "scam_post_share": share((signs & SCAM) > 0, with_text),
        "controversy_post_share": share((signs & CONTROVERSIAL) > 0, with_text),
    }


def _named(reading: Reading, place: Ints, listed: Sequence[tuple[Brand, ...]]) -> Mask:
    """Whether each visible post names one of its pairing's brands, in the caption or the `brand` column."""
    posts = reading.posts
    out = np.zeros(len(posts), dtype=bool)
    spaced = reading.captions.spaced
    keys = _keys(posts)
    of_post = place[posts.pair]
    order = np.argsort(of_post, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(of_post[order])) + 1):
        wanted = listed[of_post[rows[0]]] if len(rows) and of_post[rows[0]] >= 0 else ()
        if wanted:
            equal = {brand.key for brand in wanted}
            out[rows] = [
                keys[row] in equal or any(brand.named_in(spaced[reading.post[row]]) for brand in wanted) for row in rows
            ]
    return out


def _keys(posts: Visible) -> list[str | None]:
    """The `brand` column of visible posts as brand keys; None where missing."""
    names = posts.texts("brand").to_pylist()
    known = {name: Brand.of(name) for name in set(names) if name}
    return [found.key if name and (found := known[name]) else None for name in names]


def _deal_brands(view: View) -> list[str | None]:
    """The brand key of each visible collaboration; None where its campaign is unknown."""
    place = positions_in(view.collaborations.texts("campaign_id"), view.campaigns.texts("campaign_id"))
    names = take(view.campaigns.texts("brand"), place).to_pylist()
    known = {name: Brand.of(name) for name in set(names) if name}
    return [found.key if name and (found := known[name]) else None for name in names]


def _with(view: View, place: Ints, listed: Sequence[tuple[Brand, ...]]) -> Mask:
    """Which visible collaborations were with one of the pairing's brands."""
    if not len(view.collaborations):
        return np.zeros(0, dtype=bool)
    of_deal = place[view.collaborations.pair]
    wanted = [{brand.key for brand in found} for found in listed]
    return np.array(
        [at >= 0 and key in wanted[at] for at, key in zip(of_deal.tolist(), _deal_brands(view), strict=True)],
        dtype=bool,
    )


def _first_paid(view: View, asked: _Asked, posts: Visible, paid: Mask) -> Ints:
    """When each pairing's creator was first seen to be paid by its brand, microseconds; far ahead where never."""
    out = np.full(view.n, _NEVER, dtype=np.int64)
    deals = view.collaborations.where(_with(view, asked.place, asked.brand))
    np.minimum.at(out, deals.pair, deals.times("agreed_at"))
    np.minimum.at(out, posts.pair[paid], posts.times("posted_at")[paid])
    return out


def _rival_deals(view: View, asked: _Asked, told: Mask) -> Floats:
    deals = view.collaborations
    deals = deals.where(_with(view, asked.place, asked.rivals) & deals.within("agreed_at", 180))
    return np.where(told, deals.count(), np.nan)
