"""Plots as the plain values that plotly.js takes.

Plotly's own figures check every setting again with every change, which takes longer than the score they show.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

Values = dict[str, Any]


@dataclass
class Drawing:
    """A plot under way: its traces and its layout, by the names of plotly.js."""

    layout: Values
    data: list[Values] = field(default_factory=list)

    def trace(self, kind: str, **settings: Any) -> None:
        """One more trace; settings that are None are left to plotly.js, arrays become lists."""
        told = {k: v.tolist() if isinstance(v, np.ndarray) else v for k, v in settings.items() if v is not None}
        self.data.append({"type": kind, **told})

    def x(self, title: str | None = None, **settings: Any) -> None:
        """Settings of the horizontal axis."""
        self._axis("xaxis", title, settings)

    def y(self, title: str | None = None, **settings: Any) -> None:
        """Settings of the vertical axis."""
        self._axis("yaxis", title, settings)

    def shape(self, kind: str, **settings: Any) -> None:
        """A line or a rectangle."""
        self.layout.setdefault("shapes", []).append({"type": kind, **settings})

    def note(self, text: str, **settings: Any) -> None:
        """A text at a place of the plot."""
        self.layout.setdefault("annotations", []).append({"text": text, "showarrow": False, **settings})

    def plain(self) -> Values:
        """What a graph of the page is given."""
        return {"data": self.data, "layout": self.layout}

    def _axis(self, name: str, title: str | None, settings: Values) -> None:
        axis = self.layout.setdefault(name, {})
        axis |= settings
        if title is not None:
            axis["title"] = {**axis.get("title", {}), "text": title}
