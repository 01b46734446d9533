"""Outcomes row by row: the checks of a table, one result each, faults that keep nobody else out."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from serving.outcomes import TABLE, OutcomesRequest, OutcomesResponse, record_outcomes
from serving.store import Store
from serving.store_outcomes import current, history_of
from tests.serving_fakes import NOW
from tests.test_serving_hostile import VALUES

HOLDOUT: dict[str, Any] = {
    "measure": "holdout", "exposed": 9_000, "exposed_conversions": 60, "holdout": 3_000, "holdout_conversions": 15,
}  # fmt: skip


def outcome(collaboration_id: Any = "d1", **more: Any) -> dict[str, Any]:
    return {
        "collaboration_id": collaboration_id, "campaign_id": "old", "creator_id": "ana",
        "agreed_at": "2025-04-01T00:00:00Z", "fee": 100, **more,
    }  # fmt: skip


def send(store: Store, *rows: Any, by: str = "ada") -> OutcomesResponse:
    return record_outcomes(store, rows, at=NOW, by=by, request_id="r")


def test_a_batch_tells_what_became_of_each_row(store: Store) -> None:
    send(store, outcome("d1"), outcome("d2", **HOLDOUT))
    told = send(
        store, outcome("d1"), outcome("d2", **HOLDOUT | {"exposed": 9_001}), outcome("d3"), outcome("d4", fee=-1)
    )
    assert [(r.index, r.collaboration_id, r.status, r.version) for r in told.results] == [
        (0, "d1", "unchanged", 1), (1, "d2", "corrected", 2), (2, "d3", "created", 1), (3, "d4", "error", None),
    ]  # fmt: skip
    assert (told.created, told.unchanged, told.corrected, told.failed) == (1, 1, 1, 1)
    assert [(e.field, e.got, e.allowed) for e in told.results[3].errors] == [
        ("outcomes[3].fee", "-1", "a number of at least 0")
    ]
    assert [v.collaboration_id for v in current(store)] == ["d1", "d2", "d3"]


def test_a_row_is_the_same_whatever_it_was_written_as(sqlite_store: Store) -> None:
    send(sqlite_store, outcome("7", fee=100, **HOLDOUT, clicks=None))
    text = {k: str(v) for k, v in outcome("7", **HOLDOUT, fee=100.0).items()} | {
        "product_cost": "",
        "clicks": float("nan"),
    }
    other_zone = outcome(7, **HOLDOUT | {"agreed_at": "2025-04-01T02:00:00+02:00", "exposed": 9e3})
    as_read = outcome("7", **HOLDOUT, agreed_at=pd.Timestamp("2025-04-01", tz="UTC"), ended_at=pd.NaT)
    assert [r.status for row in (text, other_zone, as_read) for r in send(sqlite_store, row).results] == [
        "unchanged"
    ] * 3
    assert len(history_of(sqlite_store, "7")) == 1


@pytest.mark.parametrize(
    ("row", "field", "got", "allowed"),
    [
        ({}, "collaboration_id", "nothing", "a non-empty id"),
        (outcome(""), "collaboration_id", "nothing", "a non-empty id"),
        (outcome("a\nb"), "collaboration_id", "a\nb", "without control characters"),
        (outcome("x" * 201), "collaboration_id", "x" * 79 + "…", "at most 200"),
        (outcome(["d"]), "collaboration_id", "a list", "text, a number"),
        (outcome(fee="free"), "fee", "free", "a number of at least 0"),
        (outcome(fee=True), "fee", "True", "a number of at least 0"),
        (outcome(fee=1e300), "fee", "1e+300", "at most 1e+12"),
        (outcome(fee=10**400), "fee", "1" + "0" * 78 + "…", "at most 1e+12"),
        (outcome(fee=float("inf")), "fee", "inf", "at most 1e+12"),
        (outcome(agreed_at="2025-04-01 10:00"), "agreed_at", "2025-04-01 10:00", "a time with its zone"),
        (outcome(commission_rate=15), "commission_rate", "15 (looks like a percentage; write 0.15)", "a share"),
        (outcome(clicks=1.5), "clicks", "1.5", "a whole number"),
        (outcome(measure="guess"), "measure", "guess", "one of holdout, geo, on_off, attributed"),
        (outcome(**HOLDOUT | {"holdout": None}), "holdout", "nothing", "since measure is holdout"),
        (outcome(**HOLDOUT | {"exposed_conversions": 9_001}), "exposed_conversions", "9001 of 9000", "at most"),
        (outcome(measure="geo"), "lift_se", "nothing", "since measure is geo or on_off"),
        (outcome(outcome_known_at="2025-03-01T00:00:00Z"), "outcome_known_at", "before 2025", "not before"),
        (outcome(post_id="x" * 10_001), "post_id", "x" * 79 + "…", "at most 10,000 characters"),
    ],
)  # fmt: skip
def test_a_faulty_row_is_told_by_field(
    sqlite_store: Store, row: dict[str, Any], field: str, got: str, allowed: str
) -> None:
    told = send(sqlite_store, outcome("good"), row)
    assert [r.status for r in told.results] == ["created", "error"]
    found = {e.field: e for e in told.results[1].errors}[f"outcomes[1].{field}"]
    assert got in found.got and allowed in found.allowed


@pytest.mark.parametrize("row", [None, 7, "d1", [outcome()]])
def test_what_is_no_row(sqlite_store: Store, row: Any) -> None:
    told = send(sqlite_store, row, outcome())
    assert [r.status for r in told.results] == ["error", "created"]
    assert "an object with the columns" in told.results[0].errors[0].allowed


def test_an_id_twice_in_a_batch_is_a_fault_of_the_second(sqlite_store: Store) -> None:
    told = send(sqlite_store, outcome("bad", fee=-1), outcome("d"), outcome("d", fee=7))
    assert [r.status for r in told.results] == ["error", "created", "error"]
    assert told.results[2].errors[0].got == "d, which repeats outcomes[1]"


def test_one_test_has_one_estimate_over_batches_too(sqlite_store: Store) -> None:
    geo = {"measure": "geo", "test_id": "t", "lift_se": 0.1}
    send(sqlite_store, outcome("d1", **geo, lift_estimate=0.2), outcome("d2", **geo, lift_estimate=0.2))
    told = send(sqlite_store, outcome("d3", **geo, lift_estimate=0.3))
    assert told.results[0].errors[0].got == "0.3, elsewhere 0.2 for test t"
    again = send(sqlite_store, *(outcome(f"d{i}", **geo, lift_estimate=0.3) for i in (1, 2, 3)))
    assert [r.status for r in again.results] == ["corrected", "corrected", "created"]


def test_names_that_are_no_columns_are_told_and_not_kept(sqlite_store: Store) -> None:
    told = send(sqlite_store, outcome(note="x", exposed_conversion=4))
    assert told.ignored_fields == ["exposed_conversion", "note"] and told.created == 1
    assert set(current(sqlite_store)[0].row) <= {c.name for c in TABLE.columns}


@given(
    st.lists(st.one_of(VALUES, st.dictionaries(st.sampled_from([c.name for c in TABLE.columns]), VALUES)), max_size=4)
)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_anything_gets_a_result(sqlite_store: Store, rows: list[Any]) -> None:
    told = send(sqlite_store, *rows)
    assert [r.index for r in told.results] == list(range(len(rows)))
    assert all(bool(r.errors) == (r.status == "error") for r in told.results)
    json.loads(told.model_dump_json())


def test_the_request_takes_rows_as_they_come() -> None:
    read = OutcomesRequest.model_validate_json(json.dumps({"outcomes": [outcome(), None, 3]}))
    assert read.outcomes == [outcome(), None, 3]
