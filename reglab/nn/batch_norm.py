"""Batch normalization with defaults that short runs and float32 can bear."""

from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx
from jax.typing import DTypeLike

from reglab.config import Range, check_number
from reglab.nn.dtypes import promoted


class BatchNorm(nnx.BatchNorm):
    """``flax.nnx.BatchNorm`` with other defaults.

    Training normalizes each feature with the mean and the *biased* variance (divided by the
    batch size) of the batch, and updates the running statistics, which start at 0 and 1::

        running = momentum * running + (1 - momentum) * batch

    Prediction uses the running statistics. Conventions differ: PyTorch's ``momentum`` is one minus
    this one, and it keeps the *unbiased* variance (divided by the batch size minus 1).

    - ``momentum`` is 0.9, not 0.99: after t steps the share momentum**t of the initial values is
      left, and with 0.99 that is still 37 % after 100 steps, so early evaluations mislead.
    - ``use_fast_variance`` is False: E[x^2] - E[x]^2 cancels in float32. At mean 3000 and standard
      deviation 1 it normalizes to a variance of 0.83, in two passes to 1.00.
    - Statistics are of the widest of float32, ``dtype`` and ``param_dtype``, and stay so; wider
      inputs are cast to it. (The parent's are float32, which a float64 batch does not fit.)

    Args:
        num_features: entries of the last axis.
        momentum: from 0 to 1, the share that running statistics keep at each step.
        epsilon: added to the variance.
        use_running_average: if True, predict; if False, train. Overridden by the call and by
            ``nnx.view(model, use_running_average=...)``, ``model.train()``, ``model.eval()``.
        use_fast_variance: see above.
        dtype: of the result; by default that of inputs and parameters.
        param_dtype: of scale and bias.
        rngs: as for every NNX layer.
        **options: passed on to ``flax.nnx.BatchNorm``.

    Raises:
        ValueError: for a momentum out of range.

    References:
        Ioffe and Szegedy, Batch normalization, 2015.

    >>> layer = BatchNorm(1, rngs=nnx.Rngs(0))
    >>> y = layer(jnp.array([[1.0], [3.0]]))
    >>> [round(float(stat[0]), 3) for stat in (layer.mean, layer.var)]
    [0.2, 1.0]
    """

    def __init__(
        self,
        num_features: int,
        *,
        momentum: float = 0.9,
        epsilon: float = 1e-5,
        use_running_average: bool | None = False,
        use_fast_variance: bool = False,
        dtype: DTypeLike | None = None,
        param_dtype: DTypeLike = jnp.float32,
        rngs: nnx.Rngs,
        **options: Any,
    ):
        super().__init__(
            num_features,
            momentum=check_number("momentum", momentum, Range(0, 1)),
            epsilon=epsilon,
            use_running_average=use_running_average,
            use_fast_variance=use_fast_variance,
            dtype=dtype,
            param_dtype=param_dtype,
            rngs=rngs,
            **options,
        )
        wide = promoted(jnp.float32, param_dtype, param_dtype if dtype is None else dtype)
        for stat in (self.mean, self.var):
            stat.set_value(stat[...].astype(wide))

    def __call__(
        self,
        x: jax.Array,
        use_running_average: bool | None = None,
        *,
        mask: jax.Array | None = None,
    ) -> jax.Array:
        """Normalizes ``x``, shape ``(n, ..., num_features)``, over all axes but the last."""
        wide = self.mean[...].dtype
        if promoted(x.dtype, wide) != wide:
            x = x.astype(wide)
        # The parent mixes types, statistics are wide on purpose, and returns theirs.
        with jax.numpy_dtype_promotion("standard"):
            y = super().__call__(x, use_running_average, mask=mask)
        if self.dtype is not None:
            return y
        given = [param[...].dtype for param in (self.scale, self.bias) if param is not None]
        dtype = promoted(x.dtype, *given)
        return y.astype(dtype) if jnp.issubdtype(dtype, jnp.inexact) else y


def momenta(model: nnx.Module) -> tuple[float, ...]:
    """The different momenta of the batch-norm layers that ``set_momentum`` reaches.

    >>> momenta(nnx.Sequential(BatchNorm(2, rngs=nnx.Rngs(0)), nnx.BatchNorm(2, rngs=nnx.Rngs(0))))
    (0.9, 0.99)
    """
    return tuple(sorted({float(layer.momentum) for layer in _layers(model)}))


def set_momentum(model: nnx.Module, momentum: float | jax.Array) -> None:
    """Overwrites the momentum of every ``BatchNorm`` of the lab's and of Flax's own, in place.

    Subclasses of the user's are left alone: nobody knows what they do with it.

    Args:
        model: any NNX module. Where the momentum is traced: a view of it that is called within the
            same trace and then dropped, since the momentum is no variable of the module.
        momentum: from 0 to 1, a Python number or traced.
    """
    for layer in _layers(model):
        is_traced = isinstance(momentum, jax.Array)
        layer.momentum = _Traced(momentum.astype(layer.mean[...].dtype)) if is_traced else momentum


class _Traced:
    """A traced number in an attribute that NNX takes for a constant, and compares as one.

    It is equal to itself alone, so that a transform of NNX within the model, which finds what it
    traced before by its constants, traces again.
    """

    def __init__(self, value: jax.Array):
        self._value = value

    def __mul__(self, other: Any) -> Any:
        return self._value * other

    __rmul__ = __mul__

    def __rsub__(self, other: Any) -> Any:
        return other - self._value


def _layers(model: nnx.Module) -> list[Any]:
    modules = (layer for _, layer in nnx.iter_modules(model, graph=True))
    return [layer for layer in modules if type(layer) in (BatchNorm, nnx.BatchNorm)]
