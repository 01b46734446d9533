"""The HTTP side, put together: routes and middleware from the modules that own them, every error as problem details."""

from __future__ import annotations

from collections.abc import Callable

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from serving import routes_jobs, routes_outcomes, routes_plan, routes_score, routes_status
from serving.context import Context
from serving.responses import HANDLERS

ROUTES: tuple[Callable[[Context], list[BaseRoute]], ...] = (
    routes_score.routes,
    routes_plan.routes,
    routes_outcomes.routes,
    routes_jobs.routes,
    routes_status.routes,
)
"""Each makes the routes of one part; a part that must start or stop adds to `Context.at_start` and `at_stop`."""
MIDDLEWARE: tuple[Callable[[Context], Middleware], ...] = ()
"""Each makes one piece of middleware around every route, the first outermost; problems go out by `respond`."""


def application(context: Context) -> Starlette:
    """Every route of the service."""
    return Starlette(
        routes=[route for make in ROUTES for route in make(context)],
        middleware=[make(context) for make in MIDDLEWARE],
        exception_handlers=HANDLERS,
    )
