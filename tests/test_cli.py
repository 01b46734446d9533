"""The command line as its users meet it: exit codes, one line per fault, and files that are whole or not there."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import cli
from data.sources import read_tables
from tests.conftest import Trained

BRIEF = {
    "campaign_id": "spring", "brand": "Northpeak", "category": "fitness", "brief": "Light trail running shoes",
    "goal": "sales", "starts_on": "2026-04-01", "ends_on": "2026-04-30", "currency": "EUR",
    "order_value": 120.0, "gross_margin": 0.5,
}  # fmt: skip


@pytest.fixture
def brief(tmp_path: Path) -> Path:
    path = tmp_path / "brief.json"
    path.write_text(json.dumps(BRIEF))
    return path


@pytest.fixture
def candidates(tmp_path: Path, workspace: Path) -> Path:
    ids = read_tables(workspace, ["creators"])["creators"]["creator_id"].drop_duplicates().head(3)
    path = tmp_path / "candidates.csv"
    pd.DataFrame({"creator_id": [*ids, "nobody"], "fee": 150.0}).to_csv(path, index=False)
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = cli.main([str(a) for a in arguments])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_help_answers_without_loading_what_commands_need() -> None:
    script = (
        "import sys, cli; cli.build_parser();"
        "print([m for m in ('mlflow', 'lightgbm', 'bentoml', 'textblob') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_an_unknown_command_is_bad_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(["guess"])
    assert stopped.value.code == 2
    assert "invalid choice: 'guess'" in capsys.readouterr().err


@pytest.mark.parametrize("argument", ["--creators=0", "--seed=-1", "--end=yesterday", "--end=2025-01-01T00:00"])
def test_an_option_that_cannot_be_is_bad_usage(argument: str, tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(["simulate", str(tmp_path / "out"), argument])
    assert stopped.value.code == 2
    assert not (tmp_path / "out").exists()


def test_simulate_then_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--creators", 30, "--collaborations", 20, "--seed", 3, "--end", "2025-06-01"]
    code, told, _ = run(capsys, "simulate", tmp_path / "ws", *options, "--json")
    assert code == 0
    assert json.loads(told)["rows"]["collaborations"] == 20
    assert run(capsys, "check", tmp_path / "ws")[0] == 0
    again = tmp_path / "again"
    assert run(capsys, "simulate", again, *options)[0] == 0
    assert (again / "posts.parquet").read_bytes() == (tmp_path / "ws" / "posts.parquet").read_bytes()


def test_check_names_every_fault_a_line_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "creators.csv").write_text("creator_id,platform\na,instagram\na,instagram\nb,fax\n")
    (tmp_path / "posts.csv").write_text("post_id,creator_id,posted_at,likes\np,zed,2025-01-01 10:00,-4\n")
    code, told, _ = run(capsys, "check", tmp_path)
    assert code == 2
    for words in ("column platform, row 3", "column posted_at, row 1", "column likes, row 1", "zed"):
        assert words in told
    assert all("got" in line and "allowed" in line for line in told.splitlines())


@pytest.mark.parametrize("command", ["check", "train", "features", "score"])
def test_a_workspace_that_is_not_there(
    command: str, tmp_path: Path, brief: Path, candidates: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = {
        "features": ["--pairings", candidates, "--out", tmp_path / "f.csv"],
        "score": ["--brief", brief, "--candidates", candidates],
    }.get(command, [])
    code, told, err = run(capsys, command, tmp_path / "nowhere", *options)
    assert code in (1, 2)
    assert "Traceback" not in told + err
    assert err.strip() or told.strip()


def test_no_champion_yet_is_said_in_words(
    workspace: Path, brief: Path, candidates: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = run(capsys, "score", workspace, "--brief", brief, "--candidates", candidates)
    assert code == 1
    assert "creatorlift train" in err
    assert "Traceback" not in err


def test_score_writes_every_ending_and_keeps_the_faulty_candidate(
    trained: Trained, tmp_path: Path, brief: Path, candidates: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frames = {}
    for ending, read in ((".csv", pd.read_csv), (".xlsx", pd.read_excel), (".parquet", pd.read_parquet)):
        out = tmp_path / f"shortlist{ending}"
        options = ["--brief", brief, "--candidates", candidates, "--out", out, "--as-of", "2026-01-01"]
        code, told, _ = run(capsys, "score", trained.workspace, *options)
        assert code == 0
        assert "simulated data" in told
        frames[ending] = read(out)
    assert list(frames[".csv"]["creator_id"]) == list(frames[".parquet"]["creator_id"])
    faulty = frames[".csv"].set_index("creator_id").loc["nobody"]
    assert isinstance(faulty["error"], str)
    assert pd.isna(faulty["fit_score"])
    assert frames[".csv"]["fit_score"].notna().sum() == 3


def test_a_brief_without_economics_is_refused_and_nothing_is_written(
    trained: Trained, tmp_path: Path, candidates: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    brief = tmp_path / "poor.json"
    brief.write_text(json.dumps({k: v for k, v in BRIEF.items() if k not in ("order_value", "gross_margin")}))
    out = tmp_path / "out.csv"
    code, _, err = run(capsys, "score", trained.workspace, "--brief", brief, "--candidates", candidates, "--out", out)
    assert code == 2
    assert "order_value" in err
    assert "gross_margin" in err
    assert not out.exists()


def test_features_are_the_frame_the_model_sees(
    trained: Trained, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from features.catalog import NAMES

    deals = read_tables(trained.workspace, ["collaborations"])["collaborations"].head(4)
    asked = deals[["creator_id", "campaign_id"]].assign(as_of=deals["agreed_at"].dt.strftime("%Y-%m-%dT%H:%M:%SZ"))
    pairings, out = tmp_path / "pairings.csv", tmp_path / "features.parquet"
    asked.to_csv(pairings, index=False)
    assert run(capsys, "features", trained.workspace, "--pairings", pairings, "--out", out)[0] == 0
    written = pd.read_parquet(out)
    assert list(written["creator_id"]) == list(asked["creator_id"])
    assert set(NAMES) <= set(written.columns)
    assert len(written) == 4


def test_promote_without_a_model_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "promote")
    assert code == 1
    assert "creatorlift train" in err


def test_explain_shows_the_creator_and_the_models_reasons(
    trained: Trained, brief: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from rich.console import Console

    creator = read_tables(trained.workspace, ["posts"])["posts"]["creator_id"].value_counts().index[0]
    command = ["explain", trained.workspace, creator, "--brief", brief, "--as-of", "2026-01-01"]
    code, told, _ = run(capsys, *command, "--json")
    assert code == 0
    shown = json.loads(told)
    assert shown["campaign_id"] == "spring"
    assert [family["family"] for family in shown["families"]] == ["niche", "engagement", "sentiment", "campaign"]
    assert sum(r["incremental_conversions"] for r in shown["score"]["reasons"]) == pytest.approx(
        shown["score"]["conversions"]
    )
    for width in (80, 120):
        monkeypatch.setattr(cli, "out", Console(highlight=False, soft_wrap=True, width=width))
        code, told, _ = run(capsys, *command)
        assert code == 0
        assert max(map(len, told.splitlines())) <= width
        for words in (creator, "Engagement per follower", "Not known", "simulated data", "peers below"):
            assert words in told


def test_explain_takes_the_workspace_after_the_creator_or_from_the_folder(
    workspace: Path, brief: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    creator = read_tables(workspace, ["posts"])["posts"]["creator_id"].iloc[0]
    rest = ("--brief", brief, "--as-of", "2026-01-01")
    expected = run(capsys, "explain", workspace, creator, *rest)
    assert expected[0] == 0
    assert run(capsys, "explain", creator, workspace, *rest) == expected
    monkeypatch.chdir(workspace)
    assert run(capsys, "explain", creator, *rest) == expected


def test_explain_without_a_model_or_with_an_unknown_creator(
    workspace: Path, brief: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    creator = read_tables(workspace, ["posts"])["posts"]["creator_id"].iloc[0]
    code, told, _ = run(capsys, "explain", workspace, creator, "--brief", brief, "--as-of", "2026-01-01")
    assert code == 0
    assert "no model yet" in told
    code, _, err = run(capsys, "explain", workspace, "nobody", "--brief", brief)
    assert code == 2
    assert "nobody" in err
