"""float32 that is float32 on every device: the precision of products of matrices, in one place.

Left alone, JAX multiplies float32 matrices in fewer bits where a device is faster that way: with
fractions of 10 bits on a GPU (TF32), of 7 on a TPU (bfloat16), of all 23 on a CPU. Verdicts compare
errors of a tenth of a point, so every product and convolution here is in full precision. Training
alone, and the layers when they are called by themselves, use another where the user asks JAX for
it, by ``jax_default_matmul_precision``; hypotheses are measured in full precision all the same. A
``precision`` that a user's own layer names stands.

The precision of a product is fixed when it is traced, and its gradients inherit it. So these
decorators act while a function is traced, on whatever thread, and cost a compiled call nothing.

And float32 that is float32 in every process: other libraries turn on ``jax_enable_x64``, where JAX
makes 64-bit numbers unless told otherwise. The programs of a run, a module of the user's in it
included, are traced with that off, so that they are the same programs.
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


def in_32_bits(f: F) -> F:
    """Numbers that arise within ``f`` have 32 bits, also where ``jax_enable_x64`` is on.

    >>> with jax.enable_x64(True):
    ...     str(in_32_bits(jax.numpy.ones)(2).dtype)
    'float32'
    """

    @functools.wraps(f)
    def within(*args, **kwargs):
        with jax.enable_x64(False):
            return f(*args, **kwargs)

    return within  # pyright: ignore[reportReturnType]


def narrowed(f: F) -> F:
    """``f`` in 32 bits, of arguments that are cast to them."""

    @in_32_bits
    @functools.wraps(f)
    def within(*args, **kwargs):
        args, kwargs = jax.tree.map(narrow, (args, kwargs))
        return f(*args, **kwargs)

    return within  # pyright: ignore[reportReturnType]


def narrow(leaf: Any) -> Any:
    """An array of numbers, cast to what JAX makes at this place; anything else as it is.

    >>> with jax.enable_x64(True):
    ...     wide = jax.numpy.ones(2)
    >>> with jax.enable_x64(False):
    ...     wide.dtype.name, narrow(wide).dtype.name, narrow(0.5)
    ('float64', 'float32', 0.5)
    """
    is_number = isinstance(leaf, jax.Array) and not jax.numpy.issubdtype(
        leaf.dtype,
        jax.dtypes.extended,  # a key
    )
    return leaf.astype(jax.dtypes.canonicalize_dtype(leaf.dtype)) if is_number else leaf


def jit(
    f: Any = None,
    *,
    precision: Callable[[Any], Any] = full_precision,
    is_wide: bool = False,
    **options: Any,
) -> Any:
    """``jax.jit`` with products in full precision; a decorator, with or without arguments.

    Args:
        f: the function to compile.
        precision: :func:`full_precision` or, for what trains, :func:`asked_precision`.
        is_wide: whether ``f`` computes in 64 bits where ``jax_enable_x64`` is on.
        **options: as for ``jax.jit``.

    >>> product = jit(lambda a, b: a @ b)
    >>> "precision = [HIGHEST, HIGHEST]" in product.lower(*2 * [jax.numpy.ones((2, 2))]).as_text()
    True
    """
    if f is None:
        return functools.partial(jit, precision=precision, is_wide=is_wide, **options)
    f = precision(f)
    return jax.jit(f if is_wide else narrowed(f), **options)
