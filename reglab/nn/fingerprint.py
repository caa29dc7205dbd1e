"""What a traced function computes, as a key: equal keys, equal programs."""

import hashlib
import re
from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

_ADDRESS = re.compile(r" at 0x[0-9a-f]+")


def fingerprint(*traced: Any) -> tuple[bytes, tuple]:
    """A digest of jaxprs with their constants.

    Rules of derivation (``custom_jvp``, ``custom_vjp``) are left out: where they count, they have
    been applied before, so a function that is differentiated is handed in as its derivative.

    Args:
        *traced: closed jaxprs, as ``jax.make_jaxpr`` returns them.

    Returns:
        The digest, and the Python functions that the programs call back. These are told apart by
        identity, so whoever keeps the digest keeps them.

    >>> one, two, three = (jax.make_jaxpr(lambda x, c=c: c * x)(1.0) for c in (2.0, 2.0, 3.0))
    >>> fingerprint(one) == fingerprint(two), fingerprint(one) == fingerprint(three)
    (True, False)
    """
    sha, callbacks = hashlib.sha256(), []
    for closed in traced:
        sha.update(_ADDRESS.sub("", str(closed.jaxpr)).encode())
        for value in _values(closed):
            if callable(value):
                callbacks.append(value)
                sha.update(f"callback {id(value)}".encode())
            else:
                array = np.asarray(value)
                sha.update(f"{array.dtype} {array.shape}".encode())
                sha.update(array.tobytes())
    return sha.digest(), tuple(callbacks)


def _values(closed: Any) -> Iterator[Any]:
    """Constants, literal arrays and callbacks of a closed jaxpr, and of those within."""
    yield from map(_plain, closed.consts)
    yield from _of_equations(closed.jaxpr)


def _of_equations(jaxpr: Any) -> Iterator[Any]:
    for equation in jaxpr.eqns:
        for atom in equation.invars:
            if hasattr(atom, "val"):
                yield _plain(atom.val)
        for name, parameter in equation.params.items():
            if name == "callback":
                yield parameter
            for item in parameter if isinstance(parameter, (tuple, list)) else (parameter,):
                if hasattr(item, "consts"):
                    yield from _values(item)
                elif hasattr(item, "eqns"):
                    yield from _of_equations(item)


def _plain(value: Any) -> Any:
    """An array whose bytes can be read; of a key, its data."""
    dtype = getattr(value, "dtype", None)
    is_key = dtype is not None and jnp.issubdtype(dtype, jax.dtypes.prng_key)
    return jax.random.key_data(value) if is_key else value
