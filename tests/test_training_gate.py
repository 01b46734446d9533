"""Promotion, its log, and the way back, on a registry copied for each test."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from data.errors import GateRefused, NoModel, UsageError
from models import registry
from tests.conftest import Trained
from training import gate
from training.rules import check_gate

AT = pd.Timestamp("2026-02-01T10:00:00Z")
SOUND = {"artifact.repeats_example": 1.0, "sanity.finite_share": 1.0, "sanity.largest_log_lift": 0.6}


@pytest.fixture
def copied(trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Trained:
    """The trained registry, to be changed at will."""
    old = registry.database_file(trained.uri)
    assert old is not None
    shutil.copytree(old.parent, tmp_path / "copy")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/copy/mlflow.db")
    return trained


def another_version(tmp_path: Path, figures: dict[str, float] | None = None) -> str:
    """The champion's files published again as a further version, its run with the given figures."""
    from features.catalog import NAMES
    from training.tracking import open_run

    info = registry.resolve()
    folder = registry.fetch(info, tmp_path)
    example = pd.DataFrame(0.0, index=range(2), columns=list(NAMES))
    with open_run("again") as run:
        run.metrics(SOUND | (figures or {}))
        return registry.publish(folder, run_id=run.run_id, example=example, tags={"data": info.data}).version


def test_the_first_promotion_is_logged_with_who_when_and_why(trained: Trained) -> None:
    (act,) = gate.history()
    assert (act.action, act.before, act.after) == ("promote", None, "1")
    assert (act.by, act.reason, act.at) == ("the tests", "first model", "2026-01-02T09:00:00+00:00")
    tags = registry.resolve().tags
    assert tags["promoted_by"] == "the tests"
    assert "pass  the registered model loads here" in tags["gate"]


def test_publishing_moves_the_challenger_and_never_the_champion(copied: Trained, tmp_path: Path) -> None:
    assert another_version(tmp_path) == "2"
    assert registry.resolve("challenger").version == "2"
    assert registry.resolve("champion").version == "1"


def test_promote_takes_the_challenger_and_rollback_returns(copied: Trained, tmp_path: Path) -> None:
    another_version(tmp_path)
    report = gate.promote(by="Ada", reason="newer data", at=AT)
    assert report.passed
    assert registry.resolve().version == "2"
    act = gate.rollback(by="Bob", reason="odd scores", at=AT)
    assert (act.before, act.after) == ("2", "1")
    assert registry.resolve().version == "1"
    assert [(a.number, a.action, a.before, a.after, a.by) for a in gate.history()] == [
        (1, "promote", None, "1", "the tests"),
        (2, "promote", "1", "2", "Ada"),
        (3, "rollback", "2", "1", "Bob"),
    ]
    with pytest.raises(NoModel, match="no earlier champion"):
        gate.rollback(by="Bob", reason="again", at=AT)


def test_a_refused_model_changes_nothing_and_every_failed_rule_is_named(copied: Trained, tmp_path: Path) -> None:
    another_version(tmp_path, {"sanity.largest_log_lift": 9.0, "artifact.repeats_example": 0.0})
    with pytest.raises(GateRefused) as caught:
        gate.promote(by="Ada", reason="hope", at=AT)
    assert "absurd: 9" in str(caught.value) and "repeats its own example: 0" in str(caught.value)
    assert registry.resolve().version == "1"
    assert len(gate.history()) == 1


def test_a_refused_model_can_be_forced_and_the_log_says_so(copied: Trained, tmp_path: Path) -> None:
    another_version(tmp_path, {"sanity.largest_log_lift": 9.0})
    report = gate.promote(by="Ada", reason="I know better", at=AT, force=True)
    assert not report.passed
    assert registry.resolve().version == "2"
    last = gate.history()[-1]
    assert last.forced and last.failed_rules == ("no predicted log lift is absurd",)


def test_a_version_whose_files_are_gone_is_refused(copied: Trained, tmp_path: Path) -> None:
    version = another_version(tmp_path)
    folder = registry.fetch(registry.resolve(version), tmp_path)
    (folder / "manifest.json").unlink()
    with pytest.raises(GateRefused, match="the registered model loads here"):
        gate.promote(by="Ada", reason="hope", at=AT)


def test_promoting_the_champion_again_logs_nothing(copied: Trained) -> None:
    gate.promote("1", by="Ada", reason="again", at=AT, force=True)
    assert len(gate.history()) == 1


def test_the_log_needs_words(trained: Trained) -> None:
    with pytest.raises(UsageError) as caught:
        gate.promote(by=" ", reason="", at=AT)
    assert len(caught.value.faults) == 2
    with pytest.raises(UsageError):
        gate.rollback(by="", reason="x", at=AT)


def test_judging_moves_nothing(trained: Trained) -> None:
    assert gate.judge("1").results == trained.gate.results
    assert len(gate.history()) == 1


def act(number: int, action: str, after: str) -> gate.Promotion:
    return gate.Promotion(number, action, None, after, "x", "y", "z")


def test_champions_can_be_returned_to_in_turn() -> None:
    log = [act(1, "promote", "1"), act(2, "promote", "2"), act(3, "promote", "3")]
    assert gate.champions(log) == ["1", "2", "3"]
    log += [act(4, "rollback", "2")]
    assert gate.champions(log) == ["1", "2"]
    log += [act(5, "promote", "3"), act(6, "promote", "1")]
    assert gate.champions(log) == ["1", "2", "3", "1"]


def test_the_gate_is_the_rules(trained: Trained) -> None:
    figures = registry.run_metrics(trained.result.run_id)
    assert check_gate(figures, data="simulated").results == trained.gate.results[1:]
