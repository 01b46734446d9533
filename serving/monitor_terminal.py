"""The monitor's report for a person in a terminal: what stands out first, then the figures."""

from __future__ import annotations

from rich import box
from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from serving.monitor import Report
from serving.monitor_drift import Drift
from serving.monitor_measured import Call, Measured
from serving.monitor_scored import Scored

_SHOWN = 8
_FEW = 20
"""Below so many compared deals, figures say little."""


def report_view(report: Report) -> RenderableType:
    """The whole report."""
    head = f"Model {report.model or 'none yet'}" + (f" ({report.data} data)" if report.data else "")
    span = f"since {report.since[:10]}" if report.since else "everything kept"
    parts: list[RenderableType] = [Text(f"{head}, {span}, as of {report.at[:16]}Z")]
    parts += [Text(f"  ! {note}") for note in notes(report)]
    parts += [Text("\nWhat was scored"), _scored(report.scored)]
    parts += [Text("Promised against measured"), _measured(report.measured)]
    if report.drift is not None:
        parts += [Text("Against what the model learned from"), _drift(report.drift)]
    return Group(*parts)


def notes(report: Report) -> list[str]:
    """What a person should look at first, in words."""
    m, out = report.measured, report.scored.support["out"]
    found = []
    if m.compared < _FEW:
        found.append(f"{m.compared} measured deals were predicted before: too few to judge the tool by")
    elif m.bias_low is not None and m.bias_high is not None and not m.bias_low <= 0 <= m.bias_high:
        found.append(f"lifts were promised too {'low' if m.bias_low > 0 else 'high'} (log lift {m.bias:+.2f})")
    if m.compared >= _FEW and m.coverage is not None and m.level is not None:
        slack = 2.0 * (m.level * (1.0 - m.level) / m.compared) ** 0.5
        if abs(m.coverage - m.level) > slack:
            how = "narrow" if m.coverage < m.level else "wide"
            found.append(f"intervals are too {how}: {_share(m.coverage)} within what should hold {_share(m.level)}")
    if out is not None and out > 0.1:
        found.append(f"{_share(out)} of what is scored is outside what the model has seen")
    if report.drift is not None and report.drift.drifted:
        found.append(f"{report.drift.drifted} features have drifted from the training data")
    if m.hindsight:
        found.append(f"{m.hindsight} measured deals were scored in hindsight only, and are left out")
    return found


def _grid(rows: list[tuple[str, str]]) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2))
    for name, value in rows:
        table.add_row(name, escape(value))
    return table


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"


def _number(value: float | None, digits: int = 2, *, sign: bool = False) -> str:
    return "–" if value is None else f"{value:{'+' if sign else ''},.{digits}f}"


def _range(value: float | None, low: float | None, high: float | None, digits: int, *, sign: bool = False) -> str:
    texts = [_number(one, digits, sign=sign) for one in (value, low, high)]
    return f"{texts[0]} ({texts[1]} to {texts[2]})"


def _counts(values: dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in list(values.items())[:_SHOWN]) or "none"


def _scored(found: Scored) -> Table:
    flags = ", ".join(f"{name} {_share(share)}" for name, share in list(found.flags.items())[:_SHOWN])
    span = f", {found.first_at[:10]} to {found.last_at[:10]}" if found.first_at and found.last_at else ""
    fit = " / ".join(_number(found.fit[name], 0) for name in ("p10", "p50", "p90"))
    return _grid(
        [
            ("answers", f"{found.answers:,} ({_counts(dict(found.paths))}){span}"),
            ("candidates", f"{found.candidates:,} of {found.creators:,} creators, for {found.campaigns:,} briefs"),
            ("versions", _counts(dict(found.versions))),
            ("refused", _counts(dict(found.refused))),
            ("support", ", ".join(f"{level} {_share(share)}" for level, share in found.support.items())),
            ("fit score", f"{fit} (10 % / middle / 90 %)"),
            ("flags", flags or "none"),
            ("without a fee", _share(found.without_fee)),
        ]
    )


def _measured(found: Measured) -> Table:
    why = f"{found.not_scored} never scored before the deal, {found.hindsight} in hindsight only"
    rows = [
        ("outcomes", f"{found.outcomes:,}, of which {found.measured:,} with a lift test"),
        ("compared", f"{found.compared:,} ({why}); versions: {_counts(dict(found.versions))}"),
    ]
    if not found.compared:
        return _grid(rows)
    bias = _range(found.bias, found.bias_low, found.bias_high, 2, sign=True)
    total = _range(found.measured_conversions, found.measured_low, found.measured_high, 0)
    exact = f"exact probabilities would give {_share(found.expected_hit_rate)}"
    return _grid(
        [
            *rows,
            ("log lift, measured less promised", f"{bias}; RMSE {_number(found.rmse)}, noise of the tests included"),
            ("rank correlation", _number(found.rank_correlation)),
            ("within the interval", f"{_share(found.coverage)} of {_share(found.level)}"),
            ("extra conversions", f"{_number(found.promised_conversions, 0)} promised, {total} measured"),
            ("hit rate of the tool", f"{_call(found.hit_rate)}; {exact}"),
            ("  called worth it", f"{_call(found.worth_it)} earned their cost"),
            ("  called not worth it", f"{_call(found.not_worth_it)} did not"),
            ("Brier score", f"{_number(found.brier)} (a coin: 0.25)"),
        ]
    )


def _call(call: Call) -> str:
    return "none" if call.n == 0 else f"{_share(call.right)} of {call.n:,} ({_share(call.low)} to {_share(call.high)})"


def _drift(found: Drift) -> RenderableType:
    grid = _grid(
        [
            (
                "rows",
                f"{found.n_training:,} training deals, {found.n_scored:,} scores, {found.left_out:,} inline left out",
            ),
            ("fit score", f"index {_number(found.fit_psi)}"),
            ("new", f"creators {_share(found.new_creators)}, brands {_share(found.new_brands)} of candidates"),
            ("never measured", ", ".join(f"{name} {_share(share)}" for name, share in found.unseen.items()) or "none"),
            ("drifted features", f"{found.drifted} of {len(found.features)} (index above {found.threshold:.2f})"),
        ]
    )
    table = Table("feature", "index", "missing, training", "missing, scored", "beyond", box=box.SIMPLE_HEAD)
    for feature in found.features[:_SHOWN]:
        shares = (feature.missing_training, feature.missing_scored, feature.beyond)
        table.add_row(feature.feature, f"{feature.psi:.2f}", *map(_share, shares))
    return Group(grid, table)
