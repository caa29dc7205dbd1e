"""What a distribution of the user's draws: checked on the host, and cast to what training takes."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.core import Tracer

from reglab.words import Message, line_of, say

LEAST_POINTS = 16  # of a quadrature: two in each of eight sub-sets
LEAST_MASS, SUM_TOLERANCE = -1e-6, 1e-3
EVEN = 1e-3  # by how much, as a share, the masses of independent draws may differ
MANY_POINTS = 4096  # from which on a variance says something
LABELS = say("labels y")
_INPUTS, _TARGETS, _MEANS = say("inputs x"), say("targets y"), say("means of y")
_MASS = say("mass")
UNIT_VARIANCE = 0.1  # how far it may then be from 1


def check_inputs(name: str, x: Any, input_shape: tuple[int, ...]) -> Array:
    """Inputs ``(n, *input_shape)`` as float32.

    Raises:
        ValueError: another shape, something that is no number, or a number that is not finite.
    """
    x = _array(name, _INPUTS, x)
    if x.ndim == 0 or x.shape[1:] != input_shape:
        raise ValueError(
            say(
                "{name}: expected inputs x of shape (n, {sizes}), got {got}; input_shape is "
                "that of one input",
                name=name,
                sizes=", ".join(map(str, input_shape)),
                got=x.shape,
            )
        )
    return _finite(name, _INPUTS, x)


def check_labels(name: str, y: Any, n: int, num_classes: int, what: str = LABELS) -> Array:
    """Labels ``(n,)`` from 0 to ``num_classes - 1`` as int32.

    Raises:
        ValueError: another shape, fractions, or labels out of this range.
    """
    y = _array(name, what, y)
    if y.shape != (n,):
        raise _of_shape(name, what, (n,), y.shape, advice=_shape_advice(y.shape, num_classes))
    if not (jnp.issubdtype(y.dtype, jnp.integer) or y.dtype == bool):
        raise ValueError(
            say(
                "{name}: expected {what} that are whole numbers from 0 to {largest}, got "
                "{got}; cast them: y.astype(int)",
                name=name,
                what=what,
                largest=num_classes - 1,
                got=y.dtype,
            )
        )
    if not isinstance(y, Tracer):
        values = np.asarray(y)
        low, high = int(values.min()), int(values.max())
        if low < 0 or high >= num_classes:
            raise ValueError(
                _advised(
                    say(
                        "{name}: expected {what} from 0 to {largest}, got {low} to {high}",
                        name=name,
                        what=what,
                        largest=num_classes - 1,
                        low=low,
                        high=high,
                    ),
                    _advice(low, high, num_classes) if what == LABELS else None,
                )
            )
    return _cast(y, jnp.int32)


def check_targets(name: str, y: Any, n: int) -> Array:
    """Targets of regression ``(n,)`` as float32.

    Raises:
        ValueError: another shape, something that is no number, or a number that is not finite.
    """
    y = _array(name, _TARGETS, y)
    if y.shape != (n,):
        raise _of_shape(name, _TARGETS, (n,), y.shape)
    return _finite(name, _TARGETS, y)


def check_mass(name: str, mass: Any, n: int, num_classes: int, *, method: str) -> Array:
    """Masses ``(n, num_classes)`` of weighted points as float32.

    Raises:
        ValueError: too few points, another shape, masses below 0 or with a sum that is not 1, or
            uneven ones of points that are said to be independent draws.
    """
    mass = _array(name, _MASS, mass)
    if n < LEAST_POINTS and method in ("quadrature", "closed-form"):
        raise ValueError(
            say(
                "{name}: expected at least {least} points, got {got}",
                name=name,
                least=LEAST_POINTS,
                got=n,
            )
        )
    if mass.shape != (n, num_classes):
        advice = say("a point has one mass for each class")
        raise _of_shape(name, _MASS, (n, num_classes), mass.shape, advice=advice)
    if isinstance(mass, Tracer):
        return _cast(mass, jnp.float32)
    values = np.asarray(mass, np.float64)
    least, total = values.min(), values.sum()
    if not (least >= LEAST_MASS and abs(total - 1) <= SUM_TOLERANCE):
        divides = least >= LEAST_MASS and 0 < total < np.inf
        raise ValueError(
            _advised(
                say(
                    "{name}: expected mass from 0 up that sums to 1, got a least entry "
                    "{least:.3g} and a sum {total:.3g}",
                    name=name,
                    least=least,
                    total=total,
                ),
                say("divide it by its sum") if divides else None,
            )
        )
    held = values.sum(axis=1)
    if method in ("monte-carlo", "held-out") and np.ptp(held) > EVEN * held.max():
        raise ValueError(
            say(
                "{name}: expected the same mass at each of {n} independent draws ({method}), "
                "got from {least:.3g} to {most:.3g}; of weighted points say method = "
                "'quadrature'",
                name=name,
                n=n,
                method=method,
                least=held.min(),
                most=held.max(),
            )
        )
    return _cast(mass, jnp.float32)


def check_means(name: str, mean: Any, n: int) -> Array:
    """Means of y at each point of a regression, ``(n, 1)`` float32, whose variance is 1.

    Raises:
        ValueError: another shape, a mean that is not finite, or another variance.
    """
    mean = _array(name, _MEANS, mean)
    if mean.shape != (n, 1):
        raise _of_shape(name, _MEANS, (n, 1), mean.shape)
    kept = _finite(name, _MEANS, mean)
    if isinstance(kept, Tracer):
        return kept
    values = np.asarray(kept, np.float64)
    if n >= MANY_POINTS and abs(values.var() - 1) > UNIT_VARIANCE:
        raise ValueError(
            say(
                "{name}: expected means of y whose variance is 1, of which errors are shares, "
                "got {got:.3g}; divide y by its standard deviation",
                name=name,
                got=values.var(),
            )
        )
    return kept


def check_rows(name: str, what: str, rows: Any, shape: tuple[int, int]) -> Array:
    """Densities or probabilities of points, ``shape`` is ``(n, num_classes)``, finite, from 0.

    Raises:
        ValueError: another shape, or numbers below 0 or not finite.
    """
    rows = _array(name, what, rows)
    if rows.shape != shape:
        raise _of_shape(name, what, shape, rows.shape)
    if not isinstance(rows, Tracer):
        values = np.asarray(rows, np.float64)
        if not (np.isfinite(values).all() and values.min() >= LEAST_MASS):
            raise ValueError(
                say(
                    "{name}: expected finite {what} from 0, got {got:.3g}",
                    name=name,
                    what=what,
                    got=values.min(),
                )
            )
        if name == "posterior" and abs(values.sum(axis=1) - 1).max() > SUM_TOLERANCE:
            raise ValueError(
                say("{name}: expected {what} whose rows sum to 1, got others", name=name, what=what)
            )
    return _cast(rows, jnp.float32)


def _finite(name: str, what: str, value: object) -> Array:
    kept = _cast(value, jnp.float32)
    if not isinstance(kept, Tracer) and not np.isfinite(np.asarray(kept)).all():
        raise ValueError(
            say(
                "{name}: expected finite {what}, got nan or infinity (as float32)",
                name=name,
                what=what,
            )
        )
    return kept


def _advice(low: int, high: int, num_classes: int) -> Message:
    if (low, high) == (-1, 1) and num_classes == 2:
        return say("hand in (y + 1) // 2")
    if low >= 1 and high == num_classes:
        return say("hand in y - 1")
    return say("number the classes from 0, or set num_classes")


def _shape_advice(shape: tuple[int, ...], num_classes: int) -> Message | None:
    if len(shape) == 2 and shape[1] == num_classes:
        return say("of one-hot rows hand in y.argmax(axis=1)")
    return say("of a column hand in y[:, 0]") if len(shape) == 2 and shape[1] == 1 else None


def _advised(fault: Message, advice: Message | None) -> Message:
    return fault if advice is None else say("{fault}; {advice}", fault=fault, advice=advice)


def _of_shape(
    name: str, what: str, shape: tuple, got: tuple, advice: Message | None = None
) -> ValueError:
    fault = say(
        "{name}: expected {what} of shape {shape}, got {got}",
        name=name,
        what=what,
        shape=shape,
        got=got,
    )
    return ValueError(_advised(fault, advice))


def _array(name: str, what: str, value: object) -> Any:
    """A JAX array as it is, all else as a NumPy array of numbers."""
    if not isinstance(value, jax.Array):
        try:
            value = np.asarray(value)
        except Exception as error:  # rows of several lengths, or whatever an object may raise
            raise ValueError(
                say(
                    "{name}: expected {what} as one array, got {got}",
                    name=name,
                    what=what,
                    got=line_of(error),
                )
            ) from error
    dtype = value.dtype
    kinds = (jnp.floating, jnp.integer, jnp.bool_)
    if dtype.hasobject or not any(jnp.issubdtype(dtype, kind) for kind in kinds):
        raise ValueError(
            say(
                "{name}: expected {what} that are real numbers, got dtype {dtype}",
                name=name,
                what=what,
                dtype=dtype,
            )
        )
    return value


def _cast(value: Any, dtype: Any) -> Array:
    """On the host where a cast is needed: it compiles nothing."""
    if value.dtype == dtype:
        return jnp.asarray(value)
    if isinstance(value, Tracer):
        return value.astype(dtype)
    with np.errstate(over="ignore"):  # infinite then, which is refused
        return jnp.asarray(np.asarray(value).astype(dtype))
