"""Workers of ``dask.distributed``: a cluster on this machine, or one that is there already."""

import contextlib
import ipaddress
from collections.abc import Iterator
from concurrent.futures import Executor
from typing import Any

from reglab.config import Range, check_number
from reglab.sweeps.result import versions
from reglab.training import keep_compiled
from reglab.words import say

RETRIES = 2  # of a task whose worker raised
DEATHS = 1  # of workers that a task survives; whoever was near a member that kills is tried again
PATIENCE = 60  # seconds to wait for a scheduler and its first worker
LOCAL = ("inproc", "tls")  # protocols that no stranger can speak
# Logs for dask's own developers hold the last thousand messages, with all the results in them.
_SHORT_LOGS = {
    "distributed.admin.low-level-log-length": 10,
    "distributed.admin.log-length": 100,
    "distributed.diagnostics.computations.max-history": 1,
}
_WORKERS = Range(1, 1024)


@contextlib.contextmanager
def local_cluster(workers: int) -> Iterator[Executor]:
    """An executor over new worker processes, one core each, reachable from this machine alone.

    Processes are spawned anew, so a script that calls this needs ``if __name__ == "__main__":``.
    A worker that dies is replaced. Compiled programs are shared by way of the user's cache folder.

    Args:
        workers: processes, from 1; each takes some 300 MB.

    Raises:
        ValueError: ``dask.distributed`` is not installed.
    """
    workers = check_number("workers", workers, _WORKERS, integer=True)
    distributed = _distributed()
    import dask.config

    settings = {
        **_SHORT_LOGS,
        "distributed.scheduler.allowed-failures": DEATHS,
        "distributed.worker.memory.terminate": 0.95,
        "distributed.comm.timeouts.connect": PATIENCE,
    }
    with (
        dask.config.set(settings),
        distributed.LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            silence_logs=50,  # deaths of workers are told by the sweep itself
            env=_environment(),
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client.get_executor(retries=RETRIES, pure=False)


@contextlib.contextmanager
def joined(address: str) -> Iterator[Executor]:
    """An executor over the workers of a scheduler that runs already.

    Args:
        address: of the scheduler, on this machine (``tcp://127.0.0.1:8786``) or by TLS
            (``tls://host:8786``, with certificates from dask's own configuration): whoever can
            speak to a scheduler can run code on its workers.

    Raises:
        ValueError: an address of neither kind, ``dask.distributed`` or, on the workers, reglab is
            not installed.
        OSError: no scheduler answers, or it has no workers.
    """
    distributed = _distributed()
    _check_address(address)
    try:
        client = distributed.Client(address, timeout=PATIENCE)
    except (OSError, ValueError) as error:
        raise OSError(
            say("scheduler: expected one at {address}, got {got}", address=address, got=error)
        ) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError:
            raise OSError(
                say("scheduler: expected workers at {address}, got none", address=address)
            ) from None
        try:
            theirs = client.run(versions)
        except ImportError as error:
            raise ValueError(
                say("workers: expected reglab on all of them, got {got}", got=error)
            ) from None
        for worker, packages in theirs.items():
            if dict(packages)["reglab"] != dict(versions())["reglab"]:
                raise ValueError(
                    say(
                        "workers: expected reglab {version}, as here, got {got} on {worker}",
                        version=dict(versions())["reglab"],
                        got=dict(packages)["reglab"],
                        worker=worker,
                    )
                )
        yield client.get_executor(retries=RETRIES, pure=False)


def _distributed() -> Any:
    try:
        import distributed
    except ImportError:
        raise ValueError(
            say(
                "workers: expected dask.distributed, got none; install it with: pip install "
                '"reglab[dask]"'
            )
        ) from None
    return distributed


def _environment() -> dict[str, str]:
    """What workers find in their environment: one core each, and the cache of this process."""
    cache = keep_compiled()
    own = {"PJRT_NPROC": "1", "OMP_NUM_THREADS": "1"}
    if cache is None:
        return own
    return own | {
        "JAX_COMPILATION_CACHE_DIR": str(cache),
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "0",
    }


def _check_address(address: str) -> None:
    protocol, separator, rest = address.partition("://")
    if not separator:
        protocol, rest = "tcp", address
    if protocol in LOCAL:
        return
    host = rest.rpartition(":")[0].strip("[]")
    with contextlib.suppress(ValueError):
        if protocol == "tcp" and (host == "localhost" or ipaddress.ip_address(host).is_loopback):
            return
    raise ValueError(
        say(
            "scheduler: expected an address on this machine (tcp://127.0.0.1:8786) or by TLS "
            "(tls://host:8786), got {got}",
            got=address,
        )
    )
