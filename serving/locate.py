"""Ask the registry in a process of its own, while this one reads what else it needs.

The service needs MLflow only to learn where its model lies. In a child process that takes no time of the start, keeps
some hundred MiB out of every worker, and a registry that hangs or crashes cannot take the service with it.

    python -P -m serving.locate champion SCRATCH    # one JSON line
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any

import pandas as pd

from data import errors
from data.errors import CreatorLiftError, WorkError
from models.registry import ModelInfo, fetch, resolve

_ROOT = Path(__file__).parent.parent
_SECONDS = 120


class Asking:
    """A question to the registry under way; leaving the `with` block ends it."""

    def __init__(self, model: str, scratch: Path) -> None:
        path = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH")]))
        self._process = subprocess.Popen(  # noqa: S603 - our own module, arguments as a list
            # -P: a folder called `data` where the user stands is not ours.
            [sys.executable, "-P", "-m", "serving.locate", model, str(scratch)],
            env=os.environ | {"PYTHONPATH": path}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def __enter__(self) -> Asking:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.communicate()

    def answer(self) -> tuple[ModelInfo, Path]:
        """The model's entry and the folder of its files (under `scratch` when they had to be fetched).

        Raises what `models.registry` raises (NoModel, WorkError), and WorkError when it cannot be asked.
        """
        try:
            out, err = self._process.communicate(timeout=_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise WorkError(f"the registry did not answer within {_SECONDS} seconds") from error
        lines = out.splitlines()
        if self._process.returncode or not lines:
            raise WorkError(f"the registry could not be asked: {(err.splitlines() or ['no answer'])[-1]}")
        return _read(json.loads(lines[-1]))


def _read(told: dict[str, Any]) -> tuple[ModelInfo, Path]:
    if "error" in told:
        kind = getattr(errors, told["error"], WorkError)
        raise kind(told["message"])
    info = told["info"] | {
        "trained_at": pd.Timestamp(told["info"]["trained_at"]),
        "aliases": tuple(told["info"]["aliases"]),
    }
    return ModelInfo(**info), Path(told["folder"])


def main(argv: Sequence[str]) -> int:
    """Resolve and fetch; print one JSON line with the entry and the folder, or with the error."""
    model, scratch = argv
    try:
        info = resolve(model)
        folder = fetch(info, Path(scratch)).resolve()
        told: dict[str, Any] = {
            "info": asdict(info) | {"trained_at": info.trained_at.isoformat()},
            "folder": str(folder),
        }
    except CreatorLiftError as error:
        told = {"error": type(error).__name__, "message": str(error)}
    sys.stdout.write(json.dumps(told) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
