"""How many people a platform or a country has: `population.toml`, for judging how far audiences overlap."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

_FILE = Path(__file__).with_name("population.toml")
_MILLION = 1e6
_UNLISTED = 5e6
"""People of a country that is not listed: those that are not are small."""


@dataclass(frozen=True)
class Population:
    """People of the world, users of each platform, people of each country (ISO-3166 alpha-2)."""

    world: float
    platforms: Mapping[str, float]
    countries: Mapping[str, float]

    def users(self, platform: str, country: str | None = None) -> float:
        """Users of a platform in a country, as if it were equally liked everywhere; worldwide without a country."""
        everywhere = self.platforms.get(platform, self.platforms["other"])
        if country is None:
            return everywhere
        return everywhere * self.countries.get(country, _UNLISTED) / self.world


@lru_cache(maxsize=1)
def load_population() -> Population:
    """The figures of `population.toml`."""
    read = tomllib.loads(_FILE.read_text("utf-8"))

    def people(table: str) -> Mapping[str, float]:
        return MappingProxyType({name: _MILLION * float(value) for name, value in read[table].items()})

    return Population(people("world")["people"], people("platforms"), people("countries"))
