"""How callbacks run: in a thread, so that the event loop stays free, with every mistake told on the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import anyio
import anyio.to_thread
from dash import set_props
from dash.exceptions import PreventUpdate

from data.errors import CreatorLiftError, InputError
from serving.page.desk import Desk
from serving.problems import Problem


@dataclass(frozen=True)
class Wiring:
    """The app and the door to the service, as every step needs them to register its callbacks."""

    app: Any
    desk: Desk
    _heavy: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(1))

    def server(self, answer: Callable[..., Any], *dependencies: Any, heavy: bool = False, **options: Any) -> None:
        """Register `answer` as a callback. `heavy` ones (scoring) run one at a time, as at the endpoint."""
        limiter = self._heavy if heavy else None

        async def run(*args: Any) -> Any:
            try:
                return await anyio.to_thread.run_sync(partial(answer, *args), limiter=limiter)
            except Problem as problem:
                _tell(problem.title, problem.detail)
            except InputError as error:
                _tell("That cannot be used", str(error))
            except CreatorLiftError as error:
                _tell("That did not work", str(error))
            raise PreventUpdate

        self.app.callback(*dependencies, **options)(run)


def _tell(title: str, text: str) -> None:
    message = {"action": "show", "title": title, "message": text, "color": "red", "autoClose": 12_000}
    set_props("notices", {"sendNotifications": [message]})
