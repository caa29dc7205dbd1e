"""Which parts of a program have 64 bits."""

from collections.abc import Iterator
from typing import Any

import jax


def wide(f: Any, *args: Any) -> list[str]:
    """The results of 64 bits, at any depth of ``f(*args)``, traced with ``jax_enable_x64``."""
    with jax.enable_x64(True):
        return list(_wide(jax.make_jaxpr(f)(*args).jaxpr))


def _wide(jaxpr: Any) -> Iterator[str]:
    for equation in jaxpr.eqns:
        for out in equation.outvars:
            if str(out.aval.dtype) in ("float64", "int64", "uint64", "complex128"):
                yield f"{equation.primitive} makes {out.aval}"
        for parameter in equation.params.values():
            for inner in parameter if isinstance(parameter, (tuple, list)) else (parameter,):
                inner = getattr(inner, "jaxpr", inner)
                if hasattr(inner, "eqns"):
                    yield from _wide(inner)
