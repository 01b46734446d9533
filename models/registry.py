"""The MLflow registry: publish a trained model, resolve an alias once to a version, fetch what was saved.

Everything is at `MLFLOW_TRACKING_URI`, by default the SQLite file `mlflow.db` in the current folder. Artefacts lie in
`mlartifacts` beside that file (or at `MLFLOW_DEFAULT_ARTIFACT_ROOT`), and are looked for there first, so both may be
moved together to another folder. Nothing is ever sent anywhere else: telemetry is switched off before MLflow loads.
"""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import pandas as pd

from data.errors import NoModel, WorkError, shorten

if TYPE_CHECKING:
    from models.scorer import CreatorScorer

MODEL_NAME = "creatorlift"
CHAMPION = "champion"
CHALLENGER = "challenger"
OUTPUTS = ("log_lift", "log_lift_low", "log_lift_high", "lift", "fit_score")
"""Columns that the model answers with when it is asked through MLflow alone (`models/pyfunc.py`)."""
_SCORER = "scorer"
_PYFUNC = Path(__file__).with_name("pyfunc.py")
_DEFAULT_URI = "sqlite:///mlflow.db"
_ENVIRONMENT = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "3",  # a wrong address is told within seconds
    "GIT_PYTHON_REFRESH": "quiet",  # a machine without git is fine
}
_CHATTY = ("mlflow", "alembic")
_HINT = "run `creatorlift train WS`, then `creatorlift promote`"


@dataclass(frozen=True)
class ModelInfo:
    """One version of the registered model."""

    name: str
    version: str
    trained_at: pd.Timestamp
    """When it was registered, UTC."""
    data: str
    """`simulated` or `own`: what it learned from."""
    run_id: str
    aliases: tuple[str, ...]
    model_id: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)


def tracking_uri() -> str:
    """Where runs and models are kept: `MLFLOW_TRACKING_URI`, or `mlflow.db` in the current folder."""
    return os.environ.get("MLFLOW_TRACKING_URI") or _DEFAULT_URI


def database_file(uri: str) -> Path | None:
    """The file behind a SQLite address; None for any other."""
    parts = urlsplit(uri)
    if not parts.scheme.startswith("sqlite"):
        return None
    return Path(unquote(parts.path)[1:]).resolve()


def artifact_root(uri: str) -> str | None:
    """Where artefacts go, as an address; None leaves it to the tracking server."""
    told = os.environ.get("MLFLOW_DEFAULT_ARTIFACT_ROOT")
    if told:
        return told if "://" in told else Path(told).resolve().as_uri()
    file = database_file(uri)
    return None if file is None else (file.parent / "mlartifacts").as_uri()


@contextmanager
def quiet() -> Iterator[None]:
    """MLflow without its notices: migration logs of a new database, and warnings about its own dependencies."""
    for key, value in _ENVIRONMENT.items():
        os.environ.setdefault(key, value)
    with warnings.catch_warnings():
        # None is about our code: pydantic, SQLAlchemy and pandas deprecations raised inside MLflow.
        warnings.simplefilter("ignore")
        import mlflow  # noqa: F401 - its import sets log levels, so it comes before ours

        levels = {name: logging.getLogger(name).level for name in _CHATTY}
        try:
            for name in _CHATTY:
                logging.getLogger(name).setLevel(logging.ERROR)
            yield
        finally:
            for name, level in levels.items():
                logging.getLogger(name).setLevel(level)


@contextmanager
def client(*, must_exist: bool = False) -> Iterator[Any]:
    """An MLflow client at `tracking_uri()`.

    Raises WorkError in plain words when the address cannot be used, and NoModel where `must_exist` and the SQLite
    file is not there yet (asking must not create one).
    """
    uri = tracking_uri()
    file = database_file(uri)
    if must_exist and file is not None and not file.exists():
        raise NoModel(f"no model registry at {file}: {_HINT}, or set MLFLOW_TRACKING_URI")
    with quiet():
        from mlflow import MlflowClient, set_tracking_uri
        from mlflow.exceptions import MlflowException
        from sqlalchemy.exc import SQLAlchemyError

        try:
            if file is not None:
                file.parent.mkdir(parents=True, exist_ok=True)
            # MLflow resolves `models:/…` sources through its global address, not the client's.
            set_tracking_uri(uri)
            yield MlflowClient(uri, uri)
        except (MlflowException, SQLAlchemyError, OSError, ImportError) as error:
            raise WorkError(f"the registry at {_without_password(uri)} failed: {shorten(str(error), 300)}") from error


def _without_password(uri: str) -> str:
    parts = urlsplit(uri)
    return uri.replace(f":{parts.password}@", ":***@") if parts.password else uri


def _info(version: Any) -> ModelInfo:
    return ModelInfo(
        name=version.name,
        version=str(version.version),
        trained_at=pd.Timestamp(version.creation_timestamp, unit="ms", tz="UTC").as_unit("us"),
        data=version.tags.get("data", "own"),
        run_id=version.run_id,
        aliases=tuple(sorted(version.aliases)),
        model_id=version.tags.get("model_id", ""),
        tags=dict(version.tags),
    )


def resolve(model: str | int | None = CHAMPION, name: str = MODEL_NAME) -> ModelInfo:
    """The version behind an alias or a version number; None means the champion. Raises NoModel in plain words."""
    wanted = CHAMPION if model is None else str(model)
    with client(must_exist=True) as mlflow:
        registered = {m.name: m for m in mlflow.search_registered_models(f"name = '{name}'")}.get(name)
        if registered is None:
            raise NoModel(f"no model was ever registered in {_without_password(tracking_uri())}: {_HINT}")
        number = str(registered.aliases.get(wanted, wanted))
        known = {str(v.version): v for v in mlflow.search_model_versions(f"name = '{name}'")}
        if number not in known:
            raise NoModel(_missing(wanted, known, registered.aliases))
        # Only this call fills in the aliases of a version.
        return _info(mlflow.get_model_version(name, number))


def all_versions(name: str = MODEL_NAME) -> list[ModelInfo]:
    """Every registered version with its aliases, newest first; empty when none was ever registered."""
    with client(must_exist=True) as mlflow:
        registered = {m.name: m for m in mlflow.search_registered_models(f"name = '{name}'")}.get(name)
        if registered is None:
            return []
        found = sorted(mlflow.search_model_versions(f"name = '{name}'"), key=lambda v: -int(v.version))
        by_number: dict[str, list[str]] = {}
        for alias, number in registered.aliases.items():
            by_number.setdefault(str(number), []).append(alias)
        return [replace(_info(v), aliases=tuple(sorted(by_number.get(str(v.version), [])))) for v in found]


def run_file(run_id: str, name: str) -> str | None:
    """A text file that a run kept, None when it kept none of that name."""
    with client(must_exist=True) as mlflow, tempfile.TemporaryDirectory(prefix="creatorlift-") as folder:
        if name not in {entry.path for entry in mlflow.list_artifacts(run_id)}:
            return None
        return Path(mlflow.download_artifacts(run_id, name, folder)).read_text("utf-8")


def _missing(wanted: str, versions: Mapping[str, Any], aliases: Mapping[str, Any]) -> str:
    if wanted == CHAMPION and versions:
        trained = ", ".join(sorted(versions, key=int))
        return f"no champion yet: version {trained} trained, none promoted; run `creatorlift promote`"
    if not versions:
        return f"no {wanted} yet: {_HINT}"
    there = [*sorted(aliases), *sorted(versions, key=int)]
    return f"no model {shorten(wanted)}: known are {', '.join(there)}"


def publish(
    folder: Path, *, run_id: str, example: pd.DataFrame, tags: Mapping[str, str], name: str = MODEL_NAME
) -> ModelInfo:
    """Log a saved scorer to its run as an MLflow model, register it as the next version and make it `challenger`.

    The alias moves last, so whatever interrupts this leaves every alias where it was.

    Parameters
    ----------
    folder : what `models.artifact.save` wrote.
    run_id : the run that trained it.
    example : a few rows of the feature frame, float64; stored as the input example, its columns as the signature.
    tags : facts kept with the version (`data`, `digest`, …).
    """
    with tempfile.TemporaryDirectory() as scratch, client() as mlflow:
        packed = _packed(folder, Path(scratch), example)
        run = mlflow.get_run(run_id)
        logged = mlflow.create_logged_model(run.info.experiment_id, name=name, source_run_id=run_id)
        mlflow.log_model_artifacts(logged.model_id, str(packed))
        mlflow.finalize_logged_model(logged.model_id, "READY")
        _link(mlflow, run_id, logged.model_id)
        if not mlflow.search_registered_models(f"name = '{name}'"):
            mlflow.create_registered_model(name, description="Conversion lift of a creator for a campaign.")
        made = mlflow.create_model_version(
            name,
            source=f"models:/{logged.model_id}",
            run_id=run_id,
            tags={**tags, "model_id": logged.model_id},
            model_id=logged.model_id,
        )
        mlflow.set_registered_model_alias(name, CHALLENGER, made.version)
    return resolve(made.version, name)


def _packed(folder: Path, scratch: Path, example: pd.DataFrame) -> Path:
    """`folder` wrapped as an MLflow pyfunc model (models from code, no pickle)."""
    import mlflow.pyfunc
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, Schema

    inner = scratch / _SCORER
    shutil.copytree(folder, inner)
    target = scratch / "model"
    mlflow.pyfunc.save_model(
        str(target),
        python_model=str(_PYFUNC),
        artifacts={_SCORER: str(inner)},
        signature=ModelSignature(
            inputs=Schema([ColSpec("double", str(c)) for c in example.columns]),
            outputs=Schema([ColSpec("double", c) for c in OUTPUTS]),
        ),
        input_example=example,
        pip_requirements=["creatorlift"],
    )
    return target


def _link(mlflow: Any, run_id: str, model_id: str) -> None:
    """Show the model on its run's page."""
    from mlflow.entities import LoggedModelOutput

    mlflow.log_outputs(run_id, [LoggedModelOutput(model_id, 0)])


def set_alias(alias: str, version: str, name: str = MODEL_NAME) -> None:
    """Point an alias at a version."""
    with client(must_exist=True) as mlflow:
        mlflow.set_registered_model_alias(name, alias, version)


def tag_version(version: str, tags: Mapping[str, str], name: str = MODEL_NAME) -> None:
    """Add facts to a version."""
    with client(must_exist=True) as mlflow:
        for key, value in tags.items():
            mlflow.set_model_version_tag(name, version, key, value)


def model_tags(name: str = MODEL_NAME) -> dict[str, str]:
    """The facts kept with the model as a whole."""
    with client(must_exist=True) as mlflow:
        found = {m.name: m for m in mlflow.search_registered_models(f"name = '{name}'")}.get(name)
        return dict(found.tags) if found else {}


def tag_model(key: str, value: str, name: str = MODEL_NAME) -> None:
    """Add a fact to the model as a whole."""
    with client(must_exist=True) as mlflow:
        mlflow.set_registered_model_tag(name, key, value)


def run_metrics(run_id: str) -> dict[str, float]:
    """Every metric of a run, by name."""
    with client(must_exist=True) as mlflow:
        return {key: float(value) for key, value in mlflow.get_run(run_id).data.metrics.items()}


def fetch(info: ModelInfo, into: Path) -> Path:
    """The folder of a version's saved scorer: where it lies, when it is on this machine, else a copy under `into`.

    Raises WorkError when it is in neither place.
    """
    with client(must_exist=True) as mlflow:
        for place in _places(mlflow, info):
            folder = place / "artifacts" / _SCORER
            if folder.is_dir():
                return folder
        from mlflow.artifacts import download_artifacts

        address = f"models:/{info.name}/{info.version}"
        copied = download_artifacts(artifact_uri=address, dst_path=str(into), tracking_uri=tracking_uri())
    folder = Path(copied) / "artifacts" / _SCORER
    if not folder.is_dir():
        raise WorkError(f"version {info.version} of {info.name} holds no saved scorer at {folder}")
    return folder


def _places(mlflow: Any, info: ModelInfo) -> Iterator[Path]:
    """Local folders a version may be in: beside the database as it lies now, then where it was written."""
    root = artifact_root(tracking_uri())
    if root and root.startswith("file:") and info.model_id:
        yield Path(unquote(urlsplit(root).path)) / "models" / info.model_id / "artifacts"
    written = str(mlflow.get_model_version_download_uri(info.name, info.version))
    if "://" not in written or written.startswith("file:"):
        yield Path(unquote(urlsplit(written).path))


def load_scorer(model: str | int | None = CHAMPION, name: str = MODEL_NAME) -> tuple[CreatorScorer, ModelInfo]:
    """The scorer behind an alias or version, and which version that is; the alias is resolved once.

    Raises NoModel (nothing there), ArtifactError (saved files do not match their manifest or this code), WorkError.
    """
    from models import artifact

    info = resolve(model, name)
    with tempfile.TemporaryDirectory() as scratch:
        return artifact.load(fetch(info, Path(scratch))), info
