"""Simulated markets with their features and their truth, made once and kept on disk.

A market of size N is cut in time where the outcomes of exactly N collaborations are known: those may be learned from.
Smaller sizes are the same market at an earlier time. Judged are the deals agreed after the cut ("future", chosen by
brands as the past ones were) and questions drawn evenly from the whole catalogue ("catalogue"). The truth is read
here, for judging, and nowhere else.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from common import ROOT

from data.history import History
from data.priors import load_priors
from data.synthetic import Market, MarketConfig, simulate_market
from features.build import build_features
from features.reference import Reference
from models.reference import fit_reference
from models.training_set import CAMPAIGN_COLUMNS, COST_COLUMNS, OUTCOME_COLUMNS, TrainingSet
from training.dataset import build_material

KINDS: Mapping[str, Mapping[str, float]] = MappingProxyType({
    "ordinary": {},
    "weak": {"heterogeneity": 0.5},
    "strong": {"heterogeneity": 1.5},
    "no heterogeneity": {"heterogeneity": 0.0},
    "confounded": {"confounding": 1.5},
})  # fmt: skip
"""What sets each kind of market apart from the ordinary one."""
CREATORS = 3_000
ASKED = 800
FUTURE = 500
"""Most deals after the cut that are judged: the first ones."""
_DEAL = ("collaboration_id", *COST_COLUMNS, "measure", "exposed", "exposed_conversions", *OUTCOME_COLUMNS)
TRUTH = {"log_lift": "true_log_lift", "baseline_rate": "true_rate", "exposed_mean": "true_exposed"}


@dataclass(frozen=True)
class Asked:
    """Pairings that are judged: features, what is known of each deal and its campaign, the truth, the latents."""

    X: pd.DataFrame
    rows: pd.DataFrame
    """creator_id, campaign_id, as_of, the deal's terms, campaign columns, true values; for deals what happened."""
    latents: pd.DataFrame

    @property
    def true(self) -> np.ndarray:
        """True log lift, shape (n,)."""
        return np.asarray(self.rows["true_log_lift"].to_numpy(dtype=np.float64))

    def plus(self, other: Asked) -> Asked:
        """These pairings, then those."""
        pairs = ((self.X, other.X), (self.rows, other.rows), (self.latents, other.latents))
        return Asked(*(pd.concat(pair, ignore_index=True) for pair in pairs))

    def take(self, rows: np.ndarray) -> Asked:
        """The pairings at these positions."""
        return Asked(*(frame.iloc[rows].reset_index(drop=True) for frame in (self.X, self.rows, self.latents)))


@dataclass(frozen=True)
class Prepared:
    """One market at a cut."""

    known: TrainingSet
    past: Asked
    """The known deals with their truth, rows as in `known`."""
    sampled_at: pd.Series
    """When each pairing of the training set's catalogue sample was asked."""
    views: Mapping[str, Asked]
    """`future` and `catalogue`."""

    def earlier(self, size: int) -> Prepared:
        """The same market at the time when `size` outcomes were known; `future` are the deals agreed next."""
        if size == len(self.known.X):
            return self
        known_at, agreed = self.known.deals["known_at"], self.past.rows["as_of"]
        cut = known_at.sort_values().iloc[size - 1] + pd.Timedelta(1, unit="us") if size else agreed.min()
        train = np.flatnonzero((known_at < cut).to_numpy())
        every = self.past.plus(self.views["future"])
        future = np.flatnonzero((every.rows["as_of"] >= cut).to_numpy())[:FUTURE]
        last = self.known.deals["as_of"].iloc[train].max()
        before = np.flatnonzero(((self.sampled_at < cut) & (self.sampled_at <= last)).to_numpy())
        kept, sample = self.known.take(train), self.known.catalogue_X
        sample = None if sample is None or not len(before) else sample.iloc[before].reset_index(drop=True)
        known = TrainingSet(kept.X, kept.deals, cut, kept.reference, kept.data, sample, kept.priors)
        views = {**self.views, "future": every.take(future)}
        return Prepared(known, self.past.take(train), self.sampled_at.iloc[before].reset_index(drop=True), views)


@dataclass(frozen=True)
class Place:
    """One market: its kind, how many collaborations are known at the cut, and its seed."""

    kind: str
    size: int
    seed: int

    @property
    def name(self) -> str:
        """As a folder's name."""
        return f"{self.kind.replace(' ', '-')}-{self.size}-{self.seed}"

    @property
    def config(self) -> MarketConfig:
        """The simulation it comes from."""
        # What is known lags by some 76 of 530 days, and FUTURE deals or more come after the cut.
        total = round(1.2 * self.size) + 600
        return MarketConfig(
            creators=max(CREATORS, self.size // 3), collaborations=total, asked_pairings=ASKED, seed=1_000 + self.seed,
            **KINDS[self.kind],
        )  # fmt: skip


def default_cache() -> Path:
    """Where markets are kept unless told otherwise: the user's cache folder."""
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "creatorlift" / "lift_quality"


def digest_of(*patterns: str) -> str:
    """Digest of the source files that match the patterns, from the project's root; 16 hex digits."""
    found = sorted({path for pattern in patterns for path in ROOT.glob(pattern)})
    told = hashlib.sha256()
    for path in found:
        told.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return told.hexdigest()[:16]


def prepare(place: Place, home: Path) -> Prepared:
    """The market at its cut, from the folder `home` of markets or made now."""
    folder = home / place.name
    if not folder.is_dir():
        _write(folder, _made(place))
    return _read(folder)


def _made(place: Place) -> Prepared:
    return cut_market(simulate_market(place.config), place.size, place.seed)


def cut_market(market: Market, size: int, seed: int) -> Prepared:
    """A market at the time when the outcomes of `size` collaborations are known."""
    history = History.of(market.tables)
    deals = history["collaborations"]
    known_at = deals["outcome_visible_at"][deals["measure"].notna().to_numpy()].sort_values()
    cut = known_at.iloc[size - 1] + pd.Timedelta(1, unit="us")
    reference = fit_reference(history, cut, seed)
    material = build_material(history, cut, reference, data="simulated", seed=seed, priors=load_priors())
    known = material.whole
    rows = _deals(market, history).set_index("collaboration_id", drop=False)
    past = rows.loc[known.deals["collaboration_id"]].reset_index(drop=True)
    future = rows[(rows["as_of"] >= cut).to_numpy()].head(FUTURE).reset_index(drop=True)
    return Prepared(
        TrainingSet(known.X, known.deals, cut, Reference(), "simulated", known.catalogue_X),
        _asked(market, history, past, known.X),
        material.catalogue["as_of"],
        {
            "future": _asked(market, history, future, _features(history, future, reference)),
            "catalogue": _asked(market, history, asked := _catalogue(market), _features(history, asked, reference)),
        },
    )


def _features(history: History, rows: pd.DataFrame, reference: Reference) -> pd.DataFrame:
    return build_features(history, rows[["creator_id", "campaign_id", "as_of"]], reference)


def _deals(market: Market, history: History) -> pd.DataFrame:
    """Every deal with an outcome, in the order agreed, with its truth."""
    deals = history["collaborations"]
    over = deals[deals["measure"].notna().to_numpy()]
    rows = over[["creator_id", "campaign_id", *_DEAL]].assign(as_of=over["agreed_at"])
    truth = _numbered_truth(market).dropna(subset=["collaboration_id"]).drop(columns=["creator_id", "campaign_id"])
    joined = rows.merge(truth, on="collaboration_id", validate="one_to_one")
    return joined.sort_values(["as_of", "collaboration_id"], ignore_index=True)


def _catalogue(market: Market) -> pd.DataFrame:
    truth = _numbered_truth(market)
    truth = truth[truth["collaboration_id"].isna().to_numpy()].drop(columns="collaboration_id")
    joined = market.asked.merge(truth, on=["creator_id", "campaign_id"], validate="one_to_one")
    return joined.assign(commission_rate=np.nan, product_cost=np.nan)


def _numbered_truth(market: Market) -> pd.DataFrame:
    """The truth under names of its own, with the `row` of each pairing among the latents."""
    return market.truth.rename(columns=TRUTH).assign(row=np.arange(len(market.truth)))


def _asked(market: Market, history: History, rows: pd.DataFrame, X: pd.DataFrame) -> Asked:
    campaigns = history["campaigns"].drop_duplicates("campaign_id").set_index("campaign_id")
    told = campaigns.loc[rows["campaign_id"], list(CAMPAIGN_COLUMNS)].set_axis(rows.index)
    latents = market.latents.iloc[rows["row"].to_numpy()].reset_index(drop=True)
    return Asked(X, rows.drop(columns="row").join(told), latents)


def _write(folder: Path, prepared: Prepared) -> None:
    """All frames as Parquet; the folder appears only when it is whole."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".making-"))
    known = prepared.known
    frames: dict[str, Any] = {
        "deals": known.deals, "sample": known.catalogue_X,
        "times": pd.DataFrame({"sampled_at": prepared.sampled_at}), "cut": pd.DataFrame({"cut": [known.as_of]}),
    }  # fmt: skip
    for name, asked in {"past": prepared.past, **prepared.views}.items():
        frames |= {f"{name}-X": asked.X, f"{name}-rows": asked.rows, f"{name}-latents": asked.latents}
    for name, frame in frames.items():
        frame.to_parquet(scratch / f"{name}.parquet")
    try:
        scratch.rename(folder)
    except OSError:  # another process was faster
        shutil.rmtree(scratch, ignore_errors=True)


def _read(folder: Path) -> Prepared:
    frames = {path.stem: pd.read_parquet(path) for path in sorted(folder.glob("*.parquet"))}

    def asked(name: str) -> Asked:
        return Asked(*(frames[f"{name}-{part}"] for part in ("X", "rows", "latents")))

    cut = frames["cut"]["cut"].iloc[0]
    known = TrainingSet(frames["past-X"], frames["deals"], cut, Reference(), "simulated", frames["sample"])
    views = {name: asked(name) for name in ("future", "catalogue")}
    return Prepared(known, asked("past"), frames["times"]["sampled_at"], views)
