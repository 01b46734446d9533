"""What the demo asks: one sample brief, and candidates drawn from the simulated catalogue with fees they might ask."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from data.sources import read_tables, write_rows

PLATFORM = "instagram"
MONEY_PER_FOLLOWER = 0.01
"""Ten per thousand followers: the order of magnitude of published rate cards for a feed post."""
_FEE_SPREAD = 0.4
_SMALLEST_FEE = 40.0

BRIEF = {
    "campaign_id": "spring-trail-shoe",
    "brand": "Northpeak",
    "category": "fitness",
    "brief": "A light trail running shoe for people who train outdoors. It grips on wet rock, weighs little "
    "and lasts a thousand kilometres. We want runners, hikers and gym-goers to order it from our shop.",
    "keywords": ["running", "trail running", "hiking", "workout", "outdoor"],
    "competitors": ["Ridgeline"],
    "goal": "sales",
    "platform": PLATFORM,
    "currency": "EUR",
    "order_value": 149.0,
    "gross_margin": 0.55,
    "return_rate": 0.06,
    "handling_cost": 15.0,
    "target_audience": {"age": {"18-24": 0.3, "25-34": 0.5, "35-44": 0.2}},
}


def write_demo_inputs(workspace: Path, folder: Path, *, n: int, seed: int, now: pd.Timestamp) -> tuple[Path, Path]:
    """Write a brief and `n` candidates with asked fees into `folder`; returns both paths."""
    creators = read_tables(workspace, ["creators"])["creators"].drop_duplicates("creator_id")
    pool = creators[(creators["platform"] == PLATFORM) & creators["followers"].notna()]
    rng = np.random.default_rng(seed)
    chosen = pool.iloc[np.sort(rng.choice(len(pool), size=min(n, len(pool)), replace=False))]
    fees = chosen["followers"].to_numpy() * MONEY_PER_FOLLOWER * rng.lognormal(0.0, _FEE_SPREAD, len(chosen))
    asked = np.maximum(_SMALLEST_FEE, np.round(fees, -1))
    candidates = folder / "candidates.csv"
    write_rows(pd.DataFrame({"creator_id": chosen["creator_id"].to_numpy(), "fee": asked}), candidates)
    dates = {
        "starts_on": f"{now + pd.Timedelta(days=14):%Y-%m-%d}",
        "ends_on": f"{now + pd.Timedelta(days=44):%Y-%m-%d}",
    }
    brief = folder / "brief.yaml"
    brief.write_text(yaml.safe_dump({**BRIEF, **dates}, sort_keys=False, allow_unicode=True), "utf-8")
    return brief, candidates
