"""A scorer in a folder: JSON and LightGBM's text form, with a manifest that says what belongs together. No pickle."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from data.errors import ArtifactError
from features.catalog import catalog_hash
from features.reference import Reference
from models.after import AfterModel
from models.attribution import Attribution
from models.fit import Benchmark
from models.lift import LiftModel
from models.rates import RateModel
from models.reach import ReachModel
from models.scorer import CreatorScorer
from models.selection import Selection
from models.support import Support

FORMAT = 4
MANIFEST = "manifest.json"
_KEYS = ("format", "feature_catalogue", "data", "libraries", "training", "files")
_LIBRARIES = ("lightgbm", "numpy", "pandas", "scikit-learn", "scipy")
_WITH_TREES = ("lift", "reach", "rates")
_PLAIN = ("attribution", "benchmark", "support", "reference", "selection")


def save(scorer: CreatorScorer, folder: Path) -> Path:
    """Write the scorer to `folder`, which is replaced whole when it exists; returns it.

    The same scorer gives the same bytes. An interrupted save leaves the old folder as it was.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-"))
    try:
        files = {}
        for name, content in _contents(scorer).items():
            raw = content.encode("utf-8")
            (scratch / name).write_bytes(raw)
            files[name] = hashlib.sha256(raw).hexdigest()
        manifest = {
            "format": FORMAT,
            "feature_catalogue": catalog_hash(),
            "data": scorer.data,
            "libraries": {name: version(name) for name in _LIBRARIES},
            "training": dict(scorer.info),
            "files": files,
        }
        (scratch / MANIFEST).write_text(_json(manifest), "utf-8")
        scratch.chmod(0o755)
        _replace(scratch, folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return folder


def load(folder: Path) -> CreatorScorer:
    """The scorer saved in `folder`.

    Raises
    ------
    ArtifactError
        When there is no manifest, it is of another format or for another feature catalogue (both sides are named), a
        file is missing or changed or not among those a scorer has, or a number is not finite.
    """
    manifest = _manifest(folder)
    texts = {name: _checked(folder, name, digest) for name, digest in manifest["files"].items()}
    wanted = {f"{name}.json" for name in (*_WITH_TREES, *_PLAIN)}
    if missing := sorted(wanted - set(texts)):
        raise ArtifactError(f"{folder} lacks {', '.join(missing)}")
    try:
        plain = {name.removesuffix(".json"): _parsed(texts[name], folder / name) for name in sorted(wanted)}
        trees = {name: _trees_of(name, texts) for name in _WITH_TREES}
        return CreatorScorer(
            lift=LiftModel.from_state(plain["lift"], trees["lift"]),
            reach=ReachModel.from_state(plain["reach"], trees["reach"]),
            rates=RateModel.from_state(plain["rates"], trees["rates"]),
            attribution=Attribution.from_json(plain["attribution"]),
            benchmark=Benchmark.from_json(plain["benchmark"]),
            support=Support.from_json(plain["support"]),
            reference=Reference.from_json(plain["reference"]),
            selection=Selection.from_json(plain["selection"]),
            data=manifest["data"],
            info=manifest["training"],
            after=_after(texts, folder),
        )
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise ArtifactError(f"{folder} cannot be read as a scorer: {error!r}") from error


def _contents(scorer: CreatorScorer) -> dict[str, str]:
    """Text of every file by name."""
    out: dict[str, str] = {}
    for name, model in (("lift", scorer.lift), ("reach", scorer.reach), ("rates", scorer.rates)):
        plain, trees = model.state()
        out[f"{name}.json"] = _json(plain)
        out |= {f"{name}-trees-{number:02d}.txt": text for number, text in enumerate(trees)}
    if scorer.after is not None:
        plain, trees = scorer.after.state()
        out["after.json"] = _json(plain)
        out |= {f"after-trees-{number:02d}.txt": text for number, text in enumerate(trees)}
    out["attribution.json"] = _json(scorer.attribution.to_json())
    out["benchmark.json"] = _json(scorer.benchmark.to_json())
    out["support.json"] = _json(scorer.support.to_json())
    out["reference.json"] = _json(scorer.reference.to_json())
    out["selection.json"] = _json(scorer.selection.to_json())
    return out


def _after(texts: Mapping[str, str], folder: Path) -> AfterModel | None:
    """The model of what is known after a campaign; None where the scorer had none."""
    if "after.json" not in texts:
        return None
    return AfterModel.from_state(_parsed(texts["after.json"], folder / "after.json"), _trees_of("after", texts))


def _json(value: Mapping[str, Any]) -> str:
    try:
        return json.dumps(value, sort_keys=True, indent=1, allow_nan=False, ensure_ascii=False) + "\n"
    except ValueError as error:
        raise ArtifactError(f"a scorer with a number that is not finite cannot be saved: {error}") from error


def _replace(scratch: Path, folder: Path) -> None:
    """Put `scratch` where `folder` is; the old one goes only when the new one stands."""
    if not folder.exists():
        scratch.rename(folder)
        return
    old = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-old-"))
    folder.rename(old / "was")
    try:
        scratch.rename(folder)
    except OSError:
        (old / "was").rename(folder)
        raise
    finally:
        shutil.rmtree(old, ignore_errors=True)


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    try:
        found = _parsed(path.read_text("utf-8"), path)
    except (FileNotFoundError, NotADirectoryError):
        raise ArtifactError(f"{folder} holds no saved scorer: there is no {MANIFEST}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ArtifactError(f"{path} cannot be read: {error}") from error
    if missing := [key for key in _KEYS if key not in found]:
        raise ArtifactError(f"{path} lacks {', '.join(missing)}")
    if found["format"] != FORMAT:
        raise ArtifactError(f"{folder} is of format {found['format']}; this code reads format {FORMAT}")
    if found["feature_catalogue"] != catalog_hash():
        raise ArtifactError(
            f"{folder} was trained on feature catalogue {found['feature_catalogue']}; this code has {catalog_hash()}. "
            "Train again, or use the code it was trained with."
        )
    if found["data"] not in ("simulated", "own"):
        raise ArtifactError(f"{path} says data {found['data']!r}; allowed: simulated, own")
    if not isinstance(found["files"], dict) or not isinstance(found["training"], dict):
        raise ArtifactError(f"{path} is no manifest of a scorer")
    return found


def _checked(folder: Path, name: str, digest: object) -> str:
    """The text of a file of the folder itself whose content is what the manifest says."""
    path = folder / name
    if name != os.path.basename(name) or name in ("", ".", "..") or "\\" in name or path.is_symlink():  # noqa: PTH119 - a name, not a path
        raise ArtifactError(f"the manifest of {folder} names {name!r}, which is no file of the folder itself")
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise ArtifactError(f"{folder} lacks {name}") from None
    except OSError as error:
        raise ArtifactError(f"{path} cannot be read: {error}") from error
    if hashlib.sha256(raw).hexdigest() != digest:
        raise ArtifactError(f"{path} was changed: sha256 {hashlib.sha256(raw).hexdigest()}, the manifest says {digest}")
    return raw.decode("utf-8")


def _parsed(text: str, path: Path) -> dict[str, Any]:
    def refuse(constant: str) -> float:
        raise ArtifactError(f"{path} holds {constant}, which is no finite number")

    try:
        value = json.loads(text, parse_constant=refuse)
    except json.JSONDecodeError as error:
        raise ArtifactError(f"{path} is no JSON: {error}") from error
    if not isinstance(value, dict):
        raise ArtifactError(f"{path} is no JSON object")
    return value


def _trees_of(model: str, texts: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(texts[name] for name in sorted(texts) if name.startswith(f"{model}-trees-"))
