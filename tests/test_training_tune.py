"""The search for settings: nested runs, folds before the judged windows, resumed as if never interrupted."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from models import registry
from models.lift import DEFAULT
from models.lift_settings import LiftSettings
from models.training_set import deals_of
from tests.conftest import Trained
from training import pipeline, tune
from training.config import TrainSettings
from training.folds import time_folds
from training.labels import find_labels
from training.tracking import open_run

QUICK = TrainSettings(bootstrap=50, folds=1, unseen_groups=0, min_train=20, tune=3)


def test_an_interrupted_search_goes_on_and_ends_as_one_in_a_go(
    workspace: Path, registry_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = pipeline.load(workspace, QUICK)
    windows = tune._windows(loaded, QUICK, lambda *told: None)[:2]
    monkeypatch.setattr(tune, "_windows", lambda *told: windows)
    real, calls = tune._Window.losses, []

    def searched() -> tuple[tune.Tuned, str]:
        with open_run("search") as run:
            found = tune.tune(loaded, QUICK, run, lambda *told: None)
        assert found is not None
        return found, run.run_id

    def stopping(self: tune._Window, chosen: LiftSettings, seed: int) -> object:
        calls.append(chosen)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return real(self, chosen, seed)

    monkeypatch.setattr(tune._Window, "losses", stopping)
    with pytest.raises(KeyboardInterrupt):
        searched()
    monkeypatch.setattr(tune._Window, "losses", real)
    resumed, run_id = searched()
    (registry_home / "tune.db").unlink()
    whole, _ = searched()
    pd.testing.assert_frame_equal(resumed.trials, whole.trials)
    assert resumed.best == whole.best and resumed.gain == whole.gain
    assert calls[0] == DEFAULT, "the defaults are the first trial"
    with registry.client() as mlflow:
        experiment = mlflow.get_run(run_id).info.experiment_id
        nested = mlflow.search_runs([experiment], f"tags.`mlflow.parentRunId` = '{run_id}'")
    assert nested and all(run.info.status == "FINISHED" and "leaves" in run.data.params for run in nested)
    assert resumed.trials["state"].tolist()[0] == "complete" and len(resumed.trials) == QUICK.tune


def test_the_search_sees_nothing_of_the_windows_the_report_judges_on(workspace: Path) -> None:
    loaded = pipeline.load(workspace, QUICK)
    windows = tune._windows(loaded, QUICK, lambda *told: None)
    deals = deals_of(loaded.history, find_labels(loaded.history, loaded.cut), loaded.cut)
    first = time_folds(deals, QUICK)[0].start
    assert windows
    for window in windows:
        known = window.material.whole.deals
        assert (known["known_at"] < first).all()
        assert window.fold.end <= first


def test_better_by_luck_only_leaves_the_defaults() -> None:
    trials = pd.DataFrame({"trial": [1], "state": ["complete"], "deviance": [0.1]})
    told = tune.Tuned(DEFAULT, LiftSettings(leaves=3), trials, 0.001, 0.002).section()
    assert "no settings beat the defaults" in told.text


def test_settings_reach_the_model_and_are_saved_with_it(trained: Trained) -> None:
    from models.scorer import CreatorScorer
    from tests.model_world import training_set

    known, _ = training_set(150, 2)
    chosen = TrainSettings.from_mapping({"lift_leaves": 3, "lift_effect": 0.2}).lift
    tuned, usual = CreatorScorer.fit(known, settings=chosen), CreatorScorer.fit(known)
    assert tuned.info["lift_settings"]["leaves"] == 3
    assert tuned.lift.state() != usual.lift.state()
    assert type(tuned.lift).from_state(*tuned.lift.state()).settings == chosen
    assert registry.load_scorer("challenger")[0].info["lift_settings"] == {
        "learning_rate": 0.05, "leaves": 6, "ridge": 10.0, "columns": 0.3, "effect": 0.6,
    }  # fmt: skip
