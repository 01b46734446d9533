"""Ask the registry in a process of its own, while this one reads what else it needs.

The service needs MLflow only to learn where its model lies. In a child process that takes no time of the start, keeps
some hundred MiB out of every worker, and a registry that hangs or crashes cannot take the service with it.

    python -P -m serving.locate champion SCRATCH    # one JSON line
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import pandas as pd

from data import errors
from data.errors import CreatorLiftError, WorkError
from models.registry import ModelInfo, fetch, resolve
from serving.packed import packed

if TYPE_CHECKING:
    from models.scorer import CreatorScorer

Loader = Callable[[], "CreatorScorer"]
"""Reads a located scorer; what `models.artifact.load` raises."""
Answer = Callable[[], tuple[ModelInfo, Loader]]
"""Waits for the registry's answer: a model's entry and what reads its files; what `Asking.answer` raises."""
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
        # Waits for its end and closes the pipes, whether or not they were read.
        self._process.__exit__(None, None, None)

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


@contextmanager
def asked(model: str) -> Iterator[Answer]:
    """Begins to ask the registry for a model, whose files can be read while the block lasts.

    A model packed beside the code (`serving.packed`) is taken without asking, where no registry is set.
    """
    beside = packed()
    if beside is not None:
        yield lambda: (beside[0], _loader(beside[1]))
        return
    with (
        tempfile.TemporaryDirectory(prefix="creatorlift-model-") as scratch,
        Asking(model, Path(scratch)) as asking,
    ):

        def answer() -> tuple[ModelInfo, Loader]:
            info, folder = asking.answer()
            return info, _loader(folder)

        yield answer


@contextmanager
def located(model: str) -> Iterator[tuple[ModelInfo, Loader]]:
    """As `asked`, with the answer."""
    with asked(model) as answer:
        yield answer()


def _loader(folder: Path) -> Loader:
    def load() -> CreatorScorer:
        # Two seconds of imports, which whoever only asks does not need.
        from models import artifact

        return artifact.load(folder)

    return load


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
    # MLflow makes a million objects and ends: looking for unused ones among them is a tenth of the time.
    gc.disable()
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
