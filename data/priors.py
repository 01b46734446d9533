"""Published figures that stand in until own data say more: `priors.toml`, read into frozen, checked values."""

from __future__ import annotations

import dataclasses
import math
import tomllib
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import numpy as np

from data.errors import ConfigError, Fault, shorten
from data.schemas import GOALS, PLATFORMS

PRIORS_FILE = Path(__file__).with_name("priors.toml")
SURE = ("high", "mid", "low", "own")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Sourced:
    """Where a figure comes from: in words, of which year, and how sure (see the head of the file)."""

    source: str
    year: int
    sure: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class LiftPrior(Sourced):
    """Prior of a pairing's ln(1 + lift): normal with mean `median` and standard deviation `sd`."""

    relative: float
    """The median as a relative lift (0.06 is +6 %)."""
    sd: float

    @property
    def median(self) -> float:
        """Median of ln(1 + lift)."""
        return math.log1p(self.relative)


@dataclasses.dataclass(frozen=True, kw_only=True)
class RatePrior(Sourced):
    """Prior of conversions per exposed person without the post: log-normal with this median and log-scale `sd`."""

    median: float
    sd: float


@dataclasses.dataclass(frozen=True, kw_only=True)
class ReturnPrior(Sourced):
    """Share of orders sent back when a brief does not say."""

    default: float


@dataclasses.dataclass(frozen=True, kw_only=True)
class EngagementPrior(Sourced):
    """Engagement rate of like-sized peers: ln(rate) = a - b log10(followers), flat above `flat_above`; spread `sd`."""

    points: tuple[tuple[float, float], ...]
    flat_above: float
    sd: float
    definition: str
    """Numerator and denominator of the rate."""
    a: float = dataclasses.field(init=False)
    b: float = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        below = [(math.log10(size), math.log(rate)) for size, rate in self.points if size <= self.flat_above]
        if len(below) < 2:
            raise ValueError("fewer than two points below flat_above")
        x, y = (np.array(column) for column in zip(*below, strict=True))
        slope = float(np.sum((x - x.mean()) * (y - y.mean())) / np.sum((x - x.mean()) ** 2))
        object.__setattr__(self, "b", -slope)
        object.__setattr__(self, "a", float(y.mean() - slope * x.mean()))

    def log_rate(self, followers: np.ndarray) -> np.ndarray:
        """Natural logarithm of the rate expected at these follower counts (shape kept; NaN where not positive)."""
        size = np.asarray(followers, dtype=np.float64)
        size = np.where(size > 0, np.minimum(size, self.flat_above), np.nan)
        return self.a - self.b * np.log10(size)


@dataclasses.dataclass(frozen=True, kw_only=True)
class ReachPrior(Sourced):
    """People reached by a post: log-normal around `share * at_followers * (followers / at_followers) ** elasticity`."""

    at_followers: float
    share: float
    elasticity: float
    sd: float

    def expected(self, followers: np.ndarray) -> np.ndarray:
        """Median number of people reached at these follower counts (shape kept; NaN where not positive)."""
        size = np.asarray(followers, dtype=np.float64)
        ratio = np.where(size > 0, size, np.nan) / self.at_followers
        return self.share * self.at_followers * np.exp(self.elasticity * np.log(ratio))


@dataclasses.dataclass(frozen=True, kw_only=True)
class FeePrior(Sourced):
    """Usual fee per post by tier, in US dollars; for display only."""

    by_tier: Mapping[str, tuple[float, float]]
    """(low, high) by tier; high is infinite where the table is open; tiers without a figure are absent."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class SharePrior(Sourced):
    """Share of attributed conversions that are incremental: Beta(alpha, beta)."""

    alpha: float
    beta: float

    @property
    def mean(self) -> float:
        """The expected share."""
        return self.alpha / (self.alpha + self.beta)


@dataclasses.dataclass(frozen=True)
class Priors:
    """All figures. Mappings are by goal (`lift`, `baseline_rate`) or by platform (`engagement`, `reach`, `fees`)."""

    as_of: str
    lift: Mapping[str, LiftPrior]
    baseline_rate: Mapping[str, RatePrior]
    return_rate: ReturnPrior
    engagement: Mapping[str, EngagementPrior]
    reach: Mapping[str, ReachPrior]
    tiers: Mapping[str, float]
    """First follower count of each display tier, ascending."""
    fees: Mapping[str, FeePrior]
    incremental_share: SharePrior

    def tier(self, followers: float) -> str | None:
        """Display tier of an account; None when its followers are not known."""
        if not followers >= 0:
            return None
        return [name for name, first in self.tiers.items() if followers >= first][-1]


S = TypeVar("S", bound=Sourced)
_Check = Callable[[Any], bool]


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _positive(value: Any) -> bool:
    return _is_number(value) and value > 0


def _rate(value: Any) -> bool:
    return _is_number(value) and 0 <= value <= 1


def _words(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _points(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) >= 2
        and all(isinstance(p, list) and len(p) == 2 and _positive(p[0]) and _positive(p[1]) for p in value)
    )


def _fee(value: Any) -> bool:
    return (
        isinstance(value, list) and 1 <= len(value) <= 2 and all(_positive(v) for v in value) and value == sorted(value)
    )


_CHECKS: dict[str, tuple[_Check, str]] = {
    "source": (_words, "words"),
    "definition": (_words, "words"),
    "as_of": (_words, "a date"),
    "year": (lambda v: isinstance(v, int) and 1900 <= v <= 2100, "a year"),
    "sure": (lambda v: v in SURE, ", ".join(SURE)),
    "points": (_points, "at least two [followers, rate]"),
    "relative": (lambda v: _is_number(v) and v > -1, "a number above -1"),
    "default": (_rate, "a share from 0 to 1"),
    "share": (_rate, "a share from 0 to 1"),
    "elasticity": (_is_number, "a number"),
}


class _Reader:
    """Takes checked values out of the parsed file and remembers every fault."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.faults: list[Fault] = []

    def keys(self, raw: Any, path: str, allowed: tuple[str, ...], needed: tuple[str, ...]) -> dict[str, Any]:
        """The table at `path` with its allowed keys; a fault for each unknown and each absent one."""
        place = f"{self.where}, {path}" if path else self.where
        if not isinstance(raw, dict):
            self.faults.append(Fault(place, shorten(raw), "a table with " + ", ".join(allowed)))
            return {}
        self.faults += [
            Fault(f"{place}.{key}", "an unknown key", ", ".join(allowed)) for key in raw if key not in allowed
        ]
        self.faults += [Fault(f"{place}.{key}", "nothing", "this key") for key in needed if key not in raw]
        return {key: raw[key] for key in allowed if key in raw}

    def value(self, value: Any, path: str) -> None:
        """A fault when a value is not what its key takes."""
        check, allowed = _CHECKS.get(path.rpartition(".")[2], (_positive, "a number above 0"))
        if not check(value):
            self.faults.append(Fault(f"{self.where}, {path}", shorten(value), allowed))

    def entry(self, kind: type[S], raw: Any, path: str) -> S | None:
        """One figure; None when it has faults."""
        names = tuple(f.name for f in dataclasses.fields(kind) if f.init)
        before = len(self.faults)
        found = self.keys(raw, path, names, names)
        for key, value in found.items():
            self.value(value, f"{path}.{key}")
        if len(self.faults) > before:
            return None
        plain: dict[str, Any] = {k: tuple(map(tuple, v)) if k == "points" else v for k, v in found.items()}
        try:
            return kind(**plain)
        except ValueError as error:
            self.faults.append(Fault(f"{self.where}, {path}", str(error), "two points or more"))
            return None

    def group(self, kind: type[S], raw: Any, path: str, names: tuple[str, ...]) -> Mapping[str, S]:
        """A figure for every one of `names`."""
        found = self.keys(raw, path, names, names)
        made = {name: self.entry(kind, value, f"{path}.{name}") for name, value in found.items()}
        return MappingProxyType({name: entry for name, entry in made.items() if entry is not None})

    def tiers(self, raw: Any) -> Mapping[str, float]:
        """The display tiers, ascending from 0."""
        tiers = raw if isinstance(raw, dict) else {}
        limits = list(tiers.values())
        if not limits or not all(_is_number(v) for v in limits) or limits[0] != 0 or limits != sorted(set(limits)):
            self.faults.append(Fault(f"{self.where}, tiers", shorten(raw), "ascending follower counts from 0"))
            return MappingProxyType({})
        return MappingProxyType(tiers)

    def fees(self, raw: Any, tiers: tuple[str, ...]) -> Mapping[str, FeePrior]:
        """Fees by platform; a platform or tier may be absent."""
        told = ("source", "year", "sure")
        made: dict[str, FeePrior] = {}
        for platform, entry in self.keys(raw, "fees", PLATFORMS, ()).items():
            path, before = f"fees.{platform}", len(self.faults)
            found = self.keys(entry, path, (*tiers, *told), told)
            for key, value in found.items():
                if key in told:
                    self.value(value, f"{path}.{key}")
                elif not _fee(value):
                    self.faults.append(Fault(f"{self.where}, {path}.{key}", shorten(value), "[low] or [low, high]"))
            if len(self.faults) == before:
                ranges = {t: (found[t][0], (*found[t], math.inf)[1]) for t in tiers if t in found}
                made[platform] = FeePrior(by_tier=MappingProxyType(ranges), **{key: found[key] for key in told})
        return MappingProxyType(made)


def read_priors(path: Path) -> Priors:
    """The figures in a TOML file of the form of `priors.toml`; ConfigError names every fault."""
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(Fault(str(path), str(error), "TOML")) from error
    reader = _Reader(path.name)
    names = tuple(f.name for f in dataclasses.fields(Priors))
    found = dict.fromkeys(names) | reader.keys(raw, "", names, names)
    reader.value(found["as_of"], "as_of")
    tiers = reader.tiers(found["tiers"])
    made: dict[str, Any] = {
        "as_of": found["as_of"],
        "lift": reader.group(LiftPrior, found["lift"], "lift", GOALS),
        "baseline_rate": reader.group(RatePrior, found["baseline_rate"], "baseline_rate", GOALS),
        "return_rate": reader.entry(ReturnPrior, found["return_rate"], "return_rate"),
        "engagement": reader.group(EngagementPrior, found["engagement"], "engagement", PLATFORMS),
        "reach": reader.group(ReachPrior, found["reach"], "reach", PLATFORMS),
        "tiers": tiers,
        "fees": reader.fees(found["fees"], tuple(tiers)),
        "incremental_share": reader.entry(SharePrior, found["incremental_share"], "incremental_share"),
    }
    if reader.faults:
        raise ConfigError(reader.faults)
    return Priors(**made)


@lru_cache(maxsize=1)
def load_priors() -> Priors:
    """The figures that come with the project."""
    return read_priors(PRIORS_FILE)
