"""Executors: this process itself, and how many workers others have."""

from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

MANY = 4  # workers, of an executor that does not tell


class Inline(Executor):
    """Runs each task at once, in the thread that submits it."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """A future that is done already. What stops a process, such as Ctrl-C, is let through."""
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


def is_here(executor: Executor) -> bool:
    """Whether tasks run on this machine, so that what is measured here holds for them."""
    if isinstance(executor, Inline | ThreadPoolExecutor | ProcessPoolExecutor):
        return True
    cluster = getattr(getattr(executor, "_client", None), "cluster", None)  # of dask.distributed
    return type(cluster).__name__ == "LocalCluster"


def num_workers(executor: Executor) -> int:
    """Tasks that an executor runs at once, as far as it tells."""
    if isinstance(executor, Inline):
        return 1
    client = getattr(executor, "_client", None)  # of dask.distributed
    if client is not None:
        return max(1, sum(client.nthreads().values()))
    return getattr(executor, "_max_workers", None) or MANY
