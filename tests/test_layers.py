"""Imports point one way: data <- features <- models <- {training | serving}, and cli.py above all."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {
    "data": {"data"},
    "features": {"data", "features"},
    "models": {"data", "features", "models"},
    "training": {"data", "features", "models", "training"},
    "serving": {"data", "models", "serving"},
}
DOORS = {
    "lightgbm": ("models/boosting.py", "models/lift.py", "models/reach.py", "models/baseline.py"),
    "mlflow": ("models/registry.py", "models/pyfunc.py", "training/tracking.py"),
    "bentoml": ("serving/service.py",),
}
MODULES = sorted(path for layer in MAY_IMPORT for path in (ROOT / layer).rglob("*.py"))


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: relative import"
            yield node.module


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_left(path: Path) -> None:
    layer = path.relative_to(ROOT).parts[0]
    ours = {name.split(".")[0] for name in imports_of(path)} & {*MAY_IMPORT, "cli", "tests", "benchmarks"}
    assert ours <= MAY_IMPORT[layer]


@pytest.mark.parametrize("package", DOORS)
def test_each_outside_package_has_few_doors(package: str) -> None:
    users = {str(path.relative_to(ROOT)) for path in MODULES if package in {n.split(".")[0] for n in imports_of(path)}}
    assert {user for user in users if not user.startswith(DOORS[package])} == set()
    assert users, f"nobody imports {package}"


def test_textblob_has_one_door() -> None:
    """Where it is read without being imported as a whole."""
    by_name = [path for path in MODULES if "importlib" in imports_of(path) and '"textblob"' in path.read_text("utf-8")]
    assert [str(path.relative_to(ROOT)) for path in by_name] == ["features/textblob_parts.py"]
    assert not any(name.split(".")[0] == "textblob" for path in MODULES for name in imports_of(path))


def test_the_clock_is_read_in_one_place() -> None:
    reads = (
        "datetime.now",
        "Timestamp.now",
        "Timestamp.utcnow",
        "time.time()",
        "utcnow(",
        "date.today",
        "Timestamp.today",
    )
    readers = {str(p.relative_to(ROOT)) for p in MODULES if any(read in p.read_text("utf-8") for read in reads)}
    assert readers == {"data/clock.py"}


def test_errors_imports_nothing_of_ours() -> None:
    assert not {n for n in imports_of(ROOT / "data/errors.py") if n.split(".")[0] in MAY_IMPORT}
