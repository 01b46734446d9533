"""Up to four creators side by side, drawn in the browser from the rows of the shortlist (`assets/panels.js`)."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import ClientsideFunction, Input, Output, State, html

from serving.page.parts import QUICK
from serving.page.wiring import Wiring


def modal() -> Any:
    """The panel that opens over the shortlist."""
    return dmc.Modal(
        html.Div(id="compare-body"), id="compare", title="Compare", size="min(1180px, 96vw)",
        closeButtonProps={"aria-label": "Close the comparison"}, transitionProps=QUICK,
    )  # fmt: skip


def register(wiring: Wiring) -> None:
    """Add its callbacks to the app."""
    app = wiring.app
    app.clientside_callback(
        ClientsideFunction("page", "compareWords"), Output("compare-open", "children"),
        Output("compare-open", "disabled"), Input("shortlist", "selectedRows"), prevent_initial_call=True,
    )  # fmt: skip
    app.clientside_callback(
        ClientsideFunction("page", "compare"), Output("compare", "opened"), Output("compare-body", "children"),
        Input("compare-open", "n_clicks"), State("shortlist", "selectedRows"), State("asked", "data"),
        prevent_initial_call=True,
    )  # fmt: skip
