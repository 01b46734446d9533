"""Randomised e-mails (Hillstrom 2008): does our uplift rank people better than the learners one would use instead?

Six tasks (two e-mails, three outcomes), repeated halves: learn from one half, rank the other. The figure is the area
between the Qini curve and the random line in extra outcomes per 1,000 treated, shown as a share of the average effect.
Errors are corrected for halves that share people. econml's forest is left out, with a word, where it is not installed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from common import ROOT, need_public_data, write_result
from uplift_peers import ECONML, PEERS, STRENGTHS, Floats, Half, Peers, causal_forest

from data.writing import replacing
from models.lift import LiftModel
from training.uplift import average_effect, halves, over_halves, qini_area

OURS, FOREST = "ours", "causal forest"
BY_NAME = {strength.name: strength for strength in STRENGTHS}
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
    known = halves(task.treated, 1_000 + seed)
    first, second = (Half(task.X[r], task.outcome[r], task.treated[r], task.propensity) for r in (known, ~known))
    return first, second


def told_by_us(half: Half, Z: Floats, seed: int) -> Floats:
    """What this project says."""
    model = LiftModel(seed=seed).fit_people(half.X, half.outcome, half.treated, half.propensity)
    return model.predict_uplift(Z)


def measured(group: str, task: Half, seed: int) -> dict[str, float]:
    """Figures of a group's methods on one half of a task."""
    known, others = split(task, seed)
    name, _, strength = group.partition(", ")
    told: dict[str, Floats] = {}
    if group == OURS:
        told[OURS] = told_by_us(known, others.X, seed)
    elif name == FOREST:
        told[group] = causal_forest([(known, others.X)], BY_NAME[strength], seed)[0]
    else:
        peers = Peers(BY_NAME[strength], seed, known)
        told = {f"{method}, {strength}": ask(peers, others.X) for method, ask in PEERS.items()}
    return {method: qini_area(u, others.outcome, others.treated) for method, u in told.items()}


def remembered(group: str, name: str, task: Half, seed: int) -> dict[str, float]:
    """`measured`, kept in `var/` for as long as the code it depends on stays the same."""
    code = [Path(__file__).with_name(n) for n in ("uplift_peers.py", "econml_forest.py")]
    code = sorted((ROOT / "models").glob("people*.py")) if group == OURS else code
    text = b"".join(path.read_bytes() for path in code) + f"{group}|{name}|{seed}".encode()
    path = ROOT / "var" / "uplift" / f"{hashlib.sha256(text).hexdigest()[:24]}.json"
    if path.is_file():
        return {str(method): float(figure) for method, figure in json.loads(path.read_text("utf-8")).items()}
    began = time.perf_counter()
    found = measured(group, task, seed)
    print(f"{group}, {name}, half {seed + 1}: {time.perf_counter() - began:.0f} s", flush=True)
    with replacing(path) as scratch:
        scratch.write_text(json.dumps(found), "utf-8")
    return found


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


def main(arguments: list[str] | None = None) -> None:
    """Measure, print, write benchmarks/results/uplift.json."""
    groups = [OURS, *(f"{kind}, {s.name}" for kind in ("learners", FOREST) for s in STRENGTHS)]
    experiments = tasks(need_public_data("hillstrom-email"))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=20, help="repeated halves (20)")
    parser.add_argument("--only", choices=groups, help="measure these methods and stop")
    asked = parser.parse_args(arguments)
    if not ECONML.is_file():
        print(f"without econml's forest: {ECONML} is not there; `make econml` puts it there")
        groups = [group for group in groups if not group.startswith(FOREST)]
    figures: Figures = {}
    for seed in range(asked.repeats):
        for group in groups if asked.only is None else [asked.only]:
            for name, task in experiments.items():
                for method, figure in remembered(group, name, task, seed).items():
                    figures.setdefault(method, {}).setdefault(name, []).append(figure)
    if asked.only is not None:
        return
    effects = {name: average_effect(task.outcome, task.treated) for name, task in experiments.items()}
    told = summary(figures, effects)
    show(told, effects)
    rounded = {m: {t: [round(f, 6) for f in row] for t, row in by.items()} for m, by in figures.items()}
    result = {"repeats": asked.repeats, "average_effect": effects, "summary": told, "figures": rounded}
    write_result("uplift", result)


if __name__ == "__main__":
    main()
