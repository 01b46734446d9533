"""Settings from the environment and the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.errors import ConfigError
from serving.config import ServeSettings


def test_defaults_are_loopback_and_the_champion() -> None:
    settings = ServeSettings.from_env({})
    assert (settings.host, settings.port, settings.model, settings.workspace) == ("127.0.0.1", 3000, "champion", None)


def test_arguments_win_over_the_environment(tmp_path: Path) -> None:
    environment = {
        "CREATORLIFT_WORKSPACE": str(tmp_path), "CREATORLIFT_MODEL": "7", "CREATORLIFT_PORT": "8000",
        "CREATORLIFT_MAX_BODY_MIB": "2", "CREATORLIFT_HOST": " ",
    }  # fmt: skip
    settings = ServeSettings.from_env(environment, port=9000, model=None)
    assert (settings.workspace, settings.model, settings.port) == (tmp_path, "7", 9000)
    assert (settings.max_body_bytes, settings.host) == (2 * 1024 * 1024, "127.0.0.1")


def test_every_fault_is_named() -> None:
    environment = {"CREATORLIFT_WORKSPACE": "/no/such/folder", "CREATORLIFT_PORT": "x", "CREATORLIFT_WORKERS": "0"}
    with pytest.raises(ConfigError) as caught:
        ServeSettings.from_env(environment)
    assert [fault.where for fault in caught.value.faults] == [
        "workspace /no/such/folder", "CREATORLIFT_PORT", "CREATORLIFT_WORKERS",
    ]  # fmt: skip


def test_workers_read_the_same_settings(tmp_path: Path) -> None:
    settings = ServeSettings(workspace=tmp_path, model="3", port=0, workers=2, max_body_bytes=3 * 1024 * 1024)
    assert ServeSettings.from_env(settings.to_env()) == settings
