"""docs/quality.md with its plots, written from the figures of `lift_quality.json`: for a person to read."""

from __future__ import annotations

from common import ROOT
from matplotlib.figure import Figure

from quality import aims
from quality.page_of_sizes import ablation, after, attributed_only, data_size
from quality.tables import FILL, GREY, INK, PLOTS, Found, saved, short, table

PAGE = ROOT / "docs" / "quality.md"


def write(result: Found) -> None:
    """The page and its plots; parts that were not run are left out."""
    PLOTS.mkdir(parents=True, exist_ok=True)
    parts = [_HEAD, result.get("note") or ""]
    markets: Found = result["markets"]
    if "ordinary" in markets:
        parts += [_reach(markets), aims.section(markets), _contestants(markets["ordinary"])]
    parts += [_other_markets(markets), _decisions(markets), _calibration(markets), after(markets)]
    if result["data_size"]:
        parts += [data_size(result["data_size"]), attributed_only(result["data_size"])]
    if "ablation" in result:
        parts.append(ablation(result["ablation"]))
    PAGE.write_text("\n\n".join(part for part in parts if part) + "\n", "utf-8")
    print(f"wrote {PAGE}")


_HEAD = """# How good the predicted lift is

Written by `benchmarks/lift_quality.py`; the figures are those of `benchmarks/results/lift_quality.json`. Every market
is **simulated** (see [simulated_market.md](simulated_market.md)): only there is the true lift known. Each seed is a
market of its own; models learn from what was known at a cut and are judged on deals agreed later ("future") and on
questions drawn evenly from the whole catalogue. Brackets are 95 % intervals over seeds, of *differences* wherever two
things are compared on the same markets. Errors are those of log lift. The ceiling is the same model of
lift given its true causes instead of features; both learn from lift tests and read attributed orders: what is missing
to it cannot be learned from this many deals. Where the baseline rate is given, the model says
what lift it expects at that rate: it has learned how the two hang together."""


def _reach(markets: Found) -> str:
    rows = []
    for kind, sizes in markets.items():
        for size, found in sizes.items():
            lift = found["future"]["lift"]
            best, library = lift.get("best_opponent", {}), lift.get("best_library_learner", {})
            share = lift.get("share_of_ceiling")
            rows.append([
                kind, size, short(found["labels"], 0), short(lift["contestants"]["model"]["rmse"]),
                f"{best.get('name', '–')}, {short(best.get('rmse_above_model'))}",
                f"{library.get('name', '–')}, {short(library.get('model_rmse_ratio'), 2)}",
                "–" if share is None else f"{share['of_means']:.0%}",
            ])  # fmt: skip
    head = ["market", "past collaborations", "lift tests", "RMSE of the model", "best opponent, RMSE above the model's",
            "best library learner, model's RMSE over its", "explained, of the ceiling's"]  # fmt: skip
    return "## In short\n\n" + table(head, rows)


def _contestants(sizes: Found) -> str:
    parts = ["## Everybody, on the ordinary market"]
    for size, found in sizes.items():
        for view in ("future", "catalogue"):
            contestants = found[view]["lift"]["contestants"]
            order = sorted(contestants, key=lambda name: contestants[name]["rmse"]["mean"])
            rows = [
                [_name(name, c, found), short(c["rmse"]), short(c.get("rmse_above_model")), short(c["explained"], 2),
                 short(c["rank_correlation"], 2), short(c["bias"])]
                for name in order
                for c in [contestants[name]]
            ]  # fmt: skip
            head = ["", "RMSE", "RMSE above the model's", "explained", "rank correlation", "bias"]
            parts.append(f"### {size} past collaborations, {view} ({found['seeds']} seeds)\n\n" + table(head, rows))
    parts.append(_bars(next(iter(sizes.values()))["future"]["lift"]["contestants"]))
    return "\n\n".join(parts)


def _name(name: str, row: Found, found: Found) -> str:
    return name if row["seeds"] == found["seeds"] else f"{name} ({row['seeds']} seeds)"


def _bars(contestants: Found) -> str:
    order = sorted(contestants, key=lambda name: -contestants[name]["rmse"]["mean"])
    figure = Figure(figsize=(6.4, 4.2), dpi=90, layout="constrained")
    axes = figure.add_subplot()
    for at, name in enumerate(order):
        value = contestants[name]["rmse"]
        color = INK if name == "model" else GREY if name == "ceiling" else FILL
        error = [[value["mean"] - value["low"]], [value["high"] - value["mean"]]]
        axes.barh(at, value["mean"], xerr=error, color=color, ecolor="#555555")
    axes.set_yticks(range(len(order)), order)
    axes.set_xlabel("RMSE of log lift, deals to come")
    return saved(figure, "contestants", "Error of every contestant")


def _other_markets(markets: Found) -> str:
    parts = []
    if "no heterogeneity" in markets:
        rows = []
        for size, found in markets["no heterogeneity"].items():
            for view in ("future", "catalogue"):
                here = found[view]
                fit = here["fit_score"]
                spread = here["lift"]["contestants"]["model"]["spread"]
                rows.append([size, view, short(spread), f"{fit['lowest']:.0f} to {fit['highest']:.0f}",
                             f"{fit['q05']:.0f} to {fit['q95']:.0f}"])  # fmt: skip
        head = ["past collaborations", "view", "spread of predicted log lift", "fit, lowest to highest",
                "fit, middle 90 %"]  # fmt: skip
        parts.append(
            "## Where there is nothing to find\n\nEvery true lift is the same here, so a model must say so.\n\n"
            + table(head, rows)
        )
    if "confounded" in markets:
        size, found = next(iter(markets["confounded"].items()))
        rows = [
            [name, view, short(r["rank_correlation"], 2), short(r["top_tenth_above_all"], 3, percent=True)]
            for view in ("future", "catalogue")
            for name, r in found[view]["rankings"].items()
        ]
        head = ["ranking by", "view", "rank correlation with true lift", "lift of its top tenth above that of all"]
        parts.append(
            f"## Where brands chose by what sells anyway\n\nConfounded market, {size} past collaborations.\n\n"
            + table(head, rows)
        )
    return "\n\n".join(parts)


_ECONOMICS = (
    ("regret", "expected", "promised_over_true"), ("regret_lift", "known", "promised_over_true_known_reach"),
)  # fmt: skip


def _decisions(markets: Found) -> str:
    rows = []
    for kind, sizes in markets.items():
        for size, found in sizes.items():
            for view in ("future", "catalogue"):
                here = found[view]["decisions"]
                if not here:
                    continue
                for key, name, kept in _ECONOMICS:
                    one = here[key]
                    rows.append([
                        kind, size, view, name, short(one["contestants"]["model"], 3),
                        f"{one['best_opponent']}, {short(one['contestants'][one['best_opponent']], 3)}",
                        f"{one['model_over_best_opponent']:.2f}", short(one["contestants"]["ceiling"], 3),
                        f"{here[kept]['model']['of_totals']:.2f}",
                    ])  # fmt: skip
    if not rows:
        return ""
    text = (
        "## Choosing twenty creators under a budget\n\nRegret: value missed against the best possible choice, in units "
        "of the budget; every contestant's lift goes into the same economics. *Expected*: reach and baseline rate are "
        "predicted, and what nobody can know of them is part of everybody's regret. *Known*: reach and rate are given, "
        "so that only lift is judged. The last column is the chosen twenty's predicted over true incremental "
        "conversions.\n\n"
    )
    head = ["market", "past", "candidates", "reach and rate", "model", "best opponent", "ratio", "ceiling",
            "promised / true"]  # fmt: skip
    return text + table(head, rows)


def _calibration(markets: Found) -> str:
    rows, errors, groups = [], [], []
    for kind, sizes in markets.items():
        for size, found in sizes.items():
            for view in ("future", "catalogue"):
                cover, chance = found[view]["coverage"], found[view]["probabilities"]
                rows.append([kind, size, view, *(short(cover[name]["covered"], 3, percent=True) for name in _COVERED),
                             "–" if cover["worst_group"] is None else f"{cover['worst_group']:.0%}"])  # fmt: skip
                errors.append([kind, size, view, *(f"{chance[e]['error']:.3f} (chance {chance[e]['by_chance']:.3f})"
                                                   for e in ("fit", "P(ROI > 0)"))])  # fmt: skip
                if kind == "ordinary" and view == "future":
                    groups += [[size, name, str(g["n"]), f"{g['covered']:.0%}"] for name, g in cover["groups"].items()]
    if not rows:
        return ""
    head = ["market", "past", "view", *_COVERED, "worst platform × tier"]
    parts = ["## Do 80 % intervals hold 80 %?\n\n" + table(head, rows)]
    parts.append("True lifts by platform and tier, ordinary market, deals to come, groups of 200 or more:\n\n"
                 + table(["past", "group", "n", "covered"], groups))  # fmt: skip
    parts.append(
        "## Do probabilities hold?\n\nExpected calibration error over ten bins, seeds pooled; *chance*: what perfectly "
        "calibrated probabilities would show on as many rows. Seeds are few, and each has one benchmark, so the error "
        "of fit holds each market's own luck, too.\n\n" + table(["market", "past", "view", "fit", "P(ROI > 0)"], errors)
    )
    if "ordinary" in markets:
        parts.append(_reliability(next(iter(markets["ordinary"].values()))["future"]["probabilities"]))
    return "\n\n".join(parts)


_COVERED = ("true lift", "realised incremental conversions", "realised ROI")


def _reliability(found: Found) -> str:
    figure = Figure(figsize=(4.4, 3.8), dpi=90, layout="constrained")
    axes = figure.add_subplot()
    axes.plot([0, 1], [0, 1], color=GREY, linestyle="--", linewidth=1)
    for name, color in (("fit", INK), ("P(ROI > 0)", "#c55a11")):
        bins = found[name]["bins"]
        axes.plot([b["predicted"] for b in bins], [b["happened"] for b in bins], marker="o", color=color, label=name)
    axes.set_xlabel("predicted probability")
    axes.set_ylabel("how often it happened")
    axes.legend(frameon=False)
    return saved(figure, "probabilities", "Predicted probabilities against frequencies")
