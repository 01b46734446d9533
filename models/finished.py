"""What finished collaborations have probably caused: the estimate after the campaign."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from models.after import Finished
from models.roi import Beliefs, caused_columns
from models.scorer import CreatorScorer


def after_campaign(scorer: CreatorScorer, X: pd.DataFrame, deals: pd.DataFrame, level: float = 0.8) -> pd.DataFrame:
    """From what was known before and what was attributed since.

    Parameters
    ----------
    scorer : its `after` part may be missing: then both log lifts are the same
    X : features of the deals as of their agreement, the catalogue's columns
    deals : `models.training_set.DEAL_COLUMNS`, on the same index
    level : of the intervals

    Returns
    -------
    DataFrame on the index of `X`: log_lift_before and log_lift_after, each with _low and _high (of the true lift);
    caused_expected, caused_low, caused_high: conversions that the people exposed would not have made without the post,
    without the luck of counting. People exposed are those counted, or those expected where nobody counted.
    """
    before = scorer.predict_features(X, level)
    half = float(stats.norm.ppf(0.5 + level / 2.0))
    log_lift = before["log_lift"].to_numpy()
    before_sd = (before["log_lift_high"].to_numpy() - before["log_lift_low"].to_numpy()) / (2.0 * half)
    reach, rates = scorer.expectations(X, deals)
    asked = Finished.of(deals, log_lift, reach, rates.expected)
    mean, sd = (log_lift, before_sd) if scorer.after is None else scorer.after.predict(asked)
    reach_sd = np.where(deals["exposed"].to_numpy(dtype=np.float64) > 0, 0.0, scorer.reach.spread)
    beliefs = Beliefs(mean, sd, rates.log_mean, rates.log_sd, np.log(asked.exposed) - 0.5 * reach_sd**2, reach_sd)
    told = {"log_lift_before": (log_lift, before_sd), "log_lift_after": (mean, sd)}
    columns: dict[str, np.ndarray] = {}
    for name, (middle, spread) in told.items():
        columns |= {name: middle, f"{name}_low": middle - half * spread, f"{name}_high": middle + half * spread}
    return pd.DataFrame({**columns, **caused_columns(beliefs, level)}, index=X.index)
