"""What every test shares: JAX on the CPU, strict about shapes, with one compilation cache a run."""

import os
import tempfile


def pytest_configure(config):
    """Sets JAX up through the environment, so that kernels and other subprocesses inherit it."""
    if hasattr(config, "workerinput"):
        return  # a worker inherits the environment, and with it the cache
    cache = tempfile.TemporaryDirectory(prefix="reglab-tests-")
    config.add_cleanup(cache.cleanup)
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    os.environ.setdefault("JAX_NUMPY_RANK_PROMOTION", "raise")
    # The cache is for the kernels and other processes that compile what a test compiled before. It
    # leaves counts alone: tracing comes before it, and JAX reports a compilation on a hit as on a
    # miss. A folder of its own keeps a run from depending on the last one and on the user's cache.
    os.environ["JAX_COMPILATION_CACHE_DIR"] = cache.name
    os.environ["JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS"] = "0"
    os.environ["JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES"] = "-1"
