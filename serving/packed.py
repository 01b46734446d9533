"""A model packed beside the code, so that a bento runs alone: no registry, no MLflow, nothing to fetch.

python -P -m serving.packed champion    # pack a version of the registry, before `bentoml build`
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import pandas as pd

from data.errors import ArtifactError, CreatorLiftError
from models.registry import ModelInfo, fetch, resolve

PACKED = Path(__file__).with_name("packed_model")
"""In a bento, and nowhere else."""


def pack(model: str, into: Path = PACKED) -> ModelInfo:
    """Copy a version's saved scorer and its entry; whole or not at all. Raises what the registry raises."""
    info = resolve(model)
    with tempfile.TemporaryDirectory(dir=into.parent) as scratch:
        made = Path(scratch) / into.name
        shutil.copytree(fetch(info, Path(scratch)), made / "scorer")
        plain = asdict(info) | {"trained_at": info.trained_at.isoformat()}
        (made / "info.json").write_text(json.dumps(plain, indent=1) + "\n", "utf-8")
        shutil.rmtree(into, ignore_errors=True)
        made.rename(into)
    return info


def packed(folder: Path = PACKED) -> tuple[ModelInfo, Path] | None:
    """The packed model's entry and its files; None where none is packed, or a registry is set, which then counts."""
    if os.environ.get("MLFLOW_TRACKING_URI") or not folder.is_dir():
        return None
    try:
        told = json.loads((folder / "info.json").read_text("utf-8"))
        told |= {"trained_at": pd.Timestamp(told["trained_at"]), "aliases": tuple(told["aliases"])}
        return ModelInfo(**told), folder / "scorer"
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ArtifactError(f"the packed model at {folder} cannot be read: {error!r}") from error


def main(argv: Sequence[str]) -> int:
    """Pack one version; says which."""
    try:
        info = pack(argv[0] if argv else "champion")
    except CreatorLiftError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"packed version {info.version} ({info.data} data) into {PACKED}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
