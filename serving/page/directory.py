"""The catalogue's creators by id and handle, and searched by platform, category, country, language and followers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from serving.catalogue import Catalogue

COLUMNS = ("creator_id", "handle", "platform", "category", "country", "language", "followers")
MOST_FOUND = 500


@dataclass(frozen=True)
class Known:
    """A creator of the catalogue, as a list shows her."""

    creator_id: str
    name: str
    platform: str
    followers: float | None


@dataclass(frozen=True)
class Search:
    """Filters; None or empty lets all pass."""

    text: str = ""
    platform: str | None = None
    categories: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    least_followers: float | None = None
    most_followers: float | None = None


@dataclass(frozen=True)
class Directory:
    """Newest profile of every creator, shape (n_creators, 7), with places by id and by handle."""

    profiles: pd.DataFrame
    _by_id: Mapping[str, int]
    _by_handle: Mapping[str, tuple[int, ...]]

    @classmethod
    def of(cls, catalogue: Catalogue | None) -> Directory:
        """The directory of a catalogue; an empty one where there is none."""
        if catalogue is None:
            return cls(pd.DataFrame(columns=list(COLUMNS)), {}, {})
        frame = catalogue.history["creators"]
        newest = frame.sort_values("visible_at", kind="stable").drop_duplicates("creator_id", keep="last")
        profiles = newest.loc[:, list(COLUMNS)].reset_index(drop=True)
        by_handle: dict[str, tuple[int, ...]] = {}
        for place, handle in enumerate(profiles["handle"].tolist()):
            if isinstance(handle, str) and handle:
                by_handle[handle.lower()] = (*by_handle.get(handle.lower(), ()), place)
        return cls(profiles, {c: i for i, c in enumerate(profiles["creator_id"].tolist())}, by_handle)

    def __len__(self) -> int:
        return len(self.profiles)

    def find(self, name: str, platform: str | None = None) -> Known | None:
        """The creator of this id or handle, None when there is none.

        Raises ValueError when the handle belongs to several creators and `platform` does not tell which.
        """
        if name in self._by_id:
            return self._known(self._by_id[name])
        places = [p for p in self._by_handle.get(name.lower(), ()) if platform in (None, self._platform(p))]
        if len(places) > 1:
            where = ", ".join(sorted({self._platform(p) for p in places}))
            raise ValueError(f"{name} is the handle of {len(places)} creators ({where}); give the platform or the id")
        return self._known(places[0]) if places else None

    def known(self, creator_id: str) -> Known | None:
        """The creator of this id."""
        place = self._by_id.get(creator_id)
        return None if place is None else self._known(place)

    def has_handle(self, text: str) -> bool:
        """Whether somebody of the catalogue goes by this handle."""
        return text.lstrip("@").lower() in self._by_handle

    def values(self, column: str) -> list[str]:
        """The values of a column, most frequent first; for lists to choose from."""
        counts = self.profiles[column].dropna().value_counts()
        return [str(value) for value in counts.index if str(value)]

    def search(self, wanted: Search) -> tuple[pd.DataFrame, int]:
        """At most 500 creators that pass, most followers first, and how many there are."""
        frame = self.profiles
        keep = np.ones(len(frame), dtype=bool)
        for column, allowed in (
            ("platform", (wanted.platform,) if wanted.platform else ()),
            ("category", wanted.categories),
            ("country", wanted.countries),
            ("language", wanted.languages),
        ):
            if allowed:
                keep &= frame[column].isin(list(allowed)).to_numpy()
        followers = frame["followers"].to_numpy(dtype="float64", na_value=np.nan)
        if wanted.least_followers is not None:
            keep &= followers >= wanted.least_followers
        if wanted.most_followers is not None:
            keep &= followers <= wanted.most_followers
        if wanted.text.strip():
            keep &= _mentions(frame, wanted.text.strip().lstrip("@"))
        found = frame[keep].sort_values("followers", ascending=False, kind="stable")
        return found.head(MOST_FOUND), int(keep.sum())

    def _platform(self, place: int) -> str:
        return str(self.profiles["platform"].iloc[place])

    def _known(self, place: int) -> Known:
        row = self.profiles.iloc[place]
        followers = None if pd.isna(row["followers"]) else float(row["followers"])
        name = row["handle"] if isinstance(row["handle"], str) and row["handle"] else row["creator_id"]
        return Known(str(row["creator_id"]), str(name), str(row["platform"]), followers)


def _mentions(frame: pd.DataFrame, text: str) -> np.ndarray:
    columns: Sequence[str] = ("creator_id", "handle", "category")
    hits = [frame[c].str.contains(text, case=False, regex=False, na=False).to_numpy(dtype=bool) for c in columns]
    return np.asarray(np.logical_or.reduce(hits))


class Directories:
    """The directory of the catalogue that is live, made once for each: derived from it alone, nothing of a user's."""

    def __init__(self) -> None:
        self._last: tuple[Catalogue | None, Directory] = (None, Directory.of(None))

    def of(self, catalogue: Catalogue | None) -> Directory:
        """`Directory.of`, or the one made before of the very same catalogue."""
        if self._last[0] is not catalogue:
            self._last = (catalogue, Directory.of(catalogue))
        return self._last[1]
