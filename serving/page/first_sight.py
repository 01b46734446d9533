"""What stands on the page while its scripts are on their way: the first step as plain HTML, in the same places.

It can be read at once; the form itself takes its place as soon as the browser has put it together.
"""

from __future__ import annotations

from functools import cache
from html import escape

from serving.page.brief import BY_NAME
from serving.page.brief_view import LEAD, SECTIONS, TITLE

STEPS = (
    ("brief", "Brief"), ("candidates", "Candidates"), ("shortlist", "Shortlist"), ("plan", "Plan"), ("after", "After"),
)  # fmt: skip


@cache
def first_sight() -> str:
    """The element Dash renders into, with the first step drawn in it; no input yet, so nothing typed can be lost."""
    steps = "".join(
        f'<span class="cl-pre-tab{" is-on" if n == 1 else ""}"><span class="cl-step">{n}</span>{label}</span>'
        for n, (_, label) in enumerate(STEPS, start=1)
    )
    return (
        '<div id="react-entry-point"><div class="cl-pre" aria-busy="true">'
        '<header class="cl-header"><div class="cl-wide cl-header-row"><div class="cl-brand">'
        '<span class="cl-brand-mark"></span><span class="cl-brand-name">CreatorLift</span></div>'
        '<div class="cl-brief-title">Untitled brief</div></div></header>'
        f'<div class="cl-nav"><div class="cl-wide cl-pre-tabs">{steps}<span class="cl-pre-tab cl-pre-end">Model</span>'
        '</div></div><main class="cl-wide cl-main"><div class="cl-heading"><div>'
        f'<h2 class="cl-h2">{TITLE}</h2><p class="cl-lead">{LEAD}</p></div></div>'
        f'<div class="cl-stack">{"".join(_section(*section) for section in SECTIONS)}</div></main></div></div>'
    )


def _section(title: str, text: str, fields: tuple[tuple[str, int], ...]) -> str:
    inputs = "".join(_field(name, width) for name, width in fields)
    return (
        '<section class="cl-card"><div class="cl-section"><div class="cl-aside">'
        f'<h3 class="cl-h3">{escape(title)}</h3><p class="cl-muted">{escape(text)}</p></div>'
        f'<div class="cl-grow cl-pre-grid">{inputs}</div></div></section>'
    )


def _field(name: str, width: int) -> str:
    field = BY_NAME[name]
    star = '<span class="cl-pre-star"> *</span>' if field.required else ""
    below = f'<div class="cl-pre-help">{escape(field.help)}</div>' if field.help else ""
    tall = " is-tall" if field.kind == "long" else ""
    return (
        f'<div class="cl-pre-field" style="--span:{width}"><div class="cl-pre-label">{escape(field.label)}{star}</div>'
        f'<div class="cl-pre-input{tall}"></div>{below}</div>'
    )
