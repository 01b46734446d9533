"""Reading an upload: the parts of a form go to a file of ours, counted as they come."""

from __future__ import annotations

import contextlib
import hashlib
import secrets
from collections.abc import Iterator
from pathlib import Path

import anyio.to_thread
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message, Receive

from data.errors import Fault
from data.rows import ending_of
from serving.job_files import jobs_folder
from serving.jobs import OPTIONS, Upload
from serving.problems import Problem, invalid_body, too_large

_MOST_BRIEF = 256 * 1024
_MOST_FIELDS = 20
_CHUNK = 1024 * 1024
_BRIEFS = ("json", "yaml", "yml", "toml")
_FIELDS = ("file", "brief", *OPTIONS)


async def read_upload(request: Request, state: Path, limit: int) -> Upload:
    """The form of a request; its file is in the state folder then, and the caller's to move or remove.

    Raises Problem 400 when it is no form, 413 when it is longer than `limit` bytes, 422 naming what is missing or
    unknown, 507 when it cannot be kept.
    """
    said = request.headers.get("content-length", "0")
    if said.isdigit() and int(said) > limit:
        raise _too_large(limit)
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise _no_form("the content type is not multipart/form-data")
    counted = Request(request.scope, _counted(request.receive, limit))
    try:
        async with counted.form(max_files=2, max_fields=_MOST_FIELDS, max_part_size=_MOST_BRIEF) as form:
            return await _read_form(form, state)
    except HTTPException as error:
        raise _no_form(str(error.detail)) from error
    except OSError as error:
        detail = "The upload cannot be kept just now; nothing of it was."
        raise Problem(507, "no-room", "The upload cannot be kept", detail, headers=(("Retry-After", "60"),)) from error


def _counted(receive: Receive, limit: int) -> Receive:
    size = 0

    async def heard() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > limit:
            raise _too_large(limit)
        return message

    return heard


def _too_large(limit: int) -> Problem:
    problem = too_large(limit)
    problem.detail = f"The upload is larger than {limit:,} bytes; send several jobs."
    return problem


def _no_form(why: str) -> Problem:
    detail = (
        f"Send the fields as multipart/form-data, such as `curl -F file=@candidates.csv -F brief=@brief.json`; {why}."
    )
    return Problem(400, "not-a-form", "The body is not a form", detail)


async def _read_form(form: FormData, state: Path) -> Upload:
    faults = [Fault(name, "an unknown field", ", ".join(_FIELDS)) for name in form if name not in _FIELDS]
    faults += [Fault(name, "several", "one") for name in form if len(form.getlist(name)) > 1]
    file, brief = form.get("file"), form.get("brief")
    if not isinstance(file, UploadFile):
        faults.append(Fault("file", "nothing" if file is None else "text", "a file of candidates with its name"))
    if brief is None:
        faults.append(Fault("brief", "nothing", "a brief as JSON, or a file ending in .json, .yaml or .toml"))
    options = {name: form[name] for name in OPTIONS if name in form}
    faults += [Fault(name, "a file", "text") for name, value in options.items() if isinstance(value, UploadFile)]
    if faults or not isinstance(file, UploadFile) or brief is None:
        raise invalid_body(faults)
    text, ending = await _brief(brief)
    part, digest = await anyio.to_thread.run_sync(_keep, file, state)
    return Upload(
        part, file.filename or "", digest, text, ending, {name: str(value) for name, value in options.items()}
    )


async def _brief(brief: UploadFile | str) -> tuple[str, str]:
    """The brief's text, and the ending that says what it is written in."""
    if isinstance(brief, str):
        return brief, "json"
    ending = ending_of(Path(brief.filename or ""))
    if ending not in _BRIEFS:
        allowed = "a name ending in " + ", ".join("." + one for one in _BRIEFS)
        raise invalid_body([Fault("brief", brief.filename or "no name", allowed)])
    data = await brief.read(_MOST_BRIEF + 1)
    if len(data) > _MOST_BRIEF:
        raise invalid_body([Fault("brief", "more than 256 KiB", "at most 256 KiB")])
    try:
        return data.decode("utf-8-sig"), ending
    except UnicodeDecodeError as error:
        raise invalid_body([Fault("brief", f"the byte 0x{data[error.start]:02x}", "text in UTF-8")]) from error


def _keep(file: UploadFile, state: Path) -> tuple[Path, str]:
    """Copy the upload beside the jobs' folders, under a name of ours; the file and its SHA-256."""
    folder = jobs_folder(state)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    part, digest = folder / f"{secrets.token_hex(12)}.part", hashlib.sha256()
    with removed_unless_done(part), part.open("xb") as target:
        part.chmod(0o600)
        while data := file.file.read(_CHUNK):
            digest.update(data)
            target.write(data)
    return part, digest.hexdigest()


@contextlib.contextmanager
def removed_unless_done(part: Path) -> Iterator[None]:
    """Remove an upload when what is done with it fails."""
    try:
        yield
    except BaseException:
        # Also when cancelled: no part of an upload stays.
        part.unlink(missing_ok=True)
        raise
