"""Settings of a training run: frozen, from one TOML file, unknown keys refused."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

import pandas as pd

from data.errors import ConfigError, Fault, shorten
from data.frames import convert
from data.schemas import Column
from models.lift import DEFAULT
from models.lift_settings import LiftSettings

_RANGES: dict[str, tuple[float, float]] = {
    "seed": (0, 2**31 - 1),
    "folds": (1, 12),
    "test_days": (1, 3650),
    "test_share": (0.05, 0.6),
    "min_train": (10, 10**9),
    "unseen_groups": (0, 10),
    "level": (0.05, 0.99),
    "bootstrap": (50, 10_000),
    "top_k": (1, 10_000),
    "tune": (0, 10_000),
    "lift_learning_rate": (0.001, 1.0),
    "lift_leaves": (2, 256),
    "lift_ridge": (0.0, 1e6),
    "lift_columns": (0.01, 1.0),
    "lift_effect": (0.01, 10.0),
}
_WHOLE = ("seed", "folds", "min_train", "unseen_groups", "bootstrap", "top_k", "tune", "lift_leaves")


@dataclass(frozen=True)
class TrainSettings:
    """What a training run may be told; every field is logged with the run.

    Times are UTC, durations days, shares 0 to 1.
    """

    seed: int = 7
    """Seeds the model, the folds of unseen creators and the bootstrap."""
    as_of: pd.Timestamp | None = None
    """Nothing known at or after this time is used. Missing: just after the newest fact of the workspace."""
    folds: int = 2
    """How many consecutive test windows the evaluation uses."""
    test_days: float | None = None
    """Length of one test window. Missing: `test_share` of the labelled period, divided among the windows."""
    test_share: float = 0.3
    """Share of the labels, newest first, that the test windows cover when `test_days` is missing."""
    min_train: int = 40
    """A test window is used only when at least this many labels were known before it starts."""
    unseen_groups: int = 2
    """Groups of creators for the second view (each scored by a model that never met them); 0 or 1: no such view."""
    level: float = 0.8
    """Level of the predicted intervals that the report judges (its own brackets are of 95 %)."""
    bootstrap: int = 200
    """Resamples behind each interval of a metric."""
    top_k: int = 20
    """How many of a test window's best pairings the promise-against-outcome check takes."""

    tune: int = 0
    """Trials of a search for the lift model's settings below; 0: they are taken as they are."""
    lift_learning_rate: float = DEFAULT.learning_rate
    """Step of each tree."""
    lift_leaves: int = DEFAULT.leaves
    """Most leaves of a tree."""
    lift_ridge: float = DEFAULT.ridge
    """Units of information at "no effect" in each leaf."""
    lift_columns: float = DEFAULT.columns
    """Share of the features each tree may use."""
    lift_effect: float = DEFAULT.effect
    """Believed size of effects, in units of the prior's standard deviation."""

    @property
    def lift(self) -> LiftSettings:
        """The lift model's settings."""
        return LiftSettings(
            self.lift_learning_rate, self.lift_leaves, self.lift_ridge, self.lift_columns, self.lift_effect
        )

    def with_lift(self, chosen: LiftSettings) -> TrainSettings:
        """These settings with others for the lift model."""
        return replace(self, **{f"lift_{name}": value for name, value in asdict(chosen).items()})

    def __post_init__(self) -> None:
        faults = [*_range_faults(self)]
        if self.as_of is not None and self.as_of.tzinfo is None:
            faults.append(Fault("settings, as_of", str(self.as_of), "a UTC time such as 2025-03-01T00:00:00Z"))
        if faults:
            raise ConfigError(faults)

    def as_dict(self) -> dict[str, Any]:
        """All fields as plain values, times as ISO text."""
        return {k: v.isoformat() if isinstance(v, pd.Timestamp) else v for k, v in asdict(self).items()}

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any], where: str = "settings") -> TrainSettings:
        """Settings from plain values; ConfigError names every unknown key, wrong type and value out of range."""
        known = {f.name for f in fields(cls)}
        faults = [
            Fault(f"{where}, {key}", "an unknown setting", ", ".join(sorted(known)))
            for key in values
            if key not in known
        ]
        read: dict[str, Any] = {}
        for key in known & set(values):
            value, fault = _read(key, values[key], where)
            read[key] = value
            faults += [fault] if fault else []
        if faults:
            raise ConfigError(sorted(faults, key=str))
        return cls(**read)

    @classmethod
    def from_toml(cls, path: Path) -> TrainSettings:
        """Settings from a TOML file; ConfigError when it is absent, no TOML, or holds what `from_mapping` refuses."""
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise ConfigError(Fault(str(path), "no such file", "a TOML file of training settings")) from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
            raise ConfigError(Fault(str(path), shorten(str(error)), "a TOML file of training settings")) from error
        return cls.from_mapping(values, where=path.name)


def _range_faults(settings: TrainSettings) -> list[Fault]:
    faults = []
    for name, (low, high) in _RANGES.items():
        value = getattr(settings, name)
        if value is not None and not low <= value <= high:
            faults.append(Fault(f"settings, {name}", repr(value), f"from {low:g} to {high:g}"))
    return faults


def _read(key: str, value: Any, where: str) -> tuple[Any, Fault | None]:
    """One setting in its type, or the fault that says why it has none."""
    if key == "as_of":
        converted = convert(Column("as_of", "time"), pd.Series([value if isinstance(value, str) else str(value)]))
        if converted.bad.any() or converted.values.isna().any():
            return None, Fault(f"{where}, as_of", shorten(str(value)), "a UTC time such as 2025-03-01T00:00:00Z")
        return converted.values.iloc[0], None
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or (key in _WHOLE and value != int(value)):
        return None, Fault(f"{where}, {key}", shorten(repr(value)), "a whole number" if key in _WHOLE else "a number")
    return (int(value) if key in _WHOLE else float(value)), None
