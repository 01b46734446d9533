"""The table of finished collaborations without a lift test: what they have probably caused."""

from __future__ import annotations

import numpy as np
import pandas as pd

from models.finished import after_campaign
from models.scorer import CreatorScorer
from models.training_set import TrainingSet

_TOLD = ("collaboration_id", "creator_id", "campaign_id", "exposed", "clicks", "attributed_conversions")


def finished_table(scorer: CreatorScorer, known: TrainingSet, level: float) -> pd.DataFrame:
    """One row per collaboration known by attributed orders alone, in the order agreed.

    Columns: collaboration_id, creator_id, campaign_id, agreed_at, exposed, clicks, attributed_conversions (as
    reported), lift_before (relative, as it would have been told before), lift_after with _low and _high (once clicks
    and orders are known), incremental_conversions with _low and _high, level.
    """
    rows = np.flatnonzero(~known.is_label & known.deals["attributed_conversions"].notna().to_numpy())
    deals = known.deals.iloc[rows]
    told = after_campaign(scorer, known.X.iloc[rows], deals, level)
    lift = {
        "lift_before": told["log_lift_before"], "lift_after": told["log_lift_after"],
        "lift_after_low": told["log_lift_after_low"], "lift_after_high": told["log_lift_after_high"],
    }  # fmt: skip
    made = deals[list(_TOLD)].assign(
        agreed_at=deals["as_of"],
        **{name: np.expm1(values) for name, values in lift.items()},
        incremental_conversions=told["caused_expected"],
        incremental_conversions_low=told["caused_low"],
        incremental_conversions_high=told["caused_high"],
        level=level,
    )
    return made.reset_index(drop=True)
