"""Plain HTML as one component of the page.

Every component of Dash tells the whole page when it appears, so that a table of a hundred cells takes as long as the
page is large, a hundred times. What no callback can speak of is drawn in one go instead (`assets/panels.js`).
"""

from __future__ import annotations

from typing import Any

from dash.development.base_component import Component

_HTML = "dash_html_components"


def stilled(tree: Any) -> Any:
    """`tree` with each part that is plain HTML throughout, and has no id, as one component; all else as it was."""
    if isinstance(tree, list | tuple):
        return [stilled(one) for one in tree]
    if not isinstance(tree, Component):
        return tree
    if _plain(tree):
        return {"namespace": "cl_panels", "type": "Still", "props": {"tree": drawn(tree)}}
    children = getattr(tree, "children", None)
    if children is not None:
        tree.children = stilled(children)
    return tree


def _plain(node: Any) -> bool:
    if isinstance(node, list | tuple):
        return all(_plain(one) for one in node)
    if not isinstance(node, Component):
        return node is None or isinstance(node, str | int | float)
    told = vars(node)
    return node._namespace == _HTML and "id" not in told and _plain(told.get("children"))


def drawn(node: Any) -> Any:
    """Plain HTML as `panels.js` draws it: an element as [name, attributes, children]; text as it is."""
    if not isinstance(node, Component):
        return node
    attributes: dict[str, Any] = node.to_plotly_json()["props"]
    children = attributes.pop("children", None)
    inner = children if isinstance(children, list | tuple) else [] if children is None else [children]
    return [node._type.lower(), attributes, [drawn(one) for one in inner]]
