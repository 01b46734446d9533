"""What counts as a measured lift, when, and with which weight."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from data.history import History
from training.labels import LABEL_COLUMNS, find_labels, label_census

CUT = pd.Timestamp("2025-06-01", tz="UTC")


def deal(name: str, **more: object) -> dict[str, object]:
    """A finished holdout test, known in March, changed by `more`."""
    row: dict[str, object] = {
        "collaboration_id": name,
        "campaign_id": "k",
        "creator_id": "c",
        "agreed_at": "2025-01-10T00:00:00Z",
        "ended_at": "2025-02-01T00:00:00Z",
        "outcome_known_at": "2025-03-01T00:00:00Z",
        "fee": 100.0,
        "measure": "holdout",
        "exposed": 1000,
        "exposed_conversions": 12,
        "holdout": 500,
        "holdout_conversions": 4,
    }
    return row | more


def history_of(*deals: dict[str, object]) -> History:
    return History.of({"collaborations": pd.DataFrame(list(deals))})


NO_COUNTS = {"exposed": None, "exposed_conversions": None, "holdout": None, "holdout_conversions": None}


@pytest.mark.parametrize(
    ("change", "is_label"),
    [
        ({}, True),
        ({"exposed_conversions": 0, "holdout_conversions": 0}, False),
        ({"exposed_conversions": 0, "holdout_conversions": 1}, True),
        ({"holdout": 0, "holdout_conversions": 0}, False),
        ({"holdout": None}, False),
        ({"measure": "attributed", "attributed_conversions": 9}, False),
        ({"measure": None}, False),
        ({"measure": "geo", **NO_COUNTS, "lift_estimate": 0.2, "lift_se": 0.1}, True),
        ({"measure": "on_off", **NO_COUNTS, "lift_estimate": -0.2, "lift_se": 0.1}, True),
        ({"measure": "geo", **NO_COUNTS, "lift_estimate": 0.2, "lift_se": None}, False),
        ({"measure": "geo", **NO_COUNTS, "lift_estimate": 0.2, "lift_se": 0.0}, False),
        ({"measure": "geo", **NO_COUNTS, "lift_estimate": -1.0, "lift_se": 0.1}, False),
        ({"outcome_known_at": "2025-06-01T00:00:00Z"}, False),
        ({"outcome_known_at": "2025-05-31T23:59:59Z"}, True),
    ],
)
def test_only_measured_and_known_outcomes_are_labels(change: dict[str, object], is_label: bool) -> None:
    found = find_labels(history_of(deal("a", **change)), CUT)
    assert list(found["collaboration_id"]) == (["a"] if is_label else [])
    assert tuple(found.columns) == LABEL_COLUMNS


def test_a_label_is_asked_about_when_it_was_agreed_and_known_when_its_outcome_was() -> None:
    row = find_labels(history_of(deal("a")), CUT).iloc[0]
    assert row["as_of"] == pd.Timestamp("2025-01-10", tz="UTC")
    assert row["known_at"] == pd.Timestamp("2025-03-01", tz="UTC")


def test_rows_of_one_test_share_its_weight() -> None:
    rows = [deal("a", test_id="t"), deal("b", test_id="t"), deal("c"), deal("d"), deal("e", test_id="u")]
    found = find_labels(history_of(*rows), CUT).set_index("collaboration_id")["weight"]
    assert found.to_dict() == {"a": 0.5, "b": 0.5, "c": 1.0, "d": 1.0, "e": 1.0}


def test_estimates_and_counts_never_stand_in_one_row() -> None:
    both = find_labels(
        history_of(deal("a", lift_estimate=0.3, lift_se=0.1), deal("b", measure="geo", lift_estimate=0.3, lift_se=0.1)),
        CUT,
    ).set_index("collaboration_id")
    assert np.isnan(both.loc["a", "lift_se"]) and both.loc["a", "exposed"] == 1000
    assert np.isnan(both.loc["b", "exposed"]) and both.loc["b", "lift_se"] == 0.1


def test_the_census_accounts_for_every_collaboration() -> None:
    rows = [
        deal("a"),
        deal("b", measure="attributed"),
        deal("c", measure=None),
        deal("d", outcome_known_at="2025-07-01T00:00:00Z"),
        deal("e", exposed_conversions=0, holdout_conversions=0),
        deal("f", measure="geo"),
    ]
    counts = label_census(history_of(*rows), CUT)
    assert counts.pop("collaborations") == 6
    assert sum(counts.values()) == 6
    assert counts["labels"] == 1
    assert counts["running, or not known before the cut"] == 2


def test_no_collaborations_give_no_labels() -> None:
    assert find_labels(History.of({}), CUT).empty
