"""The BentoML service: load once, then answer.

BentoML's own method routes answer errors in a shape of their own and put five middlewares before every request. So
our routes are an application in front of BentoML's: it answers what is ours, with problem details on errors, and
passes everything else (start and stop, mounted pages, BentoML's page of the API) on to BentoML.
"""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Callable
from typing import Any, cast

from starlette.types import ASGIApp, Receive, Scope, Send

from data.clock import utc_now
from data.errors import CreatorLiftError
from serving.api import application
from serving.config import ServeSettings
from serving.context import Context
from serving.gate import Gate
from serving.in_words import InWords
from serving.live import Live, load_live
from serving.memory import Memory
from serving.page.desk import Desk
from serving.page.mount import LazyPage

with warnings.catch_warnings():
    # BentoML still uses names its own dependencies deprecate; nothing a user of ours can act on.
    warnings.simplefilter("ignore", DeprecationWarning)
    import bentoml
    from bentoml import Service

log = logging.getLogger("creatorlift.service")
PASSED_ON = ("/static_content/", "/app/")
"""Paths BentoML answers itself, besides `_THEIRS`."""
_THEIRS = ("/", "/app", "/schema.json")


class Front:
    """Our routes before BentoML's application."""

    def __init__(self, ours: ASGIApp, theirs: ASGIApp) -> None:
        self._ours = ours
        self._theirs = theirs

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_ours = scope["type"] == "http" and scope["path"] not in _THEIRS and not scope["path"].startswith(PASSED_ON)
        await (self._ours if is_ours else self._theirs)(scope, receive, send)


class FrontedService(Service[Any]):  # type: ignore[misc]  # BentoML is untyped to us
    """A BentoML service whose application has our routes in front."""

    def to_asgi(self, is_main: bool = True) -> ASGIApp:
        """As BentoML's, with `Front` around it and the gate around all."""
        front = Front(cast("ASGIApp", self.inner.ours), InWords(super().to_asgi(is_main)))
        memory = cast("Memory", self.inner.memory)
        return Gate(front, memory.rules, memory.denied, memory.why_closed)


def make_service(load: Callable[[], tuple[ServeSettings, Live]], shared: Context | None = None) -> FrontedService:
    """A BentoML service that answers with what `load` returns when it starts; `shared` is what its routes share.

    Where `load` raises CreatorLiftError, it starts, is alive, and says at `/readyz` why it is not ready.
    """
    context = shared or Context(utc_now)
    page = LazyPage(Desk(context))

    class CreatorLift:
        """Conversion lift, fit and ROI of creators for a campaign."""

        ours = application(context)
        memory = context.memory

        def __init__(self) -> None:
            try:
                context.start(*load())
            except CreatorLiftError as error:
                log.warning("not ready: %s", error)
                context.why_not = str(error)

        @bentoml.on_shutdown  # type: ignore[untyped-decorator]  # BentoML is untyped to us
        def stop(self) -> None:
            context.stop()

    # Requests are counted by our routes; BentoML's counters would be one set per process, whatever it serves.
    decorate = bentoml.service(name="CreatorLift", service_class=FrontedService, metrics={"enabled": False})
    return cast("FrontedService", decorate(bentoml.asgi_app(page, path="/app", name="page")(CreatorLift)))


def _from_environment() -> tuple[ServeSettings, Live]:
    settings = ServeSettings.from_env(os.environ)
    return settings, load_live(settings)


CreatorLift = make_service(_from_environment)
