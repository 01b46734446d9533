"""What stands on the page while its scripts are on their way: the first step as plain HTML, in the same places.

It can be read at once; the form itself takes its place as soon as the browser has put it together.
"""

from __future__ import annotations

from functools import cache
from html import escape
from pathlib import Path

from serving.page.brief import BY_NAME, LEAD, SECTIONS, TITLE

STEPS = (
    ("brief", "Brief"), ("candidates", "Candidates"), ("shortlist", "Shortlist"), ("plan", "Plan"), ("after", "After"),
)  # fmt: skip


HEAD = """<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 22 22'%3E%3Crect
 width='22' height='22' rx='6' fill='%231f7298'/%3E%3Cpath d='M6 6v10h10M6 13l4-2 6-5' fill='none' stroke='%23fff'
 stroke-width='2'/%3E%3C/svg%3E">
<script>try{var s=localStorage.getItem("mantine-color-scheme-value")
||(matchMedia("(prefers-color-scheme: dark)").matches?"dark":"light");
document.documentElement.setAttribute("data-mantine-color-scheme",s)}catch(e){}</script>
"""
_AGAIN = """<script>(function again(){fetch("_dash-dependencies").then(function(r){
if(r.ok)location.reload();else setTimeout(again,1000)},function(){setTimeout(again,1000)})})()</script>"""


def waiting_page() -> bytes:
    """What the very first visitor of a service sees while the page is being put together; it loads itself again."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>CreatorLift</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"{HEAD}<style>{styles()}</style></head><body>{first_sight()}{_AGAIN}</body></html>"
    ).encode()


@cache
def styles() -> str:
    """The page's styles, for a page that stands alone."""
    return (Path(__file__).parent / "assets" / "page.css").read_text("utf-8")


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
