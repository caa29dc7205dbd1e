"""What every test shares: JAX on the CPU, strict about shapes, with one compilation cache a run."""

import gc
import ipaddress
import os
import socket
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import pytest

MOST_MAPS = 20_000


def pytest_configure(config):
    """Sets JAX up through the environment, so that kernels and other subprocesses inherit it."""
    if hasattr(config, "workerinput"):
        return  # a worker inherits the environment, and with it the cache
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    os.environ.setdefault("JAX_NUMPY_RANK_PROMOTION", "raise")
    # The cache is for the kernels and other processes that compile what a test compiled before. It
    # leaves counts alone: tracing comes before it, and JAX reports a compilation on a hit as on a
    # miss. A folder of its own keeps a run from depending on the last one and on the user's cache;
    # runs that follow each other share the one that REGLAB_TEST_CACHE names.
    folder = os.environ.get("REGLAB_TEST_CACHE")
    if not folder:
        cache = tempfile.TemporaryDirectory(prefix="reglab-tests-")
        config.add_cleanup(cache.cleanup)
        folder = cache.name
    os.environ["JAX_COMPILATION_CACHE_DIR"] = folder
    os.environ["JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS"] = "0"
    os.environ["JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES"] = "-1"
    # Most of a quick test is compiling, and most programs run once: XLA compiles them in a third of
    # the time without its optimizations. Slow tests, kernels of the browser's tests and, in CI, the
    # core run as users do.
    if "not slow" in config.option.markexpr:
        os.environ.setdefault("XLA_FLAGS", " ".join(_quick_to_compile()))


def _quick_to_compile():
    yield "--xla_backend_optimization_level=0"
    if version("jaxlib").startswith("0.10."):  # a name that XLA does not know ends the process
        yield "--xla_cpu_use_fusion_emitters=false"


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(items):
    """Marks tests as slow that are ``costly``, but for the first of their parameters."""
    begun = set()
    for item in items:
        if item.get_closest_marker("costly") and not item.get_closest_marker("slow"):
            test = item.nodeid.partition("[")[0]
            if test in begun:
                item.add_marker(pytest.mark.slow)
            begun.add(test)


def pytest_collection_finish():
    """Leaves modules and tests to no garbage collection: they stay, and there are many."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True, scope="module")
def few_programs():
    """Drops compiled programs before a process holds more than the system lets it map.

    Each takes several maps of memory, of which Linux grants 65,530; XLA crashes beyond.
    """
    yield
    maps = Path("/proc/self/maps")
    if maps.exists() and maps.read_bytes().count(b"\n") > MOST_MAPS:
        jax = sys.modules["jax"]
        jax.clear_caches()
        gc.collect()


@pytest.fixture
def no_network(monkeypatch):
    """Fails the test as soon as it looks up or connects to anything but this machine."""
    # pytest's failure is no Exception: code that survives a lost connection cannot swallow it.
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex
    look_up = socket.getaddrinfo

    def check(host):
        if not _is_here(host):
            pytest.fail(f"network: expected none, got {host!r}")

    def guarded(call):
        def checked(own, address):
            if own.family in (socket.AF_INET, socket.AF_INET6):
                check(address[0])
            return call(own, address)

        return checked

    def checked_look_up(host, *args, **kwargs):
        check(host)
        return look_up(host, *args, **kwargs)

    monkeypatch.setattr(socket.socket, "connect", guarded(connect))
    monkeypatch.setattr(socket.socket, "connect_ex", guarded(connect_ex))
    monkeypatch.setattr(socket, "getaddrinfo", checked_look_up)


def _is_here(host) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
