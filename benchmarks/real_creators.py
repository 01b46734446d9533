"""Real creators, simulated outcomes: import public data, add campaigns, train on the past, score the future.

Everything is done by the public commands, each in a process of its own, so that its seconds and memory are its own.
The outcomes are simulated on top of the real creators; the error is against the simulated truth, which nothing but
this file reads. Takes some minutes on two cores.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from common import ROOT, Step, need_public_data, run_step, write_result
from quality.contest import contest
from quality.intervals import mean_and_interval
from quality.library import peer
from quality.markets import cut_market
from quality.summary import market_summary

from data.history import History
from data.sources import load_history, read_tables
from data.synthetic import MarketConfig, simulate_outcomes
from models.registry import load_scorer

SEED = 11
COLLABORATIONS = 3_000
PAST_SHARE = 0.7
"""Deals agreed in the first 70 % of the period may be learned from; the later ones are the future."""
LEVEL = 0.8
ROOM = pd.Timedelta(days=400)
"""How long after the newest post the market ends. Posts gathered within weeks leave no time for outcomes to be known
and later deals to be judged, since deals are struck once the creators' content is there."""
ASKED = 500
"""Questions to the catalogue in each market of the contest."""
_MAPPINGS = ROOT / "benchmarks" / "mappings"
_IMPORTS = (
    ("creators.csv.gz", "instagram_creators.yaml"),
    ("posts.csv.gz", "instagram_creators_of_posts.yaml"),
    ("posts.csv.gz", "instagram_posts.yaml"),
    ("comments.csv.gz", "instagram_comments.yaml"),
)


def import_all(source: Path, workspace: Path) -> list[Step]:
    """The public files as tables of a workspace, then its check."""
    steps = [
        run_step(f"import {mapping.removesuffix('.yaml')}", "import", str(workspace), str(source / file),
                 "--mapping", str(_MAPPINGS / mapping), cwd=workspace.parent)
        for file, mapping in _IMPORTS
    ]  # fmt: skip
    return [*steps, run_step("check", "check", str(workspace), cwd=workspace.parent)]


def market_end(posts: pd.DataFrame) -> pd.Timestamp:
    """The last day of a market laid on these posts."""
    return pd.Timestamp(pd.to_datetime(posts["posted_at"], utc=True).max() + ROOM)


def future_deals(history: History, cut: pd.Timestamp) -> pd.DataFrame:
    """Deals agreed at or after the cut, as pairings with their terms."""
    deals = history["collaborations"]
    later = deals[(deals["agreed_at"] >= cut).to_numpy()].reset_index(drop=True)
    return later.assign(as_of=later["agreed_at"], expected_exposed=np.nan)


def judge(workspace: Path, history: History, future: pd.DataFrame) -> dict[str, Any]:
    """Scores of the future deals against the simulated truth."""
    scorer, info = load_scorer("champion")
    terms = future[["fee", "commission_rate", "product_cost", "expected_exposed"]].astype("float64")
    scores = scorer.score(history, future[["creator_id", "campaign_id", "as_of"]], terms, level=LEVEL)
    truth = pd.read_parquet(workspace / "truth" / "collaborations.parquet").set_index("collaboration_id")
    true = truth.loc[future["collaboration_id"]].reset_index(drop=True)
    log_lift = true["log_lift"].to_numpy()
    error = scores["log_lift"].to_numpy() - log_lift
    constant = np.log1p(scores["fit_benchmark"].to_numpy()) - log_lift
    inside = (np.log1p(scores["lift_low"]) <= log_lift) & (log_lift <= np.log1p(scores["lift_high"]))
    extra = true["exposed_mean"] * true["baseline_rate"] * np.expm1(log_lift)
    return {
        "model_version": info.version,
        "future_deals": len(future),
        "rmse_log_lift": float(np.sqrt(np.mean(error**2))),
        "rmse_log_lift_constant": float(np.sqrt(np.mean((constant - constant.mean()) ** 2))),
        "bias_log_lift": float(error.mean()),
        "rank_correlation": float(
            pd.Series(scores["log_lift"].to_numpy()).corr(pd.Series(log_lift), method="spearman")
        ),
        f"coverage_of_true_lift_at_{LEVEL:.0%}": float(inside.mean()),
        "rmse_log_reach": float(np.sqrt(np.mean(np.log(scores["exposed_expected"] / true["exposed_mean"]) ** 2))),
        "promised_over_true_conversions": float(scores["incremental_conversions_expected"].sum() / extra.sum()),
    }


def everybody(workspace: Path, seeds: int) -> dict[str, Any]:
    """The figures of the quality benchmark on these creators: all contestants, decisions, calibration, at one size.

    `seeds`: how many markets are laid on the creators, one after another.
    """
    tables = read_tables(workspace)
    end = market_end(tables["posts"])
    rows, facts = {}, {}
    for seed in range(seeds):
        config = MarketConfig(collaborations=COLLABORATIONS, asked_pairings=ASKED, seed=seed, end=end)
        market = simulate_outcomes(tables, config)
        deals = market.tables["collaborations"]
        known = deals["measure"].notna() & (deals["outcome_known_at"] < deals["agreed_at"].quantile(PAST_SHARE))
        prepared = cut_market(market, int(known.sum()), seed)
        rows[seed], facts[seed] = contest(prepared, seed, peer=peer())
        print(f"contest, market {seed + 1} of {seeds}", flush=True)
    past = mean_and_interval([facts[seed]["known"] for seed in rows])
    return {"past_collaborations": past, **market_summary(rows, facts)}


def said(contested: dict[str, Any]) -> str:
    """The contest in a line per view."""
    lines = []
    for view in ("future", "catalogue"):
        told = contested[view]
        lift, regret = told["lift"], told["decisions"].get("regret", {})
        best = [f"{lift[key]['name']} {lift[key]['rmse']['mean']:.3f}"
                for key in ("best_opponent", "best_library_learner") if key in lift]  # fmt: skip
        lines.append(
            f"{view}: RMSE of log lift {lift['contestants']['model']['rmse']['mean']:.3f} ({', '.join(best)}, ceiling "
            f"{lift['contestants']['ceiling']['rmse']['mean']:.3f}); regret over the best opponent's "
            f"{regret.get('model_over_best_opponent', float('nan')):.2f}; 80 % intervals cover "
            f"{told['coverage']['true lift']['covered']['mean']:.3f} of true lifts"
        )
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> None:
    """Run every step, print and store what was done."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=10, help="markets in which everybody is compared (10)")
    asked = parser.parse_args(arguments)
    source = need_public_data("instagram-influencer-posts")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        os.environ["MLFLOW_TRACKING_URI"] = f"sqlite:///{folder / 'mlflow.db'}"
        real, market = folder / "real", folder / "market"
        steps = import_all(source, real)
        end = market_end(read_tables(real)["posts"]).isoformat()
        steps.append(run_step("simulate outcomes", "simulate", str(market), "--on", str(real), "--collaborations",
                              str(COLLABORATIONS), "--seed", str(SEED), "--end", end, cwd=folder))  # fmt: skip
        history = load_history(market)
        cut = history["collaborations"]["agreed_at"].quantile(PAST_SHARE)
        steps.append(run_step("train on the past", "train", str(market), "--as-of", cut.isoformat(), cwd=folder))
        steps.append(run_step("promote", "promote", "--reason", "benchmark", "--force", cwd=folder))
        future = future_deals(history, cut)
        judged = judge(market, history, future)
        contested = everybody(real, asked.seeds)
        rows = {name: len(history[name]) for name in ("creators", "posts", "comments", "campaigns", "collaborations")}
    print(json.dumps(judged, indent=2), said(contested), sep="\n")
    write_result(
        "real_creators",
        {
            "what": "real creators, simulated campaigns and outcomes; error against the simulated truth",
            "rows": rows,
            "steps": [{"name": s.name, "seconds": round(s.seconds, 1), "peak_mib": round(s.peak_mib)} for s in steps],
            "seconds": round(sum(s.seconds for s in steps), 1),
            "simulated_future": judged,
            "contest": contested,
        },
    )


if __name__ == "__main__":
    main()
