"""A training run end to end on a tiny market: what it logs, repeats, refuses and leaves alone."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.errors import NotEnoughData, TableError
from data.sources import read_tables, write_table
from data.synthetic import Market
from features.catalog import NAMES
from models import artifact, registry
from tests.conftest import TRAINED_WITH, Trained
from training import pipeline, tracking
from training.config import TrainSettings
from training.dataset import workspace_kind
from training.rules import check_gate

QUICK = TrainSettings(bootstrap=50, folds=1, unseen_groups=0)


def run_of(uri: str, run_id: str) -> tuple[str, dict[str, str], dict[str, str], set[str]]:
    """Status, parameters, tags and artefact names of a run."""
    with registry.client() as mlflow:
        run = mlflow.get_run(run_id)
        files = {f.path for folder in ("", "plots") for f in mlflow.list_artifacts(run_id, folder)}
    return run.info.status, run.data.params, run.data.tags, files


def test_a_run_holds_settings_digest_figures_plots_and_the_report(trained: Trained) -> None:
    status, params, tags, files = run_of(trained.uri, trained.result.run_id)
    assert status == "FINISHED"
    assert params["seed"] == "7" and params["data"] == "simulated" and len(params["digest"]) == 64
    assert tags["digest"] == params["digest"]
    plots = {"lift_by_decile", "calibration", "interval_coverage", "importance_by_family"}
    assert {f"plots/{name}.png" for name in plots} | {"report.html"} <= files
    figures = registry.run_metrics(trained.result.run_id)
    assert figures["artifact.repeats_example"] == 1.0
    assert figures["time.n_test"] >= 30 and figures["unseen.n_test"] >= 10
    assert 0.0 < figures["time.deviance"] < 10.0
    assert 0.0 <= figures["time.coverage_80"] <= 1.0
    logged = {k: v for k, v in trained.result.figures.items() if not np.isnan(v)}
    assert figures == pytest.approx(logged)


def test_every_named_rule_is_judged_on_the_same_rows(trained: Trained) -> None:
    rules = trained.result.rules
    assert {"model", "constant lift"} < set(rules["name"]) and len(rules) == 6
    assert rules["deviance"].is_monotonic_increasing
    assert rules.set_index("name").loc["constant lift", "skill"] == 0.0


def test_a_simulated_workspace_is_called_so_everywhere(trained: Trained) -> None:
    assert trained.result.model.data == "simulated"
    assert any("Simulated data" in warning for warning in trained.result.warnings)


def test_a_workspace_is_simulated_only_by_its_marks(tmp_path: Path) -> None:
    assert workspace_kind(tmp_path) == "own"
    (tmp_path / ".simulated").touch()
    assert workspace_kind(tmp_path) == "simulated"
    (tmp_path / ".simulated").unlink()
    (tmp_path / "truth").mkdir()
    assert workspace_kind(tmp_path) == "simulated"


def test_the_same_data_and_seed_give_the_same_bytes_with_or_without_truth_at_hand(
    trained_once: Trained, workspace: Path, tmp_path: Path, registry_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "ws"
    shutil.copytree(workspace, copy, ignore=shutil.ignore_patterns("truth"))
    (copy / ".simulated").touch()
    again = pipeline.evaluate(pipeline.load(copy, TRAINED_WITH), TRAINED_WITH)
    artifact.save(again.scorer, tmp_path / "again")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", trained_once.uri)
    assert hash_of(tmp_path / "again") == hash_of(registry.fetch(registry.resolve(), tmp_path))
    before = {k: v for k, v in trained_once.result.figures.items() if not k.startswith("artifact.")}
    assert dict(again.figures) == pytest.approx(before, nan_ok=True, rel=0, abs=0)
    root = Path(str(registry.database_file(trained_once.uri))).parent / "mlartifacts"
    assert again.page == (root / trained_once.result.run_id / "artifacts" / "report.html").read_bytes()


def hash_of(folder: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.iterdir())}


def test_an_interrupted_run_is_marked_and_leaves_the_registry_alone(
    trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = registry.resolve("challenger"), registry.resolve("champion")

    def interrupted(*args: object, **more: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline, "evaluate", interrupted)
    with pytest.raises(KeyboardInterrupt):
        pipeline.train(trained.workspace, QUICK)
    assert last_status() == "KILLED"
    assert (registry.resolve("challenger"), registry.resolve("champion")) == before


@pytest.mark.parametrize("step", ["create_model_version", "set_registered_model_alias", "log_model_artifacts"])
def test_an_interruption_while_publishing_moves_no_alias(
    trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    from mlflow import MlflowClient

    old = registry.database_file(trained.uri)
    assert old is not None
    shutil.copytree(old.parent, tmp_path / "copy")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/copy/mlflow.db")
    info = registry.resolve()
    folder = registry.fetch(info, tmp_path)

    def interrupted(*args: object, **more: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(MlflowClient, step, interrupted)
    example = pd.DataFrame(0.0, index=range(2), columns=list(NAMES))
    with pytest.raises(KeyboardInterrupt), tracking.open_run("cut short") as run:
        registry.publish(folder, run_id=run.run_id, example=example, tags={"data": "simulated"})
    monkeypatch.undo()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/copy/mlflow.db")
    assert registry.resolve("challenger").version == registry.resolve("champion").version == info.version


def last_status() -> str:
    with registry.client() as mlflow:
        experiment = mlflow.get_experiment_by_name(tracking.EXPERIMENT)
        return str(mlflow.search_runs([experiment.experiment_id], max_results=1)[0].info.status)


def test_a_failed_run_says_why(trained: Trained, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*args: object, **more: object) -> None:
        raise NotEnoughData("nothing to learn from")

    monkeypatch.setattr(pipeline, "evaluate", fails)
    with pytest.raises(NotEnoughData):
        pipeline.train(trained.workspace, QUICK)
    assert last_status() == "FAILED"


def test_faults_are_all_named_before_any_run_is_made(
    market: Market, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/mlflow.db")
    deals = market.tables["collaborations"].copy()
    deals.loc[[0, 1], "fee"] = -5.0
    for name in ("creators", "posts", "campaigns"):
        write_table(tmp_path / "ws", name, market.tables[name])
    write_table(tmp_path / "ws", "collaborations", deals)
    with pytest.raises(TableError) as caught:
        pipeline.train(tmp_path / "ws", QUICK)
    assert len([f for f in caught.value.faults if "fee" in f.where]) == 2
    assert not (tmp_path / "mlflow.db").exists()


def test_attributed_orders_alone_give_a_model_that_rests_on_published_figures(market: Market, tmp_path: Path) -> None:
    deals = market.tables["collaborations"]
    for name in ("creators", "posts", "campaigns"):
        write_table(tmp_path, name, market.tables[name])
    write_table(tmp_path, "collaborations", deals[deals["measure"] == "attributed"])
    done = pipeline.evaluate(pipeline.load(tmp_path, QUICK), QUICK)
    assert done.loaded.census["labels"] == 0 and done.loaded.census["attributed only"] > 0
    assert any("Prior only" in warning for warning in done.warnings)
    assert len(done.finished) == done.loaded.census["attributed only"]


def test_without_a_campaign_there_is_nothing_to_train_for(market: Market, tmp_path: Path) -> None:
    for name in ("creators", "posts"):
        write_table(tmp_path, name, market.tables[name])
    with pytest.raises(NotEnoughData, match="no campaign"):
        pipeline.evaluate(pipeline.load(tmp_path, QUICK), QUICK)


@pytest.mark.parametrize("few", [0, 1, 12, 30])
def test_a_beginner_gets_a_model_that_says_it_rests_on_published_figures(
    workspace: Path, tmp_path: Path, few: int
) -> None:
    tables = read_tables(workspace)
    deals = tables["collaborations"]
    measured = deals[(deals["measure"] == "holdout") & (deals["holdout_conversions"] > 0)]
    for name, frame in (tables | {"collaborations": measured.head(few)}).items():
        write_table(tmp_path, name, frame)
    done = pipeline.evaluate(pipeline.load(tmp_path, QUICK), QUICK)
    assert done.study.time is None
    assert any("Prior only" in warning for warning in done.warnings)
    assert done.figures["sanity.finite_share"] == 1.0
    assert done.figures["sanity.largest_log_lift"] < 1.0
    report = check_gate(dict(done.figures) | {"artifact.repeats_example": 1.0}, data="simulated")
    assert report.passed and report.prior_only


def test_the_cut_hides_later_outcomes(workspace: Path) -> None:
    everything = pipeline.load(workspace, QUICK)
    middle = pd.Timestamp(everything.history["collaborations"]["outcome_visible_at"].quantile(0.5))
    earlier = pipeline.load(workspace, TrainSettings(as_of=middle))
    assert 0 < earlier.census["labels"] < everything.census["labels"]


def test_progress_tells_every_step(workspace: Path) -> None:
    told: list[tuple[str, int, int]] = []
    pipeline.load(workspace, QUICK, lambda step, done, total: told.append((step, done, total)))
    assert told[-1][1] == told[-1][2]
