"""The parts of the benchmark that are run and kept apart, each for as long as the code it hangs on stays the same.

A change to the lift model leaves what the opponents said; a change to an opponent leaves what the model said.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from quality import contest, others
from quality.markets import Place, Prepared, digest_of, prepare

Kept = tuple[pd.DataFrame, dict[str, Any]]
_SEEN_BY_ALL = ("features/feature.py", "features/catalog.py", "benchmarks/quality/others.py")
_MODEL = ("models/[!p]*.py", "models/p[!e]*.py", "data/priors.py", "data/priors.toml", "benchmarks/quality/contest.py",
          "features/feature.py", "features/catalog.py")  # fmt: skip
"""Learners of uplift on people (`models/people*.py`) take no part here."""
CODE: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "opponents": (*_SEEN_BY_ALL, "benchmarks/quality/opponents.py",
                  *(f"models/{name}.py" for name in ("baseline", "boosting", "counts", "families"))),
    "library": (*_SEEN_BY_ALL, "benchmarks/quality/library*.py"),
    "scorer": _MODEL,
    "growth": _MODEL,
    "ablation": _MODEL,
})  # fmt: skip
"""Source files each part hangs on, markets apart."""


@cache
def _digest(part: str) -> str:
    return digest_of(*CODE[part])


@dataclass(frozen=True)
class Job:
    """One part of what is done with one market at one size."""

    part: str
    place: Place
    size: int
    home: Path
    """Folder of the markets."""
    peer: str | None
    """Interpreter with a library of learners; None leaves the library out."""

    @property
    def path(self) -> Path:
        """Where the result is kept, without its ending."""
        return self.home / f"run-{self.part}-{_digest(self.part)}" / f"{self.place.name}-at-{self.size}"

    @property
    def is_done(self) -> bool:
        """Whether the result is there."""
        return self.path.with_suffix(".json").exists()

    def run(self) -> None:
        """Do it and keep the result."""
        rows, facts = self._made(prepare(self.place, self.home).earlier(self.size))
        self.path.parent.mkdir(parents=True, exist_ok=True)
        scratch = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        rows.to_parquet(scratch)
        scratch.rename(self.path.with_suffix(".parquet"))
        self.path.with_suffix(".json").write_text(json.dumps(facts), "utf-8")

    def _made(self, at: Prepared) -> Kept:
        seed = self.place.seed
        if self.part == "opponents":
            return others.opposed(at)
        if self.part == "library" and self.peer is not None:
            return others.by_library(at, self.peer)
        if self.part == "scorer":
            return contest.scored(at, seed)
        if self.part == "growth":
            return contest.growth(at, seed)
        if self.part == "ablation":
            return contest.ablation_rows(at, seed), {}
        raise ValueError(f"nothing is done as {self.part!r}, interpreter of the library {self.peer}")

    def load(self) -> Kept | None:
        """The result; None while it is not there."""
        if not self.is_done:
            return None
        return pd.read_parquet(self.path.with_suffix(".parquet")), json.loads(
            self.path.with_suffix(".json").read_text("utf-8")
        )
