"""Earlier collaborations, worked out by hand; and the campaign's own features."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from data.history import History
from data.priors import load_priors
from features.build import build_features
from tests.histories import START

DAY = pd.Timedelta(days=1)
AS_OF = START + 200 * DAY
BRIEF = {
    "category": "Food", "brief": "soup", "starts_on": "2024-08-01", "ends_on": "2024-08-10", "currency": "EUR",
    "order_value": 1.0, "gross_margin": 0.5,
}  # fmt: skip
HOLDOUT = {"measure": "holdout", "exposed": 1000, "exposed_conversions": 30, "holdout": 500, "holdout_conversions": 10}


def made(*deals: dict[str, object], category: str | None = "food ") -> pd.Series:
    campaigns = pd.DataFrame([
        {"campaign_id": "now", "brand": "Acme", "goal": "sales", **BRIEF},
        {"campaign_id": "same", "brand": "acme", "goal": "leads", **BRIEF},
        {"campaign_id": "other", "brand": "Zed", "goal": "sales", **BRIEF},
    ])  # fmt: skip
    rows = [
        {"collaboration_id": str(i), "creator_id": "c", "campaign_id": "other", "fee": 1.0, **d}
        for i, d in enumerate(deals)
    ]
    tables = {
        "campaigns": campaigns,
        "creators": pd.DataFrame([{"creator_id": "c", "platform": "tiktok", "category": category}]),
    }
    if rows:
        tables["collaborations"] = pd.DataFrame(rows)
    asked = pd.DataFrame({"creator_id": ["c"], "campaign_id": ["now"], "as_of": [AS_OF]})
    return build_features(History.of(tables), asked).iloc[0]


def shrunk(*lifts: tuple[float, float]) -> float:
    """Pooled with prior weight 1 / 0.3² at the published median of sales."""
    above = load_priors().lift["sales"].median / 0.09 + sum(v / (s + 0.09) for v, s in lifts)
    return above / (1 / 0.09 + sum(1 / (s + 0.09) for _, s in lifts))


def test_a_measured_lift_counts_once_it_is_known() -> None:
    deal = {**HOLDOUT, "agreed_at": START, "outcome_known_at": START + 100 * DAY}
    row = made(deal, {**deal, "agreed_at": START + 50 * DAY, "outcome_known_at": AS_OF})
    lift = math.log(30.5 / 1000) - math.log(10.5 / 500)
    assert row["n_collaborations"] == 2
    assert row["n_collaborations_running"] == 1
    assert row["n_collaborations_measured"] == 1
    assert row["past_log_lift"] == pytest.approx(shrunk((lift, 1 / 30.5 + 1 / 10.5)))
    assert row["days_since_collaboration"] == 150


def test_a_deal_agreed_at_the_very_time_is_not_its_own_past() -> None:
    row = made({**HOLDOUT, "agreed_at": AS_OF, "outcome_known_at": START})
    assert row["n_collaborations"] == 0
    assert np.isnan(row["past_log_lift"])


def test_geo_tests_and_shared_tests() -> None:
    geo = {"measure": "geo", "lift_estimate": 0.2, "lift_se": 0.1, "agreed_at": START, "outcome_known_at": START + DAY}
    row = made(geo)
    assert row["past_log_lift"] == pytest.approx(shrunk((math.log(1.2), 0.01)))
    shared = made({**geo, "test_id": "t"}, {**geo, "test_id": "t"})
    assert shared["past_log_lift"] == pytest.approx(row["past_log_lift"])
    assert shared["past_log_lift_weight"] == pytest.approx(row["past_log_lift_weight"])


def test_same_brand_and_same_goal() -> None:
    known = {"outcome_known_at": START + 9 * DAY}
    row = made(
        {**HOLDOUT, **known, "agreed_at": START, "campaign_id": "same"},
        {**HOLDOUT, **known, "agreed_at": START + DAY, "campaign_id": "other", "exposed_conversions": 60},
        {"agreed_at": START + 2 * DAY, "campaign_id": "unheard of"},
    )
    assert row["n_collaborations_with_brand"] == 1
    assert row["days_since_brand"] == 200
    first, second = (math.log((k + 0.5) / 1000) - math.log(10.5 / 500) for k in (30, 60))
    assert row["past_log_lift_brand"] == pytest.approx(shrunk((first, 1 / 30.5 + 1 / 10.5)))
    assert row["past_log_lift_goal"] == pytest.approx(shrunk((second, 1 / 60.5 + 1 / 10.5)))


def test_attributed_rows_are_no_lift() -> None:
    row = made({
        "measure": "attributed", "agreed_at": START, "outcome_known_at": START + DAY, "impressions": 2000, "clicks": 50,
        "attributed_conversions": 10, "code_uses_without_click": 4,
    })  # fmt: skip
    assert row["n_collaborations_measured"] == 0
    assert np.isnan(row["past_log_lift"])
    assert row["attributed_per_1000_reached"] == 5
    assert row["clicks_per_1000_impressions"] == 25
    assert row["code_leak_share"] == 0.4


def test_the_campaign() -> None:
    row = made()
    assert row["goal_sales"] == 1
    assert row["goal_leads"] == 0
    assert row["platform_tiktok"] == 1
    assert row["category_match"] == 1
    assert row["campaign_days"] == 10
    assert row["days_to_start"] == 13
    assert row["season_sin"] ** 2 + row["season_cos"] ** 2 == pytest.approx(1)
    assert row["season_cos"] < -0.8
    assert np.isnan(made(category=None)["category_match"])
