"""Simulated mailings of known effect: does our uplift rank people better than the learners one would use instead?

Real experiments tell the ranking of people only through noisy halves (`benchmarks/uplift.py`); here everybody's true
uplift is known. Coarse features as a shop knows them, an outcome that is common, rare or an amount spent, and effects
that differ little or much between people and only partly with what they buy anyway. Figure: area between the curve of
true uplift gained, best predicted first, and the random line, as a share of the best ranking's.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from common import ROOT, write_result
from quality.markets import digest_of
from scipy import special
from uplift_peers import ECONML, PEERS, STRENGTHS, Floats, Half, Peers, causal_forest

from data.writing import replacing
from models.lift import LiftModel

OURS, FOREST = "ours", "causal forest"
PEOPLE = 20_000
"""People who teach, and as many who are ranked."""
OUTCOMES = {"common": -2.2, "rare": -5.0, "amount": -4.0}
"""Log odds of an outcome without treatment."""
DIFFERENCES = {"small": 0.5, "large": 1.0}
_EFFECT = 0.35
"""Log of the ratio by which treatment multiplies outcomes, on average."""
_AMOUNT_MEAN = float(np.exp(4.5))


@dataclass(frozen=True)
class Mailing:
    """People of a simulated experiment: features (n, 7), outcome, treated by the toss of a coin, true uplift."""

    X: Floats
    outcome: Floats
    treated: Floats
    uplift: Floats


def mailing(outcome: str, difference: float, rng: np.random.Generator, n: int = PEOPLE) -> Mailing:
    """Draw people, their chance of an outcome without treatment, and the ratio by which treatment multiplies it."""
    recency = rng.integers(1, 13, n).astype(np.float64)
    log_history = rng.normal(5.0, 0.9, n)
    one = rng.random(n) < 0.55
    other = (rng.random(n) < 0.55) | ~one
    new, urban, web = (rng.random(n) < share for share in (0.5, 0.4, 0.45))
    flags = [flag.astype(np.float64) for flag in (one, other, new, urban, web)]
    odds = OUTCOMES[outcome] - 0.06 * (recency - 6) + 0.25 * (log_history - 5) + 0.2 * web - 0.4 * new
    ratio = 0.25 * other - 0.1 * one + 0.15 * (recency < 4) - 0.2 * (new & urban) + 0.1 * (log_history - 5)
    chance = special.expit(odds)
    lifted = np.minimum(chance * np.exp(_EFFECT + difference * (ratio - ratio.mean())), 0.98)
    treated = (rng.random(n) < 0.5).astype(np.float64)
    happened = (rng.random(n) < np.where(treated == 1, lifted, chance)).astype(np.float64)
    uplift = lifted - chance
    if outcome == "amount":
        happened, uplift = happened * np.exp(rng.normal(4.0, 1.0, n)), uplift * _AMOUNT_MEAN
    return Mailing(np.column_stack([recency, np.exp(log_history), *flags]), happened, treated, uplift)


def gained(told: Floats, uplift: Floats) -> float:
    """Area between true uplift gained, highest told first, and the random line; ties count as one step."""
    order = np.argsort(-told, kind="stable")
    last = np.append(np.diff(told[order]) != 0.0, True)
    gain = np.append(0.0, np.cumsum(uplift[order])[last] / len(told))
    share = np.append(0.0, (np.flatnonzero(last) + 1.0) / len(told))
    return float(np.sum(np.diff(share) * (gain[1:] + gain[:-1]) / 2.0) - gain[-1] / 2.0)


def measured(group: str, outcome: str, difference: float, seed: int) -> dict[str, float]:
    """The share of the best ranking's area by every method of a group, in one experiment."""
    known, asked = (mailing(outcome, difference, rng) for rng in np.random.default_rng(seed).spawn(2))
    half = Half(known.X, known.outcome, known.treated, 0.5)
    told: dict[str, Floats] = {}
    if group == OURS:
        model = LiftModel(seed=seed).fit_people(known.X, known.outcome, known.treated, 0.5)
        told[OURS] = model.predict_uplift(asked.X)
    for strength in STRENGTHS:
        if group == "learners":
            peers = Peers(strength, seed, half)
            told |= {f"{name}, {strength.name}": ask(peers, asked.X) for name, ask in PEERS.items()}
        elif group == FOREST:
            told[f"{FOREST}, {strength.name}"] = causal_forest([(half, asked.X)], strength, seed)[0]
    best = gained(asked.uplift, asked.uplift)
    return {method: gained(uplift, asked.uplift) / best for method, uplift in told.items()}


def remembered(group: str, outcome: str, size: str, seed: int, folder: Path) -> dict[str, float]:
    """`measured`, kept in a folder for as long as the code it hangs on stays the same."""
    path = folder / f"{group.replace(' ', '-')}-{_code(group)}-{outcome}-{size}-{seed}.json"
    if path.is_file():
        return {str(method): float(figure) for method, figure in json.loads(path.read_text("utf-8")).items()}
    began = time.perf_counter()
    found = measured(group, outcome, DIFFERENCES[size], seed)
    print(f"{group}, {outcome}, differences {size}, seed {seed}: {time.perf_counter() - began:.0f} s", flush=True)
    with replacing(path) as scratch:
        scratch.write_text(json.dumps(found), "utf-8")
    return found


@cache
def _code(group: str) -> str:
    own = ("models/people*.py", "models/basis.py", "models/boosting.py", "models/crossfit.py")
    others = ("benchmarks/uplift_peers.py", "benchmarks/econml_forest.py")
    return digest_of("benchmarks/uplift_simulated.py", *(own if group == OURS else others))


def summary(figures: dict[str, list[dict[str, float]]]) -> dict[str, Any]:
    """Per method: its mean share by kind and over all, and how far we are ahead of it, with standard errors over seeds
    (experiments are independent)."""
    out: dict[str, Any] = {}
    for method in next(iter(figures.values()))[0]:
        shares = np.array([[one[method] for one in rows] for rows in figures.values()])
        ahead = np.array([[one[OURS] - one[method] for one in rows] for rows in figures.values()])
        n = shares.shape[1]
        error = float(np.std(ahead.mean(axis=0), ddof=1) / np.sqrt(n)) if n > 1 else None
        out[method] = {
            "share": float(shares.mean()), "ahead": float(ahead.mean()), "ahead_error": error,
            "by_kind": dict(zip(figures, np.round(shares.mean(axis=1), 4).tolist(), strict=True)),
        }  # fmt: skip
    return out


def main(arguments: list[str] | None = None) -> None:
    """Measure, print, write benchmarks/results/uplift_simulated.json."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--kept", type=Path, default=ROOT / "var" / "uplift_simulated", help="folder of what is done")
    asked = parser.parse_args(arguments)
    groups = [OURS, "learners", FOREST]
    if not ECONML.is_file():
        groups.remove(FOREST)
        print(f"without econml's forest: {ECONML} is not there; `make econml` puts it there")
    figures: dict[str, list[dict[str, float]]] = {}
    for seed in range(asked.seeds):
        for outcome in OUTCOMES:
            for size in DIFFERENCES:
                found: dict[str, float] = {}
                for group in groups:
                    found |= remembered(group, outcome, size, seed, asked.kept)
                figures.setdefault(f"{outcome}, differences {size}", []).append(found)
    told = summary(figures)
    for method, row in sorted(told.items(), key=lambda item: -item[1]["share"]):
        kinds = " ".join(f"{share:6.3f}" for share in row["by_kind"].values())
        error = "" if row["ahead_error"] is None else f" ± {row['ahead_error']:.3f}"
        print(f"{method:<30}{row['share']:7.3f}  ours ahead by {row['ahead']:+.3f}{error}   {kinds}")
    write_result("uplift_simulated", {"seeds": asked.seeds, "people": PEOPLE, "summary": told})


if __name__ == "__main__":
    main()
