"""Maps of inputs: turned, moved, mirrored, with less contrast. Each example on its own.

What a map does follows from what an input is. Where a distribution does not say it by an
``input_kind``, its shape does: ``(1,)`` is a point on a line, ``(2,)`` a point of the plane, any
other ``(L,)`` a sequence of L positions, and an image is ``(H, W)``, ``(H, W, C)`` or flat with its
``image_shape``. The columns of a table have no order: nothing turns, moves or mirrors them. Images
and sequences are looked up between pixels by linear interpolation, and 0 lies around them, so what
is moved changes continuously.
"""

from collections.abc import Sequence
from typing import Any

import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from reglab.words import say

UNITS = 4.0  # that count as the size of a line or plane, which have none
_LAYOUTS = {
    "rotation": ("plane", "image"),
    "translation": ("line", "plane", "sequence", "image"),
    "flip": ("line", "plane", "sequence", "image"),
}


def layout(
    input_shape: Sequence[int],
    image_shape: Sequence[int] | None = None,
    input_kind: str | None = None,
) -> str:
    """``line``, ``plane``, ``table``, ``sequence``, ``image``; ``other`` where nobody can tell.

    An ``input_kind`` is taken at its word.

    >>> layout((2,)), layout((40,)), layout((64,), (8, 8)), layout((28, 28, 3))
    ('plane', 'sequence', 'image', 'image')
    >>> layout((40,), None, "table")
    'table'
    """
    if input_kind is not None:
        return input_kind
    shape = tuple(input_shape)
    if image_shape is not None or len(shape) in (2, 3):
        return "image"
    if len(shape) != 1:
        return "other"
    return {1: "line", 2: "plane"}.get(shape[0], "sequence")


def fitting(
    kinds: Sequence[str],
    input_shape: Sequence[int],
    image_shape: Sequence[int] | None = None,
    input_kind: str | None = None,
) -> tuple[str, ...]:
    """Those of ``kinds`` that can act on such inputs.

    >>> fitting(("rotation", "flip", "noise"), (40,))
    ('flip', 'noise')
    >>> fitting(("rotation", "flip", "noise"), (40,), None, "table")
    ('noise',)
    """
    layout_name = layout(input_shape, image_shape, input_kind)
    return tuple(kind for kind in kinds if layout_name in _LAYOUTS.get(kind, (layout_name,)))


def check_kind(
    what: str,
    kind: object,
    kinds: Sequence[str],
    input_shape: Sequence[int],
    image_shape: Sequence[int] | None = None,
    input_kind: str | None = None,
) -> str:
    """Returns ``kind`` if it is one of those ``kinds`` that can act on such inputs.

    Raises:
        ValueError: one line that names the kinds that can.

    >>> check_kind("shift", "rotation", ("rotation", "noise"), (40,))
    Traceback (most recent call last):
    ValueError: shift: expected one of noise for inputs of shape (40,), got 'rotation'
    """
    possible = fitting(kinds, input_shape, image_shape, input_kind)
    if not isinstance(kind, str) or kind not in possible:
        raise ValueError(
            say(
                "{name}: expected one of {allowed} for {inputs}, got {got!r}",
                name=what,
                allowed=", ".join(possible),
                inputs=say("rows of a table, whose columns have no order")
                if input_kind == "table"
                else say("inputs of shape {shape}", shape=tuple(input_shape)),
                got=kind,
            )
        )
    return kind


def rotated(x: Array, angle: ArrayLike, image_shape: Sequence[int] | None = None) -> Array:
    """Turned counterclockwise: a point about the origin, an image about its middle.

    Args:
        x: ``(n, *input_shape)``, points of the plane or images.
        angle: radians, one for all or ``(n,)``.
        image_shape: height and width where images are flat.
    """
    angle = jnp.broadcast_to(jnp.asarray(angle, x.dtype), x.shape[:1])
    if layout(x.shape[1:], image_shape) == "plane":
        cos, sin = jnp.cos(angle), jnp.sin(angle)
        first, second = x[:, 0], x[:, 1]
        return jnp.stack([cos * first - sin * second, sin * first + cos * second], axis=1)
    images = _images(x, image_shape)
    angle = angle[:, None, None]
    cos, sin = jnp.cos(angle), jnp.sin(angle)
    row, column = _positions(images)
    centre = tuple((size - 1) / 2 for size in images.shape[1:3])
    row, column = row - centre[0], column - centre[1]
    rows, columns = cos * row + sin * column, cos * column - sin * row  # rows count downwards
    return _looked_up(images, rows + centre[0], columns + centre[1]).reshape(x.shape)


def translated(x: Array, share: ArrayLike, image_shape: Sequence[int] | None = None) -> Array:
    """Moved: a point by a vector, a sequence to later positions, an image downwards and right.

    Args:
        x: ``(n, *input_shape)``.
        share: of the size along each axis (four units on a line or plane), one row for all or
            ``(n, 2)``: the first and second coordinate, or rows and columns. One axis takes the
            first.
        image_shape: height and width where images are flat.
    """
    share = jnp.broadcast_to(jnp.asarray(share, x.dtype), (x.shape[0], 2))
    if layout(x.shape[1:], image_shape) in ("line", "plane"):
        return x + UNITS * share[:, : x.shape[1]]
    images = _images(x, image_shape)
    row, column = _positions(images)
    height, width = images.shape[1:3]
    rows = jnp.broadcast_to(row - height * share[:, :1, None], images.shape[:3])
    across = width * share[:, 1:, None] if width > 1 else jnp.zeros_like(share[:, :1, None])
    columns = jnp.broadcast_to(column - across, images.shape[:3])
    return _looked_up(images, rows, columns).reshape(x.shape)


def mirrored(x: Array, image_shape: Sequence[int] | None = None) -> Array:
    """The other way round: the first coordinate's sign, a sequence's order, left and right."""
    layout_name = layout(x.shape[1:], image_shape)
    if layout_name in ("line", "plane"):
        return x * jnp.array([[-1.0, 1.0]], x.dtype)[:, : x.shape[1]]
    if layout_name == "sequence":
        return x[:, ::-1]
    return _images(x, image_shape)[:, :, ::-1].reshape(x.shape)


def contrasted(
    x: Array, factor: Any, image_shape: Sequence[int] | None = None, input_kind: str | None = None
) -> Array:
    """Scaled by ``factor``: points and rows of a table about the origin, all else about its mean.

    That mean is the one of an example's own numbers.
    """
    if layout(x.shape[1:], image_shape, input_kind) in ("line", "plane", "table"):
        return factor * x
    mean = x.mean(axis=tuple(range(1, x.ndim)), keepdims=True)
    return mean + factor * (x - mean)


def _images(x: Array, image_shape: Sequence[int] | None) -> Array:
    """As ``(n, height, width, channels)``; a sequence is an image of one column."""
    shape = tuple(x.shape[1:] if image_shape is None else image_shape)
    return x.reshape(x.shape[0], *shape, *(1,) * (3 - len(shape)))


def _positions(images: Array) -> tuple[Array, Array]:
    """Rows ``(1, height, 1)`` and columns ``(1, 1, width)`` of the pixels."""
    height, width = images.shape[1:3]
    row = jnp.arange(height, dtype=images.dtype)[None, :, None]
    return row, jnp.arange(width, dtype=images.dtype)[None, None]


def _looked_up(images: Array, rows: Array, columns: Array) -> Array:
    """The images between their pixels, at ``rows`` and ``columns``, both ``(n, height, width)``."""
    n, height, width, channels = images.shape
    framed = jnp.pad(images, ((0, 0), (1, 1), (1, 1), (0, 0)))
    pixels = framed.reshape(n, (height + 2) * (width + 2), channels)
    top, down = _split(rows, height)
    left, right = _split(columns, width)
    corner = (top * (width + 2) + left).reshape(n, height * width, 1)

    def taken(offset: int) -> Array:
        return jnp.take_along_axis(pixels, corner + offset, axis=1).reshape(images.shape)

    down, right = down[..., None], right[..., None]
    above = (1 - right) * taken(0) + right * taken(1)
    below = (1 - right) * taken(width + 2) + right * taken(width + 3)
    return (1 - down) * above + down * below


def _split(position: Array, size: int) -> tuple[Array, Array]:
    """The pixel of the framed image before a position, and the share of the next one."""
    framed = jnp.clip(position + 1, 0, size + 1)
    before = jnp.minimum(jnp.floor(framed), size)
    return before.astype(jnp.int32), framed - before
