"""The files of jobs: one folder per job in the state folder. A name that a user gave is never part of a path."""

from __future__ import annotations

import shutil
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet

from data.errors import CandidateError, Fault
from data.rows import ending_of

INPUTS = ("csv", "tsv", "xlsx", "parquet", "jsonl")
RESULTS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
    "json": "application/json",
}
"""Forms of a result, and their media types."""
_MOST_UNPACKED = 2 * 1024**3
_CHUNK = 1024 * 1024


def jobs_folder(state: Path) -> Path:
    """Where all jobs have their folders."""
    return state / "jobs"


def job_folder(state: Path, job_id: str) -> Path:
    """The folder of one job; ids are made here, of letters and digits."""
    if not job_id.isalnum():
        raise ValueError(f"{job_id!r} is no job's id")
    return jobs_folder(state) / job_id


def input_ending(file_name: str) -> str:
    """The ending that says how to read an upload; CandidateError when it is none of `INPUTS`."""
    ending = ending_of(Path(file_name or "upload"))
    if ending not in INPUTS or file_name.lower().endswith(".gz"):
        raise CandidateError(
            Fault("file", file_name or "no name", "a name ending in " + ", ".join("." + e for e in INPUTS))
        )
    return ending


def refuse_bomb(path: Path, most_rows: int, most_bytes: int = _MOST_UNPACKED) -> None:
    """Raise CandidateError for a small file that would unpack to a huge one, before anything is unpacked."""
    ending = ending_of(path)
    try:
        if ending == "xlsx":
            with zipfile.ZipFile(path) as archive:
                # Python reads no more of a member than it says here.
                _refuse_size(path, sum(member.file_size for member in archive.infolist()), most_bytes)
        elif ending == "parquet":
            about = pyarrow.parquet.ParquetFile(path).metadata
            groups = [about.row_group(number).total_byte_size for number in range(about.num_row_groups)]
            _refuse_size(path, sum(groups), most_bytes)
            refuse_rows(path, about.num_rows, most_rows)
    except (zipfile.BadZipFile, zlib.error, pa.ArrowException, OSError, ValueError):
        # Not even its directory can be read; reading it says so in better words.
        return


def _refuse_size(path: Path, size: int, most: int) -> None:
    if size > most:
        raise CandidateError(Fault(str(path), f"{size:,} bytes when unpacked", f"at most {most:,}"))


def refuse_rows(path: Path, rows: int, most: int) -> None:
    """Raise CandidateError for more candidates than a job may have."""
    if rows > most:
        raise CandidateError(Fault(str(path), f"{rows:,} rows", f"at most {most:,} candidates in one job"))


def without_paths(faults: Iterable[Fault], path: Path, shown: str) -> list[Fault]:
    """Faults that name a file of ours, with the name its user knows."""
    return [Fault(f.where.replace(str(path), shown), f.got.replace(str(path), shown), f.allowed) for f in faults]


def remove_job(state: Path, job_id: str) -> None:
    """Remove all files of a job."""
    shutil.rmtree(job_folder(state, job_id), ignore_errors=True)
