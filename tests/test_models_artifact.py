"""A saved scorer answers to the bit, is the same bytes every time, and is refused when anything does not match."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from data.errors import ArtifactError
from models import artifact
from models.scorer import CreatorScorer
from tests.model_world import terms_for, training_set


@cache
def scorer() -> CreatorScorer:
    return CreatorScorer.fit(training_set(150, 1)[0], seed=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return artifact.save(scorer(), tmp_path / "scorer")


def manifest_of(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / artifact.MANIFEST).read_text())
    return found


def rewrite(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    found = manifest_of(folder)
    change(found)
    (folder / artifact.MANIFEST).write_text(json.dumps(found))


def test_a_loaded_scorer_answers_the_same_to_the_bit(folder: Path) -> None:
    known, _ = training_set(40, 2)
    ask = (known.X, known.deals, terms_for(known.X.index))
    loaded = artifact.load(folder)
    pd.testing.assert_frame_equal(
        loaded.score_features(*ask, explain=True), scorer().score_features(*ask, explain=True), check_exact=True
    )
    assert loaded.info == scorer().info
    assert loaded.data == "simulated"


def test_the_same_scorer_is_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    known, _ = training_set(150, 1)
    again = artifact.save(CreatorScorer.fit(known, seed=1), tmp_path / "again")
    names = sorted(p.name for p in folder.iterdir())
    assert names == sorted(p.name for p in again.iterdir())
    assert all((folder / name).read_bytes() == (again / name).read_bytes() for name in names)
    resaved = artifact.save(artifact.load(folder), tmp_path / "resaved")
    assert all((folder / name).read_bytes() == (resaved / name).read_bytes() for name in names)


def test_only_text_is_saved(folder: Path) -> None:
    assert {p.suffix for p in folder.iterdir()} == {".json", ".txt"}
    for path in folder.iterdir():
        path.read_text("utf-8")
    assert manifest_of(folder)["libraries"].keys() == {"lightgbm", "numpy", "pandas", "scikit-learn", "scipy"}


def test_saving_replaces_a_folder_whole(folder: Path) -> None:
    (folder / "left-over.txt").write_text("x")
    artifact.save(scorer(), folder)
    assert not (folder / "left-over.txt").exists()
    assert sorted(p.name for p in folder.parent.iterdir()) == ["scorer"]


def test_another_format_is_refused(folder: Path) -> None:
    rewrite(folder, lambda m: m.update(format=99))
    with pytest.raises(ArtifactError, match=r"format 99.*format 4"):
        artifact.load(folder)


def test_another_feature_catalogue_is_refused_naming_both(folder: Path) -> None:
    ours = manifest_of(folder)["feature_catalogue"]
    rewrite(folder, lambda m: m.update(feature_catalogue="0" * 64))
    with pytest.raises(ArtifactError, match=r"0{64}") as told:
        artifact.load(folder)
    assert ours in str(told.value)


def test_a_changed_file_is_refused(folder: Path) -> None:
    path = folder / "lift.json"
    path.write_text(path.read_text().replace("0.", "1.", 1))
    with pytest.raises(ArtifactError, match=r"lift\.json was changed"):
        artifact.load(folder)


@pytest.mark.parametrize("name", ["lift.json", "support.json"])
def test_a_missing_file_is_refused(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(ArtifactError, match=f"lacks {name}"):
        artifact.load(folder)
    rewrite(folder, lambda m: m["files"].pop(name))
    with pytest.raises(ArtifactError, match=f"lacks {name}"):
        artifact.load(folder)


@pytest.mark.parametrize("name", ["../secret.json", "/etc/passwd", "..", "", "a/b.json", "a\\b.json"])
def test_names_that_lead_elsewhere_are_refused(folder: Path, name: str) -> None:
    (folder.parent / "secret.json").write_text("{}")
    rewrite(folder, lambda m: m["files"].update({name: "0"}))
    with pytest.raises(ArtifactError, match="no file of the folder"):
        artifact.load(folder)


def test_links_are_refused(folder: Path) -> None:
    elsewhere = folder.parent / "elsewhere.json"
    (folder / "lift.json").rename(elsewhere)
    (folder / "lift.json").symlink_to(elsewhere)
    with pytest.raises(ArtifactError, match="no file of the folder"):
        artifact.load(folder)


def resigned(folder: Path, name: str, text: str) -> None:
    import hashlib

    (folder / name).write_text(text)
    rewrite(folder, lambda m: m["files"].update({name: hashlib.sha256(text.encode()).hexdigest()}))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"overall": NaN, "goals": {}}', "NaN"),
        ('{"overall": Infinity, "goals": {}}', "Infinity"),
        ("[1]", "no JSON object"),
        ("{", "no JSON"),
        ('{"goals": {}}', "cannot be read as a scorer"),
        ('{"overall": "much", "goals": {}}', "cannot be read as a scorer"),
    ],
)
def test_what_is_no_part_of_a_scorer_is_refused(folder: Path, text: str, words: str) -> None:
    resigned(folder, "benchmark.json", text)
    with pytest.raises(ArtifactError, match=words):
        artifact.load(folder)


def test_what_is_no_scorer_is_refused(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(ArtifactError, match="no saved scorer"):
        artifact.load(tmp_path / "nowhere")
    (folder / artifact.MANIFEST).write_text("{}")
    with pytest.raises(ArtifactError, match="lacks format"):
        artifact.load(folder)
    (folder / artifact.MANIFEST).write_text("\x00")
    with pytest.raises(ArtifactError, match="no JSON"):
        artifact.load(folder)


def test_a_number_that_is_not_finite_is_not_saved(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="not finite"):
        artifact.save(scorer().with_info({"skill": float("nan")}), tmp_path / "scorer")
    assert list(tmp_path.iterdir()) == []
