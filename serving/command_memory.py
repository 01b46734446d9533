"""`creatorlift outcomes`, `keys`, `monitor` and `migrate`: the commands on what the service remembers.

Imports what a command needs when it runs, so that the command line's help answers at once.
"""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pandas as pd
from rich.console import Console

from data.clock import utc_now
from data.errors import Fault, InputError

WIDTH_WITHOUT_TERMINAL = 110
out = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else WIDTH_WITHOUT_TERMINAL)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def emit_json(value: object) -> None:
    """Print a value as JSON."""
    sys.stdout.write(json.dumps(value, indent=2, default=str) + "\n")


def _migrate(_: argparse.Namespace) -> int:
    from serving.memory_command import opened, where
    from serving.store import HEAD

    with opened():
        out.print(f"The service's memory at {where()} is of version {HEAD}.")
    return 0


def _keys_create(args: argparse.Namespace) -> int:
    from serving.memory_command import opened
    from serving.store_keys import create_key

    with opened() as store:
        key, token = create_key(
            store, args.name, args.scope, at=utc_now(), by=args.by or getpass.getuser(), per_minute=args.per_minute
        )
    if args.json:
        emit_json({"key": token, "id": key.key_id, "name": key.name, "scopes": sorted(key.scopes)})
    else:
        # The key alone on standard output, so that a script can take it.
        err.print(f"Key {key.key_id} for {key.name} ({', '.join(sorted(key.scopes))}); it is shown this once:")
        sys.stdout.write(f"{token}\n")
    return 0


def _keys_list(args: argparse.Namespace) -> int:
    from serving.memory_command import opened
    from serving.memory_tables import keys_json, keys_table
    from serving.store_keys import all_keys

    with opened() as store:
        keys = all_keys(store)
    if args.json:
        emit_json(keys_json(keys))
    else:
        out.print(keys_table(keys))
    return 0


def _keys_revoke(args: argparse.Namespace) -> int:
    from serving.memory_command import opened
    from serving.store_keys import revoke_key

    with opened() as store:
        key = revoke_key(store, args.key, at=utc_now())
    out.print(f"Key {key.key_id} of {key.name} is revoked since {key.revoked_at}; services know within seconds.")
    return 0


def _outcomes_import(args: argparse.Namespace) -> int:
    from serving.memory_command import opened
    from serving.outcomes_workspace import import_outcomes

    with opened() as store:
        told = import_outcomes(store, args.file, at=utc_now(), by=args.by or getpass.getuser())
    if args.json:
        sys.stdout.write(told.model_dump_json(indent=2) + "\n")
    else:
        for result in told.results:
            for fault in result.errors:
                place = fault.field.replace(f"outcomes[{result.index}]", f"{args.file}, row {result.index + 1}", 1)
                sys.stdout.write(f"{Fault(place, fault.got, fault.allowed)}\n")
        counts = f"{told.created} new, {told.corrected} corrected, {told.unchanged} unchanged, {told.failed} refused"
        err.print(f"Outcomes: {counts}")
        if told.ignored_fields:
            err.print(f"not columns of the table, left out: {', '.join(told.ignored_fields)}")
    return InputError.exit_code if told.failed else 0


def _outcomes_list(args: argparse.Namespace) -> int:
    from serving.memory_command import opened, require_some
    from serving.memory_tables import outcomes_frame, outcomes_json, outcomes_table
    from serving.store_outcomes import current, history_of

    with opened() as store:
        found = history_of(store, args.id) if args.id else current(store)
    require_some(found or not args.id, f"no outcome of the collaboration {args.id}")
    if args.out:
        from data.sources import write_rows

        write_rows(outcomes_frame(found), args.out)
        out.print(f"Wrote {len(found):,} outcomes to {args.out}")
    elif args.json:
        emit_json(outcomes_json(found))
    else:
        out.print(outcomes_table(found))
    return 0


def _outcomes_export(args: argparse.Namespace) -> int:
    from serving.memory_command import opened
    from serving.memory_tables import export_words
    from serving.outcomes_workspace import export_outcomes

    with opened() as store:
        report = export_outcomes(store, args.workspace)
    if args.json:
        emit_json(asdict(report))
    else:
        out.print(export_words(report))
    return 0


def _monitor(args: argparse.Namespace) -> int:
    from serving.memory_command import opened
    from serving.monitor import monitor
    from serving.monitor_terminal import report_view

    since = None if args.days is None else utc_now() - pd.Timedelta(days=args.days)
    if args.features is not None:
        from serving.memory_command import export_features

        with opened() as store:
            told = export_features(store, args.features, since)
        emit_json(told) if args.json else out.print(f"{told['candidates']:,} candidates written to {args.features}")
        return 0
    with opened() as store:
        report = monitor(store, now=utc_now(), since=since, workspace=args.workspace, model=args.model)
    if args.json:
        emit_json(report.to_json())
    else:
        out.print(report_view(report))
    return 0


def add_memory_commands(
    add: Callable[..., argparse.ArgumentParser], add_json: Callable[..., None], positive: Callable[[str], int]
) -> None:
    """The commands on what the service remembers: outcomes, keys, the monitor."""

    def group(name: str, text: str) -> Callable[..., argparse.ArgumentParser]:
        made = add(name, lambda _: 0, text)
        inner = made.add_subparsers(dest="action", required=True, metavar="action")

        def add_action(action: str, run: Callable[[argparse.Namespace], int], words: str) -> argparse.ArgumentParser:
            command = inner.add_parser(action, help=words, description=words)
            command.set_defaults(run=run)
            return command

        return add_action

    add_one = group("outcomes", "outcomes of collaborations: keep them, look at them, put them into a workspace")
    c = add_one("import", _outcomes_import, "keep the outcomes of a file; its columns are those of collaborations")
    c.add_argument("file", type=Path, metavar="FILE", help="CSV, Excel, Parquet or JSON lines")
    c.add_argument("--by", help="who (default: the user running this)")
    add_json(c)
    c = add_one("list", _outcomes_list, "what holds now, or every version of one outcome")
    c.add_argument("--id", metavar="COLLABORATION", help="every version of this one")
    c.add_argument("--out", type=Path, metavar="FILE", help="write them to a file instead")
    add_json(c)
    c = add_one("export", _outcomes_export, "put outcomes into a workspace's collaborations, for `train`")
    c.add_argument("workspace", type=Path, metavar="WS", help="the workspace: a folder with one file per table")
    add_json(c)

    add_one = group("keys", "API keys of the service: make, list, revoke")
    c = add_one("create", _keys_create, "make a key; it is shown this once")
    c.add_argument("--name", required=True, help="who or what it is for")
    c.add_argument("--scope", action="append", required=True, help="score, outcomes or admin; may be given again")
    c.add_argument("--per-minute", type=positive, default=None, metavar="N", help="requests a minute (default: any)")
    c.add_argument("--by", help="who makes it (default: the user running this)")
    add_json(c)
    add_json(add_one("list", _keys_list, "every key there is or was; secrets are not known to anyone"))
    c = add_one("revoke", _keys_revoke, "end a key")
    c.add_argument("key", metavar="ID", help="its id, as in `keys list`")

    c = add("monitor", _monitor, "what was scored, what came of it, and how far it is from the training data")
    c.add_argument("workspace", nargs="?", type=Path, metavar="WS", help="the catalogue; without it no drift is told")
    c.add_argument("--days", type=positive, default=None, metavar="N", help="scores of the last N days (default: all)")
    c.add_argument("--model", default="champion", metavar="ALIAS|VERSION", help="whose training data to compare with")
    c.add_argument("--features", type=Path, metavar="FILE",
                   help="instead: write the features that candidates were scored with (.parquet, .csv, …)")  # fmt: skip
    add_json(c)

    add("migrate", _migrate, "bring the service's memory to this version, as every start does")
