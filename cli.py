"""`creatorlift <command>`: thin functions, one per command, and one place that turns an error into words.

The only module that may import both training and serving; each is imported when its command runs, so that
`creatorlift --help` answers at once. Exit codes: 0 done, 1 the work failed, 2 bad usage or bad input.
"""

from __future__ import annotations

import argparse
import getpass
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pandas as pd
from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from data.clock import utc_now
from data.errors import CreatorLiftError, Fault, InputError, UsageError
from serving.command_memory import add_memory_commands

ProgressCall = Callable[[str, int, int], None]

WIDTH_WITHOUT_TERMINAL = 110
out = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else WIDTH_WITHOUT_TERMINAL)
err = Console(stderr=True, highlight=False, soft_wrap=True)

DEMO_CREATORS = 2_000
DEMO_COLLABORATIONS = 1_500
DEMO_CANDIDATES = 12


@contextmanager
def _progress() -> Iterator[ProgressCall]:
    """A progress bar per step on standard error; plain lines where there is no terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, disable=not err.is_terminal) as bar:
        tasks: dict[str, Any] = {}

        def call(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bar.add_task(step, total=total)
                if not err.is_terminal:
                    err.print(f"{step} ...")
            bar.update(tasks[step], completed=done, total=total)

        yield call


def _time(text: str) -> pd.Timestamp:
    try:
        time = pd.Timestamp(text)
    except ValueError:
        time = pd.NaT
    if pd.isna(time) or (time.tzinfo is None and len(text) > len("2025-01-01")):
        raise argparse.ArgumentTypeError(
            f"{text!r} is no time; write 2025-03-01T12:00:00Z, or a day such as 2025-03-01"
        )
    return time.tz_localize("UTC") if time.tzinfo is None else time.tz_convert("UTC")


def _whole(low: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not text.lstrip("-").isdigit() or int(text) < low:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least {low}")
        return int(text)

    return parse


def _share(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not between 0 and 1")
    return value


def _emit_json(value: object) -> None:
    sys.stdout.write(json.dumps(value, indent=2, default=str) + "\n")


def _simulate(args: argparse.Namespace) -> int:
    from data.sources import read_tables
    from data.synthetic import MarketConfig, simulate_market, simulate_outcomes, write_market

    on = read_tables(args.on) if args.on else None
    end = args.end if args.end is not None or on is not None else utc_now().normalize()
    config = MarketConfig(
        creators=args.creators,
        collaborations=args.collaborations,
        seed=args.seed,
        end=end,
        heterogeneity=args.heterogeneity,
        confounding=args.confounding,
        asked_pairings=args.pairings,
    )
    with _progress() as progress:
        market = simulate_outcomes(on, config, progress) if on is not None else simulate_market(config, progress)
        write_market(market, args.out, args.format)
    rows = {name: len(frame) for name, frame in market.tables.items()}
    if args.json:
        _emit_json({"folder": args.out, "seed": args.seed, "end": end, "rows": rows})
        return 0
    until = f", --end {end:%Y-%m-%d}" if end is not None else ""
    out.print(f"Wrote a simulated market to {args.out} (seed {args.seed}{until}):")
    out.print("  " + ", ".join(f"{n:,} {name}" for name, n in rows.items()))
    out.print(f"  what is true in it, for judging only: {args.out / 'truth'}")
    return 0


def _import(args: argparse.Namespace) -> int:
    from data.mapping import import_file

    with _progress() as progress:
        report = import_file(args.file, args.mapping, args.workspace, progress=progress)
    if args.json:
        _emit_json(asdict(report))
    else:
        out.print(str(report))
    return 0


def _check(args: argparse.Namespace) -> int:
    from data.check import check_workspace

    faults = check_workspace(args.workspace)
    if args.json:
        _emit_json({"workspace": args.workspace, "faults": [asdict(f) for f in faults]})
    elif faults:
        for fault in faults:
            sys.stdout.write(f"{fault}\n")
        err.print(f"{len(faults)} {'fault' if len(faults) == 1 else 'faults'} in {args.workspace}")
    else:
        out.print(f"{args.workspace}: no faults")
    return InputError.exit_code if faults else 0


def _features(args: argparse.Namespace) -> int:
    from data.errors import NoModel
    from data.history import pairings_frame
    from data.sources import load_history, read_rows, write_rows
    from features.build import build_features
    from models.registry import load_scorer

    pairings = pairings_frame(read_rows(args.pairings))
    history = load_history(args.workspace)
    try:
        reference = load_scorer(args.model or "champion")[0].reference
    except NoModel:
        if args.model:
            raise
        err.print("no champion yet: features that need what a model has learned (peers, text space) are left to priors")
        reference = None
    with _progress() as progress:
        frame = build_features(
            history, pairings, reference, workers=args.workers,
            progress=lambda done, total: progress("pairings", done, total),
        )  # fmt: skip
    write_rows(pd.concat([pairings, frame], axis="columns"), args.out)
    out.print(f"Wrote {len(frame):,} rows of {frame.shape[1]} features to {args.out}")
    return 0


def _read_comments(args: argparse.Namespace) -> int:
    from features.comments_file import as_text, read_comment_file

    with _progress() as progress:
        figures = read_comment_file(args.file, args.out, args.text_column, progress)
    if args.json:
        _emit_json({"out": args.out, **figures})
    else:
        out.print(f"{as_text(figures)}\nWrote {args.out}", highlight=False)
    return 0


def _niche(args: argparse.Namespace) -> int:
    from data.sources import load_history, write_rows
    from features.niche_match import niche_match
    from features.reference import Reference
    from models.registry import load_scorer
    from models.text_space import fit_text_space
    from serving.files import read_brief

    brief = read_brief(args.brief)
    history = load_history(args.workspace)
    as_of = args.as_of or utc_now()
    with _progress() as progress:
        if args.model:
            reference = load_scorer(args.model)[0].reference
        else:
            progress("learning the words of this workspace", 0, 1)
            reference = Reference(text_space=fit_text_space(history, as_of, args.seed))
            progress("learning the words of this workspace", 1, 1)
        matches = niche_match(
            history, brief, as_of, reference, progress=lambda done, total: progress("creators", done, total)
        )
    write_rows(matches, args.out)
    out.print(f"Wrote {len(matches):,} creators with their match to {args.out}")
    return 0


def _evaluate(args: argparse.Namespace) -> int:
    from data.sources import write_rows
    from training import pipeline
    from training.config import TrainSettings

    settings = TrainSettings.from_toml(args.settings) if args.settings else TrainSettings()
    with _progress() as progress:
        done = pipeline.evaluate(pipeline.load(args.workspace, settings, progress), settings, progress)
    args.out.write_bytes(done.page)
    out.print(f"Wrote {args.out}")
    if args.finished:
        write_rows(done.finished, args.finished)
        out.print(f"Wrote {len(done.finished):,} finished collaborations without a lift test to {args.finished}")
    return 0


def _train(args: argparse.Namespace) -> int:
    from training.config import TrainSettings
    from training.pipeline import train

    settings = TrainSettings.from_toml(args.settings) if args.settings else TrainSettings()
    told = {"seed": args.seed, "as_of": args.as_of, "tune": args.tune}
    settings = replace(settings, **{name: value for name, value in told.items() if value is not None})
    with _progress() as progress:
        result = train(args.workspace, settings, progress=progress)
    if args.json:
        _emit_json({"run_id": result.run_id, "version": result.version, "figures": dict(result.figures)})
        return 0
    kind = "simulated data" if result.model.data == "simulated" else "own data"
    out.print(f"Registered {result.model.name} version {result.version} as challenger ({kind}, run {result.run_id}).")
    if len(result.rules):
        _print_rules(result.rules)
    for warning in result.warnings:
        out.print(f"note: {warning}")
    return 0


def _print_rules(rules: pd.DataFrame) -> None:
    """The model beside the named rules, out of time."""
    shown = {"name": "out of time", "deviance": "deviance", "skill": "skill", "rank_correlation": "rank correlation"}
    table = Table(box=box.SIMPLE_HEAD)
    for name, title in shown.items():
        table.add_column(title, justify="left" if name == "name" else "right")
    for row in rules.to_dict("records"):
        numbers = ["–" if pd.isna(row[name]) else f"{row[name]:.3f}" for name in list(shown)[1:]]
        table.add_row(str(row["name"]), *numbers)
    out.print(table)


def _promote(args: argparse.Namespace) -> int:
    from training.gate import promote

    report = promote(args.model, by=args.by or getpass.getuser(), reason=args.reason, at=utc_now(), force=args.force)
    out.print(str(report))
    return 0


def _rollback(args: argparse.Namespace) -> int:
    from training.gate import rollback

    out.print(str(rollback(by=args.by or getpass.getuser(), reason=args.reason, at=utc_now())))
    return 0


def _score(args: argparse.Namespace) -> int:
    from serving.files import score_files
    from serving.terminal import shortlist

    response = score_files(
        args.workspace,
        args.brief,
        args.candidates,
        args.out,
        as_of=args.as_of,
        model=args.model,
        now=utc_now(),
        level=args.level,
        rank_by=args.rank_by,
    )
    if args.json:
        sys.stdout.write(response.model_dump_json(indent=2) + "\n")
    else:
        out.print(shortlist(response, out.width))
        if args.out:
            out.print(f"Wrote {args.out}")
    return 0


def _explain(args: argparse.Namespace) -> int:
    from serving.command_explain import explain
    from serving.terminal_portrait import portrait_view

    workspace, creator = args.workspace, args.creator
    if not workspace.is_dir() and Path(creator).is_dir():
        workspace, creator = Path(creator), str(workspace)
    told = explain(workspace, creator, args.brief, args.as_of or utc_now(), args.model)
    if args.json:
        _emit_json({**asdict(told.portrait), "campaign_id": told.campaign})
    else:
        out.print(portrait_view(told.portrait, told.campaign, told.model, out.width), soft_wrap=False)
    return 0


def _plan(args: argparse.Namespace) -> int:
    from serving.command_plan import niche_rule, plan_files, plan_page

    options = {
        "budget": args.budget, "mode": args.mode, "maximise": args.maximise, "must_have": args.must_have,
        "never": args.never, "niches": dict(map(niche_rule, args.niche)), "explore_share": args.explore_share,
        "min_creators": args.min_creators, "max_creators": args.max_creators, "level": args.level,
        "as_of": None if args.as_of is None else args.as_of.isoformat(),
    }  # fmt: skip
    response = plan_files(
        args.workspace, args.brief, args.candidates, options, now=utc_now(), model=args.model, out=args.out
    )
    if args.json:
        sys.stdout.write(response.model_dump_json(indent=2) + "\n")
    else:
        out.print(plan_page(response))
        if args.out:
            out.print(f"Wrote {args.out}")
    return 0


def _serve(args: argparse.Namespace) -> int:
    from serving.config import ServeSettings
    from serving.server import run_server

    settings = ServeSettings.from_env(
        os.environ,
        workspace=args.workspace,
        model=args.model,
        host=args.host,
        port=args.port,
        workers=args.workers,
    )
    return run_server(settings, ready_message=lambda text: out.print(text))


def _catalogue(args: argparse.Namespace) -> int:
    from serving.command_catalogue import build_catalogue

    with _progress() as progress:
        told = build_catalogue(
            args.workspace, args.model, now=utc_now(), folder=args.out,
            progress=lambda done, total: progress("creators", done, total),
        )  # fmt: skip
    if args.json:
        _emit_json(told)
    else:
        out.print(f"Built {told['creators']:,} creators ahead as of {told['as_of']}, at {told['folder']}")
    return 0


def _demo(args: argparse.Namespace) -> int:
    """Every step of a first hour, in order, through the same functions the other commands use."""
    from serving.demo import write_demo_inputs

    market: Path = args.folder / "market"
    run = build_parser().parse_args
    _simulate(run(["simulate", str(market), "--creators", str(DEMO_CREATORS), "--collaborations",
                   str(DEMO_COLLABORATIONS), "--seed", str(args.seed), "--pairings", "0"]))  # fmt: skip
    _train(run(["train", str(market), "--seed", str(args.seed)]))
    _promote(run(["promote", "--reason", "demo"]))
    brief, candidates = write_demo_inputs(market, args.folder, n=DEMO_CANDIDATES, seed=args.seed, now=utc_now())
    result = args.folder / "shortlist.csv"
    _score(run(["score", str(market), "--brief", str(brief), "--candidates", str(candidates), "--out", str(result)]))
    if not args.serve:
        return 0
    return _serve(run(["serve", str(market), "--port", str(args.port)]))


def build_parser() -> argparse.ArgumentParser:
    """The whole command line."""
    parser = argparse.ArgumentParser(prog="creatorlift", description=(__doc__ or "").splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")

    def add(name: str, run: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(run=run)
        return command

    def add_json(command: argparse.ArgumentParser) -> None:
        command.add_argument("--json", action="store_true", help="print the result as JSON")

    def add_workspace(command: argparse.ArgumentParser) -> None:
        text = "the workspace: a folder with one file or folder per table"
        command.add_argument("workspace", type=Path, metavar="WS", help=text)

    c = add("simulate", _simulate, "write a simulated market: tables, and apart from them what is true")
    c.add_argument("out", type=Path, metavar="OUT")
    c.add_argument("--creators", type=_whole(1), default=DEMO_CREATORS, metavar="N")
    c.add_argument("--collaborations", type=_whole(0), default=DEMO_COLLABORATIONS, metavar="M")
    c.add_argument("--seed", type=_whole(0), default=0, metavar="S")
    c.add_argument(
        "--end", type=_time, help="last day of the market (default: today, or just after --on's newest post)"
    )
    c.add_argument("--on", type=Path, metavar="WS", help="keep this workspace's creators, posts and comments")
    c.add_argument("--pairings", type=_whole(0), default=0, help="also tell the truth for this many asked pairings")
    c.add_argument("--heterogeneity", type=float, default=1.0, help="how much lift differs between creators (0: not)")
    c.add_argument("--confounding", type=float, default=0.0, help="how much brands chose by what also drives sales")
    c.add_argument("--format", choices=("parquet", "csv", "csv.gz"), default="parquet")
    add_json(c)

    c = add("import", _import, "turn a foreign file into a table of a workspace, by a mapping")
    add_workspace(c)
    c.add_argument("file", type=Path, metavar="FILE")
    c.add_argument("--mapping", type=Path, required=True, metavar="FILE", help="YAML, TOML or JSON; see docs/import.md")
    add_json(c)

    c = add("check", _check, "report every fault of a workspace")
    add_workspace(c)
    add_json(c)

    c = add("features", _features, "write the exact frame the model sees")
    add_workspace(c)
    c.add_argument("--pairings", type=Path, required=True, metavar="FILE", help="creator_id, campaign_id, as_of")
    c.add_argument("--out", type=Path, required=True, metavar="FILE")
    c.add_argument("--model", metavar="ALIAS|VERSION", help="whose peers and text space to use (default: champion)")
    c.add_argument("--workers", type=_whole(1), default=1, metavar="N", help="processes (default 1); the same result")

    c = add("read-comments", _read_comments, "read a column of comments: sentiment, intent, language, spam")
    c.add_argument("file", type=Path, metavar="FILE")
    c.add_argument("--text-column", default="text", metavar="NAME", help="the column to read (default: text)")
    c.add_argument("--out", type=Path, required=True, metavar="FILE")
    add_json(c)

    c = add("niche", _niche, "how well each creator's content and audience match a brief")
    add_workspace(c)
    c.add_argument("--brief", type=Path, required=True, metavar="FILE", help="JSON, YAML or TOML")
    c.add_argument("--out", type=Path, required=True, metavar="FILE")
    c.add_argument("--as-of", type=_time, default=None, help="match as of this time (default: now)")
    c.add_argument("--seed", type=_whole(0), default=0)
    c.add_argument("--model", metavar="ALIAS|VERSION", help="use this model's words (default: learn the workspace's)")

    c = add("evaluate", _evaluate, "judge the method on a workspace, out of time, and write the report page")
    add_workspace(c)
    c.add_argument("--out", type=Path, required=True, metavar="HTML")
    c.add_argument("--settings", type=Path, metavar="TOML", default=None)
    c.add_argument(
        "--finished", type=Path, metavar="FILE", default=None,
        help="also write what finished collaborations without a lift test have probably caused (CSV, Parquet)",
    )  # fmt: skip

    c = add("train", _train, "train, evaluate out of time, and register a challenger")
    add_workspace(c)
    c.add_argument("--seed", type=_whole(0), default=None)
    c.add_argument("--as-of", type=_time, default=None, help="use only what was known before (default: all)")
    c.add_argument("--settings", type=Path, metavar="TOML", default=None)
    c.add_argument(
        "--tune", type=_whole(0), metavar="N", default=None,
        help="search for the lift model's settings first: N trials in all, those of an interrupted search included",
    )  # fmt: skip
    add_json(c)

    c = add("promote", _promote, "make a version the champion, if the gate lets it pass")
    c.add_argument("--model", default="challenger", metavar="ALIAS|VERSION", help="default: challenger")
    c.add_argument("--reason", default="none given", help="why; kept in the promotion log")
    c.add_argument("--by", help="who (default: the user running this)")
    c.add_argument("--force", action="store_true", help="promote although a rule failed; kept in the log")

    c = add("rollback", _rollback, "give the champion's place back to the one before")
    c.add_argument("--reason", default="none given", help="why; kept in the promotion log")
    c.add_argument("--by", help="who (default: the user running this)")

    c = add("score", _score, "score candidates for a brief")
    add_workspace(c)
    c.add_argument("--brief", type=Path, required=True, metavar="FILE", help="JSON, YAML or TOML")
    c.add_argument("--candidates", type=Path, required=True, metavar="FILE", help="CSV, Excel, Parquet or JSON lines")
    c.add_argument("--out", type=Path, default=None, metavar="FILE", help="JSON, CSV, Excel or Parquet")
    c.add_argument("--as-of", type=_time, default=None, help="score as of this time (default: now)")
    c.add_argument("--model", default="champion", metavar="ALIAS|VERSION")
    c.add_argument("--level", type=_share, default=None, help="level of the intervals (default 0.8)")
    c.add_argument("--rank-by", choices=("profit", "roi", "fit"), default=None)
    add_json(c)

    c = add("explain", _explain, "show a creator for a brief: every feature beside its peers, and what is behind it")
    text = "the workspace (default: the current folder); may also come after CREATOR"
    c.add_argument("workspace", type=Path, nargs="?", default=Path(), metavar="WS", help=text)
    c.add_argument("creator", metavar="CREATOR", help="a creator_id of the workspace")
    c.add_argument("--brief", type=Path, required=True, metavar="FILE", help="JSON, YAML or TOML")
    c.add_argument("--as-of", type=_time, default=None, help="what was known before this time (default: now)")
    c.add_argument("--model", metavar="ALIAS|VERSION", help="whose peers and reasons (default: champion, if any)")
    add_json(c)

    c = add("plan", _plan, "choose a set of candidates under a budget")
    add_workspace(c)
    c.add_argument("--brief", type=Path, required=True, metavar="FILE", help="JSON, YAML or TOML")
    c.add_argument("--candidates", type=Path, required=True, metavar="FILE", help="with a fee for each; as for score")
    c.add_argument("--budget", type=float, required=True, metavar="MONEY", help="the most they may cost together")
    c.add_argument(
        "--mode", choices=("expected", "safe"), default="expected", help="safe: count on the cautious outcome"
    )
    c.add_argument("--maximise", choices=("profit", "conversions"), default="profit")
    c.add_argument("--must-have", action="append", default=[], metavar="ID", help="must be chosen; may be repeated")
    c.add_argument("--never", action="append", default=[], metavar="ID", help="must not be chosen; may be repeated")
    c.add_argument("--niche", action="append", default=[], metavar="NAME:MIN:MAX", help="creators of one category")
    c.add_argument(
        "--explore-share", type=_share, default=None, metavar="SHARE", help="of the money, for untried creators"
    )
    c.add_argument("--min-creators", type=_whole(0), default=None, metavar="N")
    c.add_argument("--max-creators", type=_whole(1), default=None, metavar="N")
    c.add_argument("--out", type=Path, default=None, metavar="FILE", help="JSON, CSV, Excel or Parquet")
    c.add_argument("--as-of", type=_time, default=None, help="plan as of this time (default: now)")
    c.add_argument("--model", default="champion", metavar="ALIAS|VERSION")
    c.add_argument("--level", type=_share, default=None, help="level of the intervals (default 0.8)")
    add_json(c)

    c = add("catalogue", _catalogue, "build a workspace's creators ahead, so that the service answers them at once")
    add_workspace(c)
    c.add_argument("--model", default="champion", metavar="ALIAS|VERSION")
    c.add_argument("--out", type=Path, metavar="FOLDER", help="default: .creatorlift/catalogue in the workspace")
    add_json(c)

    c = add("serve", _serve, "answer over HTTP")
    c.add_argument(
        "workspace", nargs="?", type=Path, metavar="WS", help="the catalogue (default: CREATORLIFT_WORKSPACE)"
    )
    c.add_argument("--model", default=None, metavar="ALIAS|VERSION")
    c.add_argument("--host", default=None)
    c.add_argument("--port", type=_whole(0), default=None)
    c.add_argument("--workers", type=_whole(1), default=None, metavar="N", help="processes (default 1)")

    add_memory_commands(add, add_json, _whole(1))

    c = add("demo", _demo, "a simulated market from start to end: train, promote, score, serve")
    c.add_argument("--folder", type=Path, default=Path("var/demo"))
    c.add_argument("--seed", type=_whole(0), default=7)
    c.add_argument("--port", type=_whole(0), default=3000)
    c.add_argument("--serve", action=argparse.BooleanOptionalAction, default=True)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code. Never a traceback for a user's mistake."""
    args = build_parser().parse_args(argv)
    try:
        code: int = args.run(args)
    except CreatorLiftError as error:
        sys.stderr.write("".join(f"creatorlift: {line}\n" for line in str(error).splitlines()))
        return error.exit_code
    except OSError as error:
        fault = Fault(
            str(error.filename or "a file"), error.strerror or str(error), "a file that can be read or written"
        )
        sys.stderr.write(f"creatorlift: {fault}\n")
        return UsageError.exit_code
    except KeyboardInterrupt:
        sys.stderr.write("creatorlift: interrupted\n")
        return 130
    return code


if __name__ == "__main__":
    sys.exit(main())
