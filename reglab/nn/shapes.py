"""How models that know of neighbours read shapes: positions first, channels last."""

from collections.abc import Sequence
from typing import Any

from reglab.nn.base import check_size
from reglab.words import say


def channels_last(input_shape: object, spatial_axes: int | None = None) -> tuple[int, ...]:
    """The shape of an example as ``(L, C)`` for a sequence or ``(H, W, C)`` for an image.

    Args:
        input_shape: ``(L,)``, ``(H, W)`` or ``(H, W, C)``; also ``(L, C)`` with ``spatial_axes=1``.
            Without an axis of channels there is one channel.
        spatial_axes: how many axes are positions; by default up to two, so that two axes are an
            image of one channel.

    Raises:
        ValueError: for another number of axes, or a size that is not positive.

    >>> channels_last((40,)), channels_last((28, 28)), channels_last((40, 3), spatial_axes=1)
    ((40, 1), (28, 28, 1), (40, 3))
    """
    sizes = input_shape if isinstance(input_shape, Sequence) else (input_shape,)
    shape = tuple(check_size("input_shape", size) for size in sizes)
    axes = min(len(shape), 2) if spatial_axes is None else spatial_axes
    if axes not in (1, 2) or len(shape) not in (axes, axes + 1):
        raise ValueError(
            say(
                "input_shape: expected (L,), (H, W), (H, W, C), or (L, C) with "
                "spatial_axes=1, got {got} with spatial_axes={spatial_axes}",
                got=shape,
                spatial_axes=spatial_axes,
            )
        )
    return shape if len(shape) == axes + 1 else (*shape, 1)


def per_layer(name: str, value: object, count: int) -> tuple[Any, ...]:
    """One setting for each of ``count`` layers, from a sequence or one value for all.

    Raises:
        ValueError: for a sequence of another length.

    >>> per_layer("stride", 2, 3), per_layer("stride", (1, 2), 2)
    ((2, 2, 2), (1, 2))
    """
    if isinstance(value, str) or not isinstance(value, Sequence):
        return (value,) * count
    if len(value) != count:
        raise ValueError(
            say(
                "{name}: expected one value or {count}, got {got!r}",
                name=name,
                count=count,
                got=value,
            )
        )
    return tuple(value)
