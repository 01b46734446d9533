"""What depends on a catalogue's creators alone, worked out once for a model and kept, ready for any brief.

It is the creators' part of every sum of curves, and bounds of all trees whatever a campaign says; `models.screen_seen`
adds what a campaign says.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from features.catalog import NAMES
from features.pairing import DEPENDENT
from models.basis import Basis
from models.blend import Blend
from models.creators import Creators
from models.families import Floats
from models.lift_and_orders import FOR_REACH
from models.lift_of_deals import FOR_LIFT, only
from models.reach import published_reach
from models.scorer import CreatorScorer
from models.screen_curves import CurveSum, CurveSums
from models.screen_trees import Forest, Grove
from models.selection import _SEEN

CHUNK = 16_384
"""Creators at a time: what is looked up of them fits the processor's cache."""
_THREADS = 2
_IS_DEPENDENT = np.isin(NAMES, DEPENDENT)
FEATURES = [NAMES.index(name) for name in DEPENDENT]
"""Those a campaign decides, by their place in the catalogue."""
_NEAREST = NAMES.index("brief_cosine_best_post")


@dataclass(frozen=True)
class Model:
    """What of a scorer the look needs, whatever the catalogue."""

    scorer: CreatorScorer
    forests: tuple[Forest | None, ...]
    """Of lift, rate and reach."""

    @classmethod
    def of(cls, scorer: CreatorScorer) -> Model:
        blends = (scorer.lift.blend_, scorer.rates.blend, scorer.reach.blend)
        return cls(scorer, tuple(Forest.of(blend, _IS_DEPENDENT, _NEAREST) for blend in blends))

    @property
    def blends(self) -> tuple[Blend, Blend, Blend]:
        return self.scorer.lift.blend_, self.scorer.rates.blend, self.scorer.reach.blend

    @cached_property
    def sums(self) -> tuple[CurveSum, ...]:
        """The curves of lift, rate, reach and choice, and the squares of lift's, which tell the model's own doubt."""
        blank = CurveSum(_no_basis(), np.zeros(0), np.zeros(0, np.int64))
        everything, selection = np.arange(len(NAMES)), self.scorer.selection
        found = [
            blank if curves is None else CurveSum(curves.basis, curves.coefficients, everything)
            for curves in (blend.curves for blend in self.blends)
        ]
        choice, squares = blank, blank
        if selection.basis is not None:
            choice = CurveSum(selection.basis, np.array(selection.coefficients), np.flatnonzero(_SEEN))
        if self.blends[0].curves is not None:
            curves = self.blends[0].curves
            squares = CurveSum(curves.basis, curves.hyper.variance, everything, squared=True)
        return (*found, choice, squares)

    @cached_property
    def curves(self) -> CurveSums:
        """What a campaign decides of `sums`."""
        return CurveSums.of(self.sums, FEATURES, _NEAREST)

    def own(self, X: Floats) -> Floats:
        """The creators' part of `sums`, shape (5, n)."""
        for_lift, is_own = only(X, FOR_LIFT), ~_IS_DEPENDENT
        seen = (for_lift, for_lift, only(X, FOR_REACH), X[:, _SEEN], for_lift)
        return np.stack([one.own(values, is_own) for one, values in zip(self.sums, seen, strict=True)])


def _no_basis() -> Basis:
    return Basis((), np.zeros(0), np.zeros(0))


@dataclass(frozen=True)
class Screen:
    """A catalogue seen by one model, ready for any brief. `own` (5, n): the creators' part of the curves; `published`
    (n,): published reach if everybody could buy; `groves`: of lift, rate and reach."""

    creators: Creators
    model: Model
    own: Floats
    published: Floats
    groves: tuple[Grove | None, ...]

    @classmethod
    def of(cls, creators: Creators, scorer: CreatorScorer) -> Screen:
        """Look at every creator once, in chunks."""
        model = Model.of(scorer)
        masks = (FOR_LIFT, FOR_LIFT, FOR_REACH)

        def part(at: int) -> tuple[Floats, Floats, list[Grove | None]]:
            rows = slice(at, at + CHUNK)
            X = np.array(creators.side.X[rows])
            X[:, _IS_DEPENDENT] = np.nan
            groves = [None if forest is None else Grove.of(forest, only(X, mask), _IS_DEPENDENT)
                      for forest, mask in zip(model.forests, masks, strict=True)]  # fmt: skip
            told = model.own(X), published_reach(X, scorer.priors), groves
            creators.forget()
            return told

        with ThreadPoolExecutor(_THREADS) as pool:
            parts = list(pool.map(part, range(0, max(len(creators), 1), CHUNK)))
        own, published = np.concatenate([one[0] for one in parts], axis=1), np.concatenate([one[1] for one in parts])
        lots = [[one[2][i] for one in parts] for i in range(len(model.forests))]
        groves = tuple(Grove.joined([grove for grove in lot if grove is not None]) for lot in lots)
        return cls(creators, model, own, published, groves)


def each_chunk(work: Callable[[int], None], n: int, chunk: int = CHUNK) -> None:
    """Do some work for each chunk of n, by its beginning."""
    with ThreadPoolExecutor(_THREADS) as pool:
        list(pool.map(work, range(0, n, chunk)))
