"""One thread of linear algebra while fitting: the sums then come out the same, and a busy core costs nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from threadpoolctl import threadpool_limits

P = ParamSpec("P")
R = TypeVar("R")


def one_thread(fit: Callable[P, R]) -> Callable[P, R]:
    """`fit` with BLAS held to one thread. Two threads waiting for a core that is busy were three times slower."""

    @wraps(fit)
    def held(*args: P.args, **kwargs: P.kwargs) -> R:
        with threadpool_limits(limits=1):
            return fit(*args, **kwargs)

    return held
