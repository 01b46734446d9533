"""Rows that one outcome speaks for: mostly one, several where a single test measured collaborations together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from models.families import Floats

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Units:
    """`of_row` (n,): the unit of each row, 0 to u - 1; `share` (n,): what part of its unit it is, adding up to 1."""

    of_row: Ints
    share: Floats
    size: int
    """How many units, u."""

    @classmethod
    def single(cls, n: int) -> Units:
        """Every row its own unit."""
        return cls(np.arange(n), np.ones(n), n)

    @classmethod
    def of_tests(cls, test: pd.Series, people: Floats) -> Units:
        """Units of rows with the same `test` (missing: alone), shared by `people`; evenly where these are unknown.

        Units stand in the order of their first rows.
        """
        key = test.astype("str").where(test.notna(), "")
        alone = key.eq("").to_numpy()
        names = pd.Series(np.where(alone, "row " + pd.Series(np.arange(len(key))).astype("str"), "test " + key))
        code, _ = pd.factorize(names)
        size = int(code.max(initial=-1)) + 1
        known = np.bincount(code, weights=~(people > 0), minlength=size) == 0
        weight = np.where(known[code], people, 1.0)
        return cls(code.astype(np.int64), weight / np.bincount(code, weights=weight, minlength=size)[code], size)

    @property
    def plain(self) -> bool:
        """Whether every row is its own unit, in order."""
        return self.size == len(self.of_row)

    @property
    def first(self) -> Ints:
        """Position of each unit's first row, shape (u,)."""
        return np.unique(self.of_row, return_index=True)[1].astype(np.int64)

    @property
    def alike(self) -> Floats:
        """Variance of a unit's mean over that of one row when rows differ independently, shape (u,)."""
        return np.asarray(np.bincount(self.of_row, weights=self.share**2, minlength=self.size), dtype=np.float64)

    def mean(self, values: Floats) -> Floats:
        """Weighted mean of (n,) or (n, c) row values by unit, shape (u,) or (u, c)."""
        if self.plain:
            return values
        out = np.zeros((self.size, *values.shape[1:]))
        share = self.share if values.ndim == 1 else self.share[:, None]
        np.add.at(out, self.of_row, share * values)
        return out

    def sum(self, values: Floats) -> Floats:
        """Sum of (n,) row values by unit, shape (u,)."""
        return np.asarray(np.bincount(self.of_row, weights=values, minlength=self.size), dtype=np.float64)

    def apart(self, values: Floats) -> Floats:
        """How far each row lies from its unit's mean, shape (n,)."""
        return values - self.mean(values)[self.of_row]

    def take(self, kept: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.bool_], Units]:
        """Only the units where `kept` (u,) is true: which rows that leaves, and their units."""
        rows = kept[self.of_row]
        renumbered = np.cumsum(kept) - 1
        return rows, Units(renumbered[self.of_row[rows]].astype(np.int64), self.share[rows], int(kept.sum()))
