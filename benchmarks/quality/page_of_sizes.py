"""The page's sections on one market as it grows, on finished campaigns and on families of features."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.figure import Figure

from quality.tables import GREY, INK, Found, saved, short, table


def after(markets: Found) -> str:
    """Skill once a campaign is over, beside the skill before it, in the same markets."""
    rows = []
    for kind, sizes in markets.items():
        for size, found in sizes.items():
            told = found["after_the_campaign"]
            if told:
                rows.append([
                    kind, size, *(short(told[key]) for key in ("rmse_before", "rmse_after", "rmse_before_above_after")),
                    short(told["explained_before"], 2), short(told["explained_after"], 2),
                    short(told["coverage_80"], 3, percent=True),
                ])  # fmt: skip
    if not rows:
        return ""
    head = ["market", "past", "RMSE before", "RMSE after", "before above after", "explained before", "explained after",
            "80 % interval covers"]  # fmt: skip
    text = (
        "Another question than a score: what a finished deal has caused, once its clicks, codes and attributed orders "
        "are known. Deals to come after the cut, their lift tests hidden.\n\n"
    )
    return "## After the campaign\n\n" + text + table(head, rows)


def data_size(points: list[Found]) -> str:
    """The ordinary market as it grows, with its plot."""
    rows = []
    for p in sorted(points, key=lambda p: (p["market"], p["size"])):
        factor = p["attributed_to_incremental"]
        rows.append([
            p["market"], f"{p['size']:,}", str(p["seeds"]), short(p["labels"], 0), short(p["rmse"]["model"]),
            short(p["constant_rmse_above_model"]),
            *(short(p["explained"][name], 2) for name in ("model", "ceiling")),
            short(p["coverage_80"], 3, percent=True),
            f"{factor['factor']:.2f} ({factor['low']:.2f} to {factor['high']:.2f})",
        ])  # fmt: skip
    figure = Figure(figsize=(6.0, 3.8), dpi=90, layout="constrained")
    axes = figure.add_subplot()
    for name, color in (("constant lift", GREY), ("model", INK), ("ceiling", "#70ad47")):
        small = [p for p in sorted(points, key=lambda p: p["size"]) if p["market"] == "ordinary"]
        axes.errorbar(
            [max(p["size"], 10) for p in small], [p["rmse"][name]["mean"] for p in small],
            yerr=[[p["rmse"][name]["mean"] - p["rmse"][name]["low"] for p in small],
                  [p["rmse"][name]["high"] - p["rmse"][name]["mean"] for p in small]],
            color=color, marker="o", label=name,
        )  # fmt: skip
        big = [p for p in sorted(points, key=lambda p: p["size"]) if p["market"] != "ordinary"]
        axes.plot([p["size"] for p in big], [p["rmse"][name]["mean"] for p in big], color=color, marker="s",
                  linestyle=":")  # fmt: skip
    axes.set_xscale("log")
    axes.set_xlabel("past collaborations (0 is drawn at 10)")
    axes.set_ylabel("RMSE of log lift, next 500 deals")
    axes.legend(frameon=False)
    head = ["market", "past", "seeds", "lift tests", "RMSE", "constant's RMSE above it", "explained",
            "ceiling explains", "80 % interval covers",
            "incremental per attributed"]  # fmt: skip
    text = (
        "## How much data it takes\n\nThe ordinary market as it grows: each size is the market at an earlier time, "
        "judged on the next 500 deals. With no past collaboration the scores rest on published figures alone.\n\n"
    )
    return text + table(head, rows) + "\n\n" + saved(figure, "data_size", "Error by number of past collaborations")


def attributed_only(points: list[Found]) -> str:
    """What collaborations that are known by attributed orders alone add to the others, by size."""
    rows = []
    for p in sorted(points, key=lambda p: (p["market"], p["size"])):
        without = p["without_attributed"]
        cells = [
            cell
            for what in ("lift", "base", "after")
            for cell in (short(without.get(what, {}).get("rmse")),
                         short(without.get(what, {}).get("rmse_without_above"), 4))
        ]  # fmt: skip
        rows.append([p["market"], f"{p['size']:,}", short(p["attributed_only"], 0), *cells])
    head = ["market", "past", "of them without a lift test", "RMSE of log lift", "without them, above it",
            "RMSE of ln conversions to be had anyway", "without them, above it", "RMSE of log lift after the campaign",
            "without them, above it"]  # fmt: skip
    text = (
        "Of some collaborations only attributed orders are known, no lift test. The same model learned with and "
        "without them: positive differences are what they are worth.\n\n"
    )
    return "## What collaborations without a lift test add\n\n" + text + table(head, rows)


def ablation(found: Found) -> str:
    """What is lost without each family of features."""
    rows = [
        [name, short(f["rmse"]), short(f["explained"], 2), short(f["explained_lost"], 2)]
        for name, f in found.items()
        if isinstance(f, Mapping)
    ]
    size = found["size"]
    text = f"Ordinary market, {size} past collaborations, deals to come; attributed orders are read with each.\n\n"
    return (
        "## What each family of features adds\n\n"
        + text
        + table(["features", "RMSE", "explained", "explained lost"], rows)
    )
