"""The service under its own server on a free port, with a memory of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import httpx
import pandas as pd
import uvicorn

from serving.config import ServeSettings
from serving.context import Context
from serving.live import Live
from serving.memory import Memory
from serving.memory_config import MemorySettings
from serving.server import listen, uvicorn_config
from serving.service import FrontedService, make_service
from tests.serving_fakes import NOW, live


def context_with(settings: MemorySettings, now: Callable[[], pd.Timestamp] = lambda: NOW) -> Context:
    """A context that remembers at these settings."""
    context = Context(now)
    context.at_start.clear()
    context.at_stop.clear()
    context.on_answer.clear()
    context.memory = Memory(context, settings)
    return context


@contextmanager
def running(service: FrontedService) -> Iterator[httpx.Client]:
    """A client of the service on a free port of this machine."""
    with closing(listen("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn_config(service.to_asgi()))
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive()
                time.sleep(0.01)
            with httpx.Client(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}", timeout=20) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join(timeout=20)


@contextmanager
def running_memory(
    settings: MemorySettings, load: Callable[[], Live] = live, serve: ServeSettings | None = None
) -> Iterator[tuple[httpx.Client, Context]]:
    """A client of a service with this memory, and what its routes share."""
    context = context_with(settings)
    with running(make_service(lambda: (serve or ServeSettings(), load()), context)) as client:
        yield client, context
