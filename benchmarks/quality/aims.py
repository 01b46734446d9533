"""What was asked of the model before it was measured, what it reached, and what its ceiling reaches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from quality.decisions import PERFECT
from quality.tables import Found, short, table

SIZES = ("2000", "5000")
_SPREAD, _FIT = 0.03, (40.0, 60.0)
_LIBRARY, _EXPLAINED, _REGRET = 0.8, 0.8, 0.5
_PROMISE = {"future": 0.05, "catalogue": 0.15}
_COVERED, _GROUP = (0.77, 0.83), 0.70
_ERRORS = {"fit": 0.03, "P(ROI > 0)": 0.05}
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Aim:
    """One figure that was asked for in one market."""

    asked: str
    where: str
    reached: str
    held: bool
    ceiling: str
    """What the ceiling reaches, where that says something; else empty."""

    def row(self) -> list[str]:
        """Cells of a table."""
        return [self.where, self.reached, "yes" if self.held else "**no**", self.ceiling or "–"]


HEAD = ["market, past collaborations", "reached", "held", "the ceiling, or the best that is possible"]


def section(markets: Found) -> str:
    """A table per aim."""
    told = aims(markets)
    held = sum(aim.held for aim in told)
    text = (
        f"What was asked for before anything was measured; {held} of {len(told)} figures hold. Deals to come unless "
        "the catalogue is named; brackets are 95 % intervals over seeds. Beside each figure stands what the same model "
        "reaches that is told the true causes of lift (the ceiling), or what a perfect answer would show: what is "
        "missing there, too, is not to be had from this many tests."
    )
    parts = ["## What was asked, and what was reached", text]
    for asked in dict.fromkeys(aim.asked for aim in told):
        here = [aim for aim in told if aim.asked == asked]
        parts.append(f"**{asked}** ({sum(aim.held for aim in here)} of {len(here)} held)")
        parts.append(table(HEAD, [aim.row() for aim in here]))
    return "\n\n".join(parts)


def aims(markets: Found) -> list[Aim]:
    """Every aim that the markets at hand can tell of."""
    told = [
        aim
        for make in (_error, _nothing_to_find, _misled, _choice, _promise, _coverage, _probabilities)
        for kind, sizes in markets.items()
        for size, found in sizes.items()
        for aim in make(kind, size, found)
    ]
    order = list(dict.fromkeys(aim.asked for aim in told))
    return sorted(told, key=lambda aim: order.index(aim.asked))


def _place(kind: str, size: str, found: Found, view: str = "") -> str:
    return ", ".join(part for part in (kind, size, view, f"{found['seeds']} seeds") if part)


def _signed(value: Found) -> str:
    return f"{value['mean']:+.3f} ({value['low']:+.3f} to {value['high']:+.3f})"


def _error(kind: str, size: str, found: Found) -> Iterator[Aim]:
    lift = found["future"]["lift"]
    if kind == "no heterogeneity" or "best_opponent" not in lift:
        return
    where, ceiling = _place(kind, size, found), lift["contestants"]["ceiling"]["rmse"]["mean"]
    best = lift["best_opponent"]
    ahead = best["rmse_above_model"]
    yield Aim(
        "error below every opponent's: 95 % interval of the difference above 0", where,
        f"{best['name']} {_signed(ahead)}", ahead["low"] > 0,
        f"{best['rmse']['mean'] - ceiling:+.3f}",
    )  # fmt: skip
    if library := lift.get("best_library_learner"):
        ratio = library["model_rmse_ratio"]
        seeds = "" if library["seeds"] == found["seeds"] else f", on {library['seeds']} of the seeds"
        yield Aim(
            f"error at most {_LIBRARY} of the library's best learner's", where,
            f"{short(ratio, 2)} of {library['name']}" + seeds, ratio["mean"] <= _LIBRARY + _ROUNDING,
            f"{ceiling / library['rmse']['mean']:.2f}",
        )  # fmt: skip
    if size == SIZES[-1] and (share := lift.get("share_of_ceiling")):
        explained = lift["contestants"]["ceiling"]["explained"]["mean"]
        yield Aim(
            f"explains at least {_EXPLAINED:.0%} of what the ceiling explains", where, f"{share['of_means']:.0%}",
            share["of_means"] >= _EXPLAINED - _ROUNDING, f"explains {explained:.0%} of the variance",
        )  # fmt: skip


def _nothing_to_find(kind: str, size: str, found: Found) -> Iterator[Aim]:
    if kind != "no heterogeneity":
        return
    for view in ("future", "catalogue"):
        here, where = found[view], _place(kind, size, found, view)
        spread = here["lift"]["contestants"]["model"]["spread"]["mean"]
        yield Aim(f"spread of predicted log lift at most {_SPREAD}", where, f"{spread:.3f}", spread <= _SPREAD,
                  "0")  # fmt: skip
        fit = here["fit_score"]
        inside = _FIT[0] <= fit["lowest"] and fit["highest"] <= _FIT[1]
        yield Aim(
            f"fit between {_FIT[0]:.0f} and {_FIT[1]:.0f}", where,
            f"{fit['lowest']:.0f} to {fit['highest']:.0f}, middle 90 % {fit['q05']:.0f} to {fit['q95']:.0f}", inside,
            "50",
        )  # fmt: skip


def _misled(kind: str, size: str, found: Found) -> Iterator[Aim]:
    if kind != "confounded":
        return
    for view in ("future", "catalogue"):
        ranks = found[view]["rankings"]
        rule, model = (ranks[n]["rank_correlation"] for n in ("attributed conversions per follower", "model"))
        yield Aim(
            "attributed conversions mislead their rule, not the model: rank correlation with the true lift",
            _place(kind, size, found, view), f"rule {rule['mean']:+.2f}, model {model['mean']:+.2f}",
            rule["mean"] < 0.1 and model["low"] > 0.2,
            f"{found[view]['lift']['contestants']['ceiling']['rank_correlation']['mean']:+.2f}",
        )  # fmt: skip


def _choice(kind: str, size: str, found: Found) -> Iterator[Aim]:
    if kind == "no heterogeneity":
        return
    for view in ("future", "catalogue"):
        for key, known in (("regret", "reach and rate expected"), ("regret_lift", "reach and rate given")):
            if not (one := found[view]["decisions"].get(key)):
                continue
            ratio, ceiling, perfect = (one[f"{n}_over_best_opponent"] for n in ("model", "ceiling", "true_lift"))
            ahead = one["best_opponent_above_model"]
            yield Aim(
                f"regret of choosing 20 at most {_REGRET} of the best opponent's, {known}",
                _place(kind, size, found, view),
                f"{ratio:.2f} of {one['best_opponent']}; its regret {_signed(ahead)} above",
                ratio <= _REGRET + _ROUNDING,
                f"ceiling {ceiling:.2f}, every lift known {perfect:.2f}",
            )  # fmt: skip


def _promise(kind: str, size: str, found: Found) -> Iterator[Aim]:
    for view, within in _PROMISE.items():
        if "promised_over_true" not in found[view]["decisions"]:
            continue
        here = found[view]["decisions"]
        told = here["promised_over_true"]["model"]
        known = here["promised_over_true_known_reach"]["model"]["of_totals"]
        ceiling, perfect = (here["promised_over_true"][name]["of_totals"] for name in ("ceiling", PERFECT))
        yield Aim(
            f"what is promised of the chosen within {within:.0%} of the truth, {view}", _place(kind, size, found),
            f"{told['of_totals'] - 1:+.0%}; mean of seeds {short(told, 2)} times the truth; with reach and rate given "
            f"{known - 1:+.0%}", abs(told["of_totals"] - 1.0) <= within + _ROUNDING,
            f"ceiling {ceiling - 1:+.0%}, every lift known {perfect - 1:+.0%}",
        )  # fmt: skip


def _coverage(kind: str, size: str, found: Found) -> Iterator[Aim]:
    for view in ("future", "catalogue"):
        cover = found[view]["coverage"]
        where = _place(kind, size, found, view)
        for name in ("true lift", "realised incremental conversions"):
            if kind == "no heterogeneity" and name == "true lift":
                continue  # one true lift for all: inside or outside together
            mean = cover[name]["covered"]["mean"]
            yield Aim(
                f"80 % intervals hold {_COVERED[0]:.0%} to {_COVERED[1]:.0%} of: {name}", where,
                short(cover[name]["covered"], 3, percent=True), _COVERED[0] <= mean <= _COVERED[1], "80%",
            )  # fmt: skip
        if cover["worst_group"] is not None:
            yield Aim(
                f"at least {_GROUP:.0%} of true lifts in each platform and tier of 200 or more", where,
                f"worst {cover['worst_group']:.0%} of {len(cover['groups'])}", cover["worst_group"] >= _GROUP, "80%",
            )  # fmt: skip


def _probabilities(kind: str, size: str, found: Found) -> Iterator[Aim]:
    for view in ("future", "catalogue"):
        for name, most in _ERRORS.items():
            if kind == "no heterogeneity" and name == "fit":
                continue  # nobody's lift is above that of all: a chance of a half can be neither right nor wrong
            one = found[view]["probabilities"][name]
            yield Aim(
                f"calibration error of {name} at most {most}", _place(kind, size, found, view), f"{one['error']:.3f}",
                one["error"] <= most + _ROUNDING, f"perfect ones would show {one['by_chance']:.3f}",
            )  # fmt: skip
