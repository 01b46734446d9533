"""How callbacks run: in a thread, so that the event loop stays free, with every mistake told on the page."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import anyio.to_thread
from dash import Output, no_update, set_props
from dash.exceptions import PreventUpdate

from data.errors import CreatorLiftError, InputError
from serving.page.desk import Desk
from serving.page.still import stilled
from serving.problems import Problem

log = logging.getLogger("creatorlift.page")


@dataclass(frozen=True)
class Wiring:
    """The app and the door to the service, as every step needs them to register its callbacks."""

    app: Any
    desk: Desk

    def server(self, answer: Callable[..., Any], *dependencies: Any, heavy: bool = False, **options: Any) -> None:
        """Register `answer` as a callback. `heavy` ones (scoring) take their turn with the endpoint's requests."""
        drawn = [one.component_property == "children" for one in dependencies if isinstance(one, Output)]
        outputs = len(drawn)

        def told(*args: Any) -> Any:
            found = answer(*args)
            if outputs == 1:
                return stilled(found) if drawn[0] else found
            return tuple(stilled(one) if still else one for one, still in zip(found, drawn, strict=True))

        async def run(*args: Any) -> Any:
            task = partial(told, *args)
            try:
                return await (self.desk.work(task) if heavy else anyio.to_thread.run_sync(task))
            except Problem as problem:
                _tell(problem.title, problem.detail)
            except InputError as error:
                _tell("That cannot be used", str(error))
            except CreatorLiftError as error:
                _tell("That did not work", str(error))
            except PreventUpdate:
                raise
            except Exception:
                # Whatever it is, the page says so in words.
                log.exception("a callback of the page failed")
                _tell("The service failed", "This is our fault; the server's log has the cause.")
            # Not PreventUpdate: an answer without content would leave the message behind.
            return no_update if outputs == 1 else (no_update,) * outputs

        self.app.callback(*dependencies, **options)(run)


def _tell(title: str, text: str) -> None:
    message = {"action": "show", "title": title, "message": text, "color": "red", "autoClose": 12_000}
    set_props("notices", {"sendNotifications": [message]})
