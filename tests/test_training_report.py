"""The page: escaped, self-contained, the same bytes for the same content."""

from __future__ import annotations

from html import escape

import pandas as pd
import pytest

from training.report import DPI, HEADINGS, Page, Section, cell, percent, with_intervals


def page() -> Page:
    table = pd.DataFrame({"name": ["<b>x</b>"], "value": [0.12345], "n": [7]})
    return Page("A & B", ["careful <now>"], {"rows": 3}, [Section("S", "why", [table], {"plot": b"\x89PNG"})])


def test_content_is_escaped_and_nothing_is_fetched() -> None:
    text = page().html().decode()
    assert "&lt;b&gt;x&lt;/b&gt;" in text and "careful &lt;now&gt;" in text and "A &amp; B" in text
    assert "<script" not in text and "http" not in text
    assert "data:image/png;base64,iVBORw==" in text
    assert page().html() == page().html()


def test_an_empty_table_says_so() -> None:
    text = Page("t", [], {}, [Section("s", tables=[pd.DataFrame({"a": []})])]).html().decode()
    assert "Too few test labels" in text


@pytest.mark.parametrize(
    ("value", "shown"), [(0.12345, "0.123"), (float("nan"), "–"), (12345.6, "12346"), (3, "3"), ("x", "x")]
)
def test_numbers_are_shown_short(value: object, shown: str) -> None:
    assert cell(value) == shown


def test_intervals_are_joined_for_reading() -> None:
    table = pd.DataFrame({"a": [0.5, 0.5], "a_low": [0.1, float("nan")], "a_high": [0.9, float("nan")]})
    assert with_intervals(table, ["a"])["a"].tolist() == ["0.500 [0.100 to 0.900]", "0.500"]


def test_shares_are_read_in_percent_and_certain_values_stand_alone() -> None:
    table = pd.DataFrame({"a": [-0.138, 0.0], "a_low": [-0.226, 0.0], "a_high": [-0.05, 0.0]})
    assert with_intervals(table, ["a"], shares=["a"])["a"].tolist() == ["-13.8 % [-22.6 to -5.0]", "0.0 %"]
    assert percent(float("nan")) == "–"


def test_columns_are_called_by_words() -> None:
    table = pd.DataFrame({name: [1.0] for name in HEADINGS})
    text = Page("t", [], {}, [Section("s", tables=[table])]).html().decode()
    assert all(f"<th>{escape(words)}</th>" in text for words in HEADINGS.values()) and "vs_constant" not in text


def test_a_plot_is_shown_as_large_as_it_was_drawn() -> None:
    head = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (5 * DPI).to_bytes(4, "big") + (4 * DPI).to_bytes(4, "big")
    text = Page("t", [], {}, [Section("s", plots={"plot": head})]).html().decode()
    assert 'width="480"' in text  # five inches, 96 CSS pixels each
