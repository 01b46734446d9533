"""A one-page summary for print or PDF: one HTML file with its styles in it, nothing fetched, every text escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from serving.page.brief import conversion_word
from serving.page.look import count, decimal, money, orders, percent, span
from serving.page.shortlist import Answer

MOST_ROWS = 20
"""So many fit on a page, whatever their names and flags."""
_STYLE = """
@page { size: A4 portrait; margin: 11mm }
body { font: 10px/1.35 'Segoe UI', Roboto, 'Noto Sans', Arial, sans-serif; color: #1c2430; margin: 24px auto;
      max-width: 760px }
@media print { body { margin: 0 } }
h1 { font-size: 18px; line-height: 1.25; margin: 0 0 2px } p { margin: 2px 0; color: #4b5563 }
h1, .brief, td:nth-child(2) bdi, td:last-child span { display: -webkit-box; -webkit-box-orient: vertical;
      -webkit-line-clamp: 2; overflow: hidden; overflow-wrap: anywhere }
td:nth-child(2) bdi { -webkit-line-clamp: 1; overflow-wrap: normal; word-break: break-all }
.demo { color: #8a4b00; font-weight: 600 }
table { border-collapse: collapse; width: 100%; margin: 10px 0; font-variant-numeric: tabular-nums }
th { text-align: right; font-weight: 600; border-bottom: 1.5px solid #1c2430; padding: 4px 6px; vertical-align: bottom }
td { text-align: right; border-bottom: 1px solid #d8dde4; padding: 4px 6px; vertical-align: top }
td small { color: #4b5563; display: block; white-space: nowrap; font-size: 8.5px }
th:nth-child(2), td:nth-child(2), th:last-child, td:last-child { text-align: left } tr { break-inside: avoid }
.good { color: #17703f; font-weight: 600 } .warn { color: #8a4b00; font-weight: 600 }
.bad { color: #b3282f; font-weight: 600 }
"""


def summary_html(title: str, answer: Answer, rows: Sequence[Mapping[str, Any]]) -> str:
    """The page: the brief's name, the best creators with ranges, and how to read it."""
    campaign, model, currency = answer["campaign"], answer["model"], answer["currency"]
    things = conversion_word(campaign.get("goal"))
    heads = ["#", "Creator", "Fit", "Lift", f"Extra {things}", "ROI", "Chance to earn back", f"Asked, {currency}",
             f"Maximum fee, {currency}", "To look at"]  # fmt: skip
    demo = '<p class="demo">Simulated demo: the model was trained on a simulated market.</p>'
    more = f"<p>The {MOST_ROWS} best of {len(rows)} creators are shown.</p>" if len(rows) > MOST_ROWS else ""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{escape(title)}</h1>"
        f"<p class='brief'>{escape(str(campaign.get('brief', '')))}</p>"
        f"<p>{escape(campaign['starts_on'])} to {escape(campaign['ends_on'])} · goal {escape(campaign['goal'])} · "
        f"as of {escape(answer['as_of'][:16].replace('T', ' '))} UTC · model {escape(model['name'])} "
        f"{escape(model['version'])}</p>"
        f"{demo if model['data'] == 'simulated' else ''}{more}"
        f"<table><thead><tr>{''.join(f'<th>{escape(head)}</th>' for head in heads)}</tr></thead>"
        f"<tbody>{''.join(_row(row) for row in rows[:MOST_ROWS])}</tbody></table>"
        f"<p>The range below a value holds it in {answer['level']:.0%} of cases. Fit: how likely the lift beats that "
        "of a typical past deal for this goal. ROI: profit per unit of money spent. Maximum fee: green when the asked "
        "fee is within it, amber when above but earned back on average, red when above the break-even fee.</p>"
        "</body></html>"
    )


def _row(row: Mapping[str, Any]) -> str:
    cells = [
        str(row["rank"]),
        f"<bdi>{escape(str(row['name']))}</bdi><small>{escape(row['about'])}</small>",
        _with_range(count(row["fit"]), count(row["fit_low"]), count(row["fit_high"])),
        _with_range(percent(row["lift"], signed=True), percent(row["lift_low"], signed=True),
                    percent(row["lift_high"], signed=True)),
        _with_range(orders(row["orders"]), orders(row["orders_low"]), orders(row["orders_high"])),
        _with_range(decimal(row["roi"], signed=True), decimal(row["roi_low"], signed=True),
                    decimal(row["roi_high"], signed=True)),
        percent(row["chance"]), money(row["fee"]),
        f'<span class="{escape(str(row.get("tone") or ""))}">{money(row["maximum_fee"])}</span>'
        f"<small>break-even {money(row['break_even'])}</small>",
        f"<span>{escape(', '.join(flag['label'] for flag in row['flags']))}</span>",
    ]  # fmt: skip
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _with_range(value: str, low: str, high: str) -> str:
    return f"{value}<small>{span(low, high)}</small>"
