"""`creatorlift serve`: the BentoML service's application under uvicorn, with uvloop and httptools.

One worker runs in this process. Several are processes that uvicorn starts and watches; each loads the service anew
from the environment.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import socket
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator

import uvicorn
from uvicorn.supervisors import Multiprocess

from data.errors import WorkError
from serving.config import ServeSettings
from serving.locate import asked

_BACKLOG = 2_048
_SECONDS_TO_FINISH = 10
_POLL_SECONDS = 0.1


def run_server(settings: ServeSettings, *, ready_message: Callable[[str], None]) -> int:
    """Serve until interrupted; 0 after Ctrl-C or SIGTERM, once requests under way are answered.

    `ready_message` is called with one line when the first request can be answered. Raises, before anything is
    answered, WorkError when the port cannot be had or others could reach it while there is no key, ConfigError for a
    setting that cannot be, and what `load_live` raises; of several workers only what the
    registry says (NoModel, WorkError), the rest is in their log and at `/readyz`.
    """
    # BentoML's usage reports and tracing stay off; both are read when it is imported.
    os.environ.setdefault("BENTOML_DO_NOT_TRACK", "True")
    with contextlib.ExitStack() as stack:
        listener, app = _prepared(settings, stack)
        url = _url(listener)

        def ready() -> None:
            ready_message(_words(url))

        return _run_workers(settings, listener, url, ready) if app is None else _run_here(app, listener, ready)


def _prepared(settings: ServeSettings, stack: contextlib.ExitStack) -> tuple[socket.socket, object]:
    """The listener, closed with `stack`, and the application; None where workers make their own."""
    # Asked first: it takes the registry two seconds, in which as much is imported here.
    with asked(settings.model) as answer, _uncollected():
        from serving.memory_command import require_access

        require_access(settings.host)
        listener = stack.enter_context(contextlib.closing(listen(settings.host, settings.port)))
        if settings.workers > 1:
            answer()
            return listener, None
        from models.creators import learn_words
        from serving.live import load_live
        from serving.service import make_service

        learn_words()
        live = load_live(settings, answer)
        return listener, make_service(lambda: (settings, live)).to_asgi()


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """No look for unused objects while a million lasting ones are made: a seventh of the start."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _words(url: str) -> str:
    return f"CreatorLift answers at {url} (the page: {url}/app/; POST /v1/score, described at {url}/); stop with Ctrl-C"


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes any free one. Raises WorkError when it cannot be had."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(_BACKLOG)
        except OSError:
            listener.close()
            raise
    except OSError as error:
        raise WorkError(
            f"cannot listen on {host} port {port} ({error.strerror}); choose another with --port"
        ) from error
    listener.set_inheritable(True)
    return listener


def _run_here(app: object, listener: socket.socket, ready: Callable[[], None]) -> int:
    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                ready()

    server = Server(uvicorn_config(app))
    with _quiet_stop():
        server.run([listener])
    return 0 if server.started else WorkError.exit_code


def uvicorn_config(app: object, workers: int = 1) -> uvicorn.Config:
    """How the service runs under uvicorn; `app` is an application, or the import name of its factory."""
    from serving.connection import Connection

    return uvicorn.Config(
        app,  # type: ignore[arg-type]  # either kind
        factory=isinstance(app, str), workers=workers, loop="uvloop", http=Connection, ws="none", lifespan="on",
        access_log=False, server_header=False, log_level="warning", backlog=_BACKLOG,
        timeout_graceful_shutdown=_SECONDS_TO_FINISH,
    )  # fmt: skip


@contextlib.contextmanager
def _quiet_stop() -> Iterator[None]:
    """uvicorn stops in good order on SIGINT and SIGTERM, then raises the signal again: here that is the end of it."""
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        with contextlib.suppress(KeyboardInterrupt):
            yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _run_workers(settings: ServeSettings, listener: socket.socket, url: str, ready: Callable[[], None]) -> int:
    with tempfile.TemporaryDirectory(prefix="creatorlift-") as shared:
        os.environ.update(settings.to_env() | {"PROMETHEUS_MULTIPROC_DIR": shared})
        config = uvicorn_config("serving.server:worker_app", settings.workers)
        threading.Thread(target=_when_ready, args=(url, ready), daemon=True).start()
        with _quiet_stop():
            Multiprocess(config, sockets=[listener]).run()
    return 0


def worker_app() -> object:
    """The application of one worker, from the environment."""
    from serving.service import CreatorLift

    return CreatorLift.to_asgi()


def _when_ready(url: str, ready: Callable[[], None]) -> None:
    while True:
        try:
            urllib.request.urlopen(f"{url}/readyz", timeout=5).close()  # noqa: S310 - our own http address
        except OSError:
            time.sleep(_POLL_SECONDS)
        else:
            ready()
            return
