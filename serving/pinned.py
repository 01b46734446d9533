"""Versions of the model that requests ask for by number, besides the live one: loaded when first asked, few kept."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace

from data.errors import ArtifactError, CreatorLiftError, NoModel
from serving.live import Live
from serving.locate import located
from serving.problems import not_ready, unknown_version

KEPT = 3
"""Versions kept in memory besides the live one."""
_UNKNOWN_SECONDS = 60.0
"""For so long a version that is not there is not looked for again: asking the registry is dear."""
_MOST_UNKNOWN = 1_000


class VersionNeeded(Exception):
    """A version has to be loaded first; whoever catches it calls `Pinned.load` where that may take its time."""

    def __init__(self, version: str) -> None:
        super().__init__(version)
        self.version = version


class Pinned:
    """The few versions asked for last."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._kept: OrderedDict[str, Live] = OrderedDict()
        self._unknown: dict[str, float] = {}
        self._loading = threading.Lock()
        self._clock = clock

    def of(self, version: str, live: Live) -> Live:
        """A version with the catalogue of what is live. Problem 404 when there is none; VersionNeeded when it must be
        loaded first."""
        if not (version.isascii() and version.isdigit()) or self._is_unknown(version):
            raise unknown_version(version, live.info.version)
        found = self._kept.get(version)
        if found is None:
            raise VersionNeeded(version)
        if live.catalogue is None or found.catalogue is None:
            return found
        # Creators built ahead for another model would answer with its peers and words.
        return replace(found, catalogue=live.catalogue.for_reference(found.scorer.reference))

    def load(self, version: str, live: Live) -> None:
        """Load a version, one at a time, in place of the one loaded longest ago; Problem 404 when it cannot be had,
        503 when the registry cannot be asked."""
        with self._loading:
            if version in self._kept or self._is_unknown(version):
                return
            self._kept[version] = self._loaded(version, live)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)

    def _is_unknown(self, version: str) -> bool:
        return self._clock() - self._unknown.get(version, -_UNKNOWN_SECONDS) < _UNKNOWN_SECONDS

    def _loaded(self, version: str, live: Live) -> Live:
        try:
            with located(version) as (info, load):
                scorer = load()
        except (NoModel, ArtifactError):
            if len(self._unknown) >= _MOST_UNKNOWN:
                self._unknown.clear()
            self._unknown[version] = self._clock()
            raise unknown_version(version, live.info.version) from None
        except CreatorLiftError as error:
            raise not_ready(str(error)) from error
        return Live(scorer, info, live.catalogue)
