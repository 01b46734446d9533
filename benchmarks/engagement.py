"""Engagement against peers on real creators, and signs of bought audiences on labelled accounts.

1. Does the residual carry a trace of size? Spearman correlation with followers, overall and within display tiers, of:
   the fitted peer curve on the creators it was fitted to and, crosswise, on the tenth it was not; the published curve;
   and the published tier table (Markerly 2016: 4 % from 1k, 2.37 % from 10k, 1.66 % from 100k followers).
2. How well do the signs of a bought audience, from what a creators table holds, tell fake from genuine accounts (AUC)?

Run: python benchmarks/engagement.py
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import spearmanr
from sklearn.metrics import roc_auc_score

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from common import ROOT, need_public_data, write_result

from data.history import History
from data.mapping import import_file
from data.priors import load_priors
from data.sources import load_history
from features.build import build_features
from features.reference import Reference
from models.reference import fit_peers

MAPPINGS = ROOT / "benchmarks" / "mappings"
IMPORTS = (
    ("creators.csv.gz", "instagram_creators.yaml"),
    ("posts.csv.gz", "instagram_posts.yaml"),
)
AS_OF = pd.Timestamp("2020-01-01T00:00:00Z")
"""After the last post of the sample."""
TIER_TABLE = ((1_000, 0.04), (10_000, 0.0237), (100_000, 0.0166))
GENUINE_FAKE = "train.csv"
FOLDS = 10
HANDLE_LENGTH = 12
"""Of rebuilt handles: only the share of digits was published."""


def features_of(history: History, reference: Reference | None) -> pd.DataFrame:
    """Features of every creator, for no campaign in particular."""
    ids = history["creators"]["creator_id"]
    asked = pd.DataFrame({"creator_id": ids, "campaign_id": "none", "as_of": AS_OF})
    return build_features(history, asked, reference).set_axis(ids.to_numpy())


def trace_of_size(residual: pd.Series, log_followers: pd.Series) -> dict[str, dict[str, float]]:
    """Spearman correlation with followers, overall and by display tier, with the number of creators."""
    known = residual.notna() & log_followers.notna()
    residual, size = residual[known], log_followers[known]
    tier = np.array([load_priors().tier(float(f)) for f in 10**size + 1e-6])
    groups = {"all": np.ones(len(size), dtype=bool)}
    groups |= {name: tier == name for name in load_priors().tiers if np.sum(tier == name) >= 30}
    return {
        name: {
            "spearman": round(float(spearmanr(residual[here], size[here])[0]), 4),
            "creators": int(np.sum(here)),
            "standard_error": round(1 / float(np.sqrt(np.sum(here) - 1)), 4),
        }
        for name, here in groups.items()
    }


def crosswise(history: History, seed: int = 0) -> pd.Series:
    """The residual of each creator against the curve fitted to the nine tenths it is not part of."""
    ids = history["creators"]["creator_id"]
    fold = np.random.default_rng(seed).integers(0, FOLDS, len(ids))
    made = [
        features_of(
            history.of_creators(ids[fold == k]), Reference(fit_peers(history.of_creators(ids[fold != k]), AS_OF))
        )["engagement_vs_peers"]
        for k in range(FOLDS)
    ]
    return pd.concat(made)


def peers() -> dict[str, Any]:
    """Part 1."""
    source = need_public_data("instagram-influencer-posts")
    with tempfile.TemporaryDirectory() as folder:
        for name, mapping in IMPORTS:
            import_file(source / name, MAPPINGS / mapping, Path(folder))
        history = load_history(Path(folder))
    started = time.perf_counter()
    curve = fit_peers(history, AS_OF)
    seconds = time.perf_counter() - started
    fitted, published = features_of(history, Reference(curve)), features_of(history, None)
    size = fitted["log_followers"]
    table = np.array([rate for _, rate in TIER_TABLE])
    step = np.clip(np.searchsorted([low for low, _ in TIER_TABLE], 10**size, side="right") - 1, 0, None)
    by_table = np.log(fitted["engagement_rate_by_followers"].where(lambda r: r > 0)) - np.log(table[step])
    return {
        "fit_seconds": round(seconds, 2),
        "creators_with_posts": int(fitted["engagement_vs_peers"].notna().sum()),
        "creators_with_one_post": int((fitted["n_posts_counted"] == 1).sum()),
        "spearman_with_followers": {
            "fitted_curve": trace_of_size(fitted["engagement_vs_peers"], size),
            "fitted_curve_shrunk": trace_of_size(fitted["engagement_vs_peers_shrunk"], size),
            "fitted_on_the_other_tenths": trace_of_size(crosswise(history).reindex(size.index), size),
            "published_curve": trace_of_size(published["engagement_vs_peers"], size),
            "published_tier_table": trace_of_size(by_table, size),
        },
    }


def fakes() -> dict[str, Any]:
    """Part 2: handles and bios are rebuilt from their published digits and lengths."""
    accounts = pd.read_csv(need_public_data("instagram-fake-accounts") / GENUINE_FAKE)
    digits = np.round(accounts["nums/length username"] * HANDLE_LENGTH).astype(int)
    creators = pd.DataFrame({
        "creator_id": [f"a{i}" for i in accounts.index], "platform": "instagram",
        "handle": ["9" * d + "x" * (HANDLE_LENGTH - d) for d in digits],
        "bio": ["x" * n for n in accounts["description length"]],
        "followers": accounts["#followers"], "following": accounts["#follows"],
    })  # fmt: skip
    made = features_of(History.of({"creators": creators}), None)
    signs = {"bought_audience_signs": 1, "following_per_follower": 1, "handle_digit_share": 1, "bio_letters": -1}
    auc = {name: roc_auc_score(accounts["fake"], sign * made[name].fillna(0)) for name, sign in signs.items()}
    return {"accounts": len(accounts), "auc": {name: round(float(value), 4) for name, value in auc.items()}}


def main() -> None:
    result = {"peers": peers(), "fake_accounts": fakes()}
    for name, groups in result["peers"]["spearman_with_followers"].items():
        print(f"{name:<26}" + "  ".join(f"{tier} {figures['spearman']:+.3f}" for tier, figures in groups.items()))
    print("fake accounts, AUC:", result["fake_accounts"]["auc"])
    write_result("engagement", result)


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    main()
