"""Counts XLA compilations."""

import contextlib

import jax

_EVENT = "/jax/core/compile/backend_compile_duration"
_counts = {"compilations": 0}


def _listen(event: str, duration: float, **_) -> None:
    if event == _EVENT:
        _counts["compilations"] += 1


jax.monitoring.register_event_duration_secs_listener(_listen)


@contextlib.contextmanager
def count_compilations():
    """Yields a function that says how many programs were compiled since the block began."""
    start = _counts["compilations"]
    yield lambda: _counts["compilations"] - start
