"""docs/reliability.md from what proofs left behind: what was tried, how often, with what result.

    python benchmarks/reliability.py var/proofs.jsonl    # lines of a run with CREATORLIFT_PROOFS; `make soak` does both

Keeps every proof's newest record in benchmarks/results/reliability.json, and writes the page from it and from
benchmarks/results/endpoint_soak.json.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from common import RESULTS, ROOT, write_result

PAGE = ROOT / "docs" / "reliability.md"
KEPT = "reliability"
LOAD = "endpoint_soak"
Row = dict[str, Any]
_HEAD = """# What was tried to break the service

Written by `make soak`, which runs every proof below and takes about two hours; edit the proofs, not this page. A proof
that fails is told here as failed. The ordinary tests (`make test`) try a small part of each every time.
"""
_MIXED = """
## Mixed load

{minutes:g} minutes of single candidates, batches of 100, inline records, shortlists, plans, explanations, outcomes,
jobs, faulty bodies and faulty candidates, {callers} (`benchmarks/endpoint.py WS --soak {minutes:g}`):
**{requests:,} requests, {errors} with another status than theirs**. The slowest answer took {slowest_s:.1f} s, with
{load_average:.1f} processes waiting for {cores} cores. Resident memory went from {warm:.0f} MiB, warm, to {end:.0f} MiB
at the end: **{growth:+.1%}**; memory of its own, without mapped files: {own:+.1%}.
"""


def merged(kept: Mapping[str, Row], lines: Iterable[Row], day: str) -> dict[str, Row]:
    """The newest record of each proof by `AREA: WHAT`; the cases of one run are added up."""
    fresh: dict[str, Row] = {}
    for line in lines:
        row = fresh.setdefault(
            f"{line['area']}: {line['what']}",
            {"area": line["area"], "what": line["what"], "times": 0, "failed": 0, "results": [], "tests": [],
             "seconds": 0.0, "day": day},
        )  # fmt: skip
        row["times"] += line["times"]
        row["failed"] += line["outcome"] != "passed"
        row["seconds"] = round(row["seconds"] + line["seconds"], 1)
        for name, value in (("results", line["result"]), ("tests", line["test"])):
            if value and value not in row[name]:
                row[name].append(value)
    return {**kept, **fresh}


def page(rows: Sequence[Row], load: Mapping[str, Any] | None) -> str:
    """The page as Markdown."""
    parts = [_HEAD]
    for area in dict.fromkeys(row["area"] for row in rows):
        parts.append(f"\n## {area}\n\n| tried | times | result | on |\n|---|---|---|---|\n")
        parts += [_line(row) for row in rows if row["area"] == area]
    if load is not None:
        parts.append(
            _MIXED.format(
                **{name: load[name] for name in ("minutes", "requests", "errors", "slowest_s", "load_average")},
                callers=f"about {load['requests'] / load['minutes'] / 60:.0f} a second", cores=load["machine"]["cores"],
                warm=load["resident"]["warm_mib"], end=load["resident"]["end_mib"], growth=load["resident"]["growth"],
                own=load["own"]["growth"],
            )
        )  # fmt: skip
    return "".join(parts)


def _line(row: Row) -> str:
    good = "; ".join(row["results"]) or "as it should each time"
    told = f"**{row['failed']} failed**" if row["failed"] else good
    return f"| {row['what']} | {row['times']:,} | {told} | {row['day']} |\n"


def rows_of(kept: Mapping[str, Row]) -> list[Row]:
    """By area, then by what was tried."""
    return sorted(kept.values(), key=lambda row: (row["area"], row["what"]))


def read(name: str) -> dict[str, Any] | None:
    """A result file, if it is there."""
    file = RESULTS / f"{name}.json"
    return json.loads(file.read_text("utf-8")) if file.is_file() else None


def main() -> int:
    """Merge, and write the page; 1 when a proof of these files failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", type=Path, nargs="*")
    args = parser.parse_args()
    kept = (read(KEPT) or {}).get("proofs", {})
    lines = [json.loads(line) for file in args.files for line in file.read_text("utf-8").splitlines()]
    if lines:
        kept = merged(kept, lines, f"{datetime.now(UTC):%Y-%m-%d}")
        write_result(KEPT, {"proofs": kept})
    PAGE.write_text(page(rows_of(kept), read(LOAD)), "utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)}: {len(kept)} proofs")
    return int(any(line["outcome"] != "passed" for line in lines))


if __name__ == "__main__":
    raise SystemExit(main())
