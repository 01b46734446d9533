"""Simulated markets, ten seeds: predicted log lift against the truth, beside named rules and learners; out of time.

Every seed is a market of its own (`quality.markets`): models learn from what was known at a cut, and are judged on the
deals agreed after it and on questions drawn evenly from the whole catalogue. Writes
`benchmarks/results/lift_quality.json` and the readable `docs/quality.md`. Markets are kept in a cache, and what was
done with each (`quality.parts`) is written at once, so that an interrupted run goes on where it was.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd
from common import write_result
from quality import contest, library, page
from quality.markets import Place, default_cache, prepare
from quality.parts import CODE, Job
from quality.probe import markets_folder
from quality.summary import ablation_summary, curve_summary, market_summary

SEEDS = 10
BIG_SEEDS = 2
CURVE_SEEDS = 5
"""Markets on which the data-size curve and the families of features are judged."""
CURVE = (0, 30, 100, 300, 1_000, 3_000)
"""Sizes at which the model alone is judged on the ordinary market as it grows."""
BIG, BIG_CURVE = 30_000, (3_000, 10_000)
FULL = {
    "ordinary": (5_000, (5_000, 2_000)),
    "no heterogeneity": (5_000, (5_000, 2_000)),
    "confounded": (5_000, (5_000, 2_000)),
    "weak": (2_000, (2_000,)),
    "strong": (2_000, (2_000,)),
}
"""Size of each kind of market, and the sizes at which everybody is judged."""
CONTEST = ("scorer", "opponents", "library")
"""Parts that are put beside each other; the library's may be missing."""


def places(seeds: range, only: list[str]) -> Iterator[Place]:
    """Markets, seed by seed, so that an interrupted run has whole seeds; the small ones after, the big ones last."""
    wanted = [kind for kind in FULL if not only or kind in only]
    for size in (5_000, 2_000):
        for seed in seeds:
            yield from (Place(kind, size, seed) for kind in wanted if FULL[kind][0] == size)
    if not only or "big" in only:
        yield from (Place("ordinary", BIG, seed) for seed in seeds[:BIG_SEEDS])


def jobs_of(place: Place, home: Path, peer: str | None) -> Iterator[Job]:
    """Everything that is done with one market."""
    if place.size == BIG:
        yield from (Job("growth", place, size, home, peer) for size in (BIG, *BIG_CURVE))
        return
    for size in FULL[place.kind][1]:
        yield from (Job(part, place, size, home, peer) for part in CONTEST if part != "library" or peer is not None)
    if place.kind == "ordinary" and place.seed < CURVE_SEEDS:
        yield from (Job("growth", place, size, home, peer) for size in CURVE)
        yield Job("ablation", place, 2_000, home, peer)


def work(place: Place, home: Path, peer: str | None, parts: list[str]) -> str:
    """Do what is not done yet with one market; returns a line for the log."""
    started = time.perf_counter()
    done = [job for job in jobs_of(place, home, peer) if job.part in parts and not job.is_done]
    if parts and not done:
        return f"{place.name}: done before"
    prepare(place, home)
    made = time.perf_counter() - started
    for job in done:
        job.run()
    return f"{place.name}: market {made:.0f} s, {len(done)} parts, in all {time.perf_counter() - started:.0f} s"


def gather(jobs: list[Job]) -> dict[str, Any]:
    """Figures of everything that is there."""
    found: dict[tuple[str, str, int], dict[int, dict[str, Any]]] = {}
    for job in jobs:
        part = job.load()
        if part is not None:
            place = job.place
            kind = f"{place.kind} {BIG}" if place.size == BIG else place.kind
            what = "contest" if job.part in CONTEST else job.part
            found.setdefault((what, kind, job.size), {}).setdefault(place.seed, {})[job.part] = part
    markets: dict[str, Any] = {}
    curve: list[dict[str, Any]] = []
    out: dict[str, Any] = {"markets": markets, "data_size": curve}
    for (what, kind, size), by_seed in sorted(found.items()):
        if what == "contest":
            rows, facts = _joined(by_seed)
            if rows:
                markets.setdefault(kind, {})[str(size)] = market_summary(rows, facts)
            continue
        rows, facts = ({seed: parts[what][i] for seed, parts in by_seed.items()} for i in (0, 1))
        if what == "growth":
            curve.append({"market": kind, "size": size, **curve_summary(rows, facts)})
        else:
            out["ablation"] = {"size": size, **ablation_summary(rows)}
    return out


def _joined(by_seed: dict[int, dict[str, Any]]) -> tuple[dict[int, pd.DataFrame], dict[int, dict[str, Any]]]:
    """Rows and facts of the seeds on which both the model and the opponents are done."""
    rows, facts = {}, {}
    for seed, parts in sorted(by_seed.items()):
        if "scorer" in parts and "opponents" in parts:
            rows[seed], facts[seed] = contest.joined([parts[name] for name in CONTEST if name in parts])
    return rows, facts


def main() -> None:
    """Run what is asked for, then write the figures and the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--first", type=int, default=0, help="first seed (0)")
    parser.add_argument("--only", nargs="*", default=[], help=f"kinds of market: {', '.join(FULL)}, big")
    parser.add_argument(
        "--parts",
        nargs="*",
        default=list(CODE),
        choices=list(CODE),
        help="what to do (everything); none: make the markets",
    )
    parser.add_argument("--gather", action="store_true", help="do nothing more; write what is there")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--cache", type=Path, default=default_cache())
    parser.add_argument("--peer", default=library.peer(), help="interpreter with econml (default: make econml's)")
    parser.add_argument("--note", help="a sentence for the page: what a reader must know of this run")
    parser.add_argument("--no-write", action="store_true", help="leave the figures and the page as they are")
    args = parser.parse_args()
    home = markets_folder(args.cache)
    print(f"markets in {home}", flush=True)
    asked = list(places(range(args.first, args.seeds), args.only))
    n = len(asked)
    if not args.gather:
        with ProcessPoolExecutor(args.workers) as pool:
            for line in pool.map(work, asked, [home] * n, [args.peer] * n, [args.parts] * n):
                print(line, flush=True)
    if args.no_write:
        return
    jobs = [job for place in asked for job in jobs_of(place, home, args.peer)]
    result = {
        "what": "simulated markets; log lift against the truth, out of time",
        "library": "econml" if args.peer else None,
        "note": args.note,
        **gather(jobs),
    }
    write_result("lift_quality", result)
    page.write(result)


if __name__ == "__main__":
    main()
