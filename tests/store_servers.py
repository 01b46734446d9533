"""A real PostgreSQL for the store's tests: a throw-away server on a Unix socket, one database per test."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

_NUMBERS = count(1)


def programs() -> Path | None:
    """The folder with initdb and postgres; None when PostgreSQL's server is not installed."""
    told = shutil.which("pg_config")
    folders = (
        [Path(subprocess.run([told, "--bindir"], capture_output=True, text=True, check=True).stdout.strip())]
        if told
        else []
    )
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


def _unprivileged() -> dict[str, object]:
    """PostgreSQL refuses to run as root; who runs it then, as arguments of subprocess."""
    if os.getuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = next((name for name in ("postgres", "nobody") if name in names), None)
    if user is None:
        pytest.skip("PostgreSQL does not run as root, and there is no user to run it as")
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


@contextmanager
def running_postgres() -> Iterator[URL]:
    """The address of a server that is up while the block runs."""
    found = programs()
    if found is None:
        pytest.skip("PostgreSQL's server programs are not installed")
    who = _unprivileged()
    home = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    try:
        if who:
            shutil.chown(home, str(who["user"]))
        data = str(home / "data")
        _run([found / "initdb", "-D", data, "-U", "tester", "-A", "trust", "-N"], home, who)
        url = URL.create("postgresql+psycopg", "tester", database="postgres", query={"host": str(home)})
        _start(url)
        try:
            yield url
        finally:
            _stop(url)
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def stopped(server: URL) -> Iterator[None]:
    """The server is away while the block runs: every connection is cut."""
    _stop(server)
    try:
        yield
    finally:
        _start(server)


def _run(command: list[object], home: Path, who: dict[str, object]) -> None:
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": home}
    subprocess.run([str(part) for part in command], check=True, **quiet, **who)  # type: ignore[call-overload]


def _start(server: URL) -> None:
    home = Path(str(server.query["host"]))
    options = f"-c listen_addresses='' -c unix_socket_directories={home} -c fsync=off -c max_connections=50"
    _run([*_control(home), "-o", options, "-l", home / "log", "start"], home, _unprivileged())


def _stop(server: URL) -> None:
    home = Path(str(server.query["host"]))
    _run([*_control(home), "-m", "immediate", "stop"], home, _unprivileged())


def _control(home: Path) -> list[object]:
    found = programs()
    assert found is not None
    return [found / "pg_ctl", "-D", home / "data", "-w"]


def new_database(server: URL) -> URL:
    """A new empty database of the server."""
    import psycopg

    name = f"test_{os.getpid()}_{next(_NUMBERS)}"
    with psycopg.connect(
        host=str(server.query["host"]), user=server.username, dbname="postgres", autocommit=True
    ) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    return server.set(database=name)
