"""The loop from outcome to retraining, by the commands that users run: files in, store, workspace, labels."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import cli
from data.check import check_workspace
from data.sources import digest, load_history, read_tables, write_rows, write_table
from serving.memory_command import opened
from serving.store_outcomes import current
from serving.store_scores import Entry, write_scores
from tests.serving_fakes import NOW, live, request
from tests.test_serving_outcomes import outcome
from training.labels import find_labels

FAR = pd.Timestamp("2100-01-01", tz="UTC")


@pytest.fixture(autouse=True)
def own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREATORLIFT_STATE", str(tmp_path / "state"))


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = cli.main([str(a) for a in arguments])
    told = capsys.readouterr()
    return code, told.out, told.err


@pytest.mark.parametrize("ending", ["csv", "parquet", "jsonl", "xlsx"])
def test_a_workspace_with_its_outcomes_put_back_is_the_one_it_was(
    workspace: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], ending: str
) -> None:
    whole = read_tables(workspace)
    deals = whole["collaborations"]
    copy, file = tmp_path / "ws", tmp_path / f"outcomes.{ending}"
    shutil.copytree(workspace, copy)
    running = deals.assign(
        measure=deals["measure"].where(deals.index >= 60), exposed=deals["exposed"].where(deals.index >= 60)
    )
    write_table(copy, "collaborations", running.iloc[20:].reset_index(drop=True))
    before = len(find_labels(load_history(copy), FAR))
    write_rows(deals.iloc[:80], file)
    code, _, err = run(capsys, "outcomes", "import", file, "--by", "ada")
    assert (code, err.strip()) == (0, "Outcomes: 80 new, 0 corrected, 0 unchanged, 0 refused")
    code, told, _ = run(capsys, "outcomes", "export", copy, "--json")
    report = json.loads(told)
    assert code == 0 and (report["added"], report["changed"], report["unchanged"]) == (20, 40, 20)
    assert check_workspace(copy) == []
    after = read_tables(copy)
    assert digest(after) == digest(whole)
    assert len(find_labels(load_history(copy), FAR)) == len(find_labels(load_history(workspace), FAR)) > before
    stamp = (copy / "collaborations.parquet").stat().st_mtime_ns
    assert json.loads(run(capsys, "outcomes", "export", copy, "--json")[1])["unchanged"] == 80
    assert (copy / "collaborations.parquet").stat().st_mtime_ns == stamp


def small_workspace(folder: Path, **tables: Any) -> Path:
    folder.mkdir()
    (folder / "creators.csv").write_text("creator_id,platform\nana,instagram\n")
    (folder / "posts.csv").write_text("post_id,creator_id,posted_at\n")
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text)
    return folder


def test_a_faulty_row_is_told_and_the_others_are_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "o.csv"
    pd.DataFrame([outcome("d1"), outcome("d2", fee=-1), outcome("d3", note="x")]).to_csv(file, index=False)
    code, told, err = run(capsys, "outcomes", "import", file)
    assert code == 2
    assert told.splitlines() == [f"{file}, row 2.fee: got -1; allowed: a number of at least 0"]
    assert "2 new, 0 corrected, 0 unchanged, 1 refused" in err and "left out: note" in err
    code, told, _ = run(capsys, "outcomes", "list", "--json")
    assert [one["collaboration_id"] for one in json.loads(told)] == ["d1", "d3"]


def test_every_version_of_one_outcome(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for fee in (1, 2):
        file = tmp_path / "o.jsonl"
        file.write_text(json.dumps(outcome("d1", fee=fee)) + "\n")
        assert run(capsys, "outcomes", "import", file, "--by", f"user {fee}")[0] == 0
    versions = json.loads(run(capsys, "outcomes", "list", "--id", "d1", "--json")[1])
    assert [(v["version"], v["row"]["fee"], v["recorded_by"]) for v in versions] == [(1, 1, "user 1"), (2, 2, "user 2")]
    code, _, err = run(capsys, "outcomes", "list", "--id", "nobody")
    assert code == 1 and "nobody" in err
    table = tmp_path / "out.xlsx"
    assert run(capsys, "outcomes", "list", "--out", table)[0] == 0
    assert pd.read_excel(table)["fee"].tolist() == [2]
    assert "d1" in run(capsys, "outcomes", "list")[1]


def test_what_the_workspace_does_not_know_is_left_out_and_told_and_a_scored_brief_becomes_a_campaign(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    campaigns = (
        "campaign_id,brand,category,brief,goal,starts_on,ends_on,currency,order_value,gross_margin\n"
        "old,Northpeak,fitness,Shoes,sales,2025-03-01,2025-03-31,USD,90,0.5\n"
    )
    ws = small_workspace(tmp_path / "ws", campaigns=campaigns)
    told = {
        "campaign_id": "spring",
        "keywords": ["trail", "run"],
        "ships_to": ["US"],
        "target_audience": {"age": {"18-24": 1.0}},
    }
    asked = request([{"creator_id": "ana", "fee": 10}], told)
    with opened() as store:
        write_scores(store, [Entry("r", "/v1/score", NOW, asked.campaign, live().answer(asked, NOW).response, None)])
    file = tmp_path / "o.jsonl"
    rows = [
        outcome("d1"),
        outcome("d2", campaign_id="spring"),
        outcome("d3", campaign_id="never"),
        outcome("d4", creator_id="zed"),
    ]
    file.write_text("\n".join(map(json.dumps, rows)))
    assert run(capsys, "outcomes", "import", file)[0] == 0
    code, words, _ = run(capsys, "outcomes", "export", ws)
    assert code == 0
    assert "2 collaborations added, 0 changed, 0 as they were; the table has 2 rows now." in words
    assert "from the briefs that were scored: spring" in words
    assert "no such creator: d4" in words and "no such campaign: d3" in words
    assert check_workspace(ws) == []
    tables = read_tables(ws)
    assert tables["collaborations"]["collaboration_id"].tolist() == ["d1", "d2"]
    spring = tables["campaigns"].set_index("campaign_id").loc["spring"]
    assert spring["keywords"] == "trail,run" and spring["ships_to"] == "US" and spring["order_value"] == 90.0
    assert tables["campaign_audience"]["share"].tolist() == [1.0]
    assert (ws / "campaigns.csv").exists() and not (ws / "campaigns.parquet").exists()


def test_rows_keep_their_place_their_format_and_the_columns_that_are_not_ours(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = "collaboration_id,campaign_id,creator_id,agreed_at,fee,agency\n"
    rows = [f"d{n},old,ana,2025-04-0{n}T00:00:00Z,10,agency {n}" for n in (1, 2, 3)]
    campaigns = "campaign_id,brand,category,brief,goal,starts_on,ends_on,currency,order_value,gross_margin\n" + (
        "old,N,f,S,sales,2025-03-01,2025-03-31,USD,90,0.5\n"
    )
    ws = small_workspace(tmp_path / "ws", collaborations=head + "\n".join(rows), campaigns=campaigns)
    file = tmp_path / "o.jsonl"
    file.write_text(json.dumps(outcome("d2", agreed_at="2025-04-02T00:00:00Z", fee=77, clicks=5)))
    run(capsys, "outcomes", "import", file)
    assert run(capsys, "outcomes", "export", ws)[0] == 0
    found = pd.read_csv(ws / "collaborations.csv")
    assert found["collaboration_id"].tolist() == ["d1", "d2", "d3"]
    assert found["fee"].tolist() == [10, 77, 10] and found["agency"].tolist() == ["agency 1", "agency 2", "agency 3"]
    with opened() as store:
        assert len(current(store)) == 1


def test_a_workspace_with_faults_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ws = small_workspace(tmp_path / "ws", collaborations="collaboration_id,fee\nd1,free\n")
    before = (ws / "collaborations.csv").read_bytes()
    code, _, err = run(capsys, "outcomes", "export", ws)
    assert code == 2 and "free" in err
    assert (ws / "collaborations.csv").read_bytes() == before


def test_keys_by_command(capsys: pytest.CaptureFixture[str]) -> None:
    code, token, err = run(capsys, "keys", "create", "--name", "shop", "--scope", "score", "--per-minute", "60")
    assert code == 0 and token.startswith("clk_") and "shown this once" in err and token.strip() not in err
    key_id = token.split("_")[1]
    listed = run(capsys, "keys", "list")[1]
    assert key_id in listed and token.strip().split("_", 2)[2] not in listed
    assert run(capsys, "keys", "revoke", key_id)[0] == 0
    keys = json.loads(run(capsys, "keys", "list", "--json")[1])
    assert [(key["id"], key["scopes"], key["per_minute"], key["revoked_at"] is not None) for key in keys] == [
        (key_id, ["score"], 60, True)
    ]
    assert run(capsys, "keys", "revoke", "nobody")[0] == 2
    assert run(capsys, "keys", "create", "--name", "x", "--scope", "all")[0] == 2


def test_serving_beyond_this_machine_without_a_key_is_refused_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "serve", "--host", "0.0.0.0", "--port", "1")  # noqa: S104
    assert code == 1 and "keys create" in err and "0.0.0.0" in err  # noqa: S104


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [("RATE_PER_MINUTE", "-1", "a whole number"), ("CORS_ORIGINS", "*", "https://shop.example"),
     ("STORE_URL", "mysql://u:pw@h/d", "postgresql://"), ("MAX_SECONDS", "0", "from 1"), ("JOB_HOURS", "x", "from 1")],
)  # fmt: skip
def test_a_setting_that_cannot_be_is_told_at_once(
    name: str, value: str, allowed: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"CREATORLIFT_{name}", value)
    code, _, err = run(capsys, "serve")
    assert code == 2 and f"CREATORLIFT_{name}" in err and allowed in err and "pw" not in err
