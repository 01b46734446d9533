"""Simulated markets, ten seeds: predicted log lift against the truth, beside named rules and learners; out of time.

Every seed is a market of its own (`quality.markets`): models learn from what was known at a cut, and are judged on the
deals agreed after it and on questions drawn evenly from the whole catalogue. Writes
`benchmarks/results/lift_quality.json` and the readable `docs/quality.md`. Markets are kept in a cache, and what each
market gave is written at once, so that an interrupted run goes on where it was.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from common import write_result
from quality import contest, library, page
from quality.markets import Place, default_cache, digest_of, market_digest, prepare
from quality.summary import ablation_summary, curve_summary, market_summary

SEEDS = 10
BIG_SEEDS = 2
CURVE_SEEDS = 5
"""Markets on which the data-size curve and the families of features are judged."""
WITH_LIBRARY = ("ordinary", "weak", "strong")
"""Markets on which the library's learners, the slowest, take part."""
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
_CODE = ("models/*.py", "features/feature.py", "data/priors.py", "data/priors.toml", "benchmarks/quality/contest.py",
         "benchmarks/quality/opponents.py", "benchmarks/quality/library*.py")  # fmt: skip


@dataclass(frozen=True)
class Job:
    """Everything done with one market."""

    place: Place
    cache: Path
    peer: str | None

    def out(self, size: int, what: str) -> Path:
        """Where the result for one size is kept: `full`, `curve` or `ablation`."""
        code = digest_of(*_CODE)
        return self.cache / "runs" / f"{market_digest()}-{code}" / f"{self.place.name}-at-{size}-{what}"

    @property
    def parts(self) -> list[tuple[int, str]]:
        """Sizes and what is done at them."""
        if self.place.size == BIG:
            return [(size, "curve") for size in (BIG, *BIG_CURVE)]
        parts = [(size, "full") for size in FULL[self.place.kind][1]]
        if self.place.kind == "ordinary" and self.place.seed < CURVE_SEEDS:
            parts += [(size, "curve") for size in CURVE] + [(2_000, "ablation")]
        return parts


def jobs(seeds: range, only: list[str], cache: Path, peer: str | None) -> Iterator[Job]:
    """The longest first."""
    wanted = [kind for kind in FULL if not only or kind in only]
    if not only or "big" in only:
        yield from (Job(Place("ordinary", BIG, seed), cache, peer) for seed in seeds[:BIG_SEEDS])
    for size in (5_000, 2_000):
        for seed in seeds:
            yield from (Job(Place(kind, size, seed), cache, peer) for kind in wanted if FULL[kind][0] == size)


def work(job: Job, features_only: bool = False) -> str:
    """Do what is not done yet of one job; returns a line for the log."""
    started = time.perf_counter()
    missing = [(size, what) for size, what in job.parts if not job.out(size, what).with_suffix(".json").exists()]
    if not missing:
        return f"{job.place.name}: there already"
    prepared = prepare(job.place, job.cache)
    made = time.perf_counter() - started
    for size, what in () if features_only else missing:
        at, seed = prepared.earlier(size), job.place.seed
        if what == "full":
            peer = job.peer if job.place.kind in WITH_LIBRARY else None
            rows, facts = contest.contest(at, seed, peer=peer)
        elif what == "curve":
            rows, facts = contest.growth(at, seed)
        else:
            rows, facts = contest.ablation_rows(at, seed), {}
        _keep(job.out(size, what), rows, facts)
    return f"{job.place.name}: market {made:.0f} s, in all {time.perf_counter() - started:.0f} s"


def _keep(path: Path, rows: pd.DataFrame, facts: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    rows.to_parquet(scratch)
    scratch.rename(path.with_suffix(".parquet"))
    path.with_suffix(".json").write_text(json.dumps(facts), "utf-8")


def _load(job: Job, size: int, what: str) -> tuple[pd.DataFrame, dict[str, Any]] | None:
    path = job.out(size, what)
    if not path.with_suffix(".json").exists():
        return None
    return pd.read_parquet(path.with_suffix(".parquet")), json.loads(path.with_suffix(".json").read_text("utf-8"))


def gather(done: list[Job]) -> dict[str, Any]:
    """Figures of everything that is there."""
    found: dict[tuple[str, str, int], dict[int, tuple[pd.DataFrame, dict[str, Any]]]] = {}
    for job in done:
        for size, what in job.parts:
            part = _load(job, size, what)
            if part is not None:
                place = job.place
                kind = f"{place.kind} {BIG}" if place.size == BIG else place.kind
                found.setdefault((what, kind, size), {})[place.seed] = part
    markets: dict[str, Any] = {}
    curve: list[dict[str, Any]] = []
    out: dict[str, Any] = {"markets": markets, "data_size": curve}
    for (what, kind, size), by_seed in sorted(found.items()):
        rows, facts = ({s: part[i] for s, part in by_seed.items()} for i in (0, 1))
        if what == "full":
            markets.setdefault(kind, {})[str(size)] = market_summary(rows, facts)
        elif what == "curve":
            curve.append({"market": kind, "size": size, **curve_summary(rows, facts)})
        else:
            out["ablation"] = {"size": size, **ablation_summary(rows)}
    return out


def main() -> None:
    """Run what is asked for, then write the figures and the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--only", nargs="*", default=[], help=f"kinds of market: {', '.join(FULL)}, big")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--cache", type=Path, default=default_cache())
    parser.add_argument("--peer", default=library.peer(), help="interpreter with econml (default: make econml's)")
    parser.add_argument("--features-only", action="store_true", help="make the markets and stop")
    parser.add_argument("--no-write", action="store_true", help="print the figures' place only")
    args = parser.parse_args()
    asked = list(jobs(range(args.seeds), args.only, args.cache, args.peer))
    print(f"cache {args.cache}, markets {market_digest()}", flush=True)
    with ProcessPoolExecutor(args.workers) as pool:
        for line in pool.map(work, asked, [args.features_only] * len(asked)):
            print(line, flush=True)
    if args.features_only:
        return
    result = {
        "what": "simulated markets; log lift against the truth, out of time",
        "library": "econml" if args.peer else None,
        **gather(asked),
    }
    if not args.no_write:
        write_result("lift_quality", result)
        page.write(result)


if __name__ == "__main__":
    main()
