"""Features of creators for one campaign, from the creators' half built ahead and the campaign's half.

Bit for bit what `features.build.build_features` gives for the same creators, campaign and as-of: counts are whole
numbers, and every sum runs in the same order.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from data.schemas import DIMENSIONS
from features import grouped, track_record
from features.asked import TOLD, Asked
from features.asof import DAY
from features.catalog import CATALOG, NAMES
from features.creator_side import CreatorSide
from features.grouped import Floats, Ints, Mask
from features.niche_signs import Brand
from features.niche_subjects import match
from features.postings import Postings, text_as_bytes
from features.text_space import dot

_COLUMN = {name: at for at, name in enumerate(NAMES)}
_NEVER = np.iinfo(np.int64).max


def pair_features(side: CreatorSide, rows: Ints, asked: Asked) -> Floats:
    """Features of some creators for one campaign.

    Parameters
    ----------
    side : the creators, built at the as-of that is asked about
    rows : positions in `side`, any order, repeats allowed; shape (k,)
    asked : the campaign

    Returns
    -------
    float64, shape (k, features), in the catalogue's columns.
    """
    if asked.as_of != int(side.as_of[0]):
        raise ValueError(f"creators as of {int(side.as_of[0])} cannot answer as of {asked.as_of}")
    out = np.array(side.X[rows], dtype=np.float64)
    for name, value in asked.told.items():
        out[:, _COLUMN[name]] = value
    for name, values in _decided(_Chosen(side, rows), asked).items():
        out[:, _COLUMN[name]] = values
    return out


_OWN = (
    "topic_entropy", "hashtag_concentration", "n_words_read", "disclosure_rate", "disclosed_post_share",
    "profanity_post_share", "scam_post_share", "controversy_post_share", "audience_age_days",
)  # fmt: skip
"""Features of the niche that are the creator's alone."""
DEPENDENT = tuple(
    f.name
    for f in CATALOG
    if (f.family == "niche" and f.name not in _OWN)
    or f.name in (*TOLD, "category_match", "n_collaborations_with_brand", "days_since_brand", "past_log_lift_goal",
                  "past_log_lift_brand")
)  # fmt: skip
"""Features that the campaign decides, alone or with the creator; all others are the creator's alone."""
_PLACE = {name: at for at, name in enumerate(DEPENDENT)}


def campaign_features(side: CreatorSide, asked: Asked, rows: slice) -> tuple[Floats, dict[int, float]]:
    """What a campaign decides of creators one after another: shape (rows, len(DEPENDENT)) in the catalogue's order, and
    by feature what is the same for all.

    As `pair_features`, the match of niches to the last digit or so, but for the nearest post, which is left missing: it
    would read every post.
    """
    chosen = _Chosen(side, np.arange(rows.start, rows.stop), whole=True)
    # Feature after feature in memory, as they are written here and read there.
    out = np.full((len(_PLACE), chosen.k), np.nan)
    for name, value in asked.told.items():
        out[_PLACE[name]] = value
    for name, values in _decided(chosen, asked).items():
        out[_PLACE[name]] = values
    return out.T, {_COLUMN[name]: value for name, value in asked.told.items()}


def _decided(chosen: _Chosen, asked: Asked) -> dict[str, Floats]:
    return {
        **_niche(chosen, asked),
        **_keywords(chosen, asked),
        **_mentions(chosen, asked),
        **_audience(chosen, asked),
        **_deals(chosen, asked),
    }


class _Chosen:
    """Some creators of a side, and their ragged parts. `whole`: they follow one another, and it goes quickly."""

    def __init__(self, side: CreatorSide, rows: Ints, whole: bool = False) -> None:
        self.side = side
        self.rows = rows
        self.k = len(rows)
        self.whole = whole
        self.first = int(rows[0]) if whole and self.k else 0
        self.at: Ints | slice = slice(self.first, self.first + self.k) if whole else rows
        """Where they are in the side's arrays."""

    def times(self, topics: Floats, fitted: bool) -> Floats:
        """How much likelier than the average creator each is to be about subjects (subjects,), shape (k,)."""
        log_lift = (self.side.lift if fitted else self.side.lift_plain)[self.at]
        return np.asarray(np.exp(log_lift) @ topics) if self.whole else match(topics, log_lift)

    def cosine(self, units: Floats, other: Floats) -> Floats:
        """Cosine of each creator's row of length 1 with another (1, columns), shape (k,)."""
        return dot(units[self.at], np.broadcast_to(other, (self.k, other.shape[1])))

    def edges(self, start: Ints) -> tuple[Ints, Ints]:
        """Where each creator's items begin and end."""
        if not self.whole:
            return np.asarray(start[self.rows]), np.asarray(start[self.rows + 1])
        both = np.asarray(start[self.first : self.first + self.k + 1])
        return both[:-1], both[1:]

    def carriers(self, index: Postings, words: Iterable[str], start: Ints) -> tuple[Ints, Ints]:
        """Of each creator's items those that carry one of the words: owner (ascending) and item, each once."""
        lists = [index.of(word) for word in words]
        first, end = self.edges(start)
        if not self.whole or not self.k:
            return _within(lists, first, end)
        mark = np.zeros(int(end[-1] - first[0]), dtype=bool)
        for items in lists:
            mark[_between(items, int(first[0]), int(end[-1])) - first[0]] = True
        item = np.flatnonzero(mark) + first[0]
        return np.searchsorted(end, item, side="right"), item

    def holds(self, place: slice, index: Postings) -> tuple[Mask, Floats]:
        """Which creators are among the items of `place`, and the value each carries (0: none)."""
        owner = index.item[place]
        there, value = np.zeros(self.k, dtype=bool), np.zeros(self.k)
        if not len(owner):
            return there, value
        if self.whole:
            low, high = np.searchsorted(owner, np.array([self.first, self.first + self.k], dtype=owner.dtype))
            there[owner[low:high] - self.first] = True
            if len(index.value):
                value[owner[low:high] - self.first] = index.value[place][low:high]
            return there, value
        at = np.minimum(np.searchsorted(owner, self.rows.astype(owner.dtype)), len(owner) - 1)
        there = np.asarray(owner[at] == self.rows)
        return there, np.where(there, index.value[place][at], 0.0) if len(index.value) else value

    def flat(self, start: Ints) -> tuple[Ints, Ints]:
        """Whose each item is, ascending, and its position; the creators' items one after another."""
        return _flat(*self.edges(start))

    def share(self, above: Floats, below: Floats) -> Floats:
        return grouped.ratio(above, np.asarray(below[self.at], dtype=np.float64))


def _between(items: np.ndarray, first: int, end: int) -> np.ndarray:
    """Of ascending items those from `first` up to `end`."""
    low, high = np.searchsorted(items, np.array([first, end], dtype=items.dtype))
    return items[low:high]


def _flat(first: Ints, end: Ints) -> tuple[Ints, Ints]:
    sizes = end - first
    owner = np.repeat(np.arange(len(first)), sizes)
    return owner, np.arange(len(owner)) - np.repeat(np.cumsum(sizes) - sizes - first, sizes)


def _within(listed: Sequence[np.ndarray], first: Ints, end: Ints) -> tuple[Ints, Ints]:
    """Of ascending lists of items, those from `first` up to `end` of each owner: owner (ascending) and item."""
    owners, items = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for carried in listed:
        if not len(carried):
            continue
        low, high = (np.searchsorted(carried, edge.astype(carried.dtype)) for edge in (first, end))
        owner, at = _flat(low, high)
        if len(at):
            owners.append(owner)
            items.append(carried[at].astype(np.int64))
    owner, item = np.concatenate(owners), np.concatenate(items)
    if len(owners) > 2 and len(owner):
        width = int(item.max()) + 1
        both = np.unique(owner * width + item)
        return both // width, both % width
    return owner, item


def _niche(chosen: _Chosen, asked: Asked) -> dict[str, Floats]:
    side, k = chosen.side, chosen.k
    readable = side.readable[chosen.at]

    def matched(topics: Floats, fitted: bool) -> Floats:
        times = chosen.times(topics, fitted)
        return np.where(readable, times / (1.0 + times), np.nan)

    out = {
        "niche_match_lexicon": matched(asked.topics[0], fitted=False),
        "bio_match": chosen.cosine(side.bio, asked.plain_topics),
        "category_subject_match": chosen.cosine(side.subject, asked.plain_topics),
        "interest_match": chosen.cosine(side.interest, asked.plain_topics),
        "on_topic_post_share": _on_topic(chosen, asked),
    }
    if asked.direction is None:
        return out
    return {
        **out,
        "niche_match": matched(asked.topics[1], fitted=True),
        "brief_cosine": chosen.cosine(side.mean, asked.direction),
        "brief_cosine_best_post": np.full(k, np.nan) if chosen.whole else _nearest(chosen, asked.direction),
        "brief_cosine_180d": chosen.cosine(side.recent, asked.direction),
    }


def _nearest(chosen: _Chosen, direction: Floats) -> Floats:
    owner, post = chosen.flat(chosen.side.post_start)
    cosine = dot(chosen.side.post_direction[post], np.broadcast_to(direction, (len(post), direction.shape[1])))
    return grouped.largest(*grouped.present(owner, cosine), chosen.k)


def _on_topic(chosen: _Chosen, asked: Asked) -> Floats:
    main = asked.plain.main
    if main < 0:
        return np.full(chosen.k, np.nan)
    return chosen.share(chosen.side.on[chosen.at, main], chosen.side.told)


def _keywords(chosen: _Chosen, asked: Asked) -> dict[str, Floats]:
    side, k = chosen.side, chosen.k
    keys, words = sorted(asked.fitted.keys), sorted(asked.fitted.words)
    missing = np.full(k, np.nan)
    owner, _ = chosen.carriers(side.post_stems, keys, side.post_start)
    user, _ = chosen.carriers(side.use_stems, keys, side.use_start)
    begin, end = chosen.edges(side.use_start)
    uses = (end - begin).astype(np.float64)
    known = np.zeros(k)
    for word in words:
        known += chosen.holds(side.own_stems.range_of(word), side.own_stems)[0]
    wanted = np.full(k, float(len(words)))
    return {
        "keyword_post_share": chosen.share(grouped.count(owner, k), side.captions) if keys else missing,
        "keyword_hashtag_share": grouped.ratio(grouped.count(user, k), uses) if keys else missing,
        "brief_word_share": np.where(side.own_words[chosen.at], grouped.ratio(known, wanted), np.nan),
    }


def _named(chosen: _Chosen, listed: Sequence[Brand]) -> tuple[Ints, Ints]:
    """Owner and position of the posts that name one of the brands, in the caption or in the `brand` column."""
    side = chosen.side
    first, end = chosen.edges(side.post_start)
    lists = [side.brands.of(brand.key) for brand in listed]
    for brand in listed:
        maybe = [side.tokens.of(brand.words.split(" ")[0]), side.tokens.of(f"#{brand.key}")]
        if len(brand.key) > 3:
            maybe += [side.tokens.beginning(f"{mark}{brand.key}") for mark in "@#"]
        _, post = _within(maybe, first, end)
        post = np.unique(post)
        lists.append(post[[brand.named_in(_spaced(side, at)) for at in post.tolist()]] if len(post) else post)
    return _within(lists, first, end)


def _spaced(side: CreatorSide, post: int) -> str:
    return bytes(side.text[int(side.text_start[post]) : int(side.text_start[post + 1])]).decode()


def _mentions(chosen: _Chosen, asked: Asked) -> dict[str, Floats]:
    side, k = chosen.side, chosen.k
    missing = np.full(k, np.nan)
    owner, post = _named(chosen, asked.brand)
    paid, at = side.paid[post], side.posted_at[post]
    deal_owner, deal = chosen.flat(side.deal_start)
    ours, theirs = (
        np.isin(side.deal_key[deal], [text_as_bytes(brand.key) for brand in listed] or [b"\xff"])
        for listed in (asked.brand, asked.rivals)
    )
    first_paid = np.full(k, _NEVER, dtype=np.int64)
    np.minimum.at(first_paid, deal_owner[ours], side.deal_at[deal[ours]])
    np.minimum.at(first_paid, owner[paid], at[paid])
    free = ~paid & (at < first_paid[owner])
    told = asked.brand_known
    rival_owner, rival_post = _named(chosen, asked.rivals)
    rival_paid, rival_at = side.paid[rival_post], side.posted_at[rival_post]

    def rivals(mask: Mask, days: int) -> Floats:
        return grouped.count(rival_owner[mask & (rival_at >= asked.as_of - days * DAY)], k) if asked.rivals else missing

    recent = theirs & (side.deal_at[deal] >= asked.as_of - 180 * DAY)
    return {
        "n_brand_mentions_organic": grouped.count(owner[free], k) if told else missing,
        "n_brand_mentions_organic_90d": grouped.count(owner[free & (at >= asked.as_of - 90 * DAY)], k)
        if told
        else missing,
        "n_brand_mentions_paid": grouped.count(owner[paid], k) if told else missing,
        "n_competitor_paid_90d": rivals(rival_paid, 90),
        "n_competitor_paid_180d": rivals(rival_paid, 180),
        "n_competitor_organic_90d": rivals(~rival_paid, 90),
        "n_competitor_organic_180d": rivals(~rival_paid, 180),
        "n_competitor_collaborations_180d": grouped.count(deal_owner[recent], k) if asked.rivals else missing,
    }


def _common(chosen: _Chosen, wanted: Iterable[tuple[int, str, float]]) -> Floats:
    """Sum of the smaller of the share had and the share wanted, name after name; shape (k, dimensions)."""
    side = chosen.side
    out = np.zeros((chosen.k, len(DIMENSIONS)))
    for dimension, name, share in wanted:
        _, had = chosen.holds(side.audience.range_of(f"{DIMENSIONS[dimension]}/{name}"), side.audience)
        out[:, dimension] += np.minimum(had, share)
    return out


def _audience(chosen: _Chosen, asked: Asked) -> dict[str, Floats]:
    side, at, k = chosen.side, chosen.at, chosen.k
    knows = side.knows[at]
    both = knows & (asked.totals > 0)
    overlap = np.where(both, _common(chosen, asked.wanted) / np.where(asked.totals > 0, asked.totals, 1.0), np.nan)
    known, total = both.sum(axis=1).astype(np.float64), np.zeros(k)
    for d in range(len(DIMENSIONS)):
        total = total + np.where(both[:, d], overlap[:, d], 0.0)
    country = DIMENSIONS.index("country")
    can_buy = np.ones(k)
    if asked.ships_to:
        share = _common(chosen, [(country, name, 1.0) for name in asked.ships_to])[:, country]
        can_buy = np.where(knows[:, country], np.minimum(share, 1.0), np.nan)
    lives, speaks = side.country[at], side.language[at]
    served = np.isin(lives, _bytes(asked.ships_to)) if asked.ships_to else np.ones(k, dtype=bool)
    wanted = np.isin(speaks, _bytes(asked.languages)) if asked.languages else np.zeros(k, dtype=bool)
    category = side.category[at]
    unknown = (category == b"") | (asked.category == b"")
    return {
        **{f"audience_overlap_{name}": overlap[:, d] for d, name in enumerate(DIMENSIONS)},
        "audience_overlap": grouped.ratio(total, known),
        "n_audience_dimensions": known,
        "audience_ships_to_share": can_buy,
        "creator_country_served": np.where(lives == b"", np.nan, served.astype(np.float64)),
        "creator_language_wanted": np.where((speaks == b"") | (not asked.languages), np.nan, wanted.astype(np.float64)),
        "category_match": np.where(unknown, np.nan, (category == asked.category).astype(np.float64)),
    }


def _bytes(names: Iterable[str]) -> list[bytes]:
    return [text_as_bytes(name) for name in names]


def _deals(chosen: _Chosen, asked: Asked) -> dict[str, Floats]:
    side, k = chosen.side, chosen.k
    owner, deal = chosen.flat(side.deal_start)
    same_brand = (side.deal_brand[deal] == asked.brand_name) & (asked.brand_name != b"")
    same_goal = (side.deal_goal[deal] == asked.goal) & (asked.goal != b"")
    age = (asked.as_of - side.deal_at[deal]) / DAY
    lift, weight, known = side.deal_lift[deal], side.deal_weight[deal], side.deal_known[deal]

    def pooled(kept: Mask) -> Floats:
        return track_record.pooled(owner[kept], lift[kept], weight[kept], k)

    with_brand = grouped.count(owner[same_brand], k)
    return {
        "n_collaborations_with_brand": with_brand if asked.brand_known else np.full(k, np.nan),
        "days_since_brand": grouped.last(owner[same_brand], age[same_brand], k),
        "past_log_lift_goal": pooled(known & same_goal),
        "past_log_lift_brand": pooled(known & same_brand),
    }
