"""Callbacks of the brief."""

from __future__ import annotations

from typing import Any

from dash import ALL, ClientsideFunction, Input, Output, State

from serving.page.brief import campaign_of, state_of, title_of
from serving.page.wiring import Wiring

_FIELD = {"type": "field", "name": ALL}


def register(wiring: Wiring) -> None:
    """Add them to the app."""
    app = wiring.app

    def inbrowser(name: str) -> ClientsideFunction:
        return ClientsideFunction("page", name)

    app.clientside_callback(
        inbrowser("boot"),
        Output("brief-load", "data"), Output("brief-names", "data"), Output("key-open", "children"),
        Output("narrow", "data"),
        Input("boot", "data"),
    )  # fmt: skip
    app.clientside_callback(
        inbrowser("fill"), Output(_FIELD, "value"), Input("brief-load", "data"), State(_FIELD, "id"),
        prevent_initial_call=True,
    )  # fmt: skip
    app.clientside_callback(
        inbrowser("draft"), Output("brief", "data"), Input(_FIELD, "value"), State(_FIELD, "id"),
        prevent_initial_call=True,
    )  # fmt: skip
    app.clientside_callback(
        inbrowser("units"), Output({"type": "unit", "name": ALL}, "children"),
        Input({"type": "field", "name": "currency"}, "value"), State({"type": "unit", "name": ALL}, "id"),
        prevent_initial_call=True,
    )  # fmt: skip
    app.clientside_callback(
        inbrowser("choose"), Output("brief-load", "data", allow_duplicate=True),
        Input("brief-example", "n_clicks"), Input("brief-new", "n_clicks"),
        Input({"type": "brief-open", "name": ALL}, "n_clicks"),
        State("brief-sample", "data"), State("brief-fresh", "data"), prevent_initial_call=True,
    )  # fmt: skip
    app.clientside_callback(
        inbrowser("saveOpen"),
        Output("brief-save", "opened"), Output("brief-names", "data", allow_duplicate=True), Output("brief-name",
                                                                                                    "value"),
        Input("brief-save-open", "n_clicks"), Input("brief-save-do", "n_clicks"),
        State("brief", "data"), State("brief-name", "value"), prevent_initial_call=True,
    )  # fmt: skip
    app.clientside_callback(
        inbrowser("forget"), Output("brief-names", "data", allow_duplicate=True),
        Input({"type": "brief-forget", "name": ALL}, "n_clicks"), prevent_initial_call=True,
    )  # fmt: skip
    app.clientside_callback(
        inbrowser("link"), Output("link-last", "data"), Input("brief-link", "n_clicks"), State("brief", "data"),
        prevent_initial_call=True,
    )  # fmt: skip
    wiring.server(
        checked,
        Output(_FIELD, "error"), Output("brief-state", "children"), Output("brief-title", "children"),
        Output("brief-ok", "data"),
        Input("brief", "data"), Input("brief-next", "n_clicks"),
        Input("candidates-score", "n_clicks", allow_optional=True), State(_FIELD, "id"), prevent_initial_call=True,
    )  # fmt: skip
    app.clientside_callback(inbrowser("savedList"), Output("brief-list", "children"), Input("brief-names", "data"))


def checked(brief: dict[str, Any] | None, *rest: Any) -> tuple[list[str | None], str, str, bool]:
    """What is wrong, at each field: missing ones only once somebody tried to go on."""
    *presses, ids = rest
    _, wrong = campaign_of(brief or {})
    tried = any(presses)
    shown = {name: text for name, text in wrong.items() if tried or text != "Needed"}
    return [shown.get(i["name"]) for i in ids], state_of(wrong), title_of(brief or {}), not wrong
