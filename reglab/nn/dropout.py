"""Dropout whose rate is an array, so that moving it never compiles anew."""

import math
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jax.core import Tracer
from jax.sharding import PartitionSpec

from reglab.config import RANGES, SCALINGS, check_name, check_number
from reglab.nn.dtypes import promoted
from reglab.words import say


# Named, so that nnx.bridge knows its collection; overwrite, so that a reloaded module may name it.
@nnx.register_variable_name("dropout_rates", overwrite=True)
class DropoutRate(nnx.Variable):
    """The probability to drop a unit: a setting, not a ``Param``, so no optimizer moves it."""


class Draws:
    """Uniform numbers drawn beforehand, of which each dropout layer takes the next ones.

    A loop that draws the numbers of many steps at once runs and compiles faster than one that
    draws in each layer of each step. Make one for each call of the model: it counts what is taken.

    Args:
        numbers: ``(count,)`` float32, from 0 to below 1.

    Attributes:
        taken: how many have been taken so far.

    >>> draws = Draws(jnp.array([0.1, 0.6, 0.4]))
    >>> Dropout(0.5)(jnp.ones(2), rngs=draws).tolist()
    [0.0, 2.0]
    >>> draws.taken
    2
    """

    def __init__(self, numbers: jax.Array):
        self._numbers, self.taken = numbers, 0

    def take(self, shape: tuple[int, ...]) -> jax.Array:
        """The next numbers, in the given shape.

        Raises:
            ValueError: if fewer are left.
        """
        start, self.taken = self.taken, self.taken + math.prod(shape)
        if self.taken > self._numbers.size:
            raise ValueError(
                say(
                    "draws: expected at least {num_taken} numbers, got {got}",
                    num_taken=self.taken,
                    got=self._numbers.size,
                )
            )
        return self._numbers[start : self.taken].reshape(shape)


KeySource = nnx.Rngs | nnx.RngStream | Draws | jax.Array  # what dropout layers draw from


class Dropout(nnx.Module):
    """Drops each entry with probability ``rate``, independently, while training.

    With the keep probability ``q = 1 - rate`` and a mask ``m`` of ones (probability ``q``) and
    zeros, the output is

    ============  =============  ==============
    scaling       training       prediction
    ============  =============  ==============
    ``inverted``  ``x * m / q``  ``x``
    ``classic``   ``x * m``      ``x * q``
    ============  =============  ==============

    so the mean over masks in training is what prediction returns. ``rate`` is the probability to
    *drop*; Srivastava et al. write ``p`` for the probability to keep.

    The rate is a variable of the module: it may be traced, mapped and carried through loops. At
    rate 0 training is the identity exactly. A key is still needed then, as a traced rate cannot
    tell that it is 0.

    Args:
        rate: from 0 to below 1, a scalar. A traced rate is not checked; at 1 all is dropped.
        scaling: ``"inverted"`` or ``"classic"``.
        broadcast_dims: axes of the input along which all entries share one mask.
        deterministic: if True, predict; if False, train. Overridden by the call and by
            ``nnx.view(model, deterministic=...)``, ``model.train()`` and ``model.eval()``.
        rng_collection: name of the stream that masks are drawn from.
        rngs: stream of keys to keep in the layer; by default each call brings its own.

    Raises:
        ValueError: for a rate out of range or of a shape other than ``()``, or an unknown scaling.

    References:
        Srivastava et al., Dropout: a simple way to prevent neural networks from overfitting, 2014.

    >>> layer = Dropout(0.5)
    >>> sorted({float(y) for y in layer(jnp.ones(100), rngs=nnx.Rngs(0))})
    [0.0, 2.0]
    >>> layer(jnp.ones(2), deterministic=True).tolist()
    [1.0, 1.0]
    """

    def __init__(
        self,
        rate: Any,
        *,
        scaling: str = "inverted",
        broadcast_dims: Sequence[int] = (),
        deterministic: bool | None = False,
        rng_collection: str = "dropout",
        rngs: nnx.Rngs | nnx.RngStream | None = None,
    ):
        if jnp.shape(rate) != ():
            raise ValueError(
                say("dropout_rate: expected a scalar, got shape {got}", got=jnp.shape(rate))
            )
        # float64 under jax.enable_x64, so that 1 - rate is as exact as the model around it.
        self.rate = DropoutRate(jnp.asarray(_checked(rate), jnp.result_type(float)))
        self.scaling = check_name("dropout_scaling", scaling, SCALINGS)
        self.broadcast_dims = tuple(broadcast_dims)
        self.deterministic = deterministic
        self.rng_collection = rng_collection
        if isinstance(rngs, nnx.Rngs):
            rngs = rngs[rng_collection]
        if not isinstance(rngs, nnx.RngStream | None):
            raise ValueError(
                say("rngs: expected nnx.Rngs, RngStream or None, got {got}", got=type(rngs))
            )
        self.rngs = nnx.data(None if rngs is None else rngs.fork())

    @property
    def keep_probability(self) -> jax.Array:
        """``q = 1 - rate``, shape ``()``."""
        return 1 - self.rate[...]

    def __call__(
        self,
        x: object,
        *,
        deterministic: bool | None = None,
        rngs: nnx.Rngs | nnx.RngStream | Draws | jax.Array | None = None,
    ) -> jax.Array:
        """Masks ``x`` (any shape) while training, or returns the prediction.

        Inputs that lie on several devices, also on a mesh of explicit axes, stay where they are,
        and masks do not depend on it.

        Args:
            x: the inputs; integers become float32.
            deterministic: overrides the layer's own mode unless None.
            rngs: overrides the layer's own stream; a key is used as it is, so two layers given
                the same key draw the same mask. Wrap it: ``nnx.Rngs(dropout=key)``. Numbers
                drawn beforehand come as :class:`Draws`.

        Raises:
            ValueError: if the mode is open, if training without a source of keys, or if an input
                lacks an axis of ``broadcast_dims``.
        """
        x = jnp.asarray(x)
        if not jnp.issubdtype(x.dtype, jnp.inexact):
            x = x.astype(jnp.float32)
        if deterministic is None:
            deterministic = self.deterministic
        if deterministic is None:
            raise ValueError(say("deterministic: expected True or False, got None"))
        keep = self.keep_probability
        wide = promoted(x.dtype, keep.dtype)
        keep = keep.astype(wide)
        if deterministic:
            return x if self.scaling == "inverted" else (x.astype(wide) * keep).astype(x.dtype)
        mask = spread(self._uniform(rngs, x) >= self.rate[...].astype(jnp.float32), x)
        if self.scaling == "inverted":
            # A traced rate of 1 drops all; dividing by 0 would make its gradient NaN.
            x = (x.astype(wide) / jnp.where(keep > 0, keep, 1)).astype(x.dtype)
        return jnp.where(mask, x, jnp.zeros_like(x))

    def _uniform(self, rngs: Any, x: jax.Array) -> jax.Array:
        # Uniform draws lie in [0, 1), so rate 0 keeps all. Always float32: half the cost of
        # float64, and the masks are the same with and without jax.enable_x64.
        shape, sharding = mask_of(x, self.broadcast_dims)
        if isinstance(rngs, Draws):
            return rngs.take(shape)
        key = self._key(rngs)
        if sharding is not None:
            return jax.random.uniform(key, shape, jnp.float32, out_sharding=sharding)
        # In one row: the same numbers, but random bits of two axes take up to four times as long to
        # compile under vmap.
        return jax.random.uniform(key, (math.prod(shape),), jnp.float32).reshape(shape)

    def _key(self, rngs: nnx.Rngs | nnx.RngStream | jax.Array | None) -> jax.Array:
        source = self.rngs if rngs is None else rngs
        key = next_key(source, self.rng_collection)
        if key is None:
            raise ValueError(
                say(
                    "rngs: expected nnx.Rngs, RngStream or a key for dropout while training "
                    "(to predict, view the model with deterministic=True), got {got!r}",
                    got=source,
                )
            )
        return key

    def set_view(self, deterministic: bool | None = None) -> None:
        """Called by ``nnx.view``.

        Args:
          deterministic: if True, predict; if False, draw masks.
        """
        if deterministic is not None:
            self.deterministic = deterministic


def next_key(source: object, collection: str) -> jax.Array | None:
    """The next key of ``nnx.Rngs`` (of that stream), of a stream, or a key as it is; else None."""
    if isinstance(source, nnx.Rngs):
        return source[collection]()
    if isinstance(source, nnx.RngStream):
        return source()
    return source if isinstance(source, jax.Array) else None


def mask_of(x: jax.Array, broadcast_dims: Sequence[int]) -> tuple[tuple[int, ...], Any]:
    """The shape of a mask of ``x``, and where to draw it, or None where JAX decides.

    Args:
        x: any shape.
        broadcast_dims: axes along which the mask has one entry.

    Raises:
        ValueError: for an axis that ``x`` lacks.

    >>> mask_of(jnp.ones((2, 3, 4)), (-2,))
    ((2, 1, 4), None)
    """
    if not all(-x.ndim <= axis < x.ndim for axis in broadcast_dims):
        raise ValueError(
            say(
                "broadcast_dims: expected axes of an input of shape {shape}, got {got}",
                shape=x.shape,
                got=broadcast_dims,
            )
        )
    shared = {axis % x.ndim for axis in broadcast_dims}
    shape = tuple(1 if axis in shared else size for axis, size in enumerate(x.shape))
    sharding = jax.typeof(x).sharding
    # A mesh that is not set cannot be named; a mask is then drawn whole and spread afterwards.
    if not any(sharding.spec) or sharding.mesh != jax.sharding.get_abstract_mesh():
        return shape, None
    spec = (None if axis in shared else name for axis, name in enumerate(sharding.spec))
    return shape, sharding.update(spec=PartitionSpec(*spec))


def spread(mask: jax.Array, x: jax.Array) -> jax.Array:
    """The mask in the shape of ``x``, on the devices of ``x`` where its sharding is explicit."""
    mask = jnp.broadcast_to(mask, x.shape)
    # Not reshard, which works within jax.set_mesh alone.
    return mask | jnp.zeros_like(x, bool) if any(jax.typeof(x).sharding.spec) else mask


def set_dropout_rate(model: nnx.Module, rate: object) -> None:
    """Overwrites every :class:`DropoutRate` in ``model``, in place.

    Works within ``jax.jit`` and loops on a model merged there. A model without dropout is left
    as it is.

    Args:
        model: any NNX module; the rates of an ensemble have a leading axis of members.
        rate: traced or not, a scalar or of a shape that broadcasts to that of the rates.

    Raises:
        ValueError: for a rate that is not traced and out of range.
    """
    rate = _checked(rate)
    for _, variable in nnx.iter_graph(model, graph=True):
        if isinstance(variable, DropoutRate):
            old = variable[...]
            # set_value: an assignment to [...] scatters if placements differ.
            variable.set_value(jnp.broadcast_to(jnp.asarray(rate, old.dtype), old.shape))


def _checked(rate: Any) -> Any:
    if not isinstance(rate, Tracer):
        for value in np.ravel(rate):
            check_number("dropout_rate", value, RANGES["dropout_rate"])
    return rate
