"""Overlap of audience and wish, worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from data.history import History
from features.build import build_features
from tests.histories import START

DAY = pd.Timedelta(days=1)
BRIEF = {
    "campaign_id": "k", "brand": "b", "category": "food", "brief": "soup", "goal": "sales", "starts_on": "2024-04-01",
    "ends_on": "2024-04-30", "currency": "EUR", "order_value": 1.0, "gross_margin": 0.5,
}  # fmt: skip


def made(
    audience: Sequence[tuple[float, str, str, float]], wish: Sequence[tuple[str, str, float]], **brief: object
) -> pd.Series:
    tables = {
        "creators": pd.DataFrame([{"creator_id": "c", "platform": "tiktok", "country": "FR", "language": "fr"}]),
        "campaigns": pd.DataFrame([{**BRIEF, **brief}]),
    }
    if audience:
        seen = pd.DataFrame(audience, columns=["day", "dimension", "bucket", "share"])
        tables["audience"] = seen.assign(creator_id="c", observed_at=START + seen.pop("day") * DAY)
    if wish:
        tables["campaign_audience"] = pd.DataFrame(wish, columns=["dimension", "bucket", "share"]).assign(
            campaign_id="k"
        )
    asked = pd.DataFrame({"creator_id": ["c"], "campaign_id": ["k"], "as_of": [START + 30 * DAY]})
    return build_features(History.of(tables), asked).iloc[0]


def test_histogram_intersection_of_the_latest_snapshot_of_each_dimension() -> None:
    audience = [
        (1, "age", "18-24", 0.9), (1, "country", "US", 1.0),
        (10, "age", "18-24", 0.5), (10, "age", "25-34", 0.5), (31, "age", "65+", 1.0),
    ]  # fmt: skip
    row = made(
        audience, [("age", "18-24", 0.3), ("age", "35-44", 0.7), ("country", "us ", 0.8), ("gender", "male", 1.0)]
    )
    assert row["audience_overlap_age"] == pytest.approx(0.3)
    assert row["audience_overlap_country"] == pytest.approx(1.0)
    assert np.isnan(row["audience_overlap_gender"])
    assert row["audience_overlap"] == pytest.approx(0.65)
    assert row["n_audience_dimensions"] == 2
    assert row["audience_age_days"] == 20


def test_names_equal_but_for_case_add_up() -> None:
    row = made([(1, "interest", "Dogs", 0.2), (1, "interest", "dogs", 0.3)], [("interest", "DOGS", 1.0)])
    assert row["audience_overlap_interest"] == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("ships_to", "share", "lives_there"), [("US,gb", 0.7, 0), ("FR", 0.1, 1), (None, 1.0, 1), ("JP", 0.0, 0)]
)
def test_who_cannot_be_served_cannot_buy(ships_to: str | None, share: float, lives_there: int) -> None:
    audience = [(1, "country", "US", 0.5), (1, "country", "GB", 0.2), (1, "country", "FR", 0.1)]
    row = made(audience, [], ships_to=ships_to)
    assert row["audience_ships_to_share"] == pytest.approx(share)
    assert row["creator_country_served"] == lives_there


def test_unknown_countries_are_missing_unless_it_ships_everywhere() -> None:
    assert np.isnan(made([(1, "age", "65+", 1.0)], [], ships_to="US")["audience_ships_to_share"])
    assert made([], [])["audience_ships_to_share"] == 1
    assert np.isnan(made([], [])["audience_overlap"])


def test_languages() -> None:
    assert made([], [("language", "fr", 1.0)])["creator_language_wanted"] == 1
    assert made([], [("language", "en", 1.0), ("language", "fr", 0.0)])["creator_language_wanted"] == 0
    assert np.isnan(made([], [])["creator_language_wanted"])


def test_sums_do_not_depend_on_the_company() -> None:
    """Shares of many digits add up to other last bits in another order; each creator must give the same bits alone."""
    rng = np.random.default_rng(1)
    names = [f"interest {i}" for i in range(20)]
    rows = [
        {"creator_id": f"c{c}", "observed_at": START, "dimension": "interest", "bucket": b, "share": rng.random() / 20}
        for c in range(30)
        for b in rng.permutation(names)[:12]
    ]
    wish = pd.DataFrame({"campaign_id": "k", "dimension": "interest", "bucket": names, "share": rng.random(20) / 20})
    history = History.of(
        {"audience": pd.DataFrame(rows), "campaigns": pd.DataFrame([BRIEF]), "campaign_audience": wish}
    )
    asked = pd.DataFrame({"creator_id": [f"c{c}" for c in range(30)], "campaign_id": "k", "as_of": START + DAY})
    together = build_features(history, asked)["audience_overlap_interest"]
    alone = [build_features(history, asked.iloc[[c]])["audience_overlap_interest"].iloc[0] for c in range(30)]
    backwards = history.of_creators([]).plus({"audience": pd.DataFrame(rows[::-1])})
    assert together.tolist() == alone
    assert build_features(backwards, asked)["audience_overlap_interest"].tolist() == alone
