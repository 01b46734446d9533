"""Foreign numbers and times."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from data.mapping_values import human_number, human_numbers, times


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("48.5M", 48_500_000), ("383.1K", 383_100), ("29.0b", 29e9), ("1.39%", 0.0139), ("12,345,678", 12_345_678),
        (" 7 ", 7), ("-3", -3), ("+1.5k", 1500), (".5", 0.5), ("1,234.5", 1234.5), ("3 %", 0.03), ("57%", 0.57),
    ],
)  # fmt: skip
def test_numbers_as_people_write_them(text: str, value: float) -> None:
    assert human_number(text) == value


@pytest.mark.parametrize("text", ["", "-", "N/A", "N/A'", "n/a", "—", "null"])
def test_words_for_nothing(text: str) -> None:
    number = human_number(text)
    assert number is not None
    assert math.isnan(number)


@pytest.mark.parametrize("text", ["#VALUE!", "1.2.3", "12,34", "1,5", "K", "%", "many", "1e5", "4 8M", "."])
def test_what_is_no_number(text: str) -> None:
    assert human_number(text) is None


def test_a_column_of_numbers() -> None:
    values, wrong = human_numbers(pd.Series(["1K", None, "x", "-"], dtype="str", index=[5, 5, 6, 7]))
    assert values.fillna(-1).tolist() == [1000, -1, -1, -1]
    assert values.index.tolist() == [5, 5, 6, 7]
    assert wrong.tolist() == [False, False, True, False]


def read(text: str, form: str, zone: str | None = None) -> str | None:
    values, wrong = times(pd.Series([text, None], dtype="str"), form, zone)
    assert not wrong[1]
    assert wrong[0] == bool(pd.isna(values.iloc[0]))
    return None if wrong[0] else str(values.iloc[0].isoformat())


@pytest.mark.parametrize(
    ("text", "form", "zone", "expected"),
    [
        ("1550959443", "unix_s", None, "2019-02-23T22:04:03+00:00"),
        ("1550959443.5", "unix_s", None, "2019-02-23T22:04:03.500000+00:00"),
        ("1550959443123", "unix_ms", None, "2019-02-23T22:04:03.123000+00:00"),
        ("1550959443123", "unix_s", None, None),
        ("soon", "unix_s", None, None),
        ("2025-03-01T12:00:00+02:00", "iso", None, "2025-03-01T10:00:00+00:00"),
        ("2025-03-01T12:00:00+0000", "iso", "Europe/Paris", "2025-03-01T12:00:00+00:00"),
        ("2025-03-01 12:00 UTC", "iso", None, "2025-03-01T12:00:00+00:00"),
        ("2025-03-01T12:00:00", "iso", None, None),
        ("2025-03-01T12:00:00", "iso", "Europe/Paris", "2025-03-01T11:00:00+00:00"),
        ("2025-03-01", "iso", "Europe/Paris", "2025-02-28T23:00:00+00:00"),
        ("2025-02-30", "iso", "UTC", None),
        ("01/03/2025 12:00", "%d/%m/%Y %H:%M", "UTC", "2025-03-01T12:00:00+00:00"),
        ("01/13/2025 12:00", "%d/%m/%Y %H:%M", "UTC", None),
        ("01/03/2025 +0200", "%d/%m/%Y %z", None, "2025-02-28T22:00:00+00:00"),
        ("2025-10-26T02:30:00", "iso", "Europe/Paris", "2025-10-26T00:30:00+00:00"),
        ("2025-03-30T02:30:00", "iso", "Europe/Paris", "2025-03-30T01:00:00+00:00"),
    ],
)
def test_times(text: str, form: str, zone: str | None, expected: str | None) -> None:
    assert read(text, form, zone) == expected


def test_unix_seconds_are_exact() -> None:
    seconds = np.array([0, 1, 1_550_959_443, 4_000_000_000])
    values, _ = times(pd.Series(seconds).astype("str"), "unix_s", None)
    assert values.astype("int64").tolist() == (seconds * 1_000_000).tolist()
