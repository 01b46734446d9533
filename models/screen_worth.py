"""What a collaboration is worth at most, from bounds of what is believed of it.

By `models.roi` it is a mean over fixed draws, each with a weight k in money per conversion, of
k a (exp(lift) - 1) + k sqrt(a exp(lift)) c + k (c² - 1) / 6, where a = exp(reach) min(exp(rate), 1) and c is the luck
of counting. Whatever varies with the draws is a mean of exponentials of their spreads: convex, so that a straight line
between two spreads lies above it. Where lift goes with the rate, a part of its spread goes with the rate's draws: they
have then a spread of their own, within bounds, and lift alone has somewhat less than all of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.families import Floats
from models.roi import _COUNT, _LIFT, _MOST_TOGETHER, _RATE, _REACH, _RETURNS, _RETURNS_SD, points

_NODES = 65


@dataclass(frozen=True)
class Range:
    """Bounds of something of n pairings, (n,) each."""

    low: Floats
    high: Floats


@dataclass(frozen=True)
class Worth:
    """Of one campaign, for pairings whose spreads of ln lift, `nodes`, and of ln rate lie within bounds."""

    nodes: Floats
    together: Floats
    """At most the mean of k exp(spreads), by node; `anyway`: at least the same without the lift."""
    anyway: float
    lucky: Floats
    """At most what luck above 0 is worth by node; `unlucky`: at least what luck below 0 takes, at any larger spread."""
    unlucky: Floats
    counted: float
    farthest: float
    """How many spreads of its rate a draw lies above the mean at most, times the largest spread."""

    @classmethod
    def of(
        cls, margin: float, return_rate: float, reach_sd: float, rate_sd: tuple[float, float],
        lift_sd: tuple[float, float], slope: float = 0.0,
    ) -> Worth:  # fmt: skip
        """`margin`: order value times gross margin; the spreads of rate and lift from least to most; `slope`: of lift
        in the rate, between -1 and 1."""
        z = points()
        returned = np.minimum(return_rate * np.exp(_RETURNS_SD * z[_RETURNS] - _RETURNS_SD**2 / 2), 1.0)
        k, c, nodes = margin * (1.0 - returned), z[_COUNT], np.linspace(*lift_sd, _NODES)
        reach = reach_sd * z[_REACH]
        luck = {sign: k * np.maximum(sign * c, 0.0) for sign in (1.0, -1.0)}
        both = _both(rate_sd, lift_sd, slope)
        # Of lift's own spread the part with the rate may be taken, or not.
        alone = np.sqrt(nodes**2 - np.minimum(abs(slope) * rate_sd[1], _MOST_TOGETHER * nodes) ** 2)
        ends = [reach + sd * z[_RATE] for sd in both]
        lifts = [nodes[:, None] * z[_LIFT], *([alone[:1, None] * z[_LIFT]] if slope else [])]
        together = np.max([np.mean(k * np.exp(e + lift), axis=1) + 0.0 * nodes for e in ends for lift in lifts], axis=0)
        lucky = np.max(
            [np.mean(luck[1.0] * np.exp(0.5 * (e + lift)), axis=1) + 0.0 * nodes for e in ends for lift in lifts],
            axis=0,
        )
        # A convex function lies above its tangents; where one falls, up to the end of what it stands for.
        of_none = k * np.exp(reach + rate_sd[0] * z[_RATE])
        anyway = np.mean(of_none) + min(np.mean(of_none * z[_RATE]), 0.0) * (rate_sd[1] - rate_sd[0])
        of_bad = luck[-1.0] * np.exp(0.5 * (ends[0] + alone[:, None] * z[_LIFT]))
        slopes = [np.minimum(np.mean(of_bad * 0.5 * z[at], axis=1), 0.0) for at in (_RATE, _LIFT)]
        wide = (both[1] - both[0], nodes[1] - nodes[0] + nodes - alone)
        unlucky = np.mean(of_bad, axis=1) + slopes[0] * wide[0] + slopes[1] * wide[1]
        return cls(
            nodes, together, float(anyway), lucky, np.minimum.accumulate(unlucky[::-1])[::-1],
            float(np.mean(k * (c**2 - 1.0)) / 6.0), rate_sd[1] * float(z[_RATE].max()),
        )  # fmt: skip

    def most(self, lift: Range, lift_sd: Range, rate: Range, reach: Range) -> Floats:
        """At most the expected gross profit before any cost, shape (n,); each but the spreads as logs."""

        def on(table: Floats) -> Floats:
            return np.maximum(*(np.interp(sd, self.nodes, table) for sd in (lift_sd.low, lift_sd.high)))

        last = len(self.nodes) - 1
        step = max(self.nodes[-1] - self.nodes[0], 1e-12) / last
        cell = np.clip((lift_sd.low - self.nodes[0]) / step - 1e-6, 0, last).astype(np.int64)
        # A rate above 1 counts as 1: what would come anyway is then less by this factor at most.
        capped = np.exp(-np.maximum(rate.high + self.farthest, 0.0))
        gain = np.exp(lift.high) * on(self.together) - capped * self.anyway
        luck = on(self.lucky) - np.sqrt(capped) * self.unlucky[cell]
        high, low = reach.high + rate.high, reach.low + rate.low
        caused = np.exp(np.where(gain > 0.0, high, low)) * gain
        return np.asarray(
            caused + np.exp(0.5 * np.where(luck > 0.0, high + lift.high, low + lift.low)) * luck + self.counted
        )


def _both(rate_sd: tuple[float, float], lift_sd: tuple[float, float], slope: float) -> tuple[float, float]:
    """The least and the largest spread that ln conversions have with the rate's draws: its own and lift's part."""
    least, most = (min(abs(slope) * rate_sd[i], _MOST_TOGETHER * lift_sd[j]) for i, j in
                   (((0, 1), (1, 0)) if slope < 0.0 else ((0, 0), (1, 1))))  # fmt: skip
    sign = np.sign(slope)
    return float(rate_sd[0] + sign * least), float(rate_sd[1] + sign * most)
