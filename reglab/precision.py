"""float32 that is float32 on every device: the precision of products of matrices, in one place.

Left alone, JAX multiplies float32 matrices in fewer bits where a device is faster that way: with
fractions of 10 bits on a GPU (TF32), of 7 on a TPU (bfloat16), of all 23 on a CPU. Verdicts compare
errors of a tenth of a point, so every product and convolution here is in full precision. Training
alone, and the layers when they are called by themselves, use another where the user asks JAX for
it, by ``jax_default_matmul_precision``; hypotheses are measured in full precision all the same. A
``precision`` that a user's own layer names stands.

The precision of a product is fixed when it is traced, and its gradients inherit it. So these
decorators act while a function is traced, on whatever thread, and cost a compiled call nothing.
"""

import functools
from collections.abc import Callable
from typing import Any, TypeVar

import jax

F = TypeVar("F", bound=Callable[..., Any])


def full_precision(f: F) -> F:
    """Products within ``f`` are in full precision, whatever the user asked for."""
    return jax.default_matmul_precision("highest")(f)


def asked_precision(f: F) -> F:
    """Products within ``f`` have the precision that was asked for, and full precision where none.

    >>> f = asked_precision(lambda: jax.config.jax_default_matmul_precision)
    >>> f()
    'highest'
    >>> with jax.default_matmul_precision("tensorfloat32"):
    ...     f()
    'tensorfloat32'
    """
    full = full_precision(f)

    @functools.wraps(f)
    def within(*args, **kwargs):
        is_asked = jax.config.jax_default_matmul_precision is not None  # pyright: ignore
        return (f if is_asked else full)(*args, **kwargs)

    return within  # pyright: ignore[reportReturnType]


def jit(f: Any = None, *, precision: Callable[[Any], Any] = full_precision, **options: Any) -> Any:
    """``jax.jit`` with products in full precision; a decorator, with or without arguments.

    Args:
        f: the function to compile.
        precision: :func:`full_precision` or, for what trains, :func:`asked_precision`.
        **options: as for ``jax.jit``.

    >>> product = jit(lambda a, b: a @ b)
    >>> "precision = [HIGHEST, HIGHEST]" in product.lower(*2 * [jax.numpy.ones((2, 2))]).as_text()
    True
    """
    if f is None:
        return functools.partial(jit, precision=precision, **options)
    return jax.jit(precision(f), **options)
