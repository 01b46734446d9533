"""The registry: aliases move last, names resolve once, and every absence is told in plain words."""

from __future__ import annotations

import logging
import shutil
import sqlite3
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from data.errors import ArtifactError, NoModel, WorkError
from features.catalog import NAMES
from models import registry
from models.registry import OUTPUTS
from tests.conftest import Trained


def test_the_address_is_the_environments_or_a_file_in_the_current_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI")
    assert registry.tracking_uri() == "sqlite:///mlflow.db"
    assert registry.database_file(registry.tracking_uri()) == Path("mlflow.db").resolve()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://localhost:5000")
    assert registry.database_file(registry.tracking_uri()) is None
    assert registry.artifact_root(registry.tracking_uri()) is None


@pytest.mark.parametrize("folder", ["plain", "with space", "Übung"])
def test_artefacts_lie_beside_the_database(tmp_path: Path, folder: str) -> None:
    file = tmp_path / folder / "mlflow.db"
    assert registry.database_file(f"sqlite:///{file}") == file
    assert registry.artifact_root(f"sqlite:///{file}") == (tmp_path / folder / "mlartifacts").as_uri()


def test_asking_an_absent_registry_says_what_to_do_and_creates_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/none/mlflow.db")
    with pytest.raises(NoModel, match="creatorlift train WS"):
        registry.resolve()
    assert not (tmp_path / "none").exists()


def test_an_empty_registry_has_no_champion(registry_home: Path) -> None:
    with pytest.raises(NoModel, match="creatorlift promote"):
        registry.resolve()


def test_a_file_that_is_no_database_is_told_without_a_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mlflow.db").write_text("not a database, " * 100, encoding="utf-8")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/mlflow.db")
    with pytest.raises(WorkError, match=r"the registry at sqlite.*mlflow\.db failed"):
        registry.resolve()


def test_passwords_never_reach_a_message() -> None:
    assert registry._without_password("postgresql://me:secret@host/db") == "postgresql://me:***@host/db"


def test_mlflow_is_silent_and_leaves_warnings_and_levels_as_they_were() -> None:
    with registry.quiet():
        pass  # MLflow's first import sets levels of its own
    before = logging.getLogger("alembic").level, list(warnings.filters)
    with registry.quiet():
        assert logging.getLogger("alembic").level == logging.ERROR
    assert (logging.getLogger("alembic").level, list(warnings.filters)) == before


def test_aliases_and_versions_resolve_to_the_same_model(trained: Trained) -> None:
    champion = registry.resolve()
    assert champion.version == trained.result.version
    assert champion.aliases == ("challenger", "champion")
    assert champion.data == "simulated"
    assert champion.run_id == trained.result.run_id
    assert champion.trained_at.tzinfo is not None
    assert registry.resolve(champion.version) == registry.resolve(int(champion.version)) == champion


@pytest.mark.parametrize("wanted", ["99", "best", "Champion", "0", "-1", ""])
def test_an_unknown_model_is_told_with_what_there_is(trained: Trained, wanted: str) -> None:
    with pytest.raises(NoModel, match="known are challenger, champion, 1"):
        registry.resolve(wanted)


def test_a_registry_that_was_moved_still_gives_its_model(
    trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = registry.database_file(trained.uri)
    assert old is not None
    shutil.copytree(old.parent, tmp_path / "moved")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/moved/mlflow.db")
    info = registry.resolve()
    folder = registry.fetch(info, tmp_path)
    assert folder.is_relative_to(tmp_path / "moved")
    assert registry.load_scorer()[1] == info


def test_a_damaged_artefact_is_refused(trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = registry.database_file(trained.uri)
    assert old is not None
    shutil.copytree(old.parent, tmp_path / "moved")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/moved/mlflow.db")
    folder = registry.fetch(registry.resolve(), tmp_path)
    file = next(path for path in sorted(folder.iterdir()) if path.name != "manifest.json")
    file.write_bytes(file.read_bytes() + b" ")
    with pytest.raises(ArtifactError, match=file.name):
        registry.load_scorer()


def test_a_lost_artefact_is_told(trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = registry.database_file(trained.uri)
    assert old is not None
    shutil.copy(old, tmp_path / "mlflow.db")
    with sqlite3.connect(tmp_path / "mlflow.db") as database:
        database.execute(
            "update logged_models set artifact_location = replace(artifact_location, 'mlartifacts', 'gone')"
        )
        database.execute(
            "update model_versions set storage_location = replace(storage_location, 'mlartifacts', 'gone')"
        )
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/mlflow.db")
    with pytest.raises(WorkError):
        registry.load_scorer()


def test_the_stored_signature_is_the_feature_catalogue_in_doubles(trained: Trained) -> None:
    with registry.quiet():
        import mlflow

        mlflow.set_tracking_uri(trained.uri)
        signature = mlflow.models.get_model_info("models:/creatorlift@champion").signature
    assert signature.inputs.input_names() == list(NAMES)
    assert {str(t) for t in signature.inputs.input_types()} == {"DataType.double"}
    assert signature.outputs.input_names() == list(OUTPUTS)


def test_mlflow_itself_scores_like_the_scorer(trained: Trained) -> None:
    with registry.quiet():
        import mlflow

        mlflow.set_tracking_uri(trained.uri)
        model = mlflow.pyfunc.load_model("models:/creatorlift@champion")
        example = model.input_example
        assert isinstance(example, pd.DataFrame)
        example = example.astype("float64")
        answer = model.predict(example)
    scorer, _ = registry.load_scorer()
    expected = scorer.predict_features(example.set_axis(list(NAMES), axis=1))[list(OUTPUTS)]
    assert_frame_equal(answer, expected, check_exact=True)
    assert np.isfinite(answer.to_numpy()).all()


def test_nothing_saved_is_a_pickle(trained: Trained, tmp_path: Path) -> None:
    folder = registry.fetch(registry.resolve(), tmp_path).parent.parent
    assert {p.suffix for p in folder.rglob("*") if p.is_file()} <= {".txt", ".json", ".yaml", ".py", ""}
