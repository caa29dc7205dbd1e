"""Convolutions that are as fast in a compiled loop on a CPU as they are outside of one.

Inside of a loop XLA runs convolutions on a CPU, and most of all their gradients, on one slow path:
a step of a small network takes six to seven times as long there. Between :func:`looped`,
convolutions along one axis, and the gradients of those along two, are products of matrices instead.
Elsewhere, and on any other backend, they are XLA's own.
"""

import contextlib
import contextvars
import functools
import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import jax
import jax.numpy as jnp

from reglab.precision import asked_precision

_is_looped = contextvars.ContextVar("is_looped", default=False)


@contextlib.contextmanager
def looped() -> Iterator[None]:
    """While it is open, what is traced is meant for the body of a compiled loop."""
    token = _is_looped.set(True)
    try:
        yield
    finally:
        _is_looped.reset(token)


def convolve(
    x: jax.Array, kernel: jax.Array, strides: Sequence[int], padding: Any, **options: Any
) -> jax.Array:
    """``jax.lax.conv_general_dilated`` for channels last, to hand to ``nnx.Conv``.

    Args:
        x: ``(n, *positions, channels)``.
        kernel: ``(*sizes, channels / groups, features)``.
        strides: one for each axis.
        padding: zeros in front and behind for each axis, or the name of a way to pad.
        **options: as for ``conv_general_dilated``; no dilation.
    """
    groups = options.get("feature_group_count", 1)
    if not _is_looped.get() or jax.default_backend() != "cpu" or isinstance(padding, str):
        return jax.lax.conv_general_dilated(x, kernel, strides, padding, **options)
    pads = tuple((int(before), int(after)) for before, after in padding)
    windows = tuple(strides), pads, groups
    return _by_windows(x, kernel, *windows) if len(pads) == 1 else _mixed(x, kernel, *windows)


def _by_windows(
    x: jax.Array, kernel: jax.Array, strides: tuple, pads: tuple, groups: int
) -> jax.Array:
    """The convolution as a product of all windows with the kernel."""
    *sizes, depth, features = kernel.shape
    x = jnp.pad(x, ((0, 0), *pads, (0, 0)))
    counts = [(n - k) // s + 1 for n, k, s in zip(x.shape[1:-1], sizes, strides, strict=True)]

    def shifted(offsets: tuple[int, ...]) -> jax.Array:
        spans = (
            slice(first, first + (count - 1) * stride + 1, stride)
            for first, count, stride in zip(offsets, counts, strides, strict=True)
        )
        return x[(slice(None), *spans)]

    windows = jnp.stack([shifted(at) for at in itertools.product(*map(range, sizes))], axis=-2)
    if groups == 1:
        flat = windows.reshape(*windows.shape[:-2], -1)
        return flat @ kernel.reshape(-1, features)
    windows = windows.reshape(*windows.shape[:-1], groups, depth)
    kernel = kernel.reshape(-1, depth, groups, features // groups)
    y = jnp.einsum("...kgc,kcgo->...go", windows, kernel)
    return y.reshape(*y.shape[:-2], features)


@functools.partial(jax.custom_vjp, nondiff_argnums=(2, 3, 4))
def _mixed(x: jax.Array, kernel: jax.Array, strides: tuple, pads: tuple, groups: int) -> jax.Array:
    """XLA's own result, with gradients by windows."""
    last = x.ndim - 1
    spatial = tuple(range(1, last))
    numbers = jax.lax.ConvDimensionNumbers(
        (0, last, *spatial), (last, last - 1, *range(last - 1)), (0, last, *spatial)
    )
    return jax.lax.conv_general_dilated(
        x, kernel, strides, pads, dimension_numbers=numbers, feature_group_count=groups
    )


def _forward(x, kernel, strides, pads, groups):
    return _mixed(x, kernel, strides, pads, groups), (x, kernel)


@asked_precision  # traced where gradients are taken, away from the layer
def _backward(strides, pads, groups, kept, slope):
    windows = functools.partial(_by_windows, strides=strides, pads=pads, groups=groups)
    return jax.vjp(windows, *kept)[1](slope)


_mixed.defvjp(_forward, _backward)
