"""Files in and out: briefs, candidates, tables and JSON, with the same answer as the endpoint gives."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from data.errors import BriefError, CandidateError, UsageError
from data.sources import read_rows, write_rows, write_table
from serving import files
from serving.answers import ScoreResponse, json_bytes
from serving.files import read_brief, read_candidates, score_files, write_response
from serving.schemas import LongScoreRequest
from serving.tables import COLUMNS, results_table
from tests.serving_fakes import BRIEF, INFO, NOW, FakeScorer, live, request, tables


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The four creators as a workspace, and the fake scorer behind every model name."""
    for name, frame in tables().items():
        write_table(tmp_path / "ws", name, frame)
    monkeypatch.setattr(files, "load_scorer", lambda _: (FakeScorer(), INFO))
    return tmp_path / "ws"


def written(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def brief_file(folder: Path, **more: Any) -> Path:
    return written(folder / "brief.json", json.dumps(BRIEF | more))


YAML = """
brand: Northpeak
category: fitness
brief: |
  Trail shoes
goal: sales
starts_on: 2025-06-10
ends_on: 2025-06-30
currency: USD
order_value: 90
gross_margin: 0.5
ships_to: [NO, SE]
keywords: trail, shoes
target_audience:
  age: {18-24: 0.4}
"""
TOML = """
brand = "Northpeak"
category = "fitness"
brief = "Trail shoes"
goal = "sales"
starts_on = 2025-06-10
ends_on = 2025-06-30
currency = "USD"
order_value = 90
gross_margin = 0.5
ships_to = ["NO", "SE"]
keywords = "trail, shoes"
[target_audience.age]
18-24 = 0.4
"""


def test_yaml_toml_and_json_say_the_same(tmp_path: Path) -> None:
    plain = {**BRIEF, "ships_to": ["NO", "SE"], "keywords": "trail, shoes", "target_audience": {"age": {"18-24": 0.4}}}
    plain.pop("campaign_id")
    read = [
        read_brief(written(tmp_path / "b.yaml", YAML)),
        read_brief(written(tmp_path / "b.toml", TOML)),
        read_brief(written(tmp_path / "b.json", json.dumps({"campaign": plain}))),
    ]
    none = [{"creator_id": "a"}]
    made = [files.read_request(LongScoreRequest, brief, none, {}, tmp_path).campaign for brief in read]
    assert made[0].model_copy(update={"brief": "Trail shoes"}) == made[1] == made[2]
    assert made[0].ships_to == ["NO", "SE"] and made[0].starts_on.isoformat() == "2025-06-10"


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("b.yaml", "a: [1", "well-formed YAML"), ("b.toml", "a = ", "well-formed TOML"), ("b.json", "{", "JSON"),
        ("b.json", "[1]", "names and values"), ("b.txt", "", ".json, .yaml, .yml or .toml"),
        ("b.yaml", "", "names and"),
    ],
)  # fmt: skip
def test_a_malformed_brief(tmp_path: Path, name: str, text: str, words: str) -> None:
    with pytest.raises(BriefError, match=words):
        read_brief(written(tmp_path / name, text))


def test_a_brief_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BriefError, match="no such file"):
        read_brief(tmp_path / "b.yaml")


def test_every_fault_of_a_brief_is_named(workspace: Path, tmp_path: Path) -> None:
    brief = brief_file(tmp_path, order_value=None, gross_margin=45)
    candidates = written(tmp_path / "c.csv", "creator_id\nana\n")
    with pytest.raises(BriefError) as caught:
        score_files(workspace, brief, candidates, tmp_path / "out.csv", now=NOW, level=0.02)
    assert [fault.where for fault in caught.value.faults] == [
        "brief.json, order_value", "brief.json, gross_margin", "--level",
    ]  # fmt: skip
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize("ending", ["csv", "tsv", "xlsx", "parquet", "jsonl"])
def test_candidates_of_every_kind(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"c.{ending}"
    rows = pd.DataFrame({"creator_id": ["ana", "007"], "name": ["Ana", "Bo"], "fee": [100.0, None]})
    write_rows(rows, path)
    assert read_candidates(path) == [{"creator_id": "ana", "fee": 100.0}, {"creator_id": "007"}]


def test_ids_read_as_numbers_are_text_again(tmp_path: Path) -> None:
    write_rows(pd.DataFrame({"creator_id": [12.0, 13.0], "fee": [5, 6]}), tmp_path / "c.xlsx")
    assert [c["creator_id"] for c in read_candidates(tmp_path / "c.xlsx")] == ["12", "13"]


def test_json_lines_may_hold_inline_records(tmp_path: Path) -> None:
    record = {"creator": {"platform": "tiktok"}, "posts": [], "fee": 3}
    path = written(tmp_path / "c.jsonl", json.dumps(record) + "\n" + json.dumps({"creator_id": "ana"}) + "\n")
    assert read_candidates(path) == [record, {"creator_id": "ana"}]


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("c.csv", "creator,fees\na,3\n", "creator, fees; allowed: creator_id"),
        ("c.csv", "creator_id,fee\n", "no rows"),
        ("c.docx", "", "docx"), ("c.jsonl", "{", "c.jsonl, line 1"),
    ],
)  # fmt: skip
def test_candidates_that_cannot_be_read(tmp_path: Path, name: str, text: str, words: str) -> None:
    with pytest.raises(CandidateError, match=words):
        read_candidates(written(tmp_path / name, text))


def test_a_wrong_cell_refuses_its_row_alone(workspace: Path, tmp_path: Path) -> None:
    candidates = written(tmp_path / "c.csv", "creator_id,fee,notes\nana,100,x\nbo,€ 50,y\n,3,z\nnobody,inf,\n")
    response = score_files(workspace, brief_file(tmp_path), candidates, now=NOW)
    assert [r.creator_id for r in response.results] == ["ana"]
    assert [(e.index, e.creator_id, e.code) for e in response.errors] == [
        (1, "bo", "invalid_candidate"), (2, None, "invalid_candidate"), (3, "nobody", "invalid_candidate"),
    ]  # fmt: skip
    assert "€ 50" in response.errors[0].message


def test_files_answer_as_the_endpoint_does(workspace: Path, tmp_path: Path) -> None:
    candidates = written(tmp_path / "c.csv", "creator_id,fee\nana,100.1\nbo,33\nnobody,1\n")
    out = tmp_path / "out.json"
    as_of = pd.Timestamp("2025-05-20T00:00:00Z")
    score_files(workspace, brief_file(tmp_path), candidates, out, now=NOW, as_of=as_of, level=0.7, rank_by="fit")
    asked = [{"creator_id": "ana", "fee": 100.1}, {"creator_id": "bo", "fee": 33}, {"creator_id": "nobody", "fee": 1}]
    answer = live().answer(request(asked, as_of="2025-05-20T00:00:00+00:00", level=0.7, rank_by="fit"), NOW).response
    assert out.read_bytes() == json_bytes(answer)


def test_more_than_a_thousand_candidates(workspace: Path, tmp_path: Path) -> None:
    candidates = written(tmp_path / "c.csv", "creator_id\n" + "ana\n" * 3 + "nobody\n" * 1_200)
    response = score_files(workspace, brief_file(tmp_path), candidates, now=NOW)
    assert (len(response.results), len(response.errors)) == (3, 1_200)


def answer() -> ScoreResponse:
    asked = [{"creator_id": "ana", "fee": 100}, {"creator_id": "bo"}, {"creator_id": "nobody"}, {"creator_id": "dee"}]
    return live().answer(request(asked, {"campaign_id": "=1+1"}), NOW).response


def test_a_table_has_the_documented_columns_and_a_row_per_candidate() -> None:
    table = results_table(answer())
    assert tuple(table.columns) == COLUMNS
    assert table["creator_id"].tolist() == ["ana", "bo", "dee", "nobody"]
    assert table["rank"].tolist() == [1, 2, 3, pd.NA]
    first = table.iloc[0]
    assert (first["profit"], first["cost"], first["roi_expected"], first["level"]) == (350.0, 100.0, 3.5, 0.8)
    assert table["roi_expected"].isna().tolist() == [False, True, True, True]
    assert table["error"].iloc[3].startswith("unknown_creator: ") and table["error"].iloc[:3].isna().all()


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet", "jsonl"])
def test_a_table_is_written_whole_and_unrounded(tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"out.{ending}"
    response = answer()
    response.results[0].lift.expected = 0.1 + 0.2
    write_response(response, out)
    read = read_rows(out)
    assert list(read.columns) == list(COLUMNS) and len(read) == 4
    # Excel holds 15 digits; every other kind holds the number exactly.
    assert float(read["lift_expected"].iloc[0]) == (pytest.approx(0.3, rel=1e-15) if ending == "xlsx" else 0.1 + 0.2)
    neutral = "'=1+1" if ending in ("csv", "xlsx") else "=1+1"
    assert read["campaign_id"].iloc[0] == neutral


def test_another_ending_is_refused_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"out\.pdf"):
        score_files(tmp_path, tmp_path / "b.json", tmp_path / "c.csv", tmp_path / "out.pdf", now=NOW)
