"""Where the markets of the present code are kept, told by what it makes, not by its text.

A small market with its features, its truth and its cut is made with the present code and held against those that were
made when each folder of markets was begun: code that is only faster finds the markets that are there, code that says
something else begins a new folder. What source text makes which folder's markets is remembered.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from data.synthetic import MarketConfig, simulate_market
from quality.markets import FUTURE, KINDS, Place, Prepared, cut_market, digest_of

_SOURCES = (
    "data/synthetic*.py", "data/history.py", "features/*.py", "features/*.json",
    "models/reference.py", "models/text_space.py", "training/dataset.py", "training/labels.py",
    "models/training_set.py", "benchmarks/quality/markets.py",
)  # fmt: skip
_PROBE = MarketConfig(creators=150, collaborations=400, asked_pairings=60, seed=77, confounding=0.5)
_KNOWN = 150
_SAME = 1e-9
"""Largest difference, relative to the larger of 1 and the value, at which two numbers are the same."""


def markets_folder(cache: Path) -> Path:
    """The folder of markets as the present code makes them; it need not exist yet, its probe does."""
    text = digest_of(*_SOURCES)
    remembered = cache / "sources" / text
    if not remembered.is_file():
        frame = probe()
        alike = (p.parent for p in sorted(cache.glob("*/probe.parquet")) if _same(pd.read_parquet(p), frame))
        folder = next(alike, cache / text)
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "probe.parquet").is_file():
            frame.to_parquet(folder / "probe.parquet")
        remembered.parent.mkdir(parents=True, exist_ok=True)
        remembered.write_text(folder.name, "utf-8")
    return cache / remembered.read_text("utf-8")


def probe() -> pd.DataFrame:
    """Everything of a small market in one long table: `name` of the column, `number` or `text` of each value."""
    made = cut_market(simulate_market(_PROBE), _KNOWN, seed=1)
    sizes = [repr(Place(kind, 5_000, 3).config) for kind in KINDS] + [repr(FUTURE)]
    parts = [pd.DataFrame({"name": "sizes", "number": np.nan, "text": sizes})]
    for name, frame in _frames(made).items():
        parts += [_long(f"{name} {column}", frame[column]) for column in frame.columns]
    return pd.concat(parts, ignore_index=True)


def _frames(made: Prepared) -> dict[str, pd.DataFrame]:
    known = made.known
    sample = pd.DataFrame() if known.catalogue_X is None else known.catalogue_X
    frames = {"deals": known.deals, "sample": sample, "times": made.sampled_at.to_frame("sampled_at")}
    for name, asked in {"past": made.past, **made.views}.items():
        frames |= {f"{name} X": asked.X, f"{name} rows": asked.rows, f"{name} latents": asked.latents}
    return frames


def _long(name: str, values: pd.Series) -> pd.DataFrame:
    if values.dtype.kind in "fiub":
        return pd.DataFrame({"name": name, "number": values.to_numpy(np.float64), "text": ""})
    return pd.DataFrame({"name": name, "number": np.nan, "text": values.astype("object").map(str).to_numpy()})


def _same(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    if len(one) != len(other) or any((one[c].to_numpy() != other[c].to_numpy()).any() for c in ("name", "text")):
        return False
    a, b = one["number"].to_numpy(), other["number"].to_numpy()
    return bool(np.all(np.isclose(a, b, rtol=_SAME, atol=_SAME, equal_nan=True)))
