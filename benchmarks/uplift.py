"""Randomised e-mails (Hillstrom 2008): does our uplift rank people better than the learners one would use instead?

Six tasks (two e-mails, three outcomes), repeated halves: learn from one half, rank the other. The figure is the area
between the Qini curve and the random line in extra outcomes per 1,000 treated, shown as a share of the average effect.
Errors are corrected for halves that share people. econml's forest is left out, with a word, where it is not installed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from common import RESULTS, need_public_data, write_result
from uplift_peers import ECONML, PEERS, STRENGTHS, Floats, Half, Peers, causal_forest

from models.lift import LiftModel
from training.uplift import average_effect, halves, over_halves, qini_area

OURS = "ours"
ARMS = {"womens": "Womens E-Mail", "mens": "Mens E-Mail"}
OUTCOMES = ("visit", "conversion", "spend")
Figures = dict[str, dict[str, list[float]]]
"""By method and task: the figure of every half."""


def tasks(path: Path) -> dict[str, Half]:
    """The people of each task; half of them had the e-mail."""
    table = pd.read_csv(path / "hillstrom.csv.gz")
    features = pd.DataFrame(
        {
            **{name: table[name] for name in ("recency", "history", "mens", "womens", "newbie")},
            **{name: table["zip_code"] == name for name in ("Urban", "Rural")},
            **{name: table["channel"] == name for name in ("Phone", "Web")},
        }
    ).to_numpy(dtype=np.float64)
    out = {}
    for arm, segment in ARMS.items():
        rows = table["segment"].isin([segment, "No E-Mail"]).to_numpy()
        treated = (table["segment"] == segment).to_numpy(dtype=np.float64)[rows]
        for outcome in OUTCOMES:
            out[f"{arm} {outcome}"] = Half(features[rows], table[outcome].to_numpy(np.float64)[rows], treated, 0.5)
    return out


def split(task: Half, seed: int) -> tuple[Half, Half]:
    """A half to learn from and the other."""
    known = halves(task.treated, seed)
    first, second = (Half(task.X[r], task.outcome[r], task.treated[r], task.propensity) for r in (known, ~known))
    return first, second


def ours(half: Half, Z: Floats, seed: int) -> Floats:
    """What this project says."""
    model = LiftModel(seed=seed).fit_people(half.X, half.outcome, half.treated, half.propensity)
    return model.predict_uplift(Z)


def told_by_all(half: Half, Z: Floats, seed: int, *, peers: bool) -> Iterator[tuple[str, Floats]]:
    """Uplift by every method that runs in this process."""
    yield OURS, ours(half, Z, seed)
    if peers:
        for strength in STRENGTHS:
            for name, told in PEERS.items():
                yield f"{name}, {strength.name}", told(Peers(strength, seed), half, Z)


def measure(experiments: dict[str, Half], repeats: int, *, peers: bool) -> Figures:
    """Figures of every method on every task over repeated halves."""
    figures: Figures = {}
    for seed in range(repeats):
        began = time.perf_counter()
        for task, everybody in experiments.items():
            known, others = split(everybody, seed)
            for method, told in told_by_all(known, others.X, seed, peers=peers):
                figure = qini_area(told, others.outcome, others.treated)
                figures.setdefault(method, {}).setdefault(task, []).append(figure)
        print(f"half {seed + 1} of {repeats}: {time.perf_counter() - began:.0f} s", flush=True)
    return figures


def measure_forest(experiments: dict[str, Half], repeats: int) -> Figures:
    """The same of econml's causal forest."""
    figures: Figures = {}
    for strength in STRENGTHS:
        for task, everybody in experiments.items():
            pairs = [split(everybody, seed) for seed in range(repeats)]
            told = causal_forest([(known, others.X) for known, others in pairs], strength, seed=0)
            if told is None:
                print(f"without econml's forest: {ECONML} is not there; `make econml` puts it there")
                return {}
            areas = [qini_area(u, o.outcome, o.treated) for u, (_, o) in zip(told, pairs, strict=True)]
            figures.setdefault(f"causal forest, {strength.name}", {})[task] = areas
            print(f"causal forest, {strength.name}, {task}", flush=True)
    return figures


def summary(figures: Figures, effects: dict[str, float]) -> dict[str, Any]:
    """Per method: the share of the average effect by task and in the mean, and how far we are ahead of it."""

    def shares(method: str) -> Floats:
        return np.array([np.array(figures[method][task]) / (1000.0 * effects[task]) for task in effects])

    own = shares(OURS)
    out: dict[str, Any] = {}
    for method in figures:
        his = shares(method)
        mean, ahead = over_halves(his.mean(axis=0), 1, 1), over_halves((own - his).mean(axis=0), 1, 1)
        by_task = {}
        for task, share, gap in zip(effects, his, own - his, strict=True):
            alone, paired = over_halves(share, 1, 1), over_halves(gap, 1, 1)
            by_task[task] = {
                "share": alone.mean, "share_error": alone.error, "ahead": paired.mean, "ahead_error": paired.error,
                "per_1000_treated": float(np.mean(figures[method][task])),
            }  # fmt: skip
        out[method] = {
            "share": mean.mean, "share_error": mean.error, "ahead": ahead.mean, "ahead_error": ahead.error,
            "tasks": by_task,
        }  # fmt: skip
    return out


def show(told: dict[str, Any], effects: dict[str, float]) -> None:
    """Print the summary, best first."""
    heads = "".join(f"{task:>18}" for task in effects)
    print(f"\n{'area / average effect':<30}{'mean':>7} ±     {'ahead':>7} ±     {heads}")
    for method, row in sorted(told.items(), key=lambda item: -item[1]["share"]):
        cells = "".join(f"{row['tasks'][t]['share']:>11.3f} {row['tasks'][t]['ahead']:+6.3f}" for t in effects)
        ahead = f"{row['ahead']:+7.3f} {row['ahead_error']:.3f}"
        print(f"{method:<30}{row['share']:7.3f} {row['share_error']:.3f}  {ahead}  {cells}")


def digest(repeats: int) -> str:
    """What figures of peers depend on: their code, their settings, the splits."""
    folder = Path(__file__).parent
    code = b"".join((folder / name).read_bytes() for name in ("uplift_peers.py", "econml_forest.py"))
    return hashlib.sha256(code + json.dumps([repeats, [asdict(s) for s in STRENGTHS]]).encode()).hexdigest()


def kept_peers(repeats: int) -> Figures:
    """The peers' figures of the last result, if it was of the same peers and halves."""
    path = RESULTS / "uplift.json"
    last = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    if last.get("peers_digest") != digest(repeats):
        sys.exit(f"{path} holds no figures of these peers and halves; run without --keep-peers")
    return {method: by_task for method, by_task in last["figures"].items() if method != OURS}


def main(arguments: list[str] | None = None) -> None:
    """Measure, print, write benchmarks/results/uplift.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=20, help="repeated halves (20)")
    parser.add_argument("--keep-peers", action="store_true", help="take the peers' figures from the last result")
    asked = parser.parse_args(arguments)
    experiments = tasks(need_public_data("hillstrom-email"))
    effects = {name: average_effect(task.outcome, task.treated) for name, task in experiments.items()}
    kept = kept_peers(asked.repeats) if asked.keep_peers else measure_forest(experiments, asked.repeats)
    figures = measure(experiments, asked.repeats, peers=not asked.keep_peers) | kept
    told = summary(figures, effects)
    show(told, effects)
    rounded = {m: {t: [round(f, 6) for f in row] for t, row in by.items()} for m, by in figures.items()}
    result = {"repeats": asked.repeats, "average_effect": effects, "summary": told}
    write_result("uplift", result | {"peers_digest": digest(asked.repeats), "figures": rounded})


if __name__ == "__main__":
    main()
