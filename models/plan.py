"""Which creators to hire under a budget: a mixed-integer program, solved by HiGHS, with its optimality gap told.

People whom two chosen creators both reach are counted once, with the larger of the two. A creator is worth

    w_i = max(0, value_i x (1 - sum over larger chosen j of shared_ij / exposed_i)),

a lower bound of what the distinct people bring (Bonferroni's inequality: people reached by three are taken off twice).
In `expected` mode the sum of w_i - cost_i is maximised; in `safe` mode the amount the sum exceeds with probability
`safety`: mean - z sqrt(sum of own variances + (sum of shared standard deviations)^2), where what the creators share is
the doubt about the campaign's baseline rate. The roots are not linear: the inner one is bounded from below by chords,
the outer by Cauchy-Schwarz, |(a, b)| >= a cos t + b sin t, so that the program's optimum bounds every set's worth.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import optimize, sparse, stats

from data.errors import Fault, UsageError
from models.families import Floats

Mode = Literal["expected", "safe"]
Aim = Literal["profit", "conversions"]
Mask = npt.NDArray[np.bool_]
SECONDS = 6.0
"""Longest search of one program."""
_GAP = 1e-4
_NODES = 20_000
_NEGLIGIBLE = 1e-3
"""A smaller share of an audience does not count as overlap."""
_CHORDS, _RATIO = 10, 2.5
_ANGLES = 9
_CLOSE = 1e-9


@dataclass(frozen=True)
class Offers:
    """n creators who could be hired; arrays of shape (n,) in the campaign's currency unless told otherwise.

    `value`: expected margin of the extra conversions. `conversions`: expected extra conversions. `value_sd`,
    `conversions_sd`: doubt about each that is the creator's own. `rate_sd`: doubt (ln) about the baseline rate, which
    moves all of them together. `exposed`: people. `shared`: people two of them both reach, shape (n, n), symmetric.
    `niche`: names, empty where unknown. `untried`: never measured before.
    """

    creator_ids: tuple[str, ...]
    cost: Floats
    value: Floats
    value_sd: Floats
    conversions: Floats
    conversions_sd: Floats
    rate_sd: Floats
    exposed: Floats
    shared: Floats
    niche: tuple[str, ...]
    untried: Mask

    def __len__(self) -> int:
        return len(self.creator_ids)

    def worth(self, aim: Aim) -> tuple[Floats, Floats, Floats]:
        """What is maximised of each (before overlap), the part of it paid for it, and its own doubt."""
        if aim == "profit":
            return self.value, self.cost, self.value_sd
        return self.conversions, np.zeros(len(self)), self.conversions_sd

    @cached_property
    def lost(self) -> sparse.csr_matrix:
        """Share of i's people that a larger j reaches as well, at (i, j); equal sizes go by their place."""
        order = np.lexsort((np.arange(len(self)), -self.exposed))
        place = np.empty(len(self), dtype=np.int64)
        place[order] = np.arange(len(self))
        share = np.where(place[None, :] < place[:, None], self.shared / self.exposed[:, None], 0.0)
        return sparse.csr_matrix(np.where(share >= _NEGLIGIBLE, share, 0.0))


@dataclass(frozen=True)
class Rules:
    """What a plan must keep to.

    `niches`: least and most creators by niche. `explore`: least share of the money spent that goes to untried ones.
    `must` and `never`: shape (n,).
    """

    budget: float
    must: Mask
    never: Mask
    mode: Mode = "expected"
    aim: Aim = "profit"
    safety: float = 0.8
    niches: Mapping[str, tuple[int, int | None]] = field(default_factory=lambda: MappingProxyType({}))
    explore: float = 0.0
    fewest: int = 0
    most: int | None = None


@dataclass(frozen=True)
class Choice:
    """`chosen`: shape (n,). `kept`: share of each chosen one's people that no larger one reaches, NaN for the others.
    `objective` and `bound`: what was maximised, and what no permitted set can exceed."""

    chosen: Mask
    kept: Floats
    objective: float
    bound: float

    @property
    def gap(self) -> float:
        """How far the best possible plan may lie above this one, relative to it; 0 when proven best."""
        away = max(self.bound - self.objective, 0.0)
        return away / max(abs(self.objective), _CLOSE) if away > _CLOSE * max(abs(self.bound), 1.0) else 0.0


def kept_shares(offers: Offers, chosen: Mask) -> Floats:
    """Share of each creator's people that no larger chosen one reaches, shape (n,), 0 to 1."""
    return np.asarray(np.maximum(1.0 - offers.lost @ chosen.astype(np.float64), 0.0))


def outcome(offers: Offers, chosen: Mask, aim: Aim) -> tuple[float, float]:
    """Expected worth of a set less what is paid for it, and the standard deviation of its realised worth."""
    worth, paid, own = offers.worth(aim)
    kept = np.where(worth > 0.0, kept_shares(offers, chosen), 1.0)
    mean = float(np.sum((worth * kept - paid)[chosen]))
    together = float(np.sum((np.abs(worth) * kept * offers.rate_sd)[chosen]))
    alone = float(np.sum(((own * kept) ** 2)[chosen]))
    return mean, float(np.sqrt(alone + together**2))


def choose(offers: Offers, rules: Rules, seconds: float = SECONDS) -> Choice:
    """The best permitted set.

    Raises
    ------
    UsageError
        When no set keeps to the rules, naming the rule where it can be told.
    """
    _check(offers, rules)
    if rules.mode == "expected":
        found, bound = _solve(_Program.of(offers, rules), seconds)
    else:
        found, bound = _safest(offers, rules, seconds)
    kept = np.where(found, kept_shares(offers, found), np.nan)
    return Choice(found, kept, _objective(offers, rules, found), bound)


def _objective(offers: Offers, rules: Rules, chosen: Mask) -> float:
    mean, sd = outcome(offers, chosen, rules.aim)
    return mean - (float(stats.norm.ppf(rules.safety)) * sd if rules.mode == "safe" else 0.0)


def _safest(offers: Offers, rules: Rules, seconds: float) -> tuple[Mask, float]:
    """The better of the safe program's set and the expected one by their safe worth, and a bound."""
    plain = _Program.of(offers, rules)
    bold, highest = _solve(plain, seconds / 2)
    safe, bound = _solve(plain.cautious(offers, rules), seconds / 2)
    best = max((safe, bold), key=lambda some: _objective(offers, rules, some))
    return best, min(bound, highest)


@dataclass(frozen=True)
class _Program:
    """maximise gain' v, A v <= limit, v within 0 and `upper`; v = (x: chosen; w: worth kept; more)."""

    n: int
    gain: Floats
    rows: sparse.csr_matrix
    limit: Floats
    lower: Floats
    upper: Floats
    whole: npt.NDArray[np.int64]

    @classmethod
    def of(cls, offers: Offers, rules: Rules) -> _Program:
        """In expected mode: columns x, w and one switch for each row whose overlap may exceed its audience."""
        n = len(offers)
        worth, paid, _ = offers.worth(rules.aim)
        positive, lost = np.maximum(worth, 0.0), offers.lost
        every = np.asarray(lost.sum(axis=1)).ravel()
        over = np.flatnonzero(every > 1.0)
        eye, none = sparse.identity(n, format="csr"), sparse.csr_matrix((n, len(over)))
        switch = sparse.csr_matrix((positive[over] * (every[over] - 1.0), (over, np.arange(len(over)))), (n, len(over)))
        scale = sparse.diags(positive)
        # w <= value x; w <= value (1 - lost x) + (what x = 0 may hide); w <= value (1 - switch)
        rows = [
            sparse.hstack([-scale, eye, none]),
            sparse.hstack([scale @ lost, eye, -switch]),
            sparse.hstack([
                sparse.csr_matrix((len(over), n)), eye[over],
                sparse.csr_matrix((positive[over], (np.arange(len(over)), np.arange(len(over)))), (len(over),) * 2),
            ]),
        ]  # fmt: skip
        limits = [np.zeros(n), positive, positive[over]]
        for row, limit in _rule_rows(offers, rules):
            rows.append(sparse.csr_matrix(np.concatenate([row, np.zeros(n + len(over))])))
            limits.append(np.array([limit]))
        out = rules.never | (_hopeless(offers, rules) & ~rules.must)
        upper = np.concatenate([np.where(out, 0.0, 1.0), positive, np.ones(len(over))])
        lower = np.concatenate([np.where(rules.must, 1.0, 0.0), np.zeros(n + len(over))])
        return cls(
            n=n,
            gain=np.concatenate([np.minimum(worth, 0.0) - paid, np.ones(n), np.zeros(len(over))]),
            rows=sparse.vstack(rows, format="csr"),
            limit=np.concatenate(limits),
            lower=lower,
            upper=upper,
            whole=np.concatenate([np.ones(n), np.zeros(n), np.ones(len(over))]).astype(np.int64),
        )

    def cautious(self, offers: Offers, rules: Rules) -> _Program:
        """With the risk taken off: columns v_i (own variance of each), risk, root of all v, and a switch per chord."""
        n, width = self.n, self.rows.shape[1]
        worth, _, own = offers.worth(rules.aim)
        positive = np.maximum(worth, 0.0)
        # Doubt shrinks with the worth that overlap leaves, w; a loss is felt whole. In units of all doubt together.
        unit = max(float(np.sqrt(np.sum(own**2))), _CLOSE)
        own = own / unit
        per_worth = own / np.where(positive > 0.0, positive, 1.0)
        sure = np.where(positive > 0.0, 0.0, own**2)
        columns = width + n + 2 + _CHORDS
        x, w, v = (sparse.identity(columns, format="csr")[at : at + n] for at in (0, n, width))
        risk, root = (sparse.identity(columns, format="csr")[width + n + place] for place in (0, 1))
        switch = sparse.identity(columns, format="csr")[width + n + 2 :]
        blocks = [sparse.hstack([self.rows, sparse.csr_matrix((self.rows.shape[0], columns - width))])]
        limits = [self.limit]

        def add(rows: sparse.csr_matrix, limit: float) -> None:
            blocks.append(rows)
            limits.append(np.full(rows.shape[0], limit))

        # Chosen creators are worth what overlap leaves, not less to seem less risky.
        add(sparse.diags(positive) @ (x - offers.lost @ x) - w, 0.0)
        for share in (1.0, 0.75, 0.5, 0.25):
            # A square lies above its tangents.
            tangent = share * own
            add(sparse.diags(2.0 * tangent * per_worth) @ w - sparse.diags(tangent**2) @ x - v, 0.0)
        add(sparse.diags(sure) @ x - v, 0.0)
        together = sparse.csr_matrix(offers.rate_sd / unit) @ w
        together += sparse.csr_matrix(np.maximum(-worth, 0.0) * offers.rate_sd / unit) @ x
        for angle in np.linspace(0.0, np.pi / 2.0, _ANGLES):
            add(np.sin(angle) * together + np.cos(angle) * root - risk, 0.0)
        variance = sparse.csr_matrix(np.ones(n)) @ v
        points = np.concatenate([[0.0], _RATIO ** np.arange(-_CHORDS + 1.0, 1.0)])
        for k, slope in enumerate((np.diff(np.sqrt(points)) / np.diff(points)).tolist()):
            # Where its switch is on, the root is above the chord and the variance within the chord's ends.
            base, hidden = float(np.sqrt(points[k]) - slope * points[k]), 1.0 + slope
            add(slope * variance - root + hidden * switch[k], hidden - base)
            add(variance + switch[k], 1.0 + points[k + 1])
            add(points[k] * switch[k] - variance, 0.0)
        add(switch.sum(axis=0), 1.0)
        add(-switch.sum(axis=0), -1.0)
        most = 1.0 + float(np.sum(np.abs(worth) * offers.rate_sd)) / unit
        z = float(stats.norm.ppf(rules.safety))
        return replace(
            self,
            gain=np.concatenate([self.gain, np.zeros(n), [-z * unit, 0.0], np.zeros(_CHORDS)]),
            rows=sparse.vstack([sparse.csr_matrix(block) for block in blocks], format="csr"),
            limit=np.concatenate(limits),
            lower=np.concatenate([self.lower, np.zeros(n + 2 + _CHORDS)]),
            upper=np.concatenate([self.upper, np.maximum(own**2, _CLOSE), [most, 1.0], np.ones(_CHORDS)]),
            whole=np.concatenate([self.whole, np.zeros(n + 2), np.ones(_CHORDS)]).astype(np.int64),
        )


def _solve(program: _Program, seconds: float) -> tuple[Mask, float]:
    """The chosen, and a bound of the program's optimum."""
    found = optimize.milp(
        -program.gain,
        constraints=optimize.LinearConstraint(program.rows, -np.inf, program.limit),
        bounds=optimize.Bounds(program.lower, program.upper),
        integrality=program.whole,
        options={"mip_rel_gap": _GAP, "time_limit": seconds, "node_limit": _NODES},
    )
    if found.x is None:
        raise UsageError(
            Fault("plan", "rules that no set of these candidates keeps to", "looser rules or a larger budget")
        )
    return found.x[: program.n] > 0.5, -float(found.mip_dual_bound)


def _rule_rows(offers: Offers, rules: Rules) -> list[tuple[Floats, float]]:
    """Each rule as a row over x and its upper limit."""
    rows: list[tuple[Floats, float]] = [(offers.cost, rules.budget)]
    ones = np.ones(len(offers))
    if rules.fewest:
        rows.append((-ones, -float(rules.fewest)))
    if rules.most is not None:
        rows.append((ones, float(rules.most)))
    if rules.explore > 0.0:
        rows.append((offers.cost * (rules.explore - offers.untried), 0.0))
    for name, (fewest, most) in rules.niches.items():
        inside = np.array([niche == name for niche in offers.niche], dtype=np.float64)
        if fewest:
            rows.append((-inside, -float(fewest)))
        if most is not None:
            rows.append((inside, float(most)))
    return rows


def _hopeless(offers: Offers, rules: Rules) -> Mask:
    """Who would only cost: worth no more than is paid, where no rule asks for more creators than pay their way."""
    asked = rules.fewest or rules.explore > 0.0 or any(fewest for fewest, _ in rules.niches.values())
    worth, paid, _ = offers.worth(rules.aim)
    return np.asarray((worth <= paid) & (not asked))


def _check(offers: Offers, rules: Rules) -> None:
    faults = []
    if not rules.budget > 0.0:
        faults.append(Fault("budget", f"{rules.budget:g}", "above 0"))
    both = [
        name for name, must, never in zip(offers.creator_ids, rules.must, rules.never, strict=True) if must and never
    ]
    faults += [Fault("must_have", name, "a creator that is not on the never list") for name in both]
    needed = float(offers.cost[rules.must].sum())
    if needed > rules.budget:
        faults.append(Fault("budget", f"{rules.budget:g}", f"at least {needed:g}: what the must-have creators cost"))
    for name, (fewest, most) in rules.niches.items():
        free = sum(niche == name and not never for niche, never in zip(offers.niche, rules.never, strict=True))
        if fewest > free:
            faults.append(Fault(f"niches.{name}.min", str(fewest), f"at most {free}: the candidates of this niche"))
        held = sum(niche == name and bool(must) for niche, must in zip(offers.niche, rules.must, strict=True))
        if most is not None and held > most:
            faults.append(
                Fault(f"niches.{name}.max", str(most), f"at least {held}: the must-have creators of this niche")
            )
    if faults:
        raise UsageError(faults)
