"""Raw rows of foreign files."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest

from data.errors import UsageError
from data.rows import read_rows

TEXT = "id,name\n007,NA\n8,\n"
ROWS = {"id": ["007", "8"], "name": ["NA", None]}


def plain(frame: pd.DataFrame) -> dict[str, list[Any]]:
    return {name: [None if isinstance(v, float) and pd.isna(v) else v for v in frame[name]] for name in frame}


def write(path: Path, data: bytes | str) -> Path:
    raw = data.encode() if isinstance(data, str) else data
    path.write_bytes(gzip.compress(raw) if path.suffix == ".gz" else raw)
    return path


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", TEXT),
        ("a.CSV", TEXT),
        ("a.csv.gz", TEXT),
        ("a.txt", TEXT.replace(",", "|")),
        ("a.csv", TEXT.replace(",", ";")),
        ("a.csv", TEXT.replace(",", "\t")),
        ("a.tsv", TEXT.replace(",", "\t")),
        ("a.csv", TEXT.replace("\n", "\r\n")),
        ("a.csv", TEXT.replace("\n", "\r")),
        ("a.csv", TEXT.encode("utf-8-sig")),
        ("a.csv", TEXT.encode("utf-16")),
        ("a.csv", TEXT.encode("utf-16-le")),
        ("a.csv", TEXT.rstrip("\n")),
        ("a.csv", '"id","name"\n"007","NA"\n"8",""\n'),
        ("a.csv", " id ,na\u00a0me\n007,NA\n8,\n".replace("na\u00a0me", '"\nname"')),
        ("a.jsonl", '{"id": "007", "name": "NA"}\n\n{"id": "8"}\n'),
        ("a.jsonl", '[{"id": "007", "name": "NA"}, {"id": "8", "name": null}]'),
        ("a.json", '[{"id": "007", "name": "NA"}, {"id": "8"}]'),
    ],
)
def test_text_formats(tmp_path: Path, name: str, data: bytes | str) -> None:
    assert plain(read_rows(write(tmp_path / name, data))) == ROWS


def test_values_with_delimiters_quotes_and_line_breaks(tmp_path: Path) -> None:
    value = 'a, "b"\r\nc; d\n'
    path = write(tmp_path / "a.csv", 'id;text\n1;"' + value.replace('"', '""') + '"\n2;5" wide\n')
    assert plain(read_rows(path)) == {"id": ["1", "2"], "text": [value, '5" wide']}


def test_one_column_keeps_its_empty_rows(tmp_path: Path) -> None:
    assert plain(read_rows(write(tmp_path / "a.csv", 'text\nx\n\n"y, z"\n\n'))) == {"text": ["x", None, "y, z", None]}


def test_western_text_is_recognised_and_damaged_utf8_is_refused(tmp_path: Path) -> None:
    western = write(tmp_path / "w.csv", "id,name\n1,Café “Ü”\n".encode("cp1252"))
    assert plain(read_rows(western))["name"] == ["Café “Ü”"]
    latin = write(tmp_path / "l.csv", b"id,name\n1,Caf\xe9 \x81\n")
    assert plain(read_rows(latin))["name"] == ["Café \x81"]
    damaged = write(tmp_path / "d.csv", "id,name\n1,Café Ünï\n2,".encode() + b"\xff\n")
    with pytest.raises(UsageError, match=r"d\.csv, line 3: got the byte 0xff at byte 25; allowed: text in UTF-8"):
        read_rows(damaged)
    with pytest.raises(UsageError, match="line 2: got the byte 0xe9"):
        read_rows(latin, encoding="utf-8")
    with pytest.raises(UsageError, match="the encoding klingon"):
        read_rows(latin, encoding="klingon")


def test_repeated_and_empty_names_are_told_apart(tmp_path: Path) -> None:
    frame = read_rows(write(tmp_path / "a.csv", "a,a,,a\n1,2,3,4\n"))
    assert plain(frame) == {"a": ["1"], "a.1": ["2"], "column_3": ["3"], "a.2": ["4"]}


def test_every_ragged_row_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as error:
        read_rows(write(tmp_path / "a.csv", "a,b\n1,2\n3\n4,5,6\n"), delimiter=",")
    assert [f.where.rpartition(", ")[2] for f in error.value.faults] == ["row 2", "row 3"]
    assert "3 fields (4,5,6)" in str(error.value)


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.csv", "", "no header line"),
        ("a.csv", 'a,b\n1,"open\n3,4\n', "a quote that is never closed"),
        ("a.pdf", "x", "the ending .pdf; allowed: a file ending in .csv, .tsv"),
        ("a", "x", "no ending"),
        ("a.json", '{"a": 1', r"a.json, line 1, column 8"),
        ("a.jsonl", '{"a": 1}\nx\n[1]\n', r"line 2: got Expecting value"),
        ("a.json", "[1, {}]", "row 1: got 1; allowed: a JSON object"),
        ("a.parquet", "no", "no Parquet file"),
        ("a.xlsx", "no", "no Excel workbook"),
    ],
)
def test_unreadable_files(tmp_path: Path, name: str, data: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read_rows(write(tmp_path / name, data))


def test_a_missing_file_and_a_broken_archive(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        read_rows(tmp_path / "a.csv")
    broken = tmp_path / "a.csv.gz"
    broken.write_bytes(gzip.compress(TEXT.encode() * 100)[:-10])
    with pytest.raises(UsageError, match="a broken gzip file"):
        read_rows(broken)
    broken.write_bytes(b"no gzip")
    with pytest.raises(UsageError, match="a broken gzip file"):
        read_rows(broken)


def test_rows_within_a_json_document(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", '{"data": {"items": [{"id": 17841405309211844, "o": {"n": "x"}}, {"id": null}]}}')
    frame = read_rows(path, records="data.items")
    # A long id next to a missing one must not turn into a float.
    assert frame["id"].tolist() == [17841405309211844, None]
    assert frame["o"].iloc[0] == {"n": "x"}
    assert list(read_rows(path)) == ["data"]
    with pytest.raises(UsageError, match="got items"):
        read_rows(path, records="data.rows")


def test_parquet_keeps_long_ids_and_decodes_categories(tmp_path: Path) -> None:
    table = pa.table({"id": pa.array([2**60 + 1, None]), "c": pa.array(["x", "y"]).dictionary_encode()})
    folder = tmp_path / "k=v"
    folder.mkdir()
    pyarrow.parquet.write_table(table, folder / "a.parquet")
    frame = read_rows(folder / "a.parquet")
    assert frame["id"].tolist() == [2**60 + 1, None]
    assert plain(frame)["c"] == ["x", "y"]
    assert list(frame) == ["id", "c"]


def test_excel_reads_the_first_sheet_without_its_empty_edges(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["id", "fee ", None], ["007", 12.5, ""], [None, None, None], [8, None, None]):
        sheet.append(row)
    book.create_sheet("other").append(["no"])
    book.save(tmp_path / "a.xlsx")
    frame = read_rows(tmp_path / "a.xlsx")
    assert {name: frame[name].tolist() for name in frame} == {"id": ["007", 8], "fee": [12.5, None]}
    openpyxl.Workbook().save(tmp_path / "empty.xlsx")
    with pytest.raises(UsageError, match="an empty sheet"):
        read_rows(tmp_path / "empty.xlsx")
