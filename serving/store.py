"""What the service remembers: one database, SQLite by default or PostgreSQL, opened once per process.

`Store.reading()` and `Store.writing(what)` are the only doors. Writers of one kind wait for each other, so that
"look, then write" is safe between processes: SQLite takes its one write lock at once, PostgreSQL an advisory lock.
Nothing touches the database when this module is imported.
"""

from __future__ import annotations

import os
import sqlite3
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DBAPIError,
    NoSuchModuleError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout

from data.errors import ConfigError, Fault, WorkError

DEFAULT_STATE = Path("creatorlift_state")
_FILE = "memory.db"
_BUSY_SECONDS = 10
_CONNECT_SECONDS = 5
_WRITING = "creatorlift_writing"
HEAD = "0002"
"""The version of the tables this program works with: the last step in `serving/migrations`."""
_VERSIONS = sa.table("alembic_version", sa.column("version_num", sa.String))
_SCRIPTS = Path(__file__).with_name("migrations")


class StoreUnavailable(WorkError):
    """The service's memory cannot be reached or written just now."""


def state_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Where the service keeps its files: `CREATORLIFT_STATE`, by default `creatorlift_state` in the current folder."""
    return Path(environment.get("CREATORLIFT_STATE", "").strip() or DEFAULT_STATE)


def store_url(environment: Mapping[str, str] = os.environ) -> URL:
    """The database's address: `CREATORLIFT_STORE_URL`, by default SQLite's file `memory.db` in the state folder.

    Raises ConfigError when it is not the address of a SQLite file or a PostgreSQL database.
    """
    told = environment.get("CREATORLIFT_STORE_URL", "").strip()
    if not told:
        return URL.create("sqlite", database=str(state_folder(environment).resolve() / _FILE))
    allowed = "sqlite:////path/memory.db or postgresql://user:password@host/database"
    try:
        url = make_url(told)
    except ArgumentError:
        # The text may hold a password, so it is not shown.
        raise ConfigError(Fault("CREATORLIFT_STORE_URL", "no address of a database", allowed)) from None
    kind = url.get_backend_name()
    if kind not in ("sqlite", "postgresql") or not url.database or url.database == ":memory:":
        raise ConfigError(Fault("CREATORLIFT_STORE_URL", url.render_as_string(hide_password=True), allowed))
    return url.set(drivername="postgresql+psycopg") if kind == "postgresql" else url


class Store:
    """An open store. Threads may share it; a forked process must open its own."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self._engine = _engine(url)
        self._file: tuple[int, int] | None = None

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a SQLite file."""
        return self._engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection that sees one state of the database. Raises StoreUnavailable."""
        self._look_at_file()
        with _told(self.url), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self, what: str) -> Iterator[sa.Connection]:
        """A transaction that is kept whole when the block ends well, and not at all otherwise.

        Blocks with the same `what` come one after the other, between threads, processes and machines alike.
        Raises StoreUnavailable, also when another writer does not finish within ten seconds.
        """
        self._look_at_file()
        with _told(self.url), self._engine.connect() as plain:
            connection = plain.execution_options(**{_WRITING: True})
            with connection.begin():
                if not self.is_sqlite:
                    lock = zlib.crc32(what.encode()) - 2**31
                    connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": lock})
                yield connection
        if not self._look_at_file():
            raise StoreUnavailable(f"{self.url.database} was replaced meanwhile")

    def _look_at_file(self) -> bool:
        """Whether SQLite's file is still the one that is open; another one at its place is opened instead.

        Raises StoreUnavailable when there is none: a file without a name takes writes, and they are gone at its end.
        """
        if not self.is_sqlite:
            return True
        try:
            found = Path(str(self.url.database)).stat()
        except OSError as error:
            self._engine.dispose()
            raise StoreUnavailable(f"{self.url.database} is away ({error.strerror})") from error
        before, self._file = self._file, (found.st_dev, found.st_ino)
        if before not in (None, self._file):
            self._engine.dispose()
            return False
        return True

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


def open_store(url: URL) -> Store:
    """Open the store and bring its tables to this version; several processes may do so at once.

    Raises StoreUnavailable when it cannot be reached, and WorkError when its tables are of a newer version.
    """
    if url.get_backend_name() == "sqlite":
        try:
            Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            # Readable by its owner alone; SQLite gives its other files the same rights.
            Path(str(url.database)).touch(mode=0o600)
        except OSError as error:
            raise StoreUnavailable(f"{url.database} cannot be made ({error.strerror})") from error
    store = Store(url)
    try:
        migrate(store)
    except BaseException:
        # Also when interrupted: no connection stays open.
        store.close()
        raise
    return store


def migrate(store: Store) -> None:
    """Run the steps that are missing. Does nothing, and writes nothing, when there are none.

    Raises WorkError when the tables are of a version that this program does not know.
    """
    with store.reading() as connection:
        if _version(connection) == HEAD:
            return
    # Alembic takes a while to import, and most starts need no step.
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    script = ScriptDirectory.from_config(config)

    def steps(revision: Any, _: object) -> Any:
        # What `alembic upgrade head` does, without its env.py, which works by being imported.
        return script._upgrade_revs("head", revision)

    with store.writing("migrate") as connection:
        found = _version(connection)
        if found == HEAD:
            return
        if found not in {None, *(step.revision for step in script.walk_revisions())}:
            raise WorkError(f"the store is of version {found}, this program knows {HEAD}: update the program")
        with EnvironmentContext(config, script, fn=steps) as context:
            context.configure(connection=connection)
            context.run_migrations()


def _version(connection: sa.Connection) -> str | None:
    """The version of the tables; None for an empty database."""
    if not sa.inspect(connection).has_table(_VERSIONS.name):
        return None
    return connection.execute(sa.select(_VERSIONS.c.version_num)).scalar_one_or_none()


def _engine(url: URL) -> sa.Engine:
    if url.get_backend_name() == "sqlite":
        engine = sa.create_engine(url, connect_args={"timeout": _BUSY_SECONDS})
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
        return engine
    try:
        # A connection is tried before use: a database that was away is back without a restart.
        arguments = {"connect_timeout": _CONNECT_SECONDS, "autocommit": True}
        engine = sa.create_engine(url, pool_pre_ping=True, pool_timeout=_BUSY_SECONDS, connect_args=arguments)
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        raise WorkError("PostgreSQL needs the package psycopg: pip install 'creatorlift[postgres]'") from error
    sa.event.listen(engine, "connect", _prepare_postgres)
    return engine


def _prepare_postgres(connection: Any, _: object) -> None:
    connection.execute(f"SET lock_timeout = '{_BUSY_SECONDS}s'")
    connection.autocommit = False


def _prepare_sqlite(connection: sqlite3.Connection, _: object) -> None:
    # Transactions are begun by `_begin_sqlite`, not by the driver at the first write.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_SECONDS * 1000}")
    connection.execute("PRAGMA journal_mode = WAL")
    # FULL: an outcome that was acknowledged survives a loss of power too.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection: sa.Connection) -> None:
    # A writer takes the write lock at once: taken later, it could not wait for another writer.
    writing = connection.get_execution_options().get(_WRITING)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


@contextmanager
def _told(url: URL) -> Iterator[None]:
    """A database that is away, locked or full becomes StoreUnavailable, without the password of its address."""
    try:
        yield
    except (OperationalError, PoolTimeout) as error:
        raise StoreUnavailable(f"the store at {_where(url)} does not answer ({_cause(error)})") from error
    except DBAPIError as error:
        # A damaged file has no class of its own; everything more special is our own mistake.
        if not error.connection_invalidated and type(error) is not DatabaseError:
            raise
        raise StoreUnavailable(f"the store at {_where(url)} cannot be used ({_cause(error)})") from error


def _where(url: URL) -> str:
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return f"{url.host or url.query.get('host', 'localhost')}/{url.database}"


def _cause(error: SQLAlchemyError) -> str:
    inner = getattr(error, "orig", None) or error
    return (str(inner).splitlines() or [type(inner).__name__])[0]
