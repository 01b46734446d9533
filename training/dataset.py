"""From tables to what a model learns from: pairings at the time of their deal, features, outcomes, terms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from data.errors import NotEnoughData
from data.history import History
from data.priors import Priors
from features.build import build_features
from features.reference import Reference
from models.training_set import CAMPAIGN_COLUMNS, DataKind, TrainingSet, deals_of
from training.folds import Fold
from training.labels import find_labels

CATALOGUE_SAMPLE = 1_000
"""Pairings drawn from the whole catalogue to tell how unlike it the chosen deals are."""
TERM_COLUMNS = ("fee", "commission_rate", "product_cost", "expected_exposed")
Progress = Callable[[int, int], None]


def workspace_kind(workspace: Path) -> DataKind:
    """`simulated` when a simulator wrote the workspace (`truth/` or `.simulated` is there), else `own`."""
    simulated = (workspace / "truth").exists() or (workspace / ".simulated").exists()
    return "simulated" if simulated else "own"


def newest_fact(history: History) -> pd.Timestamp:
    """The latest time anything in the tables became known, outcomes of measured deals included; NaT when empty."""
    deals = history["collaborations"]
    outcome = deals["outcome_visible_at"][deals["measure"].notna().to_numpy()].max()
    known = [time for time in (history.newest_fact_at(), outcome) if not pd.isna(time)]
    return max(known) if known else pd.NaT


def default_cut(history: History) -> pd.Timestamp:
    """Just after the newest fact, so that "strictly before" includes it. NotEnoughData for tables without any."""
    newest = newest_fact(history)
    if pd.isna(newest):
        raise NotEnoughData("the workspace holds no dated fact: no posts, comments, follower counts or outcomes")
    return newest + pd.Timedelta(1, unit="us")


def catalogue_pairings(history: History, deals: pd.DataFrame, seed: int, most: int = CATALOGUE_SAMPLE) -> pd.DataFrame:
    """Pairings as the deals' campaigns could have had them: each drawn deal with a creator drawn evenly from those
    of the same platform as the chosen one, as of the same time. Columns creator_id, campaign_id, as_of."""
    platform = history["creators"].drop_duplicates("creator_id").set_index("creator_id")["platform"]
    pools = {name: ids.index.to_numpy() for name, ids in platform.groupby(platform)}
    rng = np.random.default_rng(seed)
    drawn = deals.iloc[np.sort(rng.integers(len(deals), size=min(most, 2 * len(deals))))].reset_index(drop=True)
    everyone = platform.index.to_numpy()
    chosen = platform.reindex(drawn["creator_id"]).to_numpy()
    places = rng.random(len(drawn))
    picked = [_at_share(pools.get(name, everyone), place) for name, place in zip(chosen, places, strict=True)]
    return drawn.assign(creator_id=pd.Series(picked, dtype="str"))[["creator_id", "campaign_id", "as_of"]]


def _open_campaigns(history: History, cut: pd.Timestamp) -> pd.DataFrame:
    """Every campaign as if a deal of it, with whomever, were agreed at the cut."""
    ids = history["campaigns"]["campaign_id"].drop_duplicates().reset_index(drop=True)
    if ids.empty:
        raise NotEnoughData("the workspace holds no campaign: a model needs at least one, and creators to choose from")
    nobody = pd.Series(pd.NA, index=ids.index, dtype="str")
    return pd.DataFrame({"creator_id": nobody, "campaign_id": ids, "as_of": cut})


def _at_share(pool: np.ndarray, share: float) -> str:
    return str(pool[int(share * len(pool))])


@dataclass(frozen=True)
class Material:
    """Deals with features under one reference, and a sample of the catalogue; cut to any fold without rebuilding."""

    whole: TrainingSet
    catalogue: pd.DataFrame
    """Catalogue pairings; rows as in `whole.catalogue_X`."""

    @property
    def shown(self) -> pd.DataFrame:
        """Features to show the model on: the deals', or the catalogue's while there is no deal."""
        return self.whole.catalogue_X if self.whole.X.empty and self.whole.catalogue_X is not None else self.whole.X

    def fold(self, fold: Fold) -> TrainingSet:
        """What a model may learn for this fold; the catalogue sample is cut to pairings asked before it starts, and
        no later than the deals, so that it tells chosen from drawn and not early from late."""
        part = self.whole.take(fold.train)
        asked = self.catalogue["as_of"]
        before = ((asked < fold.start) & (asked <= part.deals["as_of"].max())).to_numpy()
        sample = None if self.whole.catalogue_X is None else self.whole.catalogue_X[before].reset_index(drop=True)
        return TrainingSet(part.X, part.deals, fold.start, part.reference, part.data, sample, part.priors)


def build_material(
    history: History,
    cut: pd.Timestamp,
    reference: Reference,
    *,
    data: DataKind,
    seed: int,
    priors: Priors,
    progress: Progress | None = None,
) -> Material:
    """Every deal with an outcome known before `cut`, its features as of its agreement, and a catalogue sample.

    Without any deal the sample is drawn for the campaigns as of `cut`. Raises NotEnoughData without a campaign, too.
    """
    deals = deals_of(history, find_labels(history, cut), cut)
    sample = catalogue_pairings(history, deals if len(deals) else _open_campaigns(history, cut), seed)
    asked = pd.concat([deals[["creator_id", "campaign_id", "as_of"]], sample], ignore_index=True)
    made = build_features(history, asked, reference, progress=progress)
    X, catalogue_X = made.iloc[: len(deals)], made.iloc[len(deals) :].reset_index(drop=True)
    return Material(TrainingSet(X, deals, cut, reference, data, catalogue_X, priors), sample)


def terms_of(deals: pd.DataFrame) -> pd.DataFrame:
    """What each deal cost, as terms of a score; reach is left to the model, as it is before a campaign."""
    terms = deals[["fee", "commission_rate", "product_cost"]].assign(expected_exposed=np.nan)
    return terms[list(TERM_COLUMNS)].astype("float64")


def context_of(deals: pd.DataFrame) -> pd.DataFrame:
    """The campaign columns a score needs, on the index of `deals`."""
    return deals[list(CAMPAIGN_COLUMNS)]


def groups_of(X: pd.DataFrame, deals: pd.DataFrame, priors: Priors) -> pd.DataFrame:
    """Columns platform, tier and goal of each deal, for reports by group; missing where not known."""
    flags = X[[c for c in X.columns if c.startswith("platform_")]]
    known = flags.notna().all(axis=1) & (flags.sum(axis=1) > 0)
    platform = flags.fillna(0.0).idxmax(axis=1).str.removeprefix("platform_").where(known)
    tier = pd.Series([priors.tier(np.round(10.0**size)) for size in X["log_followers"]], index=X.index, dtype="str")
    return pd.DataFrame({"platform": platform, "tier": tier, "goal": deals["goal"]}, index=X.index)
