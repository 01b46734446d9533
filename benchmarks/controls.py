"""Two controls of what predicts counts: data that are noise by construction, and purchases from real advertisements.

`healthkart-synthetic-campaigns`: orders drawn uniformly; nothing told of a creator can say more than the average, and
we must say so. `facebook-ads-kag`: purchases of advertisements held out, Poisson deviance against the average rate per
impression and a Poisson regression on the same features.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from common import need_public_data, write_result
from scipy import special
from sklearn.linear_model import PoissonRegressor
from sklearn.preprocessing import StandardScaler

from training.signal import FloatArray, told_out_of_fold

FOLDS, REPEATS = 5, 5


def dealt(units: pd.Series, seed: int) -> np.ndarray:
    """A fold for each row; rows of one unit share it."""
    code, names = pd.factorize(units)
    fold = np.random.default_rng(seed).permutation(len(names)) % FOLDS
    return np.asarray(fold[code], dtype=np.int64)


def healthkart(path: Path) -> dict[str, Any]:
    """Gain in telling the orders of a tracked user from everything known of the creator, the post and the product."""
    influencers, posts, tracking, payouts = (
        pd.read_csv(path / f"{name}.csv.gz") for name in ("influencers", "posts", "tracking_data", "payouts")
    )
    by_creator = posts.groupby("influencer_id")[["reach", "likes", "comments"]].agg(["mean", "count"])
    by_creator.columns = [f"{a}_{b}" for a, b in by_creator.columns]
    known = influencers.rename(columns={"ID": "influencer_id"}).merge(by_creator.reset_index(), how="left")
    rows = tracking.merge(known, on="influencer_id").merge(payouts[["influencer_id", "basis", "rate"]])
    words = pd.get_dummies(rows[["category", "gender", "platform", "product", "brand", "basis"]], dtype=float)
    numbers = rows[["follower_count", "reach_mean", "reach_count", "likes_mean", "comments_mean", "rate"]]
    orders = rows["orders"].to_numpy(np.float64)
    X = np.column_stack([numbers.to_numpy(np.float64), words.to_numpy()])
    told = told_out_of_fold(X, orders, np.ones(len(X)), dealt(rows["influencer_id"], 0), seed=0)
    gain = told.gain(orders)
    print(f"healthkart, orders: {gain.words}")
    return {"gain": gain.mean, "error": gain.error, "rows": gain.rows, "signal": gain.is_signal, "words": gain.words}


def deviance(purchases: FloatArray, expected: FloatArray) -> FloatArray:
    """Poisson deviance of each row."""
    return np.asarray(2.0 * (special.xlogy(purchases, purchases / expected) - purchases + expected))


def regression(X: FloatArray, purchases: FloatArray, impressions: FloatArray, folds: np.ndarray) -> FloatArray:
    """A Poisson regression's purchases of rows held out; its least ridge only keeps it from failing."""
    out = np.zeros(len(X))
    for fold in range(FOLDS):
        held, known = folds == fold, folds != fold
        scale = StandardScaler().fit(X[known])
        model = PoissonRegressor(alpha=1e-4, max_iter=2_000)
        model.fit(scale.transform(X[known]), purchases[known] / impressions[known] * 1e5, impressions[known])
        out[held] = model.predict(scale.transform(X[held])) * impressions[held] / 1e5
    return out


def facebook(path: Path) -> dict[str, Any]:
    """Deviance per advertisement held out, ours against the average and the regression."""
    ads = pd.read_csv(path / "KAG_conversion_data.csv")
    purchases = ads["Approved_Conversion"].to_numpy(np.float64)
    impressions = ads["Impressions"].to_numpy(np.float64)
    numbers = np.log1p(ads[["Impressions", "Clicks", "Spent"]].to_numpy(np.float64))
    words = pd.get_dummies(ads[["age", "gender", "xyz_campaign_id"]].astype(str), drop_first=True, dtype=float)
    interest = pd.get_dummies(ads["interest"].astype(str), dtype=float).to_numpy()
    plain = np.column_stack([numbers, words.to_numpy()])
    wide = np.column_stack([plain, interest])
    rows: dict[str, list[FloatArray]] = {}
    for seed in range(REPEATS):
        folds = dealt(ads["ad_id"], seed)
        told = told_out_of_fold(wide, purchases, impressions, folds, seed)
        for name, expected in (
            ("ours", told.expected),
            ("average rate", told.average),
            ("Poisson regression", regression(plain, purchases, impressions, folds)),
            ("Poisson regression with interests", regression(wide, purchases, impressions, folds)),
        ):
            rows.setdefault(name, []).append(deviance(purchases, expected))
    mean = {name: np.mean(by_seed, axis=0) for name, by_seed in rows.items()}
    out: dict[str, Any] = {}
    for name, by_row in mean.items():
        ahead = by_row - mean["ours"]
        out[name] = {
            "deviance": float(by_row.mean()), "ahead": float(ahead.mean()),
            "ahead_error": float(ahead.std(ddof=1) / np.sqrt(len(ahead))),
        }  # fmt: skip
        print(f"facebook, {name:<34} deviance {by_row.mean():.4f}, ours less by {ahead.mean():.4f}")
    return out


def main() -> None:
    """Measure, print, write benchmarks/results/controls.json."""
    noise = healthkart(need_public_data("healthkart-synthetic-campaigns"))
    ads = facebook(need_public_data("facebook-ads-kag"))
    write_result("controls", {"healthkart": noise, "facebook": ads, "folds": FOLDS, "repeats": REPEATS})


if __name__ == "__main__":
    main()
