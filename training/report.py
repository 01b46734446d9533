"""The page a data scientist forwards: one HTML file, no scripts, nothing fetched."""

from __future__ import annotations

import base64
import html
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import pandas as pd

DPI = 160
"""Resolution of plots, dots per inch: sharp on paper, too."""
HEADINGS: Mapping[str, str] = MappingProxyType({
    "name": "predicted by", "vs_constant": "deviance against the constant's", "vs_model": "above the model's",
    "true_rmse": "RMSE of log lift", "rank_correlation": "rank correlation", "qini": "Qini",
    "level": "asked", "covered": "inside", "roi_promised": "ROI promised", "roi_measured": "ROI measured",
    "ratio": "measured ÷ promised", "coverage": "range holds", "collaboration_id": "collaboration",
    "creator_id": "creator", "campaign_id": "campaign",
})  # fmt: skip
"""What the page calls a column of a table; others keep their name."""
_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;color:#1c1c1c;max-width:1060px;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem;margin-bottom:.2rem}h2{font-size:1.15rem;margin-top:2.2rem;border-bottom:1px solid #ddd}
table{border-collapse:collapse;font-size:13px;margin:.6rem 0}th,td{padding:.25rem .6rem;border-bottom:1px solid #e8e8e8}
th{text-align:left;background:#f6f6f6}td.n{text-align:right;font-variant-numeric:tabular-nums}
.plots{display:flex;flex-wrap:wrap;gap:1rem}.plots img{max-width:100%;height:auto}
.note{color:#555;max-width:75ch}.mark{background:#fff4d6;padding:.6rem .9rem;border-left:4px solid #e0a800}
.scroll{overflow-x:auto}.facts td{overflow-wrap:anywhere}
ul{max-width:75ch;padding-left:1.2rem}li{margin:.3rem 0}summary{cursor:pointer;color:#555}
@media(max-width:600px){body{margin:1rem auto;font-size:16px}.plots img{width:100%}}
@media print{body{max-width:none;margin:0;font-size:11px}.plots img{width:45%}.scroll{overflow:visible}
section,img,tr{break-inside:avoid}table{font-size:9px}th,td{padding:.15rem .3rem}}
"""


@dataclass(frozen=True)
class Section:
    """One part of the page: words, then tables, then plots (PNG bytes by description)."""

    title: str
    text: str = ""
    tables: Sequence[pd.DataFrame] = ()
    plots: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """A whole report. `warnings` stand on top, before anything else is read."""

    title: str
    warnings: Sequence[str]
    facts: Mapping[str, object]
    sections: Sequence[Section]
    words: Sequence[str] = ()
    """How much to trust it and where not, sentence by sentence; stands before the sections."""

    def html(self) -> bytes:
        """The page as UTF-8; the same content gives the same bytes."""
        parts = [f"<h1>{html.escape(self.title)}</h1>"]
        parts += [f'<p class="mark">{html.escape(w)}</p>' for w in self.warnings]
        if self.words:
            items = "".join(f"<li>{html.escape(word)}</li>" for word in self.words)
            parts.append(f"<h2>How much to trust it, and where not</h2><ul>{items}</ul>")
        parts.append(f"<h2>What was trained on what</h2>{_facts(self.facts)}")
        parts += [f"<section>{_section(s)}</section>" for s in self.sections]
        view = '<meta name="viewport" content="width=device-width,initial-scale=1">'
        head = f'<meta charset="utf-8">{view}<title>{html.escape(self.title)}</title><style>{_STYLE}</style>'
        return f'<!doctype html><html lang="en"><head>{head}</head><body>{"".join(parts)}</body></html>\n'.encode()


def _section(section: Section) -> str:
    parts = [f"<h2>{html.escape(section.title)}</h2>"]
    if section.text:
        parts.append(f'<p class="note">{html.escape(section.text)}</p>')
    parts += [_table(t) for t in section.tables]
    if section.plots:
        images = "".join(_image(name, png) for name, png in section.plots.items())
        parts.append(f'<div class="plots">{images}</div>')
    return "".join(parts)


def _image(name: str, png: bytes) -> str:
    """A plot at the size it was drawn for, whatever its resolution, so that letters are alike in all of them."""
    width = round(int.from_bytes(png[16:20], "big") * 96 / DPI)  # a PNG's head holds its width; CSS has 96 to an inch
    source = base64.b64encode(png).decode()
    return f'<img alt="{html.escape(name)}" width="{width}" src="data:image/png;base64,{source}">'


def _facts(facts: Mapping[str, object]) -> str:
    rows = "".join(
        f"<tr><th>{html.escape(name)}</th><td>{html.escape(cell(value))}</td></tr>" for name, value in facts.items()
    )
    return f'<div class="scroll"><table class="facts">{rows}</table></div>'


def _table(table: pd.DataFrame) -> str:
    if table.empty:
        return '<p class="note">Too few test labels.</p>'
    head = "".join(f"<th>{html.escape(HEADINGS.get(str(c), str(c)))}</th>" for c in table.columns)
    body = "".join(
        "<tr>" + "".join(_cell(value) for value in row) + "</tr>" for row in table.itertuples(index=False, name=None)
    )
    return f'<div class="scroll"><table><tr>{head}</tr>{body}</table></div>'


def _cell(value: object) -> str:
    number = isinstance(value, int | float)
    return f'<td class="n">{cell(value)}</td>' if number else f"<td>{html.escape(cell(value))}</td>"


def cell(value: object) -> str:
    """A value as the page shows it: three digits behind the point, a dash for what could not be measured."""
    if isinstance(value, bool) or not isinstance(value, float):
        return str(value)
    if math.isnan(value):
        return "–"
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3f}"


def with_intervals(table: pd.DataFrame, names: Sequence[str], shares: Sequence[str] = ()) -> pd.DataFrame:
    """For reading: columns x, x_low, x_high joined to one text column `x [low to high]`; `shares` of them in percent.

    A value that is known for certain (a rule against itself) stands alone.
    """
    out = table.copy()
    for name in names:
        tell = percent if name in shares else cell
        triples = zip(table[name], table[f"{name}_low"], table[f"{name}_high"], strict=True)
        out[name] = [_told(tell, float(a), float(b), float(c)) for a, b, c in triples]
        out = out.drop(columns=[f"{name}_low", f"{name}_high"])
    return out


def percent(share: float) -> str:
    """A share as the page shows it, in percent; a dash for what could not be measured."""
    return "–" if math.isnan(share) else f"{100.0 * share:.1f} %"


def _told(tell: Callable[[float], str], value: float, low: float, high: float) -> str:
    if math.isnan(low) or low == high == value:
        return tell(value)
    return f"{tell(value)} [{tell(low).removesuffix(' %')} to {tell(high).removesuffix(' %')}]"
