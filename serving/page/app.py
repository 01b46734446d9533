"""The page as one Dash app: shell, steps and callbacks, on a FastAPI application of its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import dash_mantine_components as dmc
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html
from fastapi import FastAPI
from plotly.io.json import to_json_plotly
from starlette.types import ASGIApp

from serving.demo import BRIEF
from serving.page import (
    after_calls,
    after_view,
    brief_calls,
    brief_view,
    candidates_calls,
    candidates_view,
    compare,
    creator_calls,
    creator_view,
    model_tab,
    plan_calls,
    plan_view,
    shortlist_calls,
    shortlist_view,
)
from serving.page.asked import Asked
from serving.page.brief import defaults, values_of
from serving.page.delivery import Delivery
from serving.page.desk import Desk
from serving.page.first_sight import HEAD, STEPS, first_sight
from serving.page.look import THEME
from serving.page.parts import scheme_words
from serving.page.still import stilled
from serving.page.wiring import Wiring

PREFIX = "/app/"
LATER: tuple[tuple[str, Callable[[], Any]], ...] = (
    ("candidates", candidates_view.layout),
    ("shortlist", shortlist_view.layout),
    ("over", lambda: [creator_view.drawer(), compare.modal()]),
    ("plan", plan_view.layout),
    ("after", after_view.layout),
    ("model", model_tab.layout),
)
"""What is put on the page once the brief can be written, one after another; `over` opens above the steps."""
_INDEX = (
    """<!doctype html>
<html lang="en">
<head>{%metas%}<title>{%title%}</title>
"""
    + HEAD
    + """{%css%}
</head>
<body>
<div id="cl-offline" role="status" hidden>Connection lost. Trying again; nothing you typed is gone.</div>
{%app_entry%}
<footer hidden>{%config%}{%scripts%}{%renderer%}</footer>
</body>
</html>"""
)
_NOT_AT_ONCE = re.compile(
    r'<script src="(?P<src>[^"]*/'
    r'(?:dash_ag_grid/dash_ag_grid\.|dash/dash_table/)[^"]*)"></script>\s*'
)


class _Page(Dash):  # type: ignore[misc]  # Dash is untyped to us
    def interpolate_index(self, **parts: Any) -> str:
        """As Dash's, with our words where it says "Loading...", and without the scripts the first step does not need.

        The grid's comes when a step with a grid is shown (`page.js`); that of plain tables is not in use.
        """
        scripts = _NOT_AT_ONCE.sub("", parts["scripts"])
        grid = next((m["src"] for m in _NOT_AT_ONCE.finditer(parts["scripts"]) if "dash_ag_grid" in m["src"]), "")
        more = (
            f'<script type="application/json" id="cl-later">{_later()}</script>'
            f'<link id="cl-grid-script" data-src="{grid}">'
        )
        return str(super().interpolate_index(**{**parts, "scripts": more + scripts, "app_entry": first_sight()}))


def build_app(desk: Desk) -> ASGIApp:
    """The ASGI application to mount at `/app`; it serves every script itself."""
    server = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app = _Page(
        "serving.page", server=server, use_async=True, title="CreatorLift", update_title=None,
        assets_folder=str(Path(__file__).parent / "assets"), routes_pathname_prefix="/",
        requests_pathname_prefix=PREFIX,
        suppress_callback_exceptions=True, index_string=_INDEX, serve_locally=True, compress=False,
        meta_tags=[{"name": "viewport", "content": "width=device-width, initial-scale=1"}],
    )  # fmt: skip
    # The server takes no sockets; the renderer would ask for one in vain.
    app.backend.websocket_capability = False
    app.layout = lambda: stilled(layout(desk))
    wiring = Wiring(app, desk)
    for module in (
        brief_calls,
        candidates_calls,
        shortlist_calls,
        creator_calls,
        compare,
        plan_calls,
        after_calls,
        model_tab,
    ):
        module.register(wiring)
    _shell_calls(app)
    # Dash gathers its callbacks at its first request; they are needed before that.
    app._setup_server()
    return Asked(Delivery(server), lambda: app.callback_map)


def layout(desk: Desk) -> Any:
    """The whole page with an empty form."""
    today = desk.now()
    fresh = defaults(today)
    return dmc.MantineProvider(
        [
            dmc.NotificationContainer(id="notices", position="bottom-center"),
            *_stores(fresh, values_of(BRIEF, today)),
            html.A("Skip to content", href="#content", className="cl-skip"),
            _header(desk),
            dmc.Tabs(
                [
                    html.Nav(
                        html.Div(
                            dmc.TabsList(
                                [dmc.TabsTab([html.Span(str(n), className="cl-step"), label], value=value)
                                 for n, (value, label) in enumerate(STEPS, start=1)]
                                + [dmc.TabsTab("Model", value="model", ml="auto")]
                            ),
                            className="cl-wide",
                        ),
                        className="cl-nav", **{"aria-label": "Steps"},
                    ),
                    html.Main(
                        [
                            dmc.TabsPanel(brief_view.layout(fresh), value="brief"),
                            *(dmc.TabsPanel(html.Div(id=f"panel-{name}"), value=name)
                              for name, _ in LATER if name != "over"),
                        ],
                        id="content", className="cl-wide cl-main",
                    ),
                ],
                id="step", value="brief", keepMounted=True,
            ),
            html.Div(id="panel-over"),
        ],
        id="theme", theme=THEME, defaultColorScheme="auto",
    )  # fmt: skip


def _stores(fresh: dict[str, Any], sample: dict[str, Any]) -> list[Any]:
    names = (
        "job",
        "job-next",
        "done",
        "parts",
        "link-last",
        "creator-open",
        "creator-asked",
        "creator-more",
        "asked",
        "narrow",
        "visited",
    )
    return [
        dcc.Store(id="boot", data=1),
        dcc.Store(id="brief-load"),
        dcc.Store(id="brief-names", data=[]),
        dcc.Store(id="brief-ok", data=False),
        dcc.Store(id="brief", data=fresh),
        dcc.Store(id="brief-fresh", data=fresh),
        dcc.Store(id="brief-sample", data={**sample, "budget": 2000}),
        *(dcc.Store(id=name) for name in names),
    ]


@cache
def _later() -> str:
    """The later steps as JSON that may stand in a page: `page.js` puts them in their places."""
    return str(to_json_plotly({name: stilled(make()) for name, make in LATER})).replace("<", "\\u003c")


def _header(desk: Desk) -> Any:
    return html.Header(
        html.Div(
            [
                html.Div([html.Span(className="cl-brand-mark"), html.H1("CreatorLift", className="cl-brand-name")],
                         className="cl-brand"),
                html.Div(id="brief-title", className="cl-brief-title"),
                html.Div(
                    [html.Span(_badge(desk), id="badge"), _key(),
                     dmc.Button(scheme_words(), id="scheme-toggle", variant="subtle", size="compact-sm")],
                    className="cl-actions",
                ),
            ],
            className="cl-wide cl-header-row",
        ),
        className="cl-header",
    )  # fmt: skip


def _badge(desk: Desk) -> list[Any]:
    model = desk.live().about().model
    return model_tab.badge(model.version, model.data)


def _key() -> Any:
    return html.Div(
        [
            dmc.Button("Key", id="key-open", variant="subtle", size="compact-sm"),
            dmc.Modal(
                id="key-box",
                title="Access key",
                children=[
                    dmc.PasswordInput(id="key-text", label="Key",
                                      description="Kept until this tab is closed, nowhere else."),
                    html.Div(
                        [dmc.Button("Forget it", id="key-forget", variant="subtle", className="cl-danger"),
                         dmc.Button("Use this key", id="key-use")],
                        className="cl-right cl-gap-top",
                    ),
                ],
            ),
        ]
    )  # fmt: skip


def _shell_calls(app: Any) -> None:
    def page(name: str) -> ClientsideFunction:
        return ClientsideFunction("page", name)

    for name, _ in LATER:
        app.clientside_callback(
            page("mount"), Output(f"panel-{name}", "children"), Input("boot", "data"), State(f"panel-{name}", "id")
        )
    app.clientside_callback(page("visit"), Output("visited", "data"), Input("step", "value"), prevent_initial_call=True)
    app.clientside_callback(
        page("scheme"), Output("scheme-toggle", "n_clicks"), Input("scheme-toggle", "n_clicks"),
        prevent_initial_call=True,
    )  # fmt: skip
    app.clientside_callback(
        page("go"), Output("step", "value"),
        *(Input(name, "n_clicks", allow_optional=True)
          for name in ("brief-next", "candidates-score", "empty-to-candidates")),
        State("brief-ok", "data"), prevent_initial_call=True,
    )  # fmt: skip
    app.clientside_callback(
        page("key"), Output("key-box", "opened"), Output("key-open", "children", allow_duplicate=True),
        Output("key-text", "value"), Input("key-use", "n_clicks"), Input("key-forget", "n_clicks"),
        Input("key-open", "n_clicks"), State("key-text", "value"), prevent_initial_call=True,
    )  # fmt: skip
