"""A first look over a whole catalogue for one brief: bounds of what every creator may score, proven, not guessed.

With what `models.screen` has ready a brief costs a few look-ups per creator; for those who may still be among the best,
its trees are looked up exactly. What stays open (the nearest post, which would take every post to read, and the model's
own doubt) enters with all it may be, so that whoever is left out is beaten for certain.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import special

from features.asked import TOLD
from features.catalog import NAMES
from features.pairing import DEPENDENT, campaign_features
from models.additive import bent, bent_slope
from models.blend import Blend, Look
from models.creators import Asked
from models.families import Floats
from models.fit import LEAST_TAU, chance_ahead
from models.lift_of_deals import prior_log_lift
from models.scorer import Context, CreatorScorer
from models.screen import CHUNK, FEATURES, Screen, each_chunk
from models.screen_trees import BLOCKS, Codes
from models.screen_worth import Range, Worth
from models.selection import _CHOSEN, HIDDEN, Selection

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
_MARGIN = 1e-6
"""Sums in another order are off by less, in logs."""
_ROUNDING = 1e-14
"""Chances worked out another way are off by less."""
_CAN_BUY = DEPENDENT.index("audience_ships_to_share")
_MOST = 0.5 * (1.0 + HIDDEN)
"""Chance of no choice at which most is left open of the rate."""
_LIFT, _CHOICE, _SQUARES = 0, 3, 4
"""Places among `Model.sums`."""


@dataclass(frozen=True)
class _Brief:
    """What is the same for all creators: published ln lift, its common part and variance; the benchmark; ln rate
    before any curve and its spread; what a conversion brings before returns; the return rate."""

    scorer: CreatorScorer
    common: float
    common_variance: float
    benchmark: float
    rate: float
    rate_sd: float
    rate_lead: float
    margin: float
    return_rate: float

    @classmethod
    def of(cls, scorer: CreatorScorer, about: Context) -> _Brief:
        prior = prior_log_lift(about.goal[:1], scorer.priors)
        nothing = np.full((1, len(NAMES)), np.nan)
        rates = scorer.rates.predict(nothing, about.brand[:1], about.goal[:1], about.money["baseline_rate"][:1])
        bare = float(Look(scorer.rates.blend, nothing).eta[0]) if scorer.rates.blend.n_features else 0.0
        money = {name: float(values[0]) for name, values in about.money.items()}
        returned = money["return_rate"]
        return cls(
            scorer=scorer,
            common=float(scorer.lift.common_.predict(prior)[0]),
            common_variance=float(scorer.lift.common_.variance(prior)[0]),
            benchmark=float(scorer.benchmark.log_lift(about.goal[:1])[0]),
            rate=float(rates.log_mean[0]) - bare,
            rate_sd=float(rates.log_sd[0]),
            rate_lead=0.0 if rates.source[0] == "prior" else scorer.selection.rate_lead,
            margin=money["order_value"] * money["gross_margin"],
            return_rate=0.0 if np.isnan(returned) else returned,
        )  # fmt: skip

    @cached_property
    def rate_sds(self) -> tuple[float, float]:
        """The least and the largest spread of ln rate: see `Selection.rate_variance`, which is largest at `_MOST`."""
        return self.rate_sd, float(np.sqrt(self.rate_sd**2 + (self.rate_lead * _MOST) ** 2))


@dataclass(frozen=True)
class Believed:
    """Bounds of what is believed of some creators: ln lift and its spread, what the fit score grows with, ln rate and
    ln reach."""

    log_lift: Range
    sd: Range
    fit: Range
    rate: Range
    reach: Range


Trees = Sequence[tuple[Floats | float, Floats | float]]
"""What the trees of lift, rate and reach add at least and at most."""


@dataclass(frozen=True)
class Seen:
    """A catalogue seen for one brief. `totals` (5, n): the sums of curves; `published` (n,): ln published reach."""

    screen: Screen
    asked: Asked
    brief: _Brief
    totals: Floats
    published: Floats

    @classmethod
    def of(cls, screen: Screen, asked: Asked, about: Context) -> Seen:
        """Every creator for one campaign. `about`: the campaign, for one row."""
        n = len(screen.creators)
        totals, can_buy = np.empty((5, n)), np.empty(n)

        def chunk(at: int) -> None:
            rows = slice(at, min(at + CHUNK, n))
            X, _ = campaign_features(screen.creators.side, asked, rows)
            totals[:, rows] = screen.own[:, rows] + screen.model.curves.totals(X)
            can_buy[rows] = X[:, _CAN_BUY]
            screen.creators.forget()

        each_chunk(chunk, n)
        buying = np.clip(np.where(np.isnan(can_buy), 1.0, can_buy), 0.02, 1.0)
        return cls(screen, asked, _Brief.of(screen.model.scorer, about), totals,
                   np.log(np.maximum(screen.published * buying, 1.0)))  # fmt: skip

    def believed(self, rows: slice | Ints, trees: Trees, middle: bool = False) -> Believed:
        """Bounds, given those of the trees. `middle`: the middle of what the curves leave open, in place of bounds."""
        scorer, brief = self.brief.scorer, self.brief
        off = self.screen.model.curves.low, self.screen.model.curves.high
        if middle:
            off = (0.5 * (off[0] + off[1]), 0.5 * (off[0] + off[1]))
        low, high = (self.totals[:, rows] + one[:, None] for one in off)
        blends = self.screen.model.blends
        eta = [Range(*(_eta(blend, total[i], tree) for total, tree in zip((low, high), trees[i], strict=True)))
               for i, blend in enumerate(blends)]  # fmt: skip
        chosen = Range(*(_unchosen(scorer, total[_CHOICE]) for total in (high, low)))
        told = Range(brief.common + eta[0].low - _MARGIN, brief.common + eta[0].high + _MARGIN)
        moved = _ordered(*(scorer.selection.correction(one) for one in (chosen.low, chosen.high)))
        log_lift = Range(told.low + moved.low, told.high + moved.high)
        doubt = _doubt(scorer.selection, chosen)
        variance = self._variance(high, middle)
        spread = scorer.lift.spread_
        growing, grown = (_ordered(spread.growing(one.low), spread.growing(one.high)) for one in (told, log_lift))
        sds, of_fit = [], []
        for v, g, h, d in ((variance.low, growing.low, grown.low, doubt.low),
                           (variance.high, growing.high, grown.high, doubt.high)):  # fmt: skip
            rest = spread.scale * v * g**2 + d
            sds.append(np.sqrt((spread.tau * g) ** 2 + rest))
            of_fit.append(np.sqrt(np.maximum(spread.tau * h, LEAST_TAU) ** 2 + rest))
        ahead = Range(log_lift.low - brief.benchmark, log_lift.high - brief.benchmark)
        by = Range(brief.rate_lead * chosen.low, brief.rate_lead * chosen.high)
        return Believed(
            log_lift,
            Range(*sds),
            Range(-_score_at_most(-ahead.low, of_fit), _score_at_most(ahead.high, of_fit)),
            Range(brief.rate + eta[1].low - by.high - _MARGIN, brief.rate + eta[1].high - by.low + _MARGIN),
            Range(self.published[rows] + eta[2].low - _MARGIN, self.published[rows] + eta[2].high + _MARGIN),
        )  # fmt: skip

    def _variance(self, totals: Floats, middle: bool) -> Range:
        """Bounds of the model's own variance: it is at least none and at most the prior's, of which data took some."""
        common, curves = self.brief.common_variance, self.brief.scorer.lift.blend_.curves
        n = totals.shape[1]
        if curves is None:
            return Range(np.full(n, common), np.full(n, common))
        most = bent_slope(totals[_LIFT], curves.bend) ** 2 * totals[_SQUARES] + curves.intercept_variance + common
        return Range(0.5 * most, 0.5 * most) if middle else Range(np.full(n, common), most)

    def worth(self, believed: Believed) -> Floats:
        """At most the expected gross profit before any cost, shape (n,)."""
        ends = float(np.min(believed.sd.low, initial=1.0)), float(np.max(believed.sd.high, initial=0.0)) + _MARGIN
        brief = self.brief
        slope = brief.scorer.selection.together.slope
        made = Worth.of(brief.margin, brief.return_rate, brief.scorer.reach.spread, brief.rate_sds, ends, slope)
        return made.most(believed.log_lift, believed.sd, believed.rate, believed.reach)

    def _trees(self, rows: slice) -> tuple[Trees, Trees]:
        """Bounds of the trees whatever a campaign says, and twice their middle."""
        bounds = [(0.0, 0.0, 0.0) if grove is None else grove.bounds(rows) for grove in self.screen.groves]
        return [(low, high) for low, _, high in bounds], [(middle, middle) for _, middle, _ in bounds]

    def at_most(self, by_fit: bool) -> tuple[Floats, Floats]:
        """What the asked order goes by, for every creator: about, and at most; (n,) each. With `by_fit` it is what the
        fit score grows with, else the expected gross profit before any cost."""
        n = len(self.published)
        about, most = np.empty(n), np.empty(n)

        def chunk(at: int) -> None:
            rows = slice(at, min(at + CHUNK, n))
            for out, trees, middle in zip((most, about), self._trees(rows), (False, True), strict=True):
                believed = self.believed(rows, trees, middle)
                out[rows] = believed.fit.high if by_fit else self.worth(believed)

        each_chunk(chunk, n)
        return about, most

    def closer(self, rows: Ints, by_fit: bool, may: Callable[[Ints, Floats], Mask]) -> Floats:
        """For some creators, ascending, what the asked order goes by at most, with the trees looked up; shape
        (rows,). `may` says who of some creators may still be among the best with so much at most; who may not is left
        out of the rest, with minus infinity."""
        told = self._codes(rows)
        out = np.full(len(rows), -np.inf)

        def some(at: int) -> None:
            here = slice(at, min(at + CHUNK, len(rows)))
            codes = [{f: c if len(c) == 1 else c[here] for f, c in one.items()} for one in told]
            self._closest(rows[here], codes, by_fit, may, out[here])

        each_chunk(some, len(rows))
        return out

    def _closest(
        self, rows: Ints, told: Sequence[Mapping[int, Codes]], by_fit: bool, may: Callable[[Ints, Floats], Mask],
        out: Floats,
    ) -> None:  # fmt: skip
        # The fit knows nothing of rate and reach.
        groves = [grove if i == _LIFT or not by_fit else None for i, grove in enumerate(self.screen.groves)]
        looks = [
            None if grove is None else grove.closer(rows, codes) for grove, codes in zip(groves, told, strict=True)
        ]
        left, kept = np.arange(len(rows)), None
        for _ in BLOCKS:
            trees = [(0.0, 0.0) if look is None else look.send(kept) for look in looks]
            believed = self.believed(rows[left], trees)
            most = believed.fit.high if by_fit else self.worth(believed)
            stays = may(rows[left], most)
            kept = np.flatnonzero(stays)
            left, most = left[kept], most[kept]
            if not len(left):
                return
        out[left] = most

    def _codes(self, rows: Ints) -> list[dict[int, Codes]]:
        """What a campaign decides of some creators, as the trees of lift, rate and reach read it."""
        forests = self.screen.model.forests
        n = len(self.published)
        parts: list[list[dict[int, Codes]] | None] = [None] * len(range(0, n, CHUNK))

        def chunk(at: int) -> None:
            here = rows[np.searchsorted(rows, at) : np.searchsorted(rows, at + CHUNK)] - at
            if not len(here):
                return
            X, told = campaign_features(self.screen.creators.side, self.asked, slice(at, min(at + CHUNK, n)))
            some = {f: X[:1, j] if f in told else X[here, j] for j, f in enumerate(FEATURES)}
            parts[at // CHUNK] = [
                {f: forest.codes(some[f], f) for f in forest.edges if f in some} if forest is not None else {}
                for forest in forests
            ]
            self.screen.creators.forget()

        each_chunk(chunk, n)
        found = [part for part in parts if part is not None]
        same = {NAMES.index(name) for name in TOLD}
        return [
            {f: found[0][i][f] if f in same else np.concatenate([part[i][f] for part in found]) for f in found[0][i]}
            if found else {}
            for i in range(len(forests))
        ]  # fmt: skip


def _score_at_most(ahead: Floats, sds: Sequence[Floats]) -> Floats:
    """Most of what the fit score can be with a spread between the two, on the normal scale; shape kept."""
    return np.asarray(special.ndtri(np.minimum(chance_ahead(ahead, sds[0], other=sds[1]) + _ROUNDING, 1.0)))


def _ordered(one: Floats, other: Floats) -> Range:
    return Range(np.minimum(one, other), np.maximum(one, other))


def _eta(blend: Blend, total: Floats, trees: Floats | float) -> Floats:
    """eta from the sum of the curves and what the trees add, (n,) each: it rises with both."""
    if blend.n_features == 0:
        return np.zeros(len(total))
    out = np.full(len(total), blend.level) + trees
    if blend.curves is not None:
        curves = blend.curves.intercept + bent(total, blend.curves.bend) - blend.curves.middle
        out += (1.0 - blend.tree_share) * (curves - blend.level)
    return out


def _unchosen(scorer: CreatorScorer, total: Floats) -> Floats:
    """As `Selection.unchosen`, from the sum of its curves, (n,): it falls with it."""
    if scorer.selection.basis is None:
        return np.zeros(len(total))
    return np.asarray(1.0 - special.expit(scorer.selection.intercept + special.logit(_CHOSEN) + total))


def _doubt(selection: Selection, chosen: Range) -> Range:
    """Bounds of the square of `Selection.doubt`, by chances of no choice within these: a parabola in the chance."""
    ends = [selection.doubt(chance) ** 2 for chance in (chosen.low, chosen.high)]
    of_slope, of_rate = (v * selection.rate_lead for v in (selection.together.error, selection.together.slope))
    top = _MOST * of_rate**2 / max(of_rate**2 - of_slope**2, 1e-12)
    peak = selection.doubt(np.clip(top, chosen.low, chosen.high)) ** 2 if of_rate**2 > of_slope**2 else ends[1]
    return Range(np.minimum(*ends), np.maximum(np.maximum(*ends), peak))
