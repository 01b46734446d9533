"""Jobs over HTTP: uploads of every kind, the numbers of a score request, restarts, and uploads meant to do harm."""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest
from sqlalchemy.engine import URL

from data.errors import CandidateError, WorkError
from data.sources import load_history, read_tables
from models.registry import load_scorer
from serving import job_worker, store_jobs
from serving.catalogue import Catalogue
from serving.config import ServeSettings
from serving.job_files import INPUTS, RESULTS, job_folder, jobs_folder, refuse_bomb
from serving.job_runner import JobRunner
from serving.job_worker import AnsweredJob, run_job
from serving.live import Live
from serving.memory_config import MemorySettings
from serving.store import Store, open_store
from serving.store_jobs import Job
from serving.store_scores import read_scores
from tests.conftest import Trained
from tests.serving_fakes import BRIEF, NOW, live
from tests.serving_running import running_memory
from tests.test_serving_api import assert_problem

CSV = b"creator_id,fee\nana,100\n"


@pytest.fixture
def settings(tmp_path: Path) -> MemorySettings:
    url = URL.create("sqlite", database=str(tmp_path / "state" / "memory.db"))
    return MemorySettings(url=url, state=tmp_path / "state", job_workers=0, job_bytes=200_000)


@pytest.fixture
def client(settings: MemorySettings) -> Iterator[httpx.Client]:
    """A service that takes jobs in and leaves them to others."""
    with running_memory(settings) as (found, _):
        yield found


def upload(
    client: httpx.Client, file: Any = ("c.csv", CSV), brief: Any = None, key: str | None = None, **fields: str
) -> httpx.Response:
    brief = json.dumps(BRIEF) if brief is None else brief
    files = {"file": file} | ({"brief": brief} if isinstance(brief, tuple) else {})
    data = fields | ({} if isinstance(brief, tuple) else {"brief": brief})
    headers = {"Idempotency-Key": key} if key else {}
    return client.post("/v1/jobs", files=files, data=data, headers=headers)


@pytest.mark.proof("Hostile uploads", "Path tricks as a file's name")
def test_a_job_is_taken_in_and_told(client: httpx.Client, settings: MemorySettings) -> None:
    answer = upload(client, file=("../../etc/my\ncandidates.csv", CSV), level="0.9", rank_by="fit")
    assert answer.status_code == 202
    told = answer.json()
    assert answer.headers["location"] == f"/v1/jobs/{told['job_id']}" and told["status"] == "queued"
    assert (told["model_version"], told["results"], told["message"]) == ("3", {}, None)
    assert client.get(answer.headers["location"]).json() == told
    assert 'creatorlift_requests_total{path="/v1/jobs",status="202"} 1.0' in client.get("/metrics").text
    assert [p.parent.name for p in jobs_folder(settings.state).rglob("*.csv")] == [told["job_id"]]
    assert not list(jobs_folder(settings.state).glob("*.part")) and not list(settings.state.rglob("*candidates*"))
    answer = client.get(answer.headers["location"] + "/result")
    assert_problem(answer, 409, "job-unfinished")
    assert answer.headers["retry-after"] == "2"


@pytest.mark.parametrize(
    "brief",
    [
        ("b.yaml", "campaign:\n" + "\n".join(f"  {k}: {json.dumps(v)}" for k, v in BRIEF.items())),
        ("b.toml", "\n".join(f"{k} = {json.dumps(v)}" for k, v in BRIEF.items()).replace('"2025-06-10"', "2025-06-10")),
        ("b.json", "\ufeff" + json.dumps({"campaign": BRIEF})),
    ],
)
def test_a_brief_may_be_a_file(client: httpx.Client, brief: tuple[str, str]) -> None:
    assert upload(client, brief=brief).status_code == 202


@pytest.mark.proof(
    "Hostile uploads", "Forms and briefs that are wrong: YAML that runs code or grows by aliases, TOML of 2,000 levels"
)
@pytest.mark.parametrize(
    ("changes", "status", "kind", "words"),
    [
        ({"file": ("c.exe", CSV)}, 422, "invalid-body", "a name ending in .csv"),
        ({"file": ("c.csv.gz", CSV)}, 422, "invalid-body", "a name ending in .csv"),
        ({"file": ("", CSV)}, 422, "invalid-body", "file"),
        ({"brief": "{"}, 422, "invalid-body", "well-formed JSON"),
        ({"brief": "[]"}, 422, "invalid-body", "brand: Northpeak"),
        ({"brief": "[" * 50_000}, 422, "invalid-body", "well-formed JSON"),
        ({"brief": ("b.yaml", "a: &a [x]\nb: [*a, *a]")}, 422, "invalid-body", "alias"),
        ({"brief": ("b.yaml", 'brand: "\\ud800"')}, 422, "invalid-body", "brief"),
        ({"brief": ("b.toml", "a." * 2_000 + "b = 1")}, 422, "invalid-body", "full stops"),
        ({"brief": '{"brand": "\\ud800"}'}, 422, "invalid-body", "half a character"),
        ({"brief": '{"brand": ' + "9" * 5_000 + "}"}, 422, "invalid-body", "too many digits"),
        ({"file": ("a" * 9_000 + ".csv", CSV)}, 400, "not-a-form", "form"),
        ({"brief": json.dumps(BRIEF | {"gross_margin": 45})}, 422, "invalid-body", "campaign.gross_margin"),
        ({"brief": ("b.txt", "x")}, 422, "invalid-body", ".toml"),
        ({"brief": ("b.json", b"\xff\xff")}, 422, "invalid-body", "UTF-8"),
        ({"brief": ("b.yaml", "a: !!python/object/apply:os.system ['true']")}, 422, "invalid-body", "brief"),
        ({"level": "high"}, 422, "invalid-body", "level"),
        ({"as_of": "yesterday"}, 422, "invalid-body", "as_of"),
        ({"rank_by": "luck"}, 422, "invalid-body", "rank_by"),
        ({"levle": "0.9"}, 422, "invalid-body", "levle"),
        ({"model_version": "9"}, 404, "unknown-model-version", "9"),
        ({"file": ("c.csv", b"creator_id\n" + b"a\n" * 200_000)}, 413, "body-too-large", "200,000 bytes"),
        ({"brief": json.dumps(BRIEF | {"brief": "x" * 1_100_000})}, 413, "body-too-large", "bytes"),
    ],
)
def test_a_form_that_is_wrong(
    client: httpx.Client, settings: MemorySettings, changes: dict[str, Any], status: int, kind: str, words: str
) -> None:
    problem = assert_problem(upload(client, **changes), status, kind)
    assert words in json.dumps(problem, ensure_ascii=False)
    assert str(settings.state) not in json.dumps(problem)
    assert not list(settings.state.rglob("*.part"))


@pytest.mark.proof("Hostile uploads", "Uploads that are no form")
@pytest.mark.parametrize("body", [b"", b"{}", b"--x\r\n", b"--x\r\nContent-Disposition: form-data\r\n\r\n\r\n--x--"])
@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "multipart/form-data", "application/json"])
def test_what_is_no_form(client: httpx.Client, body: bytes, kind: str) -> None:
    answer = client.post("/v1/jobs", content=body, headers={"Content-Type": kind})
    assert answer.status_code in (400, 422) and answer.headers["content-type"] == "application/problem+json"


def test_a_repeat_with_its_key_gives_the_same_job(client: httpx.Client, settings: MemorySettings) -> None:
    first, again = upload(client, key="k"), upload(client, key="k")
    assert first.json() == again.json() and again.status_code == 202
    assert again.headers["idempotency-replayed"] == "true" and "idempotency-replayed" not in first.headers
    assert_problem(upload(client, key="k", file=("c.csv", CSV + b"bo,1\n")), 422, "idempotency-key-reused")
    assert_problem(upload(client, key="k", level="0.9"), 422, "idempotency-key-reused")
    assert upload(client, key="other").json()["job_id"] != first.json()["job_id"]


@pytest.mark.proof("Hostile uploads", "Path tricks as a job's id")
@pytest.mark.parametrize("name", ["nobody", "..", "%2e%2e%2f", "a.b", "%00", "é"])
def test_a_job_nobody_sent(client: httpx.Client, name: str) -> None:
    answer = client.get(f"/v1/jobs/{name}/result")
    assert answer.status_code == 404 and answer.json()["status"] == 404


def queued(store: Store, settings: MemorySettings, data: bytes, ending: str = "csv", **options: Any) -> Job:
    """A job claimed by `me`, with this file."""
    task = {"campaign": BRIEF, "file": f"x.{ending}", "asked": "", "options": {
        "as_of": "2026-01-02T00:00:00Z", "model_version": "1", **options}}  # fmt: skip
    store_jobs.add_job(store, "j1", "local", task, "my list.csv", at=NOW)
    folder = job_folder(settings.state, "j1")
    folder.mkdir(parents=True)
    (folder / f"x.{ending}").write_bytes(data)
    job = store_jobs.claim(store, "me", most=1, at=NOW)
    assert job is not None
    return job


@pytest.fixture
def faked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs are scored by the fake scorer."""
    answered = lambda request, *_, now: AnsweredJob(live().answer(request, now).response, None)  # noqa: E731
    monkeypatch.setattr(job_worker, "answer", answered)


@pytest.mark.proof("Hostile uploads", "Formulas as creator ids, in every form of the result")
@pytest.mark.usefixtures("faked")
def test_results_come_in_every_form_and_formulas_are_harmless(sqlite_store: Store, settings: MemorySettings) -> None:
    data = b"creator_id,fee\nana,100\n=HYPERLINK(1),5\nbo,\n+x,free\n"
    job = queued(sqlite_store, settings, data, model_version="3")
    told = run_job(sqlite_store, settings, job, None)
    assert told == {"forms": ["csv", "xlsx", "parquet", "json"], "scored": 2, "refused": 2}
    folder = job_folder(settings.state, "j1")
    frames = [pd.read_csv(folder / "result.csv"), pd.read_excel(folder / "result.xlsx")]
    for frame in frames:
        assert frame["creator_id"].tolist() == ["ana", "bo", "'=HYPERLINK(1)", "'+x"]
        assert frame["fit_score"].tolist()[:2] == [43.0, 42.0]
    assert pd.read_parquet(folder / "result.parquet")["creator_id"].tolist() == ["ana", "bo", "=HYPERLINK(1)", "+x"]
    assert [r["rank"] for r in json.loads((folder / "result.json").read_text())["results"]] == [1, 2]
    logged = read_scores(sqlite_store)
    assert logged["request_id"].tolist() == ["j1", "j1"] and set(logged["path"]) == {"/v1/jobs"}


def laughs() -> str:
    """Entities that stand for a billion words."""
    levels = [f'<!ENTITY lol{n} "{f"&lol{n - 1};" * 10}">' for n in range(1, 10)]
    return '<!ENTITY lol0 "lol">' + "".join(levels)


def with_entities(name: str, entities: str) -> bytes:
    """A workbook whose sheet defines entities and has one in a cell."""
    out, made = io.BytesIO(), io.BytesIO(excel_bytes(pd.DataFrame({"creator_id": ["a"], "fee": [1.0]})))
    with zipfile.ZipFile(made) as good, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bad:
        for member in good.namelist():
            text = good.read(member)
            if member == "xl/worksheets/sheet1.xml":
                assert b"<v>1</v>" in text
                sheet = text.replace(b"<v>1</v>", f"<v>&{name};</v>".encode())
                text = f"<!DOCTYPE x [{entities}]>".encode() + sheet[sheet.index(b"<worksheet") :]
            bad.writestr(member, text)
    return out.getvalue()


def excel_bytes(frame: pd.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.to_excel(out, index=False)
    return out.getvalue()


@pytest.mark.proof(
    "Hostile uploads", "Broken files, XML entity bombs, files of ours named in XML, JSON without end, too many rows"
)
@pytest.mark.usefixtures("faked")
@pytest.mark.parametrize(
    ("data", "ending", "words"),
    [
        (b"name\nx\n", "csv", "my list.csv"),
        (b"", "csv", "no header line"),
        (b"creator_id\n", "csv", "one row per candidate"),
        (b"creator_id,fee\na,1,2,3\n", "csv", "4 fields"),
        (b"PK\x03\x04 nonsense", "xlsx", "no Excel workbook"),
        (b"PAR1 nonsense", "parquet", "no Parquet file"),
        (b"{\n", "jsonl", "JSON"),
        (b"[1, 2]", "jsonl", "a JSON object"),
        (b"creator_id\n" + b"a\n" * 60, "csv", "60 rows; allowed: at most 50"),
        (b'creator_id\n"a\n', "csv", "never closed"),
        (b'{"creator_id":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "jsonl", "nested too deeply"),
        (b'{"creator_id": "a", "fee": ' + b"9" * 5_000 + b"}", "jsonl", "too many digits"),
        (b'{"creator_id": "\\ud800"}', "jsonl", "half a character"),
        (with_entities("lol9", laughs()), "xlsx", "no Excel workbook"),
        (with_entities("x", '<!ENTITY x SYSTEM "file:///etc/passwd">'), "xlsx", "no Excel workbook"),
        (b"\x00\x01\x02", "csv", "my list.csv"),
    ],
)
def test_a_file_that_cannot_be_scored_is_told_by_its_users_name(
    sqlite_store: Store, settings: MemorySettings, data: bytes, ending: str, words: str
) -> None:
    job = queued(sqlite_store, settings, data, ending)
    with pytest.raises(CandidateError) as refused:
        run_job(sqlite_store, replace(settings, job_rows=50), job, None)
    assert words in str(refused.value) and str(settings.state) not in str(refused.value)
    assert not list(job_folder(settings.state, "j1").glob("result*"))


@pytest.mark.proof("Hostile uploads", "Zip and Parquet bombs: small files that unpack to huge ones")
def test_a_small_file_that_unpacks_to_a_huge_one_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    bomb = tmp_path / "b.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 50_000_000)
    assert bomb.stat().st_size < 100_000
    with pytest.raises(CandidateError, match="50,000,000 bytes when unpacked"):
        refuse_bomb(bomb, 1_000, most_bytes=10_000_000)
    table = pa.table({"creator_id": pa.array(["a"] * 2_000_000)})
    pyarrow.parquet.write_table(table, tmp_path / "b.parquet")
    with pytest.raises(CandidateError, match="2,000,000 rows"):
        refuse_bomb(tmp_path / "b.parquet", 1_000_000)
    for ending in INPUTS:
        (tmp_path / f"broken.{ending}").write_bytes(b"PK nonsense")
        refuse_bomb(tmp_path / f"broken.{ending}", 10)


def wait_for_job(client: httpx.Client, where: str, seconds: float = 90.0) -> dict[str, Any]:
    until = time.monotonic() + seconds
    while True:
        told: dict[str, Any] = client.get(where).json()
        if told["status"] in ("done", "failed"):
            return told
        assert time.monotonic() < until, told
        time.sleep(0.1)


def test_a_job_has_the_numbers_of_a_score_request_through_a_restart(trained: Trained, tmp_path: Path) -> None:
    scorer, info = load_scorer("champion")
    catalogue = Catalogue.of(load_history(trained.workspace))
    ids = read_tables(trained.workspace, ["creators"])["creators"]["creator_id"].drop_duplicates().head(40).tolist()
    listed = pd.DataFrame({"creator_id": [*ids, "nobody"], "fee": [float(10 * n) for n in range(41)]})
    url = URL.create("sqlite", database=str(tmp_path / "state" / "memory.db"))
    waits = MemorySettings(url=url, state=tmp_path / "state", job_workers=0)
    as_of = "2026-01-01T00:00:00Z"

    def load() -> Live:
        return Live(scorer, info, catalogue)

    with running_memory(waits, load) as (client, _):
        brief = BRIEF | {"starts_on": "2026-01-10", "ends_on": "2026-01-30"}
        answer = upload(client, ("l.xlsx", excel_bytes(listed)), json.dumps(brief), as_of=as_of, level="0.9")
        where = answer.headers["location"]
        told = {"campaign": brief, "candidates": listed.to_dict("records"), "as_of": as_of, "level": 0.9}
        expected = client.post("/v1/score", json=told).json()
    with running_memory(replace(waits, job_workers=1), load, ServeSettings(workspace=trained.workspace)) as (client, _):
        job = wait_for_job(client, where)
        assert (job["status"], job["scored"], job["refused"], job["attempts"]) == ("done", 40, 1, 1), job
        assert set(job["results"]) == set(RESULTS)
        assert client.get(job["results"]["json"]).json() == expected
        table = client.get(job["results"]["csv"])
        assert table.headers["content-disposition"] == f'attachment; filename="creatorlift-{job["job_id"]}.csv"'
        frame = pd.read_csv(io.BytesIO(table.content))
        assert frame["fit_score"].dropna().tolist() == [r["fit"]["score"] for r in expected["results"]]
        parquet = pd.read_parquet(io.BytesIO(client.get(job["results"]["parquet"]).content))
        assert parquet["profit"].dropna().tolist() == [r["profit"]["expected"] for r in expected["results"]]
        assert_problem(client.get(where + "/result?format=pdf"), 422, "invalid-body")


def test_a_faulty_file_fails_its_job_in_words(trained: Trained, tmp_path: Path) -> None:
    url = URL.create("sqlite", database=str(tmp_path / "state" / "memory.db"))
    with running_memory(MemorySettings(url=url, state=tmp_path / "state")) as (client, _):
        where = upload(client, ("mine.csv", b"name\nx\n")).headers["location"]
        job = wait_for_job(client, where)
        assert job["status"] == "failed" and job["errors"][0]["field"] == "mine.csv" and job["results"] == {}
        problem = assert_problem(client.get(where + "/result"), 409, "job-failed")
        assert problem["errors"] == job["errors"]


def test_a_process_that_dies_is_begun_again_and_given_up_after_three(
    sqlite_store: Store, settings: MemorySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("serving.job_runner.sys.executable", "/bin/false")
    store_jobs.add_job(sqlite_store, "j1", "local", {"options": {}}, "f", at=NOW)
    runner = JobRunner(lambda: sqlite_store, replace(settings, job_workers=1), lambda: NOW, {})
    runner.wake()
    until = time.monotonic() + 20
    while (job := store_jobs.job_of(sqlite_store, "j1")) and job.status != "failed" and time.monotonic() < until:
        time.sleep(0.05)
    runner.stop()
    assert job is not None and job.status == "failed" and job.attempts == store_jobs.MOST_ATTEMPTS


def test_old_results_and_strays_are_removed(sqlite_store: Store, settings: MemorySettings) -> None:
    later = NOW + pd.Timedelta(hours=settings.job_hours + 1)
    queued(sqlite_store, settings, CSV)
    store_jobs.finish(sqlite_store, "j1", "me", "done", {"forms": ["csv"]}, at=NOW)
    stray = job_folder(settings.state, "stray")
    stray.mkdir()
    runner = JobRunner(lambda: sqlite_store, settings, lambda: later, {})
    runner.stop()
    runner.clean()
    job = store_jobs.job_of(sqlite_store, "j1")
    assert job is not None and job.status == "expired" and not job_folder(settings.state, "j1").exists()
    assert stray.exists()
    runner._now = lambda: pd.Timestamp.now("UTC") + pd.Timedelta(days=3)
    runner.clean()
    assert not stray.exists()


def test_an_expired_result_is_gone_and_said_so(client: httpx.Client, settings: MemorySettings) -> None:
    told = upload(client).json()
    store = open_store(settings.url)
    store_jobs.claim(store, "me", most=1, at=NOW)
    store_jobs.finish(
        store, told["job_id"], "me", "done", {"forms": ["csv", "json"], "scored": 1, "refused": 0}, at=NOW
    )
    assert_problem(client.get(f"/v1/jobs/{told['job_id']}/result?format=xlsx"), 404, "no-such-form")
    store_jobs.expire(store, before=NOW + pd.Timedelta(hours=1))
    store.close()
    assert_problem(client.get(f"/v1/jobs/{told['job_id']}/result"), 410, "job-expired")


def test_an_id_of_ours_is_the_only_path(settings: MemorySettings) -> None:
    for wrong in ("..", "a/b", "", "a.b"):
        with pytest.raises(ValueError, match="no job's id"):
            job_folder(settings.state, wrong)


def test_a_model_that_is_gone_fails_the_job_in_words(sqlite_store: Store, settings: MemorySettings) -> None:
    job = queued(sqlite_store, settings, CSV, model_version="77")
    with pytest.raises(WorkError):
        run_job(sqlite_store, settings, job, None)
