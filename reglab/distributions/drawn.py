"""What a distribution of the user's draws: checked on the host, and cast to what training takes."""

from collections.abc import Callable
from typing import Any, TypeVar

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.core import Tracer

from reglab.precision import in_32_bits

R = TypeVar("R")
LEAST_POINTS = 16  # of a quadrature: two in each of eight sub-sets
LEAST_MASS, SUM_TOLERANCE = -1e-6, 1e-3
EVEN = 1e-3  # by how much, as a share, the masses of independent draws may differ
MANY_POINTS = 4096  # from which on a variance says something
LABELS = "labels y"
UNIT_VARIANCE = 0.1  # how far it may then be from 1


@in_32_bits
def asked(name: str, wanted: str, call: Callable[[], R], *, keeps_lines: bool = False) -> R:
    """What a call of the user's code returns; whatever it raises becomes one line.

    Args:
        name: of the attribute or method.
        wanted: what it should have returned, in words.
        call: asks for it.
        keeps_lines: a ``ValueError`` stays as it is: it is likely to be a line of reglab's.
    """
    try:
        return call()
    except Exception as error:
        if keeps_lines and isinstance(error, ValueError):
            raise
        said = f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0]}"
        raise ValueError(f"{name}: expected {wanted}, got {said}") from error


def pair(name: str, wanted: str, answer: Any) -> tuple[Any, Any]:
    """The two parts that a method of the user's is to return."""
    try:
        first, second = answer
    except (TypeError, ValueError) as error:
        kind = type(answer).__name__
        raise ValueError(f"{name}: expected {wanted}, got {kind} ({error})") from None
    return first, second


def check_inputs(name: str, x: Any, input_shape: tuple[int, ...]) -> Array:
    """Inputs ``(n, *input_shape)`` as float32.

    Raises:
        ValueError: another shape, something that is no number, or a number that is not finite.
    """
    x = _array(name, "inputs x", x)
    if x.ndim == 0 or x.shape[1:] != input_shape:
        raise ValueError(
            f"{name}: expected inputs x of shape (n, {', '.join(map(str, input_shape))}), got "
            f"{x.shape}; input_shape is that of one input"
        )
    return _finite(name, "inputs x", x)


def check_labels(name: str, y: Any, n: int, num_classes: int, what: str = LABELS) -> Array:
    """Labels ``(n,)`` from 0 to ``num_classes - 1`` as int32.

    Raises:
        ValueError: another shape, fractions, or labels out of this range.
    """
    y = _array(name, what, y)
    wanted = f"{name}: expected {what} of shape {(n,)}, got {y.shape}"
    if y.ndim == 2 and y.shape[1] == num_classes:
        raise ValueError(f"{wanted}; of one-hot rows hand in y.argmax(axis=1)")
    if y.ndim == 2 and y.shape[1] == 1:
        raise ValueError(f"{wanted}; of a column hand in y[:, 0]")
    if y.shape != (n,):
        raise ValueError(wanted)
    if not (jnp.issubdtype(y.dtype, jnp.integer) or y.dtype == bool):
        raise ValueError(
            f"{name}: expected {what} that are whole numbers from 0 to {num_classes - 1}, "
            f"got {y.dtype}; cast them: y.astype(int)"
        )
    if not isinstance(y, Tracer):
        values = np.asarray(y)
        low, high = int(values.min()), int(values.max())
        if low < 0 or high >= num_classes:
            raise ValueError(
                f"{name}: expected {what} from 0 to {num_classes - 1}, got {low} to {high}"
                f"{_advice(low, high, num_classes) if what == LABELS else ''}"
            )
    return _cast(y, jnp.int32)


def check_targets(name: str, y: Any, n: int) -> Array:
    """Targets of regression ``(n,)`` as float32.

    Raises:
        ValueError: another shape, something that is no number, or a number that is not finite.
    """
    y = _array(name, "targets y", y)
    if y.shape != (n,):
        raise ValueError(f"{name}: expected targets y of shape {(n,)}, got {y.shape}")
    return _finite(name, "targets y", y)


def check_mass(name: str, mass: Any, n: int, num_classes: int, *, method: str) -> Array:
    """Masses ``(n, num_classes)`` of weighted points as float32.

    Raises:
        ValueError: too few points, another shape, masses below 0 or with a sum that is not 1, or
            uneven ones of points that are said to be independent draws.
    """
    mass = _array(name, "mass", mass)
    if n < LEAST_POINTS and method in ("quadrature", "closed-form"):
        raise ValueError(f"{name}: expected at least {LEAST_POINTS} points, got {n}")
    if mass.shape != (n, num_classes):
        raise ValueError(
            f"{name}: expected mass of shape {(n, num_classes)}, got {mass.shape}; "
            "a point has one mass for each class"
        )
    if isinstance(mass, Tracer):
        return _cast(mass, jnp.float32)
    values = np.asarray(mass, np.float64)
    least, total = values.min(), values.sum()
    if not (least >= LEAST_MASS and abs(total - 1) <= SUM_TOLERANCE):
        advice = "; divide it by its sum" if least >= LEAST_MASS and 0 < total < np.inf else ""
        raise ValueError(
            f"{name}: expected mass from 0 up that sums to 1, "
            f"got a least entry {least:.3g} and a sum {total:.3g}{advice}"
        )
    held = values.sum(axis=1)
    if method in ("monte-carlo", "held-out") and np.ptp(held) > EVEN * held.max():
        raise ValueError(
            f"{name}: expected the same mass at each of {n} independent draws ({method}), got "
            f"from {held.min():.3g} to {held.max():.3g}; of weighted points say "
            "method = 'quadrature'"
        )
    return _cast(mass, jnp.float32)


def check_means(name: str, mean: Any, n: int) -> Array:
    """Means of y at each point of a regression, ``(n, 1)`` float32, whose variance is 1.

    Raises:
        ValueError: another shape, a mean that is not finite, or another variance.
    """
    mean = _array(name, "means of y", mean)
    if mean.shape != (n, 1):
        raise ValueError(f"{name}: expected means of y of shape {(n, 1)}, got {mean.shape}")
    kept = _finite(name, "means of y", mean)
    if isinstance(kept, Tracer):
        return kept
    values = np.asarray(kept, np.float64)
    if n >= MANY_POINTS and abs(values.var() - 1) > UNIT_VARIANCE:
        raise ValueError(
            f"{name}: expected means of y whose variance is 1, of which errors are shares, got "
            f"{values.var():.3g}; divide y by its standard deviation"
        )
    return kept


def check_rows(name: str, what: str, rows: Any, shape: tuple[int, int]) -> Array:
    """Densities or probabilities of points, ``shape`` is ``(n, num_classes)``, finite, from 0.

    Raises:
        ValueError: another shape, or numbers below 0 or not finite.
    """
    rows = _array(name, what, rows)
    if rows.shape != shape:
        raise ValueError(f"{name}: expected {what} of shape {shape}, got {rows.shape}")
    if not isinstance(rows, Tracer):
        values = np.asarray(rows, np.float64)
        if not (np.isfinite(values).all() and values.min() >= LEAST_MASS):
            raise ValueError(f"{name}: expected finite {what} from 0, got {values.min():.3g}")
        if name == "posterior" and abs(values.sum(axis=1) - 1).max() > SUM_TOLERANCE:
            raise ValueError(f"{name}: expected {what} whose rows sum to 1, got others")
    return _cast(rows, jnp.float32)


def _finite(name: str, what: str, value: object) -> Array:
    kept = _cast(value, jnp.float32)
    if not isinstance(kept, Tracer) and not np.isfinite(np.asarray(kept)).all():
        raise ValueError(f"{name}: expected finite {what}, got nan or infinity (as float32)")
    return kept


def _advice(low: int, high: int, num_classes: int) -> str:
    if (low, high) == (-1, 1) and num_classes == 2:
        return "; hand in (y + 1) // 2"
    if low >= 1 and high == num_classes:
        return "; hand in y - 1"
    return "; number the classes from 0, or set num_classes"


def _array(name: str, what: str, value: object) -> Any:
    """A JAX array as it is, all else as a NumPy array of numbers."""
    if not isinstance(value, jax.Array):
        try:
            value = np.asarray(value)
        except Exception as error:  # rows of several lengths, or whatever an object may raise
            said = str(error).strip().partition("\n")[0]
            raise ValueError(f"{name}: expected {what} as one array, got {said}") from error
    dtype = value.dtype
    kinds = (jnp.floating, jnp.integer, jnp.bool_)
    if dtype.hasobject or not any(jnp.issubdtype(dtype, kind) for kind in kinds):
        raise ValueError(f"{name}: expected {what} that are real numbers, got dtype {dtype}")
    return value


def _cast(value: Any, dtype: Any) -> Array:
    """On the host where a cast is needed: it compiles nothing."""
    if value.dtype == dtype:
        return jnp.asarray(value)
    if isinstance(value, Tracer):
        return value.astype(dtype)
    with np.errstate(over="ignore"):  # infinite then, which is refused
        return jnp.asarray(np.asarray(value).astype(dtype))
