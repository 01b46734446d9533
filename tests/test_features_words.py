"""Text columns as arrays: what equals what, and what is missing."""

from __future__ import annotations

import numpy as np
import pandas as pd

from features.words import (
    codes,
    equal,
    fold,
    joined,
    lengths,
    matches,
    missing,
    ordered_codes,
    positions_in,
    ranks,
    strings,
    take,
)  # fmt: skip


def text(*values: str | None) -> object:
    return strings(pd.Series(values, dtype="str"))


def test_positions_are_of_the_first_occurrence() -> None:
    assert positions_in(text("b", "x", None, "a"), text("a", "b", "a", None)).tolist() == [1, -1, -1, 0]


def test_codes_tell_equality_and_ordered_codes_order() -> None:
    assert codes(text("b", None, "a", "b")).tolist() == [0, -1, 1, 0]
    assert ordered_codes(text("b", None, "a", "b")).tolist() == [1, -1, 0, 1]
    assert ranks(text("b", None, "a", "b")).tolist() == [2, 3, 1, 2]
    assert codes(text()).tolist() == ordered_codes(text()).tolist() == []


def test_case_and_blanks_make_no_difference_once_folded() -> None:
    assert fold(text(" Ab ", "ÄB\n", None)).tolist() == ["ab", "äb", None]


def test_nothing_equals_the_missing() -> None:
    assert equal(text("a", None), "a").tolist() == [True, False]
    assert equal(text("a", None, None), text("a", None, "b")).tolist() == [True, False, False]
    assert missing(text("a", None)).tolist() == [False, True]


def test_counts_of_the_missing_are_missing() -> None:
    assert lengths(text("äb", ""))[:2].tolist() == [2, 0]
    assert matches(text("a1b2", "x"), "[0-9]").tolist() == [2, 0]
    assert np.isnan(lengths(text(None))).all()
    assert np.isnan(matches(text(None), "x")).all()


def test_a_column_in_pieces_and_a_list_are_the_same_array() -> None:
    pieces = pd.concat([pd.Series(["a"], dtype="str"), pd.Series(["b"], dtype="str")])
    assert strings(pieces).tolist() == strings(["a", "b"]).tolist() == joined(text("a"), text("b")).tolist()
    assert take(strings(pieces), np.array([1, -1, 0])).tolist() == ["b", None, "a"]
