"""Least squares by the optimizers, penalties and thresholds of training, in float64."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from reglab.config import Hyper
from reglab.precision import jit
from reglab.training.losses import penalty
from reglab.training.optimizers import OPTIMIZERS, soft_thresholded


def descend(
    x: np.ndarray | jax.Array,
    y: np.ndarray | jax.Array,
    hyper: Hyper,
    steps: object,
    *,
    optimizer: str = "sgd",
    is_proximal: bool = False,
    start: object = None,
) -> np.ndarray:
    """Kernels that minimise ``|y - x @ kernel|^2 / (2 n)`` plus the penalties, on all examples.

    The columns of ``y`` do not act on each other, so one call trains on many targets.

    Args:
        x: inputs ``(n, p)``.
        y: targets ``(n, m)``.
        hyper: step size, momentum, decay and penalties.
        steps: numbers of steps, ascending, after which to look: ``(k,)``.
        optimizer: one of ``OPTIMIZERS``.
        is_proximal: whether L1 acts by thresholds after each step instead of in the loss.
        start: the kernel at first, ``(p, m)``; 0 where left out.

    Returns:
        Kernels ``(k, p, m)`` float64.
    """
    if start is None:
        start = np.zeros((x.shape[1], y.shape[1]))
    with jax.enable_x64(True):
        numbers = in_float64(hyper)
        data = (jnp.asarray(part, jnp.float64) for part in (x, y, start))
        ends = jnp.asarray(steps, jnp.int64)
        return np.asarray(_descend(*data, numbers, ends, optimizer, is_proximal))


def in_float64(hyper: Hyper) -> Any:
    """The numbers as arrays that compiled programs take, whatever their values."""
    return hyper._replace(**{n: jnp.asarray(v, jnp.float64) for n, v in hyper._asdict().items()})


@jit(is_wide=True, static_argnames=("optimizer", "is_proximal"))
def _descend(x, y, start, hyper, ends, optimizer, is_proximal):
    tx = OPTIMIZERS[optimizer](hyper)
    smooth = hyper._replace(l1=0.0) if is_proximal else hyper

    def loss(params):
        squares = jnp.square(y - x @ params["kernel"]).sum()
        return squares / (2 * len(x)) + penalty(params, smooth)

    def step(_, carry):
        params, opt_state = carry
        updates, opt_state = tx.update(jax.grad(loss)(params), opt_state, params)
        params = optax.apply_updates(params, updates)
        if is_proximal:
            params = soft_thresholded(params, hyper.learning_rate * hyper.l1)
        return params, opt_state

    def until(carry, end):
        first, state = carry
        state = jax.lax.fori_loop(first, end, step, state)
        return (end, state), state[0]["kernel"]

    params = {"kernel": start}
    return jax.lax.scan(until, (jnp.zeros_like(ends[0]), (params, tx.init(params))), ends)[1]
