"""Settings are read once, typed, and every fault is named."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from data.errors import ConfigError
from training.config import TrainSettings


def test_settings_come_from_a_toml_file(tmp_path: Path) -> None:
    file = tmp_path / "train.toml"
    file.write_text('seed = 3\nas_of = "2025-03-01T00:00:00Z"\ntest_days = 60\n', encoding="utf-8")
    settings = TrainSettings.from_toml(file)
    assert (settings.seed, settings.test_days, settings.folds) == (3, 60.0, TrainSettings().folds)
    assert settings.as_of == pd.Timestamp("2025-03-01", tz="UTC")
    assert TrainSettings.from_mapping(settings.as_dict() | {"as_of": settings.as_dict()["as_of"]}) == settings


def test_a_toml_time_with_zone_is_read() -> None:
    settings = TrainSettings.from_mapping({"as_of": pd.Timestamp("2025-03-01T12:00:00+02:00").to_pydatetime()})
    assert settings.as_of == pd.Timestamp("2025-03-01T10:00:00", tz="UTC")


def test_every_fault_is_named_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        TrainSettings.from_mapping({"sed": 3, "folds": "two", "as_of": "2025-03-01", "level": 1, "seed": 1.5})
    told = str(caught.value)
    assert len(caught.value.faults) == 4
    assert all(word in told for word in ("sed", "folds", "as_of", "seed"))


@pytest.mark.parametrize(("key", "value"), [("level", 1.0), ("folds", 0), ("seed", -1), ("test_share", 0.9)])
def test_values_out_of_range_are_refused(key: str, value: float) -> None:
    with pytest.raises(ConfigError, match=key):
        TrainSettings.from_mapping({key: value})


@pytest.mark.parametrize("text", ["seed = ", "\xff"])
def test_a_file_that_is_no_toml_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.toml").write_bytes(text.encode("latin-1"))
    with pytest.raises(ConfigError, match=r"x\.toml"):
        TrainSettings.from_toml(tmp_path / "x.toml")


def test_an_absent_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        TrainSettings.from_toml(tmp_path / "none.toml")
