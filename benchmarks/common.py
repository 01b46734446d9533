"""What every benchmark shares: where results go, the machine it ran on, seconds and peak memory of a step."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"
PUBLIC_DATA = ROOT.parent / "shared" / "data"
_PACKAGES = ("numpy", "pandas", "scikit-learn", "lightgbm", "mlflow", "bentoml", "textblob")


@dataclass(frozen=True)
class Step:
    """One command that was run: its seconds of wall clock and the peak memory of its process."""

    name: str
    seconds: float
    peak_mib: float


def run_step(name: str, *arguments: str, cwd: Path) -> Step:
    """Run `creatorlift ARGUMENTS` as its own process in `cwd`; a failure ends the benchmark with its words."""
    command = [sys.executable, str(ROOT / "cli.py"), *arguments]
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(ROOT)})
    _, status, usage = os.wait4(process.pid, 0)
    if code := os.waitstatus_to_exitcode(status):
        sys.exit(f"{name}: creatorlift {' '.join(arguments)} ended with {code}")
    step = Step(name, time.perf_counter() - started, usage.ru_maxrss / 1024)
    print(f"{name:<28} {step.seconds:8.1f} s {step.peak_mib:8.0f} MiB", flush=True)
    return step


def machine() -> dict[str, Any]:
    """Cores, interpreter and package versions, so that a figure can be read later."""
    return {
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in _PACKAGES},
    }


def write_result(name: str, result: dict[str, Any]) -> Path:
    """Write benchmarks/results/NAME.json with the machine's facts."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps({**result, "machine": machine()}, indent=2, allow_nan=False) + "\n", "utf-8")
    print(f"wrote {path.relative_to(ROOT)}")
    return path


def need_public_data(folder: str) -> Path:
    """The folder of a public data set, or the end of the benchmark with the reason."""
    path = PUBLIC_DATA / folder
    if not path.is_dir():
        print(f"skipped: the public data set {folder} is not beside the project (expected {path})")
        sys.exit(0)
    return path
