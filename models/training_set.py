"""What a scorer learns from: features and outcomes of past deals, known before one cut in time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd

from data.errors import NotEnoughData
from data.history import History
from data.priors import Priors, load_priors
from features.catalog import NAMES
from features.reference import Reference
from models.families import Floats

DataKind = Literal["simulated", "own"]

LABEL_COLUMNS = (
    "exposed", "exposed_conversions", "holdout", "holdout_conversions", "lift_estimate", "lift_se", "weight",
)  # fmt: skip
"""Columns of a measured lift; `weight` is missing where a deal is no label."""
CAMPAIGN_COLUMNS = (
    "brand", "goal", "currency", "order_value", "gross_margin", "return_rate", "baseline_rate", "handling_cost",
)  # fmt: skip
"""Columns taken from a deal's campaign."""
OUTCOME_COLUMNS = ("impressions", "clicks", "attributed_conversions", "attributed_revenue", "code_uses_without_click")
COST_COLUMNS = ("fee", "commission_rate", "product_cost")
DEAL_COLUMNS = (
    "collaboration_id", "creator_id", "campaign_id", "test_id", "measure", "as_of", "known_at",
    *LABEL_COLUMNS, *OUTCOME_COLUMNS, *COST_COLUMNS, *CAMPAIGN_COLUMNS,
)  # fmt: skip


def floats(frame: pd.DataFrame, name: str) -> Floats:
    """A column as float64, shape (n,), missing as NaN."""
    return np.asarray(frame[name].to_numpy(dtype=np.float64, na_value=np.nan))


@dataclass(frozen=True)
class TrainingSet:
    """Past deals whose outcome was known before `as_of`, oldest first.

    `X` and `deals` have one row per deal and the same index 0..n-1; `X` has the feature catalogue's columns, `deals`
    has `DEAL_COLUMNS`. Deals without a measured lift (attributed orders only) are among them with a missing `weight`:
    they teach reach and attribution, and lift as far as their orders have been found to tell of it.
    """

    X: pd.DataFrame
    deals: pd.DataFrame
    as_of: pd.Timestamp
    """The cut: nothing in here was learned at or after it (UTC)."""
    reference: Reference
    data: DataKind
    """Whether these are a simulated market's deals or someone's own."""
    catalogue_X: pd.DataFrame | None = None  # noqa: N815 - features are X everywhere
    """Features of pairings drawn evenly from the whole catalogue, to tell how unlike it the chosen deals are."""
    priors: Priors = field(default_factory=load_priors)

    def __post_init__(self) -> None:
        problems = []
        if list(self.X.columns) != list(NAMES):
            problems.append("features are not those of the catalogue, in its order")
        if missing := [c for c in DEAL_COLUMNS if c not in self.deals.columns]:
            problems.append("deals lack " + ", ".join(missing))
        if len(self.X) != len(self.deals) or not self.X.index.equals(self.deals.index):
            problems.append("features and deals do not have the same rows")
        if not problems and not self.deals["as_of"].is_monotonic_increasing:
            problems.append("deals are not in the order of `as_of`")
        if problems:
            raise NotEnoughData("no training set: " + "; ".join(problems))

    @property
    def is_label(self) -> np.ndarray:
        """Which deals have a measured lift; boolean, shape (n,)."""
        return np.asarray(self.deals["weight"].notna().to_numpy(), dtype=bool)

    def take(self, rows: np.ndarray) -> TrainingSet:
        """The deals at these ascending positions, index 0..m-1 again."""
        return TrainingSet(
            X=self.X.iloc[rows].reset_index(drop=True),
            deals=self.deals.iloc[rows].reset_index(drop=True),
            as_of=self.as_of,
            reference=self.reference,
            data=self.data,
            catalogue_X=self.catalogue_X,
            priors=self.priors,
        )


def deals_of(history: History, labels: pd.DataFrame, cut: pd.Timestamp) -> pd.DataFrame:
    """Deals with a known outcome, joined with their campaigns: the `deals` of a `TrainingSet`.

    Parameters
    ----------
    history : all tables
    labels : one row per measured lift with `collaboration_id` and `LABEL_COLUMNS`; only deals among them get a `weight`
    cut : deals whose outcome was not known strictly before it are left out (UTC)

    Returns
    -------
    DataFrame with `DEAL_COLUMNS`, index 0..n-1, ordered by `as_of` (when it was agreed) and id. Also the pairings whose
    features make up `X`.
    """
    deals = history["collaborations"]
    known = (deals["outcome_visible_at"] < cut) & deals["measure"].notna()
    rows = deals[known.to_numpy(dtype=bool)]
    rows = rows.rename(columns={"agreed_at": "as_of"}).assign(known_at=rows["outcome_visible_at"])
    campaigns = history["campaigns"].drop_duplicates("campaign_id").set_index("campaign_id")
    for name in CAMPAIGN_COLUMNS:
        rows[name] = campaigns[name].reindex(rows["campaign_id"]).to_numpy()
    told = labels.drop_duplicates("collaboration_id").set_index("collaboration_id")
    for name in LABEL_COLUMNS:
        given = told[name].reindex(rows["collaboration_id"]).to_numpy()
        # Reach is known of deals that are no label, too.
        rows[name] = rows[name].where(np.isnan(given), given) if name in ("exposed", "exposed_conversions") else given
    return rows[list(DEAL_COLUMNS)].sort_values(["as_of", "collaboration_id"], ignore_index=True)
