"""Typed frames: what becomes of a raw value of each kind."""

from __future__ import annotations

import datetime
import decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from data import frames
from data.errors import TableError
from data.schemas import TABLES, Column, Kind

NAN = float("nan")
O = {"dtype": "object"}  # noqa: E741 - as in object
S = {"dtype": "str"}
UTC_NOON = pd.Timestamp("2025-03-01T12:00:00Z")


def converted(kind: Kind, raw: pd.Series, **column: Any) -> tuple[list[Any], list[int]]:
    result = frames.convert(Column("x", kind, **column), raw)
    assert result.values.dtype == frames.DTYPES[kind]
    assert result.values.index.equals(raw.index)
    values = [None if pd.isna(v) else v for v in result.values]
    return values, np.flatnonzero(result.bad).tolist()


NUMBERS: list[tuple[pd.Series, list[Any], list[int]]] = [
    (pd.Series(["1", " 2 ", "", None, "1e3"], **S), [1, 2, None, None, 1000], []),
    (pd.Series(["x", "1,000", "nan", "inf", "0x10", "1_000"], **S), [None] * 6, [0, 1, 2, 3, 4, 5]),
    (pd.Series([1, "2", decimal.Decimal(3), None, NAN, np.int64(4)], **O), [1, 2, 3, None, None, 4], []),
    (pd.Series([True, pd.Timestamp("2025"), float("inf")], **O), [None] * 3, [0, 1, 2]),
    (pd.Series([True, False]), [None] * 2, [0, 1]),
    (pd.Series(pd.to_datetime(["2025-01-01"])), [None], [0]),
    (pd.Series([1, None], dtype="Int64"), [1, None], []),
    (pd.Series(["1", "2", None], dtype="category"), [1, 2, None], []),
    (pd.Series([1.0, np.inf, NAN]), [1, None, None], [1]),
]


@pytest.mark.parametrize(("raw", "values", "bad"), NUMBERS)
@pytest.mark.parametrize("kind", ["number", "count"])
def test_numbers(kind: Kind, raw: pd.Series, values: list[Any], bad: list[int]) -> None:
    assert converted(kind, raw) == (values, bad)


def test_numbers_are_read_exactly() -> None:
    values = np.random.default_rng(0).lognormal(0, 20, 1000)
    text = pd.Series([repr(float(v)) for v in values], **S)
    assert converted("number", text)[0] == values.tolist()
    # One stray value sends the column down the other path; the rest must stay exact.
    assert converted("number", pd.concat([text, pd.Series(["x"], **S)], ignore_index=True))[0][:-1] == values.tolist()


def test_a_count_is_whole() -> None:
    assert converted("count", pd.Series(["12.0", "1.5", "-3"], **S)) == ([12, None, -3], [1])


@pytest.mark.parametrize(
    ("raw", "values", "bad"),
    [
        (pd.Series(["TRUE", "no", " 1 ", "0.0", "", "2"], **S), [1, 0, 1, 0, None, None], [5]),
        (pd.Series([True, "yes", 0, None, 1.5], **O), [1, 1, 0, None, None], [4]),
        (pd.Series([1.0, 0.0, NAN, 2.0]), [1, 0, None, None], [3]),
        (pd.Series([True, False]), [1, 0], []),
        (pd.Series([True, None], dtype="boolean"), [1, None], []),
    ],
)
def test_flags(raw: pd.Series, values: list[Any], bad: list[int]) -> None:
    assert converted("flag", raw) == (values, bad)


@pytest.mark.parametrize(
    "text",
    [
        "2025-03-01T12:00:00Z", "2025-03-01 12:00 UTC", "2025-03-01T13:00:00+01:00", "2025-03-01T07:00:00.000-0500",
        "2025-03-01T12:00:00.000000000Z", "20250301T120000Z", "2025-03-01 12:00:00+00",
    ],
)  # fmt: skip
def test_times_with_a_zone(text: str) -> None:
    assert converted("time", pd.Series([text, None, ""], **S)) == ([UTC_NOON, None, None], [])
    assert converted("time", pd.Series([text, "stray"], **S)) == ([UTC_NOON, None], [1])


@pytest.mark.parametrize(
    "value",
    [
        "2025-03-01T12:00:00", "2025-03-01", "2025-02-30T12:00:00Z", "2025-13-01T12:00:00Z", "1740830400", "noon",
        1740830400, datetime.datetime(2025, 3, 1), datetime.date(2025, 3, 1),  # noqa: DTZ001 - a zone is what is missing
    ],
)  # fmt: skip
def test_times_without_a_zone_or_sense_are_faults(value: object) -> None:
    assert converted("time", pd.Series([value, None], **O)) == ([None, None], [0])


def test_columns_of_timestamps() -> None:
    naive = pd.Series(pd.to_datetime(["2025-03-01T12:00", None]))
    assert converted("time", naive) == ([None, None], [0])
    assert converted("time", naive.dt.tz_localize("UTC").dt.tz_convert("Asia/Tokyo")) == ([UTC_NOON, None], [])
    mixed = pd.Series([pd.Timestamp("2025-03-01T13:00", tz="Europe/Paris"), UTC_NOON], **O)
    assert converted("time", mixed) == ([UTC_NOON, UTC_NOON], [])
    assert converted("time", pd.Series([NAN, NAN])) == ([None, None], [])


def test_dates() -> None:
    day = pd.Timestamp("2025-03-01", tz="UTC")
    raw = pd.Series(
        ["2025-03-01", "2025-03-01 00:00:00", "2025-03-01T05:00Z", "2025-02-30", "01/03/2025", "2025", ""], **S
    )
    assert converted("date", raw) == ([day, day, day, None, None, None, None], [3, 4, 5])
    cells = pd.Series([datetime.date(2025, 3, 1), datetime.datetime(2025, 3, 1, 9), None], **O)  # noqa: DTZ001 - as Excel
    assert converted("date", cells) == ([day, day, None], [])
    assert converted("date", pd.Series(pd.to_datetime(["2025-03-01T10:00"])))[0] == [day]


def test_ids_stay_what_they_are() -> None:
    assert converted("id", pd.Series(["007", "NA", " ", "", None], **S)) == (["007", "NA", None, None, None], [])
    long = 17841405309211844
    assert converted("id", pd.Series([long, 12.0, "x", None], **O)) == ([str(long), "12", "x", None], [])
    assert converted("id", pd.Series([1.0, NAN])) == (["1", None], [])


def test_empty_text_is_missing_only_where_text_may_be_missing() -> None:
    raw = pd.Series(["", " ", "a", None], **S)
    assert converted("text", raw)[0] == [None, " ", "a", None]
    assert converted("text", raw, nullable=False)[0] == ["", " ", "a", None]


def test_typed_completes_keeps_and_names_every_fault() -> None:
    raw = pd.DataFrame(
        {"mine": [1, 2], "likes": ["x", "5"], "post_id": ["p1", "p2"], "posted_at": ["2025-03-01T12:00:00Z", "today"]},
        index=[7, 7],
    )
    frame, faults = frames.typed(TABLES["posts"], raw, "posts.csv")
    assert [f.where for f in faults] == [
        "posts.csv, column creator_id", "posts.csv, column posted_at, row 2", "posts.csv, column likes, row 1",
    ]  # fmt: skip
    assert list(frame.columns) == [*(c.name for c in TABLES["posts"].columns), "mine"]
    assert frame.index.tolist() == [0, 1]
    assert {c.name: str(frame[c.name].dtype) for c in TABLES["posts"].columns} == {
        c.name: frames.DTYPES[c.kind] for c in TABLES["posts"].columns
    }
    with pytest.raises(TableError) as error:
        frames.typed_or_raise(TABLES["posts"], raw)
    assert len(error.value.faults) == 3


def test_typing_twice_changes_nothing() -> None:
    raw = pd.DataFrame(
        {
            "post_id": ["p1"],
            "creator_id": ["c"],
            "posted_at": [UTC_NOON],
            "likes": [3],
            "sponsored": [True],
            "brand": [""],
        }
    )
    once = frames.typed_or_raise(TABLES["posts"], raw)
    pd.testing.assert_frame_equal(frames.typed_or_raise(TABLES["posts"], once), once)


def test_a_repeated_column_is_a_fault() -> None:
    raw = pd.DataFrame([["c1", "instagram", 1, 2]], columns=["creator_id", "platform", "followers", "followers"])
    frame, faults = frames.typed(TABLES["creators"], raw)
    assert [f.where for f in faults] == ["creators, column followers"]
    assert frame["followers"].tolist() == [1]


@pytest.mark.parametrize("name", TABLES)
def test_empty_tables_are_typed(name: str) -> None:
    pd.testing.assert_frame_equal(frames.typed_or_raise(TABLES[name], frames.empty(name)), frames.empty(name))
