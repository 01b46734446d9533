"""Files are whole or not there, and a spreadsheet runs nothing of ours."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from data.errors import UsageError
from data.rows import read_rows
from data.writing import WRITABLE, neutralised, replacing, replacing_folder, write_rows

FRAME = pd.DataFrame(
    {
        "creator_id": ["=1+1", "007", None],
        "roi": [0.1, np.nan, 1e-7],
        "at": pd.to_datetime(["2025-01-01T00:00:00Z", None, "2025-01-02T00:00:00Z"]),
        "flags": [["a", "b"], [], ["=c"]],
        "ok": [True, False, True],
    },
    index=[3, 3, 9],
)


@pytest.mark.parametrize("ending", WRITABLE)
def test_every_format_reads_back(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"r.{ending}"
    write_rows(FRAME, path)
    frame = read_rows(path)
    assert list(frame) == list(FRAME)
    assert pd.to_numeric(frame["roi"]).tolist()[::2] == [0.1, 1e-7]
    assert frame["roi"].isna().tolist() == [False, True, False]
    assert frame["creator_id"].iloc[1] == "007"
    assert pd.isna(frame["creator_id"].iloc[2])
    assert pd.to_datetime(frame["at"]).iloc[0] == pd.Timestamp("2025-01-01", tz="UTC")
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("ending", ["csv", "csv.gz", "tsv", "xlsx"])
def test_formulas_are_neutralised(tmp_path: Path, ending: str) -> None:
    hostile = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "fine", "a=b"]
    path = tmp_path / f"r.{ending}"
    write_rows(pd.DataFrame({"=name": hostile, "n": range(-4, 4)}), path)
    frame = read_rows(path)
    # XML, and so Excel, knows no lone carriage return.
    hostile = [v.replace("\r", "\n") for v in hostile] if ending == "xlsx" else hostile
    assert frame["'=name"].tolist() == ["'" + v for v in hostile[:6]] + hostile[6:]
    assert pd.to_numeric(frame["n"]).tolist() == list(range(-4, 4))


@pytest.mark.parametrize("text", ["@anna look at this!!", "@b.c", "@a @b ❤️\nnice", "@élise so pretty! 😍"])
def test_a_mention_is_no_formula(text: str) -> None:
    assert neutralised(text) == text


@pytest.mark.parametrize(
    "text", ["@SUM(A1)", "@cmd|' /C calc'!A0", "@x (y)", "@Sheet2!A1", "@Sheet2!$A$1", "@", "@ A1", "@=1"]
)
def test_an_at_that_could_run_is(text: str) -> None:
    assert neutralised(text) == "'" + text


def test_excel_holds_no_formula(tmp_path: Path) -> None:
    write_rows(pd.DataFrame({"a": ["=1+1", "bell\x07"]}), tmp_path / "r.xlsx")
    cells = [row[0] for row in openpyxl.load_workbook(tmp_path / "r.xlsx").active.iter_rows()]
    assert [cell.data_type for cell in cells] == ["s", "s", "s"]
    assert cells[2].value == "bell"


def test_excel_holds_numbers_to_the_last_bit(tmp_path: Path) -> None:
    numbers = np.random.default_rng(1).uniform(-100.0, 100.0, 300)
    write_rows(pd.DataFrame({"a": numbers}), tmp_path / "r.xlsx")
    cells = [row[0] for row in openpyxl.load_workbook(tmp_path / "r.xlsx").active.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} == {"n"} and [cell.value for cell in cells] == numbers.tolist()


def test_json_is_exact_and_has_null_for_missing(tmp_path: Path) -> None:
    write_rows(FRAME.assign(roi=[np.inf, np.nan, 0.1]), tmp_path / "r.json")
    rows = json.loads((tmp_path / "r.json").read_text("utf-8"))
    assert rows[0] == {"creator_id": "=1+1", "roi": None, "at": "2025-01-01T00:00:00Z", "flags": ["a", "b"], "ok": True}
    assert rows[1]["at"] is None


@pytest.mark.parametrize("name", ["r.txt", "r", "r.xls", "r.json.gz"])
def test_another_ending_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match=r"\.csv, \.csv\.gz, \.tsv, \.jsonl, \.json, \.parquet, \.xlsx"):
        write_rows(FRAME, tmp_path / name)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("ending", ["csv", "csv.gz", "tsv", "json", "jsonl", "parquet"])
def test_the_same_rows_give_the_same_bytes(tmp_path: Path, ending: str) -> None:
    first, second = tmp_path / f"a.{ending}", tmp_path / f"b.{ending}"
    write_rows(FRAME, first)
    write_rows(FRAME.copy(), second)
    assert first.read_bytes() == second.read_bytes()


def test_an_empty_result_has_its_columns(tmp_path: Path) -> None:
    write_rows(FRAME.iloc[:0], tmp_path / "r.csv")
    assert list(read_rows(tmp_path / "r.csv")) == list(FRAME)


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("old")
    with pytest.raises(RuntimeError), replacing(path) as part:
        part.write_text("half")
        raise RuntimeError
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
    with replacing(path) as part:
        part.write_text("new")
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == (tmp_path / "r.csv").stat().st_mode & 0o777


def test_a_folder_is_swapped_whole(tmp_path: Path) -> None:
    folder = tmp_path / "posts"
    with replacing_folder(folder) as new:
        (new / "a").write_text("1")
    with pytest.raises(RuntimeError), replacing_folder(folder) as new:
        (new / "b").write_text("half")
        raise RuntimeError
    assert [p.name for p in folder.iterdir()] == ["a"]
    with replacing_folder(folder) as new:
        (new / "b").write_text("2")
    assert [p.name for p in folder.iterdir()] == ["b"]
    assert list(tmp_path.iterdir()) == [folder]


def test_a_written_file_has_the_usual_permissions(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    write_rows(FRAME, tmp_path / "r.csv")
    assert (tmp_path / "r.csv").stat().st_mode == (tmp_path / "usual").stat().st_mode
