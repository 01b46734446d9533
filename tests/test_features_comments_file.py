"""`read-comments`: any file of comments in, the same rows with their readings out."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from cli import main
from data.errors import TableError, UsageError
from features.comments import COLUMNS, read_comments
from features.comments_file import ROWS_AT_ONCE, read_comment_file, summary

TEXTS = [
    "sch\u00f6n!",
    "",
    'He said "wow"\nand bought it, twice',
    "caf\u00e9; na\u00efve",
    "=1+1",
    "@ana where can I buy it?",
]


def csv_of(delimiter: str) -> str:
    rows = [f"{i}{delimiter}" + '"' + text.replace('"', '""') + '"' for i, text in enumerate(TEXTS)]
    return "\n".join([f"id{delimiter}text", *rows]) + "\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "latin-1", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_any_encoding_and_delimiter_reads_the_same(tmp_path: Path, encoding: str, delimiter: str) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.parquet"
    source.write_bytes(csv_of(delimiter).encode(encoding))
    figures = read_comment_file(source, out)
    written = pd.read_parquet(out)
    assert figures["comments"] == len(written) == len(TEXTS)
    assert list(written["id"]) == [str(i) for i in range(len(TEXTS))]
    assert list(written["text"].fillna("")) == TEXTS
    assert list(written.columns) == ["id", "text", *COLUMNS]
    expected = read_comments(pd.Series(TEXTS))
    pd.testing.assert_frame_equal(written[list(COLUMNS)], expected, check_exact=True)


def test_every_kind_of_file_can_be_read_and_written(tmp_path: Path) -> None:
    frame = pd.DataFrame({"text": ["love it", None, "broke after a day"], "n": [1, 2, 3]})
    frame.to_parquet(tmp_path / "in.parquet")
    frame.to_excel(tmp_path / "in.xlsx", index=False)
    frame.to_json(tmp_path / "in.jsonl", orient="records", lines=True)
    for source in ("in.parquet", "in.xlsx", "in.jsonl"):
        for ending in ("csv", "csv.gz", "tsv", "jsonl", "json", "parquet", "xlsx"):
            assert read_comment_file(tmp_path / source, tmp_path / f"out.{ending}")["comments"] == 3


def test_columns_that_meet_ours_are_kept_under_another_name(tmp_path: Path) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("source_language,text,language\nx,ok,de\n")
    read_comment_file(source, out)
    written = pd.read_csv(out)
    assert written.columns[:3].tolist() == ["source_language", "text", "source_source_language"]
    assert written["source_source_language"].tolist() == ["de"]
    assert written.columns.is_unique


def test_a_text_column_of_our_name_is_read(tmp_path: Path) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("sentiment\nI hate it\n")
    read_comment_file(source, out, "sentiment")
    written = pd.read_csv(out)
    assert written["source_sentiment"].tolist() == ["I hate it"]
    assert written["sentiment"].iloc[0] < 0


def test_formulas_are_neutralised_for_spreadsheets_only(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text('text\n"=HYPERLINK(""http://x"",""free"")"\n')
    read_comment_file(source, tmp_path / "out.xlsx")
    cell = openpyxl.load_workbook(tmp_path / "out.xlsx").active["A2"]
    assert cell.data_type == "s"
    assert cell.value.startswith("'=")
    read_comment_file(source, tmp_path / "out.parquet")
    assert pd.read_parquet(tmp_path / "out.parquet")["text"].iloc[0].startswith("=HYPER")


def test_many_rows_are_read_in_parts_in_order(tmp_path: Path) -> None:
    n = ROWS_AT_ONCE + 3
    source, out = tmp_path / "in.csv", tmp_path / "out.parquet"
    source.write_text("id,text\n" + "\n".join(f"{i},{'ugly' if i % 2 else 'lovely'}" for i in range(n)) + "\n")
    told: list[int] = []
    read_comment_file(source, out, progress=lambda _, done, whole: told.append(done))
    written = pd.read_parquet(out)
    assert written["id"].astype(int).tolist() == list(range(n))
    assert ((written["sentiment"] > 0) == (written["id"].astype(int) % 2 == 0)).all()
    assert told == [ROWS_AT_ONCE, n]


def test_a_column_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("id,body\n1,hello\n")
    with pytest.raises(TableError, match=r"column text.*one of id, body"):
        read_comment_file(source, tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


def test_an_ending_nobody_can_write_is_told_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"\.doc"):
        read_comment_file(tmp_path / "absent.csv", tmp_path / "out.doc")


def test_summary_counts_what_is_likely() -> None:
    figures = summary(read_comments(pd.Series(["where can I buy this?", "\U0001f60d", None])))
    assert figures["comments"] == 3
    assert figures["likely_share"]["purchase_intent"] == pytest.approx(1 / 3, abs=1e-4)
    assert figures["emoji_only_share"] == pytest.approx(1 / 3, abs=1e-4)
    assert figures["understood_share"] == pytest.approx(2 / 3, abs=1e-4)
    nothing = summary(read_comments(pd.Series([], dtype="str")))
    assert nothing["comments"] == 0
    assert nothing["sentiment_mean"] is None


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("body\nwhere can I buy this?\n")
    assert main(["read-comments", str(source), "--text-column", "body", "--out", str(out)]) == 0
    told = capsys.readouterr().out
    assert "1 comments, 100.0 % understood" in told
    assert main(["read-comments", str(source), "--text-column", "body", "--out", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["likely_share"]["purchase_intent"] == 1
    assert np.isfinite(pd.read_csv(out)["p_spam"]).all()
    assert main(["read-comments", str(source), "--out", str(tmp_path / "other.csv")]) == 2
    assert "one of body" in capsys.readouterr().err
