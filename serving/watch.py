"""Keeps what answers up to date: a new champion, and creators built ahead anew. Requests never wait for it.

Everything new is loaded beside what answers and tried out before it takes its place; what is broken is refused, and
what answered goes on answering.
"""

from __future__ import annotations

import logging
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from data.errors import CreatorLiftError
from models.creators import reference_key
from models.registry import ModelInfo, database_file, tracking_uri
from serving.config import ServeSettings
from serving.heap import give_back
from serving.live import Live, Refused
from serving.locate import Loader, located
from serving.snapshots import Snapshots, changed_at, start_building

log = logging.getLogger("creatorlift.watch")
_UNKNOWN_REGISTRY_SECONDS = 60.0
"""How often a registry is asked that is no file whose changes can be seen."""
_TIDY_SECONDS = 60.0
"""How often memory that is free is given back."""


class Watch:
    """One thread that looks every `settings.poll_seconds`."""

    def __init__(
        self, settings: ServeSettings, current: Callable[[], Live | None], swap: Callable[[Live], None],
        clock: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self._settings = settings
        self._current = current
        self._swap = swap
        self._clock = clock
        self._stop = threading.Event()
        # What answers was just loaded: a registry that has not changed lately need not be asked at once.
        self._seen: object = self._registry_mark() if self._registry_rests() else None
        self._asked_at = 0.0
        self._tried_at = 0.0
        self._tidied_at = clock()
        self._building: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Stop looking; a build under way is ended."""
        self._stop.set()
        if self._building is not None and self._building.poll() is None:
            self._building.terminate()
            self._building.wait()

    def _run(self) -> None:
        while not self._stop.wait(self._settings.poll_seconds):
            try:
                self.look()
            except Exception:
                # Nothing found here may end the watch: what answers still does.
                log.exception("looking for a newer model or catalogue failed")

    def look(self) -> None:
        """Look once: first for another model, then for newer creators, then whether they should be built."""
        self._tidy()
        live = self._current()
        if live is None:
            return
        self._look_for_model(live)
        self._look_for_creators()
        self._build_if_due()

    def _tidy(self) -> None:
        if self._clock() - self._tidied_at >= _TIDY_SECONDS:
            self._tidied_at = self._clock()
            give_back()

    def _registry_mark(self) -> object:
        """Changes when the registry does; None where that cannot be seen without asking it."""
        file = database_file(tracking_uri())
        if file is None:
            return None
        found = [file.with_name(file.name + end) for end in ("", "-wal", "-journal")]
        return tuple((place.name, place.stat().st_mtime_ns, place.stat().st_size) for place in found if place.exists())

    def _registry_rests(self) -> bool:
        """Whether the registry is a file that was last written well before this service started."""
        file = database_file(tracking_uri())
        if file is None or not file.exists():
            return False
        return self._clock() - file.stat().st_mtime > _UNKNOWN_REGISTRY_SECONDS

    def _look_for_model(self, live: Live) -> None:
        mark = self._registry_mark()
        waited = self._clock() - self._asked_at
        if mark == self._seen and (mark is not None or waited < _UNKNOWN_REGISTRY_SECONDS):
            return
        self._seen, self._asked_at = mark, self._clock()
        try:
            with located(self._settings.model) as found:
                info, load = found
                if info.version == live.info.version:
                    self._told_anew(live, info)
                elif info.version not in {one.version for one in live.refused}:
                    self._replace(live, info, load)
        except CreatorLiftError as error:
            log.warning("the registry could not be asked, version %s goes on answering: %s", live.info.version, error)

    def _told_anew(self, live: Live, info: ModelInfo) -> None:
        """Aliases may have moved; an alias back on the live version clears nothing that was refused."""
        if info != live.info:
            self._swap(replace(live, info=info))

    def _replace(self, live: Live, info: ModelInfo, load: Loader) -> None:
        try:
            scorer = load()
            catalogue = live.catalogue
            if catalogue is not None and self._settings.catalogue_folder is not None:
                catalogue = catalogue.with_built(Snapshots(self._settings.catalogue_folder).newest(scorer.reference))
            made = Live(scorer, info, catalogue, live.refused)
            made.try_out()
        except Exception as error:
            # Whatever it is that a broken artefact does, it must not take the place of one that answers.
            log.exception("version %s was refused; %s goes on answering", info.version, live.info.version)
            self._swap(
                replace(live, refused=(*live.refused, Refused(info.version, f"{type(error).__name__}: {error}")))
            )
            return
        self._swap(made.looked_like(live))
        log.warning("version %s answers now, in place of %s", info.version, live.info.version)

    def _look_for_creators(self) -> None:
        live, folder = self._current(), self._settings.catalogue_folder
        if live is None or live.catalogue is None or folder is None:
            return
        found = Snapshots(folder).newest(live.scorer.reference, live.catalogue.built)
        if found is not None:
            made = replace(live, catalogue=live.catalogue.with_built(found))
            made.try_out()
            self._swap(made.looked_like(live))

    def _build_if_due(self) -> None:
        live, folder, workspace = self._current(), self._settings.catalogue_folder, self._settings.workspace
        busy = self._building is not None and self._building.poll() is None
        if live is None or live.catalogue is None or folder is None or workspace is None or busy:
            return
        built, now = live.catalogue.built, self._clock()
        if self._settings.refresh_hours == 0 or now - self._tried_at < self._settings.poll_seconds * 6:
            return
        fits = built is not None and built.key == reference_key(live.scorer.reference)
        age = now - built.as_of.timestamp() if built is not None and fits else float("inf")
        stale = age > self._settings.refresh_hours * 3600
        if stale or (built is not None and changed_at(workspace) > built.as_of.timestamp()):
            self._tried_at = now
            self._building = start_building(workspace, folder, live.info.version)
