"""From an answer to rows, marks and files."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pandas as pd
import pytest

from serving.context import Context
from serving.page import export
from serving.page.candidates_calls import listed, with_fees
from serving.page.desk import Desk
from serving.page.shortlist import asked_of, entry_id, flag_words, headline, plain, ranked, rows, scales
from serving.page.shortlist_view import CHOOSABLE, SHOWN, column_defs
from serving.page.summary import summary_html
from tests.serving_fakes import BRIEF, NOW, inline, live


@pytest.fixture(scope="module")
def desk() -> Desk:
    context = Context(lambda: NOW)
    context.live = live()
    return Desk(context)


def entry(item: dict[str, Any], name: str | None = None, source: str = "catalogue") -> dict[str, Any]:
    return {"item": item, "name": name or item.get("creator_id", "x"), "platform": "instagram", "followers": 1e4,
            "source": source}  # fmt: skip


ENTRIES = [
    entry({"creator_id": "ana", "fee": 300}),
    entry({"creator_id": "bo", "fee": 1}, "=cmd()"),
    entry(inline("zoë", posts=1) | {"fee": 5.0}, "<b>zoë</b>", "file"),
    entry({"creator_id": "dee"}),
]


def answer(desk: Desk, entries: list[dict[str, Any]], rank_by: str = "profit") -> dict[str, Any]:
    return plain(desk.score(BRIEF, [e["item"] for e in entries], rank_by=rank_by)) | {"campaign": BRIEF}


@pytest.mark.parametrize("rank_by", ["profit", "roi", "fit"])
def test_parts_together_are_the_answer_to_all(desk: Desk, rank_by: Any) -> None:
    whole = answer(desk, ENTRIES, rank_by)
    table = [row for one in ENTRIES for row in rows(answer(desk, [one]), [one])]
    assert ranked(table, rank_by) == rows(whole, ENTRIES)
    # However it was sorted before, ties aside, the order is the same.
    assert [r["creator_id"] for r in ranked(table[::-1], rank_by)] == [r["creator_id"] for r in whole["results"]]
    assert asked_of(whole) == {name: value for name, value in whole.items() if name != "results"}


def test_rows_carry_every_interval(desk: Desk) -> None:
    found = answer(desk, ENTRIES)
    table = rows(found, ENTRIES)
    assert [row["rank"] for row in table] == [1, 2, 3, 4]
    by_id = {row["creator_id"]: row for row in table}
    assert by_id["bo"]["name"] == "=cmd()" and by_id["bo"]["about"] == "Instagram · 10k followers"
    for name in ("fit", "lift", "orders", "exposed", "rate"):
        assert all(row[f"{name}_low"] <= row[name] <= row[f"{name}_high"] for row in table)
    assert by_id["dee"]["roi"] is None and by_id["dee"]["maximum_fee"] > 0
    assert headline(table) == {"scored": 4, "within": 2, "asked": 3, "even": 3, "unlike": 1}


def test_marks_have_a_scale_with_zero_in_it(desk: Desk) -> None:
    for low, high in scales(rows(answer(desk, ENTRIES), ENTRIES)).values():
        assert low <= 0 <= high and low < high
    assert scales([]) == {"lift": (-1.0, 1.0), "roi": (-1.0, 1.0)}


def test_columns_to_choose_are_the_ones_there_are(desk: Desk) -> None:
    defined = {
        c["colId"]: c for c in column_defs(rows(answer(desk, ENTRIES), ENTRIES), "USD", "leads", SHOWN) if "colId" in c
    }
    for name, _ in CHOOSABLE:
        assert defined[name]["hide"] is (name not in SHOWN) and defined[name]["context"] == {"choosable": True}
    assert defined["orders"]["headerName"] == "Extra leads"


def test_flags_in_words() -> None:
    assert flag_words(["few_posts", "simulated_model"]) == [
        {"code": "few_posts", "label": "few posts", "text": "few posts: fewer than five posts are known"}
    ]


def test_files_to_take_away_hold_no_formula(desk: Desk) -> None:
    found = answer(desk, [*ENTRIES, entry({"creator_id": "@gone"})])
    table = export.table(rows(found, ENTRIES), found)
    assert len(table) == 5 and table["error"].notna().sum() == 1
    assert (table["model_trained_on"] == "simulated demo").all() and (table["level"] == 0.8).all()
    read = pd.read_csv(io.BytesIO(export.csv_bytes(table)))
    assert "'=cmd()" in read["creator"].tolist() and "@gone" in read["creator_id"].tolist()
    sheet = openpyxl.load_workbook(io.BytesIO(export.excel_bytes(table))).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert "'=cmd()" in [cell.value for cell in cells] and all(cell.data_type != "f" for cell in cells)
    # It can be read as it opens, and holds the numbers as they are.
    shown = {str(column[0].value): column[1] for column in sheet.iter_cols()}
    forms = {name: cell.number_format for name, cell in shown.items()}
    assert forms["lift_low"] == forms["roi_probability_positive"] == "0%" and forms["roi_low"] == "#,##0.0"
    assert forms["fee"] == forms["profit_high"] == "#,##0.00" and forms["creator"] == "General"
    assert shown["lift_expected"].value == pytest.approx(table["lift_expected"].iloc[0])
    assert sheet.freeze_panes == "D2" and sheet.auto_filter.ref == sheet.dimensions
    widths = {str(c[0].value): sheet.column_dimensions[c[0].column_letter].width for c in sheet.iter_cols()}
    assert all(9 <= width <= 44 for width in widths.values()) and widths["model"] > len("creatorlift 1")


def test_the_summary_says_what_it_rests_on_and_escapes(desk: Desk) -> None:
    found = answer(desk, ENTRIES)
    page = summary_html("A <script> & co", found, rows(found, ENTRIES))
    assert "A &lt;script&gt; &amp; co" in page and "<b>zoë</b>" not in page and "&lt;b&gt;zoë" in page
    assert "Simulated demo" in page and "80% of cases" in page and "http" not in page
    assert page.count("<tr>") == 5


def test_fees_are_changed_by_creator() -> None:
    assert [entry_id(e) for e in ENTRIES] == ["ana", "bo", "zoë", "dee"]
    changed = with_fees(ENTRIES, {"zoë": 7, "ana": None, "bo": -1})
    assert [e["item"].get("fee") for e in changed] == [None, None, 7.0, None]
    assert ENTRIES[0]["item"]["fee"] == 300


def test_the_list_says_how_many_and_what_is_missing() -> None:
    table, style, heading, button, disabled, state = listed(ENTRIES)
    assert (
        len(table) == 4
        and style == {}
        and heading == "4 candidates"
        and button == "Score 4 candidates"
        and not disabled
    )
    assert "known only from your list" not in state and "1 without a fee" in state
    bare = entry({"creator": {"creator_id": "x", "platform": "tiktok"}}, source="file")
    assert "1 known only from your list" in listed([*ENTRIES, bare])[5]
    assert listed([])[4] is True
