"""What features need of a creator alone, as plain arrays: built once for a whole catalogue, asked for any campaign.

`features.build.build_features` reads a creator and a campaign together. Here the creator's half is worked out ahead
by the same functions and kept; `features.pairing.pair_features` adds the campaign's half. Both give the same bits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
import pandas as pd

from data.history import History, pairings_frame
from data.schemas import DIMENSIONS
from features import asof, build, grouped, niche, track_record
from features.audience import _is_latest, _Shares
from features.catalog import NAMES
from features.grouped import Floats, Ints, Mask
from features.niche_mentions import _deal_brands, _keys
from features.niche_reading import Reading, read_creators
from features.niche_signs import DISCLOSED
from features.niche_subjects import log_lift
from features.niche_text import stem
from features.niche_topics import plain_splitter
from features.parts import parts_of
from features.postings import Collector, Postings, as_key, texts_as_bytes
from features.reference import Reference
from features.text_space import summed, unit
from features.words import fold, missing, ordered_codes, positions_in, strings, take

NO_CAMPAIGN = "\x1fnone"
"""A campaign that no table has: a pairing with it has the creator's features alone."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class CreatorSide:
    """Creators by ascending id, n of them with m posts, d deals, as seen at `as_of`; see the fields' comments.

    Every array may lie on disk. Ragged parts: creator `i` has posts `post_start[i] : post_start[i + 1]`, and so on.
    """

    as_of: np.ndarray  # microseconds, shape (1,)
    ids: np.ndarray  # (n,) bytes
    X: Floats  # (n, features); NaN where the campaign decides
    platform: np.ndarray  # (n,) bytes, as are country, language and category: folded but for the platform
    country: np.ndarray
    language: np.ndarray
    category: np.ndarray
    followers: Floats  # (n,)
    lift: Floats  # (n, subjects) log lift of each subject in the fitted space; no columns without one
    lift_plain: Floats  # (n, subjects) the same by the lexicon
    readable: Mask  # (n,) whether any text can be read
    bio: Floats  # (n, subjects) of length 1, as are interest and subject (of the category); NaN: none told
    interest: Floats
    subject: Floats
    mean: Floats  # (n, dimensions) direction of the mean post, and of the mean post of 180 days; NaN: none
    recent: Floats
    told: Floats  # (n,) posts that tell a subject
    on: Floats  # (n, subjects) posts that lead with it
    captions: Floats  # (n,) posts with text
    own_words: Mask  # (n,) whether captions, bio or handle have a word
    post_start: Ints  # (n + 1,)
    post_direction: Floats  # (m, dimensions); NaN: no known word
    posted_at: Ints  # (m,) microseconds
    paid: Mask  # (m,) marked or told as advertising
    text: np.ndarray  # captions as `features.niche_signs.Brand` reads them: UTF-8 bytes, one after another
    text_start: Ints  # (m + 1,)
    use_start: Ints  # (n + 1,) uses of hashtags
    knows: Mask  # (n, audience dimensions) whether the audience is known by it
    deal_start: Ints  # (n + 1,)
    deal_at: Ints  # (d,) microseconds
    deal_known: Mask  # (d,) whether the outcome is known
    deal_brand: np.ndarray  # (d,) bytes: brand folded, goal, brand as captions name it
    deal_goal: np.ndarray
    deal_key: np.ndarray
    deal_lift: Floats  # (d,) measured log lift and its weight; NaN and 0 where it was not measured
    deal_weight: Floats
    post_stems: Postings = field(metadata={"postings": True})  # stem → posts
    use_stems: Postings = field(metadata={"postings": True})  # stem → uses of hashtags
    own_stems: Postings = field(metadata={"postings": True})  # stem → creators
    tokens: Postings = field(metadata={"postings": True})  # bare token of a caption → posts
    brands: Postings = field(metadata={"postings": True})  # key of the `brand` column → posts
    audience: Postings = field(metadata={"postings": True})  # dimension/name → creators, with the share

    def __len__(self) -> int:
        return len(self.ids)

    def positions(self, creator_ids: list[str]) -> Ints:
        """Where these creators are, shape of the list; -1 where there is none of that id."""
        wanted = texts_as_bytes(creator_ids)[: len(creator_ids)]
        at = np.minimum(np.searchsorted(self.ids, wanted), max(len(self.ids) - 1, 0))
        found = self.ids[at] == wanted if len(self.ids) else np.zeros(len(wanted), bool)
        return np.where(found, at, -1)

    def arrays(self) -> dict[str, np.ndarray]:
        """Every array by name, for `from_arrays`."""
        out: dict[str, np.ndarray] = {}
        for part in fields(self):
            value = getattr(self, part.name)
            if part.metadata:
                out |= {f"{part.name}.{name.name}": getattr(value, name.name) for name in fields(Postings)}
            else:
                out[part.name] = value
        return out

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The names of `arrays`."""
        inner = [f.name for f in fields(Postings)]
        return tuple(
            name for f in fields(cls) for name in ([f"{f.name}.{i}" for i in inner] if f.metadata else [f.name])
        )

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> CreatorSide:
        """The side whose `arrays` these are."""
        made: dict[str, Any] = {}
        for part in fields(cls):
            if part.metadata:
                made[part.name] = Postings(*(arrays[f"{part.name}.{name.name}"] for name in fields(Postings)))
            else:
                made[part.name] = arrays[part.name]
        return cls(**made)


def creator_side(
    history: History, as_of: pd.Timestamp, reference: Reference | None = None, progress: Progress | None = None
) -> CreatorSide:
    """Every creator of a history that has a visible profile, as seen strictly before `as_of`."""
    reference = reference or Reference()
    visible = history["creators"]["visible_at"] < as_of
    ids = sorted(set(history["creators"]["creator_id"][visible.to_numpy()].tolist()), key=as_key)
    pairings = pairings_frame(pd.DataFrame({"creator_id": ids, "campaign_id": NO_CAMPAIGN, "as_of": as_of}))
    making = _Making(reference)
    done = 0
    for part in parts_of(history, pairings, build.ROWS_AT_ONCE):
        rows = np.sort(part.rows)
        making.add(asof.View(History(part.tables), pairings.take(rows).reset_index(drop=True)))
        done += len(rows)
        if progress is not None:
            progress(done, len(ids))
    return making.finished(asof.microseconds(pairings["as_of"])[:1], as_of)


class _Making:
    """Parts of a side, creator after creator."""

    def __init__(self, reference: Reference) -> None:
        self._reference = reference
        self._parts: dict[str, list[np.ndarray]] = {}
        self._postings = {f.name: Collector() for f in fields(CreatorSide) if f.metadata}
        self._n = {"creators": 0, "posts": 0, "uses": 0}

    def _keep(self, **arrays: np.ndarray) -> None:
        for name, values in arrays.items():
            self._parts.setdefault(name, []).append(values)

    def add(self, view: asof.View) -> None:
        """The creators of a view, which follow those added before."""
        space = self._reference.text_space
        reading = read_creators(view, plain_splitter() if space is None else space.splitter)
        made = build.features_of(view, self._reference)
        self._keep(
            X=np.column_stack([made[name] for name in NAMES]),
            ids=texts_as_bytes(view.pairings["creator_id"].tolist())[: view.n],
            platform=texts_as_bytes(view.profile_text("platform").to_pylist())[: view.n],
            followers=view.follower_count,
            **{name: texts_as_bytes(fold(view.profile_text(name)).to_pylist())[: view.n]
               for name in ("country", "language", "category")},
        )  # fmt: skip
        self._add_subjects(view, reading)
        self._add_posts(view, reading)
        self._add_audience(view)
        self._add_deals(view)
        self._n["creators"] += view.n

    def _add_subjects(self, view: asof.View, reading: Reading) -> None:
        space, n = self._reference.text_space, view.n
        own = reading.counts["caption"]
        mass = reading.caption_counts.mass[reading.post]
        leading = mass.max(axis=1, initial=0.0)
        told, pair = leading > 0, reading.posts.pair
        on = [grouped.count(pair[told & (column == leading)], n) for column in mass.T]
        fitted = np.zeros((n, 0))
        directions, mean, recent = (np.zeros((rows, 0)) for rows in (len(pair), n, n))
        if space is not None:
            fitted = log_lift(reading, space)
            directions = space.directions_of(reading.caption_counts)[reading.post]
            late = reading.posts.within("posted_at", niche._RECENT_DAYS)
            mean = unit(summed(pair, directions, n))
            recent = unit(summed(pair[late], directions[late], n))
        self._keep(
            lift=fitted, lift_plain=log_lift(reading, None), readable=reading.something,
            bio=unit(reading.bio.mass), interest=unit(niche._interest_mass(view)),
            subject=unit(niche._category_mass(view)), mean=mean, recent=recent, post_direction=directions,
            told=grouped.count(pair[told], n), on=np.column_stack(on), own_words=grouped.count(own.owner, n) > 0,
        )  # fmt: skip
        stems = [stem(term.removeprefix("#")) for term in own.terms]
        self._postings["own_stems"].add(stems, own.term, own.owner + self._n["creators"])

    def _add_posts(self, view: asof.View, reading: Reading) -> None:
        posts, n, texts = reading.posts, view.n, reading.captions.texts
        everyone = np.arange(len(posts))
        row, term = reading.terms.of_rows(everyone, reading.post)
        self._postings["post_stems"].add(_stems(reading.terms.words), term, row + self._n["posts"])
        with_text = np.diff(reading.terms.start)[reading.post] > 0
        spaced = [reading.captions.spaced[at].encode() for at in reading.post.tolist()]
        self._keep(
            captions=grouped.count(posts.pair[with_text], n),
            post_start=np.bincount(posts.pair, minlength=n),
            posted_at=posts.times("posted_at"),
            paid=(posts.numbers("sponsored") == 1) | ((reading.captions.signs[reading.post] & DISCLOSED) > 0),
            text=np.frombuffer(b"".join(spaced), dtype=np.uint8),
            text_start=np.array([len(raw) for raw in spaced], dtype=np.int64),
        )
        bare = [tuple(text.split()) for text in reading.captions.spaced]
        number = {word: i for i, word in enumerate(dict.fromkeys(w for words in bare for w in words))}
        sizes = np.array([len(words) for words in bare], dtype=np.int64)[reading.post]
        token = np.array([number[w] for at in reading.post.tolist() for w in bare[at]], dtype=np.int64)
        self._postings["tokens"].add(tuple(number), token, np.repeat(everyone, sizes) + self._n["posts"])
        keys = _keys(posts)
        at = np.array([i for i, key in enumerate(keys) if key is not None], dtype=np.int64)
        self._postings["brands"].add([k for k in keys if k is not None], np.arange(len(at)), at + self._n["posts"])
        row, used = texts.of_rows(everyone, reading.post)
        is_tag = np.array([word[0] == "#" for word in texts.words], dtype=bool)[used]
        owner, used = posts.pair[row[is_tag]], used[is_tag]
        use, term = reading.inside.of_rows(np.arange(len(used)), used)
        self._postings["use_stems"].add(_stems(reading.inside.words), term, use + self._n["uses"])
        self._keep(use_start=np.bincount(owner, minlength=n))
        self._n["posts"] += len(posts)
        self._n["uses"] += len(used)

    def _add_audience(self, view: asof.View) -> None:
        shares = _Shares.of(view.audience.where(_is_latest(view.audience)))
        self._keep(knows=~np.isnan(shares.totals(view.n)))
        code = ordered_codes(shares.name)
        cell = shares.pair * len(DIMENSIONS) + shares.dimension
        width = int(code.max(initial=0)) + 1
        key, first, place = np.unique(cell * width + code, return_index=True, return_inverse=True)
        names = shares.name.to_pylist()
        words = [f"{DIMENSIONS[shares.dimension[i]]}/{names[i]}" for i in first.tolist()]
        totals = np.bincount(place, weights=shares.share, minlength=len(key))
        owner = shares.pair[first] + self._n["creators"]
        self._postings["audience"].add(words, np.arange(len(key)), owner, totals.astype(np.float64))

    def _add_deals(self, view: asof.View) -> None:
        deals = view.collaborations
        known = np.asarray(deals.known("outcome_visible_at") & ~missing(deals.texts("measure")))
        lift, weight = np.full(len(deals), np.nan), np.zeros(len(deals))
        lift[known], weight[known] = track_record._measured(deals.where(known))
        place = positions_in(deals.texts("campaign_id"), view.campaigns.texts("campaign_id"))
        brand, goal = (
            take(fold(strings(view.history["campaigns"][name])), place).to_pylist() for name in ("brand", "goal")
        )
        n = len(deals)
        self._keep(
            deal_start=np.bincount(deals.pair, minlength=view.n), deal_at=deals.times("agreed_at"), deal_known=known,
            deal_brand=texts_as_bytes(brand)[:n], deal_goal=texts_as_bytes(goal)[:n],
            deal_key=texts_as_bytes(_deal_brands(view))[:n], deal_lift=lift, deal_weight=weight,
        )  # fmt: skip

    def finished(self, micros: Ints, as_of: pd.Timestamp) -> CreatorSide:
        """The side of everything added."""
        if not self._parts:
            self.add(asof.View(History.of({}), pairings_frame(_nobody(as_of))))
        joined = {name: np.concatenate(parts) for name, parts in self._parts.items()}
        for name in joined:
            if name.endswith("_start"):
                joined[name] = np.append(0, np.cumsum(joined[name]))
        stamp = micros if len(micros) else np.array([as_of.as_unit("us").asm8.astype("int64")])
        made: dict[str, Any] = {"as_of": stamp, **joined}
        made |= {name: collected.postings() for name, collected in self._postings.items()}
        return CreatorSide(**made)


def _stems(words: tuple[str, ...]) -> list[str]:
    return [stem(word.removeprefix("#")) for word in words]


def _nobody(as_of: pd.Timestamp) -> pd.DataFrame:
    one = pd.DataFrame({"creator_id": ["x"], "campaign_id": ["x"], "as_of": [as_of]})
    return one.iloc[:0].astype({"as_of": "datetime64[us, UTC]"})
