"""Quotients of counts, rounded correctly on every device."""

import jax
import jax.numpy as jnp
from jax import Array

MANTISSA_BITS, EXPONENT_BIAS = 23, 127  # of float32


def quotient(part: Array, whole: Array) -> Array:
    """``part / whole`` as the nearest float32, whatever the device.

    Devices divide floats in ways of their own: a GPU is off by up to two units in the last place,
    and a compiler may multiply by a reciprocal. Whole numbers are the same everywhere, so the
    remainder of a near quotient, taken modulo 2**32, tells how far off it is.

    Args:
        part: uint32, at most ``whole``.
        whole: uint32, from 1 to 2**28 (or a little above). Where part and whole are multiples
            of a common number, ``whole`` over it at most 2**22, the result is exactly rounded;
            otherwise it may be off by one unit in the last place at powers of two.

    >>> float(quotient(jnp.uint32(1), jnp.uint32(3))) == float(jnp.float32(1 / 3))
    True
    """
    near = _near(part, whole)
    bits = jax.lax.bitcast_convert_type(near, jnp.int32)
    mantissa = (bits & 0x7FFFFF) | 0x800000
    shift = MANTISSA_BITS + EXPONENT_BIAS - (bits >> MANTISSA_BITS)  # near = mantissa / 2**shift
    scaled = jnp.where(shift < 32, part << jnp.minimum(shift, 31).astype(jnp.uint32), 0)
    rest = scaled.astype(jnp.uint32) - mantissa.astype(jnp.uint32) * whole  # a few times whole
    rest = jax.lax.bitcast_convert_type(rest, jnp.int32)
    whole = whole.astype(jnp.int32)
    rounded = bits + (rest + whole // 2) // whole
    exact = jax.lax.bitcast_convert_type(rounded, jnp.float32)
    return jnp.where(part == 0, jnp.float32(0), exact)


def _near(part: Array, whole: Array) -> Array:
    """The quotient as the device divides."""
    return part.astype(jnp.float32) / whole.astype(jnp.float32)
