"""The store, in SQLite and in PostgreSQL alike: migrations, transactions, several writers, and errors in words."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL

from data.errors import ConfigError, WorkError
from serving import store as store_module
from serving.store import HEAD, Store, StoreUnavailable, open_store, state_folder, store_url
from serving.store_tables import METADATA, api_keys

ROOT = Path(__file__).parent.parent


def test_the_migrations_make_the_tables_that_the_code_uses(store: Store) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    with store.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, METADATA) == []
        assert context.get_current_revision() == HEAD


def test_every_step_can_be_taken_back(store: Store) -> None:
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(ROOT / "serving" / "migrations"))
    script = ScriptDirectory.from_config(config)
    assert script.get_heads() == [HEAD]
    with store.writing("migrate") as connection:
        with EnvironmentContext(config, script, fn=lambda rev, _: script._downgrade_revs("base", rev)) as context:
            context.configure(connection=connection)
            context.run_migrations()
        assert set(sa.inspect(connection).get_table_names()) <= {"alembic_version"}
    store_module.migrate(store)
    with store.reading() as connection:
        assert set(METADATA.tables) <= set(sa.inspect(connection).get_table_names())


def test_opening_again_changes_nothing(store_at: URL) -> None:
    for _ in range(2):
        opened = open_store(store_at)
        with opened.reading() as connection:
            assert connection.execute(sa.select(sa.func.count()).select_from(api_keys)).scalar_one() == 0
        opened.close()


def test_a_store_of_a_newer_program_is_refused(store: Store, store_at: URL) -> None:
    with store.writing("migrate") as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(WorkError, match="version 9999, this program knows"):
        open_store(store_at)


def _key(number: int) -> dict[str, object]:
    return {
        "key_id": f"k{number}", "name": "n", "digest": "d", "scopes": "score", "created_at": 1, "created_by": "me",
    }  # fmt: skip


def test_a_block_that_fails_leaves_nothing(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.writing("keys") as connection:
        connection.execute(sa.insert(api_keys).values(_key(1)))
        _ = 1 / 0
    with store.reading() as connection:
        assert connection.execute(sa.select(api_keys)).all() == []


def test_look_then_write_is_safe_between_threads(store: Store) -> None:
    start = threading.Barrier(6)

    def next_number() -> None:
        start.wait()
        for _ in range(5):
            with store.writing("keys") as connection:
                seen = connection.execute(sa.select(sa.func.count()).select_from(api_keys)).scalar_one()
                connection.execute(sa.insert(api_keys).values(_key(seen)))

    threads = [threading.Thread(target=next_number) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.reading() as connection:
        found = connection.execute(sa.select(api_keys.c.key_id).order_by(api_keys.c.number)).scalars().all()
    assert found == [f"k{number}" for number in range(30)]


_OPEN_AND_COUNT = """
import sys, sqlalchemy as sa
from sqlalchemy.engine import make_url
from serving.store import open_store
from serving.store_tables import api_keys
store = open_store(make_url(sys.argv[1]))
for _ in range(20):
    with store.writing("keys") as connection:
        seen = connection.execute(sa.select(sa.func.count()).select_from(api_keys)).scalar_one()
        row = dict(key_id=f"k{seen}", name="n", digest="d", scopes="score", created_at=1, created_by="me")
        connection.execute(sa.insert(api_keys).values(row))
store.close()
"""


def test_processes_that_start_at_once_migrate_once_and_write_in_turn(store_at: URL) -> None:
    url = store_at.render_as_string(hide_password=False)
    command = [sys.executable, "-c", _OPEN_AND_COUNT, url]
    started = [subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    told = [process.communicate(timeout=60)[1] for process in started]
    assert [process.returncode for process in started] == [0, 0, 0], told
    store = open_store(store_at)
    with store.reading() as connection:
        numbers = connection.execute(sa.select(api_keys.c.key_id)).scalars().all()
    store.close()
    assert sorted(numbers) == sorted(f"k{number}" for number in range(60))


def test_importing_does_nothing(tmp_path: Path) -> None:
    script = (
        "import serving.store, serving.migrations.versions.v0001_memory, sys; print('alembic.script' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert list(tmp_path.iterdir()) == []
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("environment", "address"),
    [
        ({"CREATORLIFT_STATE": "/srv/state"}, "sqlite:////srv/state/memory.db"),
        ({"CREATORLIFT_STORE_URL": "sqlite:////tmp/x.db", "CREATORLIFT_STATE": "/srv"}, "sqlite:////tmp/x.db"),
        ({"CREATORLIFT_STORE_URL": "postgresql://me:secret@db/lift"}, "postgresql+psycopg://me:***@db/lift"),
    ],
)
def test_the_address(environment: Mapping[str, str], address: str) -> None:
    assert store_url(environment).render_as_string() == address


def test_the_address_without_settings_is_in_the_current_folder() -> None:
    assert store_url({}).database == str((Path.cwd() / "creatorlift_state" / "memory.db").resolve())
    assert state_folder({}) == Path("creatorlift_state")


@pytest.mark.parametrize(
    "url",
    ["mysql://me:secret@db/x", "no address: secret", "sqlite://", "sqlite:///:memory:", "postgresql://u:secret@h"],
)
def test_an_address_that_cannot_be_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ConfigError) as refused:
        store_url({"CREATORLIFT_STORE_URL": url})
    assert "secret" not in str(refused.value) and "postgresql://user:password@host/database" in str(refused.value)


def test_a_database_that_is_away_is_told_in_words_and_comes_back(tmp_path: Path) -> None:
    away = URL.create("postgresql+psycopg", "me", "secret", host=str(tmp_path), database="lift")
    with pytest.raises(StoreUnavailable) as told:
        open_store(away)
    assert "does not answer" in str(told.value) and "secret" not in str(told.value)


def test_a_file_that_is_no_database_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "memory.db").write_bytes(b"not a database at all, not even close" * 100)
    with pytest.raises(WorkError, match="not a database"):
        open_store(URL.create("sqlite", database=str(tmp_path / "memory.db")))


def test_a_writer_that_does_not_finish_is_told_in_words(
    store: Store, store_at: URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "_BUSY_SECONDS", 1)
    impatient = Store(store_at)
    with store.writing("keys"):
        with pytest.raises(StoreUnavailable, match="does not answer"), impatient.writing("keys"):
            pass
        with impatient.reading() as connection:
            assert connection.execute(sa.select(api_keys)).all() == []
    with impatient.writing("keys") as connection:
        connection.execute(sa.insert(api_keys).values(_key(1)))
    impatient.close()
